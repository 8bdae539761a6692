"""Pages over a release read its lists: nothing is asked of the engine, what is long is paged, and nothing is hidden."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ecp_graph.engine import Engine
from ecp_graph.release.release import Release
from ecp_graph.settings import Settings
from ecp_graph.web.app import create_app
from ecp_graph.web.pages.actions.choice import ActionList
from ecp_graph.web.pages.actions.facets import facets_of
from ecp_graph.web.pages.timeline import page as timeline
from ecp_graph.web.pages.timeline.summary import summary_of
from ecp_graph.web.show.panels import panel, panel_of_page
from ecp_graph.web.state.site import EXTENSION
from ecp_graph.web.state.source import FixedEngine
from tests.bundled import ID
from tests.watched import Watched


@pytest.fixture
def watched(engine: Engine) -> Watched:
    return Watched(engine)


@pytest.fixture
def app(watched: Watched, release: Release) -> Flask:
    return create_app(Settings(timeout=60), source=FixedEngine.of_release(watched, release))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def text(client: FlaskClient, path: str) -> str:
    response = client.get(path, headers={"Accept": "text/html"})
    assert response.status_code == 200, path
    return response.get_data(as_text=True)


@pytest.mark.parametrize(
    "path",
    ["/", "/search?q=transit", "/actions?body=PTC", "/timeline", "/overlap", "/overlap/body-instrument",
     "/overlap/body-body/ptc/tfawg", "/overlap/on/instrument/transit-guidelines"],
)  # fmt: skip
def test_lists_and_matrices_are_read_and_not_computed(path: str, client: FlaskClient, watched: Watched) -> None:
    text(client, path)
    heavy = [asked for asked in watched.texts if "ecp:Overlap" in asked or "?nameKind" in asked or "?facet" in asked]
    assert heavy == []


def test_a_page_of_rows_is_counted_and_the_same_as_without_lists(app: Flask) -> None:
    with app.test_request_context():
        whole = panel("overlaps-of-thing", thing=f"{ID}body/ptc")
        first = panel_of_page("overlaps-of-thing", 3, thing=f"{ID}body/ptc")
        by_code = panel_of_page("overlap-bodies", 2, body="PTC")
    assert (first.rows, first.is_cut, first.table.total) == (whole.rows[:3], True, len(whole.rows))
    assert (len(by_code.rows), by_code.table.total > 2) == (2, True)
    app.extensions[EXTENSION].source._current = FixedEngine(
        app.extensions[EXTENSION].source.current().engine, is_fixed=True
    ).current()
    app.extensions[EXTENSION].forget()
    with app.test_request_context():
        asked = panel_of_page("overlaps-of-thing", 3, thing=f"{ID}body/ptc")
    assert (asked.rows, asked.table.total) == (first.rows, first.table.total)


def test_a_long_timeline_is_summed_up_and_paged(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "When the actions are due" not in text(client, "/timeline")
    monkeypatch.setattr(timeline, "_MOST_ROWS", 10)
    pages = [text(client, f"/timeline?by=chapter&page={number}") for number in (1, 2, 3)]
    rows = [re.findall(r'href="/doc/action/[^"]+">', page[page.index('id="as-table"') :]) for page in pages]
    assert [len(found) for found in rows] == [10, 10, 8]
    assert len({row for found in rows for row in found}) == 28
    assert "Rows 11 to 20 of 28, page 2 of 3" in pages[1]
    summary = pages[0][pages[0].index('id="summary"') : pages[0].index('id="as-table"')]
    assert re.search(r'href="/timeline\?[^"]*from=2017-07-01&amp;until=2017-07-31[^"]*">\d', summary)


def test_several_plans_are_a_facet_and_what_a_summary_is_by() -> None:
    stated = [
        {"facet": "plan", "code": "", "name": name, "action": action, "value": f"u:{name}"}
        for name, actions in {"One": ["a", "b"], "Two": ["c"]}.items()
        for action in actions
    ]
    rows = [{"ends": ends, "title": ""} for ends in ("2017-01-31", "", "2019-03-31")]
    facets = facets_of(stated, ["a", "b", "c"], column="action")
    actions = ActionList(None, tuple(rows), None, facets, {}, {})  # type: ignore[arg-type]
    summary = summary_of(actions, [("", (0, 1, 2))], "timeframe")
    assert [column.name for column in summary.columns] == ["2017-01", "2019-03"]
    assert [(row.name, dict(row.counts), row.dateless, row.total) for row in summary.rows] == [
        ("One", {"2017-01": 1}, 1, 2),
        ("Two", {"2019-03": 1}, 0, 1),
    ]
    assert list(facets_of(stated[:2], ["a", "b"], column="action").facets) == [], "one plan tells no actions apart"
