"""A workspace that has the register of another one: what that describes has no page here, but is named and linked."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from ecp_graph.cli import cli
from ecp_graph.settings import Settings
from ecp_graph.web.app import create_app
from tests.web.conftest import BROWSER

PLAN = """\
No.,Action,Responsible,Deadline
1,Review the Transit Guidelines,PTC,2031-07
2,Train officers in risk management,PTC; Training Centre,2031-08
3,Translate the Transit Guidelines,Training Centre,next PTC session
"""


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
    both = r'<a href="/sparql\?query=DESCRIBE[^"]*ptc[^"]*">Permanent Technical Committee</a> and '
    assert re.search(both + '<a href="/doc/body/training-centre">Training Centre</a>', meetings)


def test_findings_tell_things_by_their_names(client: FlaskClient) -> None:
    page = client.get("/validation", headers={"Accept": BROWSER}).text
    stated = re.findall(r">Stated in(.*?)</p>", page, re.DOTALL)
    assert stated
    assert not [one for one in stated if re.search(r">\s*(https?:|urn:|graph:)", one)]
    found = page.partition("The text of")[2].partition("</p>")[0]
    text = re.sub("<[^>]+>", "", found)
    assert "time of action 3: next PTC session names Permanent Technical Committee, but" in " ".join(text.split())
