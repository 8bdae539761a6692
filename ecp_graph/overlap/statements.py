"""Quads as the tables that rules are joined over; see `ecp_graph.tables.algebra`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import pyoxigraph as ox

from ecp_graph.tables.statements import Statements

__all__ = ["statements_of"]

#: In the order in which rules look for them.
_MERGED: Final = (
    "DROP VIEW triples",
    "CREATE TABLE triples AS SELECT DISTINCT s, p, o FROM quads ORDER BY p, s",
    "CREATE TABLE nodes AS SELECT s AS n FROM triples UNION SELECT o FROM triples",
)


def statements_of(quads: Iterable[ox.Quad]) -> Statements:
    """Return tables of those of the quads that stand in a named graph, with ``triples`` and ``nodes``."""
    statements = Statements()
    statements.put("data", (quad for quad in quads if not isinstance(quad.graph_name, ox.DefaultGraph)))
    for statement in _MERGED:
        statements.connection.execute(statement)
    return statements
