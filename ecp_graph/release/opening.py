"""The engine over a release: on its store, or on its data held in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecp_graph.engine.opening import CAN_ISOLATE, files_engine, slim_engine, store_engine
from ecp_graph.namespaces import using

if TYPE_CHECKING:
    from ecp_graph.engine import Engine
    from ecp_graph.release.release import Release
    from ecp_graph.settings import Settings

__all__ = ["disk_engine", "release_engine"]


def release_engine(release: Release, settings: Settings | None = None) -> Engine:
    """Return the engine over a release: in this process, or with the settings of a server in isolated workers."""
    name = f"release {release.id}"
    with using(release.names):
        if settings and CAN_ISOLATE:
            return files_engine([release.dataset], "union", settings, name=name)
        return store_engine(release.store, name=name, settings=settings)


def disk_engine(release: Release, settings: Settings) -> Engine:
    """Return the engine that reads a release from disk, one query at a time; see `slim_engine`."""
    with using(release.names):
        return slim_engine(release.store, name=f"release {release.id}", settings=settings)
