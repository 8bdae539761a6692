"""SERVICE over a real store: the rows are those that one store with all the data gives."""

from __future__ import annotations

import os
import urllib.request
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

import pyoxigraph as ox
import pytest

from ecp_graph.engine import Engine
from ecp_graph.engine.asking import ask_table
from ecp_graph.engine.embedded import EmbeddedEngine
from ecp_graph.engine.federation.allowed import Allowed
from ecp_graph.engine.federation.clauses import find_clauses, stand_in_text
from ecp_graph.engine.federation.engine import FederatedEngine
from ecp_graph.errors import ServiceRefused
from tests.conformance import w3c
from tools.fetch_w3c import FOLDER

from .stores import Store

_SUITE = Path(os.environ.get("ECP_W3C_SPARQL11", "") or FOLDER) / "service"


def _put(store: Store, graph: str, content: bytes, syntax: str = "text/turtle") -> None:
    address = f"{store.graph_store}?graph={quote(graph, safe='')}"
    request = urllib.request.Request(address, content, {"Content-Type": syntax}, method="PUT")
    urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10).close()


def _address(store: Store, graph: str) -> str:
    """The address of an endpoint whose default graph is one graph of the store."""
    return f"{store.endpoint}?default-graph-uri={quote(graph, safe='')}"


def _lines(things: Iterable[int]) -> str:
    names = '"thing {n}"@en , "Ding\\n\\"{n}\\""@de'
    line = f"<u:{{n}}> <u:name> {names} ; <u:half> {{half}} ; <u:next> <u:{{next}}> .\n"
    return "".join(line.format(n=n, half=n / 2, next=n + 1) for n in things)


_PATTERNS = [
    "?s <u:p> ?o SERVICE E { ?s <u:name> ?n }",
    "?s <u:p> ?o OPTIONAL { SERVICE E { ?s <u:name> ?n FILTER(LANG(?n) = 'de') } }",
    "?s <u:p> ?o OPTIONAL { SERVICE E { ?s <u:half> ?h } FILTER(?h > 3) }",
    "?s <u:p> ?o MINUS { SERVICE E { ?s <u:half> ?h FILTER(?h > 2) } }",
    "{ ?s <u:p> ?o } UNION { SERVICE E { ?s <u:next>/<u:next> ?o } }",
    "SERVICE E { ?s <u:half> ?h OPTIONAL { ?s <u:name> ?n FILTER(?h > 4 && LANG(?n) = 'en') } } ?s <u:p> ?o",
    "?s <u:p> ?o FILTER NOT EXISTS { SERVICE E { ?s <u:half> 3.5 } }",
    "?s <u:p> ?o FILTER EXISTS { SERVICE E { ?s <u:half> ?h . ?s <u:next> ?x } }",
    "{ SELECT ?s (COUNT(?n) AS ?c) { SERVICE E { ?s <u:name> ?n } } GROUP BY ?s } ?s <u:p> ?o",
    "SERVICE E { SELECT DISTINCT ?o { ?s <u:next>+ ?o } } ?s <u:p> ?i BIND(STR(?o) AS ?t)",
    "SERVICE E { ?s <u:next> ?m } SERVICE E { ?m <u:next> ?o } ?o <u:p> ?i",
    "GRAPH ?g { ?s <u:q> ?o SERVICE E { ?s <u:half> ?h } }",
    "VALUES ?s { <u:3> <u:4> <u:5> <u:99> } SERVICE SILENT E { ?s <u:half> ?h }",
]


