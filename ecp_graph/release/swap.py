"""Makes a release the current one, such that a crash at any moment leaves the last good release in place.

A release is written into a hidden folder, renamed to its id, and then the file ``current`` is replaced. Readers follow
``current``; nothing below an id is ever written again.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from ecp_graph.errors import ReleaseError
from ecp_graph.release.release import CURRENT, MANIFEST, Release, current_id, open_release, verify_release

__all__ = ["KEPT", "install"]

#: The default of the setting ``keep_releases``: the maximum number of releases on disk, the current one included.
KEPT: Final = 5

_STAGING: Final = ".building-"


def install(
    releases: Path,
    release_id: str,
    write: Callable[[Path], None],
    *,
    kept: int = KEPT,
    progress: Callable[[str], None] = lambda _: None,
) -> Release:
    """Write a release with ``write`` into a temporary folder, make it the current one, and return it.

    If an intact release with this id exists, it is used and the new one discarded; a damaged one is replaced. Keeps
    at most ``kept`` releases, the current one included. Builds in the same folder wait for each other. Raises
    ReleaseError if the folder cannot be written.
    """
    try:
        releases.mkdir(parents=True, exist_ok=True)
        with _locked(releases, progress):
            _clear(releases)
            try:
                _install(releases, release_id, write)
                _remove_old(releases, kept)
            finally:
                _clear(releases)
    except OSError as error:
        raise ReleaseError(
            f"A release cannot be written to {releases}: {error}. Choose another folder with --releases."
        ) from error
    return open_release(releases, release_id)


def _install(releases: Path, release_id: str, write: Callable[[Path], None]) -> None:
    staging = releases / f"{_STAGING}{release_id}-{os.getpid()}"
    staging.mkdir()
    write(staging)
    if not _is_whole(releases, release_id):
        _move_away(releases / release_id)
        staging.rename(releases / release_id)
        _sync(releases)
    _point_to(releases, release_id)


@contextmanager
def _locked(releases: Path, progress: Callable[[str], None]) -> Iterator[None]:
    with (releases / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress("Waiting for another build to finish")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _is_whole(releases: Path, release_id: str) -> bool:
    try:
        return not verify_release(open_release(releases, release_id))
    except ReleaseError:
        return False


def _point_to(releases: Path, release_id: str) -> None:
    pointer = releases / f"{_STAGING}{CURRENT}"
    with pointer.open("w", encoding="utf-8") as stream:
        stream.write(release_id + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    pointer.replace(releases / CURRENT)
    _sync(releases)


def _remove_old(releases: Path, kept: int) -> None:
    found = sorted(releases.glob(f"*/{MANIFEST}"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    current = current_id(releases)
    for manifest in found[kept:]:
        if manifest.parent.name != current and not manifest.parent.name.startswith("."):
            _move_away(manifest.parent)


def _move_away(folder: Path) -> None:
    """Hide a release atomically; `_clear` removes it."""
    if folder.exists():
        folder.rename(folder.with_name(f"{_STAGING}old-{folder.name}"))


def _clear(releases: Path) -> None:
    """Remove the leftovers of interrupted builds; the lock is held, so none is running."""
    for leftover in releases.glob(f"{_STAGING}*"):
        if leftover.is_dir():
            shutil.rmtree(leftover)
        else:
            leftover.unlink()


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
