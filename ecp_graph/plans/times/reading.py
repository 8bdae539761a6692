"""What a text says of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ecp_graph.plans.times.grammar import meaning_of
from ecp_graph.plans.times.spans import Calendar, Hemisphere, NotRead
from ecp_graph.plans.times.tokens import Token, tokens

__all__ = ["TimeReading", "read_time"]

#: A longer text is prose, and is not read.
_LONGEST: Final = 200


@dataclass(frozen=True)
class TimeReading:
    """What a text says of time.

    ``kind`` is the notation of a kind of timeframe. ``from_`` and ``until`` are ``YYYY-MM``, or ``YYYY-MM-DD`` where
    the text names days; ``edtf`` is the same in one text (ISO 8601-2). ``why`` says by which rule it was read, or why
    it was not. ``sessions_of`` is the body to whose sessions it is tied, as written.
    """

    text: str
    kind: str
    from_: str | None
    until: str | None
    edtf: str | None
    why: str
    sessions_of: str = ""


def read_time(
    text: str, *, hemisphere: Hemisphere | None = None, financial_year_start: int | None = None
) -> TimeReading:
    """Return what a text says of time, of the kind ``not-understood`` unless all of it is understood in one way only.

    ``hemisphere`` is needed for seasons, ``financial_year_start``, a month from 1 to 12, for financial years. The
    kind is ``not-stated`` for an empty text, a dash or "n/a". A kind that is ``continuous`` may have a beginning,
    ``recurrent`` each of both bounds or none. Raises ValueError for another hemisphere or month.

    >>> read_time("April-July 2017").edtf
    '2017-04/2017-07'
    """
    plan = Calendar(hemisphere, financial_year_start)
    if len(text) > _LONGEST:
        return _unread(text, "the text is too long for a time")
    found = tokens(text)
    if all(token.sort in ("not_stated", "dash", "slash") for token in found):
        return TimeReading(text, "not-stated", None, None, None, "the text gives no time")
    try:
        meaning = meaning_of(found, plan)
    except NotRead as reason:
        return _unread(text, _first_trouble(found) or str(reason))
    return TimeReading(text, meaning.kind, meaning.start, meaning.end, meaning.edtf, meaning.why, meaning.sessions_of)


def _unread(text: str, why: str) -> TimeReading:
    return TimeReading(text, "not-understood", None, None, None, why)


def _first_trouble(found: Sequence[Token]) -> str:
    """Return what is wrong with a single word or number, which says more than that they do not go together."""
    for token in found:
        if token.sort == "unclear":
            return str(token.value)
        if token.sort == "word":
            return f"'{token.text}' is not a known word"
    return ""
