"""The static twin in a browser, from a plain file server: the forms, the editor and the search work without ours."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

_ANSWER_MS = 60_000


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def address(twin: Path) -> Iterator[str]:
    """The address of the twin on Python's own file server; takes the place of the server's for `open_page`."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(twin)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_a_question_is_answered_in_the_browser(open_page: Callable[..., Any]) -> None:
    page = open_page("/queries/actions-of-body.html")
    page.select_option("select[name=body]", "IMSC")
    page.click("form.live button[type=submit]")
    page.wait_for_selector("#result [role=status]", timeout=_ANSWER_MS)
    assert page.url.endswith("?body=IMSC")
    rows = page.locator("#result tbody tr")
    numbers = {rows.nth(at).locator("td").nth(2).inner_text() for at in range(4)}
    assert numbers == {"16", "21", "22", "23"}  # the rows of the annex that name the IMSC


def test_an_address_with_values_is_answered_and_a_wrong_one_refused(open_page: Callable[..., Any]) -> None:
    page = open_page("/queries/overlap-bodies.html?on=instrument")
    page.wait_for_selector("#result [role=status]", timeout=_ANSWER_MS)
    assert "Transit Guidelines" in page.inner_text("#result")
    page = open_page("/queries/overlap-bodies.html?on=nonsense")
    page.wait_for_selector("#result [role=alert]", timeout=_ANSWER_MS)
    assert "'nonsense' does not fit 'on'" in page.inner_text("#result")


def test_the_editor_asks_the_browser(open_page: Callable[..., Any]) -> None:
    page = open_page("/sparql.html?query=SELECT+(COUNT(*)+AS+%3Fn)+%7B+%3Fs+a+ecp%3AAction+%7D")
    page.wait_for_selector("#result td", timeout=_ANSWER_MS)
    assert page.locator("#result td").inner_text() == "28"


def test_the_search_finds_without_a_server(open_page: Callable[..., Any]) -> None:
    page = open_page("/index.html")
    page.fill("header input[type=search]", "transit guidelines")
    page.press("header input[type=search]", "Enter")
    page.wait_for_selector("#search-results a", timeout=_ANSWER_MS)
    page.click("#search-results a >> text='Transit Guidelines' >> nth=0")
    assert page.url.endswith("/doc/instrument/transit-guidelines.html")
    assert page.locator("h1").inner_text() == "Transit Guidelines"


def test_pages_read_without_javascript(open_page: Callable[..., Any]) -> None:
    for path in ("/index.html", "/actions.html", "/overlap.html", "/doc/body/ptc.html", "/timeline.html"):
        page = open_page(path, javascript=False)
        assert page.locator("main h1").count() == 1, path
