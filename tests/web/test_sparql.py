"""``/sparql`` for programs: the protocol's ways in, negotiation, refusals."""

from __future__ import annotations

import gzip
import io
from dataclasses import replace
from typing import Any

import openpyxl
import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from ecp_graph.engine import Asker, Question
from ecp_graph.settings import Settings
from ecp_graph.sparql.formats import FORMATS, formats_of
from ecp_graph.web.app import create_app
from ecp_graph.web.state.bounds import Bounds
from ecp_graph.web.state.site import EXTENSION
from tests.waiting import wait_for

_SELECT = "SELECT ?code { body:ptc skos:notation ?code }"
_GRAPH = "CONSTRUCT WHERE { body:ptc skos:notation ?code }"
_DIRECT = "application/sparql-query"
#: Computes for very long without writing anything.
_SILENT = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


@pytest.mark.parametrize("way", ["get", "form", "direct"])
def test_three_ways_in(client: FlaskClient, way: str) -> None:
    headers = {"Accept": "text/csv"}
    if way == "get":
        response = client.get("/sparql", query_string={"query": _SELECT}, headers=headers)
    elif way == "form":
        response = client.post("/sparql", data={"query": _SELECT}, headers=headers)
    else:
        response = client.post("/sparql", data=_SELECT, content_type=_DIRECT, headers=headers)
    assert (response.status_code, response.content_type) == (200, "text/csv; charset=utf-8")
    assert response.data == b"code\r\nPTC\r\n"
    assert "Accept" in response.headers["Vary"]
    assert response.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("fmt", FORMATS, ids=lambda fmt: fmt.name)
def test_every_format_by_name_and_by_accept(client: FlaskClient, fmt: Any) -> None:
    query = _SELECT if fmt.kind == "table" else _GRAPH
    named = client.get("/sparql", query_string={"query": query, "format": fmt.name}, headers={"Accept": "image/png"})
    accepted = client.get("/sparql", query_string={"query": query}, headers={"Accept": fmt.media_type})
    assert named.status_code == accepted.status_code == 200
    assert named.content_type == accepted.content_type == fmt.content_type
    assert b"PTC" in named.data


def test_without_an_accept_header(client: FlaskClient) -> None:
    assert client.get("/sparql", query_string={"query": "ASK {}"}).content_type == "application/sparql-results+json"
    assert client.get("/sparql", query_string={"query": _GRAPH}).content_type.startswith("text/turtle")


def test_nothing_acceptable_lists_what_there_is(client: FlaskClient) -> None:
    response = client.get("/sparql", query_string={"query": _SELECT}, headers={"Accept": "text/turtle"})
    assert response.status_code == 406
    assert response.get_json()["error"]["code"] == "not-acceptable"
    for fmt in formats_of("table"):
        assert fmt.media_type in response.get_json()["error"]["message"]


def test_the_dataset_of_the_protocol(client: FlaskClient) -> None:
    query = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    everything = client.get("/sparql", query_string={"query": query, "format": "csv"}).data
    ontology = "https://w3id.org/ecp-graph/graph/ontology"
    for response in (
        client.get("/sparql", query_string={"query": query, "format": "csv", "default-graph-uri": ontology}),
        client.post("/sparql", data={"query": query, "format": "csv", "default-graph-uri": ontology}),
        client.post(f"/sparql?default-graph-uri={ontology}&format=csv", data=query, content_type=_DIRECT),
    ):
        assert response.status_code == 200
        assert response.data != everything
        assert int(response.data.split()[1]) > 100
    named = client.get("/sparql", query_string={"query": query, "format": "csv", "named-graph-uri": ontology})
    assert named.data == b"n\r\n0\r\n"


