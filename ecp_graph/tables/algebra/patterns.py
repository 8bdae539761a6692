"""Patterns of rdflib's algebra as relations (SPARQL 1.1 Query, section 18)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final

from ecp_graph.tables.algebra.expressions import (
    and_parts,
    expression,
    is_exists,
    nested_exists,
)
from ecp_graph.tables.algebra.facets import facet_column, facets_needed, variables, with_facets
from ecp_graph.tables.algebra.paths import pairs
from ecp_graph.tables.algebra.relation import (
    UNIT,
    Column,
    NotCompiled,
    Relation,
    Scope,
    flagged,
    joined,
    kept,
    left_joined,
    named,
    united,
)

__all__ = ["Patterns"]

#: What an author calls that which rdflib calls so.
_CALLED: Final = {
    "Minus": "MINUS",
    "ServiceGraphPattern": "SERVICE",
    "Slice": "LIMIT or OFFSET",
}
#: In SQL, by a value of their own.
_EXTREMES: Final = {"Aggregate_Min": "min_by", "Aggregate_Max": "max_by"}


@dataclass(frozen=True)
class Patterns:
    """Makes relations of patterns. ``graph`` is the variable or IRI of the GRAPH around them, if any."""

    scope: Scope
    graph: Any = None

    def relation(self, pattern: Any) -> Relation:
        """Return the solutions of a pattern; raises NotCompiled for one that has no such form."""
        form = _FORMS.get(pattern.name)
        if form is None:
            raise NotCompiled(_CALLED.get(pattern.name, pattern.name))
        return form(self, pattern)

    def triples(self, pattern: Any) -> Relation:
        """Return the solutions of triple patterns: one FROM, in which the database finds the order."""
        places = _Places(self.scope)
        for number, triple in enumerate(pattern.triples):
            places.add(f"t{number}", triple, self.graph)
        if not places.tables:
            return UNIT
        conditions = f" WHERE {' AND '.join(places.conditions)}" if places.conditions else ""
        columns = {name: Column(is_node=name in places.nodes) for name in places.where if not name.startswith("_:")}
        values = ", ".join(f"{places.where[name]} AS {named(name)}" for name in columns) or "1 AS unit"
        return Relation(f"(SELECT {values} FROM {', '.join(places.tables)}{conditions})", columns)

    def join(self, pattern: Any) -> Relation:
        """Return the solutions of two patterns that agree."""
        return joined(self.relation(pattern.p1), self.relation(pattern.p2), self.scope)

    def union(self, pattern: Any) -> Relation:
        """Return the solutions of either pattern."""
        return united([self.relation(pattern.p1), self.relation(pattern.p2)])

    def optional(self, pattern: Any) -> Relation:
        """Return the solutions of the first pattern, with those of the second where any agree."""
        left, right = self.relation(pattern.p1), self.relation(pattern.p2)
        if getattr(pattern.expr, "name", "") == "TrueFilter":
            return left_joined(left, right, "")
        parts = []
        for part in and_parts(pattern.expr):
            if is_exists(part):
                right = self._exists(right, part, beside=left)
            else:
                parts.append(part)
        left, right, condition = self._condition(left, right, parts)
        return left_joined(left, right, condition)

    def filter(self, pattern: Any) -> Relation:
        """Return the solutions that meet all conditions."""
        found = self.relation(pattern.p)
        parts = and_parts(pattern.expr)
        plain = [part for part in parts if not is_exists(part)]
        if plain:
            found, flags = self._with_flags(with_facets(found, facets_needed(plain)), plain)
            where = " AND ".join(self._truth(part, [("r", found)], flags) for part in plain)
            found = replace(found, source=f"(SELECT * FROM {found.source} AS r WHERE {where})", branches=())
        for part in parts:
            if is_exists(part):
                found = self._exists(found, part)
        return found

    def extend(self, pattern: Any) -> Relation:
        """Return the solutions with the value of an expression, which is unbound where that fails."""
        found = with_facets(self.relation(pattern.p), facets_needed(pattern.expr))
        found, flags = self._with_flags(found, pattern.expr)
        value = expression(pattern.expr, [("r", found)], self.scope, flags)
        name = str(pattern.var)
        sql = "NULL::BIGINT" if value.is_nothing else value.sql
        source = f"(SELECT *, {sql} AS {named(name)} FROM {found.source} AS r)"
        return Relation(source, {**found.columns, name: value.column}, found.facets)

    def in_graph(self, pattern: Any) -> Relation:
        """Return the solutions inside one named graph, with the graph."""
        found = Patterns(self.scope, pattern.term).relation(pattern.p)
        graph = found.columns.get(_name(pattern.term)) if _is_variable(pattern.term) else Column()
        if not found.columns or graph is None or graph.may_lack:
            raise NotCompiled("a GRAPH that need not have any triple")
        return found

    def values(self, pattern: Any) -> Relation:
        """Return the rows of VALUES."""
        names = list(dict.fromkeys(str(name) for row in pattern.res for name in row))
        rows = [{str(name): value for name, value in row.items() if value != "UNDEF"} for row in pattern.res]
        if not rows:
            raise NotCompiled("VALUES without rows")
        columns = {
            name: Column(
                is_node=all(_is_node(row[name]) for row in rows if name in row),
                may_lack=any(name not in row for row in rows),
            )
            for name in names
        }
        selects = []
        for row in rows:
            cells = (self.scope.constant(row[name]) if name in row else "NULL" for name in names)
            selects.append(
                "SELECT "
                + ", ".join(f"{cell}::BIGINT AS {named(name)}" for cell, name in zip(cells, names, strict=True))
            )
        return Relation(f"({' UNION ALL '.join(selects)})", columns)

    def select(self, pattern: Any) -> Relation:
        """Return the solutions of a sub-SELECT, a table of its own."""
        if self.graph is not None:
            raise NotCompiled("a sub-SELECT inside GRAPH")
        if not pattern.p:  # VALUES without rows, of which rdflib keeps no names
            return Relation("(SELECT 1 AS unit WHERE false)", {})
        if pattern.p.name == "values":
            return self.values(pattern.p)
        found = self.relation(pattern.p)
        return Relation(self.scope.table("part", found.select), found.columns)

    def project(self, pattern: Any, distinct: str = "") -> Relation:
        """Return the solutions with these variables alone."""
        found = self.relation(pattern.p)
        values, columns = [], {}
        for name in map(str, pattern.PV):
            columns[name] = found.columns.get(name, Column(may_lack=True, is_node=True))
            values.append(named(name) if name in found.columns else f"NULL::BIGINT AS {named(name)}")
        return Relation(f"(SELECT {distinct}{', '.join(values) or '1 AS unit'} FROM {found.source})", columns)

    def distinct(self, pattern: Any) -> Relation:
        """Return each solution once."""
        if pattern.p.name == "Project":
            return self.project(pattern.p, "DISTINCT ")
        found = self.relation(pattern.p)
        return Relation(f"(SELECT DISTINCT {', '.join(map(named, found.columns))} FROM {found.source})", found.columns)

    def unordered(self, pattern: Any) -> Relation:
        """Return the solutions; an order without LIMIT changes none."""
        return self.relation(pattern.p)

    def groups(self, pattern: Any) -> Relation:
        """Return one solution for each group of solutions, with the least or the greatest of integers."""
        from rdflib.term import Variable

        keys = pattern.p.expr or []
        if not keys or not all(isinstance(key, Variable) for key in keys):
            raise NotCompiled("an aggregate without GROUP BY of variables")
        found = self.relation(pattern.p.p)
        if unbound := [str(key) for key in keys if str(key) not in found.columns]:
            raise NotCompiled(f"GROUP BY ?{unbound[0]}, which has no value")
        columns, values = {}, []
        for part in pattern.A:
            name, of = str(part.res), str(part.vars)
            column = found.columns.get(of, Column(is_node=True, may_lack=True))
            if part.name == "Aggregate_Sample" and part.vars in keys:
                values.append(f"{named(of)} AS {named(name)}")
            elif part.name in _EXTREMES and column.kind == "term" and not column.may_lack:
                found = with_facets(found, iter([("INTEGER", of)]))
                values.append(f"{_EXTREMES[part.name]}({named(of)}, {facet_column('INTEGER', of)}) AS {named(name)}")
            else:
                raise NotCompiled(f"the aggregate {part.name.removeprefix('Aggregate_').upper()} of ?{of}")
            columns[name] = column
        by_keys = ", ".join(named(str(key)) for key in keys)
        return Relation(f"(SELECT {', '.join(values)} FROM {found.source} GROUP BY {by_keys})", columns)

    def _exists(self, found: Relation, part: Any, beside: Relation | None = None) -> Relation:
        """Return the solutions for which EXISTS holds; of what stands ``beside`` them it may ask nothing."""
        found, right, condition, asked = self._both(found, part)
        for name in asked & set(beside.columns if beside else ()):
            if name not in found.columns or found.columns[name].may_lack:
                raise NotCompiled("EXISTS inside OPTIONAL that asks for what stands before it")
        return kept(found, right, condition, if_any=part.name == "Builtin_EXISTS")

    def _with_flags(self, found: Relation, expr: Any) -> tuple[Relation, dict[int, str]]:
        """Return the solutions with a column for each EXISTS inside an expression, and its name by the node's id."""
        flags = {}
        for part in nested_exists(expr):
            found, right, condition, _ = self._both(found, part)
            flags[id(part)] = self.scope.flag()
            found = flagged(found, right, condition, flags[id(part)], if_any=part.name == "Builtin_EXISTS")
        return found, flags

    def _both(self, found: Relation, part: Any) -> tuple[Relation, Relation, str, set[str]]:
        """Return both sides of EXISTS, the condition on them, and the variables that it asks for."""
        from rdflib.plugins.sparql.algebra import translateGroupGraphPattern

        is_plain = part.graph.name == "GroupGraphPatternSub"  # as rdflib leaves it outside FILTER
        try:
            inner, conditions = translateGroupGraphPattern(part.graph) if is_plain else part.graph, []
        except TypeError as reason:  # in a SELECT clause rdflib leaves prefixed names as they are
            raise NotCompiled("EXISTS in a SELECT clause") from reason
        while inner.name == "Filter":
            conditions += and_parts(inner.expr)
            inner = inner.p
        if any(True for _ in nested_exists(conditions)):
            raise NotCompiled("EXISTS inside EXISTS")
        _refuse_in_exists(inner)
        right = self.relation(inner)
        left, right, condition = self._condition(found, right, conditions)
        return left, right, condition, {*right.columns, *variables(conditions)}

    def _condition(self, left: Relation, right: Relation, parts: list[Any]) -> tuple[Relation, Relation, str]:
        """Return the two with the facets that a condition on both needs, and the condition."""
        needed = sorted(set(facets_needed(parts)))
        left, right = with_facets(left, iter(needed)), with_facets(right, iter(needed))
        sides = [("l", left), ("r", right)]
        return left, right, " AND ".join(self._truth(part, sides) for part in parts)

    def _truth(
        self, part: Any, sides: list[tuple[str, Relation]], flags: Mapping[int, str] = MappingProxyType({})
    ) -> str:
        value = expression(part, sides, self.scope, flags)
        if value.kind != "truth":
            raise NotCompiled("a value other than true and false as a condition")
        return value.sql


