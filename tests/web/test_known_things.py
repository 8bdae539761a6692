"""A workspace that has the register of another one: what that describes has a page here, as the own things have."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from ecp_graph.cli import cli
from ecp_graph.linked_data.places import iris_at, place_of
from ecp_graph.settings import Settings
from ecp_graph.web.app import create_app
from tests.web.conftest import BROWSER

PLAN = """\
No.,Action,Responsible,Deadline
1,Review the Transit Guidelines,PTC,2031-07
2,Train officers in risk management,PTC; Training Centre,2031-08
3,Translate the Transit Guidelines,Training Centre,next PTC session
"""


OWN = "urn:ecp-graph:harbour:"
#: The page of the committee, whose IRI is one of the bundled workspace.
PTC = "/doc/https/w3id.org/ecp-graph/id/body/ptc"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    folder = tmp_path_factory.mktemp("known")
    (folder / "quays.csv").write_text(PLAN)
    place = str(folder / "harbour")
    for command in (
        ["init", place, "--with", "bundled"],
        ["import", str(folder / "quays.csv"), "--plan", "quays", "--into", place, "--yes"],
        ["build", "--workspace", place],
    ):
        result = CliRunner().invoke(cli, command)
        assert result.exit_code == 0, result.stderr
    return create_app(Settings(workspace=folder / "harbour")).test_client()


def test_no_link_of_the_page_of_an_action_leads_to_nothing(client: FlaskClient) -> None:
    page = client.get("/doc/action/quays-2", headers={"Accept": BROWSER}).text
    meetings = page.partition("Who meets on it")[2].partition("</ul>")[0]
    assert 'href="None' not in page
    both = f'<a href="{PTC}">Permanent Technical Committee</a> and <a href="/doc/body/training-centre">'
    assert both in meetings


@pytest.mark.parametrize("form", ["", ".ttl", ".svg"])
def test_a_copied_thing_has_a_document_of_its_own(client: FlaskClient, form: str) -> None:
    response = client.get(f"{PTC}{form}", headers={"Accept": BROWSER})
    assert response.status_code == 200
    assert "Permanent Technical Committee" in response.text


def test_a_copied_thing_is_shown_with_its_actions_here_and_with_its_evidence(client: FlaskClient) -> None:
    text = client.get(PTC, headers={"Accept": BROWSER}).text
    assert 'href="/doc/action/quays-1"' in text
    assert f'href="{PTC}.ttl"' in text
    readings = set(re.findall(r'href="(/graph/https/w3id.org/[^"]+)"', text))
    assert readings
    assert {client.get(reading, headers={"Accept": BROWSER}).status_code for reading in readings} == {200}
    assert (
        client.get(PTC.replace("/doc/", "/id/"), headers={"Accept": "text/turtle"}).headers["Location"] == f"{PTC}.ttl"
    )
    assert client.get(PTC.replace("/doc/", "/brief/")).status_code == 200


@pytest.mark.parametrize("base", [OWN, "https://w3id.org/ecp-graph/", "http://a.example/x/", "urn:ecp-graph:quay:"])
def test_a_place_leads_back_to_its_iri(base: str) -> None:
    place = place_of(f"{base}id/body/ptc", f"{OWN}id/")
    assert not re.search(r"^/|//|[?#]", place)
    assert f"{base}id/body/ptc" in iris_at(place, f"{OWN}id/")


def test_what_is_not_described_has_no_document(client: FlaskClient) -> None:
    assert client.get(PTC.replace("ptc", "nobody")).status_code == 404


def test_the_sitemap_and_the_list_of_bodies_lead_to_copied_things(client: FlaskClient) -> None:
    assert f"http://localhost{PTC}</loc>" in client.get("/sitemap.xml").text
    assert f'href="{PTC}"' in client.get("/bodies", headers={"Accept": BROWSER}).text


def test_findings_tell_things_by_their_names(client: FlaskClient) -> None:
    page = client.get("/validation", headers={"Accept": BROWSER}).text
    stated = re.findall(r">Stated in(.*?)</p>", page, re.DOTALL)
    assert stated
    assert not [one for one in stated if re.search(r">\s*(https?:|urn:|graph:)", one)]
    found = page.partition("The text of")[2].partition("</p>")[0]
    text = re.sub("<[^>]+>", "", found)
    assert "time of action 3: next PTC session names Permanent Technical Committee, but" in " ".join(text.split())
