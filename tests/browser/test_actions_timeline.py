"""The main tasks on the actions and their time: by mouse, by keyboard alone, and without JavaScript."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


def numbers(page: Any) -> list[int]:
    return [int(text) for text in page.locator("table.actions td.number").all_inner_texts()]


@pytest.mark.parametrize("javascript", [True, False])
def test_the_actions_of_a_body_due_in_a_period(open_page: Callable[..., Any], javascript: bool) -> None:
    page = open_page("/actions", javascript=javascript)
    page.get_by_label("until").fill("2018-12-31")
    page.locator('input[name="body"][value="PTC"]').check()
    if not javascript:
        page.get_by_role("button", name="Show").click()
    # six are due by then, and one of these is not the PTC's: neither facet alone gives the five
    page.get_by_text("5 of 28 actions").wait_for()
    assert numbers(page) == [3, 4, 5, 6, 9]
    page.wait_for_url("**body=PTC**")
    assert "until=2018-12-31" in page.url
    with page.expect_download() as download:
        page.get_by_role("link", name="csv", exact=True).click()
    assert len(download.value.path().read_text(encoding="utf-8").splitlines()) == 6


@pytest.mark.parametrize("javascript", [True, False])
def test_a_facet_is_dropped(open_page: Callable[..., Any], javascript: bool) -> None:
    page = open_page("/actions?body=WGEC&chapter=1", javascript=javascript)
    assert page.get_by_text("No action matches all filters.").count() == 1
    page.get_by_role("link", name="Remove the chapter", exact=True).click()
    page.get_by_text("1 of 28 actions").wait_for()
    page.get_by_role("link", name="Remove Body: WGEC").click()
    page.get_by_text("All 28 actions").wait_for()
    assert page.locator(".chip").count() == 0


def test_a_change_keeps_the_place_in_the_form(open_page: Callable[..., Any]) -> None:
    page = open_page("/actions")
    page.evaluate("window.stayed = true")
    page.locator("#more-topic summary").click()
    box = page.locator('#more-topic input[value="transit"]')
    box.focus()
    page.keyboard.press("Space")
    page.get_by_text("1 of 28 actions").wait_for()
    assert page.evaluate("window.stayed") is True, "the page was loaded anew"
    assert page.evaluate("[document.activeElement.name, document.activeElement.value]") == ["topic", "transit"]
    assert page.locator('input[name="body"][value="WGEC"]').is_disabled()
    page.go_back()
    page.get_by_text("All 28 actions").wait_for()


def test_a_failing_request_ends_in_an_ordinary_one(open_page: Callable[..., Any]) -> None:
    page = open_page("/actions")
    page.evaluate("window.stayed = true; window.fetch = () => Promise.reject(new Error('gone')); null")
    page.locator('input[name="chapter"][value="6"]').click()
    page.get_by_text("1 of 28 actions").wait_for()
    assert page.evaluate("window.stayed") is None


def press_until(page: Any, key: str, reached: str, most: int = 80) -> None:
    """Press a key until the element that has the focus fits a selector."""
    for _ in range(most):
        page.keyboard.press(key)
        if page.evaluate("chosen => document.activeElement.matches(chosen)", reached):
            return
    raise AssertionError(f"{reached} was not reached by {key}")


def test_the_keyboard_alone(open_page: Callable[..., Any]) -> None:
    page = open_page("/actions", javascript=True)
    press_until(page, "Tab", 'input[name="body"][value="WGEC"]')
    page.keyboard.press("Space")
    page.get_by_text("1 of 28 actions").wait_for()
    assert numbers(page) == [24]
    press_until(page, "Tab", ".chip")
    page.keyboard.press("Enter")
    page.get_by_text("All 28 actions").wait_for()
    press_until(page, "Tab", 'nav a[href="/timeline"]')
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Timeline").wait_for()
    press_until(page, "Tab", ".picture")


def test_the_facets_fold_away_on_a_narrow_screen(open_page: Callable[..., Any]) -> None:
    page = open_page("/actions", width=320, javascript=False)
    assert not page.get_by_label("Title contains").is_visible()
    assert page.locator("table.actions").is_visible()
    page.get_by_text("Filters").click()
    page.get_by_label("Title contains").fill("transit")
    page.get_by_role("button", name="Show").click()
    assert numbers(page) == [3]
    wide = open_page("/actions", width=1440, javascript=False)
    assert wide.get_by_label("Title contains").is_visible()
    assert not wide.get_by_text("Filters").is_visible()


@pytest.mark.parametrize("width", [960, 1024, 1280, 1440])
def test_all_columns_are_seen_beside_the_facets(open_page: Callable[..., Any], width: int) -> None:
    page = open_page("/actions", width=width)
    assert page.get_by_label("Title contains").is_visible()
    frame, table = page.locator(".scroll:has(table.actions)"), page.locator("table.actions")
    assert table.evaluate("table => table.scrollWidth") <= frame.evaluate("frame => frame.clientWidth")


@pytest.mark.parametrize("javascript", [True, False])
def test_the_timeline_of_a_body(open_page: Callable[..., Any], javascript: bool) -> None:
    page = open_page("/timeline", javascript=javascript)
    page.get_by_label("Body").select_option("SAFEWG")
    if not javascript:
        page.get_by_role("button", name="Show").click()
    page.wait_for_url("**body=SAFEWG**")
    assert page.locator("table.times td.number").all_inner_texts() == ["20", "18"]
    drawn = page.locator("svg.timeline text").all_text_contents()
    assert "July 2018" in drawn
    assert "Continuous activity" in drawn
    assert "July 2017" not in drawn


def test_colours_of_the_picture_follow_the_scheme(open_page: Callable[..., Any]) -> None:
    fills = [
        open_page("/timeline", dark=dark).evaluate("getComputedStyle(document.querySelector('svg .word')).fill")
        for dark in (False, True)
    ]
    assert len(set(fills)) == 2


def test_the_picture_fits_on_paper(open_page: Callable[..., Any]) -> None:
    page = open_page("/timeline", width=1000)
    page.emulate_media(media="print")
    right = page.evaluate("document.querySelector('svg.timeline').getBoundingClientRect().right")
    assert right <= page.evaluate("document.documentElement.clientWidth")
    assert not page.get_by_role("button", name="Show").is_visible()
