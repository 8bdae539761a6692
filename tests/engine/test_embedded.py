"""The embedded engine: formats, datasets, limits, and many at once."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyoxigraph as ox
import pytest

from ecp_graph.engine import Engine, Question
from ecp_graph.engine.asking import ask_table
from ecp_graph.engine.embedded import EmbeddedEngine
from ecp_graph.errors import EngineBusy, QueryError, QueryTimeout, ReleaseError, ResultTooLarge
from ecp_graph.release.release import Release
from ecp_graph.sparql.formats import FORMATS, formats_of
from tests.waiting import wait_for

_DATA = """
@prefix ecp: <https://w3id.org/ecp-graph/ontology#> .
@prefix body: <https://w3id.org/ecp-graph/id/body/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
body:a a ecp:Body ; skos:prefLabel "A"@en .
body:b a ecp:Body ; skos:prefLabel "B \\"quoted\\""@en .
<u:g1> { body:a a ecp:Body . <u:only1> a ecp:Body }
<u:g2> { body:a a ecp:Body }
"""
_CROSS = "{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


@pytest.fixture
def store() -> ox.Store:
    store = ox.Store()
    store.load(_DATA, ox.RdfFormat.TRIG)
    return store


@pytest.fixture
def small(store: ox.Store) -> EmbeddedEngine:
    return EmbeddedEngine(store, name="test")


@pytest.fixture
def large() -> ox.Store:
    store = ox.Store()
    node = [ox.NamedNode(f"u:{number}") for number in range(2000)]
    store.extend(ox.Quad(n, ox.NamedNode("u:p"), ox.Literal(str(n))) for n in node)
    return store


def _rows(engine: Engine, query: str) -> list[tuple[str, ...]]:
    return [tuple(term.text if term else "" for term in row) for row in ask_table(engine, query).rows]


def test_prefixes_are_predeclared_and_can_be_redeclared(small: EmbeddedEngine) -> None:
    assert _rows(small, "SELECT ?b { ?b a ecp:Body } ORDER BY ?b") == [("body:a",), ("body:b",)]
    assert _rows(small, "PREFIX ecp: <u:> SELECT ?b { ?b a ecp:Body }") == []


def test_table_formats_agree(small: EmbeddedEngine) -> None:
    query = "SELECT ?name { body:b skos:prefLabel ?name }"
    bodies = {fmt.name: small.query(query, fmt=fmt.name).read() for fmt in formats_of("table")}
    assert json.loads(bodies["json"])["results"]["bindings"][0]["name"]["value"] == 'B "quoted"'
    assert bodies["csv"] == b'name\r\n"B ""quoted"""\r\n'
    assert bodies["tsv"] == b'?name\n"B \\"quoted\\""@en\n'
    assert b'<literal xml:lang="en">B &quot;quoted&quot;</literal>' in bodies["xml"]


def test_graph_formats_agree(small: EmbeddedEngine) -> None:
    syntaxes = {
        "ttl": "TURTLE",
        "nt": "N_TRIPLES",
        "jsonld": "JSON_LD",
        "rdf": "RDF_XML",
        "trig": "TRIG",
        "nq": "N_QUADS",
    }
    query = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
    found = set()
    for fmt in formats_of("graph"):
        body = small.query(query, fmt=fmt.name).read()
        quads = ox.parse(body, getattr(ox.RdfFormat, syntaxes[fmt.name]))
        found.add(frozenset(str(quad.triple) for quad in quads))
    assert len(found) == 1
    assert len(next(iter(found))) == 4


def test_the_default_formats_follow_the_kind(small: EmbeddedEngine) -> None:
    assert small.query("ASK {}").format.name == "json"
    assert small.query("DESCRIBE body:a").format.name == "ttl"
    assert len(FORMATS) == 10


def test_turtle_has_the_prefixes_it_uses_in_order(small: EmbeddedEngine) -> None:
    lines = small.query("CONSTRUCT WHERE { ?s a ecp:Body }").read().decode().splitlines()
    head = [line for line in lines if line.startswith("@prefix")]
    assert [line.split()[1] for line in head] == sorted(line.split()[1] for line in head)
    assert {"body:", "ecp:"} <= {line.split()[1] for line in head}
    assert "skos:" not in {line.split()[1] for line in head}
    assert "body:a a ecp:Body ." in lines


