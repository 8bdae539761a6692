"""Ten questions of an analyst who has never been here: each starts at the home page and takes three clicks at most.

A click is a link followed, a button pressed or a value chosen; a text typed into a search field counts as one together
with its Enter. The answers were read from the document. Nobody writes SPARQL.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

_MOST = 3


class Newcomer:
    """Somebody before the home page, whose clicks are counted."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.clicks = 0

    def _count(self) -> None:
        self.clicks += 1
        assert self.clicks <= _MOST, f"more than {_MOST} clicks"

    def follow(self, name: str, within: str = "body", exact: bool = True) -> None:
        """Follow the first link of that name."""
        self._count()
        self.page.locator(within).get_by_role("link", name=name, exact=exact).first.click()

    def choose(self, field: str, value: str) -> None:
        """Tick a box."""
        self._count()
        self.page.locator(f'input[name="{field}"][value="{value}"]').check()

    def press(self, name: str) -> None:
        """Press a button."""
        self._count()
        self.page.get_by_role("button", name=name).first.click()

    def search(self, text: str) -> None:
        """Type a text into the search field, and Enter."""
        self._count()
        field = self.page.locator('header input[type="search"]')
        field.fill(text)
        field.press("Enter")
        self.page.wait_for_url("**/search?**")

    def take(self, name: str, within: str) -> bytes:
        """Follow a link that gives a file, and return the file."""
        self._count()
        with self.page.expect_download() as started:
            self.page.locator(within).get_by_role("link", name=name, exact=True).first.click()
        return Path(started.value.path()).read_bytes()

    def rows(self, within: str = "main") -> list[str]:
        """Return the rows of the first table in sight, their cells parted by " | "."""
        table = self.page.locator(within).locator("table").first
        return [
            " | ".join(" ".join(cell.split()) for cell in row.locator("th, td").all_inner_texts())
            for row in table.locator("tbody tr").all()
        ]

    def sees(self, text: str | re.Pattern[str], within: str = "main") -> None:
        """Check that a text is in sight."""
        found = self.page.locator(within).first.get_by_text(text).filter(visible=True)
        found.first.wait_for(timeout=10_000)


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def newcomer(request: pytest.FixtureRequest, open_page: Callable[..., Any]) -> Newcomer:
    return Newcomer(open_page("/", javascript=request.param))


def section(heading: str) -> str:
    """The selector of a part of a page by its heading."""
    return f'section:has(> h2:text-is("{heading}"))'


def test_1_which_committees_share_the_transit_guidelines_and_why(newcomer: Newcomer) -> None:
    newcomer.follow("Overlap", "header")
    newcomer.follow("Transit Guidelines", "main")
    first = newcomer.rows(section("Bodies"))[0]
    assert "Permanent Technical Committee" in first
    assert "TFA Working Group" in first
    # row 3 names the PTC alone, but both programmes; paragraph 19 says whose programme is the other
    assert "Annex, table row of action 3" in first
    assert "Cover paper, paragraph 19" in first


def test_2_what_is_due_by_july_2017(newcomer: Newcomer) -> None:
    newcomer.sees("By the end of July 2017")
    due = newcomer.page.locator("ul.due").first.locator("li").all_inner_texts()
    assert [re.match(r"\d+", row.strip())[0] for row in due] == ["3", "6", "9"]  # type: ignore[index]
    assert "Update/review TRS Guide" in " ".join(due)
    assert "PTC April-July 2017" in " ".join(due)


def test_3_which_actions_have_no_programme(newcomer: Newcomer) -> None:
    newcomer.follow("Which actions name no work programme, or say nothing about their time?")
    seen = newcomer.page.locator("main").inner_text()
    assert "Ensure effective use of the WCO Web site" in seen
    numbers = {
        int(number) for row in newcomer.rows() if "programme" in row for number in re.findall(r"\b\d+\b", row)[:1]
    }
    assert numbers == {1, 2, 15, 17, 18, 19, 20, 24, 25, 26, 27, 28}


