"""What lies in a workspace and is not read, although it may hold statements or queries: an error, never silence.

Documentation, tables, hidden files and an editor's backups may lie there.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NoReturn

from ecp_graph.errors import InputSyntaxError
from ecp_graph.inputs import input_size
from ecp_graph.workspace import FOLDERS, Workspace, is_hidden

__all__ = ["refuse_left_out"]

_STATEMENTS: Final = frozenset(
    [
        *(".ttl", ".turtle", ".trig", ".nt", ".ntriples", ".nq", ".nquads", ".n3", ".jsonld", ".rj", ".hdt"),
        *(".rdf", ".rdfs", ".owl", ".owx", ".omn", ".ofn", ".trix", ".rq", ".sparql"),
    ]
)
_PACKED: Final = frozenset([".gz", ".tgz", ".bz2", ".xz", ".zst", ".br", ".lz4", ".zip", ".7z", ".tar"])
#: Suffixes of many things, with what a file of RDF has in its first bytes.
_MARKS: Final = {".json": b'"@', ".xml": b"22-rdf-syntax-ns#"}
_HEAD_BYTES: Final = 100_000
_OTHERWISE: Final = "move it out of the folder, or let its name begin with a dot."


def refuse_left_out(workspace: Workspace) -> None:
    """Raise InputSyntaxError for the first file or link below the folders of a workspace that a build would pass over.

    These are RDF and queries in a syntax that is not read there, packed files, links that lead nowhere or to a folder,
    and what is no regular file.
    """
    for folder, suffixes in FOLDERS.items():
        for path in sorted(path for root in workspace.folders(folder) for path in _visible(root)):
            if path.is_dir():
                raise InputSyntaxError(path, f"a link to a folder is not followed. Copy the files, or {_OTHERWISE}")
            if path.is_symlink() and not path.exists():
                raise InputSyntaxError(path, "the link leads nowhere. Restore what it leads to, or remove it.")
            input_size(path)
            if path.suffix not in suffixes:
                _refuse_unread(path, f"Below {folder}/ only {', '.join(suffixes)} files are read")


def _refuse_unread(path: Path, rule: str) -> None:
    suffix = path.suffix.lower()
    if suffix in _PACKED:
        raise InputSyntaxError(path, f"a packed file is not read. Unpack it, {_OTHERWISE}")
    if suffix in _STATEMENTS or (suffix in _MARKS and _MARKS[suffix] in _head(path)):
        raise InputSyntaxError(path, f"it would be left out. {rule}: convert it, {_OTHERWISE}")


def _visible(root: Path) -> Iterator[Path]:
    """Yield the paths of all files and links below a folder that are not hidden."""
    if not root.is_dir():
        return
    for parent, folders, files in os.walk(root, onerror=_unreadable):
        paths = [Path(parent, name) for name in files]
        paths += [path for name in folders if (path := Path(parent, name)).is_symlink()]
        yield from (path for path in paths if not is_hidden(path.relative_to(root)))


def _unreadable(reason: OSError) -> NoReturn:
    raise InputSyntaxError(Path(reason.filename), f"it cannot be read ({reason.strerror}).") from reason


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_HEAD_BYTES)
