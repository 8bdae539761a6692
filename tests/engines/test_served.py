"""``serve --endpoint`` and ``query --endpoint`` as processes: over real stores, and over one that misbehaves."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from ecp_graph.engine import Engine
from ecp_graph.engine.asking import ask_table
from ecp_graph.queries.binding import bind
from ecp_graph.sparql.results import parse_table
from tests.bundled import messages
from tests.ports import free_ports
from tests.queries.asking import bundled_catalogue
from tests.waiting import wait_for

from .faults import BREAKS, LIES, ROWS, STALLS, wait
from .faulty import FaultyServer, Script, answer, reset
from .stores import Store

LIMIT_S = 6.0
#: What is given to an endpoint that never answers.
SHORT_S = 1.0
QUERY = "SELECT ?x {}"
PLACES = 8  # two workers and a queue of six


@dataclass(frozen=True)
class Said:
    """A response: status, media type and body."""

    status: int
    media_type: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def error(self) -> Any:
        return json.loads(self.body)["error"]


def fetch(address: str, *, accept: str = "application/sparql-results+json", data: bytes | None = None) -> Said:
    request = urllib.request.Request(address, data=data, headers={"Accept": accept})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        response = opener.open(request, timeout=120)
    except urllib.error.HTTPError as refusal:
        response = refusal
    with response:
        body = response.read()
        media_type = response.headers.get_content_type()
        return Said(
            response.status,
            media_type,
            body,
            {name.lower(): value for name, value in response.headers.items()},
        )


def ask(base: str, sparql: str = QUERY, *, limit_s: float = 60, **options: Any) -> Said:
    return fetch(f"{base}sparql?{urllib.parse.urlencode({'query': sparql, 'timeout': limit_s})}", **options)


@contextlib.contextmanager
def serving(endpoint: str, log: Path, *, timeout_s: float, **settings: str) -> Iterator[str]:
    """``ecp-graph serve`` over an endpoint, until the end of the block; stderr goes to the log."""
    command = [sys.executable, "-m", "ecp_graph.cli", "serve", "--port", "0", "--endpoint", endpoint]
    environment = {"PATH": "/usr/bin:/bin", "no_proxy": "127.0.0.1", **settings}
    with log.open("wb") as stream:
        process = subprocess.Popen([*command, "--timeout", str(timeout_s)], stderr=stream, env=environment)
        try:
            wait_for(lambda: "Serving at " in log.read_text() or process.poll() is not None)
            assert process.poll() is None, log.read_text()
            yield log.read_text().partition("Serving at ")[2].split()[0]
            assert process.poll() is None, log.read_text()
        finally:
            process.terminate()
            process.wait(60)


# ---------------------------------------------------------------- over real stores


@pytest.fixture(scope="module")
def served(pushed: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The server over a store that holds the bundled release."""
    with serving(pushed.endpoint, tmp_path_factory.mktemp("served") / "log", timeout_s=60) as base:
        yield base


@pytest.mark.parametrize("name", ["actions", "bodies-load", "overlap-bodies", "timeline", "passages"])
def test_the_api_gives_the_rows_of_the_release(name: str, served: str, engine: Engine) -> None:
    said = fetch(f"{served}api/queries/{name}.json")
    here = ask_table(engine, bind(bundled_catalogue()[name], {}, engine))
    assert said.status == 200
    assert parse_table(said.body) == here
    assert len(here.rows) > 5
    sheet = fetch(f"{served}api/queries/{name}.xlsx")
    assert (sheet.status, sheet.body[:2]) == (200, b"PK")


def test_the_endpoint_answers_in_every_format(served: str) -> None:
    select = "SELECT ?n { action:ecp3-3 ecp:actionNumber ?n }"
    for accept in ("application/sparql-results+json", "application/sparql-results+xml", "text/csv"):
        said = ask(served, select, accept=accept)
        assert (said.status, said.media_type) == (200, accept)
        assert b"3" in said.body
    tsv = ask(served, select, accept="text/tab-separated-values").body.replace(b'"', b"")
    assert tsv.split() in ([b"?n", b"3"], [b"n", b"3"])  # Virtuoso quotes the names and leaves out the question marks
    construct = "CONSTRUCT { action:ecp3-3 ecp:actionNumber ?n } { action:ecp3-3 ecp:actionNumber ?n }"
    for accept in ("text/turtle", "application/n-triples", "application/rdf+xml"):
        said = ask(served, construct, accept=accept)
        assert (said.status, said.media_type) == (200, accept)
        [quad] = ox.parse(said.body, ox.RdfFormat.from_media_type(accept))
        assert quad.object == ox.Literal(3)
    assert json.loads(ask(served, "ASK { action:ecp3-3 a ecp:Action }").body)["boolean"] is True


