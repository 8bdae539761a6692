"""SERVICE clauses are found where they are, and nowhere else; nothing that could be one gets past."""

from __future__ import annotations

import contextlib

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecp_graph.engine.federation.clauses import (
    MOST_CLAUSES,
    asked_text,
    filled_text,
    find_clauses,
    scope_text,
    stand_in_text,
)
from ecp_graph.errors import EcpGraphError, QueryError, ServiceRefused
from ecp_graph.sparql.guard import has_service
from tests.growth import LINEAR, exponent

_H = "<http://127.0.0.1:49151/q>"


def _bodies(sparql: str) -> list[str]:
    return [sparql[clause.body_start : clause.end] for clause in find_clauses(sparql)]


@pytest.mark.parametrize(
    ("query", "bodies"),
    [
        (f"SELECT * {{ SERVICE {_H} {{ ?s ?p ?o }} }}", ["{ ?s ?p ?o }"]),
        (f"SELECT * {{ service silent{_H}{{}} }}", ["{}"]),
        (f"SELECT * {{ SERVICE#c\n{_H}#c{{\n{{ ?s ?p '}}' # }}\n }} }}", ["{ ?s ?p '}' # }\n }"]),
        (f'SELECT * {{ SERVICE {_H} {{ ?s ?p """}}"}}""" }} }}', ['{ ?s ?p """}"}""" }']),
        (f"SELECT * {{ ?s ?p 1SERVICE {_H} {{}} }}", ["{}"]),
        (f"SELECT * {{ ?s ?p ?o.SERVICE {_H} {{}} }}", ["{}"]),
        (f"SELECT * {{ ?s ?p true.SERVICE {_H} {{}} }}", ["{}"]),
        (f"SELECT * {{ SERVICE {_H} {{ {{}} UNION {{ ?a ?b ?c }} }} OPTIONAL {{ SERVICE {_H} {{ ?a ?b 2 }} }} }}",
         ["{ {} UNION { ?a ?b ?c } }", "{ ?a ?b 2 }"]),
        (f"SELECT * {{ SERVICE {_H} {{ FILTER(?o < 3 && ?o > 1) }} }}", ["{ FILTER(?o < 3 && ?o > 1) }"]),
        (f"SELECT * {{ ?s ?p 'SERVICE {_H} ' }}", []),
        (f"SELECT * {{ ?s ?p ?o }} # SERVICE {_H} {{", []),
        ("SELECT ?service { ?service a ecp:service }", []),
    ],
)  # fmt: skip
def test_clauses_are_found(query: str, bodies: list[str]) -> None:
    assert _bodies(query) == bodies
    for clause in find_clauses(query):
        assert clause.iri == "http://127.0.0.1:49151/q"
        assert query[clause.start :].upper().startswith("SERVICE")


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("SELECT * { SERVICE ?e { ?s ?p ?o } }", "must be written in full"),
        ("SELECT * { SERVICE SILENT ex:x { ?s ?p ?o } }", "must be written in full"),
        (f"SELECT * {{ SERVICE {_H} ?s ?p ?o }}", "must be followed by a group"),
        (f"SELECT * {{ SERVICE {_H} {{ SERVICE {_H} {{}} }} }}", "nested in another one"),
        (f"SELECT * {{ SERVICE {_H} {{ ?s ?p 'SERVICE {_H} {{' }} }}", "even in a string"),
        (f"SELECT * {{ SERVICE {_H} {{ ?s ?p '\\u0027 }} #' }} }}", "write the character itself"),
        (f"SELECT * {{ \\u007B }} SERVICE {_H} {{}} }}", "write the character itself"),
        (f"SELECT * {{ ?s ?p ?o FILTER(?s<x:y#>'''\n) SERVICE {_H} {{}} #'''\n }}", "is ambiguous"),
        ("SELECT * {" + f"SERVICE {_H} {{}} " * (MOST_CLAUSES + 1) + "}", f"at most {MOST_CLAUSES}"),
        (f"SELECT * {{ ?s ?p ?o FILTER EXISTS {{ SERVICE {_H} {{ ?s ?p ?x FILTER(?x = ?o) }} }} }}", "only triples"),
        (f"SELECT * {{ ?s ?p ?o FILTER NOT EXISTS {{ {{ SERVICE {_H} {{ ?s ?p* ?x }} }} }} }}", "only triples"),
        (f"SELECT * {{ ?s ?p ?o LATERAL {{ SERVICE {_H} {{ ?s ?p ?x }} }} }}", "inside LATERAL"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_a_sentence(query: str, reason: str) -> None:
    with pytest.raises(ServiceRefused, match=reason) as caught:
        find_clauses(query)
    assert str(caught.value).startswith(f"Line {caught.value.line}, column {caught.value.column}: ")


def test_the_place_of_a_refusal_is_that_of_the_text() -> None:
    with pytest.raises(ServiceRefused) as caught:
        find_clauses("SELECT * {\n  ?s ?p ?o .\n  SERVICE ?x {} }")
    assert (caught.value.line, caught.value.column) == (3, 3)


def test_a_clause_without_end_is_a_fault_of_the_query() -> None:
    with pytest.raises(QueryError, match=r"Line 1, column 54: this '\{' is never closed"):
        find_clauses(f"SELECT * {{ SERVICE SILENT {_H} {{ ?s ?p ?o ")


def test_triples_inside_exists_are_asked() -> None:
    query = f"SELECT * {{ ?s ?p ?o FILTER EXISTS {{ SERVICE {_H} {{ ?s <u:q> ?x . ?x <u:r> 'a{{' }} }} }}"
    assert len(find_clauses(query)) == 1


_LONG = f"""PREFIX x: <u:> # <
SELECT * {{ # {{
  ?s ?p 1SERVICE SILENT # c {_H}
 {_H} # {_H}
 {{ ?s x:p ?o FILTER(?o > 3 && ?s = "}}") {{ SELECT ?k {{ ?k ?q ?hidden }} }} }}
  OPTIONAL {{ SERVICE {_H} {{ ?s x:q "a\\"}}" }} }} FILTER(?k) }}"""


def test_the_stand_in_has_the_places_of_the_query() -> None:
    stand_in = stand_in_text(_LONG, find_clauses(_LONG))
    assert len(stand_in) == len(_LONG)
    assert [line.rstrip()[-3:] for line in stand_in.split("\n")[3:]] == [line[-3:] for line in _LONG.split("\n")[3:]]
    assert not has_service(stand_in)
    ox.Store().query(stand_in)


def test_the_columns_are_the_variables_in_scope() -> None:
    first, second = find_clauses(_LONG)
    for clause, names in ((first, {"s", "o", "k"}), (second, {"s"})):
        text = scope_text(_LONG, clause)
        assert text.index(_LONG[clause.body_start : clause.end]) == clause.body_start
        columns = ox.Store().query(text)
        assert isinstance(columns, ox.QuerySolutions)
        assert {variable.value for variable in columns.variables} == names


def test_what_is_asked_holds_the_group_and_the_declarations() -> None:
    clause = find_clauses(_LONG)[1]
    assert asked_text(_LONG, clause, ["s"]) == 'PREFIX x: <u:> # <\nSELECT ?s WHERE { ?s x:q "a\\"}" }'
    assert asked_text(_LONG, clause, []).startswith("PREFIX x: <u:> # <\nSELECT * WHERE")


def test_what_stands_behind_a_clause_stays_on_its_line() -> None:
    filled = filled_text(_LONG, find_clauses(_LONG), ["VALUES (?s ?o ?k) { (1 2 3) }", "VALUES (?s) { }"])
    assert filled.count("\n") == _LONG.count("\n")
    assert filled.split("\n")[5].endswith("FILTER(?k) }")
    assert not has_service(filled)
    ox.Store().query(filled)


_PIECES = [
    "SERVICE", "service", "SERVICE ", " SILENT ", _H, "<a#b>", "<", ">", "{", "}", "{ ?s ?p ?o }", "(", ")", "[", "]",
    "'", '"', "'''", '"""', "\\", "\\u0027", "\\u007B", "#", "\n", "\r", " ", "?s", ":", "ex:", ".", "1", "true", "@en",
    "SELECT * ", "FILTER", "EXISTS ", "\u017fERVICE ", "a", "_:b", "PREFIX x: <u:>", "&&", "x:y",
]  # fmt: skip
_TEXTS = st.lists(st.sampled_from(_PIECES), max_size=24).map("".join)


def _checked(text: str) -> None:
    """Whatever the text: either every clause that it may have is found and gone, or the query is refused."""
    try:
        clauses = find_clauses(text)
    except EcpGraphError:
        return
    stand_in = stand_in_text(text, clauses)
    assert len(stand_in) == len(text)
    if has_service(text) and not clauses:
        assert has_service(stand_in), "it passes untouched"
    if not has_service(stand_in):
        filled = filled_text(text, clauses, ["VALUES () { () }"] * len(clauses))
        assert not _calls(filled)


def _calls(text: str) -> bool:
    """Whether Oxigraph calls another endpoint for a text; there is none, so that is an error."""
    try:
        found = ox.Store().query(text)
        _ = list(found) if isinstance(found, ox.QuerySolutions | ox.QueryTriples) else bool(found)
    except SyntaxError:
        return False
    except (OSError, RuntimeError, ValueError):
        return True
    return False


def test_a_call_would_be_noticed() -> None:
    assert _calls(f"SELECT * {{ SERVICE {_H} {{ ?s ?p ?o }} }}")
    assert not _calls("SELECT * { GRAPH <u:g> { ?s ?p ?o } }")


@given(_TEXTS)
@settings(max_examples=1_500, deadline=None)
def test_no_text_with_service_passes_untouched(text: str) -> None:
    _checked(text)


@given(st.lists(st.sampled_from(_PIECES), max_size=8).map("".join))
@settings(max_examples=1_000, deadline=None)
def test_nor_does_one_that_is_almost_a_query(text: str) -> None:
    _checked(f"SELECT * {{ ?s ?p ?o {text} SERVICE {_H} {{ ?s ?p 1 }} }}")


@pytest.mark.parametrize("piece", [*_PIECES, "a.", "a-b.", '"""\\', "'''\\", "<a", f"SERVICE {_H} ", "\\u00e9", "x{"])
@pytest.mark.parametrize("head", ["", f"SELECT * {{ SERVICE {_H} {{", 'ASK { "', "ASK { '''"])
def test_reading_takes_linear_time(piece: str, head: str) -> None:
    """It runs in the server: the cost grows with the length alone."""

    def read(text: str) -> None:
        with contextlib.suppress(EcpGraphError):
            stand_in_text(text, find_clauses(text))

    assert exponent(read, lambda length: head + piece * (length // len(piece)), 2_000) < LINEAR
