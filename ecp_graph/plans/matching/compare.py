"""Two names compared: a score of named parts that add up, and whether they are the same name for sure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz.distance import OSA
from rapidfuzz.fuzz import ratio

from ecp_graph.plans.matching.names import Name
from ecp_graph.plans.matching.settings import weights

__all__ = ["ANYBODYS", "Comparison", "Part", "compare", "same_initials"]

#: Why a name of nothing but generic words is not sure.
ANYBODYS: Final = "any organization may have one of this name"

_PLACES: Final = 3


@dataclass(frozen=True)
class Part:
    """A part of a score: its name, and what it adds."""

    name: str
    value: float


@dataclass(frozen=True)
class Comparison:
    """How alike two names are; ``is_sure`` says that they are two spellings of one name, ``why`` what speaks for it."""

    parts: tuple[Part, ...]
    is_sure: bool
    why: str

    @property
    def score(self) -> float:
        """The sum of the parts, from 0 to 1."""
        return round(sum(part.value for part in self.parts), _PLACES)


def compare(text: Name, name: Name, rarity: Callable[[str], float]) -> Comparison:
    """Return how alike a text and a known name are; ``rarity`` gives the weight of a word."""
    likeness = _Likeness(text.stems, name.stems, rarity)
    weight = weights().parts
    parts = [
        _part("words", likeness.share),
        _part("letters", ratio(text.ordered, name.ordered) / 100),
        _part("order", likeness.order),
    ]
    against = [fault for fault in (_numbers_differ(text, name), _case_differs(text, name)) if fault]
    parts += [_reduced(name_, weight[name_], parts) for name_, _ in against]
    if against:
        return Comparison(tuple(parts), False, "; ".join(sentence for _, sentence in against))
    return Comparison(tuple(parts), *_verdict(text, name, likeness))


def same_initials(text: Name, name: Name) -> Comparison | None:
    """Return the comparison of an acronym with a name that has these initials, or None; it is never sure."""
    for short, long in ((text, name), (name, text)):
        if len(short.acronym_key) > 1 and short.acronym_key in long.initials and len(long.stems) > 1:
            part = Part("initials", weights().parts["initials"])
            return Comparison((part,), False, f"'{short.text}' may be the initials of '{long.text}'")
    return None


class _Likeness:
    """The words that two names have in common, and those that only one has."""

    def __init__(self, one: Sequence[str], other: Sequence[str], rarity: Callable[[str], float]) -> None:
        left, right = list(one), list(other)
        for word in one:
            if word in right:
                left.remove(word)
                right.remove(word)
        self.common = len(one) - len(left)
        self.similar: list[tuple[str, str]] = []
        for word in tuple(left):
            best = max(right, key=lambda each: ratio(word, each), default="")
            if best and not (word + best).isdecimal() and ratio(word, best) >= weights().similar_word:
                self.similar.append((word, best))
                left.remove(word)
                right.remove(best)
        self.unmatched = left + right
        whole = sum(map(rarity, one)) + sum(map(rarity, other))
        apart = sum(map(rarity, self.unmatched))
        alike = sum((rarity(a) + rarity(b)) * ratio(a, b) / 100 for a, b in self.similar)
        shared = whole - apart - sum(rarity(a) + rarity(b) for a, b in self.similar) + alike
        self.share = shared / (2 * whole - shared) if whole else 0.0
        self.order = self._in_order(one, other)

    def _in_order(self, one: Sequence[str], other: Sequence[str]) -> float:
        pairs = dict(self.similar)
        first = [pairs.get(word, word) for word in one]
        kept = set(first) & set(other)
        return float(
            bool(kept) and [word for word in first if word in kept] == [word for word in other if word in kept]
        )


def _verdict(text: Name, name: Name, likeness: _Likeness) -> tuple[bool, str]:
    """Return whether two names are the same for sure, and why."""
    if likeness.unmatched:
        return False, f"not in both: {', '.join(dict.fromkeys(likeness.unmatched))}"
    if text.is_generic:
        return False, ANYBODYS
    if likeness.similar:
        return _typo(text, name, likeness)
    if text.stems == name.stems:
        return True, "the same name"
    if _is_turned(text, name):
        return True, "the same name, the other way round"
    return False, "the same words in another order"


def _typo(text: Name, name: Name, likeness: _Likeness) -> tuple[bool, str]:
    """Judge names with words that are spelt otherwise: one letter of a long word may be wrong."""
    held = weights()
    one, other = likeness.similar[0]
    is_slip = (
        len(likeness.similar) == 1
        and min(len(one), len(other)) >= held.typo_letters
        and one[0] == other[0]
        and OSA.distance(one, other) == 1
        and likeness.common >= held.typo_other_words
        and tuple(other if word == one else word for word in text.stems) == name.stems
    )
    spelt = ", ".join(f"'{a}' for '{b}'" for a, b in likeness.similar)
    return is_slip, f"the same name, with {spelt}" if is_slip else f"spelt otherwise: {spelt}"


def _is_turned(one: Name, other: Name) -> bool:
    """Return whether a name is another one turned at an "of" or a comma: "Ministry of Health", "Health Ministry"."""
    length = len(one.stems)
    return any(
        one.stems[at:] + one.stems[:at] == other.stems and (one.breaks[at] or other.breaks[length - at])
        for at in range(1, length)
    )


def _numbers_differ(text: Name, name: Name) -> tuple[str, str] | None:
    if text.numbers == name.numbers:
        return None
    part = "numbers" if text.numbers and name.numbers else "number"
    return part, f"other numbers: {_listed(text.numbers)} and {_listed(name.numbers)}"


def _case_differs(text: Name, name: Name) -> tuple[str, str] | None:
    if not name.acronym_key or text.acronym_key or text.stems != name.stems or text.text.isupper():
        return None
    return "case", f"'{name.text}' is an acronym, and '{text.text}' is not written as one"


def _listed(numbers: frozenset[str]) -> str:
    return ", ".join(sorted(numbers)) or "none"


def _part(name: str, share: float) -> Part:
    return Part(name, round(weights().parts[name] * share, _PLACES))


def _reduced(name: str, weight: float, parts: Sequence[Part]) -> Part:
    """Return a part that takes away, but not more than there is."""
    return Part(name, round(max(weight, -sum(part.value for part in parts)), _PLACES))
