"""What leaves the site for a meeting: printed pages, pictures as PNG, frames in pages of others; and the phone."""

from __future__ import annotations

import struct
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pdfplumber
import pytest

PRINTED = {
    "matrix": "/overlap",
    "matrix of many": "/overlap/action-action",
    "matrix with long names": "/overlap/topic-instrument",
    "pair": "/overlap/body-body/ptc/tfawg",
    "links of two": "/overlap/body-instrument/tfawg/transit-guidelines",
    "table": "/queries/overlap-bodies",
    "table with a chart": "/queries/overlap-body-pairs",
    "actions": "/actions",
    "timeline": "/timeline",
}
ALONE = {
    "matrix": "/overlap/body-body?embed=1",
    "timeline": "/timeline?embed=1",
    "query": "/queries/bodies-load?embed=1",
}


# ---------------------------------------------------------------- paper


#: CSS pixels between the margins of A4 (12 mm), on its long and its short side.
PAPER = {"landscape": round(273 / 25.4 * 96), "auto": round(186 / 25.4 * 96)}
#: The words that stand beside the paper; what a browser cuts off is not in its PDF.
OFF_PAPER = """() => {
  const off = [];
  const words = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  let seen = 0;
  for (let node = words.nextNode(); node; node = words.nextNode()) {
    if (!node.data.trim() || node.parentElement.closest(".visually-hidden, title, .skip")) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const boxes = [...range.getClientRects()];
    seen += boxes.length;
    if (boxes.some((box) => box.right > innerWidth + 1 || box.left < -1)) off.push(node.data.trim());
  }
  return { off, seen };
}"""


def words_off_paper(page: Any) -> list[str]:
    page.emulate_media(media="print")
    side = page.evaluate("getComputedStyle(document.querySelector('main')).page")
    page.set_viewport_size({"width": PAPER[side], "height": 700})
    found = page.evaluate(OFF_PAPER)
    assert found["seen"] > 20
    return list(found["off"])


@pytest.mark.parametrize("name", PRINTED)
def test_no_column_is_lost_on_paper(open_page: Callable[..., Any], name: str) -> None:
    assert words_off_paper(open_page(PRINTED[name])) == []


def test_what_is_too_wide_for_the_paper_is_found(open_page: Callable[..., Any]) -> None:
    page = open_page("/queries/overlap-bodies")
    page.evaluate(
        "for (const cell of document.querySelectorAll('th, td')) cell.style.setProperty('white-space', 'pre')"
    )
    assert len(words_off_paper(page)) > 10


@pytest.mark.parametrize("name", ["matrix", "pair", "table", "timeline"])
def test_paper_tells_source_date_and_address(open_page: Callable[..., Any], tmp_path: Path, name: str) -> None:
    open_page(PRINTED[name]).pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True)
    with pdfplumber.open(tmp_path / "page.pdf") as paper:
        told = " ".join(page.extract_text() for page in paper.pages)
        assert len(paper.pages) <= 5
    assert "Source: ECP Action Plan for Phase III" in told
    assert "Release" in told
    assert PRINTED[name] in told
    assert "SELECT" not in told, "the text of a query is for the screen"


# ---------------------------------------------------------------- pictures


@pytest.mark.parametrize("path", ["/overlap", "/timeline", "/queries/bodies-load", "/doc/organization/wto"])
def test_a_picture_is_saved_as_png_by_the_browser(open_page: Callable[..., Any], path: str) -> None:
    page = open_page(path)
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    with page.expect_download() as started:
        page.get_by_role("link", name="png", exact=True).first.click()
    assert started.value.suggested_filename.endswith(".png")
    body = Path(started.value.path()).read_bytes()
    assert body[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", body[16:24])
    assert width > 1000
    assert height > 400
    assert len(body) > 10_000, "an empty canvas is smaller"


def test_without_javascript_there_is_the_svg(open_page: Callable[..., Any]) -> None:
    page = open_page("/overlap", javascript=False)
    assert page.get_by_role("link", name="svg", exact=True).count() == 1
    assert page.get_by_role("link", name="png", exact=True).count() == 0


def test_no_word_of_a_picture_leaves_it(open_page: Callable[..., Any]) -> None:
    seen = 0
    for path in ("/overlap/body-body.svg", "/overlap/topic-instrument.svg", "/timeline.svg?span=all", "/timeline.svg"):
        page = open_page(path)
        off, number = page.evaluate(
            """() => {
          const words = [...document.querySelectorAll("text")];
          const sheet = document.documentElement.getBoundingClientRect();
          const outside = (box) => box.left < sheet.left || box.right > sheet.right || box.bottom > sheet.bottom;
          const off = words.filter((word) => outside(word.getBoundingClientRect()));
          return [off.map((word) => word.textContent), words.length];
        }"""
        )
        assert off == [], path
        seen += number
    assert seen > 100


# ---------------------------------------------------------------- frames


@pytest.fixture
def elsewhere() -> Iterator[Callable[[str], str]]:
    """Return ``host(html)``: the address of a page of another site."""
    pages: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = pages[-1].encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()

        def host(html: str) -> str:
            pages.append(html)
            return f"http://localhost:{server.server_address[1]}/"

        yield host
        server.shutdown()


@pytest.mark.parametrize("name", ALONE)
def test_a_part_shows_in_a_page_of_another_site(
    chromium: Any, address: str, elsewhere: Callable[[str], str], name: str
) -> None:
    page = chromium.new_page()
    page.goto(elsewhere(f'<iframe src="{address}{ALONE[name]}" width="900" height="700" title="t"></iframe>'))
    frame = page.frame_locator("iframe")
    frame.locator("table, svg").first.wait_for(timeout=10_000)
    assert "Source: ECP Action Plan for Phase III" in frame.locator("main").inner_text()
    page.close()


def test_a_whole_page_does_not(chromium: Any, address: str, elsewhere: Callable[[str], str]) -> None:
    page = chromium.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(elsewhere(f'<iframe src="{address}/overlap" width="900" height="700" title="t"></iframe>'))
    page.wait_for_load_state("networkidle")
    assert page.frame_locator("iframe").locator("table").count() == 0
    assert any("frame-ancestors" in text for text in said)
    page.close()


@pytest.mark.parametrize("name", ALONE)
@pytest.mark.parametrize("width", [390, 1440])
def test_a_part_alone_is_accessible(
    show: Callable[..., Any], axe: Callable[[Any], list[str]], name: str, width: int
) -> None:
    page = show(ALONE[name], width=width)
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


# ---------------------------------------------------------------- ways in


def test_a_phone_sees_marks_on_the_first_screen(open_page: Callable[..., Any]) -> None:
    page = open_page("/timeline", width=390)
    page.set_viewport_size({"width": 390, "height": 844})
    marks = page.locator(".narrow-picture .mark.deadline")
    seen = [mark.bounding_box() for mark in marks.all()]
    assert len([box for box in seen if box["y"] + box["height"] < 844]) >= 2
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator(".wide-picture").first.is_hidden()


def test_the_second_tab_leads_into_the_matrix(open_page: Callable[..., Any]) -> None:
    page = open_page("/overlap")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the matrix"
    page.keyboard.press("Enter")
    steps = 0
    while not page.evaluate("document.activeElement.closest('table.matrix') !== null"):
        page.keyboard.press("Tab")
        steps += 1
        assert steps < 4
    link = page.locator("table.matrix td a").first
    assert link.evaluate("a => a.textContent").startswith("PTC and TFA WG: 3 rows, 1 joint session, 1 theme, grade B")
