"""Values of a sheet's cells as text: a number as its format shows it, a date no more precise than shown."""

from __future__ import annotations

import datetime
import re
from typing import Final

__all__ = ["clean", "raised", "shown", "without_marks"]

#: What a number format quotes, escapes or has in brackets: letters there are no codes.
_LITERAL: Final = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.')
_DECIMALS: Final = re.compile(r"^#?[#,0]*0(?:\.(0+))?(%?)$")
_DIGITS: Final = re.compile(r"^0{2,}$")
#: Controls that turn the direction of text, and others that are not seen, but line ends and tabs.
_BIDI: Final = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_CONTROLS: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f\u200b\u2060\ufeff]")
_LINE_ENDS: Final = re.compile("\r\n?|\u2028|\u2029|\v|\f|_x000D_\n?")
_RAISED: Final = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
#: The mark of a footnote: behind a word of four letters, so not that of "m²", or behind a sentence or bracket.
_MARK: Final = re.compile(r"(?:(?<=[^\W\d_]{4})|(?<=[).;]))(?:[⁰¹²³⁴-⁹]+|[*†‡]{1,3}(?=[\s,;.)]|$))")
#: The longest text that a cell of a workbook holds.
_LONGEST: Final = 32_767


def shown(value: object, number_format: str) -> str:
    """Return a cell's value as text; a date is in the form of ISO 8601, cut to what the format shows of it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime.datetime | datetime.date):
        return _date(value, number_format)
    if isinstance(value, int | float):
        return _number(value, number_format.split(";")[0])
    return str(value)


def clean(text: str) -> tuple[str, tuple[str, ...]]:
    """Return a text without characters that are not seen, and a sentence for each kind of them that it had.

    Line ends become those of Unix. What is longer than a cell of a workbook can hold is cut.
    """
    text, doubts = _LINE_ENDS.sub("\n", text), []
    text, turned = _BIDI.subn("", text)
    if turned:
        doubts.append("It has marks for the direction of text, which were left out: compare it with the file.")
    text, controls = _CONTROLS.subn("", text)
    if controls:
        doubts.append("It has control characters, which were left out.")
    if len(text) > _LONGEST:
        doubts.append(f"It has {len(text):,} characters; the first {_LONGEST:,} were taken.")
        text = text[:_LONGEST]
    return text.strip(), tuple(doubts)


def _date(value: datetime.date, number_format: str) -> str:
    codes = _LITERAL.sub("", number_format).lower()
    if isinstance(value, datetime.datetime) and (value.hour or value.minute):
        return value.isoformat(" ", "minutes")
    if "y" not in codes or "d" in codes:
        return value.strftime("%Y-%m-%d") if value.year > 999 else value.isoformat()[:10]
    return f"{value.year:04}-{value.month:02}" if "m" in codes else f"{value.year:04}"


def _number(value: float, number_format: str) -> str:
    codes = _LITERAL.sub("", number_format)
    if _DIGITS.match(codes) and value == int(value):
        return f"{int(value):0{len(codes)}d}"
    if match := _DECIMALS.match(codes):
        decimals = len(match[1] or "")
        return f"{value * 100:.{decimals}f}%" if match[2] else f"{value:.{decimals}f}"
    return str(int(value)) if isinstance(value, int) or value.is_integer() else repr(value)


def raised(text: str) -> str:
    """Return a number that is set above the line in characters that are."""
    return text.translate(_RAISED) if text.strip().isdecimal() else text


def without_marks(text: str) -> str:
    """Return a text without the marks of footnotes."""
    return _MARK.sub("", text)
