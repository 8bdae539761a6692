"""Pages stay within bounds on a plan of any size, and say what they leave out; the twin still finds every name."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pyoxigraph as ox
import pytest
from flask import Flask
from flask.testing import FlaskClient

from ecp_graph.engine import Engine, Question
from ecp_graph.engine.embedded import EmbeddedEngine
from ecp_graph.errors import QueryTimeout, ResultTooLarge, WorkerLost
from ecp_graph.namespaces import compact
from ecp_graph.release.release import Release
from ecp_graph.settings import Settings
from ecp_graph.web.app import create_app
from ecp_graph.web.http.errors import ERROR_HEADER
from ecp_graph.web.pages.search.page import TOO_MANY
from ecp_graph.web.serving.warming import warm
from ecp_graph.web.show.names import name_all, name_of, named, names, some_named
from ecp_graph.web.show.panels import panel, panel_of_first
from ecp_graph.web.state.bounds import Bounds
from ecp_graph.web.state.site import EXTENSION
from ecp_graph.web.state.source import FixedEngine
from ecp_graph.workspace import bundled_workspace
from tests.bundled import GRAPH, ID, PREFIXES, with_workspace_file
from tests.watched import Watched

CUT = "This page shows only the first"
MORE = "The plan has more rows than the first"
LEFT_OUT = "It omits"
#: What the queries of those names begin with.
ACTIONS_DUE = "SELECT ?begins ?ends ?number ?title ?bodies"
PLANS = "SELECT ?name ?status ?begins ?ends ?chapters"
GOALS = "SELECT ?number ?title ?activities ?serving"

MakeApp = Callable[..., Flask]


@pytest.fixture
def watched(engine: Engine) -> Watched:
    """The engine over the release, with what it is asked."""
    return Watched(engine)


@pytest.fixture
def make_app(watched: Watched, without_lists: Release) -> MakeApp:
    """Makes an app over the release that has cached nothing, with bounds and settings of its own.

    It asks for everything, as it does of a release without lists and of a store that others run.
    """

    def make(bounds: Bounds | None = None, **settings: object) -> Flask:
        given = Settings(**{"timeout": 60, **settings})  # type: ignore[arg-type]
        return create_app(given, source=FixedEngine.of_release(watched, without_lists), bounds=bounds or Bounds())

    return make


@pytest.fixture
def app(make_app: MakeApp) -> Flask:
    return make_app()


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
def test_a_query_with_a_limit_of_its_own_is_cut_as_well(make_app: MakeApp, tmp_path: Path, own: str) -> None:
    with_workspace_file(tmp_path)
    for name in ("ontology", "data"):
        (tmp_path / name).mkdir()
    queries = shutil.copytree(bundled_workspace().root / "queries", tmp_path / "queries")
    (query,) = queries.rglob("thing-statements.rq")
    query.write_text(f"{query.read_text()}{own}")
    with make_app(workspace=tmp_path).test_request_context():
        first = panel_of_first("thing-statements", 3, thing=f"{ID}body/ptc")
        limited = panel_of_first("thing-statements", 10, thing=f"{ID}body/ptc")
    assert [(len(first.rows), first.is_cut), (len(limited.rows), limited.is_cut)] == [(3, True), (4, False)]


def test_the_page_of_a_thing_is_cut_and_says_so(make_app: MakeApp) -> None:
    assert CUT not in text(make_app().test_client(), "/doc/body/ptc")
    page = text(make_app(Bounds(statements=5)).test_client(), "/doc/body/ptc")
    assert CUT in page
    assert "shows only the first 5 statements" in page


def test_the_first_page_is_cut_and_says_so(make_app: MakeApp) -> None:
    assert MORE not in text(make_app().test_client(), "/")
    assert f"{MORE} 3" in text(make_app(Bounds(contents=3)).test_client(), "/")


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
    problem: Exception, code: str, app: Flask, watched: Watched
) -> None:
    def refuse(question: Question) -> None:
        if ACTIONS_DUE in question.text:
            raise problem

    client = app.test_client()
    assert LEFT_OUT not in text(client, "/")
    app.extensions[EXTENSION].forget()
    watched.asked.clear()
    watched.refuse = refuse
    for _ in range(2):
        response = client.get("/", headers={"Accept": "text/html"})
        page = response.get_data(as_text=True)
        told = page.partition(LEFT_OUT)[2].partition("</p>")[0]
        assert re.findall(r'href="/queries/([\w-]+)"', told) == ["actions-due"]
        assert "What is due" not in page
        assert "The plan" in page
        assert (response.headers[ERROR_HEADER], "ETag" in response.headers) == (code, False)
    assert sum(ACTIONS_DUE in asked for asked in watched.texts) == 1
    watched.refuse = lambda question: None
    assert LEFT_OUT in text(client, "/")
    app.extensions[EXTENSION].forget()
    whole = client.get("/", headers={"Accept": "text/html"})
    assert LEFT_OUT not in whole.get_data(as_text=True)
    assert (ERROR_HEADER in whole.headers, "ETag" in whole.headers) == (False, True)


def test_the_parts_of_the_first_page_share_its_time(
    make_app: MakeApp, watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit_s, clock = 60.0, [0.0]
    monkeypatch.setattr("ecp_graph.web.pages.home.page.time", SimpleNamespace(monotonic=lambda: clock[0]))
    slow: list[tuple[str, bool]] = []

    def refuse(question: Question) -> None:
        found = [name for name in (PLANS, GOALS) if name in question.text]
        if found and question.limit_s:
            slow.append((found[0], question.limit_s > limit_s / 2))
            clock[0] += question.limit_s
            raise QueryTimeout(question.limit_s)

    watched.refuse = refuse
    client = make_app(timeout=limit_s).test_client()
    text(client, "/")
    assert slow == [(PLANS, True), (GOALS, False)]
    slow.clear()
    text(client, "/")
    assert slow == [(GOALS, True)], "the one that had the whole time is not tried again at once"


def slow_names(question: Question) -> None:
    """Let the time limit pass for the query for all names."""
    if "?nameKind" in question.text:
        raise QueryTimeout(question.limit_s or 1)


THINGS = [f"{ID}body/ptc", f"{ID}plan/ptc-work-programme", f"{ID}concept/grade-a", f"{ID}body/none"]
NO_IRIS = ["", "no iri: at all", "a:b c", "<x>"]
FEW_NAMES = Bounds(name_bytes=1_000)


@pytest.mark.parametrize("refusal", [ResultTooLarge, QueryTimeout])
def test_names_are_found_where_there_are_too_many_to_know(
    refusal: type[Exception], make_app: MakeApp, watched: Watched
) -> None:
    with make_app().test_request_context():
        known = [name_of(iri) for iri in THINGS]
        assert list(some_named())
    assert known[-1] == "body:none"
    assert known[0] == "Permanent Technical Committee"
    watched.asked.clear()
    if refusal is QueryTimeout:
        watched.refuse = slow_names
    app = make_app(FEW_NAMES if refusal is ResultTooLarge else Bounds())
    for page in range(3):  # found out once, and one question for a page that knows what it shows
        with app.test_request_context():
            name_all([*THINGS, *NO_IRIS])
            assert [name_of(text) for text in NO_IRIS[:1]] == [""]
            assert [name_of(iri) for iri in THINGS] == known
            with pytest.raises(refusal):
                names()
            assert list(some_named()) == []
        assert len(watched.asked) == 2 + page
    with app.test_request_context():
        assert [name_of(iri) for iri in THINGS] == known
    assert len(watched.asked) == 4 + len(THINGS)


def test_a_page_asks_for_no_more_than_some_names(make_app: MakeApp) -> None:
    few = replace(FEW_NAMES, names_singly=2, names_at_once=2)
    with make_app(few).test_request_context():
        assert [name_of(iri) == compact(iri) for iri in THINGS[:3]] == [False, False, True]
    with make_app(replace(few, names_singly=0)).test_request_context():
        name_all(THINGS[:3])
        assert [name_of(iri) == compact(iri) for iri in THINGS[:3]] == [False, False, True]


@pytest.mark.parametrize("again_s", [300, 0])
def test_names_that_came_too_late_are_asked_for_again(make_app: MakeApp, watched: Watched, again_s: float) -> None:
    app = make_app(Bounds(names_again_s=again_s))
    watched.refuse = slow_names
    with app.test_request_context():
        assert list(some_named()) == []
    watched.refuse = lambda question: None
    with app.test_request_context():
        again = named(THINGS[0])
    asked = [question for question in watched.asked if "?nameKind" in question.text]
    assert (len(asked), bool(again)) == ((1, False) if again_s else (2, True))
    assert not again or again.label == "Permanent Technical Committee"


def test_pages_work_where_there_are_too_many_names(make_app: MakeApp) -> None:
    client = make_app().test_client()
    things = ["/doc/body/ptc", "/doc/action/ecp3-9", "/doc/instrument/tfa", "/doc/passage/pc0457e1/para-9"]
    lists = ["/actions", "/plans", "/bodies", "/instruments", "/validation", "/shapes"]
    paths = ["/", *things, *lists, "/overlap", "/about", "/search"]
    assert all(client.get(path, headers={"Accept": "text/html"}).status_code == 200 for path in paths)
    assert TOO_MANY not in text(client, "/search?q=committee")
    assert "Permanent Technical Committee</a>" in text(client, "/search?q=committee")
    whole = text(client, "/validation")
    fresh = make_app(FEW_NAMES).test_client()
    assert {path: fresh.get(path, headers={"Accept": "text/html"}).status_code for path in paths} == dict.fromkeys(
        paths, 200
    )
    found = text(fresh, "/search?q=overlap")
    assert TOO_MANY in found
    assert "Question <span>" in found
    assert warm(fresh.application)
    links = re.compile(r"<a href=[^>]*>")  # what is shown for a passage is shorter
    assert links.findall(text(fresh, "/validation")) == links.findall(whole)


def test_the_index_says_why_it_has_no_names(make_app: MakeApp) -> None:
    refused = make_app(FEW_NAMES).test_client().get("/search-index.json")
    assert (refused.status_code, refused.get_json()["error"]["code"]) == (400, "result-too-large")
    assert "entries" in make_app().test_client().get("/search-index.json").get_json()


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
