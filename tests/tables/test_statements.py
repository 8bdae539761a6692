"""Statements as tables: what DuckDB reads of N-Quads is what Oxigraph reads, whatever stands in them."""

from __future__ import annotations

import duckdb
import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecp_graph.tables.statements import DEFAULT_GRAPH, LITERALS, Statements

#: What could be taken for the end of a term, of a literal or of a line.
_ODD = st.sampled_from(
    [
        *(" ", "  ", '"', "\\", "\n", "\r", "\t", "\x01", "\x1f", "\x7f", "\u0085", "\u2028", "\ufeff", "é", "😀"),
        *(
            " .",
            "> <urn:g> .",
            '" <urn:g> .',
            '"@en',
            "^^<urn:d>",
            "<",
            ">",
            ",",
            "'",
            "_:b",
            "@",
            "\\u0041",
            "{",
            "$1",
        ),
    ]
)
_TEXT = st.lists(_ODD | st.text(st.characters(exclude_categories=["Cs"]), max_size=3), max_size=6).map("".join)
_IRI = st.sampled_from(["a", "b", "é", "a%20b", "x#y", "_", "a.b", "'", "(", "$", "@en", "!"]).map(
    lambda tail: ox.NamedNode(f"urn:x:{tail}")
)
_BLANK = st.sampled_from(["b", "b1", "a.b", "a-b"]).map(ox.BlankNode)
_LITERAL = (
    st.builds(ox.Literal, _TEXT)
    | st.builds(lambda text, tag: ox.Literal(text, language=tag), _TEXT, st.sampled_from(["en", "de-at", "x-a-1"]))
    | st.builds(lambda text, kind: ox.Literal(text, datatype=kind), _TEXT, _IRI)
)
_QUAD = st.builds(ox.Quad, _IRI | _BLANK, _IRI, _IRI | _BLANK | _LITERAL, _IRI | _BLANK | st.just(ox.DefaultGraph()))


@pytest.fixture(scope="module")
def statements() -> Statements:
    return Statements()


@settings(max_examples=150, deadline=None)
@given(st.lists(_QUAD, max_size=12))
def test_statements_come_back_as_oxigraph_wrote_them(statements: Statements, quads: list[ox.Quad]) -> None:
    statements.put("data", quads)
    assert statements.quads("data") == list(dict.fromkeys(quads))
    rows = statements.connection.execute("FROM data").fetchall()
    terms = statements.terms(number for row in rows for number in row if number != DEFAULT_GRAPH)
    texts = dict(statements.connection.execute("FROM terms").fetchall())
    assert len(texts) == len(set(texts.values()))
    for number, term in terms.items():
        assert texts[number] == str(term)
        assert (number >= LITERALS) == isinstance(term, ox.Literal)


@settings(max_examples=50, deadline=None)
@given(st.lists(_QUAD, max_size=12), st.lists(_QUAD, max_size=12))
def test_a_file_of_statements_has_each_line_once_in_order(
    statements: Statements, data: list[ox.Quad], inferred: list[ox.Quad]
) -> None:
    statements.put("data", data)
    statements.put("inferred", inferred)
    lines = ox.serialize([*data, *inferred], format=ox.RdfFormat.N_QUADS) or b""
    written = statements.write_sorted(["data", "inferred"]).read_bytes()
    assert written == b"".join(sorted(set(lines.splitlines(keepends=True))))
    merged = {str(ox.Quad(quad.subject, quad.predicate, quad.object)) for quad in [*data, *inferred]}
    triples = list(ox.parse(statements.text(["data", "inferred"], graphs=False), format=ox.RdfFormat.N_QUADS))
    assert sorted(map(str, triples)) == sorted(merged)
    assert statements.connection.execute("SELECT count(*) FROM triples").fetchall() == [(len(merged),)]


def test_a_long_literal_is_one_line() -> None:
    text = " x" * 3_000_000
    statements = Statements()
    statements.put("data", [ox.Quad(ox.NamedNode("urn:s"), ox.NamedNode("urn:p"), ox.Literal(text))])
    assert [quad.object for quad in statements.quads("data")] == [ox.Literal(text)]


def test_what_comes_in_several_parts_keeps_its_order_and_its_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ecp_graph.tables.statements._BATCH_BYTES", 100)
    parts = [f'<urn:s{n % 7}> <urn:p> "{n % 11}" <urn:g> .\n'.encode() for n in reversed(range(60))]
    statements = Statements()
    statements.load("data", parts)
    assert statements.text(["data"]) == b"".join(parts)
    before = statements.numbers(["<urn:s1>", '"3"'])
    statements.load("data", [parts[0]])
    assert statements.text(["data"]) == parts[0]
    assert statements.numbers(["<urn:s1>", '"3"', "<urn:new>"]) == {**before, "<urn:new>": 10}


def test_the_database_reads_none_but_its_own_files() -> None:
    with pytest.raises(duckdb.PermissionException):
        Statements().connection.execute("FROM read_csv('/etc/passwd')")


@pytest.mark.parametrize("rows", [[], [(1, "é\n", True), (-2, "", False)], [(at, str(at), True) for at in range(5000)]])
def test_rows_are_given_to_queries_as_they_are(rows: list[tuple[int, str, bool]]) -> None:
    statements, columns = Statements(), [[row[at] for row in rows] for at in range(3)]
    ask = statements.connection.execute
    with statements.given("row_given", dict(zip(("number", "text", "flag"), columns, strict=True))):
        assert ask("SELECT number, text, flag FROM row_given").fetchall() == rows
        assert ask("SELECT count(*) FROM row_given WHERE number > 0 AND flag").fetchall() == [
            (sum(number > 0 and flag for number, _, flag in rows),)
        ]
    with pytest.raises(duckdb.CatalogException):
        ask("FROM row_given")
