"""What the server makes ready before anyone asks: the main pages then need no query, and crawlers do not undo it."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from ecp_graph.release.opening import release_engine
from ecp_graph.release.release import CURRENT, Release
from ecp_graph.settings import Settings
from ecp_graph.web.app import create_app
from ecp_graph.web.serving.warming import Warming, warm
from ecp_graph.web.state.bounds import Bounds
from ecp_graph.web.state.source import Current, CurrentRelease, FixedEngine
from tests.waiting import wait_for
from tests.watched import Watched

pytestmark = pytest.mark.slow

BROWSER = {"Accept": "text/html"}


@pytest.fixture
def engine(release: Release) -> Iterator[Watched]:
    watched = Watched(release_engine(release))
    yield watched
    watched.close()


@pytest.fixture
def app(engine: Watched, release: Release) -> Flask:
    return create_app(Settings(), source=FixedEngine.of_release(engine, release))


def test_main_pages_ask_nothing_once_they_are_warm(app: Flask, engine: Watched) -> None:
    paths = warm(app)
    assert {"/", "/actions", "/overlap", "/timeline", "/queries", "/ontology", "/search", "/shapes"} <= set(paths)
    assert len(engine.asked) > 20
    engine.asked.clear()
    # the page of a thing stands for all of its kind, and asks for its proofs each time
    for path in (path for path in paths if not path.startswith("/doc/")):
        assert app.test_client().get(path, headers=BROWSER).status_code == 200, path
    assert engine.asked == []


def test_a_cold_page_asks(app: Flask, engine: Watched) -> None:
    assert app.test_client().get("/doc/body/ptc", headers=BROWSER).status_code == 200
    assert len(engine.asked) > 2


def test_a_crawler_does_not_push_the_main_pages_out(engine: Watched, release: Release) -> None:
    app = create_app(Settings(), source=FixedEngine.of_release(engine, release), bounds=Bounds(cached=4))
    warm(app)
    client = app.test_client()
    for path in ("/doc/body/ptc", "/doc/body/sec", "/doc/action/ecp3-3"):
        assert client.get(path, headers=BROWSER).status_code == 200
    engine.asked.clear()
    assert client.get("/doc/body/ptc", headers=BROWSER).status_code == 200
    assert engine.asked, "the pages of things would have been pushed out"
    engine.asked.clear()
    for path in ("/", "/overlap", "/actions"):
        assert client.get(path, headers=BROWSER).status_code == 200
    assert engine.asked == []


def test_changing_data_are_not_asked_for_ahead(engine: Watched) -> None:
    app = create_app(Settings(), source=FixedEngine(engine, is_fixed=False))
    assert warm(app) == []
    assert engine.asked == []


def test_it_warms_at_start_and_for_each_newer_release(releases: Path, tmp_path: Path) -> None:
    folder = tmp_path / "releases"
    shutil.copytree(releases, folder, symlinks=True)
    settings = Settings(releases=folder)
    source = _Counted(folder, settings)
    app = create_app(settings, source=source)
    calls: list[str] = []
    source.when_opened(lambda: calls.append("opened"))
    assert calls == []
    with app.test_request_context("/"):
        assert source.current().version
    assert calls == ["opened"]
    Warming(app).watch()
    _wait_until_warm(app, source)
    # the same release once more is nothing new; another one is
    pointer = folder / CURRENT
    pointer.touch()
    app.test_client().get("/health")
    assert calls == ["opened"]
    source.renamed = "another"
    pointer.touch()
    app.test_client().get("/health")
    wait_for(lambda: calls == ["opened", "opened"])
    _wait_until_warm(app, source)


class _Counted(CurrentRelease):
    """The releases of a folder, of which the one release can be given another name, and what its engine is asked."""

    renamed = ""
    engine: Watched

    def _reopen(self) -> Current:
        found = super()._reopen()
        self.engine = Watched(found.engine)
        return replace(found, version=self.renamed or found.version, engine=self.engine)


def _wait_until_warm(app: Flask, source: _Counted) -> None:
    def is_done() -> bool:
        is_warming = any(thread.name == "warming" for thread in threading.enumerate())
        return len(source.engine.asked) > 20 and not is_warming

    wait_for(is_done)
    source.engine.asked.clear()
    assert app.test_client().get("/", headers=BROWSER).status_code == 200
    assert source.engine.asked == []
