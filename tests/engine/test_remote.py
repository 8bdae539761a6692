"""The remote engine, against endpoints that behave and endpoints that do not."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from ecp_graph.engine import Question
from ecp_graph.engine.remote import RemoteEngine
from ecp_graph.errors import EndpointError, QueryTimeout, ResultTooLarge
from ecp_graph.namespaces import ECP
from ecp_graph.queries.binding import bind
from ecp_graph.queries.catalogue import parse_query

Handler = Callable[[BaseHTTPRequestHandler, dict[str, list[str]]], None]


class Endpoint:
    """A server on a free port whose answer each test sets; keeps what it was sent."""

    def __init__(self) -> None:
        self.answer: Handler = lambda request, form: reply(request, 200, "text/csv", b"x\r\n1\r\n")
        self.form: dict[str, list[str]] = {}
        self.headers: Mapping[str, str] = {}
        endpoint = self

        class Requests(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                endpoint.form, endpoint.headers = parse_qs(body), self.headers
                endpoint.answer(self, endpoint.form)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Requests)
        self.url = f"http://127.0.0.1:{self.server.server_port}/sparql"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()


def reply(
    request: BaseHTTPRequestHandler, status: int, media_type: str, body: bytes, length: int | None = None
) -> None:
    request.send_response(status)
    request.send_header("Content-Type", media_type)
    request.send_header("Content-Length", str(len(body) if length is None else length))
    request.end_headers()
    request.wfile.write(body)


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    endpoint = Endpoint()
    yield endpoint
    endpoint.server.shutdown()
    endpoint.server.server_close()


def test_the_request_is_a_protocol_request(endpoint: Endpoint) -> None:
    answer = RemoteEngine(endpoint.url).answer(
        Question("SELECT ?x { ?x a ecp:Body } # insert", "csv", default_graphs=["u:g"])
    )
    assert answer.read() == b"x\r\n1\r\n"
    assert endpoint.headers["Accept"] == "text/csv"
    assert endpoint.headers["User-Agent"].startswith("ecp-graph/")
    assert endpoint.form["default-graph-uri"] == ["u:g"]
    assert "PREFIX ecp: <https://w3id.org/ecp-graph/ontology#>" in endpoint.form["query"][0]
    assert set(endpoint.form) == {"query", "default-graph-uri"}


@pytest.mark.parametrize(
    "declares_none",
    ["# prefix ecp: is declared for it\n", "# PREFIX ecp: <u:>\n", "PREFIX x: <u:#PREFIX> # prefix ecp:\n"],
)
def test_what_a_comment_declares_is_declared_all_the_same(endpoint: Endpoint, declares_none: str) -> None:
    text = f"{declares_none}SELECT ?x {{ ?x a ecp:Body FILTER(?x != 'prefix ecp: <u:>') }}"
    RemoteEngine(endpoint.url).query(text, fmt="csv")
    assert endpoint.form["query"] == [f"PREFIX ecp: <{ECP}> {text}"]
    declared = f"{declares_none}prefix#\necp: <u:> SELECT ?x {{ ?x a ecp:Body }}"
    RemoteEngine(endpoint.url).query(declared, fmt="csv")
    assert endpoint.form["query"] == [declared]


def test_a_question_whose_comment_names_a_prefix(endpoint: Endpoint) -> None:
    header = "#+ summary: Which bodies are there?\n"
    text = "# The prefix ecp: is that of the ontology.\nSELECT ?x { ?x a ecp:Body }\n"
    question = parse_query(header + text, Path("queries/topic/name.rq"), Path("queries"))
    nothing = b'{"head": {"vars": []}, "results": {"bindings": []}}'
    endpoint.answer = lambda request, form: reply(request, 200, "application/sparql-results+json", nothing)
    engine = RemoteEngine(endpoint.url)
    engine.query(bind(question, {}, engine), fmt="json")
    assert endpoint.form["query"] == [f"PREFIX ecp: <{ECP}> {text}"]


def test_an_error_says_which_endpoint_said_what(endpoint: Endpoint) -> None:
    endpoint.answer = lambda request, form: reply(
        request, 400, "text/plain", b"Virtuoso 37000 Error SP030:\n near 'FOO'"
    )
    with pytest.raises(EndpointError) as caught:
        RemoteEngine(endpoint.url).query("SELECT * {}")
    assert str(caught.value) == f"The endpoint {endpoint.url} failed (HTTP 400): Virtuoso 37000 Error SP030: near 'FOO'"
    assert caught.value.status == 400


@pytest.mark.parametrize("status", [401, 403, 404, 414, 500, 503])
def test_every_status_is_kept(endpoint: Endpoint, status: int) -> None:
    endpoint.answer = lambda request, form: reply(request, status, "text/plain", b"no")
    with pytest.raises(EndpointError, match=f"HTTP {status}"):
        RemoteEngine(endpoint.url).query("ASK {}")


def test_a_page_instead_of_results_is_an_error(endpoint: Endpoint) -> None:
    endpoint.answer = lambda request, form: reply(request, 200, "text/html", b"<h1>Welcome</h1>")
    with pytest.raises(EndpointError, match="but returned text/html"):
        RemoteEngine(endpoint.url).query("ASK {}")


def test_half_an_answer_is_an_error(endpoint: Endpoint) -> None:
    endpoint.answer = lambda request, form: reply(request, 200, "text/csv", b"x\r\n1", length=5000)
    with pytest.raises(EndpointError, match="the connection broke"):
        RemoteEngine(endpoint.url).query("SELECT ?x {}", fmt="csv")


def test_an_endpoint_that_is_silent_is_left_at_the_limit(endpoint: Endpoint) -> None:
    endpoint.answer = lambda request, form: time.sleep(3)  # and then it hangs up, which is another error
    with pytest.raises(QueryTimeout):
        RemoteEngine(endpoint.url).query("ASK {}", timeout_s=1)


def test_an_endpoint_that_drips_is_left_at_the_limit(endpoint: Endpoint) -> None:
    def drip(request: BaseHTTPRequestHandler, form: dict[str, list[str]]) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "text/csv")
        request.end_headers()
        for _ in range(40):
            try:
                request.wfile.write(b"x" * 70_000)
            except OSError:
                return
            time.sleep(0.1)

    endpoint.answer = drip
    with pytest.raises(QueryTimeout):
        RemoteEngine(endpoint.url).query("SELECT ?x {}", fmt="csv", timeout_s=0.5)


def test_too_large_an_answer_is_refused(endpoint: Endpoint) -> None:
    endpoint.answer = lambda request, form: reply(request, 200, "text/csv", b"x" * 200_000)
    with pytest.raises(ResultTooLarge):
        RemoteEngine(endpoint.url, max_result_bytes=100_000).query("SELECT ?x {}", fmt="csv")


def test_nobody_there() -> None:
    with pytest.raises(EndpointError, match="cannot be reached"):
        RemoteEngine("http://127.0.0.1:9/sparql").query("ASK {}")


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://x/", "sparql", "http://"])
def test_only_web_addresses(address: str) -> None:
    with pytest.raises(EndpointError, match="http:// or https://"):
        RemoteEngine(address)
