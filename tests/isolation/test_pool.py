"""Queries in workers: bounded, replaced, and gone when the engine is."""

from __future__ import annotations

import gc
import itertools
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyoxigraph as ox
import pytest

from ecp_graph.engine import Asker, Question
from ecp_graph.engine.isolation import run
from ecp_graph.engine.isolation.pool import IsolatedEngine, Limits
from ecp_graph.errors import ClientGone, EngineBusy, InputSyntaxError, QueryError, QueryTimeout, WorkerLost
from ecp_graph.web.http.errors import status_of
from tests.waiting import wait_for

from .asking import ENDLESS, HUNGRY, STREAM, answers, children


def test_an_answer_tells_its_rows_and_its_time(engine: IsolatedEngine) -> None:
    answer = engine.query("SELECT ?s { ?s ?p ?o }", fmt="tsv")
    assert len(answer.read().splitlines()) == 3001
    assert answer.facts["rows"] == 3000
    assert "query_ms" in answer.facts


def test_a_small_answer_is_complete_and_a_large_one_streams(engine: IsolatedEngine) -> None:
    small = engine.query("SELECT ?s { ?s ?p 1 }", fmt="csv")
    assert small.length == len(small.read())
    large = engine.query("SELECT * { ?s ?p ?o }", fmt="json")
    assert large.length is None
    assert len(large.read()) > 200_000


def test_a_large_graph_streams_as_turtle_without_prefixes(data: Path) -> None:
    limits = Limits(timeout_s=60, workers=1)
    engine = IsolatedEngine([data], name="test", union=False, limits=limits)
    query = "CONSTRUCT { ?s <http://x/p> ?n } WHERE { ?s <http://x/p> ?o VALUES ?n { %s } }"
    try:
        small = engine.query(query % "1 2", fmt="ttl")
        assert len(list(ox.parse(small.read(), ox.RdfFormat.TURTLE))) == 6000
        many = " ".join(str(number) for number in range(100))
        for fmt, syntax in (("ttl", ox.RdfFormat.TURTLE), ("trig", ox.RdfFormat.TRIG), ("rdf", ox.RdfFormat.RDF_XML)):
            large = engine.query(query % many, fmt=fmt)
            assert (fmt, large.length) == (fmt, None)
            assert sum(1 for _ in ox.parse(large.read(), syntax)) == 300_000
    finally:
        engine.close()


@pytest.mark.parametrize("query", [ENDLESS, STREAM])
def test_a_query_is_killed_at_its_limit_and_the_next_one_answered(engine: IsolatedEngine, query: str) -> None:
    before = children()
    with pytest.raises(QueryTimeout):
        engine.query(query, fmt="csv", timeout_s=0.5).read()
    assert answers(engine)
    wait_for(lambda: len(children()) <= len(before))
    assert children() != before, "the worker that overran is another one now"


def test_a_query_that_wants_too_much_memory_ends_its_worker_alone(engine: IsolatedEngine) -> None:
    with pytest.raises(WorkerLost, match="memory"):
        engine.query(HUNGRY).read()
    assert answers(engine)


def test_a_fault_of_the_engine_is_told_as_one(engine: IsolatedEngine) -> None:
    """A worker that ends by another signal than those of memory and time."""
    workers = {worker.pid for worker in engine.worker_pool.idle}
    with ThreadPoolExecutor(1) as thread:
        asked = thread.submit(engine.query, ENDLESS)
        wait_for(lambda: len(engine.worker_pool.idle) < len(workers))
        (busy,) = workers - {worker.pid for worker in engine.worker_pool.idle}
        os.kill(busy, signal.SIGFPE)
        with pytest.raises(WorkerLost) as failure:
            asked.result()
    assert not failure.value.out_of_memory
    assert "memory" not in str(failure.value)
    assert status_of(failure.value) == (503, "engine-failed")
    assert answers(engine)


def test_the_parser_overflows_no_stack_but_that_of_a_worker(engine: IsolatedEngine) -> None:
    with pytest.raises((WorkerLost, QueryError, QueryTimeout)):
        engine.query("SELECT * " + "{" * 200_000 + "}" * 200_000, timeout_s=2).read()
    assert answers(engine)


