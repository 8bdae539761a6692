"""The OpenAPI 3.1 description of the queries of the catalogue: parameters, result columns, formats."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ecp_graph.queries.catalogue import Query
from ecp_graph.queries.parameters import Parameter
from ecp_graph.sparql.formats import Format, formats_of
from ecp_graph.sparql.spreadsheet import MEDIA_TYPE

__all__ = ["ERROR", "SCHEMAS", "catalogue_path", "query_paths"]

ERROR: Final = {"$ref": "#/components/responses/Error"}
_TEXT: Final = {"type": "string"}
_TERM: Final = {"$ref": "#/components/schemas/Term"}
_TEXTS: Final = {"type": "array", "items": _TEXT}
_REFUSALS: Final = ("400", "404", "406", "429", "502", "503")
_NAMED: Final = {"name": _TEXT, "meaning": _TEXT, "unit": _TEXT}

#: What the answers are made of, for ``components/schemas``.
SCHEMAS: Final[dict[str, Any]] = {
    "Term": {
        "description": "One cell: an IRI, a literal with its language or datatype, or a blank node. "
        "A cell without a value is left out of its row.",
        "type": "object",
        "required": ["type", "value"],
        "properties": {
            "type": {"enum": ["uri", "literal", "bnode"]},
            "value": _TEXT,
            "datatype": _TEXT,
            "xml:lang": _TEXT,
        },
    },
    "Query": {
        "description": "The metadata in the header of a query.",
        "type": "object",
        "required": ["name", "topic", "summary", "description", "parameters", "columns", "tags", "url"],
        "properties": {
            "name": _TEXT,
            "topic": _TEXT,
            "summary": _TEXT,
            "description": _TEXT,
            "parameters": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["name", "type", "label", "required"],
                    "properties": {
                        "name": _TEXT,
                        "type": {"enum": ["iri", "enum", "date", "integer", "text"]},
                        "label": _TEXT,
                        "required": {"type": "boolean"},
                        "default": _TEXT,
                        "class": _TEXT,
                        "values": _TEXTS,
                        "many": {"type": "boolean"},
                    },
                },
            },
            "columns": {
                "type": "array",
                "items": {"type": "object", "required": ["name", "meaning"], "properties": _NAMED},
            },
            "tags": _TEXTS,
            "url": _TEXT,
        },
    },
}


def catalogue_path() -> dict[str, Any]:
    """Return the path item of ``/api/queries``."""
    schema = {
        "type": "object",
        "required": ["queries"],
        "properties": {"queries": {"type": "array", "items": {"$ref": "#/components/schemas/Query"}}},
    }
    found = {"description": "Every query", "content": {"application/json": {"schema": schema}}}
    return {
        "get": {
            "operationId": "queries",
            "summary": "The catalogue: every query with its parameters and columns",
            "responses": {"200": found, "503": ERROR},
        }
    }


def query_paths(query: Query, examples: Mapping[str, str]) -> dict[str, Any]:
    """Return the path items of a query: by Accept, and by extension; ``examples`` are values of its parameters."""
    formats = formats_of(query.kind)
    contents = {fmt.media_type: {"schema": _schema(query, fmt)} for fmt in formats}
    extensions = [fmt.extension for fmt in formats]
    parameters = [_parameter(parameter, examples.get(parameter.name)) for parameter in query.parameters]
    by_extension = dict(contents)
    if query.kind == "table":
        extensions.append("xlsx")
        by_extension[MEDIA_TYPE] = {"schema": {"description": "An Excel sheet with a header row"}}
    extension = {
        "name": "extension",
        "in": "path",
        "required": True,
        "description": "The format",
        "schema": {"type": "string", "enum": extensions},
        "example": "csv" if query.kind == "table" else "ttl",
    }
    return {
        f"/api/queries/{query.name}": _item(query, query.name, parameters, contents),
        f"/api/queries/{query.name}.{{extension}}": _item(
            query, f"{query.name}-as", [extension, *parameters], by_extension
        ),
    }


def _item(query: Query, operation: str, parameters: list[dict[str, Any]], contents: dict[str, Any]) -> dict[str, Any]:
    told = {"tags": [query.topic], "summary": query.summary, "description": query.description}
    headers = {"ETag": {"description": "Identifies the answer of this release", "schema": _TEXT}}
    others = {"304": {"description": "The client already has the answer"}} | dict.fromkeys(_REFUSALS, ERROR)
    found = {"description": "The answer", "headers": headers, "content": contents}
    return {
        "parameters": parameters,
        "get": {**told, "operationId": operation, "responses": {"200": found, **others}},
        "head": {
            "tags": told["tags"],
            "summary": f"Headers only: {query.summary}",
            "operationId": f"{operation}-head",
            "responses": {"200": {"description": "The headers of the answer"}, "default": ERROR},
        },
    }


def _parameter(parameter: Parameter, example: str | None) -> dict[str, Any]:
    schemas: dict[str, dict[str, Any]] = {
        "iri": _TEXT,
        "enum": {"type": "string", "enum": list(parameter.values)},
        "date": {"type": "string", "format": "date"},
        "integer": {"type": "integer"},
        "text": _TEXT,
    }
    schema = dict(schemas[parameter.type])
    if parameter.default is not None:
        schema["default"] = int(parameter.default) if parameter.type == "integer" else parameter.default
    if parameter.many:  # given once for each value, as query strings have it by default: body=A&body=B
        schema = {"type": "array", "items": schema}
    told = {
        "name": parameter.name,
        "in": "query",
        "required": parameter.required,
        "description": _meaning(parameter),
        "schema": schema,
    }
    if example is None:
        return told
    return {**told, "example": [example] if parameter.many else example}


def _meaning(parameter: Parameter) -> str:
    told = f"{parameter.label}. {parameter.help}".strip()
    if parameter.type == "iri":
        told += " By its IRI, prefixed name, code or label."
    return f"{told} Several values are alternatives." if parameter.many else told


def _schema(query: Query, fmt: Format) -> dict[str, Any]:
    names = [column.name for column in query.columns]
    if fmt.kind == "graph":
        return {} if fmt.name == "jsonld" else _TEXT
    if fmt.name != "json":
        line = f"Columns: {', '.join(names)}" if names else "A header row, then the rows"
        return {**_TEXT, "description": line}
    cells = {
        column.name: {**_TERM, "description": column.meaning + (f" ({column.unit})" if column.unit else "")}
        for column in query.columns
    }
    row = {"type": "object", "properties": cells} | ({"additionalProperties": False} if cells else {})
    variables: dict[str, Any] = {"const": names} if names else _TEXTS
    parts = {
        "head": {"type": "object", "required": ["vars"], "properties": {"vars": variables}},
        "results": {
            "type": "object",
            "required": ["bindings"],
            "properties": {"bindings": {"type": "array", "items": row}},
        },
    }
    return {"type": "object", "required": ["head", "results"], "properties": parts}
