"""Signals of likeness of two actions that look at the whole of them: known things, words, letters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from math import sqrt

from ecp_graph.overlap.likeness.action import Reading, Term
from ecp_graph.overlap.likeness.objects import Rarity
from ecp_graph.overlap.likeness.text import plain

__all__ = ["letters_alike", "things_alike", "words_alike"]


def things_alike(a: Reading, b: Reading) -> float:
    """Return the share of the known things of either that both are about."""
    either = a.things | b.things
    return len(a.things & b.things) / len(either) if either else 0.0


def words_alike(a: Reading, b: Reading, rarity: Rarity) -> float:
    """Return the cosine of the words of two titles, rare words counting more (TF-IDF)."""
    mine, theirs = ({term: rarity.weight(term) for term in _terms(reading)} for reading in (a, b))
    return _cosine({term.key: weight for term, weight in mine.items()}, {t.key: w for t, w in theirs.items()})


def letters_alike(a: Reading, b: Reading) -> float:
    """Return the cosine of the runs of three letters of two titles."""
    return _cosine(_trigrams(a.action.title), _trigrams(b.action.title))


def _terms(reading: Reading) -> tuple[Term, ...]:
    verb = (Term(f"!{reading.activity}", reading.verb, "word"),) if reading.activity else ()
    return (*verb, *reading.object.terms, *reading.audience.terms)


@lru_cache(maxsize=50_000)
def _trigrams(title: str) -> Mapping[str, float]:
    text = f" {plain(title)} "
    return Counter(text[at : at + 3] for at in range(len(text) - 2))


def _cosine(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    both = sum(weight * other[key] for key, weight in one.items() if key in other)
    lengths = sqrt(sum(weight**2 for weight in one.values()) * sum(weight**2 for weight in other.values()))
    return both / lengths if lengths else 0.0
