"""What the event loop answers by itself is what the app would have answered, header for header and byte for byte."""

from __future__ import annotations

import asyncio
import gzip
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote_to_bytes, urlencode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ecp_graph.settings import Settings
from ecp_graph.web import create_app
from ecp_graph.web.errors import HttpError
from ecp_graph.web.serving.asgi import Bridge
from ecp_graph.web.serving.express import Express
from ecp_graph.web.serving.server import asgi_app
from ecp_graph.web.site import EXTENSION
from ecp_graph.web.sparql_request import read_request

SELECT = "SELECT ?n ?title { ?action ecp:actionNumber ?n ; skos:prefLabel ?title } ORDER BY ?n"
CONSTRUCT = "CONSTRUCT { ?a ecp:actionNumber ?n } WHERE { ?a ecp:actionNumber ?n }"
LONG = "SELECT ?s ?p ?o { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 3000"
LONG_GRAPH = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
PARA = "https://w3id.org/ecp-graph/graph/pc0457e1/action-3"
FORM = {"content-type": "application/x-www-form-urlencoded"}
DIRECT = {"content-type": "application/sparql-query"}


class Asked:
    """A request: method, parameters, headers and body; and whether it is answered without the app."""

    def __init__(
        self,
        fields: dict[str, Any],
        headers: dict[str, str] | None = None,
        *,
        body: bytes | None = None,
        method: str = "GET",
        path: str = "/sparql",
        express: bool = False,
    ) -> None:
        self.method = "POST" if body is not None else method
        self.path = path
        self.query_string = urlencode(fields, doseq=True).encode()
        self.headers = {"host": "localhost", **(headers or {})}
        self.body = body or b""
        if body is not None:
            self.headers["content-length"] = str(len(body))
        self.express = express


def quick(fields: dict[str, Any], headers: dict[str, str] | None = None, body: bytes | None = None) -> Asked:
    return Asked(fields, headers, body=body, express=True)


