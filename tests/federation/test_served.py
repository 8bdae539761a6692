"""SERVICE through the server and the command line: what is answered, told, and never kept."""

from __future__ import annotations

import json
import shutil
import socket
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from ecp_graph.cli import cli
from ecp_graph.settings import Settings
from ecp_graph.web.app import create_app
from tests.bundled import messages
from tests.engines.faulty import FaultyServer, answer, faulty_server
from tests.serving import Served, serving
from tests.waiting import wait_for

_PTC = "https://w3id.org/ecp-graph/id/body/ptc"
_JSON = "application/sparql-results+json"
_ROWS = {
    "head": {"vars": ["body", "seat"]},
    "results": {"bindings": [{"body": {"type": "uri", "value": _PTC}, "seat": {"type": "literal", "value": "here"}}]},
}
GOOD = answer(json.dumps(_ROWS).encode())
LIMIT_S = 60.0


def _query(url: str, silent: str = "") -> str:
    clause = f"SERVICE {silent} <{url}> {{ ?body <u:seat> ?seat }}"
    return f"SELECT ?code ?seat {{ ?body a ecp:Body ; skos:notation ?code {clause} }}"


@pytest.fixture(scope="module")
def one_endpoint() -> Iterator[FaultyServer]:
    with faulty_server(GOOD) as server:
        yield server


@pytest.fixture
def endpoint(one_endpoint: FaultyServer) -> FaultyServer:
    """An endpoint that answers well, and that nobody has asked yet."""
    one_endpoint.script = GOOD
    one_endpoint.connections = 0
    return one_endpoint


@pytest.fixture(scope="module")
def settings(
    asking_workspace: Path, releases: Path, one_endpoint: FaultyServer, tmp_path_factory: pytest.TempPathFactory
) -> Settings:
    """Settings over a workspace with a query of the catalogue that asks the endpoint."""
    root = tmp_path_factory.mktemp("seats") / "workspace"
    shutil.copytree(asking_workspace, root)
    text = f"#+ summary: Seats of bodies, elsewhere\n{_query(one_endpoint.url)}\n"
    (root / "queries" / "bodies" / "seats.rq").write_text(text, encoding="utf-8")
    return Settings(
        workspace=root, releases=releases, service_private=(one_endpoint.url,), service_rows=5, timeout=LIMIT_S
    )


@pytest.fixture(scope="module")
def app(settings: Settings) -> Flask:
    return create_app(settings)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def _ask(client: FlaskClient, query: str, accept: str = _JSON, limit_s: float = LIMIT_S) -> TestResponse:
    asked = {"query": query, "timeout": str(limit_s)}
    return client.get("/sparql", query_string=asked, headers={"Accept": accept})


def test_rows_of_the_endpoint_are_joined_with_the_release(client: FlaskClient, endpoint: FaultyServer) -> None:
    response = _ask(client, _query(endpoint.url), "text/csv")
    assert response.status_code == 200
    assert response.data == b"code,seat\r\nPTC,here\r\n"
    labelled = client.get("/sparql", query_string={"query": _query(endpoint.url), "format": "csv", "labels": "en"})
    assert labelled.data.startswith(b"code,seat,codeLabel,seatLabel\r\nPTC,here,")


@pytest.mark.parametrize(
    "path",
    ["/sparql?query={}", "/sparql?format=html&query={}", "/queries/seats", "/api/queries/seats.csv",
     "/api/queries/seats.xlsx", "/api/queries/seats"],
)  # fmt: skip
def test_such_an_answer_is_kept_by_nobody(client: FlaskClient, endpoint: FaultyServer, path: str) -> None:
    address = path.format(urllib.parse.quote(_query(endpoint.url)))
    for times in (1, 2):
        response = client.get(address, headers={"If-None-Match": "*"})
        assert response.status_code == 200
        assert response.headers["Cache-Control"] == "no-store"
        assert "ETag" not in response.headers
        assert endpoint.connections == times


def test_other_answers_are_kept_as_ever(client: FlaskClient, endpoint: FaultyServer) -> None:
    for path in ("/sparql?query=ASK%7B%7D", "/queries/list-bodies", "/api/queries/list-bodies.csv"):
        response = client.get(path)
        assert (response.status_code, response.headers["Cache-Control"]) == (200, "public, no-cache")
        assert client.get(path, headers={"If-None-Match": response.headers["ETag"]}).status_code == 304
    assert endpoint.connections == 0


@pytest.mark.parametrize(
    ("script", "status", "code"),
    [
        (answer(b"", "503 Busy"), 502, "endpoint-failed"),
        (answer(b"", "302 Found", location="http://127.0.0.1:1/"), 502, "endpoint-failed"),
        (lambda connection: time.sleep(600), 504, "endpoint-timeout"),
        (answer(json.dumps({**_ROWS, "results": {"bindings": [{}] * 6}}).encode()), 400, "service-unusable"),
    ],
)
def test_failures_have_codes_and_a_sentence(
    client: FlaskClient, endpoint: FaultyServer, script: object, status: int, code: str
) -> None:
    endpoint.script = script  # type: ignore[assignment]
    limit_s = 1 if status == 504 else LIMIT_S
    response = _ask(client, _query(endpoint.url), limit_s=limit_s)
    error = response.get_json()["error"]
    assert (response.status_code, error["code"]) == (status, code)
    assert endpoint.url in error["message"]
    assert response.headers["Cache-Control"] == "no-store"
    page = _ask(client, _query(endpoint.url), "text/html", limit_s)
    assert page.status_code == status
    assert endpoint.url in page.get_data(as_text=True)


