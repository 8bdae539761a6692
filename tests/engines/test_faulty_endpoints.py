"""Endpoints that stall, break off or lie: every one ends in an error that names it, within the time limit."""

from __future__ import annotations

import gc
import itertools
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from ecp_graph.engine import Asker, Question
from ecp_graph.engine.client import Client
from ecp_graph.engine.remote import RemoteEngine
from ecp_graph.errors import ClientGone, EndpointError, EndpointTimeout, QueryTimeout, ResultTooLarge
from tests.ports import free_ports
from tests.waiting import wait_for

from .faults import BREAKS, LIES, PAGE, ROWS, STALLS, wait
from .faulty import FaultyServer, answer, faulty_server, reset

LIMIT_S = 1.0

XML = (
    b'<?xml version="1.0"?><sparql xmlns="http://www.w3.org/2005/sparql-results#"><head><variable name="x"/></head>'
    b"<results><result><binding name='x'><literal>1</literal></binding></result></results></sparql>"
)


@pytest.fixture(autouse=True)
def _no_thread_stays() -> Iterator[None]:
    """Every exchange that was given up ends soon after: its connection is shut down, not forgotten."""
    yield
    wait_for(lambda: not [thread for thread in threading.enumerate() if thread.name == "exchange"], limit_s=60)
    gc.collect()  # an unclosed socket is a warning, and so an error


def ask(server: FaultyServer, *, fmt: str = "json", limit_s: float = 60) -> bytes:
    """Ask, and check that it was asked once."""
    try:
        return (
            RemoteEngine(server.url, max_result_bytes=5_000_000)
            .query(
                "CONSTRUCT {} {}" if fmt in {"ttl", "rdf", "nt", "jsonld"} else "SELECT ?x {}",
                fmt=fmt,
                timeout_s=limit_s,
            )
            .read()
        )
    finally:
        wait_for(lambda: server.connections)
        assert server.connections == 1


@pytest.mark.parametrize("fault", STALLS)
def test_an_endpoint_that_stalls(fault: str) -> None:
    with faulty_server(STALLS[fault]) as server, pytest.raises((EndpointTimeout, ResultTooLarge)) as caught:
        ask(server, limit_s=LIMIT_S)
    if isinstance(caught.value, EndpointTimeout):
        assert isinstance(caught.value, QueryTimeout)
        assert str(caught.value) == f"The endpoint {server.url} failed: it did not answer in full within 1 s."
    else:
        assert fault == "JSON without end"


def test_an_endpoint_that_never_accepts() -> None:
    """Half-open: the system takes the connection, and no program ever looks at it."""
    with socket.create_server(("127.0.0.1", 0)) as listener, pytest.raises(EndpointTimeout, match="within 1 s"):
        RemoteEngine(f"http://127.0.0.1:{listener.getsockname()[1]}/").query("ASK {}", timeout_s=LIMIT_S)


def test_an_endpoint_that_does_not_shake_hands() -> None:
    """HTTPS to a server that takes the connection and says nothing."""
    with faulty_server(lambda connection: time.sleep(30), reads=False) as server, pytest.raises(EndpointTimeout):
        RemoteEngine(server.url.replace("http:", "https:")).query("ASK {}", timeout_s=LIMIT_S)


@pytest.mark.parametrize("fault", BREAKS)
def test_an_endpoint_that_breaks_off(fault: str) -> None:
    script, said = BREAKS[fault]
    with faulty_server(script) as server, pytest.raises(EndpointError, match=said) as caught:
        ask(server)
    assert not isinstance(caught.value, EndpointTimeout)
    assert str(caught.value).startswith(f"The endpoint {server.url} failed")


@pytest.mark.parametrize("fault", LIES)
def test_an_endpoint_that_lies(fault: str) -> None:
    script, said = LIES[fault]
    with faulty_server(script) as server, pytest.raises(EndpointError, match=said) as caught:
        ask(server)
    assert str(caught.value).startswith(f"The endpoint {server.url} failed: ")


