"""A diagram of the classes of an ontology: a tree of rows, and an arc for each pair linked by properties.

This module computes the layout; the template draws it. The same ontology always gives the same diagram.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from ecp_graph.linked_data.vocabulary import Term, Vocabulary

__all__ = ["Arc", "Diagram", "Row", "class_diagram"]

_ROW: Final = 26
_INDENT: Final = 24
_CHARACTER: Final = 8.2
_GAP: Final = 14
_WIDEST_ARC: Final = 260
_MARGIN: Final = 16


@dataclass(frozen=True)
class Row:
    """One class: its place, the line that leads to it from its parent, further parents by name, and a leader.

    The leader goes from the name to where the arcs begin; it is empty for a class without an arc.
    """

    term: Term
    x: float
    y: float
    line: str
    also: str
    leader: str = ""

    @property
    def end(self) -> float:
        """About where its name ends."""
        return self.x + _CHARACTER * len(self.term.label + self.also)


@dataclass(frozen=True)
class Arc:
    """What joins two classes: their IRIs, a path, and the names of the properties."""

    ends: tuple[str, str]

    path: str
    title: str
    weight: float


@dataclass(frozen=True)
class Diagram:
    """The whole drawing in its own units."""

    width: float
    height: float
    rows: tuple[Row, ...]
    arcs: tuple[Arc, ...]


def class_diagram(vocabulary: Vocabulary) -> Diagram:
    """Return the drawing of the classes; a class with several parents stands under the one with most children."""
    placed = list(_walk(vocabulary))
    at: dict[str, tuple[float, float]] = {
        term.iri: (_MARGIN + depth * _INDENT, _MARGIN + _ROW * n) for n, (term, depth) in enumerate(placed)
    }
    rows = tuple(_row(vocabulary, term, at) for term, _ in placed)
    edge = max((row.end for row in rows), default=0.0) + _GAP
    height = 2 * _MARGIN + _ROW * max(len(placed) - 1, 0)
    arcs = tuple(_arcs(vocabulary, at, edge, height))
    joined = {iri for arc in arcs for iri in arc.ends}
    rows = tuple(
        replace(row, leader=f"M{row.end + 6:g} {row.y:g}H{edge:g}") if row.term.iri in joined else row for row in rows
    )
    return Diagram(edge + _WIDEST_ARC + _MARGIN, height, rows, arcs)


def _walk(vocabulary: Vocabulary) -> Iterator[tuple[Term, int]]:
    children: dict[str, list[Term]] = {}
    for term in vocabulary.of_kind("owl:Class"):
        children.setdefault(_parent(vocabulary, term), []).append(term)
    seen: set[str] = set()

    def below(parent: str, depth: int) -> Iterator[tuple[Term, int]]:
        for term in sorted(children.get(parent, []), key=lambda term: term.label.lower()):
            if term.iri not in seen:
                seen.add(term.iri)
                yield term, depth
                yield from below(term.iri, depth + 1)

    yield from below("", 0)
    for term in vocabulary.of_kind("owl:Class"):  # a circle of classes has no top
        if term.iri not in seen:
            seen.add(term.iri)
            yield term, 0
            yield from below(term.iri, 1)


def _parent(vocabulary: Vocabulary, term: Term) -> str:
    known = [vocabulary.by_iri[iri] for iri in term.own_parents if iri in vocabulary.by_iri and iri != term.iri]
    return max(known, key=lambda parent: (len(parent.children), parent.iri)).iri if known else ""


def _row(vocabulary: Vocabulary, term: Term, at: dict[str, tuple[float, float]]) -> Row:
    x, y = at[term.iri]
    parent = _parent(vocabulary, term)
    others = [vocabulary.by_iri[iri].label for iri in term.own_parents if iri != parent and iri in vocabulary.by_iri]
    line = ""
    if parent and at[parent][1] < y:
        left = at[parent][0] + 5
        line = f"M{left:g} {at[parent][1] + 9:g}V{y:g}H{x - 4:g}"
    return Row(term, x, y, line, f" (also {', '.join(others)})" if others else "")


def _arcs(vocabulary: Vocabulary, at: dict[str, tuple[float, float]], edge: float, height: float) -> Iterator[Arc]:
    joined: dict[tuple[str, str], list[str]] = {}
    for term in vocabulary.of_kind("owl:ObjectProperty"):
        for domain in term.domains:
            for range_ in term.ranges:
                if domain in at and range_ in at:
                    first, second = sorted((domain, range_), key=lambda iri: at[iri][1])
                    joined.setdefault((first, second), []).append(term.label or term.anchor)
    for (first, second), names in sorted(joined.items(), key=lambda item: at[item[0][0]][1]):
        top, bottom = at[first][1], at[second][1]
        reach = 18.0 if top == bottom else 24 + (_WIDEST_ARC - 24) * (bottom - top) / height * 4 / 3
        bend = edge + reach
        spread = 9 if top == bottom else 0
        top, bottom = top - spread, bottom + spread
        path = f"M{edge:g} {top:g}C{bend:g} {top:g} {bend:g} {bottom:g} {edge:g} {bottom:g}"
        labels = " – ".join(dict.fromkeys(vocabulary.by_iri[iri].label for iri in (first, second)))
        yield Arc((first, second), path, f"{labels}: {', '.join(sorted(names))}", min(1 + 0.5 * (len(names) - 1), 4))
