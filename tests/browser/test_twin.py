"""The static site in a browser, from a plain file server: forms, editor and search work, and the layout is whole."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import TWIN_BASE

_ANSWER_MS = 60_000
#: One page for each type of page that the twin has.
PAGES = {
    "home": "/index.html",
    "actions": "/actions.html",
    "plans": "/plans.html",
    "bodies": "/bodies.html",
    "instruments": "/instruments.html",
    "about": "/about.html",
    "action": "/doc/action/ecp3-3.html",
    "instrument": "/doc/instrument/transit-guidelines.html",
    "passage of a document": "/doc/passage/pc0457e1/para-15.html",
    "timeline": "/timeline.html",
    "overlap": "/overlap.html",
    "overlap of two dimensions": "/overlap/body-instrument.html",
    "overlap of two": "/overlap/body-body/imsc/ptc.html",
    "overlap on a thing": "/overlap/on/instrument/transit-guidelines.html",
    "queries": "/queries.html",
    "query": "/queries/overlap-bodies.html",
    "query with a chart": "/queries/overlap-body-pairs.html",
    "query with sources": "/queries/bodies-without-action.html",
    "sparql": "/sparql.html",
    "search": "/search.html",
    "validation": "/validation.html",
    "shapes": "/shapes.html",
    "ontology": "/ontology.html",
    "dataset": "/dataset.html",
    "releases": "/releases.html",
    "thing": "/doc/body/rkcmc.html",
    "finding": "/doc/overlap/body-pc--body-wgec--event-establishment-wgec.html",
    "passage": "/graph/pc0457e1/ch-2-intro.html",
    "passage without a document": "/graph/pc0457e1/para-9-heading.html",
}
#: What stands between two parts of a line of which one is missing, and sentences that lost their end.
TORN = """[...document.querySelectorAll("main p, main li, main dd, footer")]
  .map((part) => part.textContent.replace(/\\s+/g, " ").trim())
  .filter((text) => /^·|· ?(·|$)|[:,] ?\\.(\\s|$)/.test(text))"""
#: The gaps in pixels between neighbouring links or buttons of a line.
GAPS = """[...document.querySelectorAll("main :is(a, button) + :is(a, button):not(svg *)")].flatMap((one) => {
  const [before, after] = [[...one.previousElementSibling.getClientRects()].pop(), one.getClientRects()[0]];
  return before && after && Math.abs(before.top - after.top) < 4 ? [after.left - before.right] : [];
})"""


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
    assert "'nonsense' is not valid for 'on'" in page.inner_text("#result")


def test_a_whole_iri_beyond_the_list_of_things_is_asked_for(open_page: Callable[..., Any]) -> None:
    page = open_page("/queries/contradictions.html?thing=urn:none")
    page.wait_for_selector("#result [role=status]", timeout=_ANSWER_MS)
    assert page.locator("#result [role=status]").inner_text() == "0 rows"
    page = open_page("/queries/contradictions.html?thing=none")
    page.wait_for_selector("#result [role=alert]", timeout=_ANSWER_MS)


def test_the_editor_asks_the_browser(open_page: Callable[..., Any]) -> None:
    page = open_page("/sparql.html?query=SELECT+(COUNT(*)+AS+%3Fn)+%7B+%3Fs+a+ecp%3AAction+%7D")
    page.wait_for_selector("#result td", timeout=_ANSWER_MS)
    assert page.locator("#result td").inner_text() == "28"


def test_the_editor_says_what_may_be_wrong(open_page: Callable[..., Any]) -> None:
    page = open_page("/sparql.html?query=SELECT+%3Fa+%7B+%3Fo+ecp%3Amember+%3Fa+%7D")
    page.wait_for_selector("#result .hints li", timeout=_ANSWER_MS)
    assert "no property ecp:member. Did you mean ecp:overlapMember" in page.locator("#result .hints li").inner_text()


@pytest.mark.parametrize("path", ["/timeline.html", "/overlap.html", "/queries/overlap-body-pairs.html"])
def test_a_part_of_a_page_stands_alone(path: str, open_page: Callable[..., Any], address: str) -> None:
    page = open_page(path)
    details = page.locator("details.embed")
    details.locator("summary").click()
    code, link = details.locator("code").inner_text(), details.get_by_role("link", name="What it shows")
    file = code.partition('src="')[2].partition('"')[0].removeprefix(TWIN_BASE.rstrip("/"))
    assert file.endswith(".html")
    assert link.evaluate("a => a.href") == address + file
    frame = open_page(file)
    assert frame.locator("nav, form").count() == 0
    assert frame.locator("svg, table").count() > 0
    back = frame.locator("main p.note").last.locator("a")
    assert back.evaluate("a => a.href").endswith(path if path != "/overlap.html" else "/overlap/body-body.html")


def test_a_neighbourhood_is_a_picture_of_its_own(open_page: Callable[..., Any]) -> None:
    page = open_page("/doc/body/ptc.html")
    page.locator("details.as-data > summary").click()
    picture = page.locator("a[data-picture]")
    assert picture.evaluate("a => a.href").endswith("/doc/body/ptc.svg")
    assert page.request.get(picture.evaluate("a => a.href")).text().startswith("<svg")
    with page.expect_download() as download:
        page.get_by_role("link", name="png", exact=True).click()
    assert download.value.suggested_filename == "ptc.png"


def test_the_search_finds_without_a_server(open_page: Callable[..., Any]) -> None:
    page = open_page("/index.html")
    page.fill("header input[type=search]", "transit guidelines")
    page.press("header input[type=search]", "Enter")
    page.wait_for_selector("#search-results a", timeout=_ANSWER_MS)
    page.click("#search-results a >> text='Transit Guidelines' >> nth=0")
    assert page.url.endswith("/doc/instrument/transit-guidelines.html")
    assert page.locator("h1").inner_text() == "Transit Guidelines"


@pytest.mark.parametrize(
    ("text", "label", "file"),
    [
        (
            "PTC TFA WG",
            "What joins Permanent Technical Committee and TFA Working Group?",
            "/overlap/body-body/ptc/tfawg.html",
        ),
        ("who works on transit", "Who works on transit", "/queries/actions.html?topic=transit"),
    ],
)
def test_the_search_fills_in_what_is_named(text: str, label: str, file: str, open_page: Callable[..., Any]) -> None:
    page = open_page("/doc/body/ptc.html")
    loaded = []
    page.on("request", lambda request: loaded.append(request.url))
    page.fill("header input[type=search]", text)
    first = page.locator("header [role=option]").first
    first.filter(has_text=label).wait_for(timeout=_ANSWER_MS)
    assert [url.rpartition("/")[2] for url in loaded if url.endswith("json")] == ["search-index.json"]
    first.click()
    page.wait_for_url(f"**{file}")
    assert page.request.get(page.url).ok
    page = open_page(f"/search.html?q={text}")
    assert page.locator("#search-results a").first.inner_text() == label


def test_pages_read_without_javascript(open_page: Callable[..., Any]) -> None:
    for path in ("/index.html", "/actions.html", "/overlap.html", "/doc/body/ptc.html", "/timeline.html"):
        page = open_page(path, javascript=False)
        assert page.locator("main h1").count() == 1, path


@pytest.mark.parametrize("name", PAGES, scope="module")
def test_nothing_is_torn_run_together_or_too_wide(name: str, show: Callable[..., Any]) -> None:
    for width in (1440, 390):
        page = show(PAGES[name], width=width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(TORN) == []
        assert [gap for gap in page.evaluate(GAPS) if gap <= 0] == []


def test_what_is_torn_or_run_together_would_be_found(open_page: Callable[..., Any]) -> None:
    page = open_page("/queries.html")
    page.evaluate("""document.querySelector("main").innerHTML =
      "<p>a · b · ·</p><p>Ask at: .</p><p>a · b: c.</p><p><a href=x>x</a><a href=y>y</a> <a href=z>z</a></p>" """)
    assert page.evaluate(TORN) == ["a · b · ·", "Ask at: ."]
    gaps = page.evaluate(GAPS)
    assert (gaps[0], gaps[1] > 0) == (0, True)


@pytest.mark.parametrize("width", [1440, 1100, 390])
def test_the_table_of_actions_has_the_whole_width(width: int, show: Callable[..., Any]) -> None:
    page = show("/actions.html", width=width)
    assert page.locator("main form, main .facets").count() == 0  # so that the address cannot choose rows
    main, scroll = page.locator("main").bounding_box(), page.locator("main .scroll").bounding_box()
    table = page.locator("table.actions").bounding_box()
    assert abs(scroll["width"] - main["width"]) < 1
    assert table["width"] >= scroll["width"] - 1


@pytest.mark.parametrize("width", [1440, 390])
def test_downloads_of_an_answer_stand_apart(width: int, open_page: Callable[..., Any]) -> None:
    page = open_page("/sparql.html?query=SELECT+*+%7B+%3Fs+a+ecp%3ABody+%7D", width=width)
    page.wait_for_selector(".result-bar .downloads", timeout=_ANSWER_MS)
    gaps = page.evaluate(GAPS)
    assert len(gaps) >= 4
    assert min(gaps) > 4
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_drawing_begins_where_something_is_drawn(show: Callable[..., Any]) -> None:
    page = show("/doc/overlap/body-pc--body-wgec--event-establishment-wgec.html", width=390)  # nothing points to it
    drawing, box = page.locator("svg.neighbourhood").bounding_box(), page.locator(".neighbourhood rect").bounding_box()
    assert 0 <= box["x"] - drawing["x"] < 30
    page = show("/doc/body/rkcmc.html", width=1440)  # something does
    drawing, box = page.locator("svg.neighbourhood").bounding_box(), page.locator(".neighbourhood rect").bounding_box()
    assert box["x"] - drawing["x"] > 300


def test_a_heading_stands_over_its_column(show: Callable[..., Any]) -> None:
    for path in ("/releases.html", "/dataset.html"):
        page = show(path, width=1440)
        for table in page.locator("main table").all():
            row = [
                cell.evaluate("e => getComputedStyle(e).textAlign")
                for cell in table.locator("tr").nth(1).locator("> *").all()
            ]
            head = [cell.evaluate("e => getComputedStyle(e).textAlign") for cell in table.locator("thead th").all()]
            assert head == row
