"""HTTP as it goes over the wire: heads that are too long or late, clients that do not read, headers on every answer."""

from __future__ import annotations

import contextlib
import csv
import gzip
import io
import json
import re
import socket
import time
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import pytest

from ecp_graph.web.http.headers import SECURITY_HEADERS
from ecp_graph.web.serving.patience import Patience
from tests.hostile.siege import memory_of
from tests.serving import Served, serving_with
from tests.waiting import wait_for

pytestmark = pytest.mark.slow

_DIRECT = b"Content-Type: application/sparql-query\r\n"
_STREAM = "SELECT * { ?a ?b ?c . ?d ?e ?f }"
_PATIENCE = Patience(head_s=1.5, body_s=1.5, stall_s=1.5)


@pytest.fixture(scope="module")
def served(asking_workspace: Path, releases: Path) -> Iterator[Served]:
    with serving_with(_PATIENCE, workspace=asking_workspace, releases=releases, timeout=60, workers=4) as served:
        yield served


def request(line: str, *headers: str, body: bytes = b"") -> bytes:
    return "\r\n".join([f"{line} HTTP/1.1", "Host: x", "Connection: close", *headers, "", ""]).encode() + body


REQUESTS = {
    "an answer": (200, request("GET /sparql?query=ASK%7B%7D")),
    "an answer again": (200, request("GET /sparql?query=ASK%7B%7D")),
    "a description": (200, request("GET /sparql")),
    "a head alone": (200, request("HEAD /sparql?query=ASK%7B%7D")),
    "options": (200, request("OPTIONS /sparql", "Origin: http://x", "Access-Control-Request-Method: POST")),
    "health": (200, request("GET /health")),
    "metrics": (200, request("GET /metrics")),
    "a style sheet": (200, request("GET /static/style.css")),
    "a redirect": (303, request("GET /id/body/ptc")),
    "a malformed query": (400, request("GET /sparql?query=SELECT")),
    "an update": (403, request("GET /sparql?query=DROP+ALL")),
    "nothing there": (404, request("GET /nothing")),
    "a method": (405, request("PUT /sparql")),
    "a type": (406, request("GET /sparql?query=ASK%7B%7D", "Accept: image/png")),
    "a body that does not come": (408, request("POST /sparql", "Content-Length: 9") + b"ASK"),
    "a head that does not come": (408, b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: x\r\nAccept: "),
    "a body too long": (413, request("POST /sparql", "Content-Length: 500000", body=b"x" * 500_000)),
    "an address too long": (414, request("GET /sparql?query=ASK%7B%7D%23" + "a" * 70_000)),
    "an address without end": (414, request("GET /" + "a" * 3_000_000)),
    "a text": (415, request("POST /sparql", "Content-Type: text/plain", "Content-Length: 5", body=b"ASK{}")),
    "headers without end": (431, request("GET /sparql", *(f"X-{n}: y" for n in range(20_000)))),
    "one header without end": (431, request("GET /sparql", "X: " + "y" * 3_000_000)),
    "no HTTP": (400, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"),
    "no host": (400, b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nConnection: close\r\n\r\n"),
    "two hosts": (400, request("GET /sparql?query=ASK%7B%7D", "Host: y")),
    "two lengths": (400, request("POST /sparql", "Content-Length: 5", "Content-Length: 6", body=b"ASK{}")),
    "a length and chunks": (
        400,
        request("POST /sparql", "Content-Length: 5", "Transfer-Encoding: chunked", body=b"5\r\nASK{}\r\n0\r\n\r\n"),
    ),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_every_response_has_the_security_headers(served: Served, name: str) -> None:
    status, sent = REQUESTS[name]
    head, _, body = served.raw(sent).partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    assert int(lines[0].split()[1]) == status
    headers = {line.partition(":")[0].lower(): line.partition(": ")[2] for line in lines[1:]}
    assert {key: headers.get(key.lower()) for key in SECURITY_HEADERS} == SECURITY_HEADERS
    assert sum(line.lower().startswith("date: ") for line in lines) <= 1
    if status >= 400:
        assert headers["content-type"] == "application/json"
        error = json.loads(body)["error"]
        assert error["code"]
        assert error["message"].endswith(".")
        assert int(headers["content-length"]) == len(body)


def test_what_a_client_knows_is_not_sent_again_and_still_has_the_headers(served: Served) -> None:
    first = served.get("ASK { ?s ?p 1 }")
    ask = f"GET /sparql?query=ASK%20%7B%20?s%20?p%201%20%7D HTTP/1.1\r\nHost: 127.0.0.1:{served.port}\r\n".encode()
    for _ in range(3):  # from the app, then from what the bridge keeps
        head = ask + f"Accept: text/csv\r\nIf-None-Match: {first.headers['etag']}\r\nConnection: close\r\n\r\n".encode()
        got = served.raw(head).decode().lower()
        assert got.startswith("http/1.1 304 ")
        assert got.endswith("\r\n\r\n")
        assert "\r\ncontent-type: " not in got
        assert "etag: " in got
        assert all(f"{name.lower()}: " in got for name in SECURITY_HEADERS)


def test_a_body_in_chunks_is_read(served: Served) -> None:
    sent = request("POST /sparql", "Transfer-Encoding: chunked", "Accept: text/csv", _DIRECT.decode().strip())
    assert b"200 OK" in served.raw(sent + b"3\r\nASK\r\n3\r\n {}\r\n0\r\n\r\n")


@pytest.mark.parametrize(
    ("header", "body", "status"),
    [
        ("Content-Encoding: gzip", gzip.compress(b"ASK {}", mtime=0), 415),
        ("Content-Encoding: br", b"ASK {}", 415),
        ("Content-Type: application/sparql-query; charset=utf-16", "ASK {}".encode("utf-16"), 415),
        ("Content-Type: application/sparql-query; charset=UTF-8", b"ASK {}", 200),
        ("Content-Type: application/x-www-form-urlencoded", b"query=ASK+%7B+%3Fs+%3Fp+%22%FF%22+%7D", 400),
        ("Content-Encoding: identity", b"ASK {}", 200),
    ],
)
def test_a_body_in_another_coding_is_told_so(served: Served, header: str, body: bytes, status: int) -> None:
    own = () if header.startswith("Content-Type") else (_DIRECT.decode().strip(),)
    got = served.raw(request("POST /sparql", header, *own, f"Content-Length: {len(body)}", body=body))
    assert int(got.split()[1]) == status


def test_an_address_that_is_not_utf8_is_not_guessed_at(served: Served) -> None:
    got = served.raw(request("GET /sparql?query=ASK+%7B+%3Fs+%3Fp+%22%FF%22+%7D"))
    assert got.startswith(b"HTTP/1.1 400 ")
    assert b"not UTF-8" in got


def test_a_page_of_another_site_is_told_what_it_may_do(served: Served) -> None:
    got = served.raw(request("OPTIONS /sparql", "Origin: http://x", "Access-Control-Request-Method: POST")).decode()
    for line in (
        "access-control-allow-origin: *",
        "access-control-allow-methods: GET, HEAD, OPTIONS, POST",
        "access-control-allow-headers: Accept, Content-Type, If-None-Match",
        "access-control-expose-headers: ETag, Retry-After, Ecp-Graph-Release",
    ):
        assert line in got


def test_requests_in_one_go_are_answered_in_order(served: Served) -> None:
    one = b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: x\r\nAccept: text/csv\r\n\r\n"
    last = request("GET /sparql?query=ASK%7B+%3Cu:a%3E+%3Cu:b%3E+1+%7D", "Accept: text/csv")
    got = served.raw(one + one + last)
    assert [got.count(b"HTTP/1.1 200"), got.count(b"true"), got.count(b"false")] == [3, 2, 1]
    assert got.rindex(b"true") < got.index(b"false")


def _without_date(got: bytes) -> list[bytes]:
    head, _, body = got.partition(b"\r\n\r\n")
    return [
        *sorted(line for line in head.split(b"\r\n") if not line.lower().startswith((b"date:", b"connection:"))),
        body,
    ]


@pytest.mark.parametrize("conditional", [False, True])
def test_a_kept_answer_is_the_one_that_was_made(served: Served, conditional: bool) -> None:
    """A connection that goes on is answered before the app is reached, one that ends by way of the bridge."""
    line = "GET /sparql?format=csv&query=SELECT+%3Fs+%7B+%3Fs+a+ecp:Body+%7D+LIMIT+3"
    etag = next(part for part in served.raw(request(line)).split(b"\r\n") if part.startswith(b"etag: "))
    headers = [f"If-None-Match: {etag[6:].decode()}"] if conditional else []
    by_bridge = served.raw(request(line, *headers))
    going_on = request(line, *headers).replace(b"Connection: close\r\n", b"")
    got = served.raw(going_on * 2 + request(line, *headers))
    status = b"HTTP/1.1 304 " if conditional else b"HTTP/1.1 200 "
    first, second, third = [status + part for part in got.split(status)[1:]]
    assert _without_date(first) == _without_date(second) == _without_date(third) == _without_date(by_bridge)
    assert served.log().splitlines()[-2].split()[-1] == "cache=hit"


def test_a_kept_page_has_the_date_of_its_sending(served: Served) -> None:
    line = request("GET /queries", "Accept: text/html")
    dates = []
    for _ in range(2):
        head = served.raw(line).partition(b"\r\n\r\n")[0].lower().decode()
        dates.append(re.findall("date: (.*)", head))
        time.sleep(1.1)
    assert [len(found) for found in dates] == [1, 1]
    assert dates[0] != dates[1]
    assert served.log().splitlines()[-1].split()[-1] == "cache=hit"


def test_a_header_with_a_low_line_is_no_header_with_a_hyphen(served: Served) -> None:
    """What is kept goes by the headers that came; the app would read one for the other."""
    packed = served.raw(request("GET /queries", "Accept: text/html;q=0.9", "Accept_Encoding: gzip"))
    plain = served.raw(request("GET /queries", "Accept: text/html;q=0.9"))
    real = served.raw(request("GET /queries", "Accept: text/html;q=0.9", "Accept-Encoding: gzip"))
    assert [b"content-encoding: gzip" in got.lower() for got in (packed, plain, real)] == [False, False, True]


def test_a_client_that_asks_and_does_not_read_fills_no_memory(served: Served) -> None:
    """Kept answers of 300 kB, asked for a hundred thousand times in one go: 30 GB, were they all written at once."""
    query = "SELECT+*+%7B+%3Fs+%3Fp+%3Fo+%7D+LIMIT+2000"
    assert len(served.raw(request(f"GET /sparql?format=json&query={query}"))) > 300_000
    before = memory_of(served.process.pid)
    line = _quiet_client(served, query.replace("+", " "))
    one = f"GET /sparql?format=json&query={query} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    line.settimeout(1)  # the server reads no more of it, sooner or later
    with contextlib.suppress(OSError):
        for _ in range(100):
            line.sendall(one * 1000)
    grown = memory_of(served.process.pid) - before
    line.close()
    assert grown < 200_000_000
    assert served.get("ASK {}").status == 200


def test_what_cannot_be_read_behind_a_request_does_not_get_into_its_answer(served: Served) -> None:
    slow = b"GET /sparql?timeout=1&query=SELECT+(COUNT(*)+AS+%3Fn)+%7B%3Fa+%3Fb+%3Fc.%3Fd+%3Fe+%3Ff%7D HTTP/1.1\r\n"
    got = served.raw(slow + b"Host: x\r\n\r\n" + b"GET / HTTP/9.9\r\n\r\n")
    assert b"no HTTP" not in got


def test_what_comes_behind_the_last_request_does_no_harm(served: Served) -> None:
    last = request("GET /sparql?query=ASK%7B%7D", "Accept: text/csv")
    with socket.create_connection(("127.0.0.1", served.port), timeout=60) as line:
        line.sendall(last)
        got = line.recv(65_536)
        for _ in range(20):
            with contextlib.suppress(ConnectionError):
                line.sendall(b"no HTTP\r\n\r\n")
    assert got.startswith(b"HTTP/1.1 200 ")
    with socket.create_connection(("127.0.0.1", served.port), timeout=60) as line:
        line.sendall(b"no HTTP\r\n\r\n")
        time.sleep(2)  # past the time that a head may take
    assert served.get("ASK {}").status == 200
    assert "Traceback" not in served.log()


def _quiet_client(served: Served, query: str, *, limit_s: float = 60) -> socket.socket:
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    line.connect(("127.0.0.1", served.port))
    asked = urllib.parse.urlencode({"format": "csv", "timeout": limit_s, "query": query})
    line.sendall(f"GET /sparql?{asked} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    return line


def test_clients_that_do_not_read_hold_no_worker_past_the_limit_and_no_connection(served: Served) -> None:
    lines = [_quiet_client(served, _STREAM, limit_s=2) for _ in range(2)]
    wait_for(lambda: served.log().count("cut=") >= len(lines))
    assert served.get("ASK { ?s ?p 2 }").status == 200
    for line in lines:
        line.settimeout(60)
        got = bytearray()
        try:
            while chunk := line.recv(65_536):
                got += chunk
        except ConnectionResetError:
            pass
        assert got.startswith(b"HTTP/1.1 200")
        assert not got.endswith(b"0\r\n\r\n")
        line.close()


def test_a_stream_that_is_cut_does_not_end_as_if_it_were_whole(served: Served) -> None:
    address = urllib.parse.urlencode({"query": _STREAM, "timeout": 2, "format": "csv"})
    cut = served.open(f"{served.url}sparql?{address}")
    assert (cut.status, cut.cut) == (200, True)
    whole = served.get("SELECT * { ?a ?b ?c } LIMIT 9000")
    rows = csv.reader(io.StringIO(whole.body.decode(), newline=""))
    assert (whole.status, whole.cut, sum(1 for _ in rows)) == (200, False, 9001)
