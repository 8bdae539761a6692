"""Papers of briefings in Chromium: how many pages they take, and that nothing on them is cut off."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pypdfium2
import pytest

PAPERS = ("body/ptc", "body/sec", "body/tfawg", "body/pc", "plan/ecp-action-plan-3", "plan/tfawg-work-programme")


@pytest.mark.parametrize("path", PAPERS)
def test_a_paper_has_two_pages_at_most(open_page: Callable[..., Any], path: str) -> None:
    page = open_page(f"/brief/{path}")
    paper = pypdfium2.PdfDocument(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    assert 1 <= len(paper) <= 2
    text = "".join(sheet.get_textpage().get_text_range() for sheet in paper)
    assert f"https://w3id.org/ecp-graph/id/{path}" in text
    assert "Markdown" not in text, "what leads to other forms is not printed"


def test_a_longer_paper_would_have_more_pages(open_page: Callable[..., Any]) -> None:
    page = open_page("/brief/body/ptc")
    page.evaluate(
        "document.querySelector('main').append(...[1, 2].map(() => document.querySelector('main').cloneNode(true)))"
    )
    assert len(pypdfium2.PdfDocument(io.BytesIO(page.pdf(prefer_css_page_size=True)))) > 2


def test_no_column_is_lost_on_paper(open_page: Callable[..., Any]) -> None:
    page = open_page("/brief/plan/ecp-action-plan-3", width=672)
    page.emulate_media(media="print")
    tables = page.locator("table")
    assert tables.count() == 4
    for number in range(tables.count()):
        box = tables.nth(number).bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 672


def test_the_page_of_a_body_leads_to_its_papers(open_page: Callable[..., Any]) -> None:
    page = open_page("/doc/body/ptc")
    page.get_by_role("link", name="Two pages to print").click()
    assert page.url.endswith("/brief/body/ptc")
    with page.expect_download() as loading:
        page.get_by_role("link", name="Word").click()
    assert loading.value.suggested_filename == "ptc.docx"
