"""Reads a document in any of the formats: in a process with limits, since the file comes from outside."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from ecp_graph.confined import GREEDY, LimitReached, Limits, Result, confined
from ecp_graph.documents.blocks import Block
from ecp_graph.documents.pdf import read_pdf
from ecp_graph.documents.plain import read_plain
from ecp_graph.errors import EcpGraphError, InputSyntaxError
from ecp_graph.inputs import input_size

__all__ = ["FORMATS", "blocks_of", "called_on_document", "read_document"]


def _read_word(path: Path) -> Iterator[Block]:
    # imported in the process that reads: python-docx takes longer to load than a command
    from ecp_graph.documents.word import read_word

    yield from read_word(path)


#: What reads a file, by its suffix.
FORMATS: Final[Mapping[str, Callable[[Path], Iterator[Block]]]] = {
    ".txt": read_plain,
    ".docx": _read_word,
    ".pdf": read_pdf,
}
_LARGEST_BYTES: Final = 64_000_000
#: Characters of a document's text: some 2,500 pages.
_LONGEST_TEXT: Final = 8_000_000


def read_document(path: Path) -> list[Block]:
    """Return the paragraphs and cells of a document in reading order.

    Raises InputSyntaxError for a format that is not known, a broken or encrypted file, one without text, and one that
    takes far more memory or time than its size justifies; MissingExtra where the package that reads the format is
    missing.
    """
    return called_on_document(blocks_of, path)


def called_on_document(call: Callable[..., Result], path: Path, *arguments: object) -> Result:
    """Return what a module-level function makes of the file in a process with limits; raises as `read_document`."""
    size = input_size(path)
    if size > _LARGEST_BYTES:
        raise InputSyntaxError(path, f"it has more than {_LARGEST_BYTES // 1_000_000} MB. Use a smaller copy.")
    try:
        return confined(call, path, *arguments, limits=Limits.of_files(size))
    except LimitReached:
        raise InputSyntaxError(path, GREEDY) from None


def blocks_of(path: Path) -> list[Block]:
    """Return the blocks of a document, read in this process without limits; raises as `read_document`."""
    suffix = path.suffix.lower()
    read = FORMATS.get(suffix)
    if read is None:
        raise InputSyntaxError(path, f"its suffix {suffix or '(none)'} names no format that is read: {_known()}.")
    blocks, length = [], 0
    try:
        for block in read(path):
            blocks.append(block)
            length += len(block.text)
            if length > _LONGEST_TEXT:
                raise InputSyntaxError(path, f"its text has more than {_LONGEST_TEXT:,} characters. Split it.")
    except (EcpGraphError, MemoryError, RecursionError):
        raise
    except Exception as reason:  # what a parser raises for a broken file is not documented
        sentence = f"it cannot be read as {suffix} ({type(reason).__name__}: {reason}). Open it and save it anew."
        raise InputSyntaxError(path, sentence) from reason
    if not blocks:
        raise InputSyntaxError(path, "it holds no text. A scan needs its text recognised first.")
    return blocks


def _known() -> str:
    return ", ".join(FORMATS)
