"""What the comparison asks of an action again and again: its words and letters with their weights, worked out once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from math import fsum, sqrt

from ecp_graph.overlap.likeness.action import Reading, Term
from ecp_graph.overlap.likeness.objects import Rarity
from ecp_graph.overlap.likeness.text import plain

__all__ = ["Bag", "letters_of", "things_alike", "words_of_title"]


@dataclass(frozen=True)
class Bag:
    """Words, or parts of them, each with a weight; ``squares`` is the sum of the squares of these."""

    weights: Mapping[str, float]
    squares: float

    def alike(self, other: Bag) -> float:
        """Return the cosine of two bags; 0 where one is empty."""
        mine, theirs = self.weights, other.weights
        # Summed without an error of rounding, as what is in both comes in any order.
        both = fsum([mine[key] * theirs[key] for key in mine.keys() & theirs.keys()])
        lengths = sqrt(self.squares * other.squares)
        return both / lengths if lengths else 0.0


def words_of_title(reading: Reading, rarity: Rarity) -> Bag:
    """Return the words of a title, rare words counting more (TF-IDF)."""
    verb = (Term(f"!{reading.activity}", reading.verb, "word"),) if reading.activity else ()
    terms = dict.fromkeys((*verb, *reading.object.terms, *reading.audience.terms))
    return _bag({term.key: rarity.weight(term) for term in terms})


def letters_of(title: str) -> Bag:
    """Return the runs of three letters of a title."""
    text = f" {plain(title)} "
    return _bag(Counter(text[at : at + 3] for at in range(len(text) - 2)))


def things_alike(a: Reading, b: Reading) -> float:
    """Return the share of the known things of either that both are about."""
    either = len(a.things | b.things)
    return len(a.things & b.things) / either if either else 0.0


def _bag(weights: Mapping[str, float]) -> Bag:
    return Bag(weights, sum(weight**2 for weight in weights.values()))
