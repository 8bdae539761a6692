"""Reads the data of matrices from the results of the catalogue's queries."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from ecp_graph.overlap.matrix import Finding, Joins, Link, Thing
from ecp_graph.queries.catalogue import Query
from ecp_graph.sparql.results import Table

__all__ = ["CAUSES", "FINDINGS", "GRADES", "KINDS", "LINKS", "THINGS", "read_joins"]

#: The queries whose answers are read.
THINGS: Final = "dimension-things"
LINKS: Final = "dimension-links"
FINDINGS: Final = "overlap-cells"
GRADES: Final = "grades"
KINDS: Final = "overlap-kinds"
#: The column of the findings that tells by what two meet.
CAUSES: Final = "causeKind"


def read_joins(catalogue: Mapping[str, Query], ask: Callable[[str], Table]) -> Joins:
    """Return what matrices are counted from; ``ask`` answers a query of the catalogue by its name.

    Grades and kinds have the order of the queries ``grades`` and ``overlap-kinds``; ties and causes that of the values
    which the headers of ``dimension-links`` and ``overlap-cells`` list for their columns ``tie`` and ``causeKind``. A
    thing with several names has the first. Raises what ``ask`` raises, and KeyError for an answer without a column that
    is needed.
    """
    things, links, findings, grades, kinds = (ask(name) for name in (THINGS, LINKS, FINDINGS, GRADES, KINDS))
    marks = ("dimension", "memberA", "memberB", CAUSES, "kind", "evidenceGrade", "certainty", "on")
    return Joins(
        things=[Thing(*row) for row in _rows(things, "thing", "dimension", "code", "name", "remark")],
        links=[Link(*row) for row in _rows(links, "dimension", "thing", "link", "tie")],
        findings=[Finding(*row) for row in _rows(findings, *marks)],
        grades=tuple(dict.fromkeys(grade for (grade,) in _rows(grades, "evidenceGrade"))),
        ties=tuple(catalogue[LINKS].values_of("tie")),
        kinds=tuple(dict.fromkeys(kind for (kind,) in _rows(kinds, "kind"))),
        causes=tuple(catalogue[FINDINGS].values_of(CAUSES)),
    )


def _rows(table: Table, *columns: str) -> Iterator[tuple[str, ...]]:
    """Yield the values of the columns, row by row; the many equal ones of a column share one string."""
    places = {name: at for at, name in enumerate(table.columns)}
    at = [places[name] for name in columns]
    known: dict[str, str] = {}
    for row in table.rows:
        values = (cell.value if (cell := row[place]) else "" for place in at)
        yield tuple(known.setdefault(value, value) for value in values)