def test_4_where_the_document_makes_the_tfa_working_group_responsible_for_action_10(newcomer: Newcomer) -> None:
    newcomer.follow("Update and implement the TFA Working Group Work Programme", "main")
    newcomer.sees("TFA Working Group")
    newcomer.follow("Annex, table row of action 10", "main")
    newcomer.sees("TFA Working Group")
    assert "Annex, table row of action 10" in newcomer.page.locator("h1").inner_text()


def test_5_who_decided_what_at_the_policy_commission_of_july_2016(newcomer: Newcomer) -> None:
    newcomer.follow("events", ".topics")
    newcomer.follow("Who decided what, and when, and how certain is that?")
    of_july = [row for row in newcomer.rows() if "July 2016" in row]
    assert len(of_july) == 2
    assert any("Work Plan on Digital Customs" in row for row in of_july)
    assert any("Working Group on e-Commerce" in row for row in of_july)
    assert all(re.search(r"\bPC\b|Policy Commission", row) for row in of_july)


def test_6_which_instruments_came_out_of_phase_ii(newcomer: Newcomer) -> None:
    newcomer.follow("instruments", ".topics")
    newcomer.follow("Which instruments did each phase of the plan deliver", exact=False)
    second = [row for row in newcomer.rows() if row.startswith("2 |")]
    # thirteen entries of paragraph 6, one of which is two editions
    assert len(second) == 14
    for name in ("Voluntary Compliance Framework", "GNC Handbook", "Single Window Supplement", "AEO Compendium"):
        assert any(name in row for row in second), name


def test_7_what_contradicts_itself(newcomer: Newcomer) -> None:
    newcomer.follow("Where does the document contradict itself", exact=False)
    # paragraph 3 says June, chapters 5 and 6 say July
    newcomer.sees(re.compile("The Policy Commission of mid-2016 is dated June and July"))
    newcomer.sees(re.compile("Cover paper, paragraph 3; "))


def test_8_how_loaded_each_body_is(newcomer: Newcomer) -> None:
    rows = [row.replace(" |", "") for row in newcomer.rows(section("Load"))]
    found = {row.split()[0]: int(row.split()[-1]) for row in rows}
    assert found == {"SEC": 26, "PTC": 9, "TFAWG": 5, "IMSC": 4, "SAFEWG": 2, "RKCMC": 1, "WGEC": 1}


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_9_which_actions_serve_goal_1_under_the_ptc_work_programme(
    open_page: Callable[..., Any], javascript: bool
) -> None:
    newcomer = Newcomer(open_page("/", javascript=javascript))
    newcomer.follow("Actions", "header")
    newcomer.choose("programme", "PTC-WP")
    if javascript:
        newcomer.page.get_by_text("8 of 28 actions").wait_for()
        newcomer.choose("goal", "1")
        newcomer.page.wait_for_url("**goal=1**")
    else:
        newcomer.press("Show")  # the goal of each row stands in the last column
    newcomer.sees("8 of 28 actions")
    rows = [row.split(" | ") for row in newcomer.rows()]
    assert [int(row[0]) for row in rows if row[-1] == "1"] == [3, 4, 5, 6, 7, 8, 9, 16]


def test_10_the_overlaps_as_excel(newcomer: Newcomer) -> None:
    newcomer.follow("Overlap", "header")
    book = openpyxl.load_workbook(io.BytesIO(newcomer.take("xlsx", "main")))
    heads, *rows = [[cell.value for cell in row] for row in book["matrix"].iter_rows()]
    ptc = next(row for row in rows if str(row[0]).startswith("PTC"))
    at = next(place for place, head in enumerate(heads) if "TFA Working Group" in str(head) or head == "TFAWG")
    assert ptc[at], "the two share nothing"


def test_a_fourth_click_is_noticed(open_page: Callable[..., Any]) -> None:
    newcomer = Newcomer(open_page("/"))
    newcomer.search("transit")
    newcomer.follow("Overlap", "header")
    newcomer.follow("Timeline", "header")
    with pytest.raises(AssertionError, match="more than 3 clicks"):
        newcomer.follow("Queries", "header")
