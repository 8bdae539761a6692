"""Whether two actions are the same: a class by stated conditions, and a score that is the sum of its parts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from ecp_graph.overlap.likeness.action import Phrase, Reading, Term
from ecp_graph.overlap.likeness.meaning import Meaning
from ecp_graph.overlap.likeness.objects import Contrast, Rarity, contrast
from ecp_graph.overlap.likeness.settings import conditions, weights
from ecp_graph.overlap.likeness.signals import Letters, Words, letters_of, words_of_title
from ecp_graph.overlap.likeness.verbs import agree

__all__ = ["CLASSES", "Judge", "Likeness", "Part", "compare"]

#: From the strongest to the weakest.
CLASSES: Final = ("duplication", "overlap", "related", "possible", "none")
#: How many results about two phrases are remembered, some hundred bytes each.
_REMEMBERED: Final = 50_000
#: What is said of two audiences, and how far they count as one.
_AUDIENCES: Final = {
    "same": ("the same", 1.0),
    "silent": ("neither says for whom", 1.0),
    "open": ("only one says for whom", 0.5),
    "other": ("others", 0.0),
}


class Part(NamedTuple):
    """One part of a score, in thousandths, and what it rests on."""

    name: str
    value: int
    because: str


class Likeness(NamedTuple):
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
    """Return whether two actions are the same, and why, as `Judge` says."""
    return Judge(rarity, meaning).likeness(a, b)


class Judge:
    """Says whether actions are the same, and why. For many comparisons: what it finds of words it remembers.

    ``rarity`` knows how much each word says among all actions; without it all say the same. Without ``meaning``
    objects are alike by their words alone, and the likeness says so. Before many comparisons, ``meaning.prepare`` with
    the ``texts`` of all readings saves most of their time; the search for candidates does that. ``called`` are the
    names by which reasons call known things, by identifier.
    """

    def __init__(
        self,
        rarity: Rarity | None = None,
        meaning: Meaning | None = None,
        called: Mapping[str, str] | None = None,
    ) -> None:
        self.rarity, self.meaning, self.called = rarity or Rarity(), meaning, called or {}
        self._sides: dict[Reading, _Side] = {}
        self._phrases: dict[tuple[Term, ...], Phrase] = {}
        self.contrast = lru_cache(maxsize=_REMEMBERED)(self._contrast)
        self.alike = lru_cache(maxsize=_REMEMBERED)(self._alike)
        self.words_alike = lru_cache(maxsize=_REMEMBERED)(self._words_alike)

    def likeness(self, a: Reading, b: Reading) -> Likeness:
        """Return what two actions are to each other."""
        return _Pair(self._side(a), self._side(b), self).likeness

    def found(self, a: Reading, b: Reading) -> Likeness | None:
        """Return the same, or None where they have nothing in common, which is told sooner."""
        pair = _Pair(self._side(a), self._side(b), self)
        return None if pair.klass == "none" else pair.likeness

    def named(self, things: Iterable[str]) -> str:
        """Return the names of known things, in the order of their identifiers."""
        return ", ".join(self.called.get(thing, thing) for thing in sorted(things))

    def _alike(self, one: str, other: str) -> int:
        """Return how alike two texts are in meaning, in thousandths; 0 where meaning is not compared."""
        return round(1000 * self.meaning.likeness(one, other)) if self.meaning else 0

    def _words_alike(self, some: str, others: str) -> int:
        """Return how well the words of two texts match one by one in meaning, in thousandths."""
        return round(1000 * self.meaning.words_alike(some.split(), others.split())) if self.meaning else 0

    def _contrast(self, a: Phrase, b: Phrase, across_languages: bool) -> Contrast:
        return contrast(a, b, self.rarity, across_languages=across_languages)

    def _side(self, reading: Reading) -> _Side:
        side = self._sides.get(reading)
        if side is None:
            subject, served = (
                self._phrases.setdefault(each.terms, each) for each in (reading.object, reading.audience)
            )
            words, letters = words_of_title(reading, self.rarity), letters_of(reading.action.title)
            side = _Side(reading, subject, served, words, letters, _listed(reading.numbers))
            self._sides[reading] = side
        return side


class _Side(NamedTuple):
    """An action with what is asked of it in each of its comparisons; phrases with the same terms are one and the same.

    So of a phrase only the terms are read; its text is that of the reading.
    """

    reading: Reading
    object: Phrase
    audience: Phrase
    words: Words
    letters: Letters
    numbers: str


class _Pair:
    """Two actions with what the conditions and the parts ask of them."""

    def __init__(self, mine: _Side, theirs: _Side, judge: Judge) -> None:
        self.mine, self.theirs, self.judge = mine, theirs, judge
        a, b = self.a, self.b = mine.reading, theirs.reading
        self.across = a.language != b.language
        self.activity = agree(a.activity, b.activity)
        self.is_read = bool(a.activity and b.activity)
        self.contrast = judge.contrast(mine.object, theirs.object, self.across)
        self.meaning = judge.alike(a.object.text, b.object.text)
        self.shared = a.things & b.things
        self.object = self._object()
        self.audience = self._audience()
        years, others = a.years or b.years, b.years or a.years
        self.times_meet = not years or not others or (years[0] <= others[1] and others[0] <= years[1])
        self.other_names = self._other_names()
        self.has_other_numbers = bool(a.numbers and b.numbers and a.numbers != b.numbers)
        self.has_other_things = bool(a.instruments and b.instruments and not a.instruments & b.instruments)
        self.is_forbidden = self.has_other_numbers or self.has_other_things or bool(self.other_names)
        self.points = _points(self)
        self.score = sum(self.points.values())
        self.klass, self.why = _class_of(self)

    @property
    def likeness(self) -> Likeness:
        """What the two are to each other, in words too."""
        forbidden = tuple(self._forbidden())
        because = _because(self, forbidden)
        parts = tuple([Part(name, value, because[name]) for name, value in self.points.items()])
        why = self.why if self.judge.meaning else (*self.why, "meaning was not compared")
        return Likeness(self.klass, self.score, parts, why, (*forbidden, *self._differences()))

    def _object(self) -> str:
        """Return same (by their words), like (in meaning), or other."""
        left_a, left_b = self.contrast.strong
        has_same_things = bool(self.a.instruments) and self.a.instruments == self.b.instruments
        says = self.contrast.says or has_same_things
        if says and not left_a and not left_b:
            return "same"
        if has_same_things and not (left_a and left_b):
            return "same"
        if not left_a or not left_b:
            if says and 1000 * self.contrast.share >= conditions()["same_object"]:
                return "same"
            return "like" if says and self.meaning >= conditions()["like_object"] else "other"
        if self.meaning < conditions()["like_least"]:
            return "other"
        like = conditions()["like_rest_across" if self.across else "like_rest"]
        return "like" if self.judge.words_alike(left_a, left_b) >= like else "other"

    def _audience(self) -> str:
        """Return same, silent (neither says), open (one does not say), or other."""
        mine, theirs = self.mine.audience, self.theirs.audience
        if not mine.terms or not theirs.terms:
            return "open" if mine.terms or theirs.terms else "silent"
        left_a, left_b = self.judge.contrast(mine, theirs, self.across).telling
        if not left_a and not left_b:
            return "same"
        least = conditions()["same_audience_across" if self.across else "same_audience"]
        return "same" if self.judge.alike(self.a.audience.text, self.b.audience.text) >= least else "other"

    def _forbidden(self) -> Iterator[str]:
        """Yield what makes it impossible that the two are the same."""
        if self.has_other_numbers:
            yield f"the numbers differ: {self.mine.numbers} and {self.theirs.numbers}"
        if self.has_other_things:
            yield "they concern different instruments"
        if self.other_names:
            yield f"each names something else: {self.other_names[0]} and {self.other_names[1]}"

    def _other_names(self) -> tuple[str, str] | None:
        """Return the names that only the one has, and only the other, if both have some that mean different things."""
        name_a, name_b = self.contrast.naming
        if not name_a or not name_b:
            return None
        least = conditions()["same_name_across"]
        return None if self.across and self.judge.words_alike(name_a, name_b) >= least else (name_a, name_b)

    def _differences(self) -> Iterator[str]:
        a, b = self.a, self.b
        if self.activity is False:
            yield f"the activities differ: {a.activity} and {b.activity}"
        if self.audience == "other":
            yield f"they are for others: {a.audience.text} and {b.audience.text}"
        elif self.audience == "open":
            yield f"only one says for whom: {a.audience.text or b.audience.text}"
        if a.numbers != b.numbers and not (a.numbers and b.numbers):
            yield f"only one has a number: {_listed(a.numbers | b.numbers)}"
        if not self.times_meet:
            yield f"the times do not meet: {_listed(a.years or ())} and {_listed(b.years or ())}"
        one, other = self.contrast.strong
        if one and other:
            yield f"one says “{one}”, the other “{other}”"
        elif one or other:
            yield f"only one says “{one or other}”"


def _class_of(pair: _Pair) -> tuple[str, tuple[str, ...]]:
    """Return the class, by the first condition that holds, and what held."""
    same, like = "the objects are the same", "the objects are alike in meaning"
    if pair.is_forbidden:
        return _weak(pair)
    if pair.object == "same":
        is_one_edition = pair.a.numbers == pair.b.numbers and pair.times_meet
        whom = {"same": "they are for the same", "silent": "neither says for whom"}.get(pair.audience)
        # No object has a word that matters more than the other.
        if pair.activity and whom and is_one_edition and not any(pair.contrast.telling):
            return "duplication", (_work(pair), same, whom)
        return "overlap", (_work(pair), same)
    if pair.object == "like":
        if pair.activity is not False and pair.is_read and pair.audience != "other":
            return "overlap", (_work(pair), like)
        if not pair.is_read or pair.activity is not False:
            return _weak(pair)
        if pair.meaning >= conditions()["like_object_other_work"]:
            return "overlap", (_work(pair), like)
    return _weak(pair)


def _work(pair: _Pair) -> str:
    if pair.activity:
        return f"the activity is the same: {pair.a.activity}"
    if not pair.is_read:
        return "at least one title does not tell clearly what is done"
    return f"the activities are {'similar' if pair.activity is None else 'different'}"


def _weak(pair: _Pair) -> tuple[str, tuple[str, ...]]:
    """Return related, possible or none; what names something else is a look-alike, and no more than possible."""
    if pair.shared and not pair.other_names:
        return "related", (f"both are about {pair.judge.named(pair.shared)}",)
    is_other_work = pair.activity is False and not pair.is_forbidden
    if is_other_work and 1000 * pair.contrast.share >= conditions()["related_object"]:
        words = [term.written for term in pair.contrast.both if term.kind in ("name", "word")]
        if words:
            return "related", (f"both titles say {_listed(words)}",)
    if pair.score >= conditions()["possible"]:
        return "possible", ("only the score speaks for it",)
    return "none", ("nothing speaks for it",)


def _points(pair: _Pair) -> dict[str, int]:
    """Return the points of each part of the score; what is taken away is never more than there is."""
    most, activity = weights(), 1.0 if pair.activity else 0.5 if pair.activity is None and pair.is_read else 0.0
    points = {
        "things": round(most["things"] * (len(pair.shared) / len(pair.a.things | pair.b.things))) if pair.shared else 0,
        "activity": round(most["activity"] * activity),
        "object": round(most["object"] * pair.contrast.share),
        "audience": round(most["audience"] * _AUDIENCES[pair.audience][1]),
        "words": round(most["words"] * pair.mine.words.alike(pair.theirs.words)),
        "letters": round(most["letters"] * pair.mine.letters.alike(pair.theirs.letters)),
        "meaning": round(most["meaning"] * (pair.meaning / 1000)),
    }
    for name, is_taken in (("forbidden", pair.is_forbidden), ("other-audience", pair.audience == "other")):
        if is_taken:
            points[name] = -min(sum(points.values()), -most[name])
    return points


def _because(pair: _Pair, forbidden: Sequence[str]) -> dict[str, str]:
    """Return what each part of the score rests on."""
    a, b = pair.a, pair.b
    return {
        "things": pair.judge.named(pair.shared) or "none in common",
        "activity": f"{a.verb or 'not read'} / {b.verb or 'not read'}",
        "object": pair.contrast.words or "no word in common",
        "audience": _AUDIENCES[pair.audience][0],
        "words": "words of both titles",
        "letters": "letters of both titles",
        "meaning": "meaning of both objects",
        "forbidden": forbidden[0] if forbidden else "",
        "other-audience": f"{a.audience.text} / {b.audience.text}",
    }


def _listed(values: Iterable[str | int]) -> str:
    return ", ".join(sorted({str(value) for value in values}))
