"""Which engine answers: a release's store, a remote endpoint, or files loaded into memory."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from ecp_graph.errors import InputSyntaxError

if TYPE_CHECKING:
    from ecp_graph.build.release import Release
    from ecp_graph.engine import Engine
    from ecp_graph.settings import Settings

__all__ = ["DefaultGraph", "files_engine", "release_engine", "remote_engine"]

#: ``own``: the triples outside every named graph; ``union``: the merge of all graphs, each triple once.
DefaultGraph = Literal["own", "union"]

_MERGE: Final = "INSERT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } }"


def release_engine(release: Release, settings: Settings | None = None) -> Engine:
    """Return the embedded engine over a release; with settings, with the limits of a server."""
    from ecp_graph.engine.embedded import EmbeddedEngine

    return EmbeddedEngine.open(
        release.store,
        name=f"release {release.id}",
        places=settings.places if settings else None,
        max_result_bytes=_max_result_bytes(settings),
    )


def remote_engine(endpoint: str, settings: Settings | None = None) -> Engine:
    """Return the engine that asks a remote endpoint; raises EndpointError when the address is not one."""
    from ecp_graph.engine.remote import RemoteEngine

    return RemoteEngine(endpoint, max_result_bytes=_max_result_bytes(settings))


def files_engine(files: Sequence[Path], default_graph: DefaultGraph, settings: Settings | None = None) -> Engine:
    """Return the embedded engine over RDF files as they are, held in memory: no reasoning, no shapes.

    The syntax of a file follows from its extension. Raises InputSyntaxError for a file that cannot be read or
    parsed.
    """
    import pyoxigraph as ox

    from ecp_graph.engine.embedded import EmbeddedEngine

    store = ox.Store()
    for path in files:
        fmt = ox.RdfFormat.from_extension(path.suffix.removeprefix("."))
        if fmt is None:
            known = ".ttl, .trig, .nt, .nq, .rdf, .jsonld or .n3"
            raise InputSyntaxError(path, f"its extension names no RDF syntax; use {known}.")
        try:
            store.load(path=str(path), format=fmt, base_iri=path.resolve().as_uri())
        except SyntaxError as reason:
            raise InputSyntaxError(path, str(reason.msg), reason.lineno) from reason
        except OSError as reason:
            raise InputSyntaxError(path, f"it cannot be read ({reason.strerror or reason}).") from reason
    if default_graph == "union":
        store.update(_MERGE)
    return EmbeddedEngine(
        store,
        name=f"{len(files)} {'file' if len(files) == 1 else 'files'}",
        places=settings.places if settings else None,
        max_result_bytes=_max_result_bytes(settings),
    )


def _max_result_bytes(settings: Settings | None) -> int | None:
    return settings.max_result_mb * 1_000_000 if settings else None
