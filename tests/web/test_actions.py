"""``/actions``: rows, counts, chips and downloads follow the address; the page and its SPARQL find the same."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pyoxigraph as ox
import pytest
from flask import Flask
from flask.testing import FlaskClient

from benchmarks.workspace import write_workspace
from ecp_graph.engine.asking import ask_table
from ecp_graph.pipeline import build
from ecp_graph.settings import Settings
from ecp_graph.web.app import create_app
from ecp_graph.workspace import Workspace
from tests.web.conftest import BROWSER

HEADERS = {"Accept": BROWSER}


@pytest.fixture(scope="module")
def bundled(releases: Path) -> Flask:
    return create_app(Settings(releases=releases, timeout=60))


@pytest.fixture
def ask(bundled: Flask) -> FlaskClient:
    return bundled.test_client()


def page(client: FlaskClient, query: str = "") -> str:
    response = client.get(f"/actions{query}", headers=HEADERS)
    assert response.status_code == 200
    return response.get_data(as_text=True)


def numbers(client: FlaskClient, query: str = "") -> list[int]:
    """The numbers of the rows, from the CSV; and the page has the same ones."""
    text = client.get(f"/actions.csv{query}").get_data(as_text=True)
    found = [int(row["number"]) for row in csv.DictReader(io.StringIO(text))]
    assert [int(n) for n in re.findall(r'<td class="number">(\d+)</td>', page(client, query))] == found
    return found


#: Selections, and the rows that the tables of the document give for them.
SELECTIONS = {
    "": list(range(1, 29)),
    "?body=WGEC": [24],
    "?body=WGEC&body=RKCMC": [2, 24],
    "?body=PTC&programme=PTC-WP&until=2017-12-31": [3, 6, 9],
    "?from=2018-01-01": [4, 5, 20],
    "?from=2017-05-01&until=2017-06-30": [9],
    "?programme=not-stated&chapter=4": [18, 19, 20],
    "?timeframe=not-stated": [16],
    "?timeframe=not-stated&timeframe=recurrent-sessions": [16, 28],
    "?body=open-group&chapter=2": [11, 12],
    "?possibleGoal=5": [21, 22, 23],
    "?goal=not-stated&topic=e-commerce": [24],
    "?words=guiDANce": [4, 5, 6],
    "?instrument=tfa": [11, 12],
    "?body=SEC&body=not-stated&chapter=7": [25, 26, 27, 28],
    "?body=nobody": [],
    "?body=WGEC&chapter=1": [],
}


@pytest.mark.parametrize("query", SELECTIONS)
def test_rows(ask: FlaskClient, query: str) -> None:
    assert numbers(ask, query) == SELECTIONS[query]


@pytest.mark.parametrize("query", [query for query in SELECTIONS if "nobody" not in query])
def test_the_sparql_behind_finds_the_same(ask: FlaskClient, bundled: Flask, query: str) -> None:
    response = ask.get(f"/actions/sparql{query}")
    assert response.status_code == 302
    sparql = parse_qs(urlsplit(response.headers["Location"]).query)["query"][0]
    with bundled.test_request_context():
        table = ask_table(bundled.extensions["ecp_graph"].engine, sparql, timeout_s=60)
    assert [int(row[0].value) for row in table.rows if row[0]] == SELECTIONS[query]


def test_the_csv_is_the_answer_of_the_query(ask: FlaskClient) -> None:
    assert ask.get("/actions.csv").data == ask.get("/api/queries/actions.csv").data
    page_rows = ask.get("/actions.json").get_json(force=True)["results"]["bindings"]
    assert page_rows == ask.get("/api/queries/actions.json").get_json(force=True)["results"]["bindings"]


def test_a_value_that_is_unknown_has_no_sparql(ask: FlaskClient) -> None:
    response = ask.get("/actions/sparql?body=nobody")
    assert response.status_code == 400
    assert "is not an ecp:Body in this graph" in response.get_json()["error"]["message"]


@pytest.mark.parametrize(("order", "first"), [("deadline", [3, 6, 9, 4]), ("chapter", [1, 2, 3, 4]), ("x", [1, 2])])
def test_order(ask: FlaskClient, order: str, first: list[int]) -> None:
    assert numbers(ask, f"?sort={order}")[: len(first)] == first


def test_counts_of_a_facet_follow_the_others(ask: FlaskClient) -> None:
    text = page(ask, "?chapter=6")
    assert re.search(r'value="WGEC">.*?how-many">1<', text, re.DOTALL)
    assert re.search(r'value="PTC" disabled>', text)
    assert re.search(r'value="6" checked>', text)
    assert re.search(r'name="chapter" value="1">', text), "a facet's own choice does not disable its other values"


def test_chips_drop_one_choice_each(ask: FlaskClient) -> None:
    text = page(ask, "?body=PTC&body=SEC&words=new&sort=deadline")
    chips = re.findall(r'class="chip" href="([^"]+)"', text)
    assert [parse_qs(urlsplit(chip.replace("&amp;", "&")).query) for chip in chips] == [
        {"body": ["SEC"], "words": ["new"], "sort": ["deadline"]},
        {"body": ["PTC"], "words": ["new"], "sort": ["deadline"]},
        {"body": ["PTC", "SEC"], "sort": ["deadline"]},
    ]
    assert '<a href="/actions">Clear all</a>' in text
    assert 'class="chip"' not in page(ask)


def test_no_rows_says_what_to_drop(ask: FlaskClient) -> None:
    text = page(ask, "?body=WGEC&chapter=1")
    assert "No action matches all filters." in text
    assert '<a href="/actions?body=WGEC">Remove the chapter</a> <span>1 action</span>' in text
    assert '<a href="/actions?chapter=1">Remove the body</a> <span>9 actions</span>' in text
    assert "Removing a single filter does not help" in page(ask, "?body=x&chapter=y")


def test_blanks_and_unnamed_bodies_are_told_apart(ask: FlaskClient) -> None:
    text = page(ask, "?words=National+Committees")
    assert "other rel" not in text
    text = page(ask, "?words=tailor-made")
    assert '<i class="unnamed">other relevant committees or working groups</i>' in text
    text = page(ask, "?timeframe=not-stated")
    assert '<td><span class="blank">not stated</span></td>' in text


def test_downloads_have_the_rows_of_the_address(ask: FlaskClient) -> None:
    query = "?body=open-group&chapter=2&sort=deadline"
    found = json.loads(ask.get(f"/actions.json{query}").data)
    assert [row["number"]["value"] for row in found["results"]["bindings"]] == ["11", "12"]
    book = openpyxl.load_workbook(io.BytesIO(ask.get(f"/actions.xlsx{query}").data))
    assert [row[0].value for row in book.active.iter_rows()] == ["Number", "11", "12"]
    graph = ox.Store()
    graph.load(ask.get(f"/actions.ttl{query}").data, ox.RdfFormat.TURTLE)
    actions = graph.query("SELECT ?a { ?a a <https://w3id.org/ecp-graph/ontology#Action> } ORDER BY ?a")
    assert [str(row[0].value)[-2:] for row in actions] == ["11", "12"]  # type: ignore[union-attr]
    assert graph.query(
        "ASK { <https://w3id.org/ecp-graph/id/body/tfawg> <http://www.w3.org/2004/02/skos/core#notation> 'TFAWG' }"
    )


def test_a_download_is_told_apart_and_kept(ask: FlaskClient) -> None:
    first = ask.get("/actions.csv?chapter=1")
    assert 'filename="actions.csv"' in first.headers["Content-Disposition"]
    again = ask.get("/actions.csv?chapter=1", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert ask.get("/actions.csv?chapter=2").headers["ETag"] != first.headers["ETag"]


def test_an_unknown_format_is_refused(ask: FlaskClient) -> None:
    response = ask.get("/actions.zip")
    assert response.status_code == 404
    assert response.get_json()["error"]["message"] == (
        "'actions' does not come as .zip, but as .csv, .xlsx, .json, .ttl."
    )


def test_pages_of_rows(releases: Path) -> None:
    client = create_app(Settings(releases=releases, page_rows=10)).test_client()
    text = page(client, "?page=3&sort=deadline")
    assert "Rows 21 to 28, page 3 of 3" in text
    assert 'href="/actions?page=2&amp;sort=deadline" rel="prev"' in text
    assert 'rel="next"' not in text
    assert "page 3 of 3" in page(client, "?page=99")
    assert "page 1 of 3" in page(client, "?page=x")
    assert len(client.get("/actions.csv").data.splitlines()) == 29


@pytest.mark.slow
def test_a_plan_of_many_actions(tmp_path: Path) -> None:
    write_workspace(tmp_path / "long", 1, actions=210)
    workspace = Workspace(tmp_path / "long")
    build(workspace, tmp_path / "releases")
    client = create_app(Settings(releases=tmp_path / "releases", timeout=60)).test_client()
    text = page(client, "?page=3")
    assert "All 210 actions" in text
    assert "Rows 201 to 210, page 3 of 3" in text

    def rows(query: str) -> set[str]:
        return {row["action"] for row in csv.DictReader(io.StringIO(client.get(f"/actions.csv?{query}").text))}

    stated = [quad for path in workspace.data_files for quad in ox.parse(path=str(path))]

    def linked(relation: str, code: str) -> set[str]:
        coded = {quad.subject for quad in stated if quad.object == ox.Literal(code)}
        links = [quad for quad in stated if quad.predicate.value.endswith(relation) and quad.object in coded]
        return {quad.subject.value for quad in links if isinstance(quad.subject, ox.NamedNode)}

    for facet, relation in (("body", "#responsibleBody"), ("programme", "#underProgramme")):
        counts = dict(re.findall(rf'name="{facet}" value="(\w+)".*?how-many">(\d+)<', text, re.DOTALL))
        code, number = next(iter(counts.items()))
        assert rows(f"{facet}={code}") == linked(relation, code)
        assert len(linked(relation, code)) == int(number) > 0
    home = client.get("/", headers=HEADERS).get_data(as_text=True)
    assert home.count('<p class="note">5 actions</p>') == 42
    assert 'href="/doc/action/' not in home.partition('id="the-plan"')[2].partition('class="beside"')[0]


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "‮evil", "{{7*7}}"])
def test_nothing_of_an_address_runs(ask: FlaskClient, text: str) -> None:
    response = ask.get(
        "/actions", query_string={"words": text, "body": text, "from": text, "sort": text}, headers=HEADERS
    )
    shown = response.get_data(as_text=True)
    assert response.status_code == 200
    assert "<script>alert" not in shown
    assert "<img" not in shown
    assert "\u202e" not in shown.partition('class="chips')[2]
