"""A document is asked for in all its forms at once, from data that were read once, and its files are the server's."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest
from flask import request
from flask.testing import FlaskClient

from ecp_graph.engine import Question
from ecp_graph.errors import QueryTimeout, WorkerLost
from ecp_graph.release.opening import disk_engine
from ecp_graph.release.release import Release
from ecp_graph.settings import Settings
from ecp_graph.twin.once import OnceEngine
from ecp_graph.twin.visit import Visitor
from ecp_graph.web.app import create_app
from ecp_graph.web.pages.search.page import TOO_MANY
from ecp_graph.web.state.bounds import Bounds
from ecp_graph.web.state.source import FixedEngine
from tests.watched import Watched

FORMS = ("ttl", "jsonld", "nt", "rdf", "trig", "nq")
THING = "/doc/body/ptc"
AMPLE = 10**12

MakeVisitor = Callable[..., Visitor]


@pytest.fixture
def settings(release: Release) -> Settings:
    return Settings(releases=release.path.parent, timeout=60)


@pytest.fixture
def engine(release: Release, settings: Settings, tmp_path: Path) -> Iterator[Watched]:
    """The engine of a twin, with the questions that it is asked."""
    engine = Watched(OnceEngine(disk_engine(release, settings), tmp_path / ".answers", limit_s=60))
    yield engine
    engine.close()


@pytest.fixture
def visitor_of(without_lists: Release, settings: Settings, engine: Watched, tmp_path: Path) -> MakeVisitor:
    """Makes a visitor that writes into ``tmp_path``, with bounds of its own and functions to run before a request."""

    def make(bounds: Bounds | None = None, *before: Callable[[], object], most_bytes: int = AMPLE) -> Visitor:
        source = FixedEngine.of_release(engine, without_lists)
        app = create_app(settings, source=source, bounds=bounds or Bounds())
        app.config["TWIN"] = True
        for call in before:
            app.before_request(call)
        return Visitor(app, tmp_path, base_url="https://example.org/", dataset="d.nq.gz", most_bytes=most_bytes)

    return make


def test_a_document_is_read_once_for_all_its_forms(visitor_of: MakeVisitor, engine: Watched, tmp_path: Path) -> None:
    visit = visitor_of().visit(THING)
    written = {path.suffix.lstrip(".") for path in (tmp_path / "doc" / "body").iterdir()}
    assert written == {"html", "svg", *FORMS}
    assert (visit.files, visit.broken) == (8, ())
    assert not [link for link in visit.found if link.startswith(THING + ".")]
    asked = Counter(" ".join(text.split()) for text in engine.texts)
    repeated = {question for question, times in asked.items() if times > 1 and not question.startswith("ASK")}
    assert repeated == set()
    assert len(asked) > 3


def test_the_files_are_those_of_the_server(visitor_of: MakeVisitor, tmp_path: Path, client: FlaskClient) -> None:
    visitor_of().visit(THING)
    for form in FORMS:
        assert (tmp_path / f"{THING[1:]}.{form}").read_bytes() == client.get(f"{THING}.{form}").get_data(), form


def test_one_form_that_fails_is_told(visitor_of: MakeVisitor) -> None:
    visit = visitor_of(None, lambda: ("no", 500) if request.path.endswith(".rdf") else None).visit(THING)
    assert visit.broken == ((f"{THING}.rdf", 500),)
    assert visit.files == 7


def test_a_page_with_too_many_data_says_so(visitor_of: MakeVisitor, tmp_path: Path) -> None:
    visitor = visitor_of(Bounds(page_bytes=1_000))
    visit = visitor.visit("/actions")
    assert (visit.refused, visit.broken, visit.files) == (("/actions",), (), 1)
    assert "larger than" in (tmp_path / "actions.html").read_text()
    assert 'href="dataset.html#downloads"' in (tmp_path / "actions.html").read_text()
    failed = visitor.visit("/api/queries/no-such-question.csv")
    assert (failed.refused, failed.broken, failed.files) == ((), (("/api/queries/no-such-question.csv", 404),), 0)


def test_a_first_page_without_a_part_counts_as_refused(
    visitor_of: MakeVisitor, engine: Watched, tmp_path: Path
) -> None:
    def refuse(question: Question) -> None:
        if "SELECT ?begins ?ends ?number ?title ?bodies" in question.text:  # what is due
            raise WorkerLost(out_of_memory=False)

    assert visitor_of().visit("/").refused == ()
    engine.refuse = refuse
    visit = visitor_of().visit("/")
    assert (visit.refused, visit.broken) == (("/",), ())
    assert "It omits" in (tmp_path / "index.html").read_text()


def test_whatever_is_refused_says_so_in_its_file(visitor_of: MakeVisitor, tmp_path: Path) -> None:
    page, sheet, text = "/queries/names", "/api/queries/names.xlsx", "/api/queries/names.json"
    usual, bounded = visitor_of(), visitor_of(Bounds(page_bytes=1_000))
    for address in (page, sheet):
        assert usual.visit(address).refused == ()
        visit = bounded.visit(address)
        assert (visit.refused, visit.broken) == ((address,), ())
    assert "The answer is larger than" in (tmp_path / "queries" / "names.html").read_text()
    cells = [cell.value for row in openpyxl.load_workbook(tmp_path / sheet[1:]).active.iter_rows() for cell in row]
    assert cells[0] == "problem"
    assert cells[1].startswith("The answer is larger than")
    whole = bounded.visit(text)  # which streams
    assert (whole.refused, whole.broken, whole.files) == ((), (), 1)


def test_a_page_with_a_literal_like_an_iri_needs_no_names(visitor_of: MakeVisitor) -> None:
    visit = visitor_of(Bounds(name_bytes=1_000)).visit("/doc/discrepancy/customs-brokers-kind")
    assert (visit.refused, visit.broken, visit.files) == ((), (), 8)


@pytest.mark.parametrize("is_slow", [False, True])
def test_an_index_of_too_many_names_says_so(
    is_slow: bool, visitor_of: MakeVisitor, engine: Watched, tmp_path: Path
) -> None:
    def refuse(question: Question) -> None:
        if is_slow and "?nameKind" in question.text:
            raise QueryTimeout(60)

    engine.refuse = refuse
    visitor = visitor_of(Bounds() if is_slow else Bounds(name_bytes=1_000))
    visit = visitor.visit("/search-index.json")
    assert (visit.refused, visit.broken, visit.files) == (("/search-index.json",), (), 1)
    told = json.loads((tmp_path / "search-index.json").read_text())
    assert told["error"]["message"].startswith(TOO_MANY)
    page = visitor.visit("/search")
    assert (page.refused, page.broken, page.files) == ((), (), 1)
    assert TOO_MANY in (tmp_path / "search.html").read_text()


def test_an_index_of_the_usual_size_is_whole(visitor_of: MakeVisitor, tmp_path: Path) -> None:
    visitor = visitor_of()
    visit = visitor.visit("/search-index.json")
    assert (visit.refused, visit.broken, visit.files) == ((), (), 1)
    assert len(json.loads((tmp_path / "search-index.json").read_text())["entries"]) > 600
    visitor.visit("/search")
    assert TOO_MANY not in (tmp_path / "search.html").read_text()


@pytest.mark.parametrize("most_bytes", [AMPLE, 1])
def test_a_process_that_has_grown_lets_go_once_and_one_that_has_not_keeps(
    visitor_of: MakeVisitor, engine: Watched, most_bytes: int
) -> None:
    visitor = visitor_of(most_bytes=most_bytes)
    asked = []
    for _ in range(3):
        engine.asked.clear()
        visitor.visit("/actions")
        asked.append(len(engine.asked))
    assert [number > 0 for number in asked] == [True, most_bytes == 1, False]


@pytest.fixture
def client(settings: Settings) -> FlaskClient:
    return create_app(settings).test_client()
