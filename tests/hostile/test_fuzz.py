"""A bounded run of malformed requests, the same each time; `python tools/fuzz.py` sends thirty thousand others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ecp_graph.workspace import bundled_workspace
from tests.serving import Served, serving_with
from tests.waiting import wait_for

from .fuzz import PATIENCE, Fuzz
from .siege import family


@pytest.fixture(scope="module")
def served(releases: Path) -> Iterator[Served]:
    with serving_with(PATIENCE, workspace=bundled_workspace().root, releases=releases, timeout=20) as served:
        yield served


@pytest.mark.parametrize("requests", [400, pytest.param(3_000, marks=pytest.mark.large)])
def test_malformed_requests_get_an_answer_and_do_no_harm(served: Served, requests: int) -> None:
    fuzz = Fuzz(served)
    fuzz.run(requests)
    assert not fuzz.faults, "\n".join(fuzz.faults[:5])
    assert sum(fuzz.told.values()) >= requests
    assert fuzz.told[400] > requests // 15
    assert fuzz.told[200] > requests // 75
    assert {200, 400, 404, 405} <= fuzz.told.keys(), "the requests hardly differ, so this proves little"
    assert served.process.poll() is None
    assert len(family(served.process.pid)) > 2
    assert "Traceback" not in served.log()
    wait_for(lambda: served.get("ASK {}").status == 200)


def test_a_fault_would_be_noticed(served: Served) -> None:
    replies = [
        b'HTTP/1.1 500 Internal Server Error\r\n\r\n{"error": {"code": "internal"}}',
        b'HTTP/1.1 503 Service Unavailable\r\n\r\n{"error": {"code": "no-release"}}',
        b"HTTP/1.1 200 OK\r\n\r\nTraceback (most recent call last)",
        b'HTTP/1.1 503 Service Unavailable\r\n\r\n{"error": {"code": "timeout"}}',
        b"HTTP/1.1 404 Not Found\r\n\r\n",
    ]

    class Faulty(Served):
        def raw(self, sent: bytes, *, timeout: float = 60) -> bytes:
            return replies[int(sent)]

    fuzz = Fuzz(Faulty(served.port, served.process, served.log_path))
    for number in range(len(replies)):
        fuzz.send(str(number).encode())
    assert len(fuzz.faults) == 3
