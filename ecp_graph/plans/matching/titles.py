"""Known names inside longer texts."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from ecp_graph.plans.matching.names import Word, is_acronym, places, plain, words_of
from ecp_graph.plans.matching.settings import words

__all__ = ["Found", "Titles"]


@dataclass(frozen=True)
class Found:
    """A name in a text: the things that have it, how it is written, where, and whether it is an example there."""

    iris: tuple[str, ...]
    first: int
    last: int
    written: str = ""
    is_example: bool = False


class Titles:
    """The names of known things, to be found inside texts; an acronym is found in capitals only."""

    def __init__(self, names: Iterable[tuple[str, str, str]]) -> None:
        self._longest: dict[str, dict[str, int]] = defaultdict(dict)
        self._by_stems: dict[str, dict[tuple[str, ...], list[tuple[str, bool]]]] = defaultdict(dict)
        for iri, kind, text in names:
            stems = tuple(word.stem for word in _kept(text))
            if not all(stem.isdecimal() for stem in stems):
                lengths = self._longest[kind]
                lengths[stems[0]] = max(lengths.get(stems[0], 0), len(stems))
                self._by_stems[kind].setdefault(stems, []).append((iri, is_acronym(text)))

    def find(self, text: str, kind: str) -> list[Found]:
        """Return the longest names of a kind in a text, none inside another of that kind, in the order of the text."""
        run = _kept(text)
        hiding = [each for other in words().hidden_in.get(kind, ()) for each in self._longest_names(run, other)]
        found = [
            each for each in self._longest_names(run, kind) if not any(_is_inside(each, other) for other in hiding)
        ]
        if not found:
            return []
        examples = [match.span(1) for match in _examples().finditer(plain(text))]
        at = places(text)
        return [
            replace(
                each,
                written=text[at[each.first] : at[each.last - 1] + 1],
                is_example=any(begin <= each.first < end for begin, end in examples),
            )
            for each in found
        ]

    def _longest_names(self, run: Sequence[Word], kind: str) -> Iterator[Found]:
        held, at = self._by_stems.get(kind, {}), 0
        stems = tuple(word.stem for word in run)
        while at < len(run):
            longest = min(self._longest[kind].get(stems[at], 0), len(run) - at)
            length = next((n for n in range(longest, 0, -1) if stems[at : at + n] in held), 0)
            name = run[at : at + length]
            if iris := _iris(held[stems[at : at + length]], name) if length else ():
                yield Found(iris, name[0].start, name[-1].end)
            at += length if iris else 1


def _iris(things: Iterable[tuple[str, bool]], name: Sequence[Word]) -> tuple[str, ...]:
    """Return the things that have a name, those of which it is the acronym only if it is written in capitals."""
    in_capitals = all(word.written.isupper() or not word.written.isalpha() for word in name)
    return tuple(dict.fromkeys(iri for iri, needs_capitals in things if in_capitals or not needs_capitals))


@lru_cache(maxsize=16)  # each kind of names asks for the same text
def _kept(text: str) -> tuple[Word, ...]:
    return tuple(word for word in words_of(text) if word.stem not in words().stop)


def _is_inside(one: Found, other: Found) -> bool:
    return other.first <= one.first and one.last <= other.last and other.last - other.first > one.last - one.first


@cache
def _examples() -> re.Pattern[str]:
    """Return what finds the text after "e.g." or the like, within the same brackets or up to the end."""
    phrases = "|".join(re.escape(phrase) for phrase in words().example)
    return re.compile(rf"(?<!\w)(?:{phrases})(?!\w)([^()]*)", re.IGNORECASE)
