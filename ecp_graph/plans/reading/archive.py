"""Looks through a workbook or Word file, an archive of XML parts, before a parser that trusts it sees it.

A part may be damaged, unpack to gigabytes, or declare entities that multiply; no part of such a file needs a DTD.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile

from ecp_graph.errors import InputSyntaxError

__all__ = ["Archive", "look_through"]

_LARGEST_BYTES: Final = 256_000_000
_MOST_PARTS: Final = 5_000
_XML: Final = (".xml", ".rels")
_DAMAGED: Final = "The file is damaged or was cut off. Get it again, or open and save it again."


@dataclass(frozen=True)
class Archive:
    """What an archive holds: the names of its parts."""

    parts: frozenset[str]

    @property
    def has_macros(self) -> bool:
        """Whether it holds a program of Visual Basic."""
        return any(name.endswith("vbaProject.bin") for name in self.parts)

    @property
    def has_links(self) -> bool:
        """Whether its formulas refer to other workbooks."""
        return any(name.startswith("xl/externalLinks/") for name in self.parts)


class _Doctype(Exception):
    pass


def look_through(path: Path) -> Archive:
    """Return what the archive holds, each of its XML parts read once.

    Raises InputSyntaxError for one that is damaged, encrypted, far too large once unpacked, or has a part that is not
    well-formed or declares a document type; the sentence names the part and the line.
    """
    try:
        with ZipFile(path) as archive:
            every = archive.infolist()
            size = sum(part.file_size for part in every)
            if size > _LARGEST_BYTES or len(every) > _MOST_PARTS:
                raise InputSyntaxError(
                    path,
                    f"unpacked it has {len(every):,} parts and {size // 1_000_000:,} MB, more than a plan needs. "
                    "Copy the table of actions into a new file.",
                )
            for part in every:
                if part.flag_bits & 1:
                    raise InputSyntaxError(path, f"its part {part.filename} has a password. Save it without one.")
                if part.filename.endswith(_XML):
                    with archive.open(part) as stream:
                        _parse(path, part.filename, stream)
            return Archive(frozenset(part.filename for part in every))
    except (BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError) as reason:
        raise InputSyntaxError(path, f"its archive cannot be unpacked ({reason}). {_DAMAGED}") from reason


def _parse(path: Path, part: str, stream: IO[bytes]) -> None:
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.ParseFile(stream)
    except _Doctype:
        sentence = f"its part {part} declares a document type, which can hide an attack. Open and save it again."
        raise InputSyntaxError(path, sentence) from None
    except (expat.ExpatError, LookupError, ValueError) as reason:
        raise InputSyntaxError(path, f"its part {part} is not well-formed XML ({reason}). {_DAMAGED}") from reason


def _refuse(*_: Any) -> None:
    raise _Doctype
