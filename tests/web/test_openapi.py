"""``/openapi.json`` is valid, and says what the server does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest
from flask.testing import FlaskClient
from openapi_spec_validator import validate
from openapi_spec_validator.validation.exceptions import OpenAPIValidationError

from ecp_graph.settings import Settings
from ecp_graph.web.app import create_app
from ecp_graph.workspace import bundled_workspace


def test_the_document_is_valid(client: FlaskClient) -> None:
    document = client.get("/openapi.json").get_json()
    validate(document)
    del document["info"]["version"]
    with pytest.raises(OpenAPIValidationError):
        validate(document)


@pytest.fixture(scope="module")
def bundled(releases: Path) -> FlaskClient:
    """A client of an app with the whole catalogue."""
    return create_app(Settings(workspace=bundled_workspace().root, releases=releases)).test_client()


def test_every_query_of_the_catalogue_is_described(bundled: FlaskClient) -> None:
    client = bundled
    document = client.get("/openapi.json").get_json()
    validate(document)
    listed = client.get("/api/queries").get_json()["queries"]
    assert len(listed) > 50
    for query in listed:
        described = document["paths"][query["url"]]
        assert described["get"]["summary"] == query["summary"]
        assert [one["name"] for one in described["parameters"]] == [one["name"] for one in query["parameters"]]


def test_a_parameter_of_several_values_is_an_array(bundled: FlaskClient) -> None:
    described = bundled.get("/openapi.json").get_json()["paths"]["/api/queries/actions"]["parameters"]
    body, words = (next(one for one in described if one["name"] == name) for name in ("body", "words"))
    assert body["schema"] == {"type": "array", "items": {"type": "string"}}
    assert len(body["example"]) == 1
    assert words["schema"] == {"type": "string"}


def test_the_statuses_are_those_that_are_sent(client: FlaskClient) -> None:
    statuses = client.get("/openapi.json").get_json()["paths"]["/sparql"]["get"]["responses"]
    for query, status in (("ASK {}", 200), ("ASK", 400), ("DROP ALL", 403)):
        assert str(client.get("/sparql", query_string={"query": query}).status_code) == str(status)
        assert str(status) in statuses


def _given(item: dict[str, Any]) -> dict[str, str]:
    """The examples of the values that have to be given."""
    return {one["name"]: one["example"] for one in item["parameters"] if one["required"] and one["in"] == "query"}


def _schema(document: dict[str, Any], item: dict[str, Any], media_type: str) -> dict[str, Any]:
    schema = item["get"]["responses"]["200"]["content"][media_type]["schema"]
    return {**schema, "components": document["components"]}


def test_answers_are_as_their_schema_says(bundled: FlaskClient) -> None:
    document = bundled.get("/openapi.json").get_json()
    rows = 0
    for name in ("bodies-load", "terms", "overlap-on-instruments", "passage-contents", "stated-where"):
        item = document["paths"][f"/api/queries/{name}"]
        answer = bundled.get(f"/api/queries/{name}", query_string=_given(item)).get_json()
        schema = _schema(document, item, "application/sparql-results+json")
        jsonschema.validate(answer, schema)
        rows += len(answer["results"]["bindings"])
        first = answer["results"]["bindings"][0]
        for wrong in ({**first, "other": next(iter(first.values()))}, {next(iter(first)): {"type": "uri"}}):
            with pytest.raises(jsonschema.ValidationError):
                jsonschema.validate({**answer, "results": {"bindings": [wrong]}}, schema)
    assert rows > 100
    listed = _schema(document, document["paths"]["/api/queries"], "application/json")
    jsonschema.validate(bundled.get("/api/queries").get_json(), listed)


def test_each_path_answers_with_its_examples_to_get_and_head(bundled: FlaskClient) -> None:
    document = bundled.get("/openapi.json").get_json()
    graphs = ("action-dossier", "plan-tree")
    for name in ("bodies-load", "passage-contents", *graphs):
        for path in (f"/api/queries/{name}", f"/api/queries/{name}.{{extension}}"):
            item = document["paths"][path]
            assert set(item) == {"parameters", "get", "head"}
            extensions = next((one["schema"]["enum"] for one in item["parameters"] if one["in"] == "path"), [""])
            for extension in extensions:
                address = path.replace("{extension}", extension)
                got = bundled.get(address, query_string=_given(item))
                head = bundled.head(address, query_string=_given(item))
                assert (got.status_code, head.status_code, head.data) == (200, 200, b""), address
                assert got.mimetype in item["get"]["responses"]["200"]["content"], address
    wrong = bundled.get("/api/queries/bodies-load?plan=nothing")
    assert str(wrong.status_code) in document["paths"]["/api/queries/bodies-load"]["get"]["responses"]
    jsonschema.validate(
        wrong.get_json(), document["components"]["responses"]["Error"]["content"]["application/json"]["schema"]
    )


def test_every_parameter_says_what_it_means(bundled: FlaskClient) -> None:
    document = bundled.get("/openapi.json").get_json()
    told = [one for path in document["paths"].values() for one in path.get("parameters", [])]
    assert len(told) > 100
    assert all(one["description"] for one in told)
    examples = {one["name"]: one["example"] for one in told if "example" in one}
    assert examples["body"]
    assert examples["action"]
