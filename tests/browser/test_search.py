"""The search field: suggestions by keyboard and mouse, the plain form without JavaScript, a search without a server."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

FIELD = "header input[type=search]"
OPTIONS = "header [role=option]"


def test_suggestions_by_keyboard(open_page: Callable[..., Any]) -> None:
    page = open_page("/queries")
    field = page.locator(FIELD)
    assert (field.get_attribute("role"), field.get_attribute("aria-expanded")) == ("combobox", "false")
    field.click()
    page.keyboard.type("ptc")
    # slow keys show what is found for "p" and "pt" in between
    page.locator(OPTIONS).first.filter(has_text=re.compile("^Permanent Technical Committee")).wait_for()
    assert field.get_attribute("aria-expanded") == "true"
    page.keyboard.press("ArrowDown")
    first = page.locator(OPTIONS).first
    assert first.get_attribute("aria-selected") == "true"
    assert field.get_attribute("aria-activedescendant") == first.get_attribute("id")
    page.keyboard.press("ArrowUp")  # back to the field
    assert field.get_attribute("aria-activedescendant") is None
    page.keyboard.press("Escape")
    assert field.get_attribute("aria-expanded") == "false"
    assert page.locator(OPTIONS).count() == 0
    assert field.input_value() == "ptc"
    page.keyboard.press("ArrowDown")  # opens it again
    page.wait_for_selector(OPTIONS)
    page.keyboard.press("ArrowDown")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "ptc" in page.url
    assert "/search" not in page.url


def test_enter_without_a_choice_asks_the_page(open_page: Callable[..., Any]) -> None:
    page = open_page("/queries")
    page.locator(FIELD).fill("transit")
    page.wait_for_selector(OPTIONS)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith("/search?q=transit")
    assert "11 hits" in page.locator("main").inner_text()


def test_a_press_on_a_suggestion_leads_there_and_leaving_closes_it(open_page: Callable[..., Any]) -> None:
    page = open_page("/queries")
    page.locator(FIELD).fill("overlap")
    page.wait_for_selector(OPTIONS)
    page.keyboard.press("Tab")
    assert page.locator(OPTIONS).count() == 0
    page.locator(FIELD).fill("")
    page.locator(FIELD).fill("which committees overlap")
    page.wait_for_selector(OPTIONS)
    with page.expect_navigation():
        page.locator(OPTIONS).first.click()
    assert page.url.endswith("/queries/overlap-on-instruments")


def test_suggestions_move_nothing_and_axe_finds_nothing(
    open_page: Callable[..., Any], axe: Callable[[Any], list[str]]
) -> None:
    for width in (320, 1440):
        page = open_page("/queries", width=width)
        before = page.locator("h1").bounding_box()
        page.locator(FIELD).fill("transit")
        page.wait_for_selector(OPTIONS)
        page.keyboard.press("ArrowDown")
        assert page.locator("h1").bounding_box() == before
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert axe(page) == []


def test_the_form_works_without_javascript(open_page: Callable[..., Any]) -> None:
    page = open_page("/queries", javascript=False)
    page.locator(FIELD).fill("transt guidlines")
    page.locator(FIELD).press("Enter")
    page.locator("main a", has_text="transit guidelines").click()
    assert "Transit Guidelines" in page.locator("main").inner_text()


def test_the_index_is_searched_without_a_server(open_page: Callable[..., Any]) -> None:
    """The page of a site that is files only: the field names the index, and the hits are made here."""
    served = open_page("/search?q=tfa+wg")
    expected = served.locator("#search-results a").all_inner_texts()
    page = open_page("/queries")

    def without_server(route: Any) -> None:
        response = route.fetch(url=route.request.url.partition("?")[0])
        text = response.text().replace("<title>", '<meta name="ecp-graph-dataset" content="x.nq.gz"><title>')
        route.fulfill(response=response, body=text)

    page.route(re.compile(r"/search(\?|$)"), without_server)
    page.route(re.compile(r"/search\.json"), lambda route: route.abort())
    page.goto("/search?q=tfa+wg")
    page.wait_for_selector("#search-results .hits")
    assert page.locator("#search-results a").all_inner_texts() == expected
    page.locator(FIELD).fill("ptc")
    page.wait_for_selector(OPTIONS)
    page.goto("/search?q=transt+guidlines")
    page.wait_for_selector("#search-results a")
    assert "Did you mean transit guidelines?" in page.locator("#search-results").inner_text()