def test_a_malformed_query_keeps_its_worker(engine: IsolatedEngine) -> None:
    before = children()
    with pytest.raises(QueryError) as caught:
        engine.query("SELECT * {\n ?s foo:p ?o }")
    assert (caught.value.line, caught.value.column) == (2, 5)
    assert answers(engine)
    assert children() == before


def test_a_client_that_hangs_up_frees_its_worker(engine: IsolatedEngine) -> None:
    looks = itertools.count()
    with pytest.raises(ClientGone):  # and not at the limit, as a timeout
        engine.answer(Question(ENDLESS), Asker(gone=lambda: next(looks) > 2))
    assert answers(engine)


def test_past_the_queue_a_query_is_refused_at_once(engine: IsolatedEngine) -> None:
    waiting, left = set[int](), threading.Event()

    def ask(number: int) -> None:
        def gone() -> bool:  # whoever waits, for a slot or for an answer, is asked for it
            waiting.add(number)
            return left.is_set()

        engine.answer(Question(ENDLESS), Asker(gone=gone))

    with ThreadPoolExecutor() as threads:
        both = [threads.submit(ask, number) for number in range(2)]
        wait_for(lambda: len(waiting) == 2)
        with pytest.raises(EngineBusy, match="all query slots are in use") as refused:
            engine.query("ASK {}")
        assert refused.value.waited_s == 0
        left.set()
        assert {type(one.exception()) for one in both} == {ClientGone}
    assert answers(engine)


def test_an_answer_that_nobody_reads_gives_its_worker_back(engine: IsolatedEngine) -> None:
    answer = engine.query("SELECT * { ?s ?p ?o }", fmt="json")
    assert answer.length is None
    del answer
    gc.collect()
    assert answers(engine)


def test_an_answer_that_is_not_read_on_loses_its_worker_at_the_limit(engine: IsolatedEngine) -> None:
    answer = engine.query(STREAM, fmt="json", timeout_s=3)
    assert next(answer.body)
    assert answers(engine), "which waits for the one worker, though nobody has come for the rest"
    with pytest.raises(QueryTimeout):
        answer.read()


def test_a_process_ends_though_it_has_not_read_an_answer(data: Path) -> None:
    code = f"""
from ecp_graph.engine.isolation.pool import IsolatedEngine
from ecp_graph.namespaces import using
from ecp_graph.workspace import bundled_workspace
if __name__ == "__main__":
    with using(bundled_workspace().names):
        engine = IsolatedEngine([{str(data)!r}], name="test", union=False)
        answer = engine.query({STREAM!r})
"""
    assert subprocess.run([sys.executable, "-c", code], timeout=120, check=False).returncode == 0


def test_memory_that_runs_out_in_python_is_told_like_the_engines(data: Path) -> None:
    code = """
import json, os, socket, sys
import pyoxigraph as ox
from ecp_graph.engine import Question
from ecp_graph.engine.isolation import worker
from ecp_graph.engine.merge import Stores
def evaluate(*_, **__):
    raise MemoryError
worker.evaluate = evaluate
here, _ = socket.socketpair()
worker._answer(here, Stores(ox.Store()), Question("", "csv", 9), {})
"""
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert isinstance(loss := run.loss(ended.returncode, 1), WorkerLost)
    assert loss.out_of_memory, ended.stderr


def test_closing_leaves_no_process(data: Path) -> None:
    before = children()
    engine = IsolatedEngine([data], name="test", union=False, limits=Limits(workers=2))
    assert answers(engine)
    assert len(children() - before) == 1 + 3, "a fork server, two workers and one to spare"
    engine.close()
    wait_for(lambda: children() <= before)


def test_an_engine_that_is_forgotten_leaves_no_process(data: Path) -> None:
    before = children()
    engine = IsolatedEngine([data], name="test", union=False, limits=Limits(workers=1))
    assert children() - before
    del engine
    gc.collect()
    wait_for(lambda: children() <= before)


def test_a_file_that_does_not_parse_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "broken.ttl"
    path.write_text("<http://x/a> <http://x/b> <http://x/c> .\n<http://x/a> oops\n", encoding="utf-8")
    before = children()
    with pytest.raises(InputSyntaxError, match=r"broken\.ttl:2"):
        IsolatedEngine([path], name="test", union=False)
    wait_for(lambda: children() <= before)
