"""Answers that the server keeps: short ones and streamed ones, whole ones only, and none for a client that left."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import MutableMapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from ecp_graph.settings import Settings
from ecp_graph.web import create_app
from ecp_graph.web.serving.asgi import Bridge
from ecp_graph.web.serving.metrics import Metrics
from ecp_graph.web.serving.server import asgi_app
from ecp_graph.web.site import EXTENSION

SHORT = "SELECT ?n { action:ecp3-3 ecp:actionNumber ?n }"
#: More than the 64 kB up to which an answer is whole before it is begun.
LONG = "SELECT ?s ?p ?o { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 3000"


class Said:
    """What was sent to a client: status, headers, body, and whether the end came."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.body = b""
        self.ended = False

    async def take(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            self.body += message.get("body", b"")
            self.ended = not message.get("more_body", False)


class Server:
    """The server's ASGI app with the lines of its access log."""

    def __init__(self, bridge: Bridge, log: list[dict[str, object]], metrics: Metrics) -> None:
        self.metrics = metrics
        self._bridge = bridge
        self._log = log

    def ask(self, sparql: str, *, leaves: bool = False, **headers: str) -> tuple[Said, str]:
        """Ask, and return what was sent and what the log says of the cache; a client may hang up at once."""
        # In a thread, because a browser that other tests have open keeps an event loop running in this one.
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(lambda: asyncio.run(self._ask(sparql, leaves, headers))).result()

    async def _ask(self, sparql: str, leaves: bool, headers: dict[str, str]) -> tuple[Said, str]:
        given = {"host": "localhost", "accept": "text/csv", **headers}
        scope = {
            "type": "http",
            "method": "GET",
            "path": "/sparql",
            "query_string": urlencode({"query": sparql}).encode(),
            "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in given.items()],
            "http_version": "1.1",
        }
        received = 0

        async def receive() -> dict[str, Any]:
            nonlocal received
            received += 1
            if received == 1:
                return {"type": "http.request", "body": b""}
            if not leaves:
                await asyncio.sleep(60)
            return {"type": "http.disconnect"}

        said = Said()
        await self._bridge(scope, receive, said.take)
        return said, str(self._log[-1].get("cache", "asked"))


@pytest.fixture
def server(releases: Path, asking_workspace: Path) -> Server:
    return serving(Settings(releases=releases, workspace=asking_workspace, access_log=False))


def serving(settings: Settings) -> Server:
    app = create_app(settings)
    bridge = asgi_app(app, settings)
    log: list[dict[str, object]] = []
    usual = bridge._log

    def keep(line: dict[str, object]) -> None:
        log.append(line)
        usual(line)

    bridge._log = keep
    return Server(bridge, log, app.extensions[EXTENSION].metrics)


@pytest.mark.parametrize("sparql", [SHORT, LONG])
def test_an_answer_is_kept_and_given_again(server: Server, sparql: str) -> None:
    first, told = server.ask(sparql)
    assert (first.status, first.ended, told) == (200, True, "asked")
    assert (len(first.body) > 65_536) is (sparql == LONG)
    second, told = server.ask(sparql)
    assert (second.status, second.ended, told) == (200, True, "hit")
    assert second.body == first.body
    assert second.headers["content-length"] == str(len(first.body))
    assert second.headers["etag"] == first.headers["etag"]
    fresh, told = server.ask(sparql, if_none_match=first.headers["etag"])
    assert (fresh.status, fresh.body, told) == (304, b"", "hit")


def test_each_coding_is_kept_by_itself(server: Server) -> None:
    packed, _ = server.ask(LONG, accept_encoding="gzip")
    assert packed.headers["content-encoding"] == "gzip"
    plain, told = server.ask(LONG)
    assert told == "asked"
    again, told = server.ask(LONG, accept_encoding="gzip")
    assert (again.body, told) == (packed.body, "hit")
    assert len(packed.body) < len(plain.body)


def test_an_answer_that_its_client_did_not_wait_for_is_not_kept(server: Server) -> None:
    cut, _ = server.ask(LONG, leaves=True)
    assert cut.status == 499 or not cut.ended  # the query was stopped, or its answer broken off
    _, told = server.ask(LONG)
    assert told == "asked"


@pytest.mark.parametrize("cache_mb", [0, 1])
def test_an_answer_that_is_too_long_is_not_kept(releases: Path, asking_workspace: Path, cache_mb: int) -> None:
    """One answer takes an eighth of the room at most."""
    room = serving(Settings(releases=releases, workspace=asking_workspace, access_log=False, cache_mb=cache_mb))
    first, _ = room.ask(LONG)
    assert (first.ended, len(first.body) > 125_000) == (True, True)
    second, told = room.ask(LONG)
    assert (second.body, told) == (first.body, "asked")
    room.ask(SHORT)
    assert room.ask(SHORT)[1] == ("hit" if cache_mb else "asked")


def test_the_metrics_count_it(server: Server) -> None:
    for _ in range(3):
        server.ask(SHORT)
    text = server.metrics.render(None).decode()
    assert 'ecp_graph_cache{what="hits"} 2.0' in text
    assert 'ecp_graph_cache{what="misses"} 1.0' in text
    assert 'ecp_graph_requests_total{status="200"} 3.0' in text
    size = next(line for line in text.splitlines() if line.startswith('ecp_graph_cache{what="bytes"}'))
    assert float(size.split()[1]) > 1_000


def test_a_log_that_cannot_be_written_takes_no_answer_away(
    releases: Path, asking_workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serving(Settings(releases=releases, workspace=asking_workspace, access_log=True))
    tried: list[str] = []

    class Full:
        def write(self, text: str) -> int:
            tried.append(text)
            raise OSError(28, "No space left on device")

        def flush(self) -> None:
            pass

    monkeypatch.setattr(sys, "stderr", Full())
    assert [server.ask(SHORT)[0].status for _ in range(2)] == [200, 200]
    assert len(tried) == 2
