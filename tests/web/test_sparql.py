"""``/sparql`` for programs: the protocol's ways in, negotiation, refusals."""

from __future__ import annotations

from typing import Any

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from ecp_graph.engine.formats import FORMATS, formats_of
from ecp_graph.settings import Settings
from ecp_graph.web import create_app

_SELECT = "SELECT ?code { body:ptc skos:notation ?code }"
_GRAPH = "CONSTRUCT WHERE { body:ptc skos:notation ?code }"
_DIRECT = "application/sparql-query"
#: Computes for a second or so without writing anything, and then ends by itself.
_SILENT = """
SELECT (COUNT(*) AS ?n) {
  { SELECT ?a { ?a ?b ?c } LIMIT 4000 } { SELECT ?d { ?d ?e ?f } LIMIT 4000 }
}
"""


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


def test_the_limits_of_the_server(settings: Settings) -> None:
    strict = Settings(**{**settings.__dict__, "timeout": 0.3, "max_result_mb": 1})
    client = create_app(strict).test_client()
    slow = client.get("/sparql", query_string={"query": _SILENT})
    assert (slow.status_code, slow.get_json()["error"]["code"]) == (504, "timeout")
    large = client.get("/sparql", query_string={"query": "SELECT * { ?a ?b ?c . ?d ?e ?f }"})
    assert (large.status_code, large.get_json()["error"]["code"]) in {(400, "result-too-large"), (504, "timeout")}


def test_a_busy_server_says_when_to_come_back(settings: Settings) -> None:
    strict = Settings(**{**settings.__dict__, "timeout": 0.1, "places": 1})
    client = create_app(strict).test_client()
    assert client.get("/sparql", query_string={"query": _SILENT}).status_code == 504
    busy = client.get("/sparql", query_string={"query": "ASK {}"})
    assert (busy.status_code, busy.get_json()["error"]["code"]) == (503, "busy")
    assert busy.headers["Retry-After"]


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


def test_another_page_may_ask(client: FlaskClient) -> None:
    response = client.options("/sparql", headers={"Origin": "https://x.example"})
    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Content-Type" in response.headers["Access-Control-Allow-Headers"]


def test_head_has_no_body(client: FlaskClient) -> None:
    response = client.head("/sparql", query_string={"query": "ASK {}"})
    assert (response.status_code, response.data) == (200, b"")
