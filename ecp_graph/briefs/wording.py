"""How briefings word dates, lists, counts and the values of closed lists; the words are in ``wording.yaml``."""

from __future__ import annotations

from calendar import month_name, monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Final

import yaml

from ecp_graph.briefs.model import Line, Run, line

__all__ = [
    "Wording",
    "and_list",
    "counted",
    "date_in_words",
    "day_in_words",
    "joined",
    "number_in_words",
    "time_in_words",
    "wording",
]

_MONTHS: Final = tuple(month_name)[1:]
_NUMBERS: Final = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@dataclass(frozen=True)
class Wording:
    """The words for the values of closed lists, by their notations."""

    times: Mapping[str, str]
    undated: Sequence[str]
    counted_times: Mapping[str, Sequence[str]]
    roles: Mapping[str, str]
    asked: Mapping[str, str]
    certainties: Mapping[str, str]
    discrepancies: Sequence[str]
    told_elsewhere: Sequence[str]


@cache
def wording() -> Wording:
    """Return the words of ``wording.yaml``."""
    text = (files("ecp_graph.briefs") / "wording.yaml").read_text(encoding="utf-8")
    read: dict[str, Any] = yaml.safe_load(text)
    return Wording(**read)


def day_in_words(moment: str) -> str:
    """Return the day of an xsd:dateTime or xsd:date in words; a text that is neither as it is."""
    day = _day(moment)
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}" if day else moment


def date_in_words(moment: str, *, is_end: bool = False) -> str:
    """Return the same, but the month alone where it is the first day of one.

    ``is_end``: it ends a time, so that the last day of a month stands for the month instead.
    """
    day = _day(moment)
    edge = monthrange(day.year, day.month)[1] if day and is_end else 1
    in_words = day_in_words(moment)
    return in_words.partition(" ")[2] if day and day.day == edge else in_words


def _day(moment: str) -> date | None:
    try:
        return date.fromisoformat(moment[:10])
    except ValueError:
        return None


def time_in_words(kind: str, written: str, begins: str, ends: str) -> str:
    """Return when an action is due or under way: dates where there are any, with the document's words if need be.

    ``kind`` is the notation of the kind of its timeframe, ``written`` what the document says.
    """
    words, said = wording().times.get(kind, kind), written.casefold()
    since, until = date_in_words(begins), date_in_words(ends, is_end=True)
    if said and said == day_in_words(ends).casefold():  # a month's last day, if the document says so
        until = day_in_words(ends)
    if said and said == f"{since} to {until}".casefold():
        said = ""
    if since and until and since[-4:] == until[-4:]:  # one year need not be said twice
        since = since[:-5]
    if "{since}" in words and not begins:
        words = wording().times["deadline"]
    told = words.format(since=since, until=until) if "{" not in words or ends else ""
    if told and (not said or said.endswith(told.casefold()) or (told == kind and kind in said)):
        return told
    return f"{told} (“{written}”)" if told else f"“{written}”"


def number_in_words(number: int) -> str:
    """Return a number as running text has it: in letters up to ten."""
    return _NUMBERS[number] if 0 <= number < len(_NUMBERS) else str(number)


def counted(number: int, one: str, several: str = "") -> str:
    """Return a number with what it counts: ``1 row``, ``3 rows``."""
    return f"{number} {one if number == 1 else several or one + 's'}"


def and_list(parts: Iterable[str | Run | Sequence[Run]], most: int = 0) -> Line:
    """Return parts in one line, as in ``PTC, IMSC and TFA WG``; of more than so many, the first and how many more."""
    found = list(parts)
    if most and len(found) > most:
        found = [*found[:most], f"{len(found) - most} more"]
    return line(joined(found[:-1], ", "), " and " if len(found) > 1 else "", *found[-1:])


def joined(parts: Iterable[str | Run | Sequence[Run]], between: str) -> Line:
    """Return parts in one line with a text between them."""
    told: list[str | Run | Sequence[Run]] = []
    for part in parts:
        told += [between, part] if told else [part]
    return line(*told)


def capital(found: Line) -> Line:
    """Return a line that begins with a capital letter."""
    first, *rest = found
    return (Run(first.text[:1].upper() + first.text[1:], first.iri), *rest)
