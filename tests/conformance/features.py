"""The features of the SPARQL 1.1 Protocol (query), Federated Query and Service Description, each as a request and what
must come back.

One list serves three: the tests run it, `tools/conformance_docs.py` writes docs/conformance.md from its results, and a
reader sees which clause is covered.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

import pyoxigraph as ox
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from .asking_itself import own_endpoint

__all__ = ["FEATURES", "Feature"]

_FORM: Final = "application/x-www-form-urlencoded"
_DIRECT: Final = "application/sparql-query"
_JSON: Final = "application/sparql-results+json"
_ASK: Final = "ASK { body:ptc a ecp:Body }"
_SELECT: Final = "SELECT ?code { body:ptc skos:notation ?code }"
_CONSTRUCT: Final = "CONSTRUCT WHERE { body:ptc skos:notation ?code }"
_DESCRIBE: Final = "DESCRIBE body:ptc"
_CODES: Final = "https://w3id.org/ecp-graph/graph/codes"
_ROW: Final = "https://w3id.org/ecp-graph/graph/pc0457e1/action-3"
_COUNT: Final = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
_GRAPHS: Final = "SELECT (COUNT(DISTINCT ?g) AS ?n) { GRAPH ?g { ?s ?p ?o } }"

Check = Callable[[FlaskClient], bool]


@dataclass(frozen=True)
class Feature:
    """One feature: its clause, what it is, and a check that tells whether the server has it."""

    clause: str
    name: str
    check: Check


def _get(query: str, accept: str = _JSON, **more: object) -> Callable[[FlaskClient], TestResponse]:
    return lambda client: client.get("/sparql", query_string={"query": query, **more}, headers={"Accept": accept})


def _post(body: str, content_type: str, path: str = "/sparql") -> Callable[[FlaskClient], TestResponse]:
    return lambda client: client.post(path, data=body, content_type=content_type, headers={"Accept": _JSON})


def _status(request: Callable[[FlaskClient], TestResponse], status: int) -> Check:
    return lambda client: request(client).status_code == status


def _type(query: str, media_type: str) -> Check:
    def check(client: FlaskClient) -> bool:
        response = _get(query, media_type)(client)
        return response.status_code == 200 and response.mimetype == media_type and bool(response.data)

    return check


def _number(request: Callable[[FlaskClient], TestResponse], test: Callable[[int], bool]) -> Check:
    def check(client: FlaskClient) -> bool:
        response = request(client)
        return response.status_code == 200 and test(int(response.get_json()["results"]["bindings"][0]["n"]["value"]))

    return check


def _overrides_from(client: FlaskClient) -> bool:
    query = f"SELECT (COUNT(*) AS ?n) FROM <{_ROW}> {{ ?s ?p ?o }}"
    inside = _get(query)(client).get_json()["results"]["bindings"][0]["n"]["value"]
    outside = _get(query, **{"default-graph-uri": _CODES})(client).get_json()["results"]["bindings"][0]["n"]["value"]
    alone = _get(_COUNT, **{"default-graph-uri": _CODES})(client).get_json()["results"]["bindings"][0]["n"]["value"]
    return bool(inside != outside == alone)


def _merges(client: FlaskClient) -> bool:
    def count(*graphs: str) -> int:
        pairs = [("query", _COUNT), *(("default-graph-uri", graph) for graph in graphs)]
        found = client.get("/sparql", query_string=urlencode(pairs), headers={"Accept": _JSON}).get_json()
        return int(found["results"]["bindings"][0]["n"]["value"])

    return 0 < count(_CODES) < count(_CODES, _ROW) == count(_CODES) + count(_ROW)


def _described(predicate: str, at_least: int) -> Check:
    def check(client: FlaskClient) -> bool:
        quads = list(ox.parse(client.get("/sparql", headers={"Accept": "text/turtle"}).data, ox.RdfFormat.TURTLE))
        name = f"http://www.w3.org/ns/sparql-service-description#{predicate}"
        return sum(quad.predicate.value == name for quad in quads) >= at_least

    return check


def _federated(pattern: str, code: str | None, path: str = "/sparql") -> Check:
    """Whether one row with that code comes of a pattern in which E is the address of this endpoint itself."""

    def check(client: FlaskClient) -> bool:
        text = pattern.replace("E {", f"<{own_endpoint(client, path)}> {{")
        rows = _get(f"SELECT ?code {{ {text} }}")(client).get_json()["results"]["bindings"]
        return [row.get("code", {}).get("value") for row in rows] == [code]

    return check


def _refused_service(pattern: str) -> Check:
    def check(client: FlaskClient) -> bool:
        return _get(f"SELECT * {{ {pattern} }}")(client).status_code == 403

    return check


def _fails(client: FlaskClient) -> bool:
    nothing = own_endpoint(client, "/nothing")
    return _get(f"SELECT * {{ SERVICE <{nothing}> {{ ?s ?p ?o }} }}")(client).status_code == 502


def _located(client: FlaskClient) -> bool:
    error = _get("SELECT * {\n ?s foo:p ?o }")(client).get_json()["error"]
    return bool((error["line"], error["column"]) == (2, 5) and error["message"])


_NAMED: Final = {"named-graph-uri": _ROW}

FEATURES: Final = [
    Feature("Protocol 2.1.1", "query via GET", _status(_get(_ASK), 200)),
    Feature("Protocol 2.1.2", "query via URL-encoded POST", _status(_post(urlencode({"query": _ASK}), _FORM), 200)),
    Feature("Protocol 2.1.3", "query via POST directly", _status(_post(_ASK, _DIRECT), 200)),
    Feature(
        "Protocol 2.1.3",
        "query via POST directly, charset named",
        _status(_post(_ASK, f"{_DIRECT}; charset=utf-8"), 200),
    ),
    Feature("Protocol 2.1.4", "one default graph by GET", _number(_get(_COUNT, **{"default-graph-uri": _CODES}), bool)),
    Feature("Protocol 2.1.4", "several default graphs are merged", _merges),
    Feature("Protocol 2.1.4", "named graphs by GET", _number(_get(_GRAPHS, **_NAMED), lambda n: n == 1)),
    Feature(
        "Protocol 2.1.4",
        "default graph by URL-encoded POST",
        _number(_post(urlencode({"query": _COUNT, "default-graph-uri": _CODES}), _FORM), bool),
    ),
    Feature(
        "Protocol 2.1.4",
        "named graph in the address of a direct POST",
        _number(_post(_GRAPHS, _DIRECT, f"/sparql?named-graph-uri={_ROW}"), lambda n: n == 1),
    ),
    Feature(
        "Protocol 2.1.4",
        "named graphs alone leave the default graph empty",
        _number(_get(_COUNT, **_NAMED), lambda n: n == 0),
    ),
    Feature("Protocol 2.1.4", "graphs of the request override FROM", _overrides_from),
    Feature("Protocol 2.1.5", "SELECT in JSON", _type(_SELECT, _JSON)),
    Feature("Protocol 2.1.5", "SELECT in XML", _type(_SELECT, "application/sparql-results+xml")),
    Feature("Protocol 2.1.5", "SELECT in CSV", _type(_SELECT, "text/csv")),
    Feature("Protocol 2.1.5", "SELECT in TSV", _type(_SELECT, "text/tab-separated-values")),
    Feature("Protocol 2.1.5", "ASK in JSON", _type(_ASK, _JSON)),
    Feature("Protocol 2.1.5", "ASK in XML", _type(_ASK, "application/sparql-results+xml")),
    *(
        Feature("Protocol 2.1.5", f"CONSTRUCT in {name}", _type(_CONSTRUCT, media_type))
        for name, media_type in {
            "Turtle": "text/turtle",
            "N-Triples": "application/n-triples",
            "JSON-LD": "application/ld+json",
            "RDF/XML": "application/rdf+xml",
            "TriG": "application/trig",
            "N-Quads": "application/n-quads",
        }.items()
    ),
    Feature("Protocol 2.1.5", "DESCRIBE in Turtle", _type(_DESCRIBE, "text/turtle")),
    Feature("Protocol 2.1.7", "malformed query by GET: 400", _status(_get("SELECT * {"), 400)),
    Feature("Protocol 2.1.7", "malformed query by POST: 400", _status(_post("SELECT * {", _DIRECT), 400)),
    Feature("Protocol 2.1.7", "malformed query: line and column", _located),
    Feature("Protocol 2.1.7", "POST without a query: 400", _status(_post("", _FORM), 400)),
    Feature(
        "Protocol 2.1.7",
        "two queries in one request: 400",
        _status(lambda c: c.get("/sparql?query=ASK{}&query=ASK{}"), 400),
    ),
    Feature("Protocol 2.1.7", "wrong media type of a POST: 415", _status(_post(_ASK, "text/plain"), 415)),
    Feature(
        "Protocol 2.1.7",
        "query that is not UTF-8: 400",
        _status(lambda c: c.post("/sparql", data=b"\xff", content_type=_DIRECT), 400),
    ),
    Feature("Protocol 2.1.7", "wrong method: 405", _status(lambda c: c.put("/sparql"), 405)),
    Feature("Protocol 2.1.7", "nothing acceptable: 406", _status(_get(_SELECT, "image/png"), 406)),
    Feature("Protocol 2.1.7", "too long a body: 413", _status(_post("#" * 2_000_000, _DIRECT), 413)),
    Feature(
        "Protocol 2.2", "update by POST is refused: 403", _status(_post("DROP ALL", "application/sparql-update"), 403)
    ),
    Feature("Protocol 2.2", "update as a form is refused: 403", _status(_post("update=DROP+ALL", _FORM), 403)),
    Feature("Protocol 2.2", "update sent as a query is refused: 403", _status(_get("DROP ALL"), 403)),
    Feature(
        "Federated Query 2.1",
        "SERVICE to an endpoint on the list of the settings",
        _federated("?b a ecp:Body SERVICE E { ?b skos:notation ?code FILTER(?code = 'PTC') }", "PTC"),
    ),
    Feature(
        "Federated Query 2.1",
        "SERVICE to any other endpoint is refused: 403",
        _refused_service("SERVICE <https://example.org/sparql> { ?s ?p ?o }"),
    ),
    Feature(
        "Federated Query 2.2",
        "SERVICE inside OPTIONAL",
        _federated("VALUES ?b { body:ptc } OPTIONAL { SERVICE E { ?b skos:notation ?code } }", "PTC"),
    ),
    Feature("Federated Query 2.3", "an endpoint that fails: 502", _fails),
    Feature(
        "Federated Query 2.3",
        "SERVICE SILENT to one that fails: a row without bindings",
        _federated("SERVICE SILENT E { ?s skos:notation ?code }", None, "/nothing"),
    ),
    Feature(
        "Federated Query 4",
        "SERVICE with a variable (informative) is refused: 403",
        _refused_service("VALUES ?e { <https://example.org/sparql> } SERVICE ?e { ?s ?p ?o }"),
    ),
    Feature("Description 2", "description for a request without a query", _status(lambda c: c.get("/sparql"), 200)),
    Feature("Description 3", "sd:endpoint", _described("endpoint", 1)),
    Feature("Description 3", "sd:feature: sd:UnionDefaultGraph, sd:BasicFederatedQuery", _described("feature", 2)),
    Feature("Description 3", "sd:defaultEntailmentRegime", _described("defaultEntailmentRegime", 1)),
    Feature("Description 3", "sd:supportedLanguage", _described("supportedLanguage", 1)),
    Feature("Description 3", "sd:defaultDataset", _described("defaultDataset", 1)),
    Feature("Description 3", "sd:resultFormat", _described("resultFormat", 10)),
    Feature("Description 3", "sd:defaultGraph", _described("defaultGraph", 1)),
    Feature("Description 3", "sd:namedGraph, every one", _described("namedGraph", 150)),
]
