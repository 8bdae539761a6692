"""Pages and commands about several plans: the choice of one, and how visitors come to them."""

from __future__ import annotations

import csv
import html
import io
import re

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from ecp_graph.cli import cli
from ecp_graph.release.release import Release
from ecp_graph.settings import Settings
from ecp_graph.web.app import create_app
from ecp_graph.workspace import Workspace
from tests.web.conftest import BROWSER
from tests.web.listed import pages_linked, unlisted

PLANS = ("north", "south", "west")


@pytest.fixture(scope="module")
def client(workspace: Workspace, release: Release) -> FlaskClient:
    return create_app(Settings(workspace=workspace.root, releases=release.path.parent, timeout=60)).test_client()


def page(client: FlaskClient, path: str) -> str:
    response = client.get(path, headers={"Accept": BROWSER})
    assert response.status_code == 200, path
    return html.unescape(response.get_data(as_text=True))


def printed(workspace: Workspace, release: Release, *arguments: str) -> str:
    where = ("--workspace", str(workspace.root), "--releases", str(release.path.parent))
    done = CliRunner().invoke(cli, [*arguments, *where, "--format", "csv"], catch_exceptions=False)
    assert done.exit_code == 0, done.stderr
    return done.stdout_bytes.decode()


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture(scope="module")
def thing(client: FlaskClient) -> dict[str, str]:
    """What actions of all plans meet on."""
    found = rows(client.get("/api/queries/overlap-on-thing.csv?dimension=action").text)
    found = [row for row in found if re.search("/(instrument|topic)/", row["thing"])]
    often = [row["thing"] for row in found]
    return next(row for row in found if row["thing"] == max(often, key=often.count))


@pytest.mark.parametrize("plan", PLANS)
def test_who_meets_on_a_thing_can_be_limited_to_a_plan(
    plan: str, client: FlaskClient, thing: dict[str, str], workspace: Workspace, release: Release
) -> None:
    kind = "instrument" if "/instrument/" in thing["thing"] else "topic"
    path = f"/overlap/on/{kind}/{thing['thing'].rpartition('/')[2]}"
    every, chosen = page(client, path), page(client, f"{path}?plan={plan}")
    assert re.findall(r'<option value="(\w+)"(?: selected)?>', every[every.index('name="plan"') :])[:3] == list(PLANS)
    assert f'<option value="{plan}" selected>' in chosen
    assert "Only the rows of" in chosen
    assert "Only the rows of" not in every
    given = ("--param", f"thing={thing['thing']}", "--param", "dimension=action")
    listed = rows(printed(workspace, release, "overlap", "on-thing", *given))
    of_plan = rows(printed(workspace, release, "overlap", "on-thing", *given, "--plan", plan))
    assert of_plan == [row for row in listed if f"/{plan}-" in row["memberA"] or f"/{plan}-" in row["memberB"]]
    assert of_plan
    shown = [row["overlap"].rpartition("/")[2] in chosen for row in listed]
    assert sum(shown) == len(of_plan)


def test_a_plan_leaves_fewer_pairs_on_the_page_and_in_the_list(client: FlaskClient, thing: dict[str, str]) -> None:
    counts = [
        len(rows(client.get(f"/api/queries/overlap-on-thing.csv?dimension=action&thing={thing['thing']}{more}").text))
        for more in ("", "&plan=west")
    ]
    assert counts[0] > counts[1] > 0


@pytest.mark.parametrize("pair", ["action-action", "body-body", "body-topic"])
def test_a_matrix_of_a_plan_has_the_same_numbers_on_its_page_and_from_the_command(
    pair: str, client: FlaskClient, workspace: Workspace, release: Release
) -> None:
    told = {plan: printed(workspace, release, "overlap", pair, "--plan", plan) for plan in PLANS}
    for plan, text in told.items():
        assert text == client.get(f"/overlap/{pair}.csv?plan={plan}").text
    assert len(set(told.values())) > 1


def test_a_plan_without_actions_is_refused(workspace: Workspace, release: Release) -> None:
    where = ("--workspace", str(workspace.root), "--releases", str(release.path.parent))
    done = CliRunner().invoke(cli, ["overlap", "body-body", "--plan", "nonsense", *where])
    assert done.exit_code == 2
    assert "'nonsense' is not valid for 'plan'" in done.stderr


def test_the_findings_behind_the_matrix_of_a_plan_are_listed(client: FlaskClient) -> None:
    address = re.search(
        r'href="(/api/queries/overlap-actions\.csv\?[^"]*)"', page(client, "/overlap/action-action?plan=west")
    )
    assert address
    found = rows(client.get(address[1]).text)
    assert found
    assert all("Western Lights" in (row["planA"], row["planB"]) for row in found)


def test_visitors_find_the_pages_about_several_plans(client: FlaskClient) -> None:
    listed = client.get("/sitemap.xml").text
    for path in ("/overlap/plans", "/check"):
        assert f"{path}</loc>" in listed
        page(client, path)
    assert len(pages_linked(client)) > 10
    assert unlisted(client) == set()
