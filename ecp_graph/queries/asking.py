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

__all__ = ["Asked", "Finder", "Value", "asked", "content_words", "splits"]

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
    """A question with the values that a text gives its parameters, by their names."""

    query: Query
    values: dict[str, Value]


#: Returns the thing that a text names and that a parameter takes, or None.
Finder = Callable[[Parameter, str], Value | None]


def asked(text: str, queries: Iterable[Query], find: Finder, *, most: int = 5) -> list[Asked]:
    """Return the questions that a text may mean, with what it names; the closest first."""
    words = content_words(text)
    is_name = words == fold(text).split()  # a name alone asks nothing
    fitting = [
        (-len(literals), len(values), number, Asked(query, values))
        for number, query in enumerate(queries)
        for literals, values in _readings(query, words, find)
        if literals or not is_name
    ]
    best: dict[tuple[str, tuple[str, ...]], Asked] = {}
    for *_, found in sorted(fitting, key=lambda fit: fit[:3]):
        best.setdefault((found.query.name, tuple(value.value for value in found.values.values())), found)
    return list(best.values())[:most]


def content_words(text: str) -> list[str]:
    """Return the folded words of a text without those that say nothing about what it asks."""
    return [word for word in fold(text).split() if word not in _small_words()]


def splits(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield each way to read words as two names, one behind the other."""
    for at in range(1, len(words)):
        yield " ".join(words[:at]), " ".join(words[at:])


def _readings(query: Query, words: list[str], find: Finder) -> Iterator[tuple[list[str], dict[str, Value]]]:
    """Yield the words of each wording that fits, with the values that the others give."""
    for wording in query.asked_as:
        literals = content_words(_BRACED.sub(" ", wording))
        rest = _without(words, literals)
        if rest is None:
            continue
        names = _BRACED.findall(wording)
        if not names and not rest:
            yield literals, {}
        elif names and rest and (values := _values(query, names, rest, find)):
            yield literals, values


def _values(query: Query, names: list[str], words: list[str], find: Finder) -> dict[str, Value]:
    """Return the values of the parameters of these names, of which there are one or two; none if one is not named."""
    ways = [(" ".join(words),)] if len(names) == 1 else list(splits(words)) if len(names) == 2 else []
    for way in ways:
        found: dict[str, Value] = {}
        for name, text in zip(names, way, strict=True):
            parameter = query.parameter(name)
            if parameter is not None and (value := find(parameter, text)):
                found[name] = value
        if len(found) == len(names):
            return found
    return {}


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
def _small_words() -> frozenset[str]:
    import yaml

    return frozenset(yaml.safe_load(_FILE.read_text(encoding="utf-8"))["small_words"].split())
