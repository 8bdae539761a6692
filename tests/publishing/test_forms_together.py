"""A document is asked for in all its forms at once, from data that were read once, and its files are the server's."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from flask.testing import FlaskClient

from ecp_graph.engine import Answer, Asker, Question
from ecp_graph.errors import WorkerLost
from ecp_graph.release.release import Release
from ecp_graph.twin import crawl as crawling
from ecp_graph.twin import publish as publishing
from ecp_graph.twin.once import OnceEngine
from ecp_graph.web.pages.home import page as home
from ecp_graph.web.pages.search.page import TOO_MANY
from ecp_graph.web.state.site import EXTENSION
from ecp_graph.workspace import bundled_workspace

FORMS = ("ttl", "jsonld", "nt", "rdf", "trig", "nq")
THING = "/doc/body/ptc"


@pytest.fixture
def asked(release: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter[str]]:
    """The questions that the engine is asked, with this process made one that crawls into ``tmp_path``."""
    questions: Counter[str] = Counter()
    real = OnceEngine.answer

    def counted(self: OnceEngine, question: Question, *asker: Asker) -> Answer:
        questions[" ".join(question.text.split())] += 1
        return real(self, question, *asker)

    monkeypatch.setattr(OnceEngine, "answer", counted)
    monkeypatch.setattr(crawling.os, "nice", lambda _: 0)
    monkeypatch.setattr(crawling.signal, "signal", lambda *_: None)
    app = publishing._app(release, bundled_workspace(), tmp_path / ".answers", 60)
    crawling._set_up(lambda: app, tmp_path, "https://example.org/", "d.nq.gz")
    yield questions
    app.extensions[EXTENSION].source.current().engine.close()


def test_a_document_is_read_once_for_all_its_forms(asked: Counter[str], tmp_path: Path) -> None:
    visit = crawling._visit(THING)
    written = {path.suffix.lstrip(".") for path in (tmp_path / "doc" / "body").iterdir()}
    assert written == {"html", *FORMS}
    assert (visit.files, visit.broken) == (7, ())
    assert not [link for link in visit.found if link.startswith(THING + ".")]
    repeated = {question for question, times in asked.items() if times > 1 and not question.startswith("ASK")}
    assert repeated == set()
    assert len(asked) > 3


@pytest.mark.usefixtures("asked")
def test_the_files_are_those_of_the_server(tmp_path: Path, client: FlaskClient) -> None:
    crawling._visit(THING)
    for form in FORMS:
        assert (tmp_path / f"{THING[1:]}.{form}").read_bytes() == client.get(f"{THING}.{form}").get_data(), form


@pytest.mark.usefixtures("asked")
def test_one_form_that_fails_is_told() -> None:
    app = crawling._client.application
    app.before_request(lambda: ("no", 500) if crawling_path().endswith(".rdf") else None)
    visit = crawling._visit(THING)
    assert visit.broken == ((f"{THING}.rdf", 500),)
    assert visit.files == 6


def test_a_page_with_too_many_data_says_so(
    asked: Counter[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ecp_graph.web.state.site.PAGE_BYTES", 1_000)
    visit = crawling._visit("/actions")
    assert (visit.refused, visit.broken, visit.files) == (("/actions",), (), 1)
    assert "larger than" in (tmp_path / "actions.html").read_text()
    assert 'href="dataset.html#downloads"' in (tmp_path / "actions.html").read_text()
    failed = crawling._visit("/api/queries/no-such-question.csv")
    assert (failed.refused, failed.broken, failed.files) == ((), (("/api/queries/no-such-question.csv", 404),), 0)


@pytest.mark.usefixtures("asked")
def test_a_first_page_without_a_part_counts_as_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert crawling._visit("/").refused == ()
    crawling._client.application.extensions[EXTENSION].forget()
    real = home.panel

    def panel(name: str, **given: str) -> object:
        if name == "actions-due":
            raise WorkerLost(out_of_memory=False)
        return real(name, **given)

    monkeypatch.setattr(home, "panel", panel)
    visit = crawling._visit("/")
    assert (visit.refused, visit.broken) == (("/",), ())
    assert "It omits" in (tmp_path / "index.html").read_text()


@pytest.mark.usefixtures("asked")
def test_whatever_is_refused_says_so_in_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page, sheet, text = "/queries/names", "/api/queries/names.xlsx", "/api/queries/names.json"
    for address in (page, sheet):
        assert crawling._visit(address).refused == ()
    crawling._client.application.extensions[EXTENSION].forget()
    monkeypatch.setattr("ecp_graph.web.state.site.PAGE_BYTES", 1_000)
    for address in (page, sheet):
        visit = crawling._visit(address)
        assert (visit.refused, visit.broken) == ((address,), ())
    assert "The answer is larger than" in (tmp_path / "queries" / "names.html").read_text()
    cells = [cell.value for row in openpyxl.load_workbook(tmp_path / sheet[1:]).active.iter_rows() for cell in row]
    assert cells[0] == "problem"
    assert cells[1].startswith("The answer is larger than")
    whole = crawling._visit(text)  # which streams
    assert (whole.refused, whole.broken, whole.files) == ((), (), 1)


@pytest.mark.usefixtures("asked")
def test_a_page_with_a_literal_like_an_iri_needs_no_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ecp_graph.web.show.names.MOST_BYTES", 1_000)
    visit = crawling._visit("/doc/discrepancy/customs-brokers-kind")
    assert (visit.refused, visit.broken, visit.files) == ((), (), 7)


@pytest.mark.parametrize("timeout_s", [600, 0.000_001])
def test_an_index_of_too_many_names_says_so(
    timeout_s: float, asked: Counter[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = crawling._client.application.extensions[EXTENSION]
    if timeout_s == 600:
        monkeypatch.setattr("ecp_graph.web.show.names.MOST_BYTES", 1_000)
    else:
        monkeypatch.setattr(here, "settings", replace(here.settings, timeout=timeout_s))
    visit = crawling._visit("/search-index.json")
    assert (visit.refused, visit.broken, visit.files) == (("/search-index.json",), (), 1)
    told = json.loads((tmp_path / "search-index.json").read_text())
    assert told["error"]["message"].startswith(TOO_MANY)
    monkeypatch.setattr(here, "settings", replace(here.settings, timeout=600))
    page = crawling._visit("/search")
    assert (page.refused, page.broken, page.files) == ((), (), 1)
    assert TOO_MANY in (tmp_path / "search.html").read_text()


@pytest.mark.usefixtures("asked")
def test_an_index_of_the_usual_size_is_whole(tmp_path: Path) -> None:
    visit = crawling._visit("/search-index.json")
    assert (visit.refused, visit.broken, visit.files) == ((), (), 1)
    assert len(json.loads((tmp_path / "search-index.json").read_text())["entries"]) > 600
    crawling._visit("/search")
    assert TOO_MANY not in (tmp_path / "search.html").read_text()


def crawling_path() -> str:
    from flask import request

    return request.path


@pytest.fixture
def client(release: Release) -> FlaskClient:
    from ecp_graph.settings import Settings
    from ecp_graph.web.app import create_app

    return create_app(Settings(releases=release.path.parent, timeout=60)).test_client()