BODIES: dict[str, tuple[str, bytes, str | None]] = {
    # format, body, what is wrong with it
    "xml": ("xml", XML, None),
    "xml cut": ("xml", XML[:-5], "broken XML"),
    "xml page": ("xml", PAGE, "a DTD, or a page"),
    "xml of another kind": ("xml", b"<error>quota</error>", "begins with <error> and not <sparql>"),
    "xml bomb": ("xml", b'<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><sparql>&c;</sparql>', "a DTD"),
    "xml empty": ("xml", b"", "broken XML"),
    "csv": ("csv", b"x\r\n1\r\n", None),
    "csv page": ("csv", b"\n" + PAGE, "a page"),
    "csv empty": ("csv", b"", "nothing at all"),
    "csv binary": ("csv", b"x\r\n\x89PNG\r\n", "not text"),
    "tsv": ("tsv", b"?x\n1\n", None),
    "tsv page": ("tsv", b"<html>", "a page"),
    "json": ("json", ROWS, None),
    "json ask": ("json", b'{"head": {}, "boolean": true}', None),
    "ttl": ("ttl", b"<urn:a> <urn:b> <urn:c> .", None),
    "ttl empty": ("ttl", b"", None),
    "ttl page": ("ttl", PAGE, "a page"),
    "rdf": ("rdf", b'<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>', None),
    "rdf page": ("rdf", PAGE, "a DTD, or a page"),
    "jsonld": ("jsonld", b"[]", None),
    "jsonld cut": ("jsonld", b'[{"@id": "urn:a"', "broken JSON"),
}
_TYPES = {
    "xml": "application/sparql-results+xml",
    "csv": "text/csv; charset=utf-8",
    "tsv": "text/tab-separated-values",
    "json": "application/sparql-results+json",
    "ttl": "text/turtle",
    "rdf": "application/rdf+xml",
    "jsonld": "application/ld+json",
}


@pytest.mark.parametrize("case", BODIES)
def test_bodies_of_every_format(case: str) -> None:
    fmt, body, fault = BODIES[case]
    with faulty_server(answer(body, media_type=_TYPES[fmt])) as server:
        if fault is None:
            assert ask(server, fmt=fmt) == body
        else:
            with pytest.raises(EndpointError, match=f"but returned .*{fault}"):
                ask(server, fmt=fmt)


def test_long_json_is_looked_at_by_its_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ecp_graph.engine.wholeness._PARSED_BYTES", 100_000)
    row = b'{"x": {"type": "literal", "value": "' + b"x" * 150_000 + b'"}}'
    body = ROWS.replace(b'{"x": {"type": "literal", "value": "1"}}', row)
    with faulty_server(answer(body + b"\n")) as server:
        assert ask(server) == body + b"\n"
    with faulty_server(answer(body[:-9])) as server, pytest.raises(EndpointError, match="truncated"):
        ask(server)
    with faulty_server(answer(b"No " + body)) as server, pytest.raises(EndpointError, match="not JSON"):
        ask(server)


@pytest.mark.parametrize(
    "status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent"]
)
def test_a_redirect_is_not_followed(status: str) -> None:
    with (
        faulty_server(answer(ROWS)) as private,
        faulty_server(answer(b"", status, location=private.url)) as server,
        pytest.raises(EndpointError, match=f"it redirects to {private.url}, and redirects are not followed"),
    ):
        ask(server)
    assert private.connections == 0


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://127.0.0.1/x", "//127.0.0.1/", "", "http://[", "\x1b[2J"]
)
def test_a_redirect_to_anywhere(target: str) -> None:
    with faulty_server(answer(b"", "302 Found", location=target)) as server:
        with pytest.raises(EndpointError, match="it redirects to") as caught:
            ask(server)
        assert "\x1b" not in str(caught.value)


@pytest.mark.parametrize(
    ("status", "media_type", "body", "said"),
    [
        ("400 Bad Request", "text/plain", b"Virtuoso 37000 Error\n near 'FOO'", "Virtuoso 37000 Error near 'FOO'"),
        ("500 Broken", "text/html", b"<html><b>No</b> <i>way</i></html>", "No way"),
        ("503 Busy", "text/plain", b"", "Busy"),
        ("429 Slow", "text/plain", b"x" * 5000, "x" * 299 + "…"),
        ("403 Forbidden", "text/plain", b"\x1b[31mred", "\N{REPLACEMENT CHARACTER}[31mred"),
        ("304 Not Modified", "text/plain", b"", "Not Modified"),
    ],
)
def test_what_an_endpoint_says(status: str, media_type: str, body: bytes, said: str) -> None:
    with (
        faulty_server(answer(body, status, media_type=media_type)) as server,
        pytest.raises(EndpointError) as caught,
    ):
        ask(server)
    assert caught.value.status == int(status[:3])
    assert caught.value.reason == said


