"""The source of the server's engine: the current release, replaced when a newer one appears, or a fixed engine."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Protocol

from ecp_graph.engine import Engine
from ecp_graph.errors import NothingPublic, ReleaseError
from ecp_graph.release.opening import release_engine
from ecp_graph.release.release import CURRENT, MANIFEST, Release, open_release, public_part, verify_release
from ecp_graph.settings import Settings
from ecp_graph.tables.lists.reading import Lists

__all__ = ["Current", "CurrentRelease", "EngineSource", "FixedEngine"]

#: Seconds that the request which notices a newer release waits for it; others continue with the old one at once.
_PATIENCE_S: Final = 2.0


@dataclass(frozen=True)
class Current:
    """The current engine, the version of its data, and facts for the health page.

    ``is_fixed``: the data of a version never change, so answers can be cached; this is not so for a remote store.
    ``opened`` is the release itself, with its report and files, and ``lists`` are its lists; None if the data are not
    from a release, or from one of an earlier version.
    """

    engine: Engine
    version: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    is_fixed: bool = True
    opened: Release | None = None
    lists: Lists | None = None

    @property
    def made_at(self) -> float | None:
        """When the release was written, in seconds since 1970; None if there is no release."""
        return (self.opened.path / MANIFEST).stat().st_mtime if self.opened else None


class EngineSource(Protocol):
    """Provides the engine for each request."""

    def current(self) -> Current:
        """Return what is currently in use; raises ReleaseError if there is nothing."""
        ...

    def ready(self) -> Current | None:
        """Return what is in use without waiting; None if there is nothing, or if a newer release has to be loaded."""
        ...

    def when_opened(self, call: Callable[[], None]) -> None:
        """Register a non-blocking callback for whenever other data are loaded; called now if some are already."""
        ...


class FixedEngine:
    """One engine for the lifetime of the server; ``is_fixed`` says whether its data never change."""

    def __init__(self, engine: Engine, *, is_fixed: bool) -> None:
        self._current = Current(engine, version=f"{engine.describe()} {id(self)}", is_fixed=is_fixed)

    @classmethod
    def of_release(cls, engine: Engine, release: Release) -> FixedEngine:
        """Return the source of an engine over one release, which always stays the current one."""
        source = cls(engine, is_fixed=True)
        source._current = _current(engine, release)
        return source

    def current(self) -> Current:
        """Return the one engine."""
        return self._current

    def ready(self) -> Current | None:
        """Return the one engine."""
        return self._current

    def when_opened(self, call: Callable[[], None]) -> None:
        """Make the call now: the engine never changes."""
        call()


class CurrentRelease:
    """The current release of a folder; a small file is checked before each request to notice a newer one.

    If a newer release cannot be opened, the last good one stays in use, which the health page reports. Running requests
    keep their engine, which is closed after the last of them.

    A server that others can reach has the public part of each release. Where a newer release has none, nothing stays
    in use, because the last one may hold a plan that has been marked as confidential since.
    """

    def __init__(self, releases: Path, settings: Settings) -> None:
        self._releases = releases
        self._pointer = str(releases / CURRENT)
        self._settings = settings
        self._lock = threading.Lock()
        self._seen: tuple[int, int, int] | None = None
        self._current: Current | None = None
        self._when_opened: list[Callable[[], None]] = []

    def current(self) -> Current:
        """Return the engine of the current release; raises ReleaseError if no release could be opened yet."""
        if self._current is not None and self._mark() != self._seen and self._lock.acquire(blocking=False):
            # In a separate thread, because loading a large release takes longer than a request may.
            opening = threading.Thread(target=self._open_and_unlock, name="release", daemon=True)
            opening.start()
            opening.join(_PATIENCE_S)
        if current := self._current:
            return current
        with self._lock:
            return self._current or self._open(self._mark())

    def ready(self) -> Current | None:
        """Return the engine of the current release, or None if the folder has another one."""
        current = self._current
        return current if current is not None and self._mark() == self._seen else None

    def when_opened(self, call: Callable[[], None]) -> None:
        """Register a non-blocking callback for each release that is loaded, including the current one."""
        self._when_opened.append(call)
        if self._current is not None:
            call()

    def _open_and_unlock(self) -> None:
        try:
            mark = self._mark()
            if mark != self._seen:
                self._open(mark)
        except NothingPublic as problem:
            print(f"The server has nothing to show. {problem}", file=sys.stderr, flush=True)
        finally:
            self._lock.release()

    def _open(self, mark: tuple[int, int, int] | None) -> Current:
        before = self._current
        try:
            self._current = opened = self._reopen()
        except NothingPublic:
            self._current = None
            raise
        self._seen = mark
        if before is None or before.version != opened.version:
            for call in self._when_opened:
                call()
        return opened

    def _mark(self) -> tuple[int, int, int] | None:
        try:
            facts = os.stat(self._pointer)  # noqa: PTH116 - before each request; a Path makes its text anew
        except OSError:
            return None
        return facts.st_mtime_ns, facts.st_ino, facts.st_size

    def _reopen(self) -> Current:
        try:
            release = open_release(self._releases)
            release = release if self._settings.is_local else public_part(release)
            same = self._current is not None and self._current.opened == release
            engine = self._current.engine if self._current and same else _checked_engine(release, self._settings)
        except ReleaseError as problem:
            if self._current is None or isinstance(problem, NothingPublic):
                raise
            print(f"The server continues with the last good release. {problem}", file=sys.stderr, flush=True)
            facts = {**self._current.facts, "problem": str(problem)}
            return replace(self._current, facts=facts)
        return _current(engine, release)


def _current(engine: Engine, release: Release) -> Current:
    facts = {
        "release": release.id,
        "triples": release.manifest.get("triples"),
        "graphs": len(release.manifest.get("graphs", {})),
    }
    lists = Lists(release.lists) if release.lists.is_file() else None
    return Current(engine, release.id, facts, opened=release, lists=lists)


def _checked_engine(release: Release, settings: Settings) -> Engine:
    """Return the engine of a release whose files match its manifest; raises ReleaseError otherwise."""
    if faults := verify_release(release):
        raise ReleaseError(f"The release {release.id} is damaged: {faults[0]} Run `ecp-graph build`.")
    return release_engine(release, settings)
