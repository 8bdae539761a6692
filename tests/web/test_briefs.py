"""Pages of bodies and plans, which are their briefings, and the papers at ``/brief/…``."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from docx import Document
from flask.testing import FlaskClient

from ecp_graph.settings import Settings
from ecp_graph.web.app import create_app
from ecp_graph.workspace import bundled_workspace
from tests.web.conftest import BROWSER

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
DATA = '<details class="as-data" id="as-data">'


@pytest.fixture(scope="module")
def client(releases: Path) -> FlaskClient:
    return create_app(Settings(workspace=bundled_workspace().root, releases=releases)).test_client()


def page(client: FlaskClient, path: str) -> str:
    response = client.get(path, headers={"Accept": BROWSER})
    assert response.status_code == 200, path
    return response.get_data(as_text=True)


def test_the_page_of_a_body_is_its_briefing_with_the_statements_below(client: FlaskClient) -> None:
    text = page(client, "/doc/body/ptc")
    briefing, data = text.split(DATA)
    assert "Permanent Technical Committee (PTC)</h1>" in briefing
    assert "3 are due by July 2017" in briefing
    assert '<a href="/doc/action/ecp3-3">3</a>' in briefing
    assert '<a href="/doc/body/tfawg">TFA WG</a>: 3 rows, 1 joint session, 1 theme. TFA WG reports to PTC' in briefing
    assert "No time is stated for row" in briefing
    assert '<a href="/graph/' in briefing or '<a href="/doc/passage/' in briefing, "evidence leads to its passage"
    assert "https://w3id.org/ecp-graph/id/body/ptc" in data


def test_the_page_of_a_plan_is_its_shape(client: FlaskClient) -> None:
    briefing, _ = page(client, "/doc/plan/ecp-action-plan-3").split(DATA)
    for title in ("Its chapters", "Who carries how much", "Its actions by date", "What it says of other plans"):
        assert f">{title}</h2>" in briefing
    assert briefing.count('<a href="/doc/action/ecp3-') > 28
    assert "37 further points" not in briefing, "the page has room for all"


def test_what_runs_under_a_programme_is_said_on_its_page(client: FlaskClient) -> None:
    briefing, _ = page(client, "/doc/plan/ptc-work-programme").split(DATA)
    assert "8 actions of <a href=" in briefing
    assert "Its chapters" not in briefing


def test_a_thing_of_another_class_has_the_general_page(client: FlaskClient) -> None:
    assert "briefing" not in page(client, "/doc/topic/transit")


def test_the_paper_leads_to_the_page_and_to_its_other_forms(client: FlaskClient) -> None:
    text = page(client, "/brief/body/ptc")
    for target in ("/doc/body/ptc", "/brief/body/ptc.docx", "/brief/body/ptc.md", "/brief/brief.css"):
        assert f'="{target}"' in text
        assert client.get(target, headers={"Accept": BROWSER}).status_code == 200


def test_word_and_markdown_are_files_of_their_types(client: FlaskClient) -> None:
    word = client.get("/brief/body/ptc.docx")
    assert word.content_type == WORD
    assert "ptc.docx" in word.headers["Content-Disposition"]
    assert len(Document(io.BytesIO(word.data)).tables) == 2
    assert word.headers["ETag"] == client.get("/brief/body/ptc.docx").headers["ETag"]
    markdown = client.get("/brief/plan/ecp-action-plan-3.md")
    assert markdown.content_type == "text/markdown; charset=utf-8"
    assert markdown.get_data(as_text=True).startswith("# ECP Action Plan for Phase III\n")


@pytest.mark.parametrize("path", ["body/none", "action/ecp3-3", "body/none.docx", "ptc", "body/ptc.pdf"])
def test_what_has_no_briefing_is_not_found_in_a_sentence(client: FlaskClient, path: str) -> None:
    response = client.get(f"/brief/{path}", headers={"Accept": "application/json"})
    assert response.status_code == 404
    assert "Bodies and plans have briefings" in response.get_data(as_text=True)


def test_papers_are_for_reading_only(client: FlaskClient) -> None:
    assert client.post("/brief/body/ptc").status_code == 405
