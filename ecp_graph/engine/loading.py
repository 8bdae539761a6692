"""Loads RDF files into a store in memory, and opens the store of a release on disk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from ecp_graph.errors import InputSyntaxError, ReleaseError
from ecp_graph.inputs import TOO_LONG, input_size, too_long

__all__ = ["TABLE_ENDING", "load_files", "open_store"]

#: The ending of the files of a store on disk that hold its data.
TABLE_ENDING: Final = ".sst"

_MERGE: Final = "INSERT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } }"


def load_files(files: Sequence[Path], *, union: bool, reading: Callable[[Path], object] = lambda _: None) -> ox.Store:
    """Return a store of the files; with ``union`` its default graph is the merge of all graphs, each triple once.

    The syntax of a file follows from its extension. ``reading`` is told each file before it is read. Raises
    InputSyntaxError for a file that cannot be read or parsed.
    """
    store = ox.Store()
    for path in files:
        fmt = ox.RdfFormat.from_extension(path.suffix.removeprefix("."))
        if fmt is None:
            known = ".ttl, .trig, .nt, .nq, .rdf, .jsonld or .n3"
            raise InputSyntaxError(path, f"its extension is not that of an RDF syntax; use {known}.")
        input_size(path)
        reading(path)
        try:
            store.load(path=str(path), format=fmt, base_iri=path.resolve().as_uri())
        except SyntaxError as reason:
            raise InputSyntaxError(path, str(reason.msg), reason.lineno) from reason
        except MemoryError as reason:
            if not too_long(reason):
                raise
            raise InputSyntaxError(path, TOO_LONG) from reason
        except OSError as reason:
            raise InputSyntaxError(path, f"it cannot be read ({reason.strerror or reason}).") from reason
    if union:
        store.update(_MERGE)
    return store


def open_store(folder: Path) -> ox.Store:
    """Return the store that is in a folder, read-only; raises ReleaseError if it does not open."""
    try:
        return ox.Store.read_only(str(folder))
    except OSError as reason:
        raise ReleaseError(f"The store {folder} cannot be opened ({reason}). Run `ecp-graph build`.") from reason
