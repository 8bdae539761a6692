"""The editor where no server answers: it asks a copy of the dataset in the browser, and comes to the same rows."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ecp_graph.engine import Engine
from ecp_graph.engine.asking import ask_table
from ecp_graph.queries.hints import hints
from ecp_graph.release.release import Release
from tests.browser.test_editor import BUILD, SLOW, run, text_of, write
from tests.queries.test_hints import FAULTLESS, FAULTY

Open = Callable[..., Any]

_DATASET = "/dumps/test.nq.gz"
_POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "worker-src 'self'; form-action 'self'; base-uri 'none'"
)


@pytest.fixture(autouse=True)
def _bundle() -> None:
    assert (BUILD / "web_bg.wasm").exists(), "run `make assets`"


@pytest.fixture
def static_page(open_page: Open, release: Release) -> Callable[[str], Any]:
    """Return ``open(query_string)``: the SPARQL page as a static host serves it, where asking /sparql would fail."""
    packed = gzip.compress((release.path / "dataset.nq").read_bytes())
    assert len(packed) > 50_000

    def open_(query_string: str = "") -> Any:
        page = open_page("/queries")

        def answer(route: Any) -> None:
            if "sparql" in route.request.headers.get("accept", ""):
                route.fulfill(status=404, body="a static host")
                return
            original = route.fetch(url=route.request.url.partition("?")[0])
            body = original.text().replace("<head>", f'<head><meta name="ecp-graph-dataset" content="{_DATASET}">')
            body, count = re.subn(r'<div class="buttons live".*?</form>', "</form>", body, flags=re.DOTALL)
            assert count == 1  # what needs a server is left out
            route.fulfill(
                response=original, body=body, headers={**original.headers, "content-security-policy": _POLICY}
            )

        def plain(route: Any) -> None:
            original = route.fetch()
            headers = {k: v for k, v in original.headers.items() if k != "content-security-policy"}
            route.fulfill(response=original, headers=headers)

        # only the bare address is a page; what was asked stands in its query string, which a static host ignores
        page.route(re.compile(r"/sparql(?:\?.*)?$"), answer)
        page.route("**/static/build/wasm-engine.js", plain)
        page.context.route(f"**{_DATASET}", lambda route: route.fulfill(body=packed, content_type="application/gzip"))
        page.goto(f"/sparql{query_string}")
        return page

    return open_


def test_the_same_rows_as_on_a_server(static_page: Callable[..., Any], engine: Engine) -> None:
    page = static_page()
    for query in (
        "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
        "SELECT ?body { ?body a ecp:Body } ORDER BY ?body",
        "SELECT ?a (COUNT(DISTINCT ?on) AS ?n) { ?o ecp:overlapMember ?a ; ecp:overlapOn ?on } GROUP BY ?a ORDER BY ?a",
    ):
        expected = ask_table(engine, query)
        said = run(page, query)
        assert said.startswith(f"{len(expected.rows)} row"), page.locator("main").inner_text()
        shown = page.locator("#result tbody td")
        cells = [
            link.get_attribute("title") if (link := cell.locator("a[title]").first).count() else cell.inner_text()
            for cell in shown.all()
        ]
        assert cells == [term.text if term else "" for row in expected.rows for term in row]
    assert run(page, "ASK { body:ptc a ecp:Body }").startswith("an answer")
    assert run(page, "DESCRIBE body:ptc").startswith("a graph")
    assert "Permanent Technical Committee" in page.locator("#result pre").inner_text()


def test_what_may_be_wrong_is_said_as_on_a_server(static_page: Callable[..., Any], engine: Engine) -> None:
    page = static_page()
    told = 0
    for query in (*(query for query, _ in FAULTY), *FAULTLESS):
        expected = [str(hint) for hint in hints(query, lambda text: ask_table(engine, text))]
        run(page, query)
        if expected:
            page.locator("#result .hints").wait_for()
        assert page.locator("#result .hints li").all_inner_texts() == expected, query
        told += len(expected)
    assert told == len(FAULTY)


def test_a_fault_is_marked_and_a_runaway_cancelled(static_page: Callable[..., Any]) -> None:
    page = static_page()
    assert run(page, "SELECT * {\n  ?s ?p }").startswith("Refused")
    assert page.get_by_role("alert").inner_text().startswith("Line 2, column")
    assert page.locator(".cm-faulty-line").inner_text() == "  ?s ?p }"
    write(page, SLOW)
    page.keyboard.press("Control+Enter")
    page.wait_for_timeout(300)
    page.get_by_role("button", name="Cancel").click()
    assert page.locator("main form [role=status]").inner_text().startswith("Cancelled")
    assert run(page, "ASK {}").startswith("an answer")


def test_a_link_runs_its_query_and_an_answer_is_saved(static_page: Callable[..., Any]) -> None:
    page = static_page("?query=SELECT+%3Fbody+%7B+%3Fbody+a+ecp%3ABody+%7D")
    page.locator("#result tbody tr").first.wait_for()
    assert text_of(page) == "SELECT ?body { ?body a ecp:Body }"
    for name in ("csv", "json"):
        with page.expect_download() as download:
            page.locator("#result .downloads").get_by_role("button", name=name).click()
        text = Path(download.value.path()).read_text()
        assert "/id/body/ptc" in text
    assert len(json.loads(text)["results"]["bindings"]) == 14


def test_a_dataset_that_is_not_there_is_said(static_page: Callable[..., Any]) -> None:
    page = static_page()
    page.context.unroute(f"**{_DATASET}")
    page.context.route(f"**{_DATASET}", lambda route: route.fulfill(status=404, body=""))
    assert run(page, "ASK {}").startswith("Refused")
    assert "could not be loaded: status 404" in page.get_by_role("alert").inner_text()
