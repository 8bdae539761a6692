"""``/openapi.json`` is valid, and says what the server does."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from openapi_spec_validator import validate
from openapi_spec_validator.validation.exceptions import OpenAPIValidationError

from ecp_graph.settings import Settings
from ecp_graph.web import create_app
from ecp_graph.workspace import bundled_workspace


def test_the_document_is_valid(client: FlaskClient) -> None:
    document = client.get("/openapi.json").get_json()
    validate(document)
    del document["info"]["version"]
    with pytest.raises(OpenAPIValidationError):
        validate(document)


def test_every_query_of_the_catalogue_is_described(releases: Path) -> None:
    client = create_app(Settings(workspace=bundled_workspace().root, releases=releases)).test_client()
    document = client.get("/openapi.json").get_json()
    validate(document)
    listed = client.get("/api/queries").get_json()["queries"]
    assert len(listed) > 50
    for query in listed:
        described = document["paths"][query["url"]]["get"]
        assert described["summary"] == query["summary"]
        assert [one["name"] for one in described["parameters"]] == [one["name"] for one in query["parameters"]]


def test_the_statuses_are_those_that_are_sent(client: FlaskClient) -> None:
    statuses = client.get("/openapi.json").get_json()["paths"]["/sparql"]["get"]["responses"]
    for query, status in (("ASK {}", 200), ("ASK", 400), ("DROP ALL", 403)):
        assert str(client.get("/sparql", query_string={"query": query}).status_code) == str(status)
        assert str(status) in statuses
