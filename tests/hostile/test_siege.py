"""The server under hostile requests: each ends in time, none with a 500, nothing leaks, and it goes on serving."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

import ecp_graph.engine as engine_package
from ecp_graph.engine.isolation import pool
from ecp_graph.engine.isolation.pool import IsolatedEngine, Limits
from ecp_graph.errors import EcpGraphError
from tests.serving import Reply, Served, serving
from tests.waiting import wait_for

from .attacks import attacks, queries_that_call_out
from .siege import Canary, MemoryWatch, besiege, canary, family

LIMIT_S = 1.0
#: What does not end within this has status 0.
PATIENCE_S = 60
WORKERS = 4
MEMORY_LIMIT = 1_500_000_000
SECRET = b"the-secret-of-the-file"


@pytest.fixture(scope="module")
def bird() -> Iterator[Canary]:
    with canary() as bird:
        yield bird


@pytest.fixture(scope="module")
def secret_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("secret") / "secret.nt"
    path.write_text(f'<http://x/a> <http://x/b> "{SECRET.decode()}" .\n', encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def served(asking_workspace: Path, releases: Path) -> Iterator[Served]:
    place = ["--workspace", str(asking_workspace), "--releases", str(releases), "--timeout", str(LIMIT_S)]
    limits = {"ECP_GRAPH_WORKERS": str(2 * WORKERS), "ECP_GRAPH_MEMORY_MB": "256"}
    with serving(*place, environment=limits) as served:
        yield served


def answer_of(served: Served, query: str, **more: str) -> Reply:
    """Return the answer to a query, asked again where the machine was too busy for the short limit."""
    replies = [served.get(query, **more)]  # type: ignore[arg-type]
    wait_for(lambda: replies[-1].status != 503 or replies.append(served.get(query, **more)))  # type: ignore[arg-type]
    return replies[-1]


def test_the_server_outlives_every_attack(served: Served, bird: Canary, secret_file: Path) -> None:
    sent = attacks(bird.url, secret_file.as_uri())
    assert len({attack.name for attack in sent}) == len(sent) > 150
    right = answer_of(served, "SELECT ?code { body:ptc skos:notation ?code }")
    calls = bird.calls
    with MemoryWatch(lambda: family(served.process.pid)) as memory:
        outcomes = besiege(served.port, sent, at_once=WORKERS, secret=SECRET, patience_s=PATIENCE_S)
    told = Counter(outcome.status for outcome in outcomes)
    wrong = [
        f"{one.attack.name}: {one.status} after {one.seconds:.1f} s, {one.start!r}"
        for one in outcomes
        if not (one.status in {200, 503} or 400 <= one.status < 500) or one.leaked or b"Traceback" in one.start
    ]
    assert not wrong, "\n".join(wrong)
    assert bird.calls == calls
    assert served.process.poll() is None
    assert "Traceback" not in served.log()
    assert memory.looks > 20
    assert memory.peak < MEMORY_LIMIT
    assert told[503] >= 30, "the attacks hardly ever met a limit, so this proves little"
    assert told[400] >= 30
    assert told[403] >= 40
    assert sum(one.cut for one in outcomes) >= 3
    assert all(one.status == 200 for one in outcomes if one.cut), "only a stream is cut"
    after = answer_of(served, "SELECT ?code { body:ptc skos:notation ?code }", labels="en")
    assert (after.status, right.body) == (200, b"code\r\nPTC\r\n")


def test_what_is_refused_for_calling_out_is_told_so(served: Served, bird: Canary, secret_file: Path) -> None:
    statuses = {}
    for name, query in queries_that_call_out(bird.url, secret_file.as_uri()).items():
        reply = answer_of(served, query, accept="*/*")
        statuses[name] = reply.status
        assert SECRET not in reply.body
    refused = {name for name, status in statuses.items() if status == 403}
    answered = {name for name, status in statuses.items() if status == 200}
    assert answered == {"FROM", "FROM NAMED", "FROM a file", "FROM NAMED a file", "GRAPH", "DESCRIBE"}
    assert statuses.keys() - answered - refused == {"LOAD behind a query", "LOAD in escapes"}
    assert bird.calls == 0


def test_the_sandbox_holds_alone(
    served: Served, bird: Canary, secret_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the guard off, in the worker itself: whatever the engine tries, it has nothing to try it with."""
    data = tmp_path / "data.ttl"
    data.write_text("<http://x/a> <http://x/b> 1 .\n", encoding="utf-8")
    monkeypatch.setattr(pool, "refuse_service", lambda sparql: None)
    monkeypatch.setattr(engine_package, "query_kind", lambda sparql: "table")
    engine = IsolatedEngine([data], name="bare", union=False, limits=Limits(timeout_s=60, workers=1))
    reached = 0
    try:
        for query in queries_that_call_out(bird.url, secret_file.as_uri()).values():
            try:
                said = engine.query(query, fmt="csv").read()
            except EcpGraphError as refusal:
                said = str(refusal).encode()
            assert SECRET not in said
            reached += not re.match(rb"Line \d+, column", said)
    finally:
        engine.close()
    assert bird.calls == 0
    assert reached >= 25, "the queries hardly ever got as far as the sandbox"


def test_the_same_queries_call_out_where_nothing_holds_them() -> None:
    """Proof that the attacks are real: the engine alone, in this process, calls the canary."""
    with canary() as bird:
        for query in queries_that_call_out(bird.url, "file:///nothing").values():
            try:
                found = ox.Store().query(query)
                if isinstance(found, ox.QuerySolutions):
                    list(found)
            except (SyntaxError, RuntimeError, ValueError, OSError):
                continue
        assert bird.calls >= 10