def test_an_address_that_is_not_listed_is_refused(client: FlaskClient, endpoint: FaultyServer) -> None:
    for silent in ("", "SILENT"):
        response = _ask(client, _query(endpoint.url + "x", silent))
        error = response.get_json()["error"]
        assert (response.status_code, error["code"], error["line"]) == (403, "service-refused", 1)
    assert endpoint.connections == 0


def test_by_default_every_clause_is_refused(asking_workspace: Path, releases: Path, endpoint: FaultyServer) -> None:
    client = create_app(Settings(workspace=asking_workspace, releases=releases)).test_client()
    response = _ask(client, _query(endpoint.url))
    assert (response.status_code, response.get_json()["error"]["code"]) == (403, "service-refused")
    assert "SERVICE is refused, because" in response.get_json()["error"]["message"]
    assert endpoint.connections == 0


def test_the_service_description_tells_of_it(settings: Settings, client: FlaskClient) -> None:
    feature = b"BasicFederatedQuery"
    told = client.get("/sparql", headers={"Accept": "text/turtle"}).data
    assert feature in told
    assert b"127.0.0.1:" not in told.replace(b"http://localhost/sparql", b""), "a private address is not told"
    closed = create_app(Settings(workspace=settings.workspace, releases=settings.releases)).test_client()
    assert feature not in closed.get("/sparql", headers={"Accept": "text/turtle"}).data
    public = Settings(workspace=settings.workspace, releases=settings.releases, service=("https://example.org/q",))
    assert b"https://example.org/q" in create_app(public).test_client().get("/sparql?format=ttl").data


def test_a_remote_store_gets_no_clause(endpoint: FaultyServer, asking_workspace: Path) -> None:
    client = create_app(
        Settings(workspace=asking_workspace, endpoint=endpoint.url, service_private=(endpoint.url,))
    ).test_client()
    assert _ask(client, _query(endpoint.url)).status_code == 403
    assert endpoint.connections == 0
    described = client.get("/sparql", headers={"Accept": "text/turtle"}).data
    assert b"BasicFederatedQuery" not in described


@pytest.fixture
def served(endpoint: FaultyServer, tmp_path: Path) -> Iterator[Served]:
    data = tmp_path / "data.ttl"
    data.write_text(f'<{_PTC}> <u:code> "PTC" .\n', encoding="utf-8")
    environment = {"ECP_GRAPH_WORKERS": "1", "ECP_GRAPH_TIMEOUT": "90"}
    with serving(str(data), "--service-private", endpoint.url, environment=environment) as served:
        yield served


def test_a_server_over_files_asks_each_time_and_is_freed_by_a_client_that_leaves(
    served: Served, endpoint: FaultyServer
) -> None:
    query = f"SELECT * {{ ?body <u:code> ?code SERVICE <{endpoint.url}> {{ ?body <u:seat> ?seat }} }}"
    for times in (1, 2):
        reply = served.get(query)
        assert (reply.status, reply.headers["cache-control"]) == (200, "no-store")
        assert b"here" in reply.body
        assert endpoint.connections == times
    assert "service_rows=1" in served.log()
    endpoint.script = lambda connection: time.sleep(600)
    path = f"/sparql?{urllib.parse.urlencode({'query': query})}"
    with socket.create_connection(("127.0.0.1", served.port)) as leaving:
        leaving.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        wait_for(lambda: endpoint.connections == 3)
    endpoint.script = GOOD
    wait_for(lambda: served.get(query).status == 200, limit_s=60)  # the endpoint would have been silent for longer


def test_the_command_line_has_the_same_settings(
    asking_workspace: Path, releases: Path, endpoint: FaultyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = ["query", "-", "--workspace", str(asking_workspace), "--releases", str(releases)]

    def ask(*more: str) -> tuple[int, str, str]:
        done = CliRunner().invoke(cli, [*options, *more], input=_query(endpoint.url), catch_exceptions=False)
        return done.exit_code, done.stdout, messages(done.stderr)

    assert ask()[0] == 2
    assert endpoint.connections == 0
    assert ask("--service-private", endpoint.url)[1].splitlines() == ["code,seat", "PTC,here"]
    refused = ask("--service", endpoint.url)
    assert refused[0] == 2
    assert "an address that is not public" in refused[2]
    wrong = ask("--service", "ftp://x/")
    assert wrong[0] == 2
    assert "is not an address that begins with http" in wrong[2]
    monkeypatch.setenv("ECP_GRAPH_SERVICE_PRIVATE", f"http://10.0.0.1/x  {endpoint.url}")
    assert ask()[1].splitlines() == ["code,seat", "PTC,here"]


def test_a_flaw_in_the_finder_lets_nothing_past(
    client: FlaskClient, endpoint: FaultyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A clause that is not found is refused by the policy; with that off too, the worker has no network."""
    from ecp_graph.engine.federation import engine
    from ecp_graph.engine.isolation import pool

    monkeypatch.setattr(engine, "find_clauses", lambda sparql: [])
    refused = _ask(client, _query(endpoint.url))
    assert (refused.status_code, refused.get_json()["error"]["code"]) == (403, "service-refused")
    for module in (engine, pool):
        monkeypatch.setattr(module, "refuse_service", lambda sparql: None)
    failed = _ask(client, _query(endpoint.url))
    assert (failed.status_code, failed.get_json()["error"]["code"]) == (400, "malformed-query")
    assert endpoint.connections == 0
