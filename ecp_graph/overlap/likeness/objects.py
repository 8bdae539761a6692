"""What two phrases have in common, word by word, and what only one of them has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from functools import lru_cache
from math import log
from typing import Final, NamedTuple

from rapidfuzz import fuzz

from ecp_graph.overlap.likeness.action import Phrase, Reading, Term
from ecp_graph.overlap.likeness.settings import conditions

__all__ = ["Contrast", "Rarity", "contrast"]

_KINDS: Final = {"thing": 1.5, "name": 1.2, "word": 1.0, "product": 0.5, "pale": 0.3}
#: The kinds of terms of which neither object has one alone if the two are the same; that tell whether one matters more
#: than the other; and that name something.
_STRONG: Final = frozenset({"thing", "name", "word", "product"})
_TELLING: Final = _STRONG - {"product"}
_NAMING: Final = frozenset({"thing", "name"})


class Rarity:
    """How much a term says: one that few of the actions have says more than one that many have."""

    def __init__(self, readings: Iterable[Reading] = ()) -> None:
        every = list(readings)
        count = len(every)
        having = Counter(
            key for reading in every for key in {term.key for term in (*reading.object.terms, *reading.audience.terms)}
        )
        self._rare = {key: _rare(count, number) for key, number in having.items()}
        self._unseen = _rare(count, 0) if count else 1.0

    def weight(self, term: Term) -> float:
        """Return the weight of a term, 1 for a word that is in one action of ten."""
        return _KINDS[term.kind] * self._rare.get(term.key, self._unseen)


def _rare(count: int, having: int) -> float:
    return max(0.2, log((count + 10) / (having + 1)) / log(10))


class Contrast(NamedTuple):
    """Two phrases compared: the terms that both have, and the share of these by weight.

    ``strong`` are the words that only the one, and only the other has, without those that say little; ``telling`` the
    same without products, such as guidelines; ``naming`` the names, and words for known things, among them. ``words``
    are those that both have, listed, and ``says`` tells whether one of these tells what the phrases are about.
    """

    both: tuple[Term, ...]
    share: float
    strong: tuple[str, str]
    telling: tuple[str, str]
    naming: tuple[str, str]
    words: str
    says: bool


def contrast(a: Phrase, b: Phrase, rarity: Rarity, *, across_languages: bool) -> Contrast:
    """Return what two phrases have in common and what not.

    Terms are the same if their keys are, if one is the initials of words of the other, or if they are spelt nearly
    alike; words of two languages need less likeness, as "inspection" and "inspección".
    """
    mine, theirs = _once(a.terms), _once(b.terms)
    both = [(mine[key], theirs[key]) for key in sorted(mine.keys() & theirs.keys())]
    only_a = [term for key, term in mine.items() if key not in theirs]
    only_b = [term for key, term in theirs.items() if key not in mine]
    both += _spelt_alike(only_a, only_b, across_languages)
    for some, others in ((only_a, only_b), (only_b, only_a)):
        both += _initials(some, others)
    same = sum(rarity.weight(term) + rarity.weight(other) for term, other in both)
    rest = sum(rarity.weight(term) for term in (*only_a, *only_b))
    share = same / (same + rest) if same + rest else 0.0
    common = tuple([one if _matters(one) >= _matters(other) else other for one, other in both])
    strong, telling, naming = ((_words(only_a, kinds), _words(only_b, kinds)) for kinds in (_STRONG, _TELLING, _NAMING))
    words = ", ".join(sorted({term.written for term in common}))
    return Contrast(common, share, strong, telling, naming, words, any(term.kind in _TELLING for term in common))


def _words(terms: Iterable[Term], kinds: Set[str]) -> str:
    """Return the words of the terms of some kinds, each once."""
    return " ".join(dict.fromkeys([term.written for term in terms if term.kind in kinds]))


def _once(terms: Iterable[Term]) -> dict[str, Term]:
    """Return each term once by its key, as a word that a phrase has twice is the same word both times."""
    found = {term.key: term for term in reversed(tuple(terms))}
    return dict(reversed(found.items()))


def _matters(term: Term) -> tuple[float, str]:
    return _KINDS[term.kind], term.key


def _spelt_alike(only_a: list[Term], only_b: list[Term], across_languages: bool) -> list[tuple[Term, Term]]:
    """Return the pairs of terms that are one word, misspelt or in two languages, and take out both.

    Names are misspelt at most: Austria is not Australia.
    """
    alike = []
    for one in only_a:
        for other in only_b:
            if one.key[0] == other.key[0]:
                how = "cognate" if across_languages and "name" not in (one.kind, other.kind) else "misspelt"
                value = _spelling(one.key, other.key, conditions()[f"{how}_letters"])
                if value >= conditions()[how]:
                    alike.append((value, one, other))
    # The best pairs first, and those as good in an order that does not depend on which phrase is a.
    alike.sort(key=lambda each: (-each[0], sorted((each[1].key, each[2].key))))
    found = []
    for _, one, other in alike:
        if one in only_a and other in only_b:
            only_a.remove(one)
            only_b.remove(other)
            found.append((one, other))
    return found


@lru_cache(maxsize=200_000)
def _spelling(one: str, other: str, letters: int) -> float:
    """Return how alike two words with one first letter are spelt; 0 for short words, and for what is no word."""
    if min(len(one), len(other)) < letters or one[0] in "<#":
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