@pytest.mark.parametrize(
    ("status", "code", "arguments"),
    [
        (400, "malformed-query", {"query_string": {"query": "SELECT * {\n ?s foo:p ?o }"}}),
        (400, "several-queries", {"query_string": "query=ASK{}&query=ASK{}"}),
        (400, "bad-parameter", {"query_string": {"query": "ASK {}", "format": "docx"}}),
        (400, "bad-parameter", {"query_string": {"query": "ASK {}", "format": "ttl"}}),
        (400, "malformed-query", {"query_string": {"query": "ASK {}", "default-graph-uri": "no iri"}}),
        (400, "no-query", {"method": "POST", "data": {"format": "csv"}}),
        (400, "malformed-query", {"method": "POST", "data": b"\xff\xfe", "content_type": _DIRECT}),
        (400, "malformed-query", {"method": "POST", "data": b"", "content_type": _DIRECT}),
        (403, "update-refused", {"query_string": {"query": "DROP ALL"}}),
        (403, "update-refused", {"query_string": {"update": "DROP ALL"}}),
        (403, "update-refused", {"method": "POST", "data": {"update": "DROP ALL"}}),
        (403, "update-refused", {"method": "POST", "data": "DROP ALL", "content_type": "application/sparql-update"}),
        (403, "update-refused", {"method": "POST", "data": "DROP ALL", "content_type": _DIRECT}),
        (403, "service-refused", {"query_string": {"query": "SELECT * { SERVICE <http://x/> {} }"}}),
        (405, "method-not-allowed", {"method": "PUT"}),
        (405, "method-not-allowed", {"method": "DELETE"}),
        (413, "query-too-long", {"method": "POST", "data": {"query": "ASK {} #" + "x" * 70_000}}),
        (413, "request-entity-too-large", {"method": "POST", "data": {"query": "x" * 500_000}}),
        (415, "unsupported-media-type", {"method": "POST", "data": "ASK {}", "content_type": "text/plain"}),
    ],
)
def test_refusals_have_one_shape(client: FlaskClient, status: int, code: str, arguments: dict[str, Any]) -> None:
    response = client.open("/sparql", **arguments)
    assert response.status_code == status
    assert response.content_type == "application/json"
    error = response.get_json()["error"]
    assert error["code"] == code
    assert error["message"].endswith((".", "…")) or error["message"]
    assert set(error) <= {"code", "message", "line", "column"}


def test_a_malformed_query_has_line_and_column(client: FlaskClient) -> None:
    error = client.get("/sparql", query_string={"query": "SELECT * {\n ?s foo:p ?o }"}).get_json()["error"]
    assert (error["line"], error["column"]) == (2, 5)
    assert "the prefix 'foo:' is not declared" in error["message"]


def test_a_query_is_stopped_at_the_time_limit(settings: Settings) -> None:
    client = create_app(replace(settings, timeout=0.3)).test_client()
    slow = client.get("/sparql", query_string={"query": _SILENT})
    assert (slow.status_code, slow.get_json()["error"]["code"]) == (503, "timeout")
    assert slow.headers["Retry-After"]


def test_a_client_may_ask_for_less_time_and_not_for_more(client: FlaskClient, settings: Settings) -> None:
    slow = client.get("/sparql", query_string={"query": _SILENT, "timeout": "0.2"})
    assert (slow.status_code, slow.get_json()["error"]["code"]) == (503, "timeout")
    strict = create_app(replace(settings, timeout=0.2)).test_client()
    assert strict.get("/sparql", query_string={"query": _SILENT, "timeout": "60"}).status_code == 503
    for nonsense in ("soon", "0", "-1", "nan", "inf"):
        refused = client.get("/sparql", query_string={"query": "ASK {}", "timeout": nonsense})
        assert (refused.status_code, refused.get_json()["error"]["code"]) == (400, "bad-timeout")


def test_a_query_that_wants_too_much_memory_is_told_so(client: FlaskClient) -> None:
    hungry = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a ?d ?g ?i"
    refused = client.get("/sparql", query_string={"query": hungry})
    assert (refused.status_code, refused.get_json()["error"]["code"]) == (503, "out-of-resources")
    assert client.get("/sparql", query_string={"query": "ASK {}"}).status_code == 200


def test_a_busy_server_refuses_at_once(settings: Settings) -> None:
    client = create_app(replace(settings, workers=1, queue=0)).test_client()
    client.get("/sparql", query_string={"query": "ASK {}"})
    with client.application.app_context():
        engine = client.application.extensions[EXTENSION].engine
    unread = engine.answer(Question("SELECT * { ?a ?b ?c . ?d ?e ?f }"), Asker("somebody", is_reserved=False))
    busy = client.get("/sparql", query_string={"query": "ASK {}"})
    assert (busy.status_code, busy.get_json()["error"]["code"]) == (503, "busy")
    assert busy.headers["Retry-After"]
    unread.close()
    wait_for(lambda: client.get("/sparql", query_string={"query": "ASK {}"}).status_code == 200)