def test_from_and_the_protocols_dataset(small: EmbeddedEngine) -> None:
    plain = "SELECT (COUNT(*) AS ?n) { ?s a ecp:Body }"
    assert _rows(small, plain) == [("2",)]
    assert _rows(small, "SELECT (COUNT(*) AS ?n) FROM <u:g1> { ?s a ecp:Body }") == [("2",)]
    assert _rows(small, "SELECT (COUNT(*) AS ?n) FROM <u:g2> { ?s a ecp:Body }") == [("1",)]
    only = small.answer(
        Question("SELECT (COUNT(*) AS ?n) FROM <u:g2> { ?s a ecp:Body }", "csv", default_graphs=["u:g1"])
    )
    assert only.read() == b"n\r\n2\r\n"
    named = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s a ecp:Body } } GROUP BY ?g"
    assert small.answer(Question(named, "csv", named_graphs=["u:g2"])).read() == b"g,n\r\nu:g2,1\r\n"
    assert small.answer(Question(plain, "csv", named_graphs=["u:g2"])).read() == b"n\r\n0\r\n"


def test_a_graph_name_that_is_no_iri_is_said(small: EmbeddedEngine) -> None:
    with pytest.raises(QueryError, match="'no iri' cannot name a graph"):
        small.answer(Question("ASK {}", default_graphs=["no iri"]))


def test_a_query_that_writes_is_stopped_for_good(large: ox.Store) -> None:
    engine = EmbeddedEngine(large, name="test", places=1)
    with pytest.raises(QueryTimeout, match=r"time limit of 0\.2 s"):
        engine.query(f"SELECT * {_CROSS}", timeout_s=0.2)
    assert engine.query("ASK {}", timeout_s=2).read()  # its place is free again


def test_a_silent_runaway_keeps_its_place_and_no_more(large: ox.Store) -> None:
    engine = EmbeddedEngine(large, name="test", places=1)
    silent = "SELECT (COUNT(*) AS ?n) { ?a <u:p> ?c . ?d <u:p> ?f }"  # ends by itself, after the limit
    with pytest.raises(QueryTimeout):
        engine.query(silent, timeout_s=0.05)
    with pytest.raises(EngineBusy, match=r"came free within \d"):
        engine.query("ASK {}", timeout_s=0.05)
    assert engine.query("ASK {}", timeout_s=30).read()


def test_too_large_an_answer_is_refused_whole(large: ox.Store) -> None:
    engine = EmbeddedEngine(large, name="test", max_result_bytes=1_000_000)
    with pytest.raises(ResultTooLarge, match="1 MB"):
        engine.query(f"SELECT * {_CROSS}")
    assert engine.query("SELECT * { ?s ?p ?o } LIMIT 10").read()


def test_deep_nesting_does_not_end_the_process(small: EmbeddedEngine) -> None:
    depth = 25_000  # 2,208 were enough for an ordinary thread's stack
    assert small.query("SELECT * WHERE " + "{" * depth + "}" * depth).read()
    assert small.query("SELECT (" + "STR(" * 10_000 + "1" + ")" * 10_000 + " AS ?x) {}").read()


def test_many_at_once_agree(engine: Engine) -> None:
    query = "SELECT ?s ?o { ?s skos:prefLabel ?o } ORDER BY ?s ?o"
    alone = engine.query(query, fmt="csv").read()
    assert alone.count(b"\r\n") > 50
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: engine.query(query, fmt="csv").read(), range(40)))
    assert answers == [alone] * 40


def test_each_statement_counts_once_in_a_release(engine: Engine, release: Release) -> None:
    counted = _rows(engine, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    distinct = _rows(engine, "SELECT (COUNT(*) AS ?n) { SELECT DISTINCT ?s ?p ?o { ?s ?p ?o } }")
    assert counted == distinct == [(str(release.manifest["triples"]),)]
    assert int(counted[0][0]) > 1000


def test_a_release_has_its_graphs_by_name(engine: Engine) -> None:
    query = "SELECT (COUNT(DISTINCT ?g) AS ?n) { GRAPH ?g { ?s ?p ?o } }"
    assert int(_rows(engine, query)[0][0]) > 100


def test_a_store_that_is_none_is_a_release_error(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="cannot be opened"):
        EmbeddedEngine.open(tmp_path / "store", name="x")


def test_a_closed_engine_says_so(small: EmbeddedEngine) -> None:
    small.close()
    with pytest.raises(ReleaseError, match="closed"):
        small.query("ASK {}")


def test_no_query_thread_is_left_behind(small: EmbeddedEngine) -> None:
    before = set(threading.enumerate())  # a runaway of another test may be at work yet
    small.query("ASK {}")
    wait_for(lambda: not _query_threads() - before)


def _query_threads() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if thread.name == "query"}
