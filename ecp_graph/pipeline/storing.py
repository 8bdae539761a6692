"""The store of a release: its statements in their named graphs, and the merge of these as the default graph."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from ecp_graph.tables.statements import DEFAULT_GRAPH, LAYERS, Statements, memory_limit

__all__ = ["DESCRIBED", "Storing", "describe_in"]

#: What the description is of, and what tables are asked about.
DESCRIBED: Final = tuple(layer for layer in LAYERS if layer != "description")
#: A store is made in memory if its N-Quads take at most one part in four of what tables may take; it then takes half.
_PART_IN_MEMORY: Final = 4
#: Bytes of text that are loaded at once, which take about six times as much memory.
_PIECE_BYTES: Final = 48_000_000
_PART: Final = """
WITH blank AS (SELECT id FROM terms WHERE starts_with(term, '_:'))
FROM ({statements}) WHERE (s IN (FROM blank) OR o IN (FROM blank)) = {with_blank}"""
_NAMED: Final = " UNION ALL ".join(f"FROM {layer}" for layer in DESCRIBED)
_MERGE: Final = f"SELECT s, p, o, {DEFAULT_GRAPH} AS g FROM merged"  # noqa: S608


class Storing:
    """The text of all statements but the description, with the table ``merged`` as the default graph, for stores."""

    def __init__(self, statements: Statements) -> None:
        self._named, self._merge = (
            statements.write(_PART.format(statements=select, with_blank=False), name)
            for name, select in (("named", _NAMED), ("merge", _MERGE))
        )
        # only those of ontology and shapes: out of a file they would come with other names
        every = f"{_NAMED} UNION ALL {_MERGE}"
        path = statements.write(_PART.format(statements=every, with_blank=True), "with-blank")
        self._with_blank = list(ox.parse(path=str(path), format=ox.RdfFormat.N_QUADS))
        path.unlink()

    @property
    def fits_memory(self) -> bool:
        """Whether a store in memory takes no more than it should."""
        size = self._named.stat().st_size + self._merge.stat().st_size
        return size <= memory_limit() // _PART_IN_MEMORY

    def in_memory(self) -> ox.Store:
        """Return a store in memory, which answers in half the time, loading included."""
        store = ox.Store()
        for path in (self._named, self._merge):
            store.load(path=str(path), format=ox.RdfFormat.N_QUADS, lenient=True)  # the one on disk looks at the IRIs
        store.extend(self._with_blank)
        return store

    def on_disk(self, folder: Path) -> ox.Store:
        """Make a store in a new folder."""
        store = ox.Store(str(folder))
        for path in (self._named, self._merge):
            for piece in _pieces(path):
                # the IRIs of the merge are those of the named graphs, which have been looked at
                store.bulk_load(piece, format=ox.RdfFormat.N_QUADS, lenient=path == self._merge)
            path.unlink()
        store.extend(self._with_blank)
        return store


def describe_in(store: ox.Store, description: Iterable[ox.Quad]) -> None:
    """Add the description of a dataset to a store, to its merge too."""
    quads = list(description)
    store.extend([*quads, *(ox.Quad(quad.subject, quad.predicate, quad.object) for quad in quads)])


def _pieces(path: Path) -> Iterator[bytes]:
    """Yield the text of a file in pieces of whole lines."""
    with path.open("rb") as stream:
        while piece := stream.read(_PIECE_BYTES):
            yield piece + stream.readline()
