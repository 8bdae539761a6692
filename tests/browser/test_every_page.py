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
    "overlap of two dimensions": "/overlap/body-instrument",
    "overlap of two": "/overlap/body-body/imsc/ptc",
    "links of two": "/overlap/body-instrument/tfawg/transit-guidelines",
    "overlap on a thing": "/overlap/on/instrument/transit-guidelines",
    "sparql": "/sparql",
    "sparql result": "/sparql?format=html&query=SELECT+*+%7B+%3Fs+a+ecp%3ABody+%7D",
    "home": "/",
    "search": "/search",
    "search hits": "/search?q=transit",
    "search without hits": "/search?q=transt+guidlines",
    "validation": "/validation",
    "shapes": "/shapes",
    "thing": "/doc/body/rkcmc",
    "finding": "/doc/overlap/body-pc--body-wgec--topic-e-commerce",
    "passage": "/graph/pc0457e1/ch-2-intro",
    "long graph": "/graph/inferred",
    "nearly right name": "/doc/body/ptcc",
    "error": "/nothing-here",
    "actions": "/actions",
    "actions chosen": "/actions?body=PTC&programme=not-stated&words=a",
    "timeline": "/timeline",
    "timeline by body": "/timeline?by=body&span=plan&programme=PTC-WP",
    "actions none": "/actions?body=WGEC&chapter=1",
}
LOOKS = [(320, False), (320, True), (1440, False), (1440, True)]


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(name: str, open_page: Callable[..., Any], axe: Callable[[Any], list[str]]) -> None:
    for width, dark in LOOKS:
        page = open_page(PAGES[name], width=width, dark=dark)
        assert axe(page) == [], f"{width} px, {'dark' if dark else 'light'}"


@pytest.mark.parametrize("name", PAGES)
def test_nothing_sticks_out_on_a_narrow_screen(name: str, open_page: Callable[..., Any]) -> None:
    page = open_page(PAGES[name], width=320)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("name", PAGES)
def test_it_reads_without_javascript(name: str, open_page: Callable[..., Any]) -> None:
    page = open_page(PAGES[name], javascript=False)
    assert page.locator("main h1").count() == 1
    assert len(page.locator("main").inner_text()) > 50


def test_axe_would_find_a_fault(open_page: Callable[..., Any], axe: Callable[[Any], list[str]]) -> None:
    page = open_page("/queries")
    page.evaluate("document.querySelector('main').innerHTML += '<img src=\"/static/icon.svg\">'")
    assert any(finding.startswith("image-alt") for finding in axe(page))
