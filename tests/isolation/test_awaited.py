"""Queries that an event loop awaits: as bounded as those that a thread waits for, and as cheap to leave."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest

from ecp_graph.engine import never
from ecp_graph.engine.isolation.awaited import AwaitedAnswer, ask_soon
from ecp_graph.engine.isolation.frames import Decoder, frame
from ecp_graph.engine.isolation.places import Places
from ecp_graph.engine.isolation.pool import IsolatedEngine, Limits, order
from ecp_graph.errors import ClientGone, EngineBusy, QueryError, QueryTimeout, WorkerLost

TRIPLES = "".join(f"<http://x/s{n}> <http://x/p> {n} .\n" for n in range(3000))
SHORT = "SELECT ?s { ?s ?p 7 }"
LONG = "SELECT * { ?s ?p ?o }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
HUNGRY = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a ?d ?g ?i"
STREAM = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
LIMIT_S = 2.0
Result = TypeVar("Result")


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[IsolatedEngine]:
    path = tmp_path_factory.mktemp("data") / "data.ttl"
    path.write_text(TRIPLES, encoding="utf-8")
    limits = Limits(timeout_s=LIMIT_S, workers=1, queue=1, memory_bytes=200 * 1024 * 1024)
    engine = IsolatedEngine([path], name="test", union=False, limits=limits)
    yield engine
    engine.close()


def run(coroutine: Callable[[], Awaitable[Result]]) -> Result:
    async def waited() -> Result:
        return await coroutine()

    # In a thread, because a browser that other tests have open keeps an event loop running in this one.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(waited())).result()


async def ask(
    engine: IsolatedEngine, sparql: str, fmt: str = "csv", limit_s: float = LIMIT_S, gone: Callable[[], bool] = never
) -> AwaitedAnswer:
    return await ask_soon(engine, order(sparql, fmt, limit_s, None, None, None), limit_s, gone)


async def whole(engine: IsolatedEngine, sparql: str, fmt: str = "csv") -> bytes:
    answer = await ask(engine, sparql, fmt)
    chunks = [answer.first]
    while (chunk := await answer.more(never)) is not None:
        chunks.append(chunk)
    return b"".join(chunks)


def serves_at_once(engine: IsolatedEngine) -> bool:
    """Whether the only place is free: one more query waits for no other."""
    started = time.monotonic()
    return run(lambda: whole(engine, SHORT)) == b"s\r\nhttp://x/s7\r\n" and time.monotonic() - started < 1


@pytest.mark.parametrize("sparql", [SHORT, LONG, "ASK {}"])
def test_it_answers_as_the_engine_does_for_a_thread(engine: IsolatedEngine, sparql: str) -> None:
    got = run(lambda: whole(engine, sparql, "json"))
    assert got == engine.query(sparql, fmt="json").read()
    assert len(got) > 65_536 or sparql != LONG


def test_a_short_answer_is_whole_at_once_and_tells_its_rows(engine: IsolatedEngine) -> None:
    short, long = run(lambda: ask(engine, SHORT)), run(lambda: whole(engine, LONG))
    assert (short.is_whole, short.facts["rows"], len(long) > len(short.first)) == (True, 1, True)


@pytest.mark.parametrize(
    ("sparql", "problem"),
    [("SELECT", QueryError), (ENDLESS, QueryTimeout), (HUNGRY, WorkerLost)],
)
def test_what_fails_is_told_and_the_next_query_answered(
    engine: IsolatedEngine, sparql: str, problem: type[Exception]
) -> None:
    limit_s = 20 if problem is WorkerLost else LIMIT_S
    started = time.monotonic()
    with pytest.raises(problem):
        run(lambda: ask(engine, sparql, limit_s=limit_s))
    assert time.monotonic() - started < limit_s + 0.5
    assert serves_at_once(engine)


def test_a_client_that_hangs_up_frees_its_worker(engine: IsolatedEngine) -> None:
    started = time.monotonic()
    with pytest.raises(ClientGone):
        run(lambda: ask(engine, ENDLESS, gone=lambda: time.monotonic() > started + 0.2))
    assert time.monotonic() - started < 1
    assert serves_at_once(engine)


def test_past_the_queue_a_query_is_refused_at_once(engine: IsolatedEngine) -> None:
    async def crowd() -> tuple[float, bytes]:
        running = asyncio.ensure_future(ask(engine, ENDLESS, limit_s=1))
        await asyncio.sleep(0.2)
        waiting = asyncio.ensure_future(whole(engine, SHORT))
        await asyncio.sleep(0)
        started = time.monotonic()
        with pytest.raises(EngineBusy):
            await ask(engine, SHORT)
        refused_s = time.monotonic() - started
        with pytest.raises(QueryTimeout):
            await running
        return refused_s, await waiting

    refused_s, answered = run(crowd)
    assert (refused_s < 0.05, answered) == (True, b"s\r\nhttp://x/s7\r\n")


def test_an_answer_that_is_not_read_on_loses_its_worker_at_the_limit(engine: IsolatedEngine) -> None:
    async def leave() -> AwaitedAnswer:
        answer = await ask(engine, STREAM, limit_s=1)
        await asyncio.sleep(1.3)
        return answer

    answer = run(leave)
    assert not answer.is_whole
    with pytest.raises(QueryTimeout):
        run(lambda: answer.more(never))
    assert serves_at_once(engine)


def test_an_answer_that_comes_while_the_loop_is_held_up_is_not_lost(engine: IsolatedEngine) -> None:
    """The look-up is due then, too: it must not throw away what has just been read."""

    async def held_up() -> bytes:
        asking = asyncio.ensure_future(whole(engine, SHORT))
        while engine._places._free:
            await asyncio.sleep(0)
        for _ in range(3):
            await asyncio.sleep(0)
            time.sleep(0.3)
        return await asking

    assert run(held_up) == b"s\r\nhttp://x/s7\r\n"


@pytest.mark.parametrize("at_s", [0.0, 0.05, 0.3])
def test_a_query_that_is_cancelled_frees_its_worker(engine: IsolatedEngine, at_s: float) -> None:
    async def cancel() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(ask(engine, ENDLESS), at_s)
        await asyncio.sleep(0.3)  # the worker is replaced in a thread

    run(cancel)
    assert serves_at_once(engine)


def test_places_go_to_those_who_waited_longest() -> None:
    async def queue() -> list[int]:
        places, got = Places(1, 10), list[int]()

        async def enter(number: int) -> None:
            await places.enter_soon(time.monotonic() + 2, 2, never)
            got.append(number)
            await asyncio.sleep(0.01)
            places.leave()

        await asyncio.gather(*(enter(number) for number in range(6)))
        with pytest.raises(EngineBusy):
            await Places(0, 1).enter_soon(time.monotonic() + 0.05, 0.05, never)
        return got

    assert run(queue) == list(range(6))


def test_a_place_that_comes_to_nobody_is_free_again() -> None:
    async def give_up() -> None:
        places = Places(1, 1)
        await places.enter_soon(time.monotonic() + 1, 1, never)
        with pytest.raises(ClientGone):
            await places.enter_soon(time.monotonic() + 5, 5, lambda: True)
        waiting = asyncio.ensure_future(places.enter_soon(time.monotonic() + 5, 5, never))
        await asyncio.sleep(0.05)
        places.leave()
        waiting.cancel()  # the place has come, and nobody is there to take it
        await asyncio.sleep(0.05)
        await places.enter_soon(time.monotonic() + 1, 1, never)

    run(give_up)


def test_frames_are_read_however_they_are_cut() -> None:
    sent = frame(b"D", b"x" * 300) + frame(b"D") + frame(b"E", b"{}")
    for step in (1, 4, 5, 6, 299, 1000):
        frames, got = Decoder(), list[tuple[bytes, bytes]]()
        for start in range(0, len(sent), step):
            frames.feed(sent[start : start + step])
            while found := frames.next():
                got.append(found)
        assert got == [(b"D", b"x" * 300), (b"D", b""), (b"E", b"{}")]
