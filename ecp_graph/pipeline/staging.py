"""Several files written as one: all are written beside their places first, and are moved there at the end."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeAlias

from ecp_graph.errors import ImportRefused

__all__ = ["Content", "install_files", "one_at_a_time"]

#: What a file is written from: its content, a file to copy, or the files of a folder.
Content: TypeAlias = bytes | Path | tuple[Path, ...]

_NEW: Final = ".importing-"
_OLD: Final = ".replaced-"


@contextmanager
def one_at_a_time(root: Path, progress: Callable[[str], None]) -> Iterator[None]:
    """Hold a folder until the end, after waiting for whoever holds it; nothing is written there for that."""
    folder = os.open(root, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress(f"Waiting for another import into {root} to finish")
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def install_files(root: Path, files: Mapping[Path, Content], *, without: Sequence[Path] = ()) -> None:
    """Write files and folders below a folder, and take others away, or do nothing of it.

    ``files`` are paths below ``root``, each with its content, with a file to copy, or with the files of a folder that
    it becomes. What stands there is replaced. Raises ImportRefused where that is not possible, such as for want of
    space, or where a link leads out of ``root``; then, and when it is interrupted, all is as it was before.
    """
    for path in (*files, *without):
        if not path.parent.resolve().is_relative_to(root.resolve()):
            raise ImportRefused(
                f"{path} leads out of {root} by a link, and nothing is written outside it. "
                "Replace the link with a folder."
            )
    staged: list[tuple[Path, Path]] = []
    undo: list[Callable[[], None]] = []
    try:
        with _told(root):
            for path, content in files.items():
                staged.append((_beside(path, _NEW), path))
                _stage(*staged[-1], content)
            for path in without:
                _move_aside(path, undo)
            for new, path in staged:
                _move_aside(path, undo)
                new.rename(path)
                undo.append(lambda path=path: _remove(path))  # type: ignore[misc]
    except BaseException:
        for step in reversed(undo):
            step()
        raise
    finally:
        for new, _ in staged:
            _remove(new)
        # after a success these hold what was replaced; after a failure they are in their places again
        for path in dict.fromkeys([*without, *files]):
            _remove(_beside(path, _OLD))


def _stage(new: Path, path: Path, content: Content) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    _remove(new)
    if isinstance(content, bytes):
        with new.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
    elif isinstance(content, tuple):
        new.mkdir()
        for each in content:
            shutil.copyfile(each, new / each.name)
    else:
        shutil.copyfile(content, new)


def _move_aside(path: Path, undo: list[Callable[[], None]]) -> None:
    if path.exists() or path.is_symlink():
        old = _beside(path, _OLD)
        _remove(old)
        path.rename(old)
        undo.append(lambda: _put_back(old, path))


def _put_back(old: Path, path: Path) -> None:
    _remove(path)
    old.rename(path)


def _beside(path: Path, mark: str) -> Path:
    return path.with_name(f"{mark}{path.name}")


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


@contextmanager
def _told(root: Path) -> Iterator[None]:
    try:
        yield
    except OSError as reason:
        raise ImportRefused(f"{root} cannot be written to: {reason}. Nothing was changed there.") from reason
