"""Pages stay within bounds on a plan of any size, and say what they leave out; the twin still finds every name."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox
import pytest
from flask import Flask
from flask.testing import FlaskClient

from ecp_graph.build.release import Release
from ecp_graph.engine.embedded import EmbeddedEngine
from ecp_graph.errors import ResultTooLarge
from ecp_graph.namespaces import GRAPH, ID, PREFIXES
from ecp_graph.publishing.twin import crawl as crawling
from ecp_graph.settings import Settings
from ecp_graph.web import create_app
from ecp_graph.web.names import name_of, names
from ecp_graph.web.pages import documents, home
from ecp_graph.web.panels import panel, panel_of_first
from ecp_graph.web.site import EXTENSION
from ecp_graph.web.source import FixedEngine

CUT = "So much is said of it"
MORE = "The plan has more rows than the first"


@pytest.fixture
def app(release: Release) -> Flask:
    return create_app(Settings(releases=release.path.parent, timeout=60))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def text(client: FlaskClient, path: str) -> str:
    return client.get(path, headers={"Accept": "text/html"}).get_data(as_text=True)


def test_a_panel_of_the_first_rows_has_those_and_says_that_there_are_more(app: Flask) -> None:
    with app.test_request_context():
        whole = panel("thing-statements", thing=f"{ID}body/ptc")
        first = panel_of_first("thing-statements", 3, thing=f"{ID}body/ptc")
        all_of_them = panel_of_first("thing-statements", len(whole.rows), thing=f"{ID}body/ptc")
    assert (first.rows, first.is_cut) == (whole.rows[:3], True)
    assert (all_of_them.rows, all_of_them.is_cut, whole.is_cut) == (whole.rows, False, False)


def test_the_page_of_a_thing_is_cut_and_says_so(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert CUT not in text(client, "/doc/body/ptc")
    monkeypatch.setattr(documents, "MOST_STATEMENTS", 5)
    page = text(client, "/doc/body/ptc")
    assert CUT in page
    assert "shows the first 5 statements" in page


def test_the_first_page_is_cut_and_says_so(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MORE not in text(client, "/")
    monkeypatch.setattr(home, "_MOST_ROWS", {"contents": 3})
    assert f"{MORE} 3" in text(client, "/")


def test_a_name_is_found_where_there_are_too_many_to_know(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with app.test_request_context():
        known = name_of(f"{ID}body/ptc")
    app.extensions[EXTENSION].forget()
    with app.test_request_context():
        monkeypatch.setattr("ecp_graph.web.site.PAGE_BYTES", 1_000)
        assert name_of(f"{ID}body/ptc") == known
        assert known not in {"", "id:body/ptc"}
        with pytest.raises(ResultTooLarge):
            names()


@pytest.fixture
def dotted() -> Iterator[FlaskClient]:
    """The twin's app over a thing, and a graph, with names that end as the address of a form does."""
    thing, graph = ox.NamedNode(f"{ID}file/plan.ttl"), ox.NamedNode(f"{GRAPH}scan.nt")
    label = ox.NamedNode(PREFIXES["skos"] + "prefLabel")
    store = ox.Store()
    for where in (ox.DefaultGraph(), graph):
        store.add(ox.Quad(thing, label, ox.Literal("The plan as a file", language="en"), where))
    engine = EmbeddedEngine(store, name="dots")
    app = create_app(Settings(timeout=60), source=FixedEngine(engine, is_fixed=True))
    app.config["TWIN"] = True
    yield app.test_client()
    engine.close()


def test_the_twin_finds_names_that_end_as_forms_do(dotted: FlaskClient) -> None:
    assert "The plan as a file" in text(dotted, "/doc/file/plan.ttl")
    assert dotted.get("/doc/file/plan.ttl.nt").mimetype == "application/n-triples"
    assert dotted.get("/doc/file/other.ttl").status_code == 404
    assert "The plan as a file" in text(dotted, "/graph/scan.nt")
    assert dotted.get("/graph/scan.nt.ttl").mimetype == "text/turtle"


def test_a_process_that_has_grown_lets_go_and_one_that_has_not_keeps(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = app.test_client()
    monkeypatch.setattr(crawling, "_client", client, raising=False)
    kept = app.extensions[EXTENSION]._kept
    client.get("/doc/body/ptc.ttl")
    monkeypatch.setattr(crawling, "_most_bytes", 10**12, raising=False)
    crawling._stay_small()
    assert kept
    monkeypatch.setattr(crawling, "_most_bytes", 1, raising=False)
    crawling._stay_small()
    assert not kept
    assert crawling._most_bytes > 1_000_000
