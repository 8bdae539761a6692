"""Expressions in SQL (SPARQL 1.1 Query, section 17): an error, and an unbound variable, is NULL.

The logic of SQL with NULL is that of SPARQL with errors. Terms are compared by their numbers, strings by their code
points; the values of two literals are not compared here: a query that meets two fails while it runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from ecp_graph.tables.algebra.facets import facet_column, nodes, variables
from ecp_graph.tables.algebra.relation import Column, Kind, NotCompiled, Relation, Scope, named
from ecp_graph.tables.statements import LITERALS

__all__ = ["Value", "and_parts", "expression", "is_exists", "nested_exists"]

_EXISTS: Final = ("Builtin_EXISTS", "Builtin_NOTEXISTS")
_ORDER: Final = frozenset({"<", "<=", ">", ">="})
_LITERALS_MET: Final = "error('two literals are compared by their values')"
_NO_FLAGS: Final[Mapping[int, str]] = {}


@dataclass(frozen=True)
class Value:
    """An expression in SQL, and what its values are; a string may be one that the query has in quotation marks."""

    sql: str
    column: Column
    is_quoted: bool = False
    #: Unbound in every solution.
    is_nothing: bool = False

    @property
    def kind(self) -> Kind:
        """What its values are."""
        return self.column.kind


def and_parts(expr: Any) -> list[Any]:
    """Return the parts of ``a && b && c``."""
    if getattr(expr, "name", "") == "ConditionalAndExpression":
        return [part for each in (expr.expr, *expr.other) for part in and_parts(each)]
    return [expr]


def is_exists(expr: Any) -> bool:
    """Tell whether an expression is EXISTS or NOT EXISTS."""
    return getattr(expr, "name", "") in _EXISTS


def nested_exists(expr: Any) -> Iterator[Any]:
    """Yield each EXISTS and NOT EXISTS inside an expression."""
    return (node for node in nodes(expr, within=lambda node: not is_exists(node)) if is_exists(node))


def expression(
    expr: Any, sides: Sequence[tuple[str, Relation]], scope: Scope, flags: Mapping[int, str] = _NO_FLAGS
) -> Value:
    """Return an expression of rdflib's algebra over relations, each with the name that it has in the statement.

    ``flags`` are the columns that tell whether an EXISTS inside of it holds, by the ``id`` of its node.
    """
    from rdflib.namespace import XSD
    from rdflib.term import Literal, URIRef, Variable

    if isinstance(expr, Variable):
        return _variable(str(expr), sides)
    if isinstance(expr, URIRef):
        return Value(scope.constant(expr), Column(is_node=True))
    if isinstance(expr, Literal):
        if expr.datatype == XSD.boolean and str(expr) in ("true", "false"):
            return Value(str(expr), Column("truth"))
        if expr.language or expr.datatype not in (None, XSD.string):
            raise NotCompiled(f"the literal {expr.n3()} in an expression")
        return Value(_quoted(str(expr)), Column("text"), is_quoted=True)
    if id(expr) in flags:
        return Value(flags[id(expr)], Column("truth"))
    name = getattr(expr, "name", type(expr).__name__)
    if name not in _FORMS:
        raise NotCompiled(_called(name))
    return _FORMS[name](expr, lambda part: expression(part, sides, scope, flags))


def _variable(name: str, sides: Sequence[tuple[str, Relation]]) -> Value:
    found = [(f"{alias}.{named(name)}", of.columns[name]) for alias, of in sides if name in of.columns]
    if not found:
        return Value("NULL", Column(is_node=True, may_lack=True), is_nothing=True)
    if len(found) == 1 or not found[0][1].may_lack:
        return Value(*found[0])
    (first, column), (second, _) = found
    return Value(f"coalesce({first}, {second})", column)


_Inner = Callable[[Any], Value]


def _truth(value: Value) -> str:
    if value.kind != "truth" and not value.is_nothing:
        raise NotCompiled("a value other than true and false as a condition")
    return value.sql


def _text(value: Value) -> str:
    if value.kind != "text" and not value.is_nothing:
        raise NotCompiled("a term where a string is needed; STR makes one")
    return value.sql


def _facet(expr: Any, of: _Inner, facet: str) -> str:
    """Return the column of a facet of a variable, which is there already."""
    from rdflib.term import Variable

    side, _, column = of(expr).sql.partition(".")
    if not isinstance(expr, Variable) or column != named(str(expr)):
        raise NotCompiled(f"{facet} of something other than a variable of one pattern")
    return f"{side}.{facet_column(facet, str(expr))}"


def _compared(expr: Any, of: _Inner) -> Value:
    if expr.op in ("IN", "NOT IN"):
        if not isinstance(expr.other, list):  # rdflib reads () as the empty list of RDF
            raise NotCompiled(f"{expr.op} ()")
        equal = " OR ".join(_equal(expr.expr, each, of) for each in expr.other)
        return _told(f"NOT ({equal})" if expr.op == "NOT IN" else f"({equal})")
    if expr.op in _ORDER:
        left, right = of(expr.expr), of(expr.other)
        return _told(f"({_text(left)} {expr.op} {_text(right)})")
    equal = _equal(expr.expr, expr.other, of)
    return _told(f"(NOT {equal})" if expr.op == "!=" else equal)


def _told(sql: str) -> Value:
    return Value(sql, Column("truth", may_lack=True))


def _equal(first: Any, second: Any, of: _Inner) -> str:
    left, right = of(first), of(second)
    if left.is_nothing or right.is_nothing:
        return "NULL::BOOLEAN"
    if left.is_quoted and right.kind == "term":
        return _is_string(second, left, of)
    if right.is_quoted and left.kind == "term":
        return _is_string(first, right, of)
    if left.kind != right.kind:
        raise NotCompiled(f"a comparison of a {left.kind} with a {right.kind}")
    equal = f"({left.sql} = {right.sql})"
    if left.kind != "term" or left.column.is_node or right.column.is_node:
        return equal
    nodes = f"{left.sql} < {LITERALS} OR {right.sql} < {LITERALS}"
    unbound = f"{left.sql} IS NULL OR {right.sql} IS NULL"
    return f"(CASE WHEN {unbound} THEN NULL WHEN {nodes} THEN {equal} ELSE {_LITERALS_MET} END)"


def _is_string(term: Any, text: Value, of: _Inner) -> str:
    value = of(term).sql
    if of(term).column.is_node:
        return f"(CASE WHEN {value} IS NOT NULL THEN false END)"
    plain, string = _facet(term, of, "PLAIN"), _facet(term, of, "STR")
    return (
        f"(CASE WHEN {value} IS NULL THEN NULL WHEN {value} < {LITERALS} THEN false "
        f"WHEN {plain} THEN {string} = {text.sql} ELSE {_LITERALS_MET} END)"
    )


def _chosen(values: Sequence[Value], *, may_lack: bool) -> Column:
    known = [value for value in values if not value.is_nothing]
    if len(kinds := sorted({value.kind for value in known})) > 1:
        raise NotCompiled(f"a choice between a {kinds[0]} and a {kinds[1]}")
    kind = known[0].kind if known else "term"
    return Column(kind, all(value.column.is_node for value in values), may_lack or len(known) < len(values))


def _if(expr: Any, of: _Inner) -> Value:
    condition, first, second = _truth(of(expr.arg1)), of(expr.arg2), of(expr.arg3)
    sql = f"CASE WHEN {condition} THEN {first.sql} WHEN NOT {condition} THEN {second.sql} END"
    return Value(f"({sql})", _chosen([first, second], may_lack=True), is_nothing=first.is_nothing and second.is_nothing)


def _coalesce(expr: Any, of: _Inner) -> Value:
    values = [value for value in map(of, expr.arg) if not value.is_nothing]
    if not values:
        raise NotCompiled("COALESCE of nothing")
    may_lack = all(value.column.may_lack for value in values)
    return Value(f"coalesce({', '.join(value.sql for value in values)})", _chosen(values, may_lack=may_lack))


def _string(expr: Any, of: _Inner) -> Value:
    value = of(expr.arg)
    if value.kind in ("text", "iri"):
        return Value(value.sql, replace(value.column, kind="text"), value.is_quoted)
    if value.is_nothing:
        return Value("NULL::VARCHAR", Column("text", may_lack=True))
    if value.kind == "truth":
        raise NotCompiled("STR of a truth value")
    if not list(variables(expr.arg)):
        return Value(_quoted(str(expr.arg)), Column("text"))
    return Value(_facet(expr.arg, of, "STR"), Column("text", may_lack=True))


def _language(expr: Any, of: _Inner) -> Value:
    return Value(_facet(expr.arg, of, "LANG"), Column("text", may_lack=True))


def _datatype(expr: Any, of: _Inner) -> Value:
    return Value(_facet(expr.arg, of, "DATATYPE"), Column("iri", is_node=True, may_lack=True))


def _is_iri(expr: Any, of: _Inner) -> Value:
    return _told(_facet(expr.arg, of, "IRI"))


def _is_literal(expr: Any, of: _Inner) -> Value:
    value = of(expr.arg)
    if value.kind != "term":
        raise NotCompiled(f"isLITERAL of a {value.kind}")
    return _told(f"({value.sql} >= {LITERALS})")


def _concat(expr: Any, of: _Inner) -> Value:
    return Value(f"({' || '.join(_text(of(part)) for part in expr.arg)})", Column("text", may_lack=True))


def _bound(expr: Any, of: _Inner) -> Value:
    return Value(f"({of(expr.arg).sql} IS NOT NULL)", Column("truth"))


def _and(expr: Any, of: _Inner) -> Value:
    return _told(f"({' AND '.join(_truth(of(part)) for part in (expr.expr, *expr.other))})")


def _or(expr: Any, of: _Inner) -> Value:
    return _told(f"({' OR '.join(_truth(of(part)) for part in (expr.expr, *expr.other))})")


def _not(expr: Any, of: _Inner) -> Value:
    return _told(f"(NOT {_truth(of(expr.expr))})")


_FORMS: Final[dict[str, Callable[[Any, _Inner], Value]]] = {
    "RelationalExpression": _compared,
    "ConditionalAndExpression": _and,
    "ConditionalOrExpression": _or,
    "UnaryNot": _not,
    "Builtin_IF": _if,
    "Builtin_COALESCE": _coalesce,
    "Builtin_STR": _string,
    "Builtin_LANG": _language,
    "Builtin_DATATYPE": _datatype,
    "Builtin_isIRI": _is_iri,
    "Builtin_isURI": _is_iri,
    "Builtin_isLITERAL": _is_literal,
    "Builtin_CONCAT": _concat,
    "Builtin_BOUND": _bound,
}


def _called(name: str) -> str:
    return name.removeprefix("Builtin_") if name.startswith("Builtin_") else f"the expression {name}"


def _quoted(text: str) -> str:
    """Return a text as SQL has it, in a statement whose braces stand for constants."""
    return "'" + text.replace("'", "''").replace("{", "{{").replace("}", "}}") + "'"
