"""Chooses and opens the engine: over a store on disk, a remote endpoint, or files loaded into memory."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from ecp_graph.engine import Engine
    from ecp_graph.engine.isolation.pool import Limits
    from ecp_graph.settings import Settings

__all__ = ["CAN_ISOLATE", "DefaultGraph", "federated", "files_engine", "remote_engine", "slim_engine", "store_engine"]

#: ``own``: the triples outside every named graph; ``union``: the merge of all graphs, each triple once.
DefaultGraph = Literal["own", "union"]

#: Isolation rests on what Linux alone has: namespaces, and limits that hold for one process.
CAN_ISOLATE: Final = sys.platform == "linux"


def remote_engine(endpoint: str, settings: Settings | None = None) -> Engine:
    """Return the engine that asks a remote endpoint, with the settings of a server within their limits.

    Raises EndpointError when the address is not one.
    """
    from ecp_graph.engine.remote import RemoteEngine

    if settings is None:
        return RemoteEngine(endpoint)
    return RemoteEngine(
        endpoint,
        max_result_bytes=settings.max_result_mb * 1_000_000,
        limit_s=settings.timeout,
        places=settings.workers + settings.queue,
    )


def store_engine(folder: Path, *, name: str, settings: Settings | None = None) -> Engine:
    """Return the engine over a store on disk, in this process, with the settings of a server within their limits."""
    from ecp_graph.engine.embedded import EmbeddedEngine

    engine = EmbeddedEngine.open(folder, name=name, places=settings.workers if settings else None)
    return federated(engine, settings)


def slim_engine(folder: Path, *, name: str, settings: Settings) -> Engine:
    """Return the engine over a store on disk that takes little memory, whatever the store's size.

    It answers one query at a time, which can be stopped where isolation can.
    """
    if not CAN_ISOLATE:
        from ecp_graph.engine.embedded import EmbeddedEngine

        return EmbeddedEngine.open(folder, name=name)
    from ecp_graph.engine.isolation.pool import IsolatedEngine

    return IsolatedEngine.on_disk(folder, name=name, limits=replace(_limits(settings), workers=1, reserved=0))


def files_engine(
    files: Sequence[Path], default_graph: DefaultGraph, settings: Settings | None = None, *, name: str = ""
) -> Engine:
    """Return the engine over RDF files as they are, held in memory: no reasoning, no shapes.

    With the settings of a server its queries run in isolated workers, where that is possible. The syntax of a file
    follows from its extension. Raises InputSyntaxError for a file that cannot be read or parsed.
    """
    name = name or f"{len(files)} {'file' if len(files) == 1 else 'files'}"
    if settings and CAN_ISOLATE:
        from ecp_graph.engine.isolation.pool import IsolatedEngine

        union = default_graph == "union"
        return federated(IsolatedEngine(files, name=name, union=union, limits=_limits(settings)), settings)
    from ecp_graph.engine.embedded import EmbeddedEngine
    from ecp_graph.engine.loading import load_files

    places = settings.workers if settings else None
    engine = EmbeddedEngine(load_files(files, union=default_graph == "union"), name=name, places=places)
    return federated(engine, settings)


def federated(engine: Engine, settings: Settings | None) -> Engine:
    """Return the engine with the endpoints of the settings before it, or as it is when they allow none to SERVICE."""
    if settings is None or not settings.calls_services:
        return engine
    from ecp_graph.engine.federation.allowed import Allowed
    from ecp_graph.engine.federation.engine import FederatedEngine, ServiceLimits

    megabytes = min(settings.max_result_mb, ServiceLimits.bytes // 1_000_000)
    limits = ServiceLimits(settings.service_rows, megabytes * 1_000_000, places=settings.workers)
    return FederatedEngine(engine, Allowed(settings.service, settings.service_private), limits)


def _limits(settings: Settings) -> Limits:
    from ecp_graph.engine.isolation.pool import Limits

    return Limits(
        timeout_s=settings.timeout,
        workers=settings.workers,
        reserved=settings.page_workers,
        queue=settings.queue,
        memory_bytes=settings.memory_mb * 1024 * 1024,
    )
