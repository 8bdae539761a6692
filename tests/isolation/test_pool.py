"""Queries in workers: bounded, replaced, cut off from the world, and gone when the engine is."""

from __future__ import annotations

import gc
import http.server
import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ecp_graph.engine import Asker, Question
from ecp_graph.engine.isolation import pool, run
from ecp_graph.engine.isolation.pool import IsolatedEngine, Limits
from ecp_graph.errors import (
    ClientGone,
    EngineBusy,
    InputSyntaxError,
    QueryError,
    QueryTimeout,
    ReleaseError,
    ServiceRefused,
    WorkerLost,
)
from ecp_graph.web.http.errors import status_of

TRIPLES = "".join(f"<http://x/s{n}> <http://x/p> {n} .\n" for n in range(3000))
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
HUNGRY = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a ?d ?g ?i"
STREAM = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("data") / "data.ttl"
    path.write_text(TRIPLES, encoding="utf-8")
    return path


@pytest.fixture
def engine(data: Path) -> Iterator[IsolatedEngine]:
    limits = Limits(timeout_s=60, workers=1, queue=1, memory_bytes=200 * 1024 * 1024)
    engine = IsolatedEngine([data], name="test", union=False, limits=limits)
    yield engine
    engine.close()


def answers(engine: IsolatedEngine) -> bool:
    return engine.query("ASK { <http://x/s1> ?p ?o }", fmt="json").read() == b'{"head":{},"boolean":true}'


def children() -> set[int]:
    """The processes below this one, at any depth."""
    parents = {}
    for folder in Path("/proc").iterdir():
        try:
            stat = (folder / "stat").read_text(encoding="ascii") if folder.name.isdigit() else ""
        except (FileNotFoundError, ProcessLookupError):
            continue
        if stat and stat.rpartition(") ")[2].split()[0] != "Z":
            parents[int(folder.name)] = int(stat.rpartition(") ")[2].split()[1])
    found = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {os.getpid()}


def eventually(test: object, seconds: float = 60) -> bool:
    assert callable(test)
    deadline = time.monotonic() + seconds
    while not test():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


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
    import pyoxigraph as ox

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
    assert eventually(lambda: len(children()) <= len(before))
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
        assert eventually(lambda: len(engine.worker_pool.idle) < len(workers))
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
        assert eventually(lambda: len(waiting) == 2)
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


@pytest.fixture
def on_disk(data: Path, tmp_path: Path) -> Iterator[IsolatedEngine]:
    import pyoxigraph as ox

    store = ox.Store(str(tmp_path / "store"))
    store.load(path=str(data), format=ox.RdfFormat.TURTLE)
    store.optimize()
    del store
    limits = Limits(timeout_s=60, workers=1, memory_bytes=200 * 1024 * 1024)
    engine = IsolatedEngine.on_disk(tmp_path / "store", name="test", limits=limits)
    yield engine
    engine.close()


def test_a_store_on_disk_is_asked_in_workers(on_disk: IsolatedEngine) -> None:
    assert len(on_disk.query("SELECT ?s { ?s ?p ?o }", fmt="tsv").read().splitlines()) == 3001
    before = children()
    with pytest.raises(QueryTimeout):
        on_disk.query(ENDLESS, fmt="csv", timeout_s=0.5).read()
    with pytest.raises(WorkerLost, match="exceeded its memory limit"):
        on_disk.query(HUNGRY).read()
    assert answers(on_disk)
    assert eventually(lambda: len(children()) <= len(before))


def test_a_worker_has_of_a_store_on_disk_its_files_and_nothing_else(on_disk: IsolatedEngine, tmp_path: Path) -> None:
    assert answers(on_disk)
    workers = [worker.pid for worker in on_disk.worker_pool.idle]
    assert eventually(lambda: all("0 0 files" in " ".join(_limits_of(pid, "Max open files")) for pid in workers))
    assert all(
        "NoNewPrivs:\t1" in status.read_text()
        for pid in workers
        for status in Path(f"/proc/{pid}/task").glob("*/status")
    )
    assert workers
    for pid in workers:
        targets = {Path(fd).readlink() for fd in Path(f"/proc/{pid}/fd").iterdir()}
        files = {target for target in targets if target.is_relative_to(tmp_path / "store")}
        assert any(file.suffix == ".sst" for file in files)
        assert sum(str(target).startswith("socket:") for target in targets) == 1
        assert not {t for t in targets - files if not str(t).startswith(("socket:", "/dev/null"))}
        assert Path(f"/proc/{pid}/ns/net").readlink() != Path("/proc/self/ns/net").readlink()


