"""Quads as the tables that rules are joined over; see `ecp_graph.tables.algebra`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final

import duckdb
import pyoxigraph as ox

from ecp_graph.tables.statements import LITERALS, numbered

__all__ = ["Statements", "statements_of"]

#: In the order in which rules look for them.
_MERGED: Final = (
    "CREATE TABLE triples AS SELECT DISTINCT s, p, o FROM quads ORDER BY p, s",
    "CREATE TABLE nodes AS SELECT s AS n FROM triples UNION SELECT o FROM triples",
)
_NEW_TERMS: Final = f"""
INSERT INTO terms
SELECT row_number() OVER (PARTITION BY literal ORDER BY term) - 1 + if(literal, next_literal, next_other), term
FROM (
  SELECT term, starts_with(term, '"') AS literal
  FROM (SELECT unnest($1::VARCHAR[]) AS term) ANTI JOIN terms USING (term)),
(
  SELECT
    count(*) FILTER (id < {LITERALS}) AS next_other,
    count(*) FILTER (id >= {LITERALS}) + {LITERALS} AS next_literal
  FROM terms)"""


class Statements:
    """A database with the tables ``terms``, ``quads``, ``triples`` and ``nodes``."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection

    def numbers(self, terms: Iterable[str]) -> dict[str, int]:
        """Return the numbers of terms in the syntax of N-Triples, new ones for those that have none."""
        given = list(dict.fromkeys(terms))
        self.connection.execute(_NEW_TERMS, [given])
        asked = "SELECT term, id FROM terms SEMI JOIN (SELECT unnest($1::VARCHAR[]) AS term) USING (term)"
        return dict(self.connection.execute(asked, [given]).fetchall())


@contextmanager
def statements_of(quads: Iterable[ox.Quad]) -> Iterator[Statements]:
    """Yield a database with those of the quads that stand in a named graph."""
    numbers: dict[object, int] = {}
    counts = {True: LITERALS, False: 0}

    def number(term: object) -> int:
        found = numbers.get(term)
        if found is None:
            is_literal = isinstance(term, ox.Literal)
            found = numbers[term] = counts[is_literal]
            counts[is_literal] += 1
        return found

    columns: dict[str, list[int]] = {name: [] for name in ("s", "p", "o", "g")}
    for quad in quads:
        if not isinstance(quad.graph_name, ox.DefaultGraph):
            for name, term in zip(columns, quad, strict=True):
                columns[name].append(number(term))
    with numbered(()) as tables:
        tables.fill("quads", columns)
        tables.connection.execute("CREATE TABLE terms (id BIGINT, term VARCHAR)")
        tables.connection.execute(
            "INSERT INTO terms SELECT unnest($1::BIGINT[]), unnest($2::VARCHAR[])",
            [list(numbers.values()), [str(term) for term in numbers]],
        )
        for statement in _MERGED:
            tables.connection.execute(statement)
        yield Statements(tables.connection)
