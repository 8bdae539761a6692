"""Sentences for queries that do not parse."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from ecp_graph.engine.embedded import EmbeddedEngine
from ecp_graph.errors import QueryError


@pytest.fixture(scope="module")
def empty() -> EmbeddedEngine:
    return EmbeddedEngine(ox.Store(), name="nothing")


@pytest.mark.parametrize(
    ("query", "line", "column", "sentence"),
    [
        ("SELECT * WHERE {\n ?s ?p ?o ", 1, 16, "this '{' is never closed"),
        ("SELECT * WHERE {\n ?s ?p ?o . } }", 2, 15, "this '}' has no matching opening bracket"),
        ("SELECT * {\n FILTER(1 } )", 2, 11, "'(' is still open"),
        ('SELECT * {\n ?s ?p "abc }', 2, 8, "this string is never closed"),
        ("SELECT * {\n\n ?s foo:p ?o }", 3, 5, "the prefix 'foo:' is not declared"),
        ('SELECT * { ?s ?p """ a\n b }', 1, 18, "this string is never closed"),
        ("# prefix foo: is declared elsewhere\nSELECT * { ?s foo:p ?o }", 2, 15, "the prefix 'foo:' is not declared"),
        ("SELECT * { _:b ?p :o }", 1, 19, "the prefix ':' is not declared"),
        ("SELECT * { _:b ?p }", 1, 12, "does not parse"),
        ("SELEC * {}", 1, 1, "this one begins with 'SELEC'"),
        ("PREFIX a: <u:>\nSELEC * {}", 2, 1, "this one begins with 'SELEC'"),
        ("# only a comment", 1, 1, "There is no query"),
        ("", 1, 1, "There is no query"),
        ("PREFIX a: <u:>", 1, 1, "There is no query"),
        ("PREFIX a: <u:SELEC>\nSELEC * {}", 2, 1, "this one begins with 'SELEC'"),
        ("PREFIX a: <u:>\n{ SELECT * {} }", 2, 1, "this one begins with '{ SELECT * {} }'"),
        ("SELECT * { ?s ?p ?o }\nLIMIT x", 2, 7, "near 'x'. Expected a number"),
        ("SELECT * { ?s ?p ?o } ORDER ?s", 1, 29, "Expected BY"),
        ("SELECT ?x { ?x ?y ?z } GROUP BY ?y", 1, 35, "SELECT names a variable that GROUP BY does not name"),
        ("SELECT * { ?x ?y ?z } GROUP BY ?y", 1, 34, "name the columns"),
        ("SELECT * {\n ?s ?p ?o .\n ?s ?p ?o ?x .\n}", 4, 1, "does not parse"),
        ("CONSTRUCT { ?s ?p } WHERE {?s ?p ?o}", 1, 19, "Expected"),
        ("SELECT * { ?s <no scheme> ?o }", 1, None, "an IRI is not absolute"),
    ],
)
def test_sentence(empty: EmbeddedEngine, query: str, line: int, column: int | None, sentence: str) -> None:
    with pytest.raises(QueryError) as caught:
        empty.query(query)
    assert sentence in str(caught.value)
    assert caught.value.line == line
    if column is not None:
        assert caught.value.column == column
    if "no query" not in sentence:
        assert str(caught.value).startswith(f"Line {line}, column {caught.value.column}: ")


def test_what_parses_is_silent(empty: EmbeddedEngine) -> None:
    tricky = 'SELECT * { ?s skos:prefLabel \'}\', """a " { b""" ; <u:#x{> ?o . # } {\n FILTER(?s < ?o && ?o > 1) }'
    assert empty.query(tricky.replace("<u:#x{>", "<u:#x>")).read()


def test_an_unknown_function_is_named(empty: EmbeddedEngine) -> None:
    with pytest.raises(QueryError, match="no function <u:f>"):
        empty.query("SELECT (<u:f>(1) AS ?x) {}")
