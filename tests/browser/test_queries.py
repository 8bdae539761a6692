"""Main tasks on the pages of queries: find a question, fill its form, read the answer, take it away as Excel."""

from __future__ import annotations

import io
import urllib.request
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest

Open = Callable[..., Any]


@pytest.mark.parametrize("javascript", [True, False])
def test_committees_that_share_the_transit_guidelines_as_excel(open_page: Open, address: str, javascript: bool) -> None:
    page = open_page("/queries", javascript=javascript)
    page.get_by_role("link", name="Which committees overlap on an instrument, and how well is it proved?").click()
    page.get_by_label("Instrument", exact=True).select_option(label="Transit Guidelines")
    page.get_by_role("button", name="Show").click()
    rows = page.locator("main table tbody tr").all_inner_texts()
    assert rows
    assert all("Transit Guidelines" in row for row in rows)
    assert any("PTC" in row and "TFAWG" in row for row in rows)
    link = page.locator(".downloads").get_by_role("link", name="xlsx").get_attribute("href")
    with urllib.request.urlopen(address + link, timeout=30) as response:
        sheet = openpyxl.load_workbook(io.BytesIO(response.read())).active
    assert sheet.max_row == len(rows) + 1
    assert {row[2] for row in sheet.iter_rows(min_row=2, values_only=True)} == {"Transit Guidelines"}


def test_excel_is_saved_as_a_file(open_page: Open) -> None:
    page = open_page("/queries/bodies-load")
    with page.expect_download() as download:
        page.locator(".downloads").get_by_role("link", name="xlsx").click()
    assert download.value.suggested_filename == "bodies-load.xlsx"


def test_the_list_is_filtered_by_words(open_page: Open) -> None:
    page = open_page("/queries")
    field = page.get_by_label("Filter by words")
    everything = page.locator(".questions li:visible").count()
    field.fill("transit")
    assert page.locator(".questions li:visible").count() == 0
    field.fill("overlap INSTRUMENT committees")
    assert page.locator(".questions li:visible code").all_inner_texts() == ["overlap-on-instruments"]
    assert page.locator("#catalogue section:visible").count() == 1
    assert page.locator(".filter [role=status]").inner_text() == f"1 of {everything}"
    field.fill("")
    assert page.locator(".questions li:visible").count() == everything > 50
    assert open_page("/queries", javascript=False).locator(".filter").is_hidden()


def test_a_query_is_opened_in_the_editor_with_its_values(open_page: Open) -> None:
    page = open_page("/queries/overlap-on-instruments?instrument=transit-guidelines")
    page.get_by_role("link", name="Open it in the editor").click()
    assert "instrument/transit-guidelines" in page.locator(".cm-content").inner_text()
    assert page.locator("#result tbody tr").count() > 0


def test_a_chart_does_not_widen_a_narrow_page(open_page: Open) -> None:
    page = open_page("/queries/overlap-body-pairs", width=320)
    assert page.locator("svg rect").count() > 10
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    chart = page.get_by_role("region", name="Bar chart")
    assert chart.evaluate("element => element.scrollWidth > element.clientWidth")
    chart.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(500)
    assert chart.evaluate("element => element.scrollLeft") > 0


def test_a_sample_is_copied(open_page: Open) -> None:
    page = open_page("/queries/bodies-load")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy: The question in curl").click()
    page.get_by_text("Copied").wait_for()
    assert "/api/queries/bodies-load.csv" in page.evaluate("navigator.clipboard.readText()")