def test_a_client_that_used_its_share_waits(settings: Settings) -> None:
    client = create_app(replace(settings, budget=0.1)).test_client()
    client.get("/sparql", query_string={"query": _SILENT, "timeout": "0.3"})
    refused = client.get("/sparql", query_string={"query": "ASK {}"})
    assert (refused.status_code, refused.get_json()["error"]["code"]) == (429, "over-budget")
    assert 1 <= int(refused.headers["Retry-After"]) <= 300


@pytest.mark.parametrize(
    "query",
    ["SELECT * " + "{" * 100 + "}" * 100, "SELECT * { " + "?s ?p ?o . " * 150 + "}"],
    ids=["nesting", "patterns"],
)
def test_what_no_planner_bounds_is_refused(client: FlaskClient, query: str) -> None:
    refused = client.get("/sparql", query_string={"query": query})
    assert (refused.status_code, refused.get_json()["error"]["code"]) == (400, "too-complex")


def test_an_answer_known_already_is_not_sent_again(client: FlaskClient) -> None:
    query = {"query": _SELECT, "format": "csv"}
    first = client.get("/sparql", query_string=query)
    tag = first.headers["ETag"]
    again = client.get("/sparql", query_string=query, headers={"If-None-Match": tag})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    other = client.get("/sparql", query_string={**query, "format": "tsv"}, headers={"If-None-Match": tag})
    assert (other.status_code, other.headers["ETag"] == tag) == (200, False)
    narrower = {**query, "default-graph-uri": "https://w3id.org/ecp-graph/graph/codes"}
    assert client.get("/sparql", query_string=narrower, headers={"If-None-Match": tag}).status_code == 200


def test_an_answer_is_compressed_for_those_who_take_it(client: FlaskClient) -> None:
    for query, streamed in ((_SELECT + " #" + "x" * 10, False), ("SELECT * { ?s ?p ?o }", True)):
        plain = client.get("/sparql", query_string={"query": query, "format": "tsv"})
        packed = client.get(
            "/sparql", query_string={"query": query, "format": "tsv"}, headers={"Accept-Encoding": "gzip"}
        )
        assert "Accept-Encoding" in packed.headers["Vary"]
        assert plain.headers.get("Content-Encoding") is None
        if streamed:
            assert packed.headers["Content-Encoding"] == "gzip"
            assert sorted(gzip.decompress(packed.data).splitlines()) == sorted(plain.data.splitlines())


def test_a_page_does_not_take_an_endless_answer_into_the_server(client: FlaskClient) -> None:
    query = {"query": "SELECT * { ?a ?b ?c . ?d ?e ?f }", "format": "html"}
    page = client.get("/sparql", query_string=query)
    assert page.status_code == 400
    assert "larger than 24 MB, the limit for pages" in page.get_data(as_text=True)


def test_labels_are_given_on_request(client: FlaskClient) -> None:
    query = {"query": "SELECT ?body ?code { ?body skos:notation ?code FILTER(?code = 'PTC') }", "format": "csv"}
    plain = client.get("/sparql", query_string=query)
    labelled = client.get("/sparql", query_string={**query, "labels": "en"})
    assert plain.data.startswith(b"body,code\r\n")
    head, row = labelled.data.decode().splitlines()
    assert head == "body,code,bodyLabel,codeLabel"
    assert row == plain.data.decode().splitlines()[1] + ",Permanent Technical Committee,"
    assert plain.headers["ETag"] != labelled.headers["ETag"]
    page = client.get("/sparql", query_string={**query, "labels": "en", "format": "html"}).get_data(as_text=True)
    assert "Permanent Technical Committee" in page
    assert "labels=en" in page, "the downloads have them too"
    for wrong in ({"labels": "e n"}, {"labels": "en", "query": "ASK {}"}):
        refused = client.get("/sparql", query_string={**query, **wrong})
        assert (refused.status_code, refused.get_json()["error"]["code"]) == (400, "bad-parameter")


