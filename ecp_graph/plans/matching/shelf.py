"""The names of known things of one kind, to be found by what they share with another name."""

from __future__ import annotations

from collections import defaultdict
from heapq import nlargest
from math import log
from typing import Final

from rapidfuzz.fuzz import ratio
from rapidfuzz.process import extract

from ecp_graph.plans.matching.compare import Comparison, Part, compare, same_initials
from ecp_graph.plans.matching.names import Name
from ecp_graph.plans.matching.settings import weights

__all__ = ["Shelf"]

#: A word in more names than this finds no candidates where rarer words have found enough.
_MANY: Final = 200


class Shelf:
    """The names of the known things of one kind, to be found by words, initials and acronyms."""

    def __init__(self, names: list[tuple[str, Name]]) -> None:
        self._names = names
        self._by_words: dict[str, list[int]] = defaultdict(list)
        self._by_word: dict[str, list[int]] = defaultdict(list)
        self._by_initials: dict[str, list[int]] = defaultdict(list)
        self._acronyms: dict[str, set[str]] = defaultdict(set)
        for at, (iri, name) in enumerate(names):
            self._by_words[name.ordered].append(at)
            for stem in set(name.stems):
                self._by_word[stem].append(at)
            for key in {*name.initials, name.acronym_key, name.acronym} - {""}:
                self._by_initials[key].append(at)
            self._acronyms[iri] |= {name.acronym_key, name.acronym} - {""}
        self._words = list(self._by_word)
        self._alike: dict[str, list[str]] = {}
        self._rarities = {stem: self._rarity(len(found)) for stem, found in self._by_word.items()}
        self._unknown = self._rarity(0)

    def _rarity(self, count: int) -> float:
        return 1 + log((len(self._names) + 1) / (count + 1))

    def rarity(self, stem: str) -> float:
        """Return the weight of a word: the fewer names have it, the more."""
        return self._rarities.get(stem, self._unknown)

    def candidates(self, name: Name) -> list[tuple[str, Name]]:
        """Return the names of the same words, or else those that share most with a name, or have its initials."""
        best, keys = self._by_words.get(name.ordered, []), {name.acronym}
        if not best:
            best = self._most_alike(name)
            keys |= {name.acronym_key, *(name.initials if len(name.stems) > 1 else ())}
        by_initials = [at for key in sorted(keys - {""}) for at in self._by_initials.get(key, ())]
        return [self._names[at] for at in dict.fromkeys([*best, *by_initials])]

    def _most_alike(self, name: Name) -> list[int]:
        """Return the places of the names that share most with a name, by the weight of their words."""
        shared: defaultdict[int, float] = defaultdict(float)
        words = {word for stem in name.stems for word in self._spellings(stem)}
        for word in sorted(words, key=lambda word: (len(self._by_word[word]), word)):
            places, rarity = self._by_word[word], self.rarity(word)
            if len(places) > _MANY and len(shared) >= weights().most_compared:
                break
            for at in places:
                shared[at] += rarity
        length = len(name.stems)
        return nlargest(
            weights().most_compared, shared, key=lambda at: shared[at] / (length + len(self._names[at][1].stems))
        )

    def compared(self, name: Name, iri: str, label: Name) -> Comparison:
        """Return how alike a text and a name of a known thing are, with what an acronym beside the text says."""
        comparison = compare(name, label, self.rarity)
        other = same_initials(name, label)
        if other and other.score > comparison.score:
            comparison = other
        stated, own = name.acronym, self._acronyms[iri]
        if stated in own and comparison.score < weights().parts["initials"]:
            part = Part("initials", weights().parts["initials"])
            return Comparison((part,), False, f"'{stated.upper()}' beside it is its acronym, but the names differ")
        if stated and stated not in own and stated not in name.initials:
            return _doubted(comparison, f"'{stated.upper()}' beside it is not its acronym")
        if label.acronym not in ("", stated) and label.acronym not in label.initials:
            return _doubted(comparison, f"'{label.acronym.upper()}' is beside the known name")
        return comparison

    def _spellings(self, stem: str) -> list[str]:
        """Return the word of the known names that a word is, or those that it may be a misspelling of."""
        if stem in self._by_word:
            return [stem]
        if stem not in self._alike:
            close = extract(stem, self._words, scorer=ratio, score_cutoff=weights().similar_word, limit=3)
            self._alike[stem] = [] if stem.isdecimal() else [word for word, *_ in close]
        return self._alike[stem]


def _doubted(comparison: Comparison, why: str) -> Comparison:
    """Return a comparison that speaks less for a match, because of what is beside one of the names."""
    part = Part("acronym", round(max(weights().parts["acronym"], -comparison.score), 3))
    return Comparison((*comparison.parts, part), False, why)
