"""The indexes of bodies, instruments and plans: what they list is what the graph has, chosen as the address says."""

from __future__ import annotations

import csv
import html
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ecp_graph.engine import Engine
from ecp_graph.engine.asking import ask_table
from ecp_graph.namespaces import using
from ecp_graph.pipeline import build
from ecp_graph.settings import Settings
from ecp_graph.web.app import create_app
from ecp_graph.workspace import bundled_workspace
from tests.bundled import ID, NAMES
from tests.web.conftest import BROWSER
from tests.worlds import world


def app_of(workspace: Path, releases: Path, **settings: int) -> Flask:
    return create_app(Settings(workspace=workspace, releases=releases, **settings))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def client(releases: Path) -> FlaskClient:
    return app_of(bundled_workspace().root, releases).test_client()


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A client of a site with several plans."""
    releases = tmp_path_factory.mktemp("several")
    assert build(world("real"), releases).release is not None
    return app_of(world("real").root, releases).test_client()


def page(client: FlaskClient, path: str) -> str:
    response = client.get(path, headers={"Accept": BROWSER})
    assert response.status_code == 200
    return html.unescape(response.get_data(as_text=True))


def rows(client: FlaskClient, path: str) -> list[dict[str, str]]:
    return list(csv.DictReader(client.get(path).get_data(as_text=True).splitlines()))


def linked(page: str) -> list[str]:
    """The things that the rows of a page lead to."""
    return re.findall(r'<td class="name"><a href="/doc/([^"]+)"', page)


def asked(engine: Engine, query: str) -> dict[str, str]:
    with using(NAMES):
        return {row[0].value: row[1].value for row in ask_table(engine, query).rows if row[0] and row[1]}


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("bodies", "SELECT ?x (COUNT(DISTINCT ?a) AS ?n) { ?a a ecp:Action ; ecp:responsibleBody ?x } GROUP BY ?x"),
        (
            "instruments",
            "SELECT ?x (COUNT(DISTINCT ?a) AS ?n) { ?a a ecp:Action ; ecp:concernsInstrument ?x } GROUP BY ?x",
        ),
        ("plans", "SELECT ?x (COUNT(DISTINCT ?a) AS ?n) { ?a a ecp:Action ; ecp:belongsToPlan ?x } GROUP BY ?x"),
    ],
)
def test_an_index_counts_the_actions_of_each(name: str, query: str, client: FlaskClient, engine: Engine) -> None:
    expected = asked(engine, query)
    listed = rows(client, f"/{name}.csv")
    assert {row["iri"]: row["actions"] for row in listed if row["actions"] not in ("", "0")} == expected
    assert len(expected) > 0
    assert linked(page(client, f"/{name}")) == [row["iri"].removeprefix(ID) for row in listed]
    assert f"All {len(listed)} {name}" in page(client, f"/{name}")


def test_every_instrument_and_plan_is_listed(client: FlaskClient, engine: Engine) -> None:
    for name, kind in (("instruments", "Instrument"), ("plans", "Plan")):
        expected = asked(engine, f"SELECT ?x ?n {{ ?x a ecp:{kind} ; skos:prefLabel ?n }}")
        assert {row["iri"]: row["name"] for row in rows(client, f"/{name}.csv")} == expected


def test_bodies_meet_on_causes_and_the_secretariat_is_left_out(client: FlaskClient) -> None:
    listed = {row["code"]: row for row in rows(client, "/bodies.csv")}
    assert (listed["PTC"]["others"], listed["PTC"]["causes"]) == ("3", "4 rows, 1 joint session, 2 themes")
    assert (listed["TFA WG"]["kind"], listed["IMSC"]["kind"]) == ("working group", "sub-committee")
    assert listed["SEC"]["others"] == ""
    assert listed["PSCG"]["others"] == "0"


def test_the_address_chooses_rows_and_order(client: FlaskClient) -> None:
    assert linked(page(client, "/bodies?words=tfa+wg")) == ["body/tfawg"]
    assert len(linked(page(client, "/bodies?kind=working+group"))) == 3
    assert linked(page(client, "/bodies?sort=others"))[0] == "body/ptc"
    names = [row["name"] for row in rows(client, "/instruments.csv?sort=name")]
    assert names == sorted(names, key=str.casefold)
    assert "Nothing matches." in page(client, "/bodies?words=nobody")


@pytest.mark.parametrize("given", ["plan=nonsense", "kind=nonsense", "sort=nonsense"])
def test_an_unknown_value_is_refused_with_a_sentence(given: str, client: FlaskClient) -> None:
    for address in (f"/bodies?{given}", f"/bodies.csv?{given}"):
        response = client.get(address)
        assert response.status_code == 400
        assert "'nonsense' is not valid for" in response.get_json()["error"]["message"]
    assert client.get("/bodies.docx").status_code == 404


def test_with_several_plans_the_plan_is_a_column_and_a_choice(several: FlaskClient, client: FlaskClient) -> None:
    whole = page(several, "/bodies")
    keys = re.findall(r'<option value="([^"]+)"', whole.partition('id="plan"')[2].partition("</select>")[0])
    assert len(keys) == 2
    assert "In the plans" in whole
    assert "In the plans" not in page(client, "/bodies")
    total = 0
    for key in keys:
        chosen = [row for row in rows(several, f"/bodies.csv?plan={key}") if row["actions"] != "0"]
        assert linked(page(several, f"/bodies?plan={key}")) == linked_of(chosen)
        assert all(row["plans"] for row in chosen)
        total += len(chosen)
    assert total > 1


def linked_of(chosen: list[dict[str, str]]) -> list[str]:
    return [row["iri"].partition("id/")[2] for row in chosen]


def test_many_rows_come_in_pages_and_all_of_them_in_the_file(releases: Path) -> None:
    few = app_of(bundled_workspace().root, releases, page_rows=10).test_client()
    first, last = page(few, "/instruments"), page(few, "/instruments?page=4")
    assert "page 1 of 4" in first
    assert (len(linked(first)), len(linked(last))) == (10, 4)
    assert len(rows(few, "/instruments.csv")) == 34
    few.application.config["TWIN"] = True
    assert len(linked(page(few, "/instruments?twin"))) == 34


def test_the_sitemap_and_the_navigation_have_them(client: FlaskClient) -> None:
    actions, sitemap = page(client, "/actions"), client.get("/sitemap.xml").get_data(as_text=True)
    for name in ("bodies", "instruments", "plans"):
        assert f'href="/{name}"' in actions
        assert f"/{name}</loc>" in sitemap


def test_rows_of_several_plans_say_of_which_plan_they_are(several: FlaskClient, client: FlaskClient) -> None:
    actions, timeline = page(several, "/actions"), page(several, "/timeline")
    names = [row["name"] for row in rows(several, "/plans.csv") if row["actions"]]
    assert len(names) == 2
    told = {name: actions.count(f'title="{name}"') for name in names}
    assert told == {row["name"]: int(row["actions"]) for row in rows(several, "/plans.csv") if row["actions"]}
    assert all(f">{name}</" in timeline for name in names), "a heading of its rows"
    assert '<option value="plan" selected>' in timeline
    assert '<option value="timeframe" selected>' in page(client, "/timeline")


def test_over_plain_files_there_are_none(releases: Path) -> None:
    bare = create_app(Settings(releases=releases), with_catalogue=False).test_client()
    for name in ("bodies", "instruments", "plans"):
        assert bare.get(f"/{name}").status_code == bare.get(f"/{name}.csv").status_code == 404
    assert bare.get("/about", headers={"Accept": BROWSER}).status_code == 200
