"""Opens input files: only regular files, because a pipe or a device may never end."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

from ecp_graph.errors import InputSyntaxError

__all__ = ["TOO_LONG", "input_size", "read_input", "too_long"]

#: What is wrong with a file for which `too_long` is true.
TOO_LONG: Final = "it has a literal or an IRI of more than 16 MB, which is the limit of the parsers; split it."

_KINDS: Final = {
    stat.S_IFIFO: "a named pipe",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFDIR: "a folder",
    stat.S_IFSOCK: "a socket",
}


def input_size(path: Path) -> int:
    """Return the bytes of a regular file, or of the one that a link leads to; raises InputSyntaxError for all else."""
    try:
        return _size(path, path.stat())
    except OSError as reason:
        raise _unreadable(path, reason) from reason


def read_input(path: Path) -> bytes:
    """Return the content of a regular file; raises InputSyntaxError as `input_size` does, without waiting."""
    input_size(path)  # first, because to open a device can have an effect
    try:
        # The file may be another one by now: a pipe without a writer would block.
        with open(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)), "rb") as file:  # noqa: PTH123
            _size(path, os.fstat(file.fileno()))
            return file.read()
    except OSError as reason:
        raise _unreadable(path, reason) from reason


def too_long(error: MemoryError) -> bool:
    """Whether that is how Oxigraph's parser refuses a term longer than its buffer, and not a want of memory."""
    return "buffer" in str(error)


def _size(path: Path, found: os.stat_result) -> int:
    kind = stat.S_IFMT(found.st_mode)
    if kind != stat.S_IFREG:
        raise InputSyntaxError(path, f"it is {_KINDS.get(kind, 'not a file')}, and only regular files are read.")
    return found.st_size


def _unreadable(path: Path, reason: OSError) -> InputSyntaxError:
    return InputSyntaxError(path, f"it cannot be read ({reason.strerror or reason}).")
