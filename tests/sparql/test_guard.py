"""The policy in front of the engine: forms, updates, SERVICE."""

from __future__ import annotations

import contextlib

import pyoxigraph as ox
import pytest

from ecp_graph.errors import EcpGraphError, ServiceRefused, UpdateRefused
from ecp_graph.sparql.guard import query_kind, refuse_excess, refuse_service
from ecp_graph.sparql.text import first_keyword
from tests.growth import LINEAR, exponent


def test_a_long_comment_costs_no_time() -> None:
    assert first_keyword("#" * 200_000 + "\n" + " " * 200_000 + "SELECT") == "SELECT"


def test_kinds_of_queries() -> None:
    assert query_kind("ASK {}") == "table"
    assert query_kind("DESCRIBE <u:a>") == "graph"
    assert query_kind("SELEC * {}") is None


@pytest.mark.parametrize(
    "update",
    ["INSERT DATA {}", "PREFIX a: <u:> delete where {}", "LOAD <u:>", "CLEAR ALL", "WITH <u:g> DELETE {} WHERE {}"],
)
def test_updates_are_refused(update: str) -> None:
    with pytest.raises(UpdateRefused, match="read-only"):
        query_kind(update)


_URL = "<http://127.0.0.1:49151/>"
#: Each is a SERVICE clause to Oxigraph's parser, which `test_these_are_service_clauses_to_the_parser` proves.
_HOSTILE = [
    f"SELECT * {{ SERVICE {_URL} {{}} }}",
    f"SELECT * {{ service silent {_URL} {{}} }}",
    f"SELECT * {{ SERVICE#c\n{_URL}#c\n{{}} }}",
    f"SELECT * {{ SERVICESILENT{_URL}{{}} }}",
    f"SELECT * {{ ?s ?p 1SERVICE {_URL} {{}} }}",
    f"SELECT * {{ ?s ?p trueSERVICE {_URL} {{}} }}",
    "SELECT * { VALUES ?e { <http://127.0.0.1:49151/> } SERVICE ?e {} }",
    "PREFIX e: <http://127.0.0.1:49151/> SELECT * { SERVICE e: {} }",
    "PREFIX e: <http://127.0.0.1:49151/> SELECT * { SERVICEe:a\\#b{} }",
    f"SELECT * {{ ?s ?p ?o FILTER(?s<?o#>'''\n)SERVICE {_URL}{{}} #'''\n }}",
    f"SELECT * {{ ?s ?p '?'SERVICE {_URL} {{}} }}",
    f"SELECT * {{ ?s ?p <u:?a>SERVICE {_URL} {{}} }}",
    f"SELECT * {{ # ?\nSERVICE {_URL} {{}} }}",
    f"SELECT * {{ {{ SELECT * {{ SERVICE {_URL} {{ SERVICE {_URL} {{}} }} }} }} }}",
    f"SELECT * {{ ?s ?p '#' SERVICE {_URL} {{}} }}",
    f"SELECT * {{ FILTER(1 < 2) SERVICE {_URL} {{}} FILTER(3 > 1) }}",
    f"SELECT * {{ SERVICE # {{\n #\r# SILENT\n SILENT # SERVICE\n\n{_URL}\r\n #\n{{}} }}",
    "PREFIX e: <http://127.0.0.1:49151/> SELECT * { SERVICESILENT e:x {} }",
    "PREFIX SILENTe: <http://127.0.0.1:49151/> SELECT * { SERVICE SILENTe:x {} }",
]


@pytest.mark.parametrize("query", _HOSTILE)
def test_service_is_refused(query: str) -> None:
    with pytest.raises(ServiceRefused, match="SERVICE is refused") as caught:
        refuse_service(query)
    assert caught.value.line is not None
    assert query.splitlines()[caught.value.line - 1][(caught.value.column or 0) - 1 :].upper().startswith("SERVICE")


@pytest.mark.parametrize("query", _HOSTILE)
def test_these_are_service_clauses_to_the_parser(query: str) -> None:
    store = ox.Store()
    store.add(ox.Quad(ox.NamedNode("u:a"), ox.NamedNode("u:b"), ox.Literal(1)))
    store.query(query)  # parses
    # Where a row reaches the clause, and it is not SILENT, Oxigraph tries to call.
    if "silent" not in query.lower() and "?p" not in query:
        with pytest.raises((OSError, RuntimeError)):
            _ = list(iter(store.query(query)))  # type: ignore[arg-type]


def test_unicode_escapes_do_not_hide_it() -> None:
    with pytest.raises(ServiceRefused):
        refuse_service(f"SELECT * {{ \\u0053ERVICE {_URL} {{}} }}")
    with pytest.raises(ServiceRefused):
        refuse_service(f"SELECT * {{ \\U00000053ERVICE {_URL} {{}} }}")


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?service { ?service a ecp:Body }",
        "SELECT * { ?service ?x { ?a ?b ?c } }",
        "SELECT * { ?s ecp:service ?x { ?a ?b ?c } }",
        "SELECT * { ?s <http://x/service> ?x }",
        "SELECT * { ?s ?p 'the service of the Secretariat' }",
        "# SERVICE is off\nSELECT * {}",
        "PREFIX service: <u:> SELECT * { service:a a ?x }",
    ],
)
def test_the_word_alone_is_not_refused(query: str) -> None:
    refuse_service(query)


_PIECES = [
    "SERVICE ", "SERVICE", "SERVICEx", "SERVICE.", "SERVICE<", "SERVICE\\x", "SERVICE#", "#SERVICE\n", "#SERVICE#",
    "SERVICESILENT", "SERVICE SILENT ", "SERVICE x ", ":::SERVICE", "?SERVICE x{", "<SERVICE", "\\u0053ERVICE",
    '"\\', "'\\", '"""\\', '"""a', "'''", "<a", "\\", ":", "{", "(", "PREFIX a:<x>", "BASE<", "SELECT(", "#", "#\n",
    " ",
]  # fmt: skip


@pytest.mark.parametrize("piece", _PIECES)
@pytest.mark.parametrize("head", ["", 'ASK { "'])
@pytest.mark.parametrize("end", ["", "{"])
def test_the_policy_takes_linear_time(piece: str, head: str, end: str) -> None:
    """It runs in the server, where nothing else runs meanwhile: the cost grows with the length alone."""

    def check(text: str) -> None:
        for one in (query_kind, refuse_service, refuse_excess):
            with contextlib.suppress(EcpGraphError):
                one(text)

    assert exponent(check, lambda length: head + piece * (length // len(piece)) + end, 2_000) < LINEAR


@pytest.mark.parametrize("comment", ["#SERVICE\n", "#SERVICE SILENT\n", "#SERVICE x\n", "#SERVICE#SERVICE#SERVICE\n"])
@pytest.mark.parametrize("piece", ["a", ":", "<a", "\\", " ", "\n", "SILENT ", "#\n"])
@pytest.mark.parametrize("end", ["", ">", "x "])
def test_what_stands_behind_many_words_is_read_once(comment: str, piece: str, end: str) -> None:
    def text_of(length: int) -> str:
        half = length // 2
        return comment * (half // len(comment)) + end[-1:] + piece * (half // len(piece)) + end

    assert exponent(refuse_service, text_of, 2_000) < LINEAR
