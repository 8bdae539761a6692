"""What is asked again while a site is published: answered without the engine, in every format, and refused alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from ecp_graph.engine import NOBODY, Answer, Asker, Engine, Question
from ecp_graph.engine.embedded import EmbeddedEngine
from ecp_graph.errors import QueryTimeout, WorkerLost
from ecp_graph.sparql.formats import FORMATS
from ecp_graph.twin.once import OnceEngine

DATA = b"""
<http://x/a> <http://x/p> 1, 1.50, "two \\"quoted\\"\\n, lines"@en, "<b>&</b>", _:node, "01"^^<http://x/type> .
<http://x/b> <http://x/p> <http://x/a> .
"""
ROWS = "SELECT ?s ?o ?none { ?s <http://x/p> ?o } ORDER BY ?s STR(?o)"


class Counting(Engine):
    """An engine that counts what it is asked, and fails with what it is told to, perhaps in the midst of the answer."""

    def __init__(self) -> None:
        store = ox.Store()
        store.load(DATA, ox.RdfFormat.TURTLE)
        self.inner = EmbeddedEngine(store, name="test")
        self.asked = 0
        self.fails: Exception | None = None

    def answer(self, question: Question, asker: Asker = NOBODY) -> Answer:
        self.asked += 1
        answer = self.inner.answer(question, asker)
        return Answer(answer.kind, answer.format, self._failing(answer.body))

    def _failing(self, body: Iterator[bytes]) -> Iterator[bytes]:
        yield next(body)[:10] if self.fails else b""
        if self.fails:
            raise self.fails
        yield from body

    def describe(self) -> str:
        return "counting"

    def close(self) -> None:
        self.inner.close()


@pytest.fixture
def engine() -> Counting:
    return Counting()


@pytest.fixture(params=["slow", "quick", "small"])
def how(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def once(engine: Engine, folder: Path, how: str) -> OnceEngine:
    """An engine for which every answer is slow, or quick, or quick and small."""
    return OnceEngine(
        engine, folder, limit_s=7, slow_s=0 if how == "slow" else 1_000, small_bytes=10_000 if how == "small" else 0
    )


@pytest.mark.parametrize("query", [ROWS, "ASK { ?s ?p 1 }", "SELECT ?s { ?s <http://x/nothing> 1 }"])
def test_rows_are_the_same_in_every_format(engine: Counting, tmp_path: Path, how: str, query: str) -> None:
    asked = once(engine, tmp_path / "answers", how)
    formats = [fmt.name for fmt in FORMATS if fmt.kind == "table"]
    assert len(formats) >= 4
    for fmt in formats:
        answer = asked.query(query, fmt=fmt)
        body = answer.read()
        assert (fmt, body) == (fmt, engine.inner.query(query, fmt=fmt).read())
        assert (answer.format.name, answer.length) == (fmt, len(body))
    assert engine.asked == (len(formats) if how == "quick" else 1)


def test_a_graph_is_kept_in_each_format(engine: Counting, tmp_path: Path) -> None:
    asked = OnceEngine(engine, tmp_path, limit_s=7, slow_s=0)
    graph = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o . ?s ?p 1 FILTER(isLiteral(?o)) }"
    for _ in range(2):
        for fmt in ("ttl", "nt"):
            assert asked.query(graph, fmt=fmt).read() == Counting().query(graph, fmt=fmt).read()
    assert engine.asked == 2


def test_what_makes_another_question_is_asked(engine: Counting, tmp_path: Path, how: str) -> None:
    asked = once(engine, tmp_path, how)
    hows: list[dict[str, Any]] = [
        {},
        {"labels": "en"},
        {"default_graphs": ["http://x/g"]},
        {"named_graphs": ["http://x/g"]},
    ]
    assert len({asked.answer(Question("SELECT ?s ?o { ?s <http://x/p> ?o }", **how)).read() for how in hows}) == 3
    assert engine.asked == 4


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (lambda: QueryTimeout(7), r"time limit of 7 s"),
        (lambda: WorkerLost(out_of_memory=True), r"exceeded its memory limit"),
    ],
)
def test_what_was_given_up_is_given_up_again(
    engine: Counting, tmp_path: Path, failure: Callable[[], Exception], told: str
) -> None:
    asked, other = (OnceEngine(engine, tmp_path / "answers", limit_s=7) for _ in range(2))
    engine.fails = failure()
    for one, fmt in ((asked, "csv"), (asked, "json"), (other, "xml")):
        with pytest.raises(type(engine.fails), match=told):
            one.query(ROWS, fmt=fmt)
    assert engine.asked == 1
    engine.fails = None
    assert asked.query("SELECT ?s { ?s ?p 1 }", fmt="csv").read() == b"s\r\nhttp://x/a\r\n"


@pytest.mark.parametrize(
    "failure",
    [RuntimeError("once"), WorkerLost(out_of_memory=False), QueryTimeout(6)],
    ids=lambda one: type(one).__name__,
)
def test_another_fault_is_not_kept(engine: Counting, tmp_path: Path, failure: Exception) -> None:
    asked = OnceEngine(engine, tmp_path, limit_s=7)
    engine.fails = failure
    with pytest.raises(type(failure)):
        asked.query(ROWS)
    engine.fails = None
    assert asked.query(ROWS).read()
    assert engine.asked == 2
