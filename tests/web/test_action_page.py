"""The card of an action says what the graph says: who, when, under what, on what, and what is unclear."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from ecp_graph.engine import Engine
from ecp_graph.engine.asking import ask_table
from ecp_graph.namespaces import using
from ecp_graph.settings import Settings
from ecp_graph.web.app import create_app
from ecp_graph.workspace import bundled_workspace
from tests.bundled import ID, NAMES
from tests.web.conftest import BROWSER

NO_LEAD, NO_TIME = "The document names no lead.", "No time is stated."
#: Under each heading, what the graph has there; the names are those of the card.
FACTS = {
    "Responsible": "ecp:responsibleParty/skos:prefLabel",
    "Involved": "ecp:involvesParty/skos:prefLabel",
    "When": "ecp:timeframe/ecp:timeframeText",
    "Programme": "ecp:underProgramme/skos:prefLabel",
    "Instruments": "ecp:mentionsInstrument/skos:prefLabel",
    "Goals": "(ecp:contributesToGoal|ecp:mayContributeTo)/skos:prefLabel",
}


@pytest.fixture(scope="module")
def client(releases: Path) -> FlaskClient:
    return create_app(Settings(workspace=bundled_workspace().root, releases=releases)).test_client()


@pytest.fixture(scope="module")
def cards(client: FlaskClient) -> dict[int, str]:
    """The pages of all actions by their numbers, without what is folded below."""
    found = {}
    for number in range(1, 29):
        response = client.get(f"/doc/action/ecp3-{number}", headers={"Accept": BROWSER})
        assert response.status_code == 200
        found[number] = html.unescape(response.get_data(as_text=True)).partition('id="as-data"')[0]
    return found


def text_of(markup: str) -> str:
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", markup))


def entries(page: str) -> dict[str, str]:
    """What stands under each heading of the card."""
    return {
        text_of(heading).strip(): text_of(told)
        for heading, told in re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", page, re.DOTALL)
    }


def stated(engine: Engine, number: int, path: str) -> set[str]:
    with using(NAMES):
        rows = ask_table(engine, f"SELECT DISTINCT ?value {{ <{ID}action/ecp3-{number}> {path} ?value }}").rows
    return {row[0].value for row in rows if row[0]}


@pytest.mark.parametrize("heading", FACTS)
def test_a_card_has_what_the_graph_has(heading: str, cards: dict[int, str], engine: Engine) -> None:
    found = 0
    for number in range(1, 29):
        told = entries(cards[number]).get(heading, "")
        expected = stated(engine, number, FACTS[heading])
        assert {name for name in expected if name not in told} == set(), number
        if not expected and told:
            assert told.strip().startswith((NO_TIME, "The plan names no", "It names no", "No goal"))
        found += len(expected)
    assert found > 0


def test_what_is_not_stated_is_said(cards: dict[int, str]) -> None:
    assert [number for number, page in cards.items() if NO_TIME in page] == [16]
    assert all(NO_LEAD in page for page in cards.values())
    open_rows = [number for number, page in cards.items() if "It is open who is meant by" in page]
    assert open_rows == [number for number, page in cards.items() if "bodies that the plan does not name" in page]
    assert len(open_rows) == 12


def test_a_body_that_only_owns_the_programme_is_told_apart(cards: dict[int, str]) -> None:
    told = entries(cards[3])
    assert "TFA Working Group" in told["Not named, but involved through its programme"]
    assert "TFA Working Group" not in told["Responsible"]
    assert "Not named, but involved through its programme" not in entries(cards[16])


def test_overlaps_are_counted_by_cause_and_told_by_kind(cards: dict[int, str], engine: Engine) -> None:
    page = text_of(cards[16])
    assert "This action meets 3 actions: 1 theme" in page
    assert "Related" in page
    assert stated(engine, 16, "^ecp:overlapMember/ecp:overlapKind/skos:prefLabel") == {"related"}
    assert "No other action is known" in text_of(cards[3])


def test_every_finding_on_an_action_has_a_line(cards: dict[int, str], engine: Engine) -> None:
    total = 0
    for number in range(1, 29):
        page = cards[number]
        expected = stated(engine, number, "^ecp:overlapMember")
        shown = re.findall(r'href="/doc/(overlap/action-[^"]+)"', page)
        assert sorted(shown) == sorted(iri.removeprefix(ID) for iri in expected), number
        total += len(shown)
    assert total > 10


def test_checks_and_discrepancies_are_what_is_unclear(cards: dict[int, str]) -> None:
    assert "The plan leaves the time of the action blank." in text_of(cards[16])
    assert "Three rows run under the TFA Working Group’s programme" in text_of(cards[8])
    assert 0 < sum("Nothing was found" in page for page in cards.values()) < 10


def test_the_places_of_a_discrepancy_are_links_to_its_passages(cards: dict[int, str], engine: Engine) -> None:
    path = "^ecp:discrepancyAbout/ecp:discrepancyIn"
    linked = 0
    for number, page in cards.items():
        _, _, unclear = page.partition('id="unclear"')
        for passage in stated(engine, number, path):
            assert f'<a href="/doc/{passage.removeprefix(ID)}">' in unclear, number
            linked += 1
    assert linked > 10