def test_the_ways_of_the_protocol_and_the_dataset(served: str) -> None:
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    passage = "https://w3id.org/ecp-graph/graph/pc0457e1/action-3"
    whole = int(parse_table(ask(served, count).body).rows[0][0].value)  # type: ignore[union-attr]
    form = urllib.parse.urlencode({"query": count, "default-graph-uri": passage}).encode()
    part = parse_table(fetch(f"{served}sparql", data=form).body).rows[0][0]
    assert part is not None
    assert 0 < int(part.value) < whole


@pytest.mark.parametrize("text", ["SELECT * { ?s ?p }", "SELECT nonsense"])
def test_a_malformed_query_is_the_fault_of_the_client(served: str, text: str) -> None:
    said = ask(served, text)
    assert (said.status, said.error["code"]) == (400, "malformed-query")
    assert "(HTTP 400)" in said.error["message"]


def test_updates_and_service_are_refused_here(served: str) -> None:
    assert ask(served, "INSERT DATA { <urn:a> <urn:b> <urn:c> }").status == 403
    assert ask(served, "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }").status == 403


def test_pages_health_and_description(served: str) -> None:
    assert fetch(f"{served}queries/bodies-load", accept="text/html").status == 200
    assert json.loads(fetch(f"{served}health").body)["status"] == "ok"
    description = fetch(f"{served}sparql", accept="text/turtle")
    assert (description.status, description.media_type) == (200, "text/turtle")


def test_an_answer_is_not_kept_because_the_store_may_change(served: str) -> None:
    said = ask(served, "ASK {}")
    assert said.status == 200
    assert "etag" not in said.headers


