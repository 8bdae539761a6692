"""Times in free text: what is read is what a careful reader takes from it, or nothing."""

from __future__ import annotations

import calendar
from datetime import date

import pytest
from babel.dates import get_month_names
from edtf import parse_edtf
from hypothesis import given, settings
from hypothesis import strategies as st

from ecp_graph.plans.times import TimeReading, read_time
from ecp_graph.plans.times.words import words
from tests.data.graphs import ECP, ID, value
from tools.times_docs import PAGE, Case, cases, page

KINDS = {
    "continuous",
    "deadline",
    "not-stated",
    "not-understood",
    "recurrent",
    "recurrent-sessions",
    "session-window",
    "window",
}


def test_no_text_is_read_otherwise_than_by_the_reader() -> None:
    every = cases()
    assert len(every) > 200
    assert {case.language for case in every} == {"en", "es", "fr", "pt"}
    assert {case.kind for case in every} == KINDS
    assert [(case, case.read()) for case in every if case.verdict() == "wrong"] == []
    assert sum(case.verdict() == "missed" for case in every) < 0.02 * len(every)
    assert Case("en", "July 2017", "deadline", "", "2017-08").verdict() == "wrong", "a planted one"


def test_the_page_is_up_to_date() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert page(text) == text, "run: python -m tools.times_docs"


def test_the_written_form_is_edtf_with_the_same_bounds() -> None:
    readings = [reading for case in cases() if (reading := case.read()).edtf]
    assert len(readings) > 100
    for reading in readings:
        assert reading.edtf is not None
        parsed = parse_edtf(reading.edtf)
        if reading.from_ and reading.edtf.count("-") < 2 and "/" not in reading.edtf:
            continue  # parts of years and seasons: the library's bounds of them are approximate
        lower, upper = parsed.lower_strict(), parsed.upper_strict()
        if reading.from_:
            assert date(*lower[:3]) == _first_day(reading.from_), reading
        if reading.until:
            assert date(*upper[:3]) == _last_day(reading.until), reading


def test_the_cells_of_the_bundled_plan_are_read_as_by_hand() -> None:
    read = dict(map(_of_action, range(1, 29)))
    assert {by_hand.kind for by_hand in read} == KINDS - {"window", "recurrent", "not-understood"}
    assert {by_hand: reading for by_hand, reading in read.items() if by_hand != reading} == {}


PIECES = [" ".join(phrase) for phrase in words().phrases]
PIECES += [
    "2018",
    "2019",
    "Q1",
    "T3",
    "5",
    "31",
    "2nd",
    "IV",
    "2017/18",
    "2018-04",
    "03/2018",
    "-",
    "/",
    ",",
    "PTC",
] * 9


@settings(max_examples=500)
@given(st.text(max_size=60) | st.lists(st.sampled_from(PIECES), max_size=6).map(" ".join))
def test_any_text_gives_a_reading(text: str) -> None:
    reading = read_time(text, hemisphere="south", financial_year_start=7)
    assert reading.text == text
    assert reading.kind in KINDS
    assert reading.why
    assert (reading.from_ or "") <= (reading.until or "9")
    if reading.kind in ("window", "session-window"):
        assert reading.from_
        assert reading.until
    if reading.kind == "deadline":
        assert (reading.from_, bool(reading.until)) == (None, True)
    if reading.kind.startswith("not-") or reading.kind == "recurrent-sessions":
        assert (reading.from_, reading.until, reading.edtf) == (None, None, None)


@given(
    st.dates(date(1950, 1, 1), date(2150, 1, 1)),
    st.dates(date(1950, 1, 1), date(2150, 1, 1)),
    st.sampled_from(
        [("en", "{} to {}"), ("fr", "de {} à {}"), ("es", "de {} a {}"), ("pt", "de {} a {}"), ("en", "{}-{}")]
    ),
    st.booleans(),
)
def test_a_range_reads_back(one: date, other: date, form: tuple[str, str], with_days: bool) -> None:
    first, last = min(one, other), max(one, other)
    language, sentence = form
    reading = read_time(sentence.format(_written(first, language, with_days), _written(last, language, with_days)))
    length = 10 if with_days else 7
    assert reading.kind == "window"
    assert reading.from_ == first.isoformat()[:length]
    assert reading.until == last.isoformat()[:length]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("03/04/2018", "2018-04-03 or 2018-03-04"),
        ("spring 2018", "a season needs the hemisphere"),
        ("FY 2018/19", "a financial year needs the month"),
        ("July", "there is no year"),
        ("as soon as possible", "'soon' is not a known word"),
        ("July 2018 " * 30, "too long"),
    ],
)
def test_what_is_not_understood_says_why(text: str, why: str) -> None:
    reading = read_time(text)
    assert reading.kind == "not-understood"
    assert why in reading.why


def _of_action(number: int) -> tuple[TimeReading, TimeReading]:
    """Return what was taken by hand from the time of an action of the bundled plan, and what the grammar reads."""
    timeframe = f"{ID}timeframe/ecp3-{number}"
    text, body = value(timeframe, f"{ECP}timeframeText"), value(timeframe, f"{ECP}tiedToSessionsOf")
    kind = value(timeframe, f"{ECP}timeframeKind").removeprefix(f"{ID}concept/timeframe-")
    bounds = [value(timeframe, f"{ECP}{name}")[:7] or None for name in ("from", "until")]
    reading = read_time(text)
    by_hand = TimeReading(text, kind, *bounds, reading.edtf, reading.why, body.removeprefix(f"{ID}body/").upper())
    return by_hand, reading


def _first_day(text: str) -> date:
    return date.fromisoformat(text if len(text) == 10 else f"{text}-01")


def _last_day(text: str) -> date:
    first = _first_day(text)
    return first if len(text) == 10 else first.replace(day=calendar.monthrange(first.year, first.month)[1])


def _written(day: date, language: str, with_days: bool) -> str:
    month = get_month_names("wide", "format", language)[day.month]
    return f"{day.day} {month} {day.year}" if with_days else f"{month} {day.year}"


def test_what_is_known_of_the_plan_is_checked() -> None:
    with pytest.raises(ValueError, match="must be north or south"):
        read_time("spring 2018", hemisphere="nord")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="from 1 to 12"):
        read_time("2018", financial_year_start=13)