REQUESTS = {
    "no accept": quick({"query": SELECT}),
    **{f"a table as {fmt}": quick({"query": SELECT, "format": fmt}) for fmt in ("json", "xml", "csv", "tsv")},
    **{
        f"a graph as {fmt}": quick({"query": CONSTRUCT, "format": fmt})
        for fmt in ("ttl", "nt", "jsonld", "rdf", "trig", "nq", "json", "xml")
    },
    "accept": quick({"query": SELECT}, {"accept": "text/csv;q=0.5, application/sparql-results+xml"}),
    "ask": quick({"query": "ASK {}"}, {"accept": "text/csv"}),
    "no rows": quick({"query": "SELECT ?s { ?s ?s ?s }"}, {"accept": "application/sparql-results+json"}),
    "gzip": quick({"query": SELECT}, {"accept-encoding": "gzip, deflate, br"}),
    "gzip of little": quick({"query": "ASK {}"}, {"accept-encoding": "gzip"}),
    "gzip refused": quick({"query": SELECT}, {"accept-encoding": "gzip;q=0, *;q=0"}),
    "a stream": quick({"query": LONG, "format": "csv"}),
    "a stream in gzip": quick({"query": LONG, "format": "json"}, {"accept-encoding": "gzip"}),
    "a long graph": quick({"query": LONG_GRAPH, "format": "nt"}),
    "labels": quick({"query": SELECT, "labels": "en", "format": "csv"}),
    "less time": quick({"query": SELECT, "timeout": " 3 "}),
    "more time than there is": quick({"query": SELECT, "timeout": "1000"}),
    "a default graph": quick({"query": "SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o", "default-graph-uri": PARA}),
    "named graphs": quick(
        {"query": "SELECT * { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g ?s ?p ?o", "named-graph-uri": [PARA, "urn:x-none"]}
    ),
    "a form": quick({}, FORM, urlencode({"query": SELECT, "format": "csv"}).encode()),
    "a form in capitals": quick({}, {"content-type": FORM["content-type"].upper()}, b"query=ASK%7B%7D"),
    "a form and an address": quick({"format": "tsv"}, FORM, urlencode({"query": SELECT, "format": "csv"}).encode()),
    "the query itself": quick({"format": "csv"}, DIRECT, SELECT.encode()),
    "a lone percent": quick({}, FORM, b"query=ASK%7B+%3Cu:a%3E+%3Cu:b%3E+'100%25%'+%7D&x=%zz&&y"),
    "letters beyond ASCII": quick({"query": "SELECT ('Ünï ☃' AS ?x) {}", "format": "csv"}),
    "malformed": quick({"query": "SELECT ?s {"}),
    "malformed for people": quick({"query": "ASK { ?s }", "format": "csv"}, {"accept": "text/html"}),
    "an answer that XML cannot hold": quick({"query": r"SELECT ('\u0001' AS ?x) {}", "format": "xml"}),
    "no such graph name": quick({"query": SELECT, "default-graph-uri": "no iri"}),
    "too slow": quick({"query": ENDLESS, "timeout": "0.3"}),
    "nothing": Asked({}),
    "a page": Asked({"query": SELECT}, {"accept": "text/html"}),
    "a page by name": Asked({"query": SELECT, "format": "html"}),
    "an update": Asked({"query": "DROP ALL"}),
    "an update by name": Asked({"update": "DROP ALL"}),
    "two queries": Asked({"query": ["ASK {}", "ASK { ?s ?p ?o }"]}),
    "service": Asked({"query": "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"}),
    "too deep": Asked({"query": "SELECT * " + "{" * 70 + "}" * 70}),
    "an unknown format": Asked({"query": SELECT, "format": "docx"}),
    "a graph's format": Asked({"query": SELECT, "format": "ttl"}),
    "no time": Asked({"query": SELECT, "timeout": "-1"}),
    "no language": Asked({"query": SELECT, "labels": "!"}),
    "labels of a graph": Asked({"query": CONSTRUCT, "labels": "en"}),
    "nothing acceptable": Asked({"query": SELECT}, {"accept": "image/png"}),
    "not UTF-8": Asked({}, FORM, body=b"query=%FF"),
    "another type": Asked({}, {"content-type": "text/plain"}, body=b"ASK {}"),
    "a coded body": Asked({}, {**DIRECT, "content-encoding": "gzip"}, body=b"ASK {}"),
    "another charset": Asked({}, {"content-type": "application/sparql-query; charset=latin1"}, body=b"ASK {}"),
    "an empty form": Asked({}, FORM, body=b""),
    "a multipart form": Asked(
        {},
        {"content-type": "multipart/form-data; boundary=b"},
        body=b'--b\r\nContent-Disposition: form-data; name="query"\r\n\r\nASK {}\r\n--b--\r\n',
    ),
    "a long query": Asked({"query": f"ASK {{}} #{'x' * 40_000}"}),
    "too long a query": Asked({"query": f"ASK {{}} #{'x' * 80_000}"}),
    "known already": Asked({"query": SELECT}, {"if-none-match": '"x"'}),
    "a head": Asked({"query": SELECT}, method="HEAD"),
    "options": Asked({"query": SELECT}, method="OPTIONS"),
    "another page": Asked({"query": SELECT}, path="/health"),
}


