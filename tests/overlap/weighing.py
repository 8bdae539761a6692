"""Gathering in plain Python: what `ecp_graph.overlap.gathering` is compared with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

__all__ = ["Evidence", "Overlap", "Scales", "gather"]

_Row = TypeVar("_Row")


@dataclass(frozen=True)
class Evidence:
    """One row of a rule: a reading (IRI) states one step of the proof that two members (IRIs) overlap.

    ``kind`` and ``grade`` are notations, all others IRIs but ``premise``, ``way`` and ``step``: each premise has to
    hold; it holds by any action and way; a way is proved by all its steps, and a step by any reading. Rows on the cause
    prove the finding; those on another thing, that it is about this thing too.
    """

    member_a: str
    member_b: str
    kind: str
    cause: str
    on: str
    grade: str
    action: str = ""
    way: str = ""
    premise: str = ""
    step: str = ""
    reading: str = ""


@dataclass(frozen=True)
class Scales:
    """The orders by which evidence is weighed: notations, the strongest first, as the ontology has them.

    ``families`` has the broadest kind of each kind that has a broader one; ``certainty_of`` the certainty of each
    reading (IRI).
    """

    grades: Sequence[str] = ()
    kinds: Sequence[str] = ()
    certainties: Sequence[str] = ()
    families: Mapping[str, str] = field(default_factory=dict)
    certainty_of: Mapping[str, str] = field(default_factory=dict)

    def place(self, reading: str) -> int:
        """Return how weak a reading is, 0 for the strongest certainty; one without certainty is weaker than all."""
        return _place(self.certainties, self.certainty_of.get(reading, ""))

    @property
    def weakest(self) -> int:
        """The place of the weakest certainty, that of a mere interpretation."""
        return max(len(self.certainties) - 1, 1)


@dataclass
class Overlap:
    """Two members (IRIs, sorted), why they overlap, and on which things, with the evidence.

    ``certainty`` is empty where the readings have none.
    """

    members: tuple[str, str]
    cause: str
    kind: str
    grade: str
    certainty: str
    on: set[str]
    actions: set[str] = field(default_factory=set)
    readings: set[str] = field(default_factory=set)


def gather(rows: Iterable[Evidence], scales: Scales) -> list[Overlap]:
    """Return one overlap for each pair and cause, in the order of members and causes.

    A row whose members are one and the same is no overlap. What rests on the weakest certainty has the weakest grade.
    Of several kinds and grades for one pair and cause the strongest grade counts, then what does not rest on the
    weakest certainty, then the first kind, then what claims the strongest grade. Findings of a pair and a family of
    kinds that the same actions show are one, with the cause of the strongest.
    """
    claims: dict[tuple[str, str, str], dict[tuple[str, str], list[Evidence]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        if row.member_a != row.member_b:
            first, second = sorted((row.member_a, row.member_b))
            claims[first, second, row.cause][row.kind, row.grade].append(row)
    found: dict[Hashable, list[Overlap]] = defaultdict(list)
    for (first, second, cause), by_claim in claims.items():
        claimed = sorted(by_claim.items(), key=lambda item: _place(scales.grades, item[0][1]))
        weighed = [_weighed((first, second), cause, *claim, rows, scales) for claim, rows in claimed]
        best = min(weighed, key=lambda overlap: _strength(overlap, scales))
        family = scales.families.get(best.kind, best.kind)
        found[first, second, (family, frozenset(best.actions)) if best.actions else cause].append(best)
    merged = [_merged(sorted(same, key=lambda overlap: _strength(overlap, scales)), scales) for same in found.values()]
    return sorted(merged, key=lambda overlap: (overlap.members, overlap.cause))


def _strength(overlap: Overlap, scales: Scales) -> tuple[int, bool, int, int, str]:
    return (
        _place(scales.grades, overlap.grade),
        _is_weakest(overlap, scales),
        _place(scales.kinds, overlap.kind),
        _place(scales.certainties, overlap.certainty),
        overlap.cause,
    )


def _is_weakest(overlap: Overlap, scales: Scales) -> bool:
    return _place(scales.certainties, overlap.certainty) >= scales.weakest


def _place(order: Sequence[str], mark: str) -> int:
    return order.index(mark) if mark in order else len(order)


def _weighed(
    members: tuple[str, str], cause: str, kind: str, grade: str, rows: Sequence[Evidence], scales: Scales
) -> Overlap:
    """Return the overlap that the rows of one kind and grade prove, without what only the weakest readings say."""
    of_thing = _grouped(rows, lambda row: row.on)
    proofs = {thing: _proof(own, scales) for thing, own in of_thing.items()}
    certain = proofs[cause] if cause in proofs else min(proofs.values())
    is_better = certain < scales.weakest
    kept = [
        row
        for thing, own in of_thing.items()
        if not is_better or proofs[thing] < scales.weakest
        for row in (_needed(own, scales) if is_better else own)
    ]
    return Overlap(
        members,
        cause,
        kind,
        grade if is_better else scales.grades[-1],
        scales.certainties[certain] if certain < len(scales.certainties) else "",
        {cause, *(row.on for row in kept)},
        {row.action for row in kept if row.action},
        {row.reading for row in kept if row.reading},
    )


def _proof(rows: Iterable[Evidence], scales: Scales) -> int:
    """Return the place of the certainty at which all premises of the rows hold."""
    return max(
        min(_alternative(way, scales) for way in _grouped(own, lambda row: (row.action, row.way)).values())
        for own in _grouped(rows, lambda row: row.premise).values()
    )


def _alternative(rows: Iterable[Evidence], scales: Scales) -> int:
    """Return the place at which one way of proving a premise holds: its weakest step, each by its best reading."""
    return max(min(scales.place(row.reading) for row in own) for own in _grouped(rows, lambda row: row.step).values())


def _needed(rows: Iterable[Evidence], scales: Scales) -> list[Evidence]:
    """Return the rows without the ways and readings of the weakest certainty, where better ones prove the same."""
    ways = _grouped(rows, lambda row: (row.premise, row.action, row.way)).values()
    return [
        row
        for way in ways
        if _alternative(way, scales) < scales.weakest
        for row in way
        if scales.place(row.reading) < scales.weakest
    ]


def _merged(same: Sequence[Overlap], scales: Scales) -> Overlap:
    """Return the first of some overlaps, the strongest, with the things of all that are as good as it."""
    best, *others = same
    for other in others:
        if _is_weakest(best, scales) or not _is_weakest(other, scales):
            best.on |= other.on
            best.readings |= other.readings
    return best


def _grouped(rows: Iterable[_Row], key: Callable[[_Row], Hashable]) -> Mapping[Hashable, list[_Row]]:
    groups: dict[Hashable, list[_Row]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return groups
