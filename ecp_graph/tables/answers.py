"""The answers of the queries of tidy tables by joins (`ecp_graph.tables.algebra`), as Parquet files of texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from ecp_graph.errors import QueryTooComplex
from ecp_graph.namespaces import names
from ecp_graph.sparql.guard import refuse_excess
from ecp_graph.tables.algebra import NotCompiled, Statement
from ecp_graph.tables.algebra.facets import STR, without_rare_escapes
from ecp_graph.tables.algebra.kept import kept
from ecp_graph.tables.algebra.relation import Kind, named
from ecp_graph.tables.definitions import Definition
from ecp_graph.tables.joins import Joins, Stopped, in_process
from ecp_graph.tables.statements import Statements
from ecp_graph.tables.stored import as_queries_read

__all__ = ["answers_by_joins"]

#: What CSV has of a term, a blank node by its name. A rare escape is left to those who know them all.
_TEXTS: Final = f"""
CREATE TEMP TABLE texts AS
SELECT id, CASE WHEN starts_with(term, '_:') THEN term ELSE {STR.format("term")} END AS text FROM terms
WHERE {without_rare_escapes("term")}
UNION ALL
SELECT unnest($rare::BIGINT[]), unnest($values::VARCHAR[])"""
_RARE: Final = f"SELECT id FROM terms WHERE NOT ({without_rare_escapes('term')})"


def answers_by_joins(
    statements: Statements, layers: Sequence[str], definitions: Sequence[Definition]
) -> tuple[dict[str, Path], dict[str, str]]:
    """Write the answers that joins can give, and return their files by table; and by the others what is not covered.

    The answers are those of a store of the layers, of which the table ``merged`` is the merge. An empty text is NULL,
    as in CSV. A query that cannot be read, or gives other columns than its header has, counts as not covered.
    """
    found: dict[str, Path] = {}
    left: dict[str, str] = {}
    compiled: dict[str, Statement] = {}
    for each in definitions:
        try:
            compiled[each.name] = _compiled(each)
        except NotCompiled as reason:
            left[each.name] = reason.construct
    numbers = statements.numbers(constant for each in compiled.values() for constant in each.constants)
    with as_queries_read(statements, layers):
        _make_texts(statements)
        for name, statement in compiled.items():
            with in_process(statements, []) as joins:
                try:
                    found[name] = _written(name, statement, numbers, statements, joins)
                except Stopped:
                    left[name] = "what its query compares"
    return found, left


def _compiled(definition: Definition) -> Statement:
    try:
        refuse_excess(definition.text)  # a deep one would overflow the stack
    except QueryTooComplex as reason:
        raise NotCompiled("a query as long as this one") from reason
    statement = kept(definition.text, names().prefixes)
    if list(statement.columns) != definition.selected:
        raise NotCompiled("other columns than the header has")
    return statement


def _make_texts(statements: Statements) -> None:
    rare = statements.terms(number for (number,) in statements.connection.execute(_RARE).fetchall())
    values = [term.value for term in rare.values()]
    statements.connection.execute(_TEXTS, {"rare": list(rare), "values": values})


def _written(name: str, statement: Statement, numbers: Mapping[str, int], statements: Statements, joins: Joins) -> Path:
    joins.make("answer", statement.prepared(joins, numbers))
    columns = list(statement.columns.items())
    values = ", ".join(
        f"nullif({_text(column, kind, at)}, '') AS {named(column)}" for at, (column, kind) in enumerate(columns)
    )
    texts = " ".join(
        f"LEFT JOIN texts AS t{at} ON t{at}.id = answer.{named(column)}"
        for at, (column, kind) in enumerate(columns)
        if kind == "term"
    )
    return statements.write_rows(f"SELECT {values} FROM answer {texts}", f"answer-{name}")


def _text(column: str, kind: Kind, at: int) -> str:
    return f"t{at}.text" if kind == "term" else f"answer.{named(column)}::VARCHAR"
