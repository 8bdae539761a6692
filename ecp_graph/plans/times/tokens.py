"""A text of time as tokens: words of the grammar, numbers, years and dates in digits.

A token that can be read in two ways has the sort ``unclear``, and says why.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final, TypeAlias

from ecp_graph.plans.times.words import plain, words

__all__ = ["Token", "tokens"]

_YEARS: Final = range(1900, 2200)
_ROMAN: Final = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6}
_SIGNS: Final = {"-": "dash", "/": "slash", "&": "and", "+": "and", ",": "comma", ";": "comma"}
#: Signs that say nothing: round brackets around a time, the point of an abbreviation, the colon of "deadline:".
_SILENT: Final = frozenset("().:'\"")


@dataclass(frozen=True)
class Token:
    """A piece of a text: what sort it is, its value, the text itself and where it is in the plain text."""

    sort: str
    value: int | str | tuple[int, ...]
    text: str
    start: int
    end: int


_Read: TypeAlias = Callable[[re.Match[str]], "tuple[str, int | str | tuple[int, ...]]"]


def tokens(text: str) -> list[Token]:
    """Return the tokens of a text; those that say nothing are left out."""
    line = plain(text)
    pieces = [piece for piece in _pieces(line) if piece.sort != "silent"]
    found: list[Token] = []
    at = 0
    while at < len(pieces):
        length, token = _phrase(pieces, at) or (1, pieces[at])
        at += length
        found.append(token)
    return found


def _pieces(line: str) -> Iterator[Token]:
    """Yield numbers and dates as tokens of their own sort, words and signs as ``word`` and as signs."""
    at = 0
    has_small_letters = any(letter.islower() for letter in line)
    while at < len(line):
        for form, read in _forms():
            if match := form.match(line, at):
                sort, value = read(match)
                if sort == "word" and has_small_letters and _is_acronym(match[0]):
                    sort = "acronym"
                yield Token(sort, value, match[0], match.start(), match.end())
                at = match.end()
                break
        else:
            at += 1


def _phrase(pieces: list[Token], at: int) -> tuple[int, Token] | None:
    """Return the longest phrase of the grammar that begins here: of how many pieces it is, and its token."""
    known = words()
    for length in range(min(known.longest, len(pieces) - at), 0, -1):
        run = pieces[at : at + length]
        meaning = known.phrases.get(tuple(piece.text.casefold() for piece in run))
        if meaning and (length > 1 or run[0].sort in ("word", "acronym", "roman")):
            sort, value = meaning
            text = " ".join(piece.text for piece in run)
            return length, Token(sort, value, text, run[0].start, run[-1].end)
    return None


def _is_acronym(text: str) -> bool:
    return 2 <= len(text) <= 8 and text.isupper() and text.casefold() not in words().no_acronyms


@cache
def _forms() -> tuple[tuple[re.Pattern[str], _Read], ...]:
    """Return the forms of numbers, words and signs, in the order in which they are tried."""
    codes = "".join(words().part_codes)
    endings = "|".join(sorted(words().ordinal_endings, key=len, reverse=True))
    months = "|".join(phrase[0] for phrase, (sort, _) in words().phrases.items() if sort == "month")
    day_of_month = rf"\s+(?:de\s+)?(?i:{months})\b"
    midnight = r"(?:[T ]00:00(?::00(?:\.0+)?)?)?"
    forms: tuple[tuple[str, _Read], ...] = (
        (r"\s+", lambda _: ("silent", "")),
        (rf"(\d{{4}})-(\d\d)-(\d\d){midnight}(?!\d)", lambda m: ("date", (int(m[1]), int(m[2]), int(m[3])))),
        (r"(\d{4})([./])(\d{1,2})\2(\d{1,2})(?!\d)", lambda m: ("date", (int(m[1]), int(m[3]), int(m[4])))),
        (r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?!\d)", lambda m: _day_and_month(int(m[1]), int(m[3]), int(m[4]), m[0])),
        (r"(\d{4})/(\d{4})(?!\d)", lambda m: _two_years(int(m[1]), int(m[2]), m[0])),
        (
            rf"(\d{{4}})([-/])(\d\d)(?!\d|-\d\d?(?!\d)|{day_of_month})",
            lambda m: _year_and_number(int(m[1]), int(m[3]), m[2] == "-", m[0]),
        ),
        (rf"(?i:([{codes}])[ ]?([1-6]))(?!\w)", lambda m: _part(m[1], m[2])),
        (rf"(?i:([1-6])([{codes}]))(?![^\W\d])", lambda m: _part(m[2], m[1])),
        (rf"(\d{{4}})[-/]?(?i:([{codes}]))([1-6])(?!\w)", lambda m: _part(m[2], m[3], int(m[1]))),
        (r"(\d{1,2})([./-])(\d{4})(?!\d)", lambda m: _month_of_year(int(m[1]), int(m[3]), m[0])),
        (r"(\d\d)/(\d\d)(?!\d|/)", lambda m: _short_pair(int(m[1]), int(m[2]), m[0])),
        (r"(\d{4})(?!\d)", lambda m: ("year", int(m[1])) if int(m[1]) in _YEARS else ("word", m[0])),
        (rf"(\d{{1,2}})\.?(?i:{endings})(?!\w)", lambda m: ("number", int(m[1]))),
        (r"(\d{1,2})(?!\d)", lambda m: ("number", int(m[1]))),
        (r"\d+", lambda m: ("word", m[0])),
        (r"[IV]+(?!\w)", lambda m: ("roman", _ROMAN[m[0]]) if m[0] in _ROMAN else ("word", m[0])),
        (r"[^\W\d_]+", lambda m: ("word", m[0])),
        (r".", lambda m: ("silent" if m[0] in _SILENT else _SIGNS.get(m[0], "word"), m[0])),
    )
    return tuple((re.compile(form), read) for form, read in forms)


def _day_and_month(first: int, second: int, year: int, text: str) -> tuple[str, str | tuple[int, ...]]:
    if first <= 12 and second <= 12 and first != second:
        days = f"{year:04}-{second:02}-{first:02} or {year:04}-{first:02}-{second:02}"
        return "unclear", f"{text} may be either of two days; write the one that is meant, {days}"
    return "date", (year, second, first) if second <= 12 else (year, first, second)


def _two_years(first: int, second: int, text: str) -> tuple[str, int | str]:
    return ("pair", first) if second == first + 1 else ("unclear", f"{text} is a list of years or a range")


def _year_and_number(year: int, number: int, is_hyphen: bool, text: str) -> tuple[str, int | str | tuple[int, ...]]:
    """Read 2018-04 as a month, 2017/18 as a year that has two, 2016-19 as years; what may be both is unclear."""
    short = year % 100
    is_month, is_later = 1 <= number <= 12, number > short
    if year not in _YEARS or not (is_month or is_later or number == 0):
        return "unclear", f"{text} is neither a month of a year nor two years"
    if is_month:
        return ("unclear", f"{text} is a month or two years") if is_later else ("month-of-year", (year, number))
    if number == (short + 1) % 100:
        return "pair", year
    if is_hyphen and is_later:
        return "years", (year, year - short + number)
    return "unclear", f"{text} is a list of years or a range"


def _short_pair(first: int, second: int, text: str) -> tuple[str, int | str]:
    """Read the 17/18 of FY17/18."""
    if second == (first + 1) % 100:
        return "short-pair", 2000 + first
    return "unclear", f"{text} has no year"


def _month_of_year(month: int, year: int, text: str) -> tuple[str, str | tuple[int, ...]]:
    if 1 <= month <= 12 and year in _YEARS:
        return "month-of-year", (year, month)
    return "unclear", f"{text} is not a month of a year"


def _part(code: str, number: str, year: int | None = None) -> tuple[str, str | tuple[int, ...]]:
    of = words().part_codes[code.casefold()]
    if int(number) > of:
        return "unclear", f"there is no {code}{number}: a year has {of}"
    return "part-of-year", (int(number), of) if year is None else (int(number), of, year)
