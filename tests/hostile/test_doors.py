"""What attackers found once, each sent again over the wire: refused with a sentence, and nobody else is held up."""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ecp_graph.workspace import bundled_workspace
from tests.hostile.siege import is_at_work, tree
from tests.serving import Reply, Served, serving
from tests.waiting import wait_for

CROSS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


@pytest.fixture(scope="module")
def place(releases: Path) -> list[str]:
    return ["--workspace", str(bundled_workspace().root), "--releases", str(releases), "--timeout", "60"]


@pytest.fixture(scope="module")
def served(place: list[str]) -> Iterator[Served]:
    with serving(*place) as served:
        yield served


def code_of(reply: Reply | bytes) -> str:
    body = reply.body if isinstance(reply, Reply) else reply.partition(b"\r\n\r\n")[2]
    return str(json.loads(body)["error"]["code"])


def page(served: Served, path: str = "doc/body/ptc") -> Reply:
    """Ask for a page that no cache has: each request names another ``x``."""
    request = urllib.request.Request(f"{served.url}{path}?x={time.monotonic_ns()}", headers={"Accept": "text/html"})
    return served.open(request)


@pytest.mark.parametrize("addresses", [1, 4])
def test_slow_queries_hold_up_no_page(place: list[str], addresses: int) -> None:
    """Four clients that ask nothing but cross products, from one address or from four."""
    environment = {"ECP_GRAPH_TRUSTED_PROXIES": "127.0.0.1"}
    is_over = threading.Event()
    with serving(*place, environment=environment) as served, ThreadPoolExecutor(4) as hostile:

        def attack(number: int) -> set[int]:
            said = set[int]()
            while not is_over.is_set():
                address = f"{served.url}sparql?{urllib.parse.urlencode({'query': CROSS, 'timeout': '4'})}"
                sender = f"10.0.0.{number % addresses}"
                said.add(served.open(urllib.request.Request(address, headers={"X-Forwarded-For": sender})).status)
            return said

        attacks = [hostile.submit(attack, number) for number in range(4)]
        try:
            wait_for(lambda: is_at_work(served.process.pid))
            statuses = {
                status
                for _ in range(5)
                for status in (page(served).status, served.open(f"{served.url}api/queries/bodies.csv").status)
            }
        finally:
            is_over.set()
        assert all(503 in attack.result() for attack in attacks)
    assert statuses == {200}


def test_a_newcomer_is_answered_while_one_client_asks_for_all(place: list[str]) -> None:
    environment = {"ECP_GRAPH_TRUSTED_PROXIES": "127.0.0.1", "ECP_GRAPH_WORKERS": "2"}
    with ThreadPoolExecutor(4) as hostile, serving(*place, environment=environment) as served:

        def ask(query: str, sender: str) -> Reply:
            address = f"{served.url}sparql?{urllib.parse.urlencode({'query': query})}"
            return served.open(urllib.request.Request(address, headers={"X-Forwarded-For": sender}))

        greedy = [hostile.submit(ask, CROSS, "10.0.0.1") for _ in range(4)]
        wait_for(lambda: is_at_work(served.process.pid))
        assert ask("ASK {}", "10.0.0.2").status == 200
        assert not any(one.done() for one in greedy)


@pytest.mark.parametrize("name", ["Accept", "Accept-Encoding", "If-None-Match"])
def test_a_long_list_of_preferences_is_refused(served: Served, name: str) -> None:
    request = urllib.request.Request(f"{served.url}sparql?query=ASK%7B%7D", headers={name: "a/b," * 8000})
    refused = served.open(request)
    assert (refused.status, code_of(refused)) == (431, "headers-too-long")
    request.add_header(name, "text/csv, " * 20)
    assert served.open(request).status == 200


