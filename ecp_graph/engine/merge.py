"""A separate store with the merge of all graphs, for queries that name no graph.

In memory, Oxigraph looks up a pattern among all quads with its rarest term, in any graph. If the default graph is the
merge of the others, every triple occurs twice, and half of the lookups are wasted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from ecp_graph.sparql.guard import may_name_graphs

__all__ = ["Stores", "with_merge"]

#: Up to this many quads, the merge takes 50 % more memory, and two seconds to make.
_MOST_QUADS: Final = 1_000_000


@dataclass(frozen=True)
class Stores:
    """A store, and a separate store with its default graph if that is worth the memory.

    ``files`` is the number of files of a store on disk. The first few are opened with the store, the others on demand.
    """

    whole: ox.Store
    merge: ox.Store | None = None
    files: int = 0

    def for_query(self, sparql: str) -> ox.Store:
        """Return the fastest store for a query without its own dataset; both give the same answer."""
        return self.whole if self.merge is None or may_name_graphs(sparql) else self.merge


def with_merge(store: ox.Store, *, most_quads: int = _MOST_QUADS) -> Stores:
    """Return a store, whose default graph is the merge of its graphs, with that by itself if there is not too much."""
    if len(store) > most_quads:
        return Stores(store)
    merge = ox.Store()
    # not in bulk: that leaves 200 MB mapped but unused, which a forked worker could then use beyond its limit
    merge.extend(store.quads_for_pattern(None, None, None, ox.DefaultGraph()))
    return Stores(store, merge)
