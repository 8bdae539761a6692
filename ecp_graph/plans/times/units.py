"""Days, months, parts of a year, seasons and years among the tokens of a text, in the orders in which they are written.

In the notation of EBNF, words of no meaning left out::

    unit   = date | inner [ year ] | year [ inner ] | year ;
    inner  = [ number ] month [ number ] | part of a year | number part | part number | season | number ;
    year   = [ "," | "/" | "-" ] [ "financial year" | "year" ] ( 2018 | 2017/18 ) ;
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from ecp_graph.plans.times.spans import NotRead, Unit
from ecp_graph.plans.times.tokens import Token

__all__ = ["NO_SUCH_FORM", "Cursor", "starts_unit", "take_unit"]

NO_SUCH_FORM: Final = "these words do not make up a time that can be read"

_DIGITS: Final = ("date", "month-of-year")
_INNER: Final = ("month", "part", "part-of-year", "season", "number", "roman", "last")
_YEAR: Final = ("year", "pair", "financial")


class Cursor:
    """A place in a list of tokens; those of no meaning are left out."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = [token for token in tokens if token.sort != "filler"]
        self.at = 0

    @property
    def is_at_end(self) -> bool:
        """Whether all tokens were taken."""
        return self.at >= len(self.tokens)

    def sort(self, ahead: int = 0) -> str:
        """Return the sort of the next token, or of one after it; empty at the end."""
        at = self.at + ahead
        return self.tokens[at].sort if at < len(self.tokens) else ""

    def take(self, *sorts: str) -> Token | None:
        """Take the next token if it is of one of these sorts."""
        if self.sort() not in sorts or self.is_at_end:
            return None
        self.at += 1
        return self.tokens[self.at - 1]


def starts_unit(cursor: Cursor) -> bool:
    """Return whether a unit of time may begin here."""
    return cursor.sort() in (*_DIGITS, *_INNER, *_YEAR, "unit")


def take_unit(cursor: Cursor) -> Unit:
    """Take a unit of time; raises NotRead if there is none."""
    if token := cursor.take(*_DIGITS):
        return _in_digits(token)
    if word := cursor.take("unit"):
        if (word.value, cursor.sort()) not in {("year", "year"), ("year", "pair"), ("month", "month")}:
            raise NotRead(f"'{word.text}' is a length of time")
        return take_unit(cursor)
    if cursor.sort() in _YEAR:
        return _inner_behind(_year(cursor, Unit()), cursor)
    if cursor.sort() in _INNER:
        return _year(cursor, _inner(cursor))
    raise NotRead(NO_SUCH_FORM)


def _in_digits(token: Token) -> Unit:
    year, month, *day = _numbers(token)
    return Unit(year=year, month=month, day=day[0] if day else None)


def _inner_behind(year: Unit, cursor: Cursor) -> Unit:
    """Return a year with the month, part or season that is after it, unless that has a year of its own."""
    begin = cursor.at
    cursor.take("comma")
    if year.year and cursor.sort() in _INNER:
        try:
            inner = _inner(cursor)
        except NotRead:
            inner = Unit(number=0)
        if inner.number is None and inner.year is None and cursor.sort() not in _YEAR:
            return replace(inner, year=year.year, is_pair=year.is_pair, is_financial=year.is_financial)
    cursor.at = begin
    return year


def _inner(cursor: Cursor) -> Unit:
    if code := cursor.take("part-of-year"):
        number, of, *year = _numbers(code)
        return Unit(part=(number, of), year=year[0] if year else None)
    if season := cursor.take("season"):
        return Unit(season=str(season.value))
    if part := cursor.take("part"):
        if count := cursor.take("number", "roman"):
            return Unit(part=(_number(count), _number(part)))
        raise NotRead(f"which {part.text} is not stated")
    if month := cursor.take("month"):
        day = cursor.take("number")
        return Unit(month=_number(month), day=_number(day) if day else None)
    if last := cursor.take("last"):
        if part := cursor.take("part"):
            return Unit(part=(_number(part), _number(part)))
        raise NotRead(f"what '{last.text}' counts is not stated")
    count = cursor.take("number", "roman")
    return _behind_number(count, cursor) if count else Unit()


def _behind_number(count: Token, cursor: Cursor) -> Unit:
    if part := cursor.take("part"):
        return Unit(part=(_number(count), _number(part)))
    if count.sort == "roman":
        raise NotRead(f"what '{count.text}' counts is not stated")
    if month := cursor.take("month"):
        return Unit(month=_number(month), day=_number(count))
    return Unit(number=_number(count))


def _year(cursor: Cursor, unit: Unit) -> Unit:
    """Return a unit with the year that is after it; without one the cursor stays where it is."""
    if unit.year:
        return unit
    begin = cursor.at
    if unit != Unit():
        cursor.take("comma", "slash", "dash")
    unit_word = cursor.take("financial", "unit")
    is_financial = unit_word is not None and unit_word.sort == "financial"
    if unit_word is None or unit_word.value in ("", "year"):
        if pair := cursor.take("pair", "short-pair") if is_financial else cursor.take("pair"):
            return replace(unit, year=_number(pair), is_pair=True, is_financial=is_financial)
        if year := cursor.take("year"):
            is_pair = unit.season is not None and _takes_next_year(cursor, _number(year))
            return replace(unit, year=_number(year), is_pair=is_pair, is_financial=is_financial)
    cursor.at = begin
    if is_financial:
        raise NotRead("which financial year is not stated")
    return unit


def _takes_next_year(cursor: Cursor, year: int) -> bool:
    """Take the 2019 of "winter 2018-2019", unless more follows."""
    is_next = cursor.sort() == "dash" and cursor.sort(1) == "year" and not cursor.sort(2)
    if not is_next or cursor.tokens[cursor.at + 1].value != year + 1:
        return False
    cursor.at += 2
    return True


def _number(token: Token) -> int:
    return int(token.value) if isinstance(token.value, int | str) else token.value[0]


def _numbers(token: Token) -> tuple[int, ...]:
    return token.value if isinstance(token.value, tuple) else (_number(token),)
