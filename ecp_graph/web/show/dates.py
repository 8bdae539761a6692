"""Days and periods in words, as people write them."""

from __future__ import annotations

from calendar import monthrange
from datetime import datetime

__all__ = ["day", "period"]


def day(moment: str) -> str:
    """Return a day in words; one that ends its month goes by the month: ``July 2017``, ``14 July 2017``.

    A text that is no time of XML Schema comes back as it is.
    """
    try:
        when = datetime.fromisoformat(moment)
    except ValueError:
        return moment
    ends_month = when.day == monthrange(when.year, when.month)[1]
    return when.strftime("%B %Y") if ends_month else f"{when.day} {when.strftime('%B %Y')}"


def period(begins: str, ends: str) -> str:
    """Return a period in words, ``January 2017 to December 2018``; what is missing of it is left out."""
    try:
        start = datetime.fromisoformat(begins)
        first = start.strftime("%B %Y") if start.day == 1 else f"{start.day} {start.strftime('%B %Y')}"
    except ValueError:
        first = begins
    last = day(ends)
    if first and last:
        return f"{first} to {last}"
    return f"from {first}" if first else f"until {last}" if last else ""
