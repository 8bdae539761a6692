"""Dates, lists and places in words."""

from __future__ import annotations

import pytest

from ecp_graph.briefs.model import Run, line, text_of
from ecp_graph.briefs.placing import places, places_of
from ecp_graph.briefs.wording import and_list, date_in_words, day_in_words, time_in_words


@pytest.mark.parametrize(
    ("kind", "written", "begins", "ends", "told"),
    [
        ("deadline", "July 2017", "", "2017-07-31T23:59:59", "July 2017"),
        ("deadline", "31/07/2017", "", "2017-07-31T23:59:59", "July 2017 (“31/07/2017”)"),
        ("deadline", "", "", "2017-07-15T23:59:59", "15 July 2017"),
        ("deadline", "31 July 2017", "", "2017-07-31T23:59:59", "31 July 2017"),
        ("deadline", "by the end of July 2017", "", "2017-07-31T23:59:59", "July 2017"),
        ("deadline", "Feb 2024", "", "2024-02-29T23:59:59", "February 2024 (“Feb 2024”)"),
        ("window", "", "2017-04-01T00:00:00", "2017-07-31T23:59:59", "April to July 2017"),
        ("window", "", "2017-04-10T00:00:00", "2018-01-31T23:59:59", "10 April 2017 to January 2018"),
        ("window", "April 2017 to July 2017", "2017-04-01T00:00:00", "2017-07-31T23:59:59", "April to July 2017"),
        ("window", "by 2018", "", "2018-12-31T23:59:59", "December 2018 (“by 2018”)"),
        ("continuous", "Continuous activity", "", "", "continuous"),
        ("continuous", "ongoing", "", "", "continuous (“ongoing”)"),
        ("not-stated", "", "", "", "no time is stated"),
        ("not-understood", "soon", "", "", "a time that was not understood (“soon”)"),
        ("deadline", "one day", "", "", "“one day”"),
        ("of-another-list", "at dawn", "", "", "of-another-list (“at dawn”)"),
    ],
)
def test_times(kind: str, written: str, begins: str, ends: str, told: str) -> None:
    assert time_in_words(kind, written, begins, ends) == told


def test_dates() -> None:
    assert date_in_words("2017-04-01") == "April 2017"
    assert date_in_words("2017-04-01", is_end=True) == "1 April 2017"
    assert day_in_words("2026-11-29") == "29 November 2026"
    assert day_in_words("some day") == "some day"


def test_lists() -> None:
    assert [text_of(and_list("abc"[:number])) for number in range(4)] == ["", "a", "a and b", "a, b and c"]
    assert text_of(and_list("abcde", 2)) == "a, b and 3 more"
    assert text_of(and_list("ab", 2)) == "a and b"


def test_places_that_differ_in_a_number_share_their_words() -> None:
    found = [Run(f"Cover paper, paragraph {number}", str(number)) for number in (19, 9, 9)]
    assert text_of(places([*found, Run("Annex, title"), Run("")])) == "Cover paper, paragraph 9, 19; Annex, title"
    assert [run.iri for run in places(found) if run.iri] == ["9", "19"]


def test_places_of_interpretations_come_last_and_say_so() -> None:
    rows = [
        {"locator": "Annex, title", "certainty": "interpreted"},
        {"locator": "Cover paper, paragraph 1", "certainty": "verbatim"},
    ]
    assert text_of(places_of(rows)) == "Cover paper, paragraph 1; an interpretation: Annex, title"
    assert places_of([]) == line()