def test_it_is_tried_again_only_when_it_cannot_be_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    [port] = free_ports(1)
    with pytest.raises(EndpointError, match="it cannot be reached") as caught:
        RemoteEngine(f"http://127.0.0.1:{port}/").query("ASK {}", timeout_s=30)
    assert not isinstance(caught.value, EndpointTimeout)
    # one that comes up meanwhile is reached
    later: list[FaultyServer] = []
    send = httpx.Client.send

    def start_behind_it(*given: Any, **options: Any) -> httpx.Response:
        try:
            return send(*given, **options)
        except httpx.ConnectError:
            later.append(FaultyServer(answer(ROWS), port=port))
            raise

    monkeypatch.setattr(httpx.Client, "send", start_behind_it)
    assert RemoteEngine(f"http://127.0.0.1:{port}/").query("SELECT ?x {}", timeout_s=60).read() == ROWS
    [server] = later
    server.stop()


def test_the_same_engine_goes_on_after_a_fault() -> None:
    scripts = itertools.cycle([reset, answer(ROWS), answer(PAGE), answer(ROWS), wait])
    with faulty_server(lambda connection: next(scripts)(connection)) as server:
        engine = RemoteEngine(server.url)
        for expected in (EndpointError, None, EndpointError, None, EndpointTimeout):
            limit_s = LIMIT_S if expected is EndpointTimeout else 60
            if expected is None:
                assert engine.query("SELECT ?x {}", timeout_s=limit_s).read() == ROWS
            else:
                with pytest.raises(expected):
                    engine.query("SELECT ?x {}", timeout_s=limit_s)
        assert server.connections == 5


def test_fifty_stalls_do_not_hold_up_a_good_answer() -> None:
    with faulty_server(wait) as bad, faulty_server(answer(ROWS)) as good:
        hung_up, engine = threading.Event(), RemoteEngine(bad.url)

        def stall() -> None:
            engine.answer(Question("ASK {}", limit_s=60), Asker(gone=hung_up.is_set))

        with ThreadPoolExecutor(50) as threads:
            stalls = [threads.submit(stall) for _ in range(50)]
            wait_for(lambda: bad.connections == 50)
            assert RemoteEngine(good.url).query("SELECT ?x {}", timeout_s=60).read() == ROWS
            assert not any(stalled.done() for stalled in stalls)
            hung_up.set()
        assert {type(stalled.exception()) for stalled in stalls} == {ClientGone}


def test_a_name_that_does_not_resolve_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: ended.wait(30) and [])
    try:
        with pytest.raises(EndpointTimeout):
            RemoteEngine("http://name.test/").query("ASK {}", timeout_s=0.3)
    finally:
        ended.set()


def test_a_client_that_hangs_up_frees_the_query() -> None:
    with faulty_server(wait) as server, pytest.raises(ClientGone):
        RemoteEngine(server.url).answer(Question("ASK {}", limit_s=60), Asker(gone=lambda: server.connections > 0))


def test_a_server_that_refuses_a_large_body_early_is_heard() -> None:
    def refuse(connection: socket.socket) -> None:
        connection.recv(1000)
        connection.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 7\r\nConnection: close\r\n\r\nat most")
        connection.shutdown(socket.SHUT_WR)
        connection.settimeout(60)
        while connection.recv(1_000_000):  # what is still sent is thrown away, as a server does that lingers
            pass

    with faulty_server(refuse, reads=False) as server:
        request = httpx.Request("PUT", server.url, content=b"x" * 20_000_000)
        with pytest.raises(EndpointError) as caught:
            Client(server.url).exchange(request, lambda response: None, limit_s=60)
    assert caught.value.status == 413
