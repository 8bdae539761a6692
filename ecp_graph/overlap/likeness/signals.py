"""What the comparison asks of an action again and again: its words and letters, worked out once."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from math import fsum, sqrt
from typing import NamedTuple

from ecp_graph.overlap.likeness.action import Reading, Term
from ecp_graph.overlap.likeness.objects import Rarity
from ecp_graph.overlap.likeness.text import plain

__all__ = ["Letters", "Words", "letters_of", "words_of_title"]


class Words(NamedTuple):
    """The words of a title, each with a weight; ``squares`` is the sum of the squares of these."""

    weights: Mapping[str, float]
    squares: float

    def alike(self, other: Words) -> float:
        """Return the cosine of the words of two titles; 0 where one has none."""
        mine, theirs = self.weights, other.weights
        # Summed without an error of rounding, as what is in both comes in any order.
        both = fsum([mine[key] * theirs[key] for key in mine.keys() & theirs.keys()])
        return _cosine(both, self.squares * other.squares)


class Letters(NamedTuple):
    """The runs of three letters of a title: in the first layer all, in the second those that it has twice, and so on.

    ``squares`` is the sum of the squares of how often each occurs.
    """

    layers: tuple[frozenset[str], ...]
    squares: int

    def alike(self, other: Letters) -> float:
        """Return the cosine of how often the runs occur in two titles; 0 where one has none."""
        both = sum([len(mine & theirs) for mine in self.layers for theirs in other.layers])
        return _cosine(both, self.squares * other.squares)


@lru_cache(maxsize=50_000)
def letters_of(title: str) -> Letters:
    """Return the runs of three letters of a title."""
    text = f" {plain(title)} "
    # Two that are one and the same are found equal at once.
    counts = Counter(sys.intern(text[at : at + 3]) for at in range(len(text) - 2))
    most = max(counts.values(), default=0)
    layers = (frozenset(run for run, count in counts.items() if count > layer) for layer in range(most))
    return Letters(tuple(layers), sum(count**2 for count in counts.values()))


def words_of_title(reading: Reading, rarity: Rarity) -> Words:
    """Return the words of a title, rare words counting more (TF-IDF)."""
    verb = (Term(f"!{reading.activity}", reading.verb, "word"),) if reading.activity else ()
    terms = dict.fromkeys((*verb, *reading.object.terms, *reading.audience.terms))
    weights = {term.key: rarity.weight(term) for term in terms}
    return Words(weights, sum(weight**2 for weight in weights.values()))


def _cosine(both: float, squares: float) -> float:
    return both / sqrt(squares) if squares else 0.0
