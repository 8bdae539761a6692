"""What two phrases have in common, word by word, and what only one of them has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log
from typing import Final

from rapidfuzz import fuzz

from ecp_graph.overlap.likeness.action import Phrase, Reading, Term
from ecp_graph.overlap.likeness.settings import conditions

__all__ = ["Contrast", "Rarity", "contrast"]

_KINDS: Final = {"thing": 1.5, "name": 1.2, "word": 1.0, "product": 0.5, "pale": 0.3}


class Rarity:
    """How much a term says: one that few of the actions have says more than one that many have."""

    def __init__(self, readings: Iterable[Reading] = ()) -> None:
        every = list(readings)
        self._count = len(every)
        self._having = Counter(
            key for reading in every for key in {term.key for term in (*reading.object.terms, *reading.audience.terms)}
        )

    def weight(self, term: Term) -> float:
        """Return the weight of a term, 1 for a word that is in one action of ten."""
        rare = log((self._count + 10) / (self._having[term.key] + 1)) / log(10) if self._count else 1.0
        return _KINDS[term.kind] * max(0.2, rare)


@dataclass(frozen=True)
class Contrast:
    """Two phrases compared: the terms that both have, those that only one has, and the share of the first by weight."""

    both: tuple[Term, ...]
    only_a: tuple[Term, ...]
    only_b: tuple[Term, ...]
    share: float

    def left(self, *kinds: str) -> tuple[str, str]:
        """Return the words of these kinds that only the one, and only the other has."""
        a, b = ([term.written for term in only if term.kind in kinds] for only in (self.only_a, self.only_b))
        return " ".join(dict.fromkeys(a)), " ".join(dict.fromkeys(b))

    def shares(self, *kinds: str) -> bool:
        """Return whether both have a term of these kinds."""
        return any(term.kind in kinds for term in self.both)


def contrast(a: Phrase, b: Phrase, rarity: Rarity, *, across_languages: bool) -> Contrast:
    """Return what two phrases have in common and what not.

    Terms are the same if their keys are, if one is the initials of words of the other, or if they are spelt nearly
    alike; words of two languages need less likeness, as "inspection" and "inspección".
    """
    only_a, only_b = _once(a.terms), _once(b.terms)
    both: list[tuple[Term, Term]] = []
    for likeness in (_same_key, _spelling(across_languages)):
        alike = [(likeness(one, other), one, other) for one in only_a for other in only_b]
        # The best pairs first, and those as good in an order that does not depend on which phrase is a.
        alike.sort(key=lambda each: (-each[0], sorted((each[1].key, each[2].key))))
        for value, one, other in alike:
            if value and one in only_a and other in only_b:
                only_a.remove(one)
                only_b.remove(other)
                both.append((one, other))
    for some, others in ((only_a, only_b), (only_b, only_a)):
        both += list(_initials(some, others))
    same = sum(rarity.weight(term) + rarity.weight(other) for term, other in both)
    rest = sum(rarity.weight(term) for term in (*only_a, *only_b))
    share = same / (same + rest) if same + rest else 0.0
    return Contrast(tuple(max(pair, key=_matters) for pair in both), tuple(only_a), tuple(only_b), share)


def _once(terms: Iterable[Term]) -> list[Term]:
    """Return each term once, as a word that a phrase has twice is the same word both times."""
    return list({term.key: term for term in reversed(list(terms))}.values())[::-1]


def _matters(term: Term) -> tuple[float, str]:
    return _KINDS[term.kind], term.key


def _same_key(one: Term, other: Term) -> float:
    return float(one.key == other.key)


def _spelling(across_languages: bool) -> Callable[[Term, Term], float]:
    """Return how alike two words are spelt, or 0 where they are not one word, misspelt or in two languages.

    Names are misspelt at most: Austria is not Australia.
    """

    def likeness(one: Term, other: Term) -> float:
        how = "cognate" if across_languages and "name" not in (one.kind, other.kind) else "misspelt"
        alike = _spelt_alike(one.key, other.key, conditions()[f"{how}_letters"])
        return alike if alike >= conditions()[how] else 0.0

    return likeness


@lru_cache(maxsize=200_000)
def _spelt_alike(one: str, other: str, letters: int) -> float:
    if min(len(one), len(other)) < letters or one[0] != other[0] or one[0] in "<#":
        return 0.0
    return fuzz.ratio(one, other) * 10


def _initials(one: list[Term], other: list[Term]) -> Iterator[tuple[Term, Term]]:
    """Yield the acronyms of one with the words of the other that they are the initials of, and take out both."""
    for term in list(one):
        letters = term.key.removesuffix("s") if term.written.endswith("s") else term.key
        if term.kind != "name" or len(letters) < 2 or not term.written.rstrip("s").isupper():
            continue
        for run in _runs(other, len(letters)):
            if "".join(each.written[0] for each in run).casefold() == letters:
                one.remove(term)
                for each in run:
                    other.remove(each)
                    yield term, each
                break


def _runs(terms: Sequence[Term], length: int) -> Iterator[Sequence[Term]]:
    yield from (terms[at : at + length] for at in range(len(terms) - length + 1))
