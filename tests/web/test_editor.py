"""What the editor is fed with: the graph's terms, and examples that run as they stand."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from ecp_graph.engine.embedded import EmbeddedEngine
from ecp_graph.settings import Settings
from ecp_graph.web.app import create_app
from ecp_graph.web.state.source import FixedEngine
from ecp_graph.workspace import bundled_workspace
from tests.web.conftest import BROWSER

_FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")


@pytest.fixture(scope="module")
def bundled(releases: Path) -> FlaskClient:
    """A client of an app with the whole catalogue."""
    return create_app(Settings(workspace=bundled_workspace().root, releases=releases)).test_client()


def test_terms_of_every_kind(bundled: FlaskClient) -> None:
    told: dict[str, Any] = bundled.get("/sparql/terms.json").get_json()
    assert ["ecp:Body", "body", "class"] in told["terms"]
    assert ["ecp:responsibleParty", "has responsible party", "property"] in told["terms"]
    assert ["body:ptc", "Permanent Technical Committee", "thing"] in told["terms"]
    assert told["prefixes"]["ecp"] == told["base"] + "ontology#"
    # a name stands in a query as it is: with its prefix, or in brackets
    names = [name for name, _, _ in told["terms"]]
    assert len(names) == len(set(names)) > 300
    asked = "\n".join(f"  {{ {name} ?p ?o }} UNION" for name in names[:60])
    assert bundled.get("/sparql", query_string={"query": f"ASK {{\n{asked} {{}} }}"}).status_code == 200


def test_a_term_that_no_prefixed_name_can_write_stands_in_brackets() -> None:
    from ecp_graph.web.pages.sparql.editor import _name

    assert _name("https://w3id.org/ecp-graph/id/body/ptc") == "body:ptc"
    assert _name("https://w3id.org/ecp-graph/id/body/a(b") == "<https://w3id.org/ecp-graph/id/body/a(b>"
    assert _name("http://example.org/x") == "<http://example.org/x>"


def test_every_example_runs_as_it_stands(bundled: FlaskClient) -> None:
    texts = bundled.get("/sparql/examples.json").get_json()
    assert len(texts) > 50
    assert set(texts) == {query["name"] for query in bundled.get("/api/queries").get_json()["queries"]}
    for name, text in texts.items():
        assert text.startswith("# "), name
        assert "#=" not in text, name
        assert any(form in text for form in _FORMS), name
    for name in ("action-dossier", "overlap-on-instruments", "bodies-load"):
        response = bundled.get("/sparql", query_string={"query": texts[name]})
        assert response.status_code == 200
        assert len(response.data) > 500, name


def test_an_example_fills_the_plain_form(bundled: FlaskClient) -> None:
    text = bundled.get("/sparql?example=overlap-bodies", headers={"Accept": BROWSER}).get_data(as_text=True)
    assert "VALUES (?grade) { (&#34;D&#34;) }" in text
    assert "data-formats" in text


@pytest.mark.parametrize(
    "path", ["/sparql/terms.json", "/sparql/examples.json", "/sparql?format=html", "/sparql?format=html&query=ASK{}"]
)
def test_they_are_kept_for_the_release(bundled: FlaskClient, path: str) -> None:
    first = bundled.get(path)
    assert first.status_code == 200
    again = bundled.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert bundled.get(path, headers={"If-None-Match": '"other"'}).status_code == 200
    assert "ETag" not in bundled.get("/sparql?format=html&query=SELECT").headers


def test_a_workspace_without_the_query_has_prefixes_alone(client: FlaskClient) -> None:
    told = client.get("/sparql/terms.json").get_json()
    assert told["terms"] == []
    assert "ecp" in told["prefixes"]


def test_files_alone_have_no_terms_and_no_examples(settings: Settings) -> None:
    engine = EmbeddedEngine(ox.Store(), name="no files")
    client = create_app(settings, source=FixedEngine(engine, is_fixed=True), with_catalogue=False).test_client()
    told = client.get("/sparql/terms.json").get_json()
    assert (told["terms"], told["places"]) == ([], [])
    assert client.get("/sparql/examples.json").get_json() == {}


def test_the_place_of_a_fault_is_told_to_the_editor(client: FlaskClient) -> None:
    text = client.get("/sparql?query=SELECT+*+%7B+%3Fs+foo:p+1+%7D", headers={"Accept": BROWSER}).get_data(as_text=True)
    assert 'data-line="1" data-column="15"' in text
    text = client.get("/sparql?query=DROP+ALL", headers={"Accept": BROWSER}).get_data(as_text=True)
    assert "data-line" not in text


def test_the_page_opens_with_a_question_that_people_have(bundled: FlaskClient) -> None:
    text = bundled.get("/sparql", headers={"Accept": BROWSER}).get_data(as_text=True)
    query = re.search(r"<textarea[^>]*>(.*?)</textarea>", text, re.DOTALL)
    assert query is not None
    found = bundled.get("/sparql", query_string={"query": query[1].strip().replace("&gt;", ">"), "format": "csv"})
    assert found.status_code == 200
    assert len(found.data.splitlines()) > 28
    assert "Where is the same work done twice?" in text


def test_things_have_their_names_unless_iris_are_asked_for(bundled: FlaskClient) -> None:
    asked = {"query": "SELECT ?body { ?body skos:notation 'PTC' }", "format": "html"}
    page = bundled.get("/sparql", query_string=asked).get_data(as_text=True)
    assert '<a href="/doc/body/ptc" title="body:ptc">Permanent Technical Committee</a>' in page
    plain = bundled.get("/sparql", query_string={**asked, "names": "off"}).get_data(as_text=True)
    assert '<a href="/doc/body/ptc">body:ptc</a>' in plain


def test_a_query_that_finds_nothing_gets_hints(bundled: FlaskClient) -> None:
    asked = {"query": "SELECT ?a {\n  ?o ecp:member ?a\n}"}
    (hint,) = bundled.get("/sparql/hints.json", query_string=asked).get_json()["hints"]
    assert (hint["line"], hint["column"]) == (2, 6)
    assert "Did you mean ecp:overlapMember" in hint["text"]
    page = bundled.get("/sparql", query_string={**asked, "format": "html"}).get_data(as_text=True)
    assert "What may be wrong" in page
    assert "The graph has no property ecp:member." in page
    fine = {"query": "SELECT ?a { ?a a ecp:Body }"}
    assert bundled.get("/sparql/hints.json", query_string=fine).get_json() == {"hints": []}
    assert "What may be wrong" not in bundled.get("/sparql", query_string={**fine, "format": "html"}).get_data(
        as_text=True
    )


@pytest.mark.parametrize("query", ["", "SELECT", "INSERT DATA {}", "SELECT * { SERVICE <http://x/> {} }"])
def test_what_the_endpoint_refuses_gets_no_hints(bundled: FlaskClient, query: str) -> None:
    assert bundled.get("/sparql/hints.json", query_string={"query": query}).status_code in {400, 403}


def test_results_stay_standard(bundled: FlaskClient) -> None:
    found = bundled.get(
        "/sparql", query_string={"query": "SELECT ?a { ?o ecp:member ?a }", "format": "json"}
    ).get_json()
    assert set(found) == {"head", "results"}
