"""The page of a finding: its two sides, what they share, what proves it, as the graph has them."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from ecp_graph.engine import Engine
from ecp_graph.settings import Settings
from ecp_graph.tables.lists.reading import Part
from ecp_graph.web.app import create_app
from ecp_graph.web.pages.finding.waterfall import bars
from ecp_graph.workspace import bundled_workspace
from tests.web.conftest import BROWSER

OF_ACTIONS = "action-ecp3-11--action-ecp3-12--instrument-tfa"
OF_BODIES = "body-ptc--body-tfawg--action-ecp3-3"


@pytest.fixture(scope="module")
def client(releases: Path) -> FlaskClient:
    return create_app(Settings(workspace=bundled_workspace().root, releases=releases)).test_client()


def section(client: FlaskClient, finding: str, name: str) -> str:
    """The text of a section of the page of a finding, without its marks."""
    response = client.get(f"/doc/overlap/{finding}", headers={"Accept": BROWSER})
    assert response.status_code == 200
    found = re.search(rf'<h2 id="{name}">(.*?)</section>', response.text, re.DOTALL)
    assert found, name
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", found[1])).split())


def test_a_finding_on_two_actions_has_them_side_by_side(client: FlaskClient, engine: Engine) -> None:
    text = section(client, OF_ACTIONS, "sides")
    titles = engine.query("SELECT ?t { VALUES ?a { action:ecp3-11 action:ecp3-12 } ?a skos:prefLabel ?t }", fmt="tsv")
    told = re.findall(r'"(.*?)"', titles.read().decode())
    assert len(told) == 2
    assert all(title in text for title in told)
    assert "instrument the same WTO Trade Facilitation Agreement normalised Annex, table row of action 11" in text
    assert "responsible in part the same" in text
    assert re.search(r"action Accredit more", text), "titles that differ are not marked"


def test_a_finding_on_two_bodies_has_the_actions_that_show_it(client: FlaskClient) -> None:
    text = section(client, OF_BODIES, "sides")
    assert "Permanent Technical Committee (PTC) TFA Working Group (TFAWG)" in text
    assert "3 Develop new Transit Guidelines" in text
    assert "8 Refine existing" not in text, "an action of another finding on the two"


@pytest.mark.parametrize(("finding", "passages"), [(OF_ACTIONS, 2), (OF_BODIES, 4)])
def test_each_passage_of_the_proof_is_told(client: FlaskClient, engine: Engine, finding: str, passages: int) -> None:
    text = section(client, finding, "proof")
    asked = f"SELECT ?l {{ overlap:{finding} ecp:statedIn/ecp:readingOf/ecp:locator ?l }}"
    told = re.findall(r'"(.*?)"', engine.query(asked, fmt="tsv").read().decode())
    assert len(told) == passages
    assert all(locator in text for locator in told)


def test_the_statements_are_below(client: FlaskClient) -> None:
    page = client.get(f"/doc/overlap/{OF_ACTIONS}", headers={"Accept": BROWSER}).text
    below = page.partition('id="as-data"')[2]
    assert "has member" in below
    assert f"id/overlap/{OF_ACTIONS}" in below


def test_the_parts_of_a_score_are_told_and_add_up() -> None:
    parts = [Part("activity", 150, "train"), Part("meaning", 300, "both objects"), Part("forbidden", -200, "numbers")]
    drawn = [(bar.begin, bar.length) for bar in bars(parts)]
    assert drawn == [(0, 150), (150, 300), (250, 200)]
    assert bars([]) == []
