"""Search in the names that a release holds, and in the questions of the catalogue."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, Final

from ecp_graph.queries.names import Named
from ecp_graph.queries.search import fold, sought
from ecp_graph.tables.lists.reading import Lists
from ecp_graph.web.pages.search.index import MOST_RANKED, Entry, Found, Search, SearchIndex, entry_of, line_of_entry

__all__ = ["StoredNames"]

#: Names that are looked at first for whether there are any.
_FEW: Final = 20


class StoredNames(Search):
    """The names in the lists of a release, of which a search reads those that match, and a few entries beside them.

    ``address`` returns where a thing is shown, or None for one that cannot be found because nothing opens it.
    """

    def __init__(self, lists: Lists, others: Sequence[Entry], address: Callable[[str], str | None]) -> None:
        self._lists = lists
        self._others = [replace(entry, line=line_of_entry(entry)) for entry in others]  # folded once
        self._address = address

    @cached_property
    def size(self) -> int:
        """How many entries there are."""
        return sum(1 for iri in self._lists.iris() if self._address(iri)) + len(self._others)

    @cached_property
    def vocabulary(self) -> list[str]:
        """All words that names consist of, in the order of the alphabet."""
        return sorted({*self._lists.words(), *SearchIndex(self._others).vocabulary})

    def find(self, text: str, *, most: int = 50) -> Found:
        """See `Search.find`."""
        wanted = fold(text)
        if not wanted:
            return Found((), 0, False)
        held = self._lists.holding(_parts(wanted), MOST_RANKED + 1)
        matching = dict([*self._lists.of_code(wanted), *held[:MOST_RANKED]])
        found = SearchIndex([*self._entries(matching.items()), *self._others]).find(text, most=most)
        return replace(found, is_cut=len(held) > MOST_RANKED)

    def finds(self, text: str) -> bool:
        """See `Search.finds`; the first names that match mostly tell."""
        wanted = fold(text)
        held = self._lists.holding(_parts(wanted), _FEW) if wanted else []
        return any(self._address(named.iri) for named, _ in held) or super().finds(text)

    def as_data(self, base: str) -> dict[str, Any]:
        """See `Search.as_data`."""
        named = ((named, "") for named in self._lists.entries())
        return SearchIndex([*self._entries(named), *self._others]).as_data(base)

    def _entries(self, found: Iterable[tuple[Named, str]]) -> Iterator[Entry]:
        for named, line in found:
            if url := self._address(named.iri):
                yield entry_of(named, url, line)


def _parts(wanted: str) -> list[str]:
    """Return what the line of an entry has to hold for a folded text."""
    return [sought(word) for word in dict.fromkeys(wanted.split())]
