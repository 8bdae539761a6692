"""The rows of a query by joins and by Oxigraph, to be compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache

import pyoxigraph as ox

from ecp_graph.overlap.derive import merged_store
from ecp_graph.overlap.rules import made_ready
from ecp_graph.tables.algebra import Statement, compiled
from ecp_graph.tables.joins import in_process
from ecp_graph.tables.statements import Statements
from tests.bundled import PREFIXES

__all__ = ["differences", "rows_by_joins", "rows_by_oxigraph"]

#: How often each row comes: its bound variables with their terms.
Rows = Counter[frozenset[tuple[str, str]]]


def differences(quads: Iterable[ox.Quad], queries: Sequence[str]) -> tuple[dict[str, str], int]:
    """The queries to which joins and Oxigraph give other rows, with the first of these; and the number of all rows."""
    quads = list(quads)
    store = merged_store(quads)
    found, number = {}, 0
    statements = Statements()
    statements.put("data", quads)
    with made_ready(statements):
        for query in queries:
            joined, asked = rows_by_joins(query, statements), rows_by_oxigraph(query, store)
            number += asked.total()
            if joined != asked:
                found[query] = (
                    f"by joins alone {list(joined - asked)[:1]}, by Oxigraph alone {list(asked - joined)[:1]}"
                )
    return found, number


def rows_by_joins(query: str, statements: Statements) -> Rows:
    statement = _compiled(query)
    with in_process(statements, []) as joins:
        joins.make("answer", statement.prepared(joins, statements.numbers(statement.constants)))
        rows = statements.connection.execute("FROM answer").fetchall()
    terms = dict(statements.connection.execute("SELECT id, term FROM terms").fetchall())
    return Counter(
        frozenset(
            (name, terms[value] if kind == "term" else str({"iri": ox.NamedNode}.get(kind, ox.Literal)(value)))
            for (name, kind), value in zip(statement.columns.items(), row, strict=bool(statement.columns))
            if value is not None
        )
        for row in rows
    )


def rows_by_oxigraph(query: str, store: ox.Store) -> Rows:
    solutions: ox.QuerySolutions = store.query(query, prefixes=dict(PREFIXES))  # type: ignore[assignment]
    names = [variable.value for variable in solutions.variables]
    return Counter(
        frozenset((name, str(value)) for name, value in zip(names, row, strict=True) if value is not None)
        for row in solutions
    )


@cache
def _compiled(query: str) -> Statement:
    return compiled(query, PREFIXES)
