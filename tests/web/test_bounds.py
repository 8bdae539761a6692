"""Pages stay within bounds on a plan of any size, and say what they leave out; the twin still finds every name."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pyoxigraph as ox
import pytest
from flask import Flask, g
from flask.testing import FlaskClient

from ecp_graph.engine import Question
from ecp_graph.engine.embedded import EmbeddedEngine
from ecp_graph.errors import QueryTimeout, ResultTooLarge, WorkerLost
from ecp_graph.namespaces import GRAPH, ID, PREFIXES, compact
from ecp_graph.release.release import Release
from ecp_graph.settings import Settings
from ecp_graph.twin import crawl as crawling
from ecp_graph.web.app import create_app
from ecp_graph.web.http.errors import ERROR_HEADER
from ecp_graph.web.pages.documents import page as documents
from ecp_graph.web.pages.home import page as home
from ecp_graph.web.pages.search.page import TOO_MANY
from ecp_graph.web.serving.warming import warm
from ecp_graph.web.show import panels
from ecp_graph.web.show.names import known_names, name_all, name_of, names
from ecp_graph.web.show.panels import panel, panel_of_first
from ecp_graph.web.state.site import EXTENSION
from ecp_graph.web.state.source import FixedEngine

CUT = "This page shows only the first"
MORE = "The plan has more rows than the first"
LEFT_OUT = "It omits"


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


@pytest.mark.parametrize("own", ["LIMIT 4", "limit 4 offset 0\n"])
def test_a_query_with_a_limit_of_its_own_is_cut_as_well(app: Flask, monkeypatch: pytest.MonkeyPatch, own: str) -> None:
    usual = panels.bind
    monkeypatch.setattr(panels, "bind", lambda *given: f"{usual(*given)}\n{own}")
    with app.test_request_context():
        first = panel_of_first("thing-statements", 3, thing=f"{ID}body/ptc")
        limited = panel_of_first("thing-statements", 10, thing=f"{ID}body/ptc")
    assert [(len(first.rows), first.is_cut), (len(limited.rows), limited.is_cut)] == [(3, True), (4, False)]


def test_the_page_of_a_thing_is_cut_and_says_so(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert CUT not in text(client, "/doc/body/ptc")
    monkeypatch.setattr(documents, "MOST_STATEMENTS", 5)
    page = text(client, "/doc/body/ptc")
    assert CUT in page
    assert "shows only the first 5 statements" in page


def test_the_first_page_is_cut_and_says_so(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MORE not in text(client, "/")
    monkeypatch.setattr(home, "_MOST_ROWS", {"contents": 3})
    assert f"{MORE} 3" in text(client, "/")


@pytest.mark.parametrize(
    ("problem", "code"),
    [
        (QueryTimeout(10), "timeout"),
        (ResultTooLarge(10), "result-too-large"),
        (WorkerLost(out_of_memory=True), "out-of-resources"),
        (WorkerLost(out_of_memory=False), "engine-failed"),
    ],
    ids=str,
)
def test_the_first_page_leaves_out_what_takes_too_much_and_says_so(
    problem: Exception, code: str, app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert LEFT_OUT not in text(client, "/")
    app.extensions[EXTENSION].forget()
    tried: list[str] = []
    real = home.panel

    def panel(name: str, **given: str) -> Any:
        if name == "actions-due":
            tried.append(name)
            raise problem
        return real(name, **given)

    monkeypatch.setattr(home, "panel", panel)
    for _ in range(2):
        response = client.get("/", headers={"Accept": "text/html"})
        page = response.get_data(as_text=True)
        told = page.partition(LEFT_OUT)[2].partition("</p>")[0]
        assert re.findall(r'href="/queries/([\w-]+)"', told) == ["actions-due"]
        assert "What is due" not in page
        assert "The plan" in page
        assert (response.headers[ERROR_HEADER], "ETag" in response.headers) == (code, False)
    assert tried == ["actions-due"]
    monkeypatch.setattr(home, "panel", real)
    assert LEFT_OUT in text(client, "/")
    app.extensions[EXTENSION]._kept["given up by the first page"].clear()
    whole = client.get("/", headers={"Accept": "text/html"})
    assert LEFT_OUT not in whole.get_data(as_text=True)
    assert (ERROR_HEADER in whole.headers, "ETag" in whole.headers) == (False, True)


def test_the_parts_of_the_first_page_share_its_time(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = app.extensions[EXTENSION]
    monkeypatch.setattr(here, "settings", replace(here.settings, timeout=0.4))
    asked: list[tuple[str, float]] = []
    real = home.panel

    def panel(name: str, **given: str) -> Any:
        if name not in {"plans-at-a-glance", "goals"}:
            return real(name, **given)
        asked.append((name, g.ask_within_s))
        time.sleep(g.ask_within_s)
        raise QueryTimeout(g.ask_within_s)

    with app.test_request_context():
        for name in home._PANELS:
            real(name, **home._PANELS[name][0])  # kept, so that it takes no time
    monkeypatch.setattr(home, "panel", panel)
    text(client, "/")
    assert [name for name, _ in asked] == ["plans-at-a-glance", "goals"]
    assert asked[0][1] > 0.3
    assert asked[1][1] == home._LEAST_S
    text(client, "/")
    assert [name for name, _ in asked[2:]] == ["goals"], "the one that had the whole time is not tried again at once"
    assert asked[2][1] > 0.3


@pytest.fixture
def asked(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The questions that the engine is asked from now on."""
    questions: list[str] = []
    engine = type(app.extensions[EXTENSION].source.current().engine)
    real = engine.answer

    def noted(self: Any, question: Question, *asker: Any) -> Any:
        questions.append(question.text)
        if "?nameKind" in question.text and question.limit_s and question.limit_s < 1:
            raise QueryTimeout(question.limit_s)
        return real(self, question, *asker)

    monkeypatch.setattr(engine, "answer", noted)
    return questions


