"""The response cache: whole answers, short or streamed; none that a client left half-way, none that is personal."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from flask import Response, request

from ecp_graph.engine.isolation.run import FIRST_BYTES
from ecp_graph.settings import Settings
from ecp_graph.web.app import create_app
from ecp_graph.web.http.responses import page
from tests.web.asgi import Server, serving

SHORT = "SELECT ?n { action:ecp3-3 ecp:actionNumber ?n }"
#: More than the bytes up to which an answer is complete before its response starts.
LONG = "SELECT ?s ?p ?o { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 3000"


@pytest.fixture
def server(releases: Path, asking_workspace: Path) -> Server:
    return serving(Settings(releases=releases, workspace=asking_workspace, access_log=False))


@pytest.mark.parametrize("sparql", [SHORT, LONG])
def test_an_answer_is_cached_and_given_again(server: Server, sparql: str) -> None:
    first, told = server.ask(sparql)
    assert (first.status, first.ended, told) == (200, True, "asked")
    assert (len(first.body) > FIRST_BYTES) is (sparql == LONG)
    second, told = server.ask(sparql)
    assert (second.status, second.ended, told) == (200, True, "hit")
    assert second.body == first.body
    assert second.headers["content-length"] == str(len(first.body))
    assert second.headers["etag"] == first.headers["etag"]
    fresh, told = server.ask(sparql, if_none_match=first.headers["etag"])
    assert (fresh.status, fresh.body, told) == (304, b"", "hit")


def test_each_coding_is_cached_by_itself(server: Server) -> None:
    packed, _ = server.ask(LONG, accept_encoding="gzip")
    assert packed.headers["content-encoding"] == "gzip"
    plain, told = server.ask(LONG)
    assert told == "asked"
    again, told = server.ask(LONG, accept_encoding="gzip")
    assert (again.body, told) == (packed.body, "hit")
    assert len(packed.body) < len(plain.body)


def test_an_answer_that_its_client_did_not_wait_for_is_not_cached(server: Server) -> None:
    cut, _ = server.ask(LONG, leaves=True)
    assert cut.status == 499 or not cut.ended  # the query was stopped, or its answer broken off
    _, told = server.ask(LONG)
    assert told == "asked"


@pytest.mark.parametrize("cache_mb", [0, 1])
def test_an_answer_that_is_too_long_is_not_cached(releases: Path, asking_workspace: Path, cache_mb: int) -> None:
    """One answer takes an eighth of the room at most."""
    room = serving(Settings(releases=releases, workspace=asking_workspace, access_log=False, cache_mb=cache_mb))
    first, _ = room.ask(LONG)
    assert (first.ended, len(first.body) > 125_000) == (True, True)
    second, told = room.ask(LONG)
    assert (second.body, told) == (first.body, "asked")
    room.ask(SHORT)
    assert room.ask(SHORT)[1] == ("hit" if cache_mb else "asked")


def test_the_metrics_count_it(server: Server) -> None:
    for _ in range(3):
        server.ask(SHORT)
    text = server.metrics.render(None).decode()
    assert 'ecp_graph_cache{what="hits"} 2.0' in text
    assert 'ecp_graph_cache{what="misses"} 1.0' in text
    assert 'ecp_graph_requests_total{status="200"} 3.0' in text
    size = next(line for line in text.splitlines() if line.startswith('ecp_graph_cache{what="bytes"}'))
    assert float(size.split()[1]) > 1_000


def test_a_log_that_cannot_be_written_takes_no_answer_away(
    releases: Path, asking_workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serving(Settings(releases=releases, workspace=asking_workspace, access_log=True))
    tried: list[str] = []

    class Full:
        def write(self, text: str) -> int:
            tried.append(text)
            raise OSError(28, "No space left on device")

        def flush(self) -> None:
            pass

    monkeypatch.setattr(sys, "stderr", Full())
    assert [server.ask(SHORT)[0].status for _ in range(2)] == [200, 200]
    assert len(tried) == 2


def test_a_login_holds_for_every_address_whoever_came_before(releases: Path, asking_workspace: Path) -> None:
    settings = Settings(releases=releases, workspace=asking_workspace, access_log=False)
    app = create_app(settings)

    @app.before_request
    def refuse_strangers() -> Response | None:
        known = request.headers.get("Authorization") == "Bearer known" or request.cookies.get("session") == "known"
        return None if known else Response("Log in.", 401)

    server = serving(settings, app)
    paths = [rule.rule for rule in app.url_map.iter_rules() if not rule.arguments and "GET" in (rule.methods or ())]
    paths.append("/doc/body/ptc")
    assert len(paths) > 20
    for path in paths:
        answers = [
            server.send("GET", path, **headers).status
            for headers in ({}, {"authorization": "Bearer known"}, {"cookie": "session=known"}, {})
        ]
        assert answers[0] == answers[3] == 401, path
        assert answers[1] == answers[2] != 401, path


def test_a_post_runs_as_often_as_it_is_sent_but_for_a_query(releases: Path, asking_workspace: Path) -> None:
    settings = Settings(releases=releases, workspace=asking_workspace, access_log=False)
    app = create_app(settings)
    runs: list[bytes] = []

    @app.post("/noted")
    def note() -> Response:
        runs.append(request.get_data())
        return page("shared/error.html", status=200, message="Noted.")

    server = serving(settings, app)
    sent = [server.send("POST", "/noted", b"confirmed", content_type="text/plain") for _ in range(3)]
    assert ([one.status for one in sent], runs) == ([200] * 3, [b"confirmed"] * 3)

    query = {"content_type": "application/sparql-query", "accept": "text/csv"}
    first, second = (server.send("POST", "/sparql", SHORT.encode(), **query) for _ in range(2))
    assert (second.status, second.body) == (200, first.body)
    assert 'ecp_graph_cache{what="hits"} 1.0' in server.metrics.render(None).decode()


def test_a_response_that_sets_a_cookie_is_not_cached(releases: Path, asking_workspace: Path) -> None:
    settings = Settings(releases=releases, workspace=asking_workspace, access_log=False)
    app = create_app(settings)

    @app.after_request
    def greet(response: Response) -> Response:
        response.set_cookie("visitor", "1")
        return response

    server = serving(settings, app)
    assert all("set-cookie" in server.send("GET", "/shapes", accept="text/html").headers for _ in range(2))
    assert 'ecp_graph_cache{what="hits"} 0.0' in server.metrics.render(None).decode()
