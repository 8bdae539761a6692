"""Which actions are worth comparing: those that share a rare word, name or known thing, or are near in meaning.

The work grows with what is similar, not with the square of the actions: a key that many actions have is no key, and
vectors are compared inside cells around pivots.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from ecp_graph.overlap.likeness.action import Reading
from ecp_graph.overlap.likeness.meaning import Meaning
from ecp_graph.overlap.likeness.objects import Rarity
from ecp_graph.overlap.likeness.settings import blocking
from ecp_graph.overlap.likeness.verbs import agree

if TYPE_CHECKING:
    from ecp_graph.overlap.likeness.meaning import Vectors

__all__ = ["Candidate", "candidates"]


@dataclass(frozen=True)
class Candidate:
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
    weights.yaml. ``progress`` is called while texts are encoded, with how many are done and how many there are.
    """
    if not actions or (others is not None and not others):
        return []
    theirs = actions if others is None else others
    rarity = rarity or Rarity([*actions, *(others or ())])
    vectors = _Vectors(actions, theirs, meaning, progress) if meaning else None
    mine_keys, their_keys = _weighted(actions, rarity), _weighted(theirs, rarity)
    by_term = _Blocks(their_keys)
    found: dict[tuple[int, int], Candidate] = {}
    for a, reading in enumerate(actions):
        near = {*by_term.near(mine_keys[a]), *(vectors.near(a) if vectors else ())}
        possible = sorted(b for b in near if _may_be(reading, theirs[b]) and not (others is None and a == b))
        likeness = vectors.likeness(a, possible) if vectors else [None] * len(possible)
        ranked = sorted(
            (-_rank(reading, theirs[b], mine_keys[a], their_keys[b], alike), b)
            for b, alike in zip(possible, likeness, strict=True)
        )
        for rank, b in ranked[: most or blocking()["most"]]:
            if -rank >= blocking()["least_rank"]:
                first, second = (a, b) if others is not None else (min(a, b), max(a, b))
                found[first, second] = Candidate(first, second, -rank)
    return sorted(found.values(), key=lambda each: (each.a, -each.rank, each.b))


def _may_be(one: Reading, other: Reading) -> bool:
    return not one.action.plan or one.action.plan != other.action.plan


def _rank(a: Reading, b: Reading, mine: Mapping[str, float], theirs: Mapping[str, float], alike: float | None) -> int:
    """Return a quick score: words in common by weight, meaning, and whether the verbs are of one class."""
    both = sum(weight for key, weight in mine.items() if key in theirs)
    either = sum(mine.values()) + sum(theirs.values()) - both
    words = both / either if either else 0.0
    settings = blocking()
    points = settings["words"] * words + settings["meaning"] * (words if alike is None else alike)
    return round(points + (settings["activity"] if agree(a.activity, b.activity) else 0))


def _weighted(readings: Sequence[Reading], rarity: Rarity) -> list[dict[str, float]]:
    """Return the keys of each action with their weights: the terms of its object and its known things."""
    found = []
    for reading in readings:
        keys = {term.key: rarity.weight(term) for term in (*reading.object.terms, *reading.audience.terms)}
        keys.update({f"<{thing}>": 2.0 for thing in reading.things})
        found.append(keys)
    return found


class _Blocks:
    """Actions by their keys and by pairs of keys; a block with too many actions says nothing and is left out."""

    def __init__(self, keyed: Sequence[Mapping[str, float]]) -> None:
        blocks: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for at, keys in enumerate(keyed):
            for block in _blocks_of(keys):
                blocks[block].append(at)
        self._blocks = {block: members for block, members in blocks.items() if len(members) <= blocking()["block"]}

    def near(self, keys: Mapping[str, float]) -> Iterator[int]:
        """Yield the actions that share a block with these keys, those that share most and rarest of them first."""
        points: dict[int, float] = defaultdict(float)
        for block in _blocks_of(keys):
            for at in self._blocks.get(block, ()):
                points[at] += sum(keys[key] for key in block)
        ranked = sorted(points.items(), key=lambda item: (-item[1], item[0]))
        yield from (at for at, _ in ranked[: blocking()["gathered"]])


def _blocks_of(keys: Mapping[str, float]) -> Iterator[tuple[str, ...]]:
    heaviest = sorted(keys, key=lambda key: (-keys[key], key))[: blocking()["keys"]]
    yield from ((key,) for key in heaviest)
    yield from combinations(sorted(heaviest), 2)


class _Vectors:
    """The objects of actions as vectors, and which are near which."""

    def __init__(
        self,
        actions: Sequence[Reading],
        others: Sequence[Reading],
        meaning: Meaning,
        progress: Callable[[int, int], None] | None,
    ) -> None:
        mine, theirs = [_text(each) for each in actions], [_text(each) for each in others]
        # All that a comparison asks about as well, since many texts at once are encoded faster than each by itself.
        meaning.prepare((text for each in (*actions, *others) for text in each.texts), progress)
        self._texts = {text: at for at, text in enumerate(sorted({*mine, *theirs}))}
        self._matrix = meaning.vectors(list(self._texts))
        self._mine, self._theirs = [self._texts[text] for text in mine], [self._texts[text] for text in theirs]
        self._having: dict[int, list[int]] = defaultdict(list)
        for at, text in enumerate(self._theirs):
            self._having[text].append(at)
        self._near = _near(self._matrix, sorted(self._having))

    def near(self, a: int) -> Iterator[int]:
        """Yield the others whose objects are near that of an action."""
        found = (at for text in self._near[self._mine[a]] for at in self._having[text])
        yield from (at for at, _ in zip(found, range(blocking()["gathered"]), strict=False))

    def likeness(self, a: int, others: Sequence[int]) -> list[float]:
        """Return how alike the object of an action is to those of others, from 0 to 1."""
        if not others:
            return []
        rows = self._matrix[[self._theirs[b] for b in others]]
        return [max(0.0, round(float(each), 4)) for each in rows @ self._matrix[self._mine[a]]]


def _text(reading: Reading) -> str:
    return reading.object.text or reading.action.title


def _near(matrix: Vectors, targets: Sequence[int]) -> list[list[int]]:
    """Return for each row the targets that are nearest, best first: in its own cells, or among all if they are few."""
    import numpy as np

    settings = blocking()
    count = len(matrix)
    pivots = list(range(0, count, max(1, round(count**0.5)))) if count > settings["exact"] else [0]
    cells = np.argsort(-(matrix @ matrix[pivots].T), axis=1, kind="stable")[:, : settings["cells"]]
    best: list[dict[int, float]] = [{} for _ in range(count)]
    aims = np.zeros(count, dtype=bool)
    aims[list(targets)] = True
    for cell in range(len(pivots)):
        members = np.flatnonzero((cells == cell).any(axis=1))
        within = members[aims[members]]
        if not len(within):
            continue
        for start in range(0, len(members), settings["rows"]):
            rows = members[start : start + settings["rows"]]
            alike = matrix[rows] @ matrix[within].T
            order = np.argsort(-alike, axis=1, kind="stable")[:, : settings["nearest"]]
            for row, columns, values in zip(rows, order, alike, strict=True):
                best[row].update({int(within[at]): float(values[at]) for at in columns})
    ranked = (sorted(found.items(), key=lambda item: (-item[1], item[0])) for found in best)
    return [[at for at, _ in each[: settings["nearest"]]] for each in ranked]
