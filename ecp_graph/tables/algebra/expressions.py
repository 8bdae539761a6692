"""Expressions in SQL (SPARQL 1.1 Query, section 17): an error, and an unbound variable, is NULL.

The logic of SQL with NULL is that of SPARQL with errors. Terms are compared by their numbers, strings by their code
points; the values of two literals are not compared here: a query that meets two fails while it runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ecp_graph.tables.algebra.relation import Column, NotCompiled, Relation, Scope, named
from ecp_graph.tables.statements import LITERALS

__all__ = ["Value", "and_parts", "expression", "is_exists", "text_column", "texts_needed", "variables", "with_texts"]

_EXISTS: Final = ("Builtin_EXISTS", "Builtin_NOTEXISTS")
_ORDER: Final = frozenset({"<", "<=", ">", ">="})
_LITERALS_MET: Final = "error('two literals are compared by their values')"
#: STR of a term: the IRI, or what a literal has between its quotes; an escape is left to those who know them.
_STR: Final = r"""CASE
 WHEN contains({0}, '\') THEN error('a term with an escape is read as a string')
 WHEN starts_with({0}, '<') THEN substr({0}, 2, length({0}) - 2)
 WHEN starts_with({0}, '"') THEN substr({0}, 2, length({0}) - strpos(reverse({0}), '"') - 1)
 END"""


@dataclass(frozen=True)
class Value:
    """An expression in SQL, and what its values are: truth, or as in a column."""

    sql: str
    column: Column = Column()  # noqa: RUF009
    is_truth: bool = False


def and_parts(expr: Any) -> list[Any]:
    """Return the parts of ``a && b && c``."""
    if getattr(expr, "name", "") == "ConditionalAndExpression":
        return [part for each in (expr.expr, *expr.other) for part in and_parts(each)]
    return [expr]


def is_exists(expr: Any) -> bool:
    """Tell whether an expression is EXISTS or NOT EXISTS."""
    return getattr(expr, "name", "") in _EXISTS


def variables(expr: Any) -> Iterator[str]:
    """Yield the variables of an expression."""
    from rdflib.term import Variable

    if isinstance(expr, Variable):
        yield str(expr)
    elif isinstance(expr, list):
        for part in expr:
            yield from variables(part)
    elif hasattr(expr, "name"):
        for key, part in expr.items():
            if key != "_vars":
                yield from variables(part)


def texts_needed(expr: Any) -> Iterator[str]:
    """Yield the variables whose strings an expression asks for."""
    if isinstance(expr, list):
        for part in expr:
            yield from texts_needed(part)
    elif hasattr(expr, "name"):
        if expr.name == "Builtin_STR":
            yield from variables(expr.arg)
        for key, part in expr.items():
            if key != "_vars":
                yield from texts_needed(part)


def with_texts(relation: Relation, wanted: Iterator[str]) -> Relation:
    """Return the relation with the strings of these of its variables in columns of their own."""
    known = relation.columns
    added = [
        name
        for name in dict.fromkeys(wanted)
        if name in known and not known[name].is_text and name not in relation.texts
    ]
    if not added:
        return relation
    joins = " ".join(f"LEFT JOIN terms AS t{at} ON t{at}.id = r.{named(name)}" for at, name in enumerate(added))
    values = ", ".join(f"{_STR.format(f't{at}.term')} AS {text_column(name)}" for at, name in enumerate(added))
    source = f"(SELECT r.*, {values} FROM {relation.source} AS r {joins})"
    return Relation(source, known, relation.texts | set(added))


def text_column(variable: str) -> str:
    """Return the name of the column of STR(?variable)."""
    return named(f"STR {variable}")


def expression(expr: Any, sides: Sequence[tuple[str, Relation]], scope: Scope) -> Value:
    """Return an expression of rdflib's algebra over relations, each with the name that it has in the statement."""
    from rdflib.namespace import XSD
    from rdflib.term import Literal, URIRef, Variable

    if isinstance(expr, Variable):
        return _variable(str(expr), sides)
    if isinstance(expr, URIRef):
        return Value(scope.constant(expr.n3()), Column(is_node=True))
    if isinstance(expr, Literal):
        if expr.language or expr.datatype not in (None, XSD.string):
            raise NotCompiled(f"the literal {expr.n3()} in an expression")
        return Value(_quoted(str(expr)), Column(is_text=True))
    name = getattr(expr, "name", type(expr).__name__)
    if name not in _FORMS:
        raise NotCompiled(_called(name))
    return _FORMS[name](expr, lambda part: expression(part, sides, scope))


def _variable(name: str, sides: Sequence[tuple[str, Relation]]) -> Value:
    found = [(f"{alias}.{named(name)}", of.columns[name]) for alias, of in sides if name in of.columns]
    if not found:
        return Value("NULL::BIGINT", Column(is_node=True, may_lack=True))
    if len(found) == 1 or not found[0][1].may_lack:
        return Value(*found[0])
    (first, column), (second, _) = found
    return Value(f"coalesce({first}, {second})", column)


_Inner = Callable[[Any], Value]


def _truth(value: Value) -> str:
    if not value.is_truth:
        raise NotCompiled("a value other than true and false as a condition")
    return value.sql


def _text(value: Value) -> str:
    if value.is_truth or not value.column.is_text:
        raise NotCompiled("a term where a string is needed; STR makes one")
    return value.sql


def _compared(expr: Any, of: _Inner) -> Value:
    if expr.op in ("IN", "NOT IN"):
        listed = expr.other if isinstance(expr.other, list) else [expr.other]
        equal = " OR ".join(_equal(of(expr.expr), of(each)) for each in listed) or "false"
        return Value(f"NOT ({equal})" if expr.op == "NOT IN" else f"({equal})", is_truth=True)
    left, right = of(expr.expr), of(expr.other)
    if expr.op in _ORDER:
        return Value(f"({_text(left)} {expr.op} {_text(right)})", is_truth=True)
    equal = _equal(left, right)
    return Value(f"(NOT {equal})" if expr.op == "!=" else equal, is_truth=True)


def _equal(left: Value, right: Value) -> str:
    if left.is_truth or right.is_truth or left.column.is_text != right.column.is_text:
        raise NotCompiled("a comparison of a term with a string or a truth value")
    equal = f"({left.sql} = {right.sql})"
    if left.column.is_text or left.column.is_node or right.column.is_node:
        return equal
    nodes = f"{left.sql} < {LITERALS} OR {right.sql} < {LITERALS}"
    unbound = f"{left.sql} IS NULL OR {right.sql} IS NULL"
    return f"(CASE WHEN {unbound} THEN NULL WHEN {nodes} THEN {equal} ELSE {_LITERALS_MET} END)"


def _chosen(values: Sequence[Value], *, may_lack: bool) -> Column:
    if any(value.is_truth for value in values) or len({value.column.is_text for value in values}) > 1:
        raise NotCompiled("a choice between a term, a string and a truth value")
    return Column(values[0].column.is_text, all(value.column.is_node for value in values), may_lack)


def _if(expr: Any, of: _Inner) -> Value:
    condition, first, second = _truth(of(expr.arg1)), of(expr.arg2), of(expr.arg3)
    sql = f"CASE WHEN {condition} THEN {first.sql} WHEN NOT {condition} THEN {second.sql} END"
    return Value(f"({sql})", _chosen([first, second], may_lack=True))


def _coalesce(expr: Any, of: _Inner) -> Value:
    values = [of(part) for part in expr.arg]
    may_lack = all(value.column.may_lack for value in values)
    return Value(f"coalesce({', '.join(value.sql for value in values)})", _chosen(values, may_lack=may_lack))


def _string(expr: Any, of: _Inner) -> Value:
    value = of(expr.arg)
    if value.column.is_text:
        return value
    if not list(variables(expr.arg)):
        return Value(_quoted(str(expr.arg)), Column(is_text=True))
    side, _, column = value.sql.partition(".")
    if value.sql == "NULL::BIGINT":
        return Value("NULL::VARCHAR", Column(is_text=True, may_lack=True))
    if not column.startswith('"'):
        raise NotCompiled("STR of something other than a variable")
    return Value(f"{side}.{text_column(column.strip(chr(34)))}", Column(is_text=True, may_lack=True))


def _concat(expr: Any, of: _Inner) -> Value:
    return Value(f"({' || '.join(_text(of(part)) for part in expr.arg)})", Column(is_text=True, may_lack=True))


def _bound(expr: Any, of: _Inner) -> Value:
    return Value(f"({of(expr.arg).sql} IS NOT NULL)", is_truth=True)


def _and(expr: Any, of: _Inner) -> Value:
    return Value(f"({' AND '.join(_truth(of(part)) for part in (expr.expr, *expr.other))})", is_truth=True)


def _or(expr: Any, of: _Inner) -> Value:
    return Value(f"({' OR '.join(_truth(of(part)) for part in (expr.expr, *expr.other))})", is_truth=True)


def _not(expr: Any, of: _Inner) -> Value:
    return Value(f"(NOT {_truth(of(expr.expr))})", is_truth=True)


_FORMS: Final[dict[str, Callable[[Any, _Inner], Value]]] = {
    "RelationalExpression": _compared,
    "ConditionalAndExpression": _and,
    "ConditionalOrExpression": _or,
    "UnaryNot": _not,
    "Builtin_IF": _if,
    "Builtin_COALESCE": _coalesce,
    "Builtin_STR": _string,
    "Builtin_CONCAT": _concat,
    "Builtin_BOUND": _bound,
}


def _called(name: str) -> str:
    if name in _EXISTS:
        return "EXISTS inside another expression"
    return name.removeprefix("Builtin_") if name.startswith("Builtin_") else f"the expression {name}"


def _quoted(text: str) -> str:
    """Return a text as SQL has it, in a statement whose braces stand for constants."""
    return "'" + text.replace("'", "''").replace("{", "{{").replace("}", "}}") + "'"
