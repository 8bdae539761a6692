"""Pages made for their subject: which things have one, and that all statements are below it."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient

from ecp_graph.engine import Engine
from ecp_graph.engine.asking import ask_table
from ecp_graph.namespaces import ECP, using
from ecp_graph.settings import Settings
from ecp_graph.web.app import create_app
from ecp_graph.web.pages.documents.entity import Entity
from ecp_graph.web.pages.documents.subjects import SUBJECTS, Subject, SubjectPage
from ecp_graph.workspace import bundled_workspace
from tests.bundled import ID, NAMES
from tests.web.conftest import BROWSER

DATA = '<details class="as-data" id="as-data">'


def made_for(of_class: str, *queries: str) -> Subject:
    def make(entity: Entity) -> SubjectPage:
        def finish(response: Response) -> Response:
            response.headers["Made-For"] = of_class
            response.headers["Led-By"] = " ".join(value.text for value in entity.values_of("programmeOf"))
            response.headers["Runs"] = str(len(entity.values_of("underProgramme", "to")))
            return response

        return SubjectPage("documents/subject.html", {}, finish=finish)

    return Subject(ECP + of_class, make, queries)


@pytest.fixture(scope="module")
def settings(releases: Path) -> Settings:
    return Settings(workspace=bundled_workspace().root, releases=releases)


@pytest.fixture(scope="module")
def client(settings: Settings) -> FlaskClient:
    return create_app(settings).test_client()


@pytest.fixture(scope="module")
def planted(settings: Settings) -> Flask:
    """An app with subjects of its own, the most specific first."""
    app = create_app(settings)
    app.extensions[SUBJECTS] = (
        made_for("ActionPlan"),
        made_for("Plan"),
        made_for("Body", "no-such-query"),
        made_for("Instrument", "thing-statements"),
    )
    return app


@pytest.mark.parametrize(
    ("path", "subject"),
    [
        ("plan/ecp-action-plan-3", "ActionPlan"),
        ("plan/ptc-work-programme", "Plan"),
        ("instrument/transit-guidelines", "Instrument"),
        ("body/ptc", ""),
        ("topic/e-commerce", ""),
    ],
)
def test_the_first_subject_that_has_the_class_makes_the_page(planted: Flask, path: str, subject: str) -> None:
    response = planted.test_client().get(f"/doc/{path}", headers={"Accept": BROWSER})
    page = response.get_data(as_text=True)
    assert response.status_code == 200
    assert response.headers.get("Made-For", "") == subject
    assert (DATA in page) == bool(subject)
    assert page.count("<h1") == 1
    assert page.index('id="following"') > page.find(DATA)


def test_data_and_forms_are_below_the_page_of_a_subject(client: FlaskClient) -> None:
    page = client.get("/doc/passage/pc0457e1/para-15", headers={"Accept": BROWSER}).get_data(as_text=True)
    _, folded, data = page.partition(DATA)
    assert folded
    assert "/doc/passage/pc0457e1/para-15.ttl" in data
    assert 'id="stated"' in data


def test_a_subject_reads_the_values_of_a_property_both_ways(planted: Flask) -> None:
    path = "/doc/plan/ptc-work-programme"
    headers = planted.test_client().get(path, headers={"Accept": BROWSER}).headers
    assert headers["Led-By"] == "Permanent Technical Committee (PTC)"
    assert int(headers["Runs"]) > 1


@pytest.mark.parametrize("of_class", ["Action", "Instrument", "SourcePassage"])
def test_a_page_that_nobody_has_asked_for_is_small(of_class: str, client: FlaskClient, engine: Engine) -> None:
    with using(NAMES):
        things = [
            row[0].value for row in ask_table(engine, f"SELECT ?thing {{ ?thing a ecp:{of_class} }}").rows if row[0]
        ]
    assert len(things) > 20
    sizes = []
    for thing in things[:30]:
        response = client.get(f"/doc/{thing.removeprefix(ID)}", headers={"Accept": BROWSER})
        sizes.append(len(gzip.compress(response.get_data())))
        assert response.status_code == 200
    assert max(sizes) < 150_000
