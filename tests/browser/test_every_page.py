"""What holds for every type of page: axe finds nothing, nothing overflows, and it reads without JavaScript."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

#: One address for each type of page; a new page is added here.
PAGES = {
    "dataset": "/dataset",
    "releases": "/releases",
    "ontology": "/ontology",
    "queries": "/queries",
    "query": "/queries/overlap-bodies",
    "query with a chart": "/queries/overlap-body-pairs",
    "query with sources": "/queries/bodies-without-action",
    "query with a form to fill": "/queries/action-dossier",
    "overlap": "/overlap",
    "overlap of plans": "/overlap/plans",
    "overlap of two dimensions": "/overlap/body-instrument",
    "overlap of two": "/overlap/body-body/imsc/ptc",
    "links of two": "/overlap/body-instrument/tfawg/transit-guidelines",
    "overlap on a thing": "/overlap/on/instrument/transit-guidelines",
    "sparql": "/sparql",
    "sparql result": "/sparql?format=html&query=SELECT+*+%7B+%3Fs+a+ecp%3ABody+%7D",
    "home": "/",
    "about": "/about",
    "question found": "/search?q=who+works+on+transit",
    "sparql with hints": "/sparql?format=html&query=SELECT+%3Fa+%7B+%3Fo+ecp:member+%3Fa+%7D",
    "search": "/search",
    "search hits": "/search?q=transit",
    "search without hits": "/search?q=transt+guidlines",
    "validation": "/validation",
    "shapes": "/shapes",
    "thing": "/doc/topic/transit",
    "body": "/doc/body/ptc",
    "body without actions": "/doc/body/pc",
    "plan": "/doc/plan/ecp-action-plan-3",
    "work programme": "/doc/plan/ptc-work-programme",
    "briefing": "/brief/body/ptc",
    "action": "/doc/action/ecp3-3",
    "instrument": "/doc/instrument/transit-guidelines",
    "instrument with editions": "/doc/instrument/safe-fos",
    "action without a time": "/doc/action/ecp3-16",
    "finding": "/doc/overlap/body-pc--body-wgec--topic-e-commerce",
    "passage": "/doc/passage/pc0457e1/para-15",
    "row": "/doc/passage/pc0457e1/action-3",
    "reading": "/graph/pc0457e1/ch-2-intro",
    "long graph": "/graph/inferred",
    "nearly right name": "/doc/body/ptcc",
    "error": "/nothing-here",
    "error with near names": "/transit-guidlines",
    "bodies": "/bodies",
    "bodies chosen": "/bodies?kind=working+group&sort=others",
    "instruments": "/instruments",
    "plans": "/plans",
    "actions": "/actions",
    "actions chosen": "/actions?body=PTC&programme=not-stated&words=a",
    "timeline": "/timeline",
    "timeline by body": "/timeline?by=body&span=plan&programme=PTC-WP",
    "actions none": "/actions?body=WGEC&chapter=1",
}
#: The short words in cells of tables that a browser broke in two or more, for want of room.
BROKEN_WORDS = """[...document.querySelectorAll("main :is(th, td)")].flatMap((cell) => {
  const words = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
  const broken = [];
  for (let node = words.nextNode(); node; node = words.nextNode()) {
    const range = document.createRange();
    range.selectNodeContents(node);
    const isWord = /^\\s*\\w{3,9}\\s*$/.test(node.data) && cell.getBoundingClientRect().width > 1;
    if (isWord && new Set([...range.getClientRects()].map((box) => box.top)).size > 1) broken.push(node.data.trim());
  }
  return broken;
})"""
LOOKS = [(1440, False), (1440, True), (320, True), (320, False)]
#: By page, not by test: the tests of one page then share what is loaded.
each_page = pytest.mark.parametrize("name", PAGES, scope="module")


@each_page
def test_axe_finds_nothing(name: str, show: Callable[..., Any], axe: Callable[[Any], list[str]]) -> None:
    for width, dark in LOOKS:
        page = show(PAGES[name], width=width, dark=dark)
        assert axe(page) == [], f"{width} px, {'dark' if dark else 'light'}"


@each_page
def test_nothing_sticks_out_on_a_narrow_screen(name: str, show: Callable[..., Any]) -> None:
    page = show(PAGES[name], width=320)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@each_page
def test_no_word_of_a_table_stands_letter_by_letter(name: str, show: Callable[..., Any]) -> None:
    for width in (320, 1440):
        assert show(PAGES[name], width=width).evaluate(BROKEN_WORDS) == [], f"{width} px"


@each_page
def test_it_reads_without_javascript(name: str, show: Callable[..., Any]) -> None:
    page = show(PAGES[name], javascript=False)
    assert page.locator("main h1").count() == 1
    assert len(page.locator("main").inner_text()) > 50


def test_looks_are_what_they_are_called(show: Callable[..., Any]) -> None:
    inks = set()
    for width, dark in LOOKS:
        page = show("/queries", width=width, dark=dark)
        assert page.evaluate("innerWidth") == width
        assert page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") == dark
        inks.add((dark, page.evaluate("getComputedStyle(document.body).color")))
    assert len(inks) == len({colour for _, colour in inks}) == 2


def test_a_page_that_asks_elsewhere_is_found_out(windows: dict[bool, Any]) -> None:
    window = windows[True]
    page = window.show("/queries", width=1440)
    page.evaluate("fetch('http://127.0.0.1:9/elsewhere').catch(() => 0)")
    assert any("elsewhere" in fault or "Content Security Policy" in fault for fault in window.faults)
    window.faults.clear()


def test_a_word_in_pieces_would_be_found(open_page: Callable[..., Any]) -> None:
    page = open_page("/validation")
    page.evaluate("""document.querySelector("main").innerHTML =
      '<table><tr><th class="planted">TFAWG</th><td>whole</td></tr></table>'""")
    page.evaluate("""Object.assign(document.querySelector(".planted").style,
      {display: "block", width: "9px", minWidth: "0", padding: "0", overflowWrap: "anywhere", whiteSpace: "normal"})""")
    assert page.evaluate(BROKEN_WORDS) == ["TFAWG"]


def test_axe_would_find_a_fault(open_page: Callable[..., Any], axe: Callable[[Any], list[str]]) -> None:
    page = open_page("/queries")
    page.evaluate("document.querySelector('main').innerHTML += '<img src=\"/static/icon.svg\">'")
    assert any(finding.startswith("image-alt") for finding in axe(page))
