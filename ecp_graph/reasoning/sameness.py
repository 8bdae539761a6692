"""Which terms are one thing: literals of one value, and what is stated to be the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from numbers import Number

import pyoxigraph as ox
from rdflib import Literal

from ecp_graph.rdf.terms import to_rdflib

__all__ = ["Same", "value_of"]


class Same:
    """Tells whether two terms are the same: by owl:sameAs, at any remove, or as literals of one value."""

    def __init__(self, stated: Iterable[tuple[object, object]]) -> None:
        self._next: dict[object, set[object]] = defaultdict(set)
        for first, second in stated:
            self._next[first].add(second)
            self._next[second].add(first)

    def __call__(self, first: object, second: object) -> bool:
        """Whether the two are the same."""
        if first == second or value_of(first) == value_of(second):
            return True
        reached, edge = {first}, [first]
        while edge:
            new = self._next.get(edge.pop(), set()) - reached
            reached |= new
            edge.extend(new)
        return second in reached


def value_of(term: object) -> object:
    """Return the number, date or moment that a literal means, so that "3" and "03" are equal; else the term itself."""
    value = getattr(to_rdflib(term), "value", None) if isinstance(term, ox.Literal) else None
    return value if isinstance(value, Number | date | datetime) and not _is_wrong(term) else term


def _is_wrong(term: object) -> bool:
    literal = to_rdflib(term)
    return isinstance(literal, Literal) and bool(literal.ill_typed)
