"""``/openapi.json``: the endpoint and every query of the catalogue, described in OpenAPI 3.1 from the query headers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from flask import Blueprint, Response

from ecp_graph import __version__
from ecp_graph.queries.catalogue import Query
from ecp_graph.sparql.formats import FORMATS
from ecp_graph.sparql.spreadsheet import MEDIA_TYPE
from ecp_graph.web.http.responses import data
from ecp_graph.web.pages.queries.described import ERROR, SCHEMAS, catalogue_path, query_paths
from ecp_graph.web.state.site import site

__all__ = ["blueprint", "openapi_document"]

blueprint = Blueprint("openapi", __name__)

_TEXT: Final = {"type": "string"}
_GRAPHS: Final = {"type": "array", "items": {"type": "string", "format": "iri"}}


@blueprint.get("/openapi.json")
def document() -> Response:
    """The description, as JSON."""
    catalogue = site().catalogue
    queries = list(catalogue.values()) if catalogue is not None else []
    examples = site().keep("openapi examples", lambda: {query.name: _examples(query) for query in queries})
    return data(openapi_document(queries, examples))


def openapi_document(queries: Iterable[Query], examples: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of a server with these queries; ``examples`` has values of their parameters."""
    paths: dict[str, Any] = {
        "/sparql": _endpoint(),
        "/health": {
            "get": _plain(
                "health", "Whether the server can answer queries, and which data it serves", "application/json"
            )
        },
        "/metrics": {"get": _plain("metrics", "Server metrics for Prometheus", "text/plain")},
    }
    for query in queries:
        paths.setdefault("/api/queries", catalogue_path())
        paths |= query_paths(query, examples.get(query.name, {}))
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "ecp-graph",
            "version": __version__,
            "summary": "A knowledge graph of a policy action plan: SPARQL, and a catalogue of questions",
            "license": {"name": "Apache 2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths,
        "components": {"responses": {"Error": _error()}, "schemas": SCHEMAS},
    }


def _endpoint() -> dict[str, Any]:
    fields = {
        "query": _TEXT,
        "default-graph-uri": _GRAPHS,
        "named-graph-uri": _GRAPHS,
        "format": {"type": "string", "enum": [*(fmt.name for fmt in FORMATS), "xlsx"]},
        "timeout": {"type": "number", "exclusiveMinimum": 0},
        "labels": {"type": "string", "pattern": "^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$"},
    }
    about = {
        "query": "A SPARQL 1.1 query; without it the service description is returned.",
        "default-graph-uri": "Graphs whose merge is the default graph; they override FROM.",
        "named-graph-uri": "The named graphs; they override FROM NAMED.",
        "format": "The format by its short name, instead of the Accept header; xlsx is only for tables.",
        "labels": "A language: a SELECT gets a column NAMELabel for each column NAME, with the label of its IRI.",
        "timeout": "Time limit of the query in seconds, if lower than the server's.",
    }
    parameters = [
        {"name": name, "in": "query", "schema": schema, "description": about[name], "required": False}
        for name, schema in fields.items()
    ]
    form = {"type": "object", "required": ["query"], "properties": fields}
    body = {"application/x-www-form-urlencoded": {"schema": form}, "application/sparql-query": {"schema": _TEXT}}
    responses = _responses([*(fmt.media_type for fmt in FORMATS), MEDIA_TYPE])
    return {
        "get": {
            "operationId": "sparql_get",
            "summary": "SPARQL 1.1 Protocol, query by GET",
            "parameters": parameters,
            "responses": responses,
        },
        "post": {
            "operationId": "sparql_post",
            "summary": "SPARQL 1.1 Protocol, query by POST, as a form or directly",
            "parameters": [parameter for parameter in parameters if parameter["name"] != "query"],
            "requestBody": {"required": True, "content": body},
            "responses": responses,
        },
    }


def _examples(query: Query) -> dict[str, str]:
    """Return for each iri parameter the first thing of the graph that it may be."""
    known = {parameter.name: site().choices(parameter) for parameter in query.parameters if parameter.type == "iri"}
    return {name: choices[0].value for name, choices in known.items() if choices}


def _responses(media_types: Iterable[str]) -> dict[str, Any]:
    found = {"description": "The answer", "content": {media_type: {} for media_type in media_types}}
    refused = {str(status): ERROR for status in (400, 403, 404, 406, 413, 415, 429, 503)}
    return {"200": found, "304": {"description": "The client already has the answer"}, **refused}


def _plain(name: str, summary: str, media_type: str) -> dict[str, Any]:
    answer = {"description": summary, "content": {media_type: {}}}
    return {"operationId": name, "summary": summary, "responses": {"200": answer, "503": ERROR}}


def _error() -> dict[str, Any]:
    error = {
        "type": "object",
        "required": ["code", "message"],
        "properties": {
            "code": _TEXT,
            "message": _TEXT,
            "line": {"type": "integer", "minimum": 1},
            "column": {"type": "integer", "minimum": 1},
        },
    }
    schema = {"type": "object", "required": ["error"], "properties": {"error": error}}
    return {"description": "What failed, where, and what to do", "content": {"application/json": {"schema": schema}}}