def too_large(app: Flask, monkeypatch: pytest.MonkeyPatch) -> type[Exception]:
    monkeypatch.setattr("ecp_graph.web.show.names.MOST_BYTES", 1_000)
    return ResultTooLarge


def too_slow(app: Flask, monkeypatch: pytest.MonkeyPatch) -> type[Exception]:
    here = app.extensions[EXTENSION]
    monkeypatch.setattr(here, "settings", replace(here.settings, timeout=0.9))
    return QueryTimeout


THINGS = [f"{ID}body/ptc", f"{ID}plan/ptc-work-programme", f"{ID}concept/grade-a", f"{ID}body/none"]
NO_IRIS = ["", "no iri: at all", "a:b c", "<x>"]


@pytest.mark.parametrize("bound", [too_large, too_slow])
def test_names_are_found_where_there_are_too_many_to_know(
    bound: Callable[[Flask, pytest.MonkeyPatch], type[Exception]],
    app: Flask,
    asked: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with app.test_request_context():
        known = [name_of(iri) for iri in THINGS]
        assert known_names()
    assert known[-1] == "body:none"
    assert known[0] == "Permanent Technical Committee"
    app.extensions[EXTENSION].forget()
    asked.clear()
    refusal = bound(app, monkeypatch)
    for page in range(3):  # found out once, and one question for a page that knows what it shows
        with app.test_request_context():
            name_all([*THINGS, *NO_IRIS])
            assert [name_of(text) for text in NO_IRIS[:1]] == [""]
            assert [name_of(iri) for iri in THINGS] == known
            with pytest.raises(refusal):
                names()
            assert known_names() == {}
        assert len(asked) == 2 + page
    with app.test_request_context():
        assert [name_of(iri) for iri in THINGS] == known
    assert len(asked) == 4 + len(THINGS)


@pytest.mark.usefixtures("asked")
def test_a_page_asks_for_no_more_than_some_names(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    too_large(app, monkeypatch)
    monkeypatch.setattr("ecp_graph.web.show.names._MOST_SINGLY", 2)
    monkeypatch.setattr("ecp_graph.web.show.names._MOST_AT_ONCE", 2)
    with app.test_request_context():
        assert [name_of(iri) == compact(iri) for iri in THINGS[:3]] == [False, False, True]
    with app.test_request_context():
        name_all(THINGS[:3])
        monkeypatch.setattr("ecp_graph.web.show.names._MOST_SINGLY", 0)
        assert [name_of(iri) == compact(iri) for iri in THINGS[:3]] == [False, False, True]


def test_names_that_came_too_late_are_asked_for_again(
    app: Flask, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = app.extensions[EXTENSION].settings
    with monkeypatch.context() as slow, app.test_request_context():
        too_slow(app, slow)
        assert known_names() == {}
    assert app.extensions[EXTENSION].settings == usual
    with app.test_request_context():
        assert known_names() == {}
    assert len(asked) == 1
    monkeypatch.setattr("ecp_graph.web.show.names._AGAIN_S", 0)
    with app.test_request_context():
        assert known_names()[THINGS[0]].label == "Permanent Technical Committee"
    assert len(asked) == 2


def test_pages_work_where_there_are_too_many_names(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    client = app.test_client()
    paths = ["/", "/doc/body/ptc", "/doc/action/ecp3-9", "/validation", "/shapes", "/overlap", "/actions", "/search"]
    assert all(client.get(path, headers={"Accept": "text/html"}).status_code == 200 for path in paths)
    assert TOO_MANY not in text(client, "/search?q=committee")
    assert "Permanent Technical Committee</a>" in text(client, "/search?q=committee")
    whole = text(client, "/validation")
    app.extensions[EXTENSION].forget()
    too_large(app, monkeypatch)
    fresh = create_app(Settings(releases=app.extensions[EXTENSION].settings.releases, timeout=60)).test_client()
    assert {path: fresh.get(path, headers={"Accept": "text/html"}).status_code for path in paths} == dict.fromkeys(
        paths, 200
    )
    found = text(fresh, "/search?q=overlap")
    assert TOO_MANY in found
    assert "Question <span>" in found
    assert warm(fresh.application)
    links = re.compile(r"<a href=[^>]*>")  # what is shown for a passage is shorter
    assert links.findall(text(fresh, "/validation")) == links.findall(whole)


def test_the_index_says_why_it_has_no_names(app: Flask, asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    too_large(app, monkeypatch)
    refused = app.test_client().get("/search-index.json")
    assert (refused.status_code, refused.get_json()["error"]["code"]) == (400, "result-too-large")
    app.extensions[EXTENSION].forget()
    monkeypatch.undo()
    assert "entries" in app.test_client().get("/search-index.json").get_json()


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
