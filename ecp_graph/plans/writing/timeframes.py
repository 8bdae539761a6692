"""Timeframes of actions: text, kind and bounds, such as the core shapes have them."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from ecp_graph.namespaces import PREFIXES
from ecp_graph.plans.draft.model import DraftTime

__all__ = ["Bounds", "first_second", "last_second", "stated_time"]

_DATE_TIME: Final = ox.NamedNode(PREFIXES["xsd"] + "dateTime")
#: The kind that holds where nobody can say whose sessions a time goes by.
_WITHOUT_SESSIONS: Final = {"session-window": "window", "recurrent-sessions": "recurrent"}
_NOT_UNDERSTOOD: Final = "not-understood"
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
    if not time.text:
        return Bounds("not-stated")
    if kind == "not-stated":
        return Bounds(_NOT_UNDERSTOOD)
    if kind in ("recurrent", "recurrent-sessions"):
        is_ordered = not (start and end) or first_second(start).value <= last_second(end).value
        return Bounds(kind, start, end, sessions) if is_ordered else Bounds(kind, sessions_of=sessions)
    return Bounds(kind)


def first_second(date: str) -> ox.Literal:
    """Return the first second of a year, a month or a day (YYYY, YYYY-MM, YYYY-MM-DD)."""
    return ox.Literal(f"{date}{'-01-01'[len(date) - 10 :] if len(date) < 10 else ''}T00:00:00", datatype=_DATE_TIME)


def last_second(date: str) -> ox.Literal:
    """Return the last second of a year, a month or a day; see `first_second`."""
    if len(date) == _LENGTH_OF_YEAR:
        date += "-12"
    if len(date) == _LENGTH_OF_MONTH:
        date += f"-{calendar.monthrange(int(date[:4]), int(date[5:]))[1]:02}"
    return ox.Literal(f"{date}T23:59:59", datatype=_DATE_TIME)
