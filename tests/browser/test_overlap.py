"""The main task on overlap in a real browser, with JavaScript and without, by mouse and by keyboard."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest


@pytest.mark.parametrize("javascript", [True, False])
def test_who_shares_the_transit_guidelines_why_and_as_excel(open_page: Callable[..., Any], javascript: bool) -> None:
    page = open_page("/queries", javascript=javascript)
    page.get_by_role("navigation", name="Site").get_by_role("link", name="Overlap", exact=True).click()
    page.get_by_role("link", name="Transit Guidelines", exact=True).first.click()
    assert page.locator("h1").inner_text() == "Who meets on Transit Guidelines?"
    bodies = page.get_by_role("region", name="Bodies")
    row = bodies.locator("tbody tr").first.inner_text()
    assert "Permanent Technical Committee" in row
    assert "TFA Working Group" in row
    assert "through a programme or an instrument" in row
    assert "Cover paper, paragraph 19" in row
    with page.expect_download() as started:
        bodies.get_by_role("link", name="xlsx", exact=True).click()
    sheet = openpyxl.load_workbook(io.BytesIO(Path(started.value.path()).read_bytes())).active
    assert [cell.value for cell in sheet[2]][1:4] == ["Permanent Technical Committee", "TFA Working Group", "programme"]


@pytest.mark.parametrize("javascript", [True, False])
def test_a_cell_leads_to_its_rows_and_passages(open_page: Callable[..., Any], javascript: bool) -> None:
    page = open_page("/overlap", javascript=javascript)
    page.locator("table.matrix").get_by_role("link", name=re.compile(r": 1 row, grade A, joint$")).first.click()
    assert page.locator("h1").inner_text() in {"IMSC and PTC", "PTC and IMSC"}
    assert "Annex, table row of action 16" in page.locator("main").inner_text()
    page.get_by_role("heading", name="SPARQL queries").wait_for()
    page.locator(".queries summary", has_text="What makes them meet").click()
    assert "ecp:overlapMember" in page.locator(".queries pre").first.inner_text()


def test_a_form_without_javascript(open_page: Callable[..., Any]) -> None:
    page = open_page("/overlap", javascript=False)
    page.get_by_label("Columns", exact=True).select_option("chapter")
    page.get_by_role("button", name="Show").click()
    assert page.url.endswith("/overlap/body-chapter")
    page.get_by_label("Tie", exact=True).select_option("action")
    page.get_by_role("button", name="Show").click()
    assert page.url.endswith("/overlap/body-chapter?tie=action")
    assert page.locator("h1").inner_text() == "Bodies and chapters"


def test_a_choice_shows_at_once_with_javascript(open_page: Callable[..., Any]) -> None:
    page = open_page("/overlap")
    page.get_by_label("Grade", exact=True).select_option("A")
    page.wait_for_url("**/overlap/body-body?grade=A")
    assert page.locator("table.matrix").get_by_role("link", name=re.compile(r": 1 row, grade A, joint$")).count() == 2


def test_arrow_keys_lead_through_the_cells(open_page: Callable[..., Any]) -> None:
    page = open_page("/overlap")
    focused = "document.activeElement.querySelector('.visually-hidden').textContent.trim()"
    cells = page.locator("table.matrix tbody tr").first.locator("td a")
    cells.first.focus()
    assert page.evaluate(focused) == "PTC and TFA WG: 3 rows, 1 joint session, 1 theme, grade B, programme"
    page.keyboard.press("ArrowRight")
    assert page.evaluate(focused) == "PTC and IMSC: 1 row, grade A, joint"
    page.keyboard.press("ArrowRight")
    assert page.evaluate(focused) == "PTC and SAFE WG: 1 theme, grade D, parallel"
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.closest('th') !== null || document.activeElement.tagName === 'A'")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/overlap/body-body/ptc/tfawg")


def test_tab_reaches_every_cell(open_page: Callable[..., Any]) -> None:
    page = open_page("/overlap", javascript=False)
    cells = page.locator("table.matrix td a")
    number = cells.count()
    cells.first.focus()
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === [...document.querySelectorAll('table.matrix td a')].at(-1)"):
            break
    else:
        pytest.fail("Tab does not come to the last cell")
    assert number >= 14


def test_heads_stay_in_sight_on_a_narrow_screen(open_page: Callable[..., Any]) -> None:
    page = open_page("/overlap/body-topic", width=320)
    frame = page.locator(".matrix-frame")
    assert frame.evaluate("frame => frame.scrollWidth > frame.clientWidth")
    frame.evaluate("frame => frame.scrollTo(300, 0)")
    head = page.locator("table.matrix tbody th").first.bounding_box()
    assert head["x"] >= frame.bounding_box()["x"] - 1
    assert head["width"] < 160


def test_paper_shows_the_whole_matrix(open_page: Callable[..., Any]) -> None:
    page = open_page("/overlap/action-action")
    page.emulate_media(media="print")
    frame = page.locator(".matrix-frame")
    assert frame.evaluate("frame => frame.scrollHeight <= frame.clientHeight + 1")
    assert page.locator("form.choose").is_hidden()