def test_a_store_of_many_files_is_read_whole(tmp_path: Path) -> None:
    import pyoxigraph as ox

    folder = tmp_path / "store"
    store = ox.Store(str(folder))
    for batch in range(12):
        store.bulk_extend(
            ox.Quad(ox.NamedNode(f"http://x/s{batch}-{n}"), ox.NamedNode("http://x/p"), ox.Literal(str(batch)))
            for n in range(10)
        )
    store.flush()
    del store
    files = len(list(folder.glob("*.sst")))
    assert files > 20, "more than a store opens with itself"
    engine = IsolatedEngine.on_disk(folder, name="test", limits=Limits(timeout_s=60, workers=1))
    try:
        assert len(engine.query("SELECT * { ?s ?p ?o }", fmt="csv").read().splitlines()) == 121
        for batch in range(12):
            asked = f'SELECT ?s {{ ?s <http://x/p> "{batch}" }}'
            assert len(engine.query(asked, fmt="csv").read().splitlines()) == 11
            assert len(engine.query(f"SELECT ?o {{ <http://x/s{batch}-3> ?p ?o }}", fmt="csv").read().splitlines()) == 2
    finally:
        engine.close()


def test_a_store_that_workers_cannot_open_is_told(on_disk: IsolatedEngine, tmp_path: Path) -> None:
    before = children()
    folder = tmp_path / "store"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pool, "open_store", lambda _: None)  # which the server may, and a worker may not
        folder.rename(tmp_path / "elsewhere")
        with pytest.raises(ReleaseError, match="A worker cannot open"):
            IsolatedEngine.on_disk(folder, name="test", limits=Limits(timeout_s=60, workers=1))
    assert eventually(lambda: len(children()) <= len(before))
    with pytest.raises(QueryTimeout):
        on_disk.query(ENDLESS, fmt="csv", timeout_s=0.5).read()  # another worker is forked, and ends at once
    lost = [_outcome(on_disk) for _ in range(3)]
    assert any(isinstance(one, WorkerLost) for one in lost)
    assert not any(one.out_of_memory for one in lost if isinstance(one, WorkerLost))
    (tmp_path / "elsewhere").rename(folder)
    assert eventually(lambda: _outcome(on_disk) is None)


def _outcome(engine: IsolatedEngine) -> Exception | None:
    try:
        assert answers(engine)
    except (WorkerLost, ReleaseError) as problem:
        return problem
    return None


def _limits_of(pid: int, name: str) -> list[str]:
    lines = Path(f"/proc/{pid}/limits").read_text(encoding="ascii").splitlines()
    return next(line for line in lines if line.startswith(name)).removeprefix(name).split()


def test_a_folder_that_holds_no_store_is_told(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match=r"cannot be opened.*ecp-graph build"):
        IsolatedEngine.on_disk(tmp_path / "nothing", name="test")


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
    assert eventually(lambda: children() <= before)


def test_an_engine_that_is_forgotten_leaves_no_process(data: Path) -> None:
    before = children()
    engine = IsolatedEngine([data], name="test", union=False, limits=Limits(workers=1))
    assert children() - before
    del engine
    gc.collect()
    assert eventually(lambda: children() <= before)


def test_a_file_that_does_not_parse_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "broken.ttl"
    path.write_text("<http://x/a> <http://x/b> <http://x/c> .\n<http://x/a> oops\n", encoding="utf-8")
    before = children()
    with pytest.raises(InputSyntaxError, match=r"broken\.ttl:2"):
        IsolatedEngine([path], name="test", union=False)
    assert eventually(lambda: children() <= before)


class _Canary(http.server.BaseHTTPRequestHandler):
    calls = 0

    def setup(self) -> None:
        type(self).calls += 1
        super().setup()

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def canary() -> Iterator[str]:
    _Canary.calls = 0
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Canary) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_the_guard_refuses_to_call_out(engine: IsolatedEngine, canary: str) -> None:
    with pytest.raises(ServiceRefused):
        engine.query(f"SELECT * {{ SERVICE <{canary}> {{ ?s ?p ?o }} }}")
    assert _Canary.calls == 0


def test_the_sandbox_holds_with_the_guard_off(
    engine: IsolatedEngine, canary: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "refuse_service", lambda sparql: None)
    with pytest.raises(QueryError):
        engine.query(f"SELECT * {{ SERVICE <{canary}> {{ ?s ?p ?o }} }}").read()
    silent = engine.query(f"SELECT * {{ SERVICE SILENT <{canary}> {{ ?s ?p ?o }} }}", fmt="csv").read()
    assert silent.count(b"\n") <= 2
    assert _Canary.calls == 0
    assert answers(engine)


def test_the_canary_sings_when_it_is_called(canary: str) -> None:
    import urllib.request

    urllib.request.urlopen(canary).close()
    assert _Canary.calls == 1


def test_from_reads_no_file(engine: IsolatedEngine, tmp_path: Path) -> None:
    secret = tmp_path / "secret.nt"
    secret.write_text('<http://x/a> <http://x/b> "secret" .\n', encoding="utf-8")
    answer = engine.query(f"SELECT * FROM <{secret.as_uri()}> {{ ?s ?p ?o }}", fmt="csv").read()
    assert b"secret" not in answer
