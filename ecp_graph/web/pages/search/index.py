"""The search index: all names of the graph and the catalogue, ignoring case, accents and hyphens.

It also works without a server: ``frontend/src/ranking.js`` reads `SearchIndex.as_data` and ranks in the same way.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate, islice
from typing import Any, Final

from ecp_graph.queries.names import Named
from ecp_graph.queries.search import fold, is_word, line_of, sought

__all__ = ["MOST_RANKED", "Entry", "Found", "Hit", "Search", "SearchIndex", "as_objects", "entry_of", "line_of_entry"]

#: The shape of the JSON form; it changes when its keys do.
JSON_VERSION: Final = 2

#: Hits that are put in order for one search. Entries stand in the order of their length: the likeliest are among them.
MOST_RANKED: Final = 5_000
#: How like a word of the index a mistyped one has to be, from 0 to 1, and how many such words are tried.
_LIKE: Final = 0.7
_MOST_LIKE: Final = 4
#: The rank of an entry whose words stand in several of its names, or in its kind.
_SPREAD: Final = 9
#: What the rank of an entry with a made label grows by: it comes after those of the things that it is made of.
_MADE: Final = 4
_LABEL, _CODE, _OTHER, _HIDDEN = "label", "code", "other", "hidden"


@dataclass(frozen=True)
class Entry:
    """A searchable entry: its kind, its label, the address of its page, its codes, and all its other names.

    ``is_made``: the label is composed of the names of other things, which rank higher. ``line`` is what it is found by,
    where that is known already, ``iri`` the thing, where it is one.
    """

    kind: str
    label: str
    url: str
    codes: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    is_made: bool = False
    line: str = field(default="", compare=False, repr=False)
    iri: str = field(default="", compare=False)

    def names(self) -> Iterator[tuple[str, str]]:
        """Yield each name with what it is: label, code, other, or hidden."""
        yield _LABEL, self.label
        yield from ((_CODE, name) for name in self.codes)
        yield from ((_OTHER, name) for name in self.others)
        yield from ((_HIDDEN, name) for name in self.hidden)


@dataclass(frozen=True)
class Hit:
    """An entry that matches, and the matching name with its kind: label, code, other, or hidden."""

    entry: Entry
    matched: str
    matched_kind: str


@dataclass(frozen=True)
class Found:
    """The best hits of a search and their total number; ``is_cut`` if not all entries were examined."""

    hits: tuple[Hit, ...]
    total: int
    is_cut: bool


def entry_of(named: Named, url: str, line: str = "") -> Entry:
    """Return the entry of a thing that has a page at an address; ``line`` is what it is found by, if that is known."""
    return Entry(named.kind, named.label, url, named.codes, named.others, named.hidden, named.is_made, line, named.iri)


class Search(ABC):
    """Something to search in."""

    @property
    @abstractmethod
    def size(self) -> int:
        """How many entries there are."""

    @property
    @abstractmethod
    def vocabulary(self) -> list[str]:
        """All words that names consist of, in the order of the alphabet."""

    @abstractmethod
    def find(self, text: str, *, most: int = 50) -> Found:
        """Return the entries in whose names or kind every word of a text occurs, the best first.

        An equal code comes before an equal name, that before a name that begins so, that before names in which each
        word begins a word, and that before the rest; shorter names come before longer ones.
        """

    def finds(self, text: str) -> bool:
        """Return whether `find` finds anything."""
        return self.find(text, most=1).total > 0

    @abstractmethod
    def as_data(self, base: str) -> dict[str, Any]:
        """Return the index for JSON, with the addresses of this site made absolute by the address of its root.

        ``version``, ``base`` and ``entries``, which are lists of kind, label, address, codes, others, hidden names, and
        1 for a made label; what is empty at the end is left out. An address with a fragment is a list of both.
        """

    def nearest(self, text: str, *, most: int = 3) -> list[str]:
        """Return other texts that do find something, with the words that no name holds replaced by ones like them.

        When each word occurs but no entry has them all, the words by themselves.
        """
        words = fold(text).split()
        unknown = [word for word in words if not self.finds(word)]
        if not unknown:
            return [word for word in dict.fromkeys(words) if len(words) > 1][:most]
        tries = [" ".join(words)]
        for word in unknown:
            like = self._like(word)
            tries = [re.sub(rf"\b{word}\b", other, tried) for tried in tries for other in like]
        found = [tried for tried in tries[: _MOST_LIKE**2] if self.finds(tried)]
        known = [word for word in words if word not in unknown]
        return (found or known)[:most]

    def _like(self, word: str) -> list[str]:
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        found = process.extract(
            word,
            self.vocabulary,
            scorer=OSA.normalized_similarity,
            score_cutoff=_LIKE,
            limit=_MOST_LIKE,
        )
        return [like for like, _, _ in found]


class SearchIndex(Search):
    """Entries to search in; building it folds each name once."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries: Final = sorted(entries, key=lambda entry: (len(entry.label), entry.label, entry.url))
        self._lines: Final = [line_of_entry(entry) for entry in self.entries]
        self._text: Final = "\n".join(self._lines)
        lengths = (len(line) + 1 for line in self._lines)
        self._starts: Final = [0, *accumulate(lengths)]
        self._by_code: Final[dict[str, list[int]]] = {}
        for at, entry in enumerate(self.entries):
            for code in entry.codes:
                self._by_code.setdefault(fold(code), []).append(at)

    @property
    def size(self) -> int:
        """How many entries there are."""
        return len(self.entries)

    def find(self, text: str, *, most: int = 50) -> Found:
        """See `Search.find`."""
        wanted = fold(text)
        words = wanted.split()
        if not words:
            return Found((), 0, False)
        matching = (at for at in self._holding(max(words, key=len)) if self._holds_all(at, words))
        exact = self._by_code.get(wanted, [])
        looked_at = dict.fromkeys(exact)
        looked_at.update(dict.fromkeys(islice(matching, MOST_RANKED)))
        ranked = sorted((self._rank(at, wanted, words), at) for at in looked_at)
        hits = tuple(self._hit(at, place) for (_, _, _, place), at in ranked[:most])
        return Found(hits, len(ranked), next(matching, None) is not None)

    def as_data(self, base: str) -> dict[str, Any]:
        """See `Search.as_data`."""
        return {"version": JSON_VERSION, "base": base, "entries": [_as_list(entry, base) for entry in self.entries]}

    def _holding(self, word: str) -> Iterator[int]:
        """Yield the numbers of the lines that hold a word, in order; one that is short at the beginning of a word."""
        part = sought(word)
        at = self._text.find(part)
        while at >= 0:
            line = bisect_right(self._starts, at) - 1
            yield line
            at = self._text.find(part, self._starts[line + 1])

    def _holds_all(self, at: int, words: list[str]) -> bool:
        line = self._lines[at]
        return all(sought(word) in line for word in words)

    def _rank(self, at: int, wanted: str, words: list[str]) -> tuple[int, bool, int, int]:
        """Return rank, whether another name than the label gave it, its length, and its place among the names."""
        codes = len(self.entries[at].codes)
        names = self._lines[at].split("\t")[:-1]
        made = _MADE if self.entries[at].is_made else 0
        best = (_SPREAD, False, len(names[0]), 0)
        for place, name in enumerate(names):
            rank = made + _rank_of_name(name[1:], is_code=0 < place <= codes, wanted=wanted, words=words)
            if rank < best[0]:
                best = (rank, place > 0, len(name), place)
        return best

    def _hit(self, at: int, place: int) -> Hit:
        entry = self.entries[at]
        kind, name = list(entry.names())[place]
        return Hit(entry, name, kind)

    @cached_property
    def vocabulary(self) -> list[str]:
        """All words that names consist of, in the order of the alphabet."""
        return sorted({word for line in self._lines for word in line.split() if is_word(word)})


