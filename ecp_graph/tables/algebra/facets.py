"""What expressions ask of a term other than which one it is: each a column, made of its text in N-Triples.

::

    STR       the IRI, or what a literal has between its quotes
    LANG      the language of a literal, '' without one
    DATATYPE  the IRI of the datatype of a literal, as a string
    IRI       whether it is an IRI
    PLAIN     whether it is a string without a language
    INTEGER   the value of an integer

A column is NULL where SPARQL has an error. An escape that Oxigraph writes for rare control characters alone, and a term
that is no integer where one is needed, stop the statement.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import reduce
from typing import Any, Final

from ecp_graph.namespaces import PREFIXES
from ecp_graph.tables.algebra.relation import Relation, named

__all__ = ["STR", "facet_column", "facets_needed", "nodes", "variables", "with_facets", "without_rare_escapes"]

#: What stands behind the last quotation mark of a literal: nothing, @LANGUAGE or ^^<DATATYPE>.
_REST: Final = "substr({0}, length({0}) - strpos(reverse({0}), '\"') + 2)"
#: A backslash itself is put aside meanwhile, as a character that is always written with an escape.
_ESCAPES: Final = (
    (r"'\' || '\'", "chr(1)"),
    (r"""'\' || '"'""", "'\"'"),
    (r"'\' || 'n'", "chr(10)"),
    (r"'\' || 'r'", "chr(13)"),
    (r"'\' || 't'", "chr(9)"),
)
_FUNCTIONS: Final = {
    "Builtin_STR": "STR",
    "Builtin_LANG": "LANG",
    "Builtin_DATATYPE": "DATATYPE",
    "Builtin_isIRI": "IRI",
    "Builtin_isURI": "IRI",
}


_LEXICAL: Final = "substr({0}, 2, length({0}) - strpos(reverse({0}), '\"') - 1)"
_UNESCAPED: Final = reduce(lambda text, escape: f"replace({text}, {escape[0]}, {escape[1]})", _ESCAPES, _LEXICAL)
#: STR of a term in N-Triples; NULL for a blank node.
STR: Final = rf"""CASE
 WHEN starts_with({{0}}, '<') THEN substr({{0}}, 2, length({{0}}) - 2)
 WHEN NOT starts_with({{0}}, '"') THEN NULL
 WHEN NOT contains({{0}}, '\') THEN {_LEXICAL}
 WHEN contains({_UNESCAPED}, '\') THEN error('a term with a rare escape is read as a string')
 ELSE replace({_UNESCAPED}, chr(1), '\')
 END"""
_LANG: Final = f"""CASE
 WHEN starts_with({{0}}, '"') THEN CASE WHEN starts_with({_REST}, '@') THEN substr({_REST}, 2) ELSE '' END
 END"""
_DATATYPE: Final = f"""CASE
 WHEN NOT starts_with({{0}}, '"') THEN NULL
 WHEN ends_with({{0}}, '"') THEN '{PREFIXES["xsd"]}string'
 WHEN starts_with({_REST}, '@') THEN '{PREFIXES["rdf"]}langString'
 ELSE substr({_REST}, 4, length({_REST}) - 4)
 END"""
_INTEGER: Final = f"""CASE
 WHEN ends_with({{0}}, '^^<{PREFIXES["xsd"]}integer>') AND TRY_CAST({_LEXICAL} AS BIGINT) IS NOT NULL
 THEN TRY_CAST({_LEXICAL} AS BIGINT)
 ELSE error('a value other than an integer is compared')
 END"""
_FACETS: Final = {
    "STR": STR,
    "LANG": _LANG,
    "DATATYPE": _DATATYPE,
    "IRI": "starts_with({0}, '<')",
    "PLAIN": "ends_with({0}, '\"')",
    "INTEGER": _INTEGER,
}


def without_rare_escapes(term: str) -> str:
    """Return a condition in SQL on a term in N-Triples under which `STR` never stops."""
    return f"NOT contains({term}, '\\') OR NOT regexp_matches({term}, '\\\\[^\\\\\"nrt]')"


def nodes(expr: Any, *, within: Callable[[Any], bool] = lambda _: True) -> Iterator[Any]:
    """Yield an expression of rdflib's algebra and all that is in it, outermost first.

    What is in a node for which ``within`` is False is left out.
    """
    if isinstance(expr, list):
        for part in expr:
            yield from nodes(part, within=within)
        return
    yield expr
    if hasattr(expr, "name") and within(expr):
        for key, part in expr.items():
            if key != "_vars":
                yield from nodes(part, within=within)


def variables(expr: Any) -> Iterator[str]:
    """Yield the variables of an expression."""
    from rdflib.term import Variable

    return (str(node) for node in nodes(expr) if isinstance(node, Variable))


def facets_needed(expr: Any) -> Iterator[tuple[str, str]]:
    """Yield the facets that an expression asks for, each with its variable."""
    from rdflib.term import Variable

    for node in nodes(expr):
        name = getattr(node, "name", "")
        if name in _FUNCTIONS and isinstance(node.arg, Variable):
            yield _FUNCTIONS[name], str(node.arg)
        elif name == "RelationalExpression":
            yield from _compared(node)


def _compared(expr: Any) -> Iterator[tuple[str, str]]:
    """Yield what a comparison of a variable with a string asks for."""
    from rdflib.term import Literal, Variable

    others = expr.other if isinstance(expr.other, list) else [expr.other]
    sides = [expr.expr, *others]
    if any(isinstance(side, Literal) for side in sides):
        for variable in (str(side) for side in sides if isinstance(side, Variable)):
            yield "PLAIN", variable
            yield "STR", variable


def with_facets(relation: Relation, wanted: Iterator[tuple[str, str]]) -> Relation:
    """Return the relation with these facets of its variables in columns of their own."""
    known = relation.columns
    added = [
        (facet, name)
        for facet, name in dict.fromkeys(wanted)
        if name in known and known[name].kind == "term" and (facet, name) not in relation.facets
    ]
    if not added:
        return relation
    terms = {name: f"t{at}" for at, name in enumerate(dict.fromkeys(name for _, name in added))}
    joins = " ".join(f"LEFT JOIN terms AS {alias} ON {alias}.id = r.{named(name)}" for name, alias in terms.items())
    values = ", ".join(
        f"{_FACETS[facet].format(f'{terms[name]}.term')} AS {facet_column(facet, name)}" for facet, name in added
    )
    source = f"(SELECT r.*, {values} FROM {relation.source} AS r {joins})"
    return Relation(source, known, relation.facets | set(added))


def facet_column(facet: str, variable: str) -> str:
    """Return the name of the column of a facet of a variable."""
    return named(f"{facet} {variable}")
