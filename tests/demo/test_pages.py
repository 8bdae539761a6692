"""The pages of overlap between plans, over the demo."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask.testing import FlaskClient

from ecp_graph.settings import Settings
from ecp_graph.web.app import create_app
from ecp_graph.workspace import Workspace
from tests.web.conftest import BROWSER
from tests.web.test_finding import section

from .test_findings import between

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def client(demo: Workspace) -> FlaskClient:
    return create_app(Settings(workspace=demo.root)).test_client()


@pytest.mark.parametrize(
    "finding",
    [
        "action-customs-7--action-ports-b-1--concept-cause-similar-work",
        pytest.param("action-customs-2--action-ports-a-2--concept-cause-similar-work", id="a row of the tables"),
    ],
)
def test_the_parts_of_a_score_add_up(client: FlaskClient, finding: str) -> None:
    told = section(client, finding, "score").partition("Points")[2]
    points = [int(number) for number in re.findall(r"(?<= )-?\d+(?= |$)", told)]
    assert len(points) >= 8
    assert sum(points[:-1]) == points[-1]


def test_a_finding_says_why_and_how_the_two_differ(client: FlaskClient) -> None:
    finding = "action-customs-7--action-ports-b-1--concept-cause-similar-work"
    assert "the objects are the same" in section(client, finding, "for")
    assert "they are for others: customs officers and port guards" in section(client, finding, "against")


def text_of(client: FlaskClient, address: str) -> str:
    response = client.get(address, headers={"Accept": BROWSER})
    assert response.status_code == 200
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.text.partition("<main")[2])).split())


def test_a_cell_of_the_matrix_counts_what_its_page_lists(client: FlaskClient, demo: Workspace) -> None:
    page = client.get("/overlap/plans", headers={"Accept": BROWSER}).text
    cells = re.findall(r'href="/overlap/plans/(\w+)/(\w+)">(\d+) <span class="mark">(\w+)', page)
    assert len(cells) == 6, "each two of three plans, from both sides"
    for one, other, number, kind in cells:
        rows = between(demo, one, other)
        assert int(number) == sum(row["class"] != "possible" for row in rows)
        assert kind == rows[0]["class"]
        text = text_of(client, f"/overlap/plans/{one}/{other}")
        assert all(f"score {row['score']}" in text for row in rows)


def test_what_only_one_plan_has_is_in_no_finding(client: FlaskClient, demo: Workspace) -> None:
    rows = [row for row in between(demo, "customs", "trade") if row["class"] != "possible"]
    text = text_of(client, "/overlap/plans/customs/trade")
    alone = text.partition("In one plan only")[2]
    met = {row["numberA"] for row in rows}
    assert f"of Velmora: {18 - len(met)} of 18 actions" in alone
    assert "Draw up a code of conduct for customs officers" in alone
    assert "Train customs officers in rules of origin" not in alone.partition("Programme de travail")[0]
    assert "Service of Velmora 18 1 0 14 0 1" in alone, "beside it stands what was not understood"


def test_two_plans_without_a_finding_and_plans_that_there_are_not(client: FlaskClient) -> None:
    assert client.get("/overlap/plans/customs/customs", headers={"Accept": BROWSER}).status_code == 404
    missing = client.get("/overlap/plans/customs/nobody", headers={"Accept": BROWSER})
    assert missing.status_code == 404
    assert "There are: " in missing.text


@pytest.mark.parametrize(
    "address", ["/", "/actions", "/overlap/plans/customs/ports", "/doc/action/customs-1", "/check"]
)
def test_every_page_says_that_all_is_made_up(client: FlaskClient, address: str) -> None:
    assert (
        "Velmora, its bodies and its three work programmes are made up"
        in client.get(address, headers={"Accept": BROWSER}).text
    )


def test_no_link_leads_to_nothing(client: FlaskClient) -> None:
    """What the register of another workspace describes has no page here, but is named on pages."""
    page = client.get("/doc/action/customs-18", headers={"Accept": BROWSER}).text
    assert "on the instrument Revised Kyoto Convention" in " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert 'href="None"' not in page


def test_the_briefing_of_a_plan_counts_what_the_page_on_plans_counts(client: FlaskClient) -> None:
    page = client.get("/overlap/plans", headers={"Accept": BROWSER}).text
    cells = re.findall(r'href="/overlap/plans/customs/(\w+)">(\d+) <span', page)
    told = text_of(client, "/brief/plan/customs")
    counted = re.search(r"Its rows have (\d+) findings of overlap with those of (?!\d)(.*?)\. ", told)
    assert counted
    assert sorted(re.findall(r"\((\d+)\)", counted[2])) == sorted(number for _, number in cells)
    assert int(counted[1]) == sum(int(number) for _, number in cells) > 0
    assert "Customs Service of Velmora and Ports Authority of Velmora 2 rows 2 joint" in told


def test_the_search_finds_the_comparison_of_plans(client: FlaskClient) -> None:
    found = client.get("/search.json", query_string={"q": "duplication"}).json
    assert found is not None
    assert "/overlap/plans" in [hit["url"] for hit in found["hits"]]
