"""Malformed requests: what `/openapi.json` describes with values that do not fit, damaged queries, damaged bytes."""

from __future__ import annotations

import json
import random
import re
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote_from_bytes

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ecp_graph.web.serving.patience import Patience
from tests.serving import Served

__all__ = ["PATIENCE", "Fuzz", "malformed_requests"]

#: Of the server, so that what never comes is not waited for as long as it is in earnest.
PATIENCE: Final = Patience(head_s=0.5, body_s=0.5, idle_s=1)
#: A reply that has not come by then is a hang, on the busiest machine: the server's own limits are lower.
_HANG_S: Final = 60.0
_VARIANTS: Final = 9
_AT_ONCE: Final = 5
_LIMITS: Final = frozenset({"timeout", "busy", "out-of-resources"})
_STATUS: Final = re.compile(rb"(?:\A|\n|\})HTTP/1\.[01] (\d{3})")
_CODE: Final = re.compile(rb'"code": ?"([a-z-]+)"')

_METHODS: Final = [
    "GET",
    "GET",
    "GET",
    "POST",
    "POST",
    "HEAD",
    "OPTIONS",
    "PUT",
    "DELETE",
    "TRACE",
    "CONNECT",
    "get",
    "QUERY",
]
_QUERIES: Final = [
    "SELECT * { ?s ?p ?o } LIMIT 5",
    "PREFIX x: <http://x/> ASK { x:a x:b 'c'@en, \"d\"^^x:e, 1.5e3 }",
    "CONSTRUCT { ?s ?p [ ?q (1 2) ] } WHERE { GRAPH ?g { ?s ?p ?o } } ORDER BY ?s LIMIT 3",
    "DESCRIBE <http://x/a>",
    "SELECT (COUNT(DISTINCT ?s) AS ?n) FROM <u:g> { ?s a/b*|^c ?o FILTER(REGEX(STR(?o), '^a', 'i')) } GROUP BY ?p",
    "SELECT ?x { VALUES (?x ?y) { (UNDEF 1) (<u:a> true) } BIND(IF(?y, 1, 0) AS ?z) MINUS { ?x ?x ?x } }",
    "INSERT DATA { <u:a> <u:b> 1 }",
    "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
]
_HEADERS: Final = [
    "Accept", "Accept-Encoding", "Accept-Language", "If-None-Match", "If-Modified-Since", "Range", "Origin", "Cookie",
    "Content-Encoding", "Transfer-Encoding", "Expect", "Upgrade", "X-Forwarded-For", "X-Forwarded-Proto",
    "Authorization", "Content-Length", "Content-Type", "Host", "Connection", "TE", "Referer",
]  # fmt: skip
_VALUES: Final = [
    "*/*", "text/turtle;q=0.5, text/csv", "application/sparql-query", "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x", "application/sparql-update", "chunked", "gzip, br;q=0", "100-continue", "0",
    "-1", "99999999999", "W/\"x\", *", "bytes=0-9,-5", "keep-alive, Upgrade", "websocket", "127.0.0.1, ::1",
    "text/html", "close",
]  # fmt: skip
_PIECES: Final = [
    "{",
    "}",
    "(",
    "<",
    ">",
    '"',
    "'",
    "\\",
    "#",
    "\x00",
    "\u202e",
    "\ud800",
    "%",
    "&",
    ";",
    "?",
    "SERVICE",
    "\r\n",
    "é",
]


def _text() -> st.SearchStrategy[str]:
    odd = st.lists(st.sampled_from(_PIECES), max_size=6).map("".join)
    return st.one_of(
        st.text(max_size=30), odd, st.sampled_from(["", "0", "-1", "1e999", "json", "en", "u:g", "None", "true"])
    )


@st.composite
def _damaged(draw: st.DrawFn, whole: st.SearchStrategy[str]) -> str:
    """Return a text with a few pieces of it taken out, doubled, or replaced."""
    text = draw(whole)
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 12)))
        text = (
            text[:start]
            + draw(st.one_of(st.sampled_from(_PIECES), st.just(""), st.just(text[start:end] * 2)))
            + text[end:]
        )
    return text


def _encoded(text: str, how: str) -> bytes:
    raw = text.encode("utf-8", "surrogatepass")
    if how == "bare":
        return raw
    return quote_from_bytes(raw, safe="" if how == "quoted" else "{}()<>?/*").encode()


def malformed_requests(document: dict[str, Any]) -> st.SearchStrategy[bytes]:
    """Return requests as bytes for the paths of an OpenAPI document, most of them not as they should be."""
    paths = []
    for path, operations in sorted(document["paths"].items()):
        described = next(iter(operations.values())).get("parameters", ())
        paths.append((path, tuple(parameter["name"] for parameter in described)))
    # Half of the requests go to the endpoint, whose queries can be damaged too.
    return st.one_of(_request(("/sparql", ("timeout", "labels"))), st.sampled_from(paths).flatmap(_request))