class _Places:
    """Where the variables of triple patterns stand, and what has to hold between these places."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.where: dict[str, str] = {}
        self.nodes: set[str] = set()
        self.tables: list[str] = []
        self.conditions: list[str] = []

    def add(self, alias: str, triple: tuple[Any, Any, Any], graph: Any) -> None:
        """Add a triple pattern as a table of this name."""
        from rdflib.paths import Path

        subject, predicate, object_ = triple
        places = [(f"{alias}.s", subject), (f"{alias}.o", object_)]
        if isinstance(predicate, Path):
            ends = [self.scope.constant(end) for end in (subject, object_) if not _is_variable(end)]
            if len(ends) > 1:
                raise NotCompiled("a path between two constants")
            table = pairs(predicate, self.scope, in_graph=graph is not None, end="".join(ends))
            self.tables.append(f"({table}) AS {alias}")
        else:
            self.tables.append(f"{'triples' if graph is None else 'quads'} AS {alias}")
            places.append((f"{alias}.p", predicate))
            self.nodes.update(_name(term) for term in (subject, predicate) if _is_variable(term))
        if graph is not None:
            places.append((f"{alias}.g", graph))
            self.nodes.update([_name(graph)] if _is_variable(graph) else [])
        for place, term in places:
            known = self.where.setdefault(_name(term), place) if _is_variable(term) else self.scope.constant(term)
            if known != place:
                self.conditions.append(f"{place} = {known}")


def _is_variable(term: Any) -> bool:
    from rdflib.term import BNode, Variable

    return isinstance(term, Variable | BNode)


def _name(term: Any) -> str:
    """Return the name of a variable; a blank node is one that nobody else sees."""
    from rdflib.term import BNode

    return f"_:{term}" if isinstance(term, BNode) else str(term)


def _is_node(term: Any) -> bool:
    from rdflib.term import Literal

    return not isinstance(term, Literal)


def _refuse_in_exists(pattern: Any) -> None:
    """Refuse, inside EXISTS, what depends on whether a value is put in before or compared behind."""
    if pattern.name in ("BGP", "ToMultiSet"):
        if pattern.name == "ToMultiSet" and pattern.p.name != "values":
            raise NotCompiled("a sub-SELECT inside EXISTS")
    elif pattern.name == "Graph":
        _refuse_in_exists(pattern.p)
    elif pattern.name in ("Join", "Union"):
        _refuse_in_exists(pattern.p1)
        _refuse_in_exists(pattern.p2)
    else:
        raise NotCompiled(f"{_CALLED.get(pattern.name, pattern.name)} inside EXISTS")


_FORMS: Final[dict[str, Callable[[Patterns, Any], Relation]]] = {
    "AggregateJoin": Patterns.groups,
    "BGP": Patterns.triples,
    "Distinct": Patterns.distinct,
    "Extend": Patterns.extend,
    "Filter": Patterns.filter,
    "Graph": Patterns.in_graph,
    "Join": Patterns.join,
    "LeftJoin": Patterns.optional,
    "OrderBy": Patterns.unordered,
    "Project": Patterns.project,
    "Reduced": Patterns.distinct,
    "ToMultiSet": Patterns.select,
    "Union": Patterns.union,
}
