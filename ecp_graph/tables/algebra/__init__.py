"""SPARQL as SQL: the algebra of a SELECT made into one statement over tables of numbers.

``triples(s, p, o)`` is the default graph and ``nodes(n)`` its subjects and objects, ``quads(s, p, o, g)`` the named
graphs, ``terms(id, term)`` the terms in the syntax of N-Triples. rdflib parses the query; each node of its algebra
becomes a table in SQL, whose columns are the variables::

    patterns.py     triple patterns, UNION, OPTIONAL, FILTER, BIND, GRAPH, VALUES, sub-SELECT, MIN and MAX of groups
    paths.py        property paths: / | ^ ? * +
    expressions.py  = != < && || ! IN IF COALESCE CONCAT BOUND EXISTS
    facets.py       STR LANG DATATYPE isIRI
    relation.py     how solutions are joined where a variable may be unbound

What is none of these raises NotCompiled with its name, and is left to an engine of SPARQL.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ecp_graph.sparql.text import tokens
from ecp_graph.tables.algebra.patterns import Patterns
from ecp_graph.tables.algebra.relation import Kind, NotCompiled, Scope
from ecp_graph.tables.joins import Joins

__all__ = ["NotCompiled", "Statement", "compiled"]


@dataclass(frozen=True)
class Statement:
    """A query in SQL. In its texts ``{0}`` stands for the number of the first of the constants (N-Triples).

    ``tables`` have to be made before, in their order, so that the database knows how large they are when it plans what
    reads them. ``columns`` are the variables in their order, each with what its values are.
    """

    tables: Mapping[str, str]
    select: str
    constants: tuple[str, ...]
    columns: Mapping[str, Kind]

    def prepared(self, joins: Joins, numbers: Mapping[str, int]) -> str:
        """Make the tables that come before the query, and return its SELECT; raises Stopped."""
        values = [numbers[constant] for constant in self.constants]
        for name, select in self.tables.items():
            joins.make(name, select.format(*values))
        return self.select.format(*values)


def compiled(query: str, prefixes: Mapping[str, str] | None = None) -> Statement:
    """Return a SELECT in SQL, its rows in no order.

    Raises NotCompiled for a query with a part that has no form in SQL here, and for one that rdflib does not parse.
    """
    from rdflib.plugins.sparql.algebra import translateQuery
    from rdflib.plugins.sparql.parser import parseQuery

    if "\t" in query and any("\t" in token.text for token in tokens(query) if token.kind == "string"):
        raise NotCompiled("a tab in a string, which rdflib reads as spaces")
    try:
        algebra = translateQuery(parseQuery(query), initNs=dict(prefixes or {})).algebra
    except Exception as reason:  # rdflib raises errors of many classes, for what Oxigraph answers too
        raise NotCompiled("the query, which rdflib does not parse") from reason
    if algebra.name != "SelectQuery" or algebra.datasetClause:
        raise NotCompiled("FROM" if algebra.datasetClause else "a query that is no SELECT")
    _refuse_look_alikes(algebra._vars)
    scope = Scope()
    found = Patterns(scope).relation(algebra.p)
    columns = {str(name): found.columns[str(name)].kind for name in algebra.PV}
    return Statement(scope.tables, found.select, tuple(scope.constants), columns)


def _refuse_look_alikes(variables: object) -> None:
    """Refuse variables that differ in case alone: SQL takes them for one column."""
    names = [str(name) for name in variables]  # type: ignore[attr-defined]
    if len({name.casefold() for name in names}) < len(names):
        raise NotCompiled("variables that differ in case alone")