@st.composite
def _request(draw: st.DrawFn, described: tuple[str, tuple[str, ...]]) -> bytes:
    path, names = described[0], [*described[1], "query", "query", "format", "x"]
    pairs = []
    for name in draw(st.lists(st.sampled_from(names), max_size=4)):
        value = draw(_damaged(st.sampled_from(_QUERIES)) if name == "query" else _text())
        pairs.append((name, value))
    how = draw(st.sampled_from(["quoted", "quoted", "quoted", "loose", "bare"]))
    query = b"&".join(_encoded(name, how) + b"=" + _encoded(value, how) for name, value in pairs)
    method = draw(st.sampled_from(_METHODS))
    body = b""
    headers = [
        (name, draw(st.one_of(st.sampled_from(_VALUES), _text())))
        for name in draw(st.lists(st.sampled_from(_HEADERS), max_size=3))
    ]
    if method in {"POST", "PUT"}:
        body = draw(
            st.sampled_from(
                [query, _encoded(draw(_damaged(st.sampled_from(_QUERIES))), "bare"), draw(st.binary(max_size=60))]
            )
        )
        query = draw(st.sampled_from([b"", query]))
        kind = draw(
            st.sampled_from(
                ["application/sparql-query", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""]
            )
        )
        headers += [("Content-Type", kind), ("Content-Length", str(len(body)))]
    target = _encoded(path, "loose") + draw(
        st.sampled_from([b"", b"", b"", b"/", b"/../", b"%2e%2e/", b".csv", b"%00"])
    )
    lines = [
        method.encode() + b" " + target + (b"?" + query if query else b"") + b" HTTP/1.1",
        b"Host: x",
        b"Connection: close",
    ]
    lines += [name.encode() + b": " + value.encode("utf-8", "surrogatepass") for name, value in headers]
    sent = b"\r\n".join([*lines, b"", b""]) + body
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 3]))):
        start = draw(st.integers(0, len(sent)))
        end = draw(st.integers(start, min(len(sent), start + 8)))
        sent = sent[:start] + draw(st.binary(max_size=6)) + sent[end:]
    return sent


def _varied(sent: bytes, chance: random.Random) -> bytes:
    """Return the bytes with a few of them changed, lost or doubled."""
    changed = bytearray(sent)
    for _ in range(chance.randrange(1, 4)):
        start = chance.randrange(len(changed) + 1)
        end = start + chance.randrange(4)
        changed[start:end] = chance.choice(
            [b"", chance.randbytes(2), bytes(changed[start:end] * 2), b"%", b"{", b"\r\n"]
        )
    return bytes(changed)


@dataclass
class Fuzz:
    """Sends malformed requests to a server; ``told`` counts the statuses, ``faults`` says what should not have been."""

    served: Served
    told: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    slowest_s: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, requests: int, *, seed: int | None = None) -> None:
        """Send so many, each tenth made anew and nine variants of it with other bytes; without a seed the same ones."""
        document = json.loads(self.served.open(self.served.url + "openapi.json").body)
        chance = random.Random(seed or 0)

        @settings(
            max_examples=requests // (1 + _VARIANTS),
            deadline=None,
            derandomize=seed is None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(malformed_requests(document))
        def send(sent: bytes) -> None:
            variants = [_varied(sent, chance) for _ in range(_VARIANTS)]
            list(threads.map(self.send, [sent, *variants]))

        if seed is not None:
            from hypothesis import seed as seeded

            seeded(seed)(send)
        with ThreadPoolExecutor(_AT_ONCE) as threads:
            send()

    def send(self, sent: bytes) -> None:
        """Send one request and judge the reply."""
        started = time.monotonic()
        got = self.served.raw(sent, timeout=_HANG_S)
        seconds = time.monotonic() - started
        with self._lock:
            self._judge(sent, got, seconds)

    def _judge(self, sent: bytes, got: bytes, seconds: float) -> None:
        self.slowest_s = max(self.slowest_s, seconds)
        statuses = [int(status) for status in _STATUS.findall(got)]
        self.told.update(statuses or [0])
        codes = {code.decode() for code in _CODE.findall(got)}
        if any(status >= 500 and not (status == 503 and codes & _LIMITS) for status in statuses):
            self.faults.append(f"{statuses} {codes} for {sent!r}")
        if b"Traceback" in got:
            self.faults.append(f"a stack trace for {sent!r}")
        if seconds >= _HANG_S:
            self.faults.append(f"a hang for {sent!r}: {got[:200]!r}")
