"""Reads the data of matrices from the results of the catalogue's queries."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from ecp_graph.overlap.matrix import Finding, Joins, Link, Thing
from ecp_graph.sparql.results import Table

__all__ = ["QUERIES", "read_joins"]

#: The queries whose answers are read: things, links, findings.
QUERIES: Final = ("dimension-things", "dimension-links", "overlap-cells")


def read_joins(ask: Callable[[str], Table]) -> Joins:
    """Return what matrices are counted from; ``ask`` answers a query of the catalogue by its name.

    A thing with several names has the first. Raises what ``ask`` raises, and KeyError for an answer without a column
    that is needed.
    """
    things, links, findings = (ask(name) for name in QUERIES)
    return Joins(
        things=[Thing(*row) for row in _rows(things, "thing", "dimension", "code", "name", "remark")],
        links=[Link(*row) for row in _rows(links, "dimension", "thing", "link", "tie")],
        findings=[Finding(*row) for row in _rows(findings, "dimension", "memberA", "memberB", "on", "evidenceGrade")],
    )


def _rows(table: Table, *columns: str) -> Iterator[tuple[str, ...]]:
    """Yield the values of the columns, row by row; the many equal ones of a column share one string."""
    places = {name: at for at, name in enumerate(table.columns)}
    at = [places[name] for name in columns]
    known: dict[str, str] = {}
    for row in table.rows:
        values = (cell.value if (cell := row[place]) else "" for place in at)
        yield tuple(known.setdefault(value, value) for value in values)