def line_of_entry(entry: Entry) -> str:
    """Return all that an entry is found by."""
    return entry.line or line_of((name for _, name in entry.names()), entry.kind)


def _rank_of_name(name: str, *, is_code: bool, wanted: str, words: list[str]) -> int:
    if name == wanted:
        return 0 if is_code else 1
    if name.startswith(wanted):
        return 2
    spaced = " " + name
    if all(" " + word in spaced for word in words):
        return 3
    if all(word in name for word in words):
        return 4
    return _SPREAD


def _as_list(entry: Entry, base: str) -> list[Any]:
    names: list[Any] = [list(entry.codes), list(entry.others), list(entry.hidden), int(entry.is_made)]
    while names and not names[-1]:
        names.pop()
    absolute = base + entry.url[1:] if entry.url.startswith("/") else entry.url
    address, _, fragment = absolute.partition("#")
    return [entry.kind, entry.label, [address, fragment] if fragment else address, *names]


def as_objects(found: Found) -> list[Mapping[str, str]]:
    """Return hits as JSON objects: kind, label, url, and the name that matched with what it is."""
    return [
        {
            "kind": hit.entry.kind,
            "label": hit.entry.label,
            "code": hit.entry.codes[0] if hit.entry.codes else "",
            "url": hit.entry.url,
            "matched": hit.matched,
            "matchedKind": hit.matched_kind,
        }
        for hit in found.hits
    ]
