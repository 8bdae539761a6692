"""Stretches of time: what a text names, completed by what is beside it, as first and last day."""

from __future__ import annotations

import calendar
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final, Literal, TypeAlias

__all__ = ["Calendar", "Hemisphere", "NotRead", "Span", "Unit", "filled", "span", "spanning"]

Hemisphere: TypeAlias = Literal["north", "south"]

#: The month in which a season begins in the north; it lasts three months, and in the south it comes half a year later.
_SEASONS: Final = {"spring": 3, "summer": 6, "autumn": 9, "winter": 12}
#: The codes of EDTF for the first of the parts of a year, by how many there are (level 2), and for the first season.
_EDTF_PARTS: Final = {4: 33, 3: 37, 2: 40}
_EDTF_SEASONS: Final = {"north": 25, "south": 29}


class NotRead(Exception):
    """A text cannot be read for sure; the message says why, without a full stop."""


@dataclass(frozen=True)
class Calendar:
    """What has to be known of a plan: its hemisphere, and the first month of its financial year."""

    hemisphere: Hemisphere | None = None
    financial_year_start: int | None = None

    def __post_init__(self) -> None:
        """Refuse an invalid hemisphere, and a month that is not from 1 to 12."""
        if self.hemisphere not in (None, "north", "south"):
            raise ValueError(f"the hemisphere is '{self.hemisphere}', but must be north or south")
        if self.financial_year_start not in (None, *range(1, 13)):
            raise ValueError(f"a financial year must begin in a month from 1 to 12, not in {self.financial_year_start}")


@dataclass(frozen=True)
class Unit:
    """A day, month, part of a year, season or year as written; what is missing may be beside it.

    ``number`` is a bare number, a day or the number of a part; ``part`` the number of a part and how many a year has.
    ``is_pair`` says that the year is written as two, as in 2017/18, and ``year`` the first of them.
    """

    year: int | None = None
    month: int | None = None
    day: int | None = None
    number: int | None = None
    part: tuple[int, int] | None = None
    season: str | None = None
    is_pair: bool = False
    is_financial: bool = False


@dataclass(frozen=True)
class Span:
    """From its first to its last day; ``grain`` says what was named, ``edtf`` is its written form."""

    first: date
    last: date
    grain: Literal["day", "days", "month", "longer"]
    edtf: str

    @property
    def start(self) -> str:
        """The first month, or the first day where days are named."""
        return self._written(self.first)

    @property
    def end(self) -> str:
        """The last month, or the last day where days are named."""
        return self._written(self.last)

    @property
    def end_before(self) -> str:
        """The last month, or day, before it begins."""
        return self._written(self.first - timedelta(days=1))

    def _written(self, day: date) -> str:
        return day.isoformat() if self.grain.startswith("day") else day.isoformat()[:7]


def filled(unit: Unit, other: Unit) -> Unit:
    """Return a unit with what it lacks of the unit beside it: "April" of "April-July 2017" has the year of July."""
    if unit.number is not None and unit.month is None and unit.part is None:
        if other.part:
            unit = replace(unit, part=(unit.number, other.part[1]), number=None)
        elif other.day is not None:
            unit = replace(unit, day=unit.number, month=other.month, number=None)
    if unit.year is None and other != Unit(year=other.year, is_pair=other.is_pair, is_financial=other.is_financial):
        unit = replace(unit, year=other.year, is_pair=other.is_pair)
    return replace(unit, is_financial=unit.is_financial or other.is_financial)


def span(unit: Unit, plan: Calendar) -> Span:
    """Return the days that a unit names; raises NotRead where something is missing or not known of the plan."""
    if unit.number is not None:
        raise NotRead("a number stands alone")
    if unit.year is None:
        raise NotRead("there is no year")
    try:
        if unit.season:
            return _season(unit.season, unit.year, unit.is_pair, plan)
        if unit.is_financial:
            return _financial(unit, unit.year, plan)
        if unit.is_pair:
            raise NotRead(f"{unit.year}/{unit.year + 1} may be a financial year, a school year or two years")
        return _of_calendar_year(unit, unit.year)
    except (ValueError, OverflowError) as reason:
        raise NotRead("there is no such day") from reason


def spanning(first: Span, last: Span) -> Span:
    """Return the span from the beginning of one to the end of the other; raises NotRead if that goes backwards."""
    if first.first > last.first or first.last > last.last:
        raise NotRead("the end is before the beginning, or a year is missing")
    grain: Literal["days", "longer"] = "days" if "day" in (first.grain, last.grain) else "longer"
    whole = Span(first.first, last.last, grain, "")
    return replace(whole, edtf=f"{whole.start}/{whole.end}")


def _of_calendar_year(unit: Unit, year: int) -> Span:
    if unit.month is not None and unit.day is not None:
        day = date(year, unit.month, unit.day)
        return Span(day, day, "day", day.isoformat())
    if unit.month is not None:
        return replace(_months(year, unit.month, 1), grain="month", edtf=f"{year:04}-{unit.month:02}")
    if unit.part:
        number, of = unit.part
        whole = _part(year, 1, number, of)
        return replace(whole, edtf=f"{year}-{_EDTF_PARTS[of] + number - 1}") if of in _EDTF_PARTS else whole
    return replace(_months(year, 1, 12), edtf=f"{year:04}")


def _season(season: str, year: int, is_pair: bool, plan: Calendar) -> Span:
    if plan.hemisphere is None:
        raise NotRead("a season needs the hemisphere of the plan; give it under [times] in workspace.toml")
    month = _SEASONS[season] if plan.hemisphere == "north" else (_SEASONS[season] + 5) % 12 + 1
    if is_pair != (month == 12):
        needed = "in December needs two years" if month == 12 else "within a year needs one"
        raise NotRead(f"a {season} that begins {needed}")
    whole = _months(year, month, 3)
    if is_pair:
        return whole
    return replace(whole, edtf=f"{year}-{_EDTF_SEASONS[plan.hemisphere] + list(_SEASONS).index(season)}")


def _financial(unit: Unit, year: int, plan: Calendar) -> Span:
    start = plan.financial_year_start
    if start is None:
        raise NotRead("a financial year needs the month in which it begins")
    if unit.month:
        raise NotRead("a month has a financial year instead of its own year")
    if unit.is_pair == (start == 1):
        raise NotRead(
            "a financial year that begins in January has one year"
            if start == 1
            else f"the financial year {year} may begin or end in {year}"
        )
    if unit.part:
        return _part(year, start, *unit.part)
    whole = _months(year, start, 12)
    return replace(whole, edtf=f"{year:04}") if start == 1 else whole


def _part(year: int, start: int, number: int, of: int) -> Span:
    length = 12 // of
    if not 1 <= number <= of:
        raise NotRead(f"a year has {of} such parts")
    return _months(year, start + (number - 1) * length, length)


def _months(year: int, month: int, count: int) -> Span:
    """Return the month so many months after another, which may be in the next year, such as the 13th."""
    first = date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)
    end = month + count - 1
    last_year, last_month = year + (end - 1) // 12, (end - 1) % 12 + 1
    last = date(last_year, last_month, calendar.monthrange(last_year, last_month)[1])
    return Span(first, last, "longer", f"{first.isoformat()[:7]}/{last.isoformat()[:7]}")
