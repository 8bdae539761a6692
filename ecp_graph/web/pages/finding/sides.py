"""The two sides of a finding on two actions: what each says, cell by cell, with the place where it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ecp_graph.reasoning import Source
from ecp_graph.sparql.results import Term
from ecp_graph.web.show.panels import Panel, Row, panel

__all__ = ["QUERY", "Line", "Said", "Sides", "sides_of"]

#: The query of what two actions say.
QUERY: Final = "actions-side-by-side"


@dataclass(frozen=True)
class Said:
    """One value that an action states: its text, the thing that it is, where it is one, and where it is."""

    text: Term
    thing: Term | None
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Line:
    """What both sides say on one aspect; ``shared`` says whether that is the same, in words, and is empty otherwise."""

    label: str
    one: Sequence[Said]
    other: Sequence[Said]
    shared: str


@dataclass(frozen=True)
class Sides:
    """Two actions side by side: each with its number and its plan, then what they say, aspect by aspect."""

    one: Term
    other: Term
    numbers: tuple[str, str]
    plans: tuple[tuple[Term, str], tuple[Term, str]]
    lines: Sequence[Line]
    panel: Panel


def sides_of(one: str, other: str) -> Sides | None:
    """Return two actions (IRIs) side by side; None where one of them is no action of a plan."""
    found = panel(QUERY, one=one, other=other)
    rows: tuple[list[tuple[Row, Term]], ...] = ([], [])
    for row, value in zip(found.rows, found.cells("value"), strict=True):
        if value is not None:
            rows[row["action"] != one].append((row, value))
    if not rows[0] or not rows[1]:
        return None
    first, second = (side[0][0] for side in rows)
    aspects = found.query.values_of("aspect")
    return Sides(
        Term("iri", one),
        Term("iri", other),
        (first["number"], second["number"]),
        ((Term("iri", first["plan"]), first["planName"]), (Term("iri", second["plan"]), second["planName"])),
        [line for aspect, label in aspects.items() if (line := _line(label, *(_said(of, aspect) for of in rows)))],
        found,
    )


def _said(rows: Iterable[tuple[Row, Term]], aspect: str) -> list[Said]:
    return list(_values((row, value) for row, value in rows if row["aspect"] == aspect))


def _values(rows: Iterable[tuple[Row, Term]]) -> Iterator[Said]:
    """Yield each value once, with all places where it is."""
    sources: dict[tuple[str, str], dict[Source, None]] = {}
    terms: dict[tuple[str, str], Term] = {}
    for row, value in rows:
        # a thing that has names in several languages is one value
        key = (row["thing"], "" if row["thing"] else value.value)
        terms.setdefault(key, value)
        source = Source(row["reading"], row["locator"], row["certainty"])
        sources.setdefault(key, {})[source] = None
    for (thing, _), value in terms.items():
        yield Said(value, Term("iri", thing) if thing else None, tuple(sources[thing, "" if thing else value.value]))


def _line(label: str, one: Sequence[Said], other: Sequence[Said]) -> Line | None:
    if not one and not other:
        return None
    mine, theirs = ({said.thing or said.text.value.casefold() for said in side} for side in (one, other))
    return Line(label, one, other, "the same" if mine == theirs else "in part the same" if mine & theirs else "")
