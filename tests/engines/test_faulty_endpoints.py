"""Endpoints that stall, break off or lie: every one ends in an error that names it, within the time limit."""

from __future__ import annotations

import gc
import gzip
import itertools
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from ecp_graph.engine import Asker, Question
from ecp_graph.engine.asking import ask_table
from ecp_graph.engine.client import Client
from ecp_graph.engine.login import Login
from ecp_graph.engine.remote import RemoteEngine
from ecp_graph.errors import (
    ClientGone,
    EndpointError,
    EndpointTimeout,
    QueryError,
    QueryTimeout,
    ResultTooLarge,
    ServiceRefused,
    UpdateRefused,
)
from tests.waiting import wait_for

from .faulty import FaultyServer, Script, answer, chunk, drip, faulty_server, head, reset

LIMIT_S = 1.0

ROWS = b'{"head": {"vars": ["x"]}, "results": {"bindings": [{"x": {"type": "literal", "value": "1"}}]}}'
XML = (
    b'<?xml version="1.0"?><sparql xmlns="http://www.w3.org/2005/sparql-results#"><head><variable name="x"/></head>'
    b"<results><result><binding name='x'><literal>1</literal></binding></result></results></sparql>"
)
PAGE = b"<!DOCTYPE html><html><body><h1>Welcome to the hotel network</h1></body></html>"


def wait(connection: socket.socket) -> None:
    """Say nothing more, until the other side goes."""
    connection.settimeout(30)
    connection.recv(1)


def forever(first: bytes, then: bytes) -> Script:
    def script(connection: socket.socket) -> None:
        connection.sendall(first)
        while True:
            connection.sendall(then)

    return script


def sending(*parts: bytes, end: Script = lambda connection: None) -> Script:
    def script(connection: socket.socket) -> None:
        for part in parts:
            connection.sendall(part)
        time.sleep(0.05)
        end(connection)

    return script