def test_an_rdf_client_gets_the_service_description(client: FlaskClient) -> None:
    for fmt in formats_of("graph"):
        response = client.get("/sparql", headers={"Accept": fmt.media_type})
        assert (response.status_code, response.content_type) == (200, fmt.content_type)
        assert response.data
    quads = list(ox.parse(client.get("/sparql").data, ox.RdfFormat.TURTLE))
    stated = {(q.predicate.value.rsplit("#", 1)[-1], getattr(q.object, "value", "")) for q in quads}
    assert ("endpoint", "http://localhost/sparql") in stated
    assert ("supportedLanguage", "http://www.w3.org/ns/sparql-service-description#SPARQL11Query") in stated
    triples = client.get("/sparql", query_string={"query": "SELECT (COUNT(*) AS ?n) {?s ?p ?o}", "format": "csv"})
    assert ("triples", triples.data.decode().split()[1]) in stated
    assert sum(q.predicate.value.endswith("#resultFormat") for q in quads) == len(FORMATS)
    assert ("feature", "http://www.w3.org/ns/sparql-service-description#UnionDefaultGraph") in stated


def test_the_service_description_counts_every_named_graph(client: FlaskClient) -> None:
    query = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
    asked = client.get("/sparql", query_string={"query": query, "format": "json"}).get_json()["results"]["bindings"]
    counted = {row["g"]["value"]: row["n"]["value"] for row in asked}
    assert len(counted) > 150
    store = ox.Store()
    store.load(client.get("/sparql").data, ox.RdfFormat.TURTLE)
    described = store.query(
        "PREFIX sd: <http://www.w3.org/ns/sparql-service-description#> PREFIX void: <http://rdfs.org/ns/void#>"
        "SELECT ?name ?n { ?d sd:namedGraph [ sd:name ?name ; sd:graph/void:triples ?n ] }"
    )
    assert {row["name"].value: row["n"].value for row in described} == counted


def test_another_page_may_ask(client: FlaskClient) -> None:
    response = client.options("/sparql", headers={"Origin": "https://x.example"})
    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Content-Type" in response.headers["Access-Control-Allow-Headers"]


def test_head_has_no_body(client: FlaskClient) -> None:
    response = client.head("/sparql", query_string={"query": "ASK {}"})
    assert (response.status_code, response.data) == (200, b"")


def test_a_table_as_a_sheet(client: FlaskClient) -> None:
    query = 'SELECT ?a ?b ?c { VALUES (?a ?b ?c) { ("=1+1" 42 body:ptc) ("<b>" 1.5 UNDEF) } }'
    for asked in (
        client.get("/sparql", query_string={"query": query, "format": "xlsx"}),
        client.post("/sparql", data={"query": query, "format": "XLSX"}),
    ):
        assert asked.status_code == 200
        assert asked.headers["Content-Disposition"] == 'attachment; filename="result.xlsx"'
        sheet = openpyxl.load_workbook(io.BytesIO(asked.data))["result"]
        assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
            ["a", "b", "c"],
            ["=1+1", 42, "body:ptc"],
            ["<b>", 1.5, None],
        ]
        assert (sheet["A2"].data_type, sheet["A2"].quotePrefix) == ("s", True)
    yes = client.get("/sparql", query_string={"query": "ASK {}", "format": "xlsx"})
    assert openpyxl.load_workbook(io.BytesIO(yes.data))["result"]["A2"].value == "yes"
    page = client.get("/sparql", query_string={"query": query, "format": "html"}).get_data(as_text=True)
    assert "&amp;format=xlsx" in page


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("CONSTRUCT WHERE { ?s ?p ?o }", 400, "bad-parameter"),
        ("SELECT", 400, "malformed-query"),
        ("INSERT DATA { <urn:a> <urn:b> 1 }", 403, "update-refused"),
        ("SELECT * { SERVICE <http://localhost/> { ?s ?p ?o } }", 403, "service-refused"),
    ],
)
def test_what_is_no_table_is_no_sheet(client: FlaskClient, query: str, status: int, code: str) -> None:
    refused = client.get("/sparql", query_string={"query": query, "format": "xlsx"})
    assert (refused.status_code, refused.get_json()["error"]["code"]) == (status, code)


def test_a_sheet_says_what_it_holds(settings: Settings) -> None:
    client = create_app(settings, bounds=Bounds(page_bytes=1_000)).test_client()
    refused = client.get("/sparql", query_string={"query": "SELECT * { ?s ?p ?o }", "format": "xlsx"})
    assert (refused.status_code, refused.get_json()["error"]["code"]) == (400, "result-too-large")
