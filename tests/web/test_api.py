"""``/api/queries`` and ``/health``, errors on every path, and a newer release under a running server."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient

from ecp_graph.release.release import CURRENT, MANIFEST, current_id
from ecp_graph.settings import Settings
from ecp_graph.web.app import create_app
from tests.waiting import wait_for
from tests.web.conftest import BROWSER


@pytest.mark.parametrize(
    ("extension", "content_type", "part"),
    [
        ("json", "application/sparql-results+json", b'"PTC"'),
        ("csv", "text/csv; charset=utf-8", b"\r\nPTC,Permanent Technical Committee,"),
        ("tsv", "text/tab-separated-values; charset=utf-8", b'"PTC"'),
        ("xml", "application/sparql-results+xml", b"<literal>PTC</literal>"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK"),
    ],
)
def test_tables_by_extension(client: FlaskClient, extension: str, content_type: str, part: bytes) -> None:
    response = client.get(f"/api/queries/list-bodies.{extension}", headers={"Accept": "image/png"})
    assert (response.status_code, response.content_type) == (200, content_type)
    assert part in response.data
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_graphs_by_extension(client: FlaskClient) -> None:
    for extension in ("ttl", "nt", "jsonld", "rdf", "trig", "nq"):
        response = client.get(f"/api/queries/body-facts.{extension}?body=ptc")
        assert response.status_code == 200
        assert b"PTC" in response.data
    response = client.get("/api/queries/body-facts.csv?body=ptc")
    assert response.status_code == 404
    assert ".ttl" in response.get_json()["error"]["message"]


def test_negotiation_with_a_default_for_browsers(client: FlaskClient) -> None:
    def content_type(accept: str) -> str:
        return str(client.get("/api/queries/list-bodies", headers={"Accept": accept}).content_type)

    assert content_type("*/*") == content_type(BROWSER) == "application/sparql-results+json"
    assert content_type("text/csv") == "text/csv; charset=utf-8"
    assert client.get("/api/queries/list-bodies", headers={"Accept": "image/png"}).status_code == 406


def test_the_catalogue_as_json(client: FlaskClient) -> None:
    queries = {query["name"]: query for query in client.get("/api/queries").get_json()["queries"]}
    assert set(queries) == {"list-bodies", "body-facts", "overlap-bodies", "echo", "some-bodies"}
    assert queries["body-facts"]["parameters"] == [
        {"name": "body", "type": "iri", "label": "Body", "required": True, "class": "ecp:Body"}
    ]
    assert queries["echo"]["columns"] == [{"name": "number", "meaning": "the number", "unit": "pieces"}]
    assert client.get(queries["list-bodies"]["url"]).status_code == 200


def test_the_file_of_a_query(client: FlaskClient, asking_workspace: Path) -> None:
    response = client.get("/queries/echo.rq")
    assert response.content_type == "application/sparql-query; charset=utf-8"
    assert response.get_data(as_text=True) == (asking_workspace / "queries/other/echo.rq").read_text()


@pytest.mark.parametrize(
    ("url", "status", "code"),
    [
        ("/api/queries/nothing", 404, "unknown-query"),
        ("/api/queries/nothing.csv", 404, "unknown-query"),
        ("/api/queries/list-bodies.docx", 404, "unknown-format"),
        ("/api/queries/body-facts", 400, "bad-parameter"),
        ("/api/queries/body-facts?body=nobody", 400, "bad-parameter"),
        ("/api/queries/list-bodies?x=1", 400, "bad-parameter"),
        ("/api/queries/echo?day=2017-01-01&day=2017-01-02", 400, "bad-parameter"),
        ("/api/nothing", 404, "not-found"),
        ("/queries/nothing.rq", 404, "unknown-query"),
        ("/nothing", 404, "not-found"),
    ],
)
def test_errors_are_json(client: FlaskClient, url: str, status: int, code: str) -> None:
    accepts = ["*/*", "application/json"] + ([BROWSER] if url.startswith("/api/") else [])
    for accept in accepts:
        response = client.get(url, headers={"Accept": accept})
        assert (response.status_code, response.content_type) == (status, "application/json")
        error = response.get_json()["error"]
        assert error["code"] == code
        assert error["message"]


def test_several_values_of_a_parameter_that_takes_them(client: FlaskClient) -> None:
    for url in ("/api/queries/some-bodies.csv", "/api/queries/some-bodies"):
        response = client.get(f"{url}?body=PTC&body=IMSC&body=", headers={"Accept": "text/csv"})
        assert response.data == b"code\r\nIMSC\r\nPTC\r\n"
    assert client.get("/api/queries/some-bodies.csv?body=PTC&body=nobody").data == b"code\r\nPTC\r\n"
    book = openpyxl.load_workbook(io.BytesIO(client.get("/api/queries/some-bodies.xlsx?body=PTC&body=IMSC").data))
    assert [row[0].value for row in book["result"].iter_rows()] == ["Code", "IMSC", "PTC"]
    told = client.get("/api/queries").get_json()["queries"]
    flags = {query["name"]: [p.get("many", False) for p in query["parameters"]] for query in told}
    assert flags["some-bodies"] == [True]
    assert flags["body-facts"] == [False]


def test_a_second_value_of_another_says_what_to_do(client: FlaskClient) -> None:
    refused = client.get("/api/queries/echo?day=2017-01-01&day=2017-01-02").get_json()["error"]["message"]
    assert refused == "The parameter 'day' takes one value, but 2 are given. Run the query once for each."


def test_405_keeps_the_allow_header(client: FlaskClient) -> None:
    response = client.post("/queries")
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]
    assert response.get_json()["error"]["code"] == "method-not-allowed"


def test_a_fault_of_the_server_shows_nothing_of_itself(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    app = create_app(settings)

    @app.get("/fault")
    def fault() -> str:
        raise KeyError("secret")

    for accept, content_type in (("*/*", "application/json"), (BROWSER, "text/html; charset=utf-8")):
        response = app.test_client().get("/fault", headers={"Accept": accept})
        assert (response.status_code, response.content_type) == (500, content_type)
        assert "secret" not in response.get_data(as_text=True)
    assert "KeyError: 'secret'" in caplog.text


def test_health(client: FlaskClient, releases: Path) -> None:
    facts = client.get("/health").get_json()
    assert facts["status"] == "ok"
    assert facts["release"] == current_id(releases)
    assert facts["triples"] > 1000
    assert facts["graphs"] > 100


@pytest.fixture
def moving(settings: Settings, tmp_path: Path) -> tuple[Flask, Path]:
    """An app over releases of its own, which a test may change."""
    folder = tmp_path / "releases"
    shutil.copytree(settings.releases or Path(), folder)
    return create_app(Settings(workspace=settings.workspace, releases=folder)), folder


def _switched(client: FlaskClient, folder: Path, release_id: str) -> Any:
    """Make a release the current one, and return what /health says once the server has seen to it.

    A request does not wait for long until the release has opened: on a busy machine it is answered from the old one.
    """
    before = client.get("/health").get_json()
    (folder / "new").write_text(release_id)
    (folder / "new").replace(folder / CURRENT)
    wait_for(lambda: client.get("/health").get_json() != before)
    return client.get("/health").get_json()


def _second_release(folder: Path) -> str:
    """Return the id of a release that differs from the current one by its id and its count."""
    first = folder / (current_id(folder) or "")
    second = folder / "0123456789ab"
    shutil.copytree(first, second)
    manifest = json.loads((second / MANIFEST).read_text())
    (second / MANIFEST).write_text(json.dumps({**manifest, "id": second.name, "triples": 7}))
    return second.name


def test_a_newer_release_is_picked_up(moving: tuple[Flask, Path]) -> None:
    app, folder = moving
    client = app.test_client()
    before = client.get("/health").get_json()
    newer = _second_release(folder)
    assert client.get("/health").get_json() == before
    after = _switched(client, folder, newer)
    assert (after["release"], after["triples"], after["status"]) == (newer, 7, "ok")
    assert client.get("/sparql?query=ASK%7B%3Fs%20%3Fp%20%3Fo%7D").get_json()["boolean"] is True
    shutil.rmtree(folder / before["release"])
    assert client.get("/queries/list-bodies").status_code == 200


def test_a_damaged_newer_release_leaves_the_last_good_one(
    moving: tuple[Flask, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    app, folder = moving
    client = app.test_client()
    before = client.get("/health").get_json()
    newer = _second_release(folder)
    shutil.rmtree(folder / newer / "store")
    after = _switched(client, folder, newer)
    assert (after["status"], after["release"]) == ("stale", before["release"])
    assert "damaged" in after["problem"]
    assert client.get("/sparql?query=ASK%7B%3Fs%20%3Fp%20%3Fo%7D").get_json()["boolean"] is True
    assert capsys.readouterr().err.count("continues with the last good release") == 1
    assert _switched(client, folder, before["release"]) == before


@pytest.mark.parametrize("fault", ["flipped", "cut"])
def test_a_changed_file_is_noticed_and_the_last_good_release_stays(moving: tuple[Flask, Path], fault: str) -> None:
    app, folder = moving
    client = app.test_client()
    before = client.get("/health").get_json()
    newer = _second_release(folder)
    dataset = folder / newer / "dataset.nq"
    content = dataset.read_bytes()
    middle = len(content) // 2
    changed = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
    dataset.write_bytes(changed if fault == "flipped" else content[:middle])
    after = _switched(client, folder, newer)
    assert (after["status"], after["release"]) == ("stale", before["release"])
    assert "dataset.nq" in after["problem"]


def test_no_release_at_all(settings: Settings, tmp_path: Path) -> None:
    client = create_app(Settings(workspace=settings.workspace, releases=tmp_path)).test_client()
    assert client.get("/health").status_code == 503
    assert client.get("/health").get_json()["status"] == "down"
    response = client.get("/sparql?query=ASK{}")
    assert (response.status_code, response.get_json()["error"]["code"]) == (503, "no-release")
    page = client.get("/queries", headers={"Accept": BROWSER})
    assert page.status_code == 503
    assert "There is no release" in page.get_data(as_text=True)
