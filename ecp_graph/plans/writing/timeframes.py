"""Timeframes of actions: text, kind and bounds, such as the core shapes have them."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Final

import pyoxigraph as ox
from babel.dates import get_month_names

from ecp_graph.namespaces import PREFIXES
from ecp_graph.plans.draft.model import DraftTime

__all__ = ["Bounds", "deadline", "first_second", "is_date", "last_second", "names_month", "stated_time"]

_DATE_TIME: Final = ox.NamedNode(PREFIXES["xsd"] + "dateTime")
#: The kind that holds where nobody can say whose sessions a time goes by.
_WITHOUT_SESSIONS: Final = {"session-window": "window", "recurrent-sessions": "recurrent"}
_NOT_UNDERSTOOD: Final = "not-understood"
_DATE: Final = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", re.ASCII)
_YEAR: Final = re.compile(r"(?<!\d)\d{4}(?!\d)", re.ASCII)
_WORD: Final = re.compile(r"\w+")
#: Those of ontology/months.ttl, by which the shapes compare texts with dates.
_LANGUAGES: Final = ("en", "es", "fr", "pt")
_LENGTH_OF_YEAR: Final = 4
_LENGTH_OF_MONTH: Final = 7


@dataclass(frozen=True)
class Bounds:
    """A kind of time with its bounds, each empty where there is none, and the body whose sessions it goes by."""

    kind: str
    start: str = ""
    end: str = ""
    sessions_of: str = ""

    @property
    def has_dates(self) -> bool:
        """Whether it has a date, which a rule read."""
        return bool(self.start or self.end)


def stated_time(time: DraftTime) -> Bounds:
    """Return what of a time can be stated: what lacks a bound or a body that its kind needs is stated more broadly."""
    kind = time.kind if time.sessions_of else _WITHOUT_SESSIONS.get(time.kind, time.kind)
    sessions = time.sessions_of if kind in _WITHOUT_SESSIONS else ""
    start, end = time.start, time.end
    if kind in ("window", "session-window"):
        is_whole = start and end and first_second(start).value <= last_second(end).value
        return (
            Bounds(kind, start, end, sessions) if is_whole else Bounds(_NOT_UNDERSTOOD if time.text else "not-stated")
        )
    if kind == "deadline":
        return Bounds(kind, "", end) if end else Bounds(_NOT_UNDERSTOOD if time.text else "not-stated")
    if not time.text or kind == "not-stated":
        return Bounds("not-stated")
    if kind in ("recurrent", "recurrent-sessions"):
        is_ordered = not (start and end) or first_second(start).value <= last_second(end).value
        return Bounds(kind, start, end, sessions) if is_ordered else Bounds(kind, sessions_of=sessions)
    return Bounds(kind)


def deadline(end: str, text: str) -> ox.Literal:
    """Return the end of a time as its text puts it: "before July" is until July begins, and not until June ends."""
    last = last_second(end)
    after = date.fromisoformat(last.value[:10]) + timedelta(days=1)
    years = _YEAR.findall(text)
    is_year_after = str(after.year) in years and last.value[:4] not in years
    is_month_after = names_month(text, after.month) and not names_month(text, int(last.value[5:7]))
    begins = f"{after.isoformat()}T00:00:00"
    return ox.Literal(begins, datatype=_DATE_TIME) if is_year_after or is_month_after else last


def names_month(text: str, month: int) -> bool:
    """Whether a text has the name of a month in one of the languages of the ontology's list of months."""
    return not set(_WORD.findall(text.casefold())).isdisjoint(_month_names()[month])


def is_date(text: str) -> bool:
    """Whether a text is a year, a month or a day of the calendar: YYYY, YYYY-MM or YYYY-MM-DD."""
    found = _DATE.fullmatch(text)
    try:
        return bool(found and date(int(found[1]), int(found[2] or 1), int(found[3] or 1)))
    except ValueError:
        return False


@cache
def _month_names() -> dict[int, frozenset[str]]:
    names = [get_month_names("wide", "format", language) for language in _LANGUAGES]
    return {month: frozenset(each[month].casefold() for each in names) for month in range(1, 13)}


def first_second(day: str) -> ox.Literal:
    """Return the first second of a year, a month or a day (YYYY, YYYY-MM, YYYY-MM-DD)."""
    return ox.Literal(f"{day}{'-01-01'[len(day) - 4 :]}T00:00:00", datatype=_DATE_TIME)


def last_second(day: str) -> ox.Literal:
    """Return the last second of a year, a month or a day; see `first_second`."""
    if len(day) == _LENGTH_OF_YEAR:
        day += "-12"
    if len(day) == _LENGTH_OF_MONTH:
        day += f"-{calendar.monthrange(int(day[:4]), int(day[5:]))[1]:02}"
    return ox.Literal(f"{day}T23:59:59", datatype=_DATE_TIME)
