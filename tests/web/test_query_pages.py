"""The pages of the catalogue: chart, sources, samples that run, and what a client may keep."""

from __future__ import annotations

import html
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from ecp_graph.settings import Settings
from ecp_graph.web.app import create_app
from ecp_graph.workspace import bundled_workspace
from tests.web.conftest import BROWSER

_SAMPLE = re.compile(r'aria-label="The question in (\w+)" data-copy><code>(.*?)</code>', re.DOTALL)
#: One table with values that a shell and an address have to quote, and one graph.
_ASKED = {
    "/queries/overlap-on-instruments?body=PTC&secretariat=with": "Transit Guidelines",
    "/queries/actions-of-chapter?chapter=ecp3-5": "21",
    "/queries/findings-as-graph?grade=A": "Overlap",
    "/queries/actions?body=WGEC&body=RKCMC": "24",
}


@pytest.fixture(scope="module")
def settings_of_bundled(releases: Path) -> Settings:
    return Settings(workspace=bundled_workspace().root, releases=releases)


@pytest.fixture(scope="module")
def bundled(settings_of_bundled: Settings) -> FlaskClient:
    return create_app(settings_of_bundled).test_client()


@pytest.fixture(scope="module")
def address(settings_of_bundled: Settings) -> Iterator[str]:
    """The address of a server over the bundled graph, for programs of other languages."""
    server = make_server("127.0.0.1", 0, create_app(settings_of_bundled), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


def _text(client: FlaskClient, url: str, host: str = "http://localhost") -> str:
    response = client.get(url, headers={"Accept": BROWSER}, base_url=host)
    assert response.status_code == 200, url
    return response.get_data(as_text=True)


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _samples(client: FlaskClient, address: str) -> Iterator[tuple[str, str, str]]:
    for url, expected in _ASKED.items():
        found = {language: html.unescape(code) for language, code in _SAMPLE.findall(_text(client, url, address))}
        assert list(found) == ["curl", "Python", "R"]
        for language, code in found.items():
            yield language, code, expected


def test_samples_for_the_shell_run(bundled: FlaskClient, address: str) -> None:
    if shutil.which("curl") is None:
        pytest.skip("no curl: Debian package curl")
    outputs = [
        (_run("sh", "-c", code), expected) for name, code, expected in _samples(bundled, address) if name == "curl"
    ]
    assert len(outputs) == len(_ASKED)
    for output, expected in outputs:
        assert expected in output


def test_samples_in_python_run(bundled: FlaskClient, address: str) -> None:
    python = [(code, expected) for name, code, expected in _samples(bundled, address) if name == "Python"]
    assert len(python) == len(_ASKED)
    for code, expected in python:
        assert expected in _run(sys.executable, "-W", "ignore", "-c", code)


def test_samples_in_r_run(bundled: FlaskClient, address: str) -> None:
    if shutil.which("Rscript") is None:
        pytest.skip("no Rscript: Debian package r-base-core")
    for name, code, expected in _samples(bundled, address):
        if name == "R":
            assert expected in _run("Rscript", "-e", code)


def test_samples_quote_what_they_are_given() -> None:
    from ecp_graph.web.pages.queries.samples import samples
    from tests.queries.asking import bundled_catalogue

    given = {"body": "x'; rm -rf / #$(id)&\n"}
    query = bundled_catalogue()["bodies-load"]
    curl, python, r = samples(query, given, 'SELECT "\\u0022" """', api="http://h/api", endpoint="http://h/sparql")
    assert "'body=x'\"'\"'; rm -rf / #$(id)&\n'" in curl.code
    assert 'setQuery(\'SELECT "\\\\u0022" """\')' in python.code
    assert "http://h/api.csv?body=x%27%3B+rm+-rf+%2F+%23%24%28id%29%26%0A" in r.code


def test_a_chart_stands_beside_the_table_that_suits_one(bundled: FlaskClient) -> None:
    text = _text(bundled, "/queries/bodies-load")
    assert 'aria-label="Bar chart of action count, share, alone; the table below has the same numbers."' in text
    assert text.count("<rect ") == 3 * 10
    assert "<svg" not in _text(bundled, "/queries/actions")
    charts = [name for name in _names(bundled) if "<svg role" in bundled.get(f"/queries/{name}").get_data(as_text=True)]
    assert len(charts) >= 8


def _names(client: FlaskClient) -> list[str]:
    return [query["name"] for query in client.get("/api/queries").get_json()["queries"]]


def test_the_passages_of_a_result_are_its_sources(bundled: FlaskClient) -> None:
    text = _text(bundled, "/queries/bodies-without-action")
    assert "The rows name 1 passage<" in text
    assert re.search(r"Cover paper, paragraph \d+</(?:a|span)>\s*<span class=\"told\">\w+ · 1 row<", text)
    assert "The rows name" not in _text(bundled, "/queries/bodies-load")


def test_the_index_says_what_each_gives_and_takes(bundled: FlaskClient) -> None:
    text = re.sub(r"\s+", " ", _text(bundled, "/queries"))
    assert "Gives party, kind, actions, share (%), alone, which actions. Takes plan." in text
    assert "Gives a graph. Takes action." in text
    assert text.count('<p class="gives">') == len(_names(bundled))


@pytest.mark.parametrize("url", ["/queries", "/queries/bodies-load", "/queries/bodies-load?plan=ecp-action-plan-3"])
def test_pages_are_kept_by_their_content(bundled: FlaskClient, url: str) -> None:
    first = bundled.get(url)
    assert first.status_code == 200
    assert bundled.get(url, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert "ETag" not in bundled.get("/queries/bodies-load?plan=nothing").headers


def test_a_form_takes_several_values(bundled: FlaskClient) -> None:
    text = _text(bundled, "/queries/actions?body=WGEC&body=not-stated&timeframe=continuous")
    boxes = re.findall(r'type="checkbox" name="(\w+)" value="([^"]*)" checked', text)
    assert boxes == [("body", "WGEC"), ("body", "not-stated"), ("timeframe", "continuous")]
    assert len(re.findall(r'type="checkbox" name="body"', text)) > 10
    assert "VALUES (?body) {" in html.unescape(text)
    assert "/api/queries/actions.csv?body=WGEC&body=not-stated&timeframe=continuous" in html.unescape(text)


def test_two_values_for_one_are_refused_on_the_page(bundled: FlaskClient) -> None:
    response = bundled.get("/queries/overlap-on-instruments?body=PTC&body=IMSC", headers={"Accept": BROWSER})
    assert response.status_code == 400
    assert "takes one value, but 2 are given. Run the query once for each." in html.unescape(
        response.get_data(as_text=True)
    )


def test_a_client_that_used_its_share_waits_for_pages_too(settings_of_bundled: Settings) -> None:
    client = create_app(replace(settings_of_bundled, budget=0.000_1)).test_client()
    headers = {"Accept": BROWSER}
    assert client.get("/queries/overlap-bodies", headers=headers).status_code == 200
    for path in ("/queries/overlap-bodies?on=topic", "/queries/findings-as-graph", "/api/queries/bodies.xlsx"):
        refused = client.get(path, headers=headers)
        assert refused.status_code == 429, path
        assert int(refused.headers["Retry-After"]) >= 1
    for path in ("/", "/queries", "/queries/action-dossier", "/actions"):  # what a client's values do not make it ask
        assert client.get(path, headers=headers).status_code == 200, path


def test_an_iri_without_a_name_takes_little_room(bundled: FlaskClient) -> None:
    whole = "overlap:body-imsc--body-ptc--action-ecp3-16"
    text = _text(bundled, "/queries/overlap-bodies")
    assert f'<a href="/doc/overlap/{whole[8:]}" title="{whole}">{whole[:23]}…</a>' in text
    assert f">{whole}<" not in text
    query = "SELECT * { ?overlap a ecp:Overlap } ORDER BY ?overlap"
    assert f">{whole}</a>" in _text(bundled, f"/sparql?format=html&names=off&query={query.replace('?', '%3F')}")


@pytest.mark.parametrize("is_built", [True, False])
def test_a_page_names_only_scripts_that_are_there(settings_of_bundled: Settings, is_built: bool) -> None:
    app = create_app(settings_of_bundled)
    app.config["TWIN"] = True
    app.jinja_env.globals["has_asset"] = lambda name: is_built
    for path, script in (("/queries/overlap-bodies", "question"), ("/sparql", "editor"), ("/", "site")):
        text = _text(app.test_client(), path)
        assert (f"build/{script}.js" in text) == is_built, path
        assert ("build/" in text) == is_built, path