@pytest.mark.parametrize("pattern", _PATTERNS)
def test_the_rows_are_those_of_one_store_with_all_data(oxigraph: Store, pattern: str) -> None:
    address = _address(oxigraph, "u:there")
    there = _lines(range(12))
    _put(oxigraph, "u:there", there.encode())
    local = ox.Store()
    local.load("".join(f"<u:{n}> <u:p> {n} .\n" for n in range(5, 20)).encode(), ox.RdfFormat.TURTLE)
    local.load(b"<u:7> <u:q> 7, 8, 9 .", ox.RdfFormat.TURTLE, to_graph=ox.NamedNode("u:own"))
    everything = ox.Store()
    everything.extend(local)
    everything.load(there.encode(), ox.RdfFormat.TURTLE, to_graph=ox.NamedNode(address))
    query = f"SELECT * {{ {pattern.replace('E {', f'<{address}> {{')} }}"
    expected = ask_table(EmbeddedEngine(everything, name="all"), stand_in_text(query, find_clauses(query)))
    federated = FederatedEngine(EmbeddedEngine(local, name="own"), Allowed(private=[address]))
    found = ask_table(federated, query, timeout_s=10)
    assert found.columns == expected.columns
    assert sorted(map(str, found.rows)) == sorted(map(str, expected.rows))
    assert len(found.rows) > 2, "too few rows to tell"


def test_a_release_asks_a_store_that_holds_the_same(pushed: Store, engine: Engine) -> None:
    federated = FederatedEngine(engine, Allowed(private=[pushed.endpoint]))
    names = "?body skos:prefLabel ?name ; skos:notation ?code"
    outside = f"SELECT ?code ?name {{ ?body a ecp:Body SERVICE <{pushed.endpoint}> {{ {names} }} }} ORDER BY ?code"
    inside = f"SELECT ?code ?name {{ ?body a ecp:Body . {names} }} ORDER BY ?code"
    found = ask_table(federated, outside, timeout_s=10)
    assert len(found.rows) > 10
    assert found.rows == ask_table(engine, inside).rows


_W3C = {
    "service01": ("data01.ttl", {"http://example.org/sparql": "data01endpoint.ttl"}),
    "service02": (None, {"http://example1.org/sparql": "data02endpoint1.ttl",
                         "http://example2.org/sparql": "data02endpoint2.ttl"}),
    "service04a": ("data04.ttl", {"http://example.org/sparql": "data04endpoint.ttl"}),
    "service07": ("data07.ttl", {"http://invalid.endpoint.org/sparql": None}),
}  # fmt: skip


def _engine(
    store: Store, data: str | None, endpoints: dict[str, str | None], query: str
) -> tuple[FederatedEngine, str]:
    """The engine for a test of the suite, and its query with the addresses of endpoints that there are."""
    allowed = []
    for name, file in endpoints.items():
        address = _address(store, name) if file else "http://127.0.0.1:9/none"
        if file:
            _put(store, name, (_SUITE / file).read_bytes())
        query = query.replace(f"<{name}>", f"<{address}>")
        allowed.append(address)
    local = ox.Store()
    if data:
        local.load(path=str(_SUITE / data), format=ox.RdfFormat.TURTLE)
    return FederatedEngine(EmbeddedEngine(local, name="w3c"), Allowed(private=allowed)), query


@pytest.mark.skipif(not _SUITE.is_dir(), reason="no W3C SPARQL 1.1 test suite: run tools/fetch_w3c.py")
@pytest.mark.parametrize("name", _W3C)
def test_the_w3c_tests_with_constant_addresses_pass(oxigraph: Store, name: str) -> None:
    engine, query = _engine(oxigraph, *_W3C[name], (_SUITE / f"{name}.rq").read_text(encoding="utf-8"))
    said = engine.query(query, fmt="xml", timeout_s=10).read()
    assert w3c._agrees(_SUITE / f"{name.removesuffix('a')}.srx", "xml", said)
    assert not w3c._agrees(_SUITE / ("service02.srx" if name != "service02" else "service01.srx"), "xml", said)


@pytest.mark.skipif(not _SUITE.is_dir(), reason="no W3C SPARQL 1.1 test suite: run tools/fetch_w3c.py")
@pytest.mark.parametrize(("name", "reason"), [("03", "nested"), ("05", "written in full"), ("06", "nested")])
def test_the_w3c_tests_with_other_addresses_are_refused(oxigraph: Store, name: str, reason: str) -> None:
    """A clause inside another one, which is the endpoint's affair, and a variable for the address."""
    query = (_SUITE / f"service{name}.rq").read_text(encoding="utf-8")
    engine, query = _engine(oxigraph, None, {"http://example1.org/sparql": None}, query)
    with pytest.raises(ServiceRefused, match=reason):
        engine.query(query, timeout_s=5)
