"""Moments of XML Schema in words. Bounds of times in the graph are the first or the last second of a day."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime
from typing import Final

__all__ = ["date_in_words", "day", "moment", "period", "today"]

_FIRST, _LAST = "00:00:00", "23:59:59"
_MONTH: Final = "%B %Y"


def date_in_words(when: date) -> str:
    """Return a date in words: ``29 November 2026``."""
    return f"{when.day} {when.strftime(_MONTH)}"


def today() -> str:
    """Return today's date (UTC) in words."""
    return date_in_words(datetime.now(UTC))


def day(text: str) -> str:
    """Return a day in words; one that ends its month goes by the month: ``July 2017``, ``14 July 2017``.

    A text that is no time of XML Schema comes back as it is.
    """
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return text
    ends_month = when.day == monthrange(when.year, when.month)[1]
    return when.strftime(_MONTH) if ends_month else f"{when.day} {when.strftime(_MONTH)}"


def period(begins: str, ends: str) -> str:
    """Return a period in words, ``January 2017 to December 2018``; what is missing of it is left out."""
    try:
        start = datetime.fromisoformat(begins)
        first = start.strftime(_MONTH) if start.day == 1 else f"{start.day} {start.strftime(_MONTH)}"
    except ValueError:
        first = begins
    last = day(ends)
    if first and last:
        return f"{first} to {last}"
    return f"from {first}" if first else f"until {last}" if last else ""


def moment(text: str) -> str:
    """Return an xsd:dateTime as a cell of a table: ``July 2017``, ``2017-07-14``, or ``2017-07-14 09:30:00``.

    The first second of a month and the last one stand for the month, those of a day for the day. A text that is no
    time comes back as it is.
    """
    date, _, time = text.partition("T")
    try:
        when = datetime.fromisoformat(date)
    except ValueError:
        return text
    is_month = (time == _FIRST and when.day == 1) or (
        time == _LAST and when.day == monthrange(when.year, when.month)[1]
    )
    if is_month:
        return when.strftime(_MONTH)
    return date if time[: len(_FIRST)] in {_FIRST, _LAST, ""} else f"{date} {time}"
