"""Where the server's engine comes from: the current release, watched for a newer one, or something fixed."""

from __future__ import annotations

import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

from ecp_graph.build.release import CURRENT, Release, open_release, verify_release
from ecp_graph.engine import Engine
from ecp_graph.engine.opening import release_engine
from ecp_graph.errors import ReleaseError
from ecp_graph.settings import Settings

__all__ = ["Current", "CurrentRelease", "EngineSource", "FixedEngine"]

#: Seconds between a switch to a newer release and the end of the older one's engine.
_GRACE_S: Final = 2.0


@dataclass(frozen=True)
class Current:
    """The engine in use, a version that changes with its data, and facts for the health page.

    ``is_fixed``: the data of one version never change, so an answer may be kept for it. Those of a remote store do.
    ``folder`` is that of the release, None when something else is served.
    """

    engine: Engine
    version: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    is_fixed: bool = True
    folder: Path | None = None


class EngineSource(Protocol):
    """Something that knows the engine to use for a request."""

    def current(self) -> Current:
        """Return what is in use now; raises ReleaseError when there is nothing."""
        ...


class FixedEngine:
    """One engine for the life of the server; ``is_fixed`` tells whether its data stay as they are."""

    def __init__(self, engine: Engine, *, is_fixed: bool) -> None:
        self._current = Current(engine, version=f"{engine.describe()} {id(self)}", is_fixed=is_fixed)

    def current(self) -> Current:
        """Return the one engine."""
        return self._current


class CurrentRelease:
    """The current release of a folder; a look at one small file before each request notices a newer one.

    A newer release that does not open leaves the last good one in use, and the health page says so. Requests under
    way keep the engine they began with.
    """

    def __init__(self, releases: Path, settings: Settings) -> None:
        self._releases = releases
        self._settings = settings
        self._lock = threading.Lock()
        self._seen: tuple[int, int, int] | None = None
        self._current: Current | None = None

    def current(self) -> Current:
        """Return the engine of the current release; raises ReleaseError when no release has ever opened."""
        mark = self._mark()
        current = self._current
        if current is not None and mark == self._seen:
            return current
        with self._lock:
            if self._current is None or mark != self._seen:
                before, self._current = self._current, self._reopen()
                self._seen = mark
                if before is not None and before.engine is not self._current.engine:
                    _close_later(before.engine)
            return self._current

    def _mark(self) -> tuple[int, int, int] | None:
        try:
            facts = (self._releases / CURRENT).stat()
        except OSError:
            return None
        return facts.st_mtime_ns, facts.st_ino, facts.st_size

    def _reopen(self) -> Current:
        try:
            release = open_release(self._releases)
            same = self._current is not None and self._current.version == release.id
            engine = self._current.engine if self._current and same else _checked_engine(release, self._settings)
        except ReleaseError as problem:
            if self._current is None:
                raise
            print(f"Staying with the last good release. {problem}", file=sys.stderr, flush=True)
            facts = {**self._current.facts, "problem": str(problem)}
            return Current(self._current.engine, self._current.version, facts, folder=self._current.folder)
        graphs = release.manifest.get("graphs", {})
        facts = {
            "release": release.id,
            "triples": release.manifest.get("triples"),
            "graphs": len(graphs),
        }
        return Current(engine, release.id, facts, folder=release.path)


def _checked_engine(release: Release, settings: Settings) -> Engine:
    """Return the engine of a release whose files are as the manifest says; raises ReleaseError for any other."""
    if faults := verify_release(release):
        raise ReleaseError(f"The release {release.id} is damaged: {faults[0]} Run `ecp-graph build`.")
    return release_engine(release, settings)


def _close_later(engine: Engine) -> None:
    """Close an engine in a moment: a request may hold it and not have asked it yet. Those under way finish anyway."""
    timer = threading.Timer(_GRACE_S, engine.close)
    timer.daemon = True
    timer.start()
