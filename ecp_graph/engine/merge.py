"""The merge of all graphs, by itself, for the queries that name none.

Oxigraph in memory looks for a pattern among all quads with its rarest term, in whatever graph they are. Where the
default graph is the merge of the others, every triple is there twice, and half of the looking is in vain.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from ecp_graph.sparql.guard import may_name_graphs

__all__ = ["Stores", "with_merge"]

#: The merge takes half as much memory again as the whole, and two seconds for so many quads.
_MOST_QUADS: Final = 1_000_000


@dataclass(frozen=True)
class Stores:
    """A store, and its default graph in one of its own where that is worth its memory.

    ``files`` is how many a store on disk has. It opens the first few with itself, and each of the others when a query
    comes to it.
    """

    whole: ox.Store
    merge: ox.Store | None = None
    files: int = 0

    def for_query(self, sparql: str) -> ox.Store:
        """Return the store that answers a query, over no other dataset than its own, soonest; they answer alike."""
        return self.whole if self.merge is None or may_name_graphs(sparql) else self.merge


def with_merge(store: ox.Store, *, most_quads: int = _MOST_QUADS) -> Stores:
    """Return a store, whose default graph is the merge of its graphs, with that by itself if there is not too much."""
    if len(store) > most_quads:
        return Stores(store)
    merge = ox.Store()
    # not in bulk: that leaves 200 MB mapped and free, which a worker forked later could take beyond its limit
    merge.extend(store.quads_for_pattern(None, None, None, ox.DefaultGraph()))
    return Stores(store, merge)