class Said:
    def __init__(self) -> None:
        self.status = 0
        self.headers: list[tuple[str, str]] = []
        self.body = b""
        self.ended = False

    async def take(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = sorted((name.decode(), value.decode()) for name, value in message["headers"])
        else:
            self.body += message.get("body", b"")
            self.ended = not message.get("more_body", False)

    def told(self) -> tuple[int, list[tuple[str, str]], bytes, bool]:
        packed = ("content-encoding", "gzip") in self.headers
        headers = [header for header in self.headers if not (packed and header[0] == "content-length")]
        return self.status, headers, gzip.decompress(self.body) if packed else self.body, self.ended


class Server:
    """The ASGI app twice, with and without the express, and how often the express answered."""

    def __init__(self, settings: Settings) -> None:
        app = create_app(settings)
        self.site = app.extensions[EXTENSION]
        self.site.source.current()
        self.whole, self.app_alone = asgi_app(app, settings), asgi_app(app, settings)
        self.app_alone._express = None
        self.answered = 0
        express = self.whole._express
        assert isinstance(express, Express)

        async def counted(scope: Any, headers: Any, body: bytes, exchange: Any, gone: Any) -> Any:
            reply = await express(scope, headers, body, exchange, gone)
            self.answered += reply is not None or exchange.problem is not None
            return reply

        self.whole._express = counted

    def ask(self, bridge: Bridge, asked: Asked) -> Said:
        # In a thread, because a browser that other tests have open keeps an event loop running in this one.
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(lambda: asyncio.run(self._ask(bridge, asked))).result()

    async def _ask(self, bridge: Bridge, asked: Asked) -> Said:
        scope = {
            "type": "http",
            "method": asked.method,
            "path": asked.path,
            "query_string": asked.query_string,
            "headers": [(name.encode(), value.encode()) for name, value in asked.headers.items()],
            "http_version": "1.1",
            "client": ("127.0.0.1", 1),
        }
        parts = iter([{"type": "http.request", "body": asked.body}])

        async def receive() -> dict[str, Any]:
            if (part := next(parts, None)) is None:
                await asyncio.sleep(60)
                return {"type": "http.disconnect"}
            return part

        said = Said()
        await bridge(scope, receive, said.take)
        return said


@pytest.fixture(scope="module")
def server(releases: Path, asking_workspace: Path) -> Server:
    settings = Settings(releases=releases, workspace=asking_workspace, access_log=False, cache_mb=0, timeout=10)
    return Server(settings)


@pytest.mark.parametrize("name", REQUESTS)
def test_it_answers_as_the_app_does(server: Server, name: str) -> None:
    asked = REQUESTS[name]
    before = server.answered
    ours, theirs = server.ask(server.whole, asked), server.ask(server.app_alone, asked)
    assert server.answered - before == asked.express
    assert (theirs.status > 0, theirs.ended) == (True, True)
    assert ours.told() == theirs.told()


def test_a_difference_would_be_noticed(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ecp_graph.web.serving.express.OPEN_HEADERS", {})
    asked = REQUESTS["no accept"]
    assert server.ask(server.whole, asked).told() != server.ask(server.app_alone, asked).told()


def test_both_charge_the_client_and_refuse_one_that_used_its_share(releases: Path, asking_workspace: Path) -> None:
    settings = Settings(releases=releases, workspace=asking_workspace, access_log=False, cache_mb=0, budget=0.2)
    server = Server(settings)
    assert server.ask(server.whole, quick({"query": "ASK {}"})).status == 200
    server.ask(server.whole, quick({"query": ENDLESS, "timeout": "0.5"}))
    assert server.answered == 2
    for bridge in (server.whole, server.app_alone):
        assert server.ask(bridge, quick({"query": "ASK {}"})).status == 429
    assert server.answered == 2


TEXT = st.text(st.characters(codec="utf-8"), max_size=20)


@given(st.lists(st.tuples(TEXT, TEXT), max_size=6))
@example([("query", "=&%+\r\n ="), ("", ""), ("a=b", "%zz")])
def test_a_form_is_read_as_urllib_reads_it(fields: list[tuple[str, str]]) -> None:
    form = urlencode(fields).encode()
    asked = [field for field in fields if field[0] not in {"query", "update"}]
    body = urlencode(asked).encode()
    read = read_request("GET", body, {}, b"", max_query_bytes=1000)
    assert list(read.fields) == parse_qsl(body.decode(), keep_blank_values=True) == asked
    assert parse_qsl(form.decode(), keep_blank_values=True) == fields


@given(st.binary(max_size=60).map(lambda text: text.replace(b"query", b"q").replace(b"update", b"u")))
@example(b"a=%&b=%4&c=%4g&d")
@example(b"==a&=&&a==b=")
@example(b"a=b=\r\n=3D&c")
def test_what_is_no_form_is_read_as_urllib_reads_it(form: bytes) -> None:
    try:
        unquote_to_bytes(form).decode()
    except UnicodeDecodeError:
        with pytest.raises(HttpError, match="not UTF-8"):
            read_request("GET", form, {}, b"", max_query_bytes=1000)
        return
    if "update" in dict(parse_qsl(form.decode(), keep_blank_values=True)):  # spelt with escapes
        return
    read = read_request("GET", form, {}, b"", max_query_bytes=1000)
    assert list(read.fields) == parse_qsl(form.decode(), keep_blank_values=True)