def run(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ecp_graph.cli", "query", *arguments]
    return subprocess.run(command, input=given, capture_output=True, text=True, timeout=120, check=False)


def test_the_command_gives_the_rows_of_the_release(pushed: Store, releases: Path) -> None:
    arguments = ["actions-of-body", "--param", "body=ptc", "--format", "json"]
    there = run(*arguments, "--endpoint", pushed.endpoint)
    here = run(*arguments, "--releases", str(releases))
    assert (there.returncode, messages(there.stderr)) == (0, "")
    assert parse_table(there.stdout.encode()) == parse_table(here.stdout.encode())
    wrong = run("-", "--endpoint", pushed.endpoint, given="SELECT * { ?s ?p }")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert messages(wrong.stderr).startswith(
        f"Error: The endpoint {pushed.endpoint.partition('?')[0]} failed (HTTP 400): "
    )


# ---------------------------------------------------------------- over an endpoint that misbehaves


class Moody(FaultyServer):
    """An endpoint whose script each test sets."""

    def __init__(self) -> None:
        self.script: Script = answer(ROWS)
        super().__init__(lambda connection: self.script(connection))


@dataclass(frozen=True)
class Server:
    """The server under test, and the endpoint behind it."""

    base: str
    endpoint: Moody
    log: Path


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all faults, with few places; it has to be there still at the end."""
    endpoint = Moody()
    log = tmp_path_factory.mktemp("moody") / "log"
    settings = {"ECP_GRAPH_WORKERS": "2", "ECP_GRAPH_QUEUE": str(PLACES - 2), "ECP_GRAPH_MAX_RESULT_MB": "5"}
    try:
        with serving(endpoint.url, log, timeout_s=LIMIT_S, **settings) as base:
            yield Server(base, endpoint, log)
    finally:
        endpoint.stop()
    assert "Traceback" not in log.read_text()


def assert_clean(said: Said, *allowed: tuple[int, str]) -> None:
    """The error has the one shape, and is one of those that are allowed."""
    assert (said.status, said.error["code"]) in allowed
    assert said.media_type == "application/json"
    assert set(said.error) == {"code", "message"}
    assert "Traceback" not in said.error["message"]


def assert_recovered(server: Server) -> None:
    server.endpoint.script = answer(ROWS)
    good = ask(server.base)
    assert (good.status, good.body) == (200, ROWS)


@pytest.mark.parametrize("fault", STALLS)
def test_a_stall_is_a_504(fault: str, server: Server) -> None:
    server.endpoint.script = STALLS[fault]
    said = ask(server.base, limit_s=SHORT_S)
    allowed = [(504, "endpoint-timeout")]
    if fault == "JSON without end":
        allowed.append((400, "result-too-large"))
    assert_clean(said, *allowed)
    if said.status == 504:
        assert said.error["message"].startswith(f"The endpoint {server.endpoint.url} failed: ")
    assert_recovered(server)


@pytest.mark.parametrize("fault", [*BREAKS, *LIES])
def test_a_broken_or_false_answer_is_a_502(fault: str, server: Server) -> None:
    server.endpoint.script = (BREAKS | LIES)[fault][0]
    said = ask(server.base)
    assert_clean(said, (502, "endpoint-failed"))
    assert said.error["message"].startswith(f"The endpoint {server.endpoint.url} failed")
    assert_recovered(server)


@pytest.mark.parametrize("status", ["401 No", "403 No", "404 None", "429 Slow", "500 Broken", "503 Busy", "302 There"])
def test_what_the_endpoint_says_is_passed_on(status: str, server: Server) -> None:
    server.endpoint.script = answer(b"because of the moon", status, media_type="text/plain")
    said = ask(server.base)
    assert_clean(said, (502, "endpoint-failed"))
    assert f"(HTTP {status[:3]})" in said.error["message"]
    assert "moon" in said.error["message"] or status.startswith("302")


@pytest.mark.parametrize(
    ("path", "script", "status"),
    [
        ("queries/bodies-load", reset, 502),
        ("queries/actions-of-body?body=ptc", reset, 502),
        (f"sparql?query={QUERY}", reset, 502),
        ("queries/actions-of-body?body=ptc", wait, 504),
    ],
)
def test_pages_say_it_too(path: str, script: Script, status: int, server: Server) -> None:
    server.endpoint.script = script
    said = fetch(f"{server.base}{urllib.parse.quote(path, safe='/?=')}", accept="text/html")
    assert (said.status, said.media_type) == (status, "text/html")
    assert server.endpoint.url in said.body.decode()
    api = fetch(f"{server.base}api/queries/actions-of-body.csv?body=ptc")
    assert_clean(api, (status, "endpoint-failed" if status == 502 else "endpoint-timeout"))


def test_nothing_listens_there(tmp_path: Path) -> None:
    [port] = free_ports(1)
    with serving(f"http://127.0.0.1:{port}/", tmp_path / "log", timeout_s=LIMIT_S) as base:
        said = ask(base)
        assert (said.status, said.error["code"]) == (502, "endpoint-failed")
        assert "it cannot be reached" in said.error["message"]


def test_a_flood_of_stalls_leaves_the_server_quick_and_the_places_come_back(server: Server) -> None:
    server.endpoint.script = wait
    said: list[Said] = []
    threads = [threading.Thread(target=lambda: said.append(ask(server.base, limit_s=5))) for _ in range(3 * PLACES)]
    for thread in threads:
        thread.start()
    wait_for(lambda: any(one.status == 503 for one in said))
    assert fetch(f"{server.base}health").status == 200
    assert not any(one.status == 504 for one in said), "the health page waits for no endpoint"
    for thread in threads:
        thread.join()
    kinds = [(one.status, one.error["code"]) for one in said]
    assert len(kinds) == 3 * PLACES
    assert set(kinds) == {(504, "endpoint-timeout"), (503, "busy")}
    assert kinds.count((504, "endpoint-timeout")) >= PLACES
    busy = next(one for one in said if one.status == 503)
    assert busy.headers["retry-after"] == "5"
    assert "all query slots are in use" in busy.error["message"]
    for _ in range(PLACES + 2):
        assert_recovered(server)
