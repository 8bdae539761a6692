"""Whether two actions are the same: a class by stated conditions, and a score that is the sum of its parts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from ecp_graph.overlap.likeness.action import Phrase, Reading
from ecp_graph.overlap.likeness.meaning import Meaning
from ecp_graph.overlap.likeness.objects import Contrast, Rarity, contrast
from ecp_graph.overlap.likeness.settings import conditions, weights
from ecp_graph.overlap.likeness.signals import letters_alike, things_alike, words_alike
from ecp_graph.overlap.likeness.verbs import agree

__all__ = ["CLASSES", "Likeness", "Part", "compare"]

#: From the strongest to the weakest.
CLASSES: Final = ("duplication", "overlap", "related", "possible", "none")
_STRONG: Final = ("thing", "name", "word", "product")


@dataclass(frozen=True)
class Part:
    """One part of a score, in thousandths, and what it rests on."""

    name: str
    value: int
    because: str


@dataclass(frozen=True)
class Likeness:
    """What two actions are to each other.

    ``klass`` is one of CLASSES. ``score`` is in thousandths and the sum of the values of ``parts``; it ranks findings,
    and by itself makes nothing more than *possible*. ``why`` are the conditions that gave the class, ``differs`` what
    speaks against a duplicate, both as phrases.
    """

    klass: str
    score: int
    parts: tuple[Part, ...]
    why: tuple[str, ...]
    differs: tuple[str, ...]


def compare(a: Reading, b: Reading, rarity: Rarity | None = None, meaning: Meaning | None = None) -> Likeness:
    """Return whether two actions are the same, and why.

    ``rarity`` knows how much each word says among all actions; without it all say the same. Without ``meaning``
    objects are alike by their words alone, and the likeness says so. Before many comparisons, ``meaning.prepare`` with
    the ``texts`` of all readings saves most of their time; the search for candidates does that.
    """
    pair = _Pair(a, b, rarity or Rarity(), meaning)
    parts = _parts(pair)
    score = sum(part.value for part in parts)
    klass, why = _class_of(pair, score)
    if meaning is None:
        why = (*why, "meaning was not compared")
    return Likeness(klass, score, parts, why, pair.differs)


class _Pair:
    """Two actions with what the conditions and the parts ask of them."""

    def __init__(self, a: Reading, b: Reading, rarity: Rarity, meaning: Meaning | None) -> None:
        self.a, self.b, self.rarity, self._meaning = a, b, rarity, meaning
        self.across = a.language != b.language
        self.activity = agree(a.activity, b.activity)
        self.is_read = bool(a.activity and b.activity)
        self.contrast = contrast(a.object, b.object, rarity, across_languages=self.across)
        self.meaning = self.alike(a.object.text, b.object.text)
        self.object = self._object()
        self.audience = self._audience()
        years, others = a.years or b.years, b.years or a.years
        self.times_meet = not years or not others or (years[0] <= others[1] and others[0] <= years[1])
        self.forbidden = tuple(self._forbidden())
        self.differs = (*self.forbidden, *self._differences())

    def alike(self, one: str, other: str) -> int:
        """Return how alike two texts are in meaning, in thousandths; 0 where meaning is not compared."""
        return round(1000 * self._meaning.likeness(one, other)) if self._meaning else 0

    def words_alike(self, some: str, others: str) -> int:
        """Return how well the words of two texts match one by one in meaning, in thousandths."""
        return round(1000 * self._meaning.words_alike(some.split(), others.split())) if self._meaning else 0

    def _object(self) -> str:
        """Return same (by their words), like (in meaning), or other."""
        left_a, left_b = self.contrast.left(*_STRONG)
        says = self.contrast.shares("thing", "name", "word") or self._same_things()
        if says and not left_a and not left_b:
            return "same"
        if self._same_things() and not (left_a and left_b):
            return "same"
        if not left_a or not left_b:
            if says and 1000 * self.contrast.share >= conditions()["same_object"]:
                return "same"
            return "like" if says and self.meaning >= conditions()["like_object"] else "other"
        if self.meaning < conditions()["like_least"]:
            return "other"
        like = conditions()["like_rest_across" if self.across else "like_rest"]
        return "like" if self.words_alike(left_a, left_b) >= like else "other"

    def _same_things(self) -> bool:
        return bool(self.a.instruments) and self.a.instruments == self.b.instruments

    def _audience(self) -> str:
        """Return same, silent (neither says), open (one does not say), or other."""
        mine, theirs = self.a.audience, self.b.audience
        if not mine.terms or not theirs.terms:
            return "open" if mine.terms or theirs.terms else "silent"
        return "same" if self._is_same_audience(mine, theirs) else "other"

    def _is_same_audience(self, mine: Phrase, theirs: Phrase) -> bool:
        found = contrast(mine, theirs, self.rarity, across_languages=self.across)
        left_a, left_b = found.left("thing", "name", "word")
        if not left_a and not left_b:
            return True
        least = conditions()["same_audience_across" if self.across else "same_audience"]
        return self.alike(mine.text, theirs.text) >= least

    def _forbidden(self) -> Sequence[str]:
        """Return what makes it impossible that the two are the same."""
        a, b = self.a, self.b
        found = []
        if a.numbers and b.numbers and a.numbers != b.numbers:
            found.append(f"the numbers differ: {_listed(a.numbers)} and {_listed(b.numbers)}")
        if a.instruments and b.instruments and not a.instruments & b.instruments:
            found.append("they concern different instruments")
        if names := self.other_names():
            found.append(f"each names something else: {names[0]} and {names[1]}")
        return found

    def other_names(self) -> tuple[str, str] | None:
        """Return the names that only the one has, and only the other, if both have some that mean different things."""
        name_a, name_b = self.contrast.left("thing", "name")
        if not name_a or not name_b:
            return None
        means_the_same = self.across and self.words_alike(name_a, name_b) >= conditions()["same_name_across"]
        return None if means_the_same else (name_a, name_b)

    def _differences(self) -> Sequence[str]:
        found = []
        if self.activity is False:
            found.append(f"the activities differ: {self.a.activity} and {self.b.activity}")
        if self.audience == "other":
            found.append(f"they are for others: {self.a.audience.text} and {self.b.audience.text}")
        elif self.audience == "open":
            found.append(f"only one says for whom: {self.a.audience.text or self.b.audience.text}")
        if self.a.numbers != self.b.numbers and not (self.a.numbers and self.b.numbers):
            found.append(f"only one has a number: {_listed(self.a.numbers | self.b.numbers)}")
        if not self.times_meet:
            found.append(f"the times do not meet: {_listed(self.a.years or ())} and {_listed(self.b.years or ())}")
        one, other = self.contrast.left(*_STRONG)
        if one and other:
            found.append(f"one says “{one}”, the other “{other}”")
        elif one or other:
            found.append(f"only one says “{one or other}”")
        return found


def _class_of(pair: _Pair, score: int) -> tuple[str, tuple[str, ...]]:
    """Return the class, by the first condition that holds, and what held."""
    same = {"same": "the objects are the same", "like": "the objects are alike in meaning"}
    work = _work(pair)
    if pair.forbidden:
        return _weak(pair, score)
    whom = {"same": "they are for the same", "silent": "neither says for whom"}.get(pair.audience)
    if pair.object == "same":
        is_one_edition = pair.a.numbers == pair.b.numbers and pair.times_meet
        if pair.activity and whom and is_one_edition and _is_whole(pair.contrast):
            return "duplication", (work, same["same"], whom)
        return "overlap", (work, same["same"])
    if pair.object == "like":
        if pair.activity is not False and pair.is_read and pair.audience != "other":
            return "overlap", (work, same["like"])
        if not pair.is_read or pair.activity is not False:
            return _weak(pair, score)
        if pair.meaning >= conditions()["like_object_other_work"]:
            return "overlap", (work, same["like"])
    return _weak(pair, score)


def _is_whole(found: Contrast) -> bool:
    """Return whether neither object has a word that matters more than the other."""
    return not any(found.left("thing", "name", "word"))


def _work(pair: _Pair) -> str:
    if pair.activity:
        return f"the activity is the same: {pair.a.activity}"
    if not pair.is_read:
        return "at least one title does not tell clearly what is done"
    return f"the activities are {'similar' if pair.activity is None else 'different'}"


def _weak(pair: _Pair, score: int) -> tuple[str, tuple[str, ...]]:
    """Return related, possible or none; what names something else is a look-alike, and no more than possible."""
    if (shared := pair.a.things & pair.b.things) and not pair.other_names():
        return "related", (f"both are about {_listed(shared)}",)
    is_other_work = pair.activity is False and not pair.forbidden
    if is_other_work and 1000 * pair.contrast.share >= conditions()["related_object"]:
        words = [term.written for term in pair.contrast.both if term.kind in ("name", "word")]
        if words:
            return "related", (f"both titles say {_listed(words)}",)
    if score >= conditions()["possible"]:
        return "possible", ("only the score speaks for it",)
    return "none", ("nothing speaks for it",)


def _parts(pair: _Pair) -> tuple[Part, ...]:
    """Return the parts of the score; what is taken away is never more than there is."""
    a, b = pair.a, pair.b
    activity = 1.0 if pair.activity else 0.5 if pair.activity is None and pair.is_read else 0.0
    audience = {"same": 1.0, "silent": 1.0, "open": 0.5, "other": 0.0}[pair.audience]
    whom = {"same": "the same", "silent": "neither says for whom", "open": "only one says for whom", "other": "others"}
    signals = [
        ("things", things_alike(a, b), _listed(a.things & b.things) or "none in common"),
        ("activity", activity, f"{a.verb or 'not read'} / {b.verb or 'not read'}"),
        ("object", pair.contrast.share, _listed(term.written for term in pair.contrast.both) or "no word in common"),
        ("audience", audience, whom[pair.audience]),
        ("words", words_alike(a, b, pair.rarity), "words of both titles"),
        ("letters", letters_alike(a, b), "letters of both titles"),
        ("meaning", pair.meaning / 1000, "meaning of both objects"),
    ]
    parts = [Part(name, round(weights()[name] * value), because) for name, value, because in signals]
    taken = [("forbidden", text) for text in pair.forbidden[:1]]
    if pair.audience == "other":
        taken.append(("other-audience", f"{a.audience.text} / {b.audience.text}"))
    for name, because in taken:
        there = sum(part.value for part in parts)
        parts.append(Part(name, -min(there, -weights()[name]), because))
    return tuple(parts)


def _listed(values: Iterable[str | int]) -> str:
    return ", ".join(sorted({str(value) for value in values}))