STALLS: dict[str, Script] = {
    "silent": wait,
    "half a status line": sending(b"HTTP/1.1 2", end=wait),
    "half of the headers": sending(head()[:-2], end=wait),
    "half of the body": sending(head(content_length="5000") + ROWS, end=wait),
    "half of a chunk": sending(head(transfer_encoding="chunked") + b"ffff\r\n" + ROWS, end=wait),
    "no last chunk": sending(head(transfer_encoding="chunked") + chunk(ROWS), end=wait),
    "a byte of status at a time": lambda connection: drip(b"H", connection),
    "a byte of a header at a time": sending(b"HTTP/1.1 200 OK\r\nX: ", end=lambda connection: drip(b"x", connection)),
    "a byte of the body at a time": sending(head(), end=lambda connection: drip(b" ", connection)),
    "a byte of an error at a time": sending(head("500 Broken"), end=lambda connection: drip(b"x", connection)),
    "continues without end": forever(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "JSON without end": forever(head(), b" "),
    "an error without end": sending(head("400 Bad Request", content_length="999999999"), end=wait),
}

BREAKS: dict[str, tuple[Script, str]] = {
    "reset at once": (reset, "the connection broke"),
    "reset in the headers": (sending(b"HTTP/1.1 200 OK\r\nX", end=reset), "the connection broke"),
    "reset in the body": (sending(head(content_length="5000") + ROWS, end=reset), "the connection broke"),
    "closed at once": (sending(), "the connection broke"),
    "closed in the status": (sending(b"HTTP"), "the connection broke"),
    "closed in the body": (sending(head(content_length="5000") + ROWS), "the connection broke"),
    "closed in a chunk": (sending(head(transfer_encoding="chunked") + b"fff\r\n" + ROWS), "the connection broke"),
    "closed before the last chunk": (sending(head(transfer_encoding="chunked") + chunk(ROWS)), "the connection broke"),
    "closed in the JSON, no length": (sending(head() + ROWS[:-20]), "broken JSON"),
    "not HTTP": (sending(b"SSH-2.0-OpenSSH_9.2\r\n"), "the connection broke"),
    "headers without end": (forever(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n"), "the connection broke"),
    "a header without end": (forever(b"HTTP/1.1 200 OK\r\nX: ", b"x" * 9999), "the connection broke"),
    "a length that is none": (sending(head(content_length="-5") + ROWS), "the connection broke"),
    "a chunk size that is none": (sending(head(transfer_encoding="chunked") + b"zz\r\n"), "the connection broke"),
}

LIES: dict[str, tuple[Script, str]] = {
    "a page": (answer(PAGE, media_type="text/html"), "but returned text/html"),
    "a page under the name of JSON": (answer(PAGE), "broken JSON"),
    "no type at all": (answer(ROWS, media_type=""), "but returned no type"),
    "broken JSON": (answer(ROWS.replace(b"]", b"")), "broken JSON"),
    "JSON of something else": (answer(b'{"error": "quota exceeded"}'), "not a SPARQL result"),
    "a JSON list": (answer(b"[1]"), "not a SPARQL result"),
    "JSON too deep to read": (answer(b'{"head":' + b"[" * 100_000), "broken JSON"),
    "bytes that are not text": (answer(b"\xff\xfe\x00{"), "broken JSON"),
    "nothing": (answer(b""), "broken JSON"),
    "nothing, and says so": (sending(b"HTTP/1.1 204 No Content\r\n\r\n"), "but returned no type"),
    "compressed, unasked": (answer(gzip.compress(ROWS), content_encoding="gzip"), "not requested"),
    "a part of the rows": (answer(ROWS, X_SQL_State="S1TAT"), r"only part of the answer \(S1TAT\)"),
}


@pytest.fixture(autouse=True)
def _no_thread_stays() -> Iterator[None]:
    """Every exchange that was given up ends soon after: its connection is shut down, not forgotten."""
    yield
    wait_for(lambda: not [thread for thread in threading.enumerate() if thread.name == "exchange"], limit_s=20)
    gc.collect()  # an unclosed socket is a warning, and so an error


def ask(server: FaultyServer, *, fmt: str = "json", limit_s: float = LIMIT_S) -> bytes:
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
        assert server.connections == 1


@pytest.mark.parametrize("fault", STALLS)
def test_an_endpoint_that_stalls(fault: str) -> None:
    with faulty_server(STALLS[fault]) as server, pytest.raises((EndpointTimeout, ResultTooLarge)) as caught:
        ask(server)
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


def test_it_is_tried_again_only_when_it_cannot_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(EndpointError, match="it cannot be reached") as caught:
        RemoteEngine(f"http://127.0.0.1:{port}/").query("ASK {}", timeout_s=30)
    assert not isinstance(caught.value, EndpointTimeout)
    # one that comes up meanwhile is reached
    later: list[FaultyServer] = []

    def start() -> None:
        time.sleep(0.2)
        later.append(FaultyServer(answer(ROWS), port=port))

    thread = threading.Thread(target=start)
    thread.start()
    try:
        assert RemoteEngine(f"http://127.0.0.1:{port}/").query("SELECT ?x {}", timeout_s=5).read() == ROWS
    finally:
        thread.join()
        later[0].stop()


def test_the_same_engine_goes_on_after_a_fault() -> None:
    scripts = itertools.cycle([reset, answer(ROWS), answer(PAGE), answer(ROWS), wait])
    with faulty_server(lambda connection: next(scripts)(connection)) as server:
        engine = RemoteEngine(server.url)
        for expected in (EndpointError, None, EndpointError, None, EndpointTimeout):
            if expected is None:
                assert engine.query("SELECT ?x {}", timeout_s=LIMIT_S).read() == ROWS
            else:
                with pytest.raises(expected):
                    engine.query("SELECT ?x {}", timeout_s=LIMIT_S)
        assert server.connections == 5


def test_fifty_stalls_do_not_hold_up_a_good_answer() -> None:
    with faulty_server(wait) as bad, faulty_server(answer(ROWS)) as good:
        hung_up, engine = threading.Event(), RemoteEngine(bad.url)

        def stall() -> None:
            engine.answer(Question("ASK {}", limit_s=60), Asker(gone=hung_up.is_set))

        with ThreadPoolExecutor(50) as threads:
            stalls = [threads.submit(stall) for _ in range(50)]
            wait_for(lambda: bad.connections == 50)
            assert RemoteEngine(good.url).query("SELECT ?x {}", timeout_s=50).read() == ROWS
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


def test_the_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ALL_PROXY", "socks://127.0.0.1:9")
    with faulty_server(answer(ROWS)) as proxy:
        monkeypatch.setenv("http_proxy", f"127.0.0.1:{proxy.port}")
        assert RemoteEngine("http://name.test/sparql").query("SELECT ?x {}", timeout_s=5).read() == ROWS
        assert proxy.requests[0].startswith(b"POST http://name.test/sparql HTTP/1.1\r\n")
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        with faulty_server(answer(ROWS)) as server:
            assert ask(server) == ROWS
        assert proxy.connections == 1


@pytest.mark.parametrize("proxy", ["socks://127.0.0.1:9", "http://127.0.0.1:port"])
def test_a_proxy_of_another_kind_is_an_error(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.setenv("http_proxy", proxy)
    with pytest.raises(EndpointError, match="the proxy set in the environment cannot be used"):
        RemoteEngine("http://name.test/").query("ASK {}", timeout_s=5)


def test_a_client_that_hangs_up_frees_the_query() -> None:
    with faulty_server(wait) as server, pytest.raises(ClientGone):
        RemoteEngine(server.url).answer(Question("ASK {}", limit_s=20), Asker(gone=lambda: server.connections > 0))


def test_a_server_that_refuses_a_large_body_early_is_heard() -> None:
    def refuse(connection: socket.socket) -> None:
        connection.recv(1000)
        connection.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 7\r\nConnection: close\r\n\r\nat most")
        connection.shutdown(socket.SHUT_WR)
        time.sleep(0.3)  # what was sent meanwhile is thrown away, as a server does that lingers
        connection.settimeout(0.3)
        while connection.recv(1_000_000):
            pass

    with faulty_server(refuse, reads=False) as server:
        request = httpx.Request("PUT", server.url, content=b"x" * 20_000_000)
        with pytest.raises(EndpointError) as caught:
            Client(server.url).exchange(request, lambda response: None, limit_s=5)
    assert caught.value.status == 413


@pytest.mark.parametrize(
    "challenge",
    [
        'Basic realm="x"',
        'Digest realm="x", nonce="n", qop="auth"',
        'Digest realm="x", nonce="n", qop="auth-int"',
        'Digest realm="x", nonce="n", algorithm=ROT13',
        'Digest realm="x"',
        "Digest realm",
        "Bearer",
        "Digest",
        "@",
    ],
)
def test_a_login_that_is_never_accepted(challenge: str) -> None:
    with faulty_server(answer(b"no", "401 No", media_type="text/plain", WWW_Authenticate=challenge)) as server:
        engine = RemoteEngine(server.url, login=Login("user", "secret"))
        with pytest.raises(EndpointError) as caught:
            engine.query("ASK {}", timeout_s=5)
    assert 1 <= server.connections <= 2
    assert "secret" not in str(caught.value) + repr(caught.value.__cause__)
    assert b"Authorization" not in server.requests[0]


@pytest.mark.parametrize(
    ("challenge", "scheme"), [("Basic realm=x", b"Basic "), ('Digest realm="x", nonce="n"', b"Digest ")]
)
def test_a_challenge_is_answered_once_and_remembered(challenge: str, scheme: bytes) -> None:
    """What comes with it is not waited for, though it has no end."""
    challenged = forever(head("401 No", WWW_Authenticate=challenge), b"no")
    scripts = iter([challenged, answer(ROWS), answer(ROWS)])
    with faulty_server(lambda connection: next(scripts)(connection)) as server:
        client = Client(server.url, Login("user", "secret"))
        for _ in range(2):
            request = httpx.Request("PUT", server.url, content=b"a body")
            client.exchange(request, lambda response: response.read(), limit_s=5)
        first, *others = server.requests
    assert b"Authorization" not in first
    assert len(others) == 2
    assert all(b"Authorization: " + scheme in sent and sent.endswith(b"a body") for sent in others)


def test_the_password_goes_to_no_other_server() -> None:
    with (
        faulty_server(answer(b"no", "401 No", WWW_Authenticate="Basic realm=x")) as other,
        faulty_server(answer(b"", "302 Found", location=other.url)) as server,
        pytest.raises(EndpointError, match="redirects"),
    ):
        RemoteEngine(server.url, login=Login("user", "secret")).query("ASK {}", timeout_s=5)
    assert other.connections == 0


@pytest.mark.parametrize("address", ["http://user:geheim@127.0.0.1/", "http://user@127.0.0.1/"])
def test_a_password_in_the_address_is_refused_and_not_shown(address: str) -> None:
    with pytest.raises(EndpointError, match="contains a user name or a password") as caught:
        RemoteEngine(address)
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize(
    "address",
    ["", "x", "file:///x", "http:///x", "http://h:port/", "http://h:99999/", "http://h/a b", "http://h/\n", "http://["],
)
def test_an_address_that_is_none(address: str) -> None:
    with pytest.raises(EndpointError, match="must begin with http:// or https://"):
        RemoteEngine(address)


def test_what_is_no_query_is_never_sent() -> None:
    with faulty_server(answer(ROWS)) as server:
        engine = RemoteEngine(server.url)
        with pytest.raises(UpdateRefused):
            engine.query("INSERT DATA { <urn:a> <urn:b> <urn:c> }")
        with pytest.raises(ServiceRefused):
            engine.query("SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }")
        with pytest.raises(QueryError, match="no SPARQL query"):
            engine.query('define get:soft "soft" SELECT * { ?s ?p ?o }')
        assert server.connections == 0


def test_the_dataset_of_the_address_and_of_the_request() -> None:
    with faulty_server(answer(ROWS)) as server:
        engine = RemoteEngine(f"{server.url}?x=1&default-graph-uri=urn%3Ad&named-graph-uri=urn:n#frag")
        ask_table(engine, "SELECT ?x {}", timeout_s=5)
        engine.answer(Question("SELECT ?x {}", limit_s=5, named_graphs=["urn:m"]))
        first, second = server.requests
    assert first.startswith(b"POST /sparql?x=1 HTTP/1.1\r\n")
    assert b"default-graph-uri=urn%3Ad" in first
    assert b"named-graph-uri=urn%3An" in first
    assert b"default-graph-uri" not in second
    assert b"named-graph-uri=urn%3Am" in second


def test_prefixes_are_declared_once() -> None:
    with faulty_server(answer(ROWS)) as server:
        text = (
            "# a comment\nPREFIX ecp: <https://w3id.org/ecp-graph/ontology#>\nSELECT ?x { ?x a ecp:Body, skos:Concept }"
        )
        RemoteEngine(server.url).query(text, timeout_s=5)
    assert server.requests[0].count(b"PREFIX+ecp") == 1
    assert server.requests[0].count(b"PREFIX+skos") == 1
    assert b"PREFIX+dcterms" not in server.requests[0]
