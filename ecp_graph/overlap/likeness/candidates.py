"""Which actions are worth comparing: those that share a rare word, name or known thing, or are near in meaning.

The work grows with what is similar, not with the square of the actions: a key that many wordings have is no key, and
vectors are compared inside cells around pivots. Actions that say the same are one wording, however many there are.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, islice
from typing import TYPE_CHECKING, NamedTuple

from ecp_graph.overlap.likeness.action import Reading
from ecp_graph.overlap.likeness.meaning import Meaning
from ecp_graph.overlap.likeness.objects import Rarity
from ecp_graph.overlap.likeness.settings import blocking
from ecp_graph.overlap.likeness.verbs import agree

if TYPE_CHECKING:
    from ecp_graph.overlap.likeness.meaning import Vectors

__all__ = ["Candidate", "candidates"]


class Candidate(NamedTuple):
    """Two actions that are worth comparing, as their places in the lists given, and a rank in thousandths."""

    a: int
    b: int
    rank: int


def candidates(
    actions: Sequence[Reading],
    others: Sequence[Reading] | None = None,
    *,
    most: int | None = None,
    rarity: Rarity | None = None,
    meaning: Meaning | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[Candidate]:
    """Return for each action the others that are most like it, best first; without ``others``, pairs of the actions.

    Two actions of one plan are never a pair. ``most`` is how many each action has at most, by default that of
    weights.yaml; those that are strongly like it do not count against it, as long as there are not so many of one plan.
    ``progress`` is called while texts are encoded, with how many are done and how many there are.
    """
    if not actions or (others is not None and not others):
        return []
    theirs = actions if others is None else others
    rarity = rarity or Rarity([*actions, *(others or ())])
    if meaning:
        # All that a comparison asks about as well, since many texts at once are encoded faster than each by itself.
        meaning.prepare((text for each in (*actions, *(others or ())) for text in each.texts), progress)
    mine, said = _wordings(actions, rarity), _wordings(theirs, rarity)
    vectors = _Vectors(mine, said, meaning) if meaning else None
    by_term, most, least = _Blocks(said), most or blocking()["most"], blocking()["least_rank"]
    found: dict[tuple[int, int], int] = {}
    for at, wording in enumerate(mine):
        near = sorted({*by_term.near(wording.keys), *(vectors.near(at) if vectors else ())})
        likeness = vectors.likeness(at, near) if vectors else [None] * len(near)
        others_said = [said[each] for each in near]
        ranks = zip(_ranks(wording, others_said, likeness), others_said, strict=True)
        ranked = [(rank, other) for rank, other in ranks if rank >= least]
        for plan, members in wording.plans.items():
            for a in members:
                for rank, b in _best(ranked, plan, a if others is None else None, most):
                    found[(a, b) if others is not None or a < b else (b, a)] = rank
    return sorted(
        (Candidate(*pair, rank) for pair, rank in found.items()), key=lambda each: (each.a, -each.rank, each.b)
    )


@dataclass(frozen=True)
class _Wording:
    """What some actions say, alike to the word: its keys with their weights, and the actions by their plans.

    ``text`` is the object, whose meaning is compared; ``weight`` is that of all keys.
    """

    keys: Mapping[str, float]
    activity: str
    text: str
    weight: float
    plans: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))


def _wordings(readings: Sequence[Reading], rarity: Rarity) -> list[_Wording]:
    """Return the wordings of the actions, in the order in which they come first."""
    found: dict[tuple[object, ...], _Wording] = {}
    for at, reading in enumerate(readings):
        keys = {term.key: rarity.weight(term) for term in (*reading.object.terms, *reading.audience.terms)}
        keys.update({f"<{thing}>": 2.0 for thing in reading.things})
        text = reading.object.text or reading.action.title
        said = (frozenset(keys.items()), reading.activity, text)
        wording = found.get(said)
        if wording is None:
            wording = found[said] = _Wording(keys, reading.activity, text, sum(keys.values()))
        wording.plans[reading.action.plan].append(at)
    return list(found.values())


def _best(
    ranked: Sequence[tuple[int, _Wording]], plan: str, itself: int | None, most: int
) -> Iterator[tuple[int, int]]:
    """Yield the rank and place of so many others that are most like an action, and of all that are strongly like it.

    Of one plan there are never more than ``most``, so that a plan that repeats itself does not make work for all.
    """
    others: list[tuple[int, int, str]] = []
    for rank, wording in ranked:
        for its_plan, members in wording.plans.items():
            if not plan or its_plan != plan:
                others += [(-rank, b, its_plan) for b in members[: most + 1] if b != itself][:most]
    taken: Counter[str] = Counter()
    strong = blocking()["strong"]
    for rank, b, its_plan in sorted(others):
        if taken[its_plan] < most and (taken.total() < most or -rank >= strong):
            taken[its_plan] += 1
            yield -rank, b


def _ranks(one: _Wording, others: Sequence[_Wording], likeness: Sequence[float | None]) -> Iterator[int]:
    """Yield a quick score for each other: common words by weight, meaning, and whether the verbs are of one class."""
    settings, mine = blocking(), list(one.keys.items())
    for other, alike in zip(others, likeness, strict=True):
        theirs = other.keys
        both = sum([weight for key, weight in mine if key in theirs])
        either = one.weight + other.weight - both
        words = both / either if either else 0.0
        points = settings["words"] * words + settings["meaning"] * (words if alike is None else alike)
        yield round(points + (settings["activity"] if agree(one.activity, other.activity) else 0))


class _Blocks:
    """Wordings by their keys and by pairs of keys; a block with too many of them says nothing and is left out."""

    def __init__(self, wordings: Sequence[_Wording]) -> None:
        blocks: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for at, wording in enumerate(wordings):
            for block in _blocks_of(wording.keys):
                blocks[block].append(at)
        self._blocks = {block: members for block, members in blocks.items() if len(members) <= blocking()["block"]}

    def near(self, keys: Mapping[str, float]) -> Iterator[int]:
        """Yield the wordings that share a block with these keys, those that share most and rarest of them first."""
        points: dict[int, float] = defaultdict(float)
        for block in _blocks_of(keys):
            if members := self._blocks.get(block):
                weight = sum([keys[key] for key in block])
                for at in members:
                    points[at] += weight
        ranked = sorted([(-weight, at) for at, weight in points.items()])
        yield from (at for _, at in ranked[: blocking()["gathered"]])


def _blocks_of(keys: Mapping[str, float]) -> Iterator[tuple[str, ...]]:
    heaviest = sorted(keys, key=lambda key: (-keys[key], key))[: blocking()["keys"]]
    yield from ((key,) for key in heaviest)
    yield from combinations(sorted(heaviest), 2)


class _Vectors:
    """The objects of wordings as vectors, and which are near which."""

    def __init__(self, mine: Sequence[_Wording], theirs: Sequence[_Wording], meaning: Meaning) -> None:
        texts = {text: at for at, text in enumerate(sorted({each.text for each in (*mine, *theirs)}))}
        self._matrix = meaning.vectors(list(texts))
        self._mine, self._theirs = [texts[each.text] for each in mine], [texts[each.text] for each in theirs]
        self._having: dict[int, list[int]] = defaultdict(list)
        for at, text in enumerate(self._theirs):
            self._having[text].append(at)
        self._near = _near(self._matrix, sorted(set(self._mine)), sorted(self._having))

    def near(self, at: int) -> Iterator[int]:
        """Yield the others whose objects are near that of a wording."""
        found = (other for text in self._near[self._mine[at]] for other in self._having[text])
        yield from islice(found, blocking()["gathered"])

    def likeness(self, at: int, others: Sequence[int]) -> list[float]:
        """Return how alike the object of a wording is to those of others, from 0 to 1."""
        if not others:
            return []
        rows = self._matrix[[self._theirs[other] for other in others]]
        return [max(0.0, round(each, 4)) for each in (rows @ self._matrix[self._mine[at]]).tolist()]


def _near(matrix: Vectors, sources: Sequence[int], targets: Sequence[int]) -> dict[int, list[int]]:
    """Return for each source row the targets that are nearest, best first.

    They are sought in its own cells, or among all if there are few.
    """
    import numpy as np

    settings = blocking()
    count, are_many = len(matrix), len(sources) * len(targets) > settings["exact"] ** 2
    pivots = list(range(0, count, max(1, round(count**0.5)))) if are_many else [0]
    cells = np.argsort(-(matrix @ matrix[pivots].T), axis=1, kind="stable")[:, : settings["cells"]]
    best: dict[int, dict[int, float]] = {row: {} for row in sources}
    asks, aims = np.zeros(count, dtype=bool), np.zeros(count, dtype=bool)
    asks[list(sources)], aims[list(targets)] = True, True
    for cell in range(len(pivots)):
        members = np.flatnonzero((cells == cell).any(axis=1))
        asking, within = members[asks[members]], members[aims[members]]
        if not len(within):
            continue
        for start in range(0, len(asking), settings["rows"]):
            rows = asking[start : start + settings["rows"]]
            alike = matrix[rows] @ matrix[within].T
            order = np.argsort(-alike, axis=1, kind="stable")[:, : settings["nearest"]]
            nearest = within[order].tolist(), np.take_along_axis(alike, order, axis=1).tolist()
            for row, found, values in zip(rows.tolist(), *nearest, strict=True):
                best[row].update(zip(found, values, strict=True))
    ranked = ((row, sorted(found.items(), key=lambda item: (-item[1], item[0]))) for row, found in best.items())
    return {row: [at for at, _ in each[: settings["nearest"]]] for row, each in ranked}