@pytest.mark.parametrize("host", ["xn--a", "a..b", "a b", "a/b", "a:b:c", "[::1", "é", "a:99999999"])
@pytest.mark.parametrize("path", ["/", "/queries/bodies", "/sparql?query=ASK%7B%7D"])
def test_a_host_that_is_none_is_refused(served: Served, host: str, path: str) -> None:
    got = served.raw(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    assert got.startswith(b"HTTP/1.1 400"), got[:200]
    assert code_of(got) == "bad-request"
    assert "Traceback" not in served.log()


@pytest.mark.parametrize(
    "host", ["localhost", "example.org:8000", "[::1]:8000", "10.0.0.1", "a_b", "xn--mnchen-3ya.de"]
)
def test_a_host_that_is_one_is_served(served: Served, host: str) -> None:
    got = served.raw(f"GET /health HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    assert got.startswith(b"HTTP/1.1 200")


def test_relative_iris_are_resolved_against_the_address_of_the_endpoint(served: Served) -> None:
    built = served.get("CONSTRUCT { <s> <#p> <../o> } WHERE {}", accept="application/n-triples")
    assert built.body.decode().split() == [
        f"<{served.url}s>",
        f"<{served.url}sparql#p>",
        f"<{served.url}o>",
        ".",
    ]
    based = served.get("BASE <http://x/> CONSTRUCT { <s> <p> 1 } WHERE {}", accept="application/n-triples")
    assert based.body.startswith(b"<http://x/s> <http://x/p>")


def test_an_unknown_function_is_no_fault_of_the_syntax(served: Served) -> None:
    refused = served.get("SELECT (<http://x/f>(1) AS ?x) {}")
    assert (refused.status, code_of(refused)) == (400, "unknown-function")
    assert b"<http://x/f>" in refused.body


@pytest.mark.parametrize("length", ["announced", "in chunks"])
def test_a_body_that_is_too_long_gets_an_answer_that_can_be_read(served: Served, length: str) -> None:
    sent = b"x" * 20_000_000
    head = b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
    if length == "announced":
        request = head + b"Content-Length: %d\r\n\r\n" % len(sent) + sent
    else:
        request = head + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(sent) + sent + b"\r\n0\r\n\r\n"
    with socket.create_connection(("127.0.0.1", served.port), timeout=60) as line:
        line.sendall(request)
        got = bytearray()
        while chunk := line.recv(65_536):
            got += chunk
    assert got.startswith(b"HTTP/1.1 413")
    assert code_of(bytes(got)) == "query-too-long"


def test_a_server_that_stops_says_so_to_whom_it_leaves(place: list[str]) -> None:
    with serving(*place) as served, ThreadPoolExecutor(1) as thread:
        asked = thread.submit(served.get, CROSS)
        wait_for(lambda: is_at_work(served.process.pid))
        served.process.send_signal(signal.SIGTERM)
        refused = asked.result()
        assert served.process.wait(60) == 0
    assert (refused.status, code_of(refused)) == (503, "stopping")
    assert int(refused.headers["retry-after"]) > 0


@pytest.mark.parametrize("trusted", ["", "127.0.0.1"])
def test_only_a_trusted_proxy_tells_clients_apart(place: list[str], trusted: str) -> None:
    environment = {"ECP_GRAPH_BUDGET": "0.5", "ECP_GRAPH_TRUSTED_PROXIES": trusted}
    with serving(*place, environment=environment) as served:

        def ask(query: str, sender: str) -> int:
            address = f"{served.url}sparql?{urllib.parse.urlencode({'query': query, 'timeout': '1'})}"
            return served.open(urllib.request.Request(address, headers={"X-Forwarded-For": sender})).status

        assert ask(CROSS, "10.0.0.1") == 503
        assert ask("ASK {}", "10.0.0.1") == 429
        assert ask("ASK {}", "10.0.0.2") == (200 if trusted else 429)
        ask("ASK {}", "forged 200\t1 x")
        logged = [line.split(" ") for line in served.log().splitlines() if "/sparql" in line]
    assert [line[1] for line in logged[:3]] == (["10.0.0.1", "10.0.0.1", "10.0.0.2"] if trusted else ["127.0.0.1"] * 3)
    assert all(line[2] == "GET" for line in logged), "no client can add a field to its line"


def test_a_fork_server_that_hangs_is_replaced(place: list[str]) -> None:
    with serving(*place, "--timeout", "5") as served:
        fork_server, *workers = tree(served.process.pid)
        os.kill(fork_server, signal.SIGSTOP)
        for worker in workers:
            os.kill(worker, signal.SIGKILL)
        replies = [served.get("ASK {}").status for _ in range(2)]
        assert set(replies) == {503}
        wait_for(lambda: served.get("ASK {}").status == 200)
        wait_for(lambda: served.open(f"{served.url}health").status == 200)
