"""Finds the question of the catalogue that somebody means: by the wordings in the headers of the queries.

A wording such as ``who works on {topic}`` fits a text that has its words, in any order and form, and beside them the
name of a thing that can be the value of the parameter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from ecp_graph.queries.catalogue import Query
from ecp_graph.queries.parameters import Parameter
from ecp_graph.queries.search import fold

__all__ = ["Asked", "Finder", "Value", "asked", "content_words", "small_words", "splits"]

_FILE: Final = Path(__file__).with_name("asking.yaml")
_BRACED: Final = re.compile(r"{(\w+)}")
#: Two words that share all but the end of the shorter one are forms of one word, from this length on; and how many
#: letters the end may have, in a short word and in one that is longer than this.
_STEM: Final = 4
_LONG: Final = 6
_END_OF: Final = (1, 3)
_LONGEST_END: Final = 4


@dataclass(frozen=True)
class Value:
    """A thing as the value of a parameter: what the form takes, and its name."""

    value: str
    name: str


@dataclass(frozen=True)
class Asked:
    """A question with the values that a text gives its parameters, by their names; and its wording with these."""

    query: Query
    values: dict[str, Value]
    wording: str


#: Returns the things that a text may name and that a parameter takes, the likeliest first.
Finder = Callable[[Parameter, str], Sequence[Value]]


def asked(text: str, queries: Iterable[Query], find: Finder, *, most: int = 5) -> list[Asked]:
    """Return the questions that a text may mean, with what it names; the closest first."""
    words = content_words(text)
    is_name = words == fold(text).split()  # a name alone asks nothing
    fitting = [
        (-len(literals), len(found.values), number, found)
        for number, query in enumerate(queries)
        for literals, found in _readings(query, words, find)
        if literals or not is_name
    ]
    best: dict[tuple[str, tuple[str, ...]], Asked] = {}
    for *_, found in sorted(fitting, key=lambda fit: fit[:3]):
        best.setdefault((found.query.name, tuple(value.value for value in found.values.values())), found)
    return list(best.values())[:most]


def content_words(text: str) -> list[str]:
    """Return the folded words of a text without those that say nothing about what it asks."""
    return [word for word in fold(text).split() if word not in small_words()]


def splits(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield each way to read words as two names, one behind the other."""
    for at in range(1, len(words)):
        yield " ".join(words[:at]), " ".join(words[at:])


def _readings(query: Query, words: list[str], find: Finder) -> Iterator[tuple[list[str], Asked]]:
    """Yield the words of each wording that fits, with the question and the values that the other words give."""
    for wording in query.asked_as:
        literals = content_words(_BRACED.sub(" ", wording))
        rest = _without(words, literals)
        names = _BRACED.findall(wording)
        if rest is None or bool(names) != bool(rest):
            continue
        for values in _values(query, names, rest, find) if names else [{}]:
            told = _BRACED.sub(lambda found, values=values: values[found[1]].name, wording)  # type: ignore[misc]
            yield literals, Asked(query, values, told)


def _values(query: Query, names: list[str], words: list[str], find: Finder) -> list[dict[str, Value]]:
    """Return the values of the one or two parameters of these names; none if one is not named."""
    known = [query.parameter(name) for name in names]
    parameters = [parameter for parameter in known if parameter is not None]
    if len(parameters) == 1:
        return [{names[0]: value} for value in find(parameters[0], " ".join(words))]
    for way in splits(words) if len(parameters) == len(names) == 2 else ():
        sides = [find(parameter, text) for parameter, text in zip(parameters, way, strict=True)]
        if all(sides):
            return [{name: side[0] for name, side in zip(names, sides, strict=True)}]
    return []


def _without(words: list[str], literals: list[str]) -> list[str] | None:
    """Return the words without a form of each of the others; None if one of these is missing."""
    rest = list(words)
    for literal in literals:
        form = next((word for word in rest if _same(word, literal)), None)
        if form is None:
            return None
        rest.remove(form)
    return rest


def _same(one: str, other: str) -> bool:
    """Whether two words are forms of one, as far as their beginnings tell: ``duplicates`` and ``duplication``."""
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    if len(short) < _STEM or len(long) - len(short) > _LONGEST_END:
        return False
    return long.startswith(short[: len(short) - _END_OF[len(short) > _LONG]])


@cache
def small_words() -> frozenset[str]:
    """Return the words that say nothing about what a question is about."""
    import yaml

    return frozenset(yaml.safe_load(_FILE.read_text(encoding="utf-8"))["small_words"].split())
