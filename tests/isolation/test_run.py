"""The body of an answer as an event loop reads it: as bounded as for a thread, and as cheap to leave."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar, cast

import pytest

from ecp_graph.engine import Answer, Asker, Question, never
from ecp_graph.engine.isolation.frames import Decoder, frame
from ecp_graph.engine.isolation.pool import IsolatedEngine, Limits
from ecp_graph.engine.isolation.run import FIRST_BYTES
from ecp_graph.errors import ClientGone, QueryTimeout, ServerStopping

LONG = "SELECT * { ?s ?p ?o }"
STREAM = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
#: Many rows at once, then one of two kilobytes now and then, for ever: an answer that has begun and is waited for.
SLOW = f"""SELECT ?text {{
  {{ ?s ?p ?o BIND ("{"x" * 200}" AS ?text) }} UNION {{
    ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER (STRENDS(STR(?c + ?f * 7 + ?i * 13), "0000")) BIND ("{"x" * 2000}" AS ?text)
  }}
}}"""
Result = TypeVar("Result")


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[IsolatedEngine]:
    path: Path = tmp_path_factory.mktemp("data") / "data.ttl"
    path.write_text("".join(f"<http://x/s{n}> <http://x/p> {n} .\n" for n in range(3000)), encoding="utf-8")
    limits = Limits(timeout_s=60, workers=1, queue=1, memory_bytes=200 * 1024 * 1024)
    engine = IsolatedEngine([path], name="test", union=False, limits=limits)
    yield engine
    engine.close()


def run(coroutine: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
    # In a thread, because a browser that other tests have open keeps an event loop running in this one.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(coroutine())).result()


async def read(answer: Answer) -> bytes:
    return b"".join([chunk async for chunk in cast("AsyncIterator[bytes]", answer.body)])


def serves(engine: IsolatedEngine) -> bool:
    return engine.query("ASK { <http://x/s1> ?p ?o }", fmt="csv").read() == b"true"


@pytest.mark.parametrize("sparql", ["SELECT ?s { ?s ?p 7 }", LONG])
def test_a_loop_reads_what_a_thread_reads(engine: IsolatedEngine, sparql: str) -> None:
    expected = engine.query(sparql, fmt="json").read()
    answer = engine.query(sparql, fmt="json")
    assert run(lambda: read(answer)) == expected
    assert (answer.length is None) is (len(expected) > FIRST_BYTES) is (sparql == LONG)
    assert answer.facts.get("rows") == expected.count(b'"http://x/s')


def test_the_time_limit_holds_while_a_loop_waits(engine: IsolatedEngine) -> None:
    answer = engine.query(SLOW, fmt="csv", timeout_s=4)
    with pytest.raises(QueryTimeout):
        run(lambda: read(answer))
    assert serves(engine)


def test_the_time_limit_holds_while_nobody_reads(engine: IsolatedEngine) -> None:
    answer = engine.query(STREAM, fmt="csv", timeout_s=4)
    assert serves(engine), "it waits for the one worker"
    with pytest.raises(QueryTimeout):
        run(lambda: read(answer))


@pytest.mark.parametrize("problem", [ClientGone, ServerStopping])
def test_whoever_leaves_while_a_loop_waits_frees_the_worker(engine: IsolatedEngine, problem: type[Exception]) -> None:
    left = threading.Event()

    def gone() -> bool:
        if left.is_set() and problem is ServerStopping:
            raise ServerStopping
        return left.is_set()

    answer = engine.answer(Question(SLOW, "csv"), Asker(gone=gone))
    left.set()
    with pytest.raises(problem):
        run(lambda: read(answer))
    assert serves(engine)


def test_an_answer_that_is_cancelled_frees_its_worker(engine: IsolatedEngine) -> None:
    async def cancel() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(read(engine.answer(Question(SLOW, "csv"), Asker(gone=never))), 0.3)

    run(cancel)
    assert serves(engine)


def test_frames_are_read_however_they_are_cut() -> None:
    sent = frame(b"D", b"x" * 300) + frame(b"D") + frame(b"E", b"{}")
    for step in (1, 4, 5, 6, 299, 1000):
        frames, got = Decoder(), list[tuple[bytes, bytes]]()
        for start in range(0, len(sent), step):
            frames.feed(sent[start : start + step])
            while found := frames.next():
                got.append(found)
        assert got == [(b"D", b"x" * 300), (b"D", b""), (b"E", b"{}")]
