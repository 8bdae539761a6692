"""What changed from one plan to another, change by change.

A body or chapter that is gone, and a new one that is in its place in every action, is one change: a new name, or a new
home for all of it; which of the two, the plans alone do not say.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from rapidfuzz import fuzz

from ecp_graph.overlap.changes.aligning import Alignment, align, settings
from ecp_graph.overlap.changes.rows import Party, PlanRow, PlanTime, same_words
from ecp_graph.overlap.likeness import Meaning, NamesIn

__all__ = ["KINDS", "Change", "changes_between"]

#: The kinds of changes, in the order in which they are told.
KINDS: Final = (
    *("dropped", "added", "split", "merged", "reworded", "moved", "reassigned", "rescheduled", "unchanged"),
)


@dataclass(frozen=True)
class Change:
    """One change: its kind, the numbers of the actions before and after, as written, and what changed in words."""

    kind: str
    old: tuple[str, ...]
    new: tuple[str, ...]
    what: str

    def as_json(self) -> dict[str, Any]:
        """Return the change as JSON."""
        return {"kind": self.kind, "old": list(self.old), "new": list(self.new), "what": self.what}


def changes_between(
    before: Sequence[PlanRow],
    after: Sequence[PlanRow],
    *,
    meaning: Meaning | None = None,
    names_in: NamesIn | None = None,
) -> tuple[Change, ...]:
    """Return the changes from one plan to another, by kind and in the order of the actions.

    An action with several changes has one of each kind; one without any is *unchanged*, whatever its number. For
    ``meaning`` and ``names_in`` see `align`.
    """
    found = _Comparison(before, after, align(before, after, meaning=meaning, names_in=names_in))
    told = [*found.whole(), *found.of_pairs()]
    return tuple(sorted(told, key=lambda change: KINDS.index(change.kind)))  # stable: the order of the actions stays


class _Comparison:
    """Two plans, which actions are the same, and which bodies and chapters have other names."""

    def __init__(self, before: Sequence[PlanRow], after: Sequence[PlanRow], found: Alignment) -> None:
        self.before, self.after, self.found = before, after, found
        self.pairs = [(before[a], after[b]) for a, b in found.pairs]
        self.names = {party.key: party.name for row in (*before, *after) for party in row.parties}
        self.bodies = _renamed(self.pairs, before, after, _bodies_of, lambda key: self.names[key])
        self.chapters = _renamed(self.pairs, before, after, _chapters_of, lambda key: " ".join(key))

    def whole(self) -> Iterator[Change]:
        """Yield what came, went, was split and was merged."""
        for a in self.found.dropped:
            yield Change("dropped", (self.before[a].name,), (), self.before[a].title)
        for b in self.found.added:
            yield Change("added", (), (self.after[b].name,), self.after[b].title)
        for a, parts in self.found.splits:
            rows = [self.after[b] for b in parts]
            what = f"“{self.before[a].title}” → {_titles(rows)}"
            yield Change("split", (self.before[a].name,), tuple(row.name for row in rows), what)
        for b, parts in self.found.merges:
            rows = [self.before[a] for a in parts]
            what = f"{_titles(rows)} → “{self.after[b].title}”"
            yield Change("merged", tuple(row.name for row in rows), (self.after[b].name,), what)

    def of_pairs(self) -> Iterator[Change]:
        """Yield what changed of the actions that both plans have."""
        yield from self._names("reassigned", self.bodies, _bodies_of, self.names)
        titles = {_chapter(row): row.chapter for row in (*self.before, *self.after)}
        yield from self._names("moved", self.chapters, _chapters_of, titles)
        for one, other in self.pairs:
            told = list(self._told(one, other)) or [("unchanged", other.title)]
            yield from (Change(kind, (one.name,), (other.name,), what) for kind, what in told)

    def _names(
        self,
        kind: str,
        renamed: Mapping[Any, Any],
        of: Callable[[PlanRow], Iterable[Any]],
        names: Mapping[Any, str],
    ) -> Iterator[Change]:
        for old, new in renamed.items():
            rows = [(one.name, other.name) for one, other in self.pairs if old in of(one)]
            how = "in its one action" if len(rows) == 1 else f"in all of its {len(rows)} actions"
            what = f"{names[old]} → {names[new]}, {how}: another name, or another in its place"
            yield Change(kind, tuple(one for one, _ in rows), tuple(other for _, other in rows), what)

    def _told(self, one: PlanRow, other: PlanRow) -> Iterator[tuple[str, str]]:
        if same_words(one.title) != same_words(other.title):
            yield "reworded", f"“{one.title}” → “{other.title}”"
        about = f"“{other.title}”: "
        chapter = _chapter(one)
        if self.chapters.get(chapter, chapter) != _chapter(other):
            yield "moved", f"{about}{one.chapter or 'no chapter'} → {other.chapter or 'no chapter'}"
        if self._is_reassigned(one, other):
            yield "reassigned", f"{about}{_listed(one.parties)} → {_listed(other.parties)}"
        if not one.time.is_same(other.time):
            yield "rescheduled", f"{about}{_time(one.time)} → {_time(other.time)}"

    def _is_reassigned(self, one: PlanRow, other: PlanRow) -> bool:
        """Return whether others are responsible, or the same in other roles; what one plan does not tell is no role."""
        before = {self.bodies.get(party.key, party.key): party.role for party in one.parties}
        after = {party.key: party.role for party in other.parties}
        if set(before) != set(after):
            return True
        return any(role and after[key] and role != after[key] for key, role in before.items())


def _renamed(
    pairs: Sequence[tuple[PlanRow, PlanRow]],
    before: Sequence[PlanRow],
    after: Sequence[PlanRow],
    of: Callable[[PlanRow], Iterable[Any]],
    name: Callable[[Any], str],
) -> dict[Any, Any]:
    """Return what is only in the first plan by what is only in the second and has its place in every action."""
    old = {each for row in before for each in of(row)} - {each for row in after for each in of(row)}
    new = {each for row in after for each in of(row)} - {each for row in before for each in of(row)}
    places: dict[Any, list[int]] = defaultdict(list)
    for at, (one, other) in enumerate(pairs):
        for each in {*(old & set(of(one))), *(new & set(of(other)))}:
            places[each].append(at)
    by_places = defaultdict(list)
    for each in sorted(new, key=name):
        by_places[tuple(places[each])].append(each)
    found = {}
    for each in sorted(old, key=name):
        likely = by_places[tuple(places[each])] if places[each] else []
        alike = {other: fuzz.token_set_ratio(name(each).casefold(), name(other).casefold()) for other in likely}
        best = max(likely, key=lambda other: alike[other], default=None)
        is_sure = len(places[each]) >= settings()["renamed"]["rows"]
        if best is not None and (is_sure or 10 * alike[best] >= settings()["renamed"]["alike"]):
            found[each] = best
            likely.remove(best)
    return found


def _bodies_of(row: PlanRow) -> set[str]:
    return {party.key for party in row.parties}


def _chapters_of(row: PlanRow) -> set[tuple[str, ...]]:
    return {_chapter(row)} - {()}


def _chapter(row: PlanRow) -> tuple[str, ...]:
    """Return the words of a chapter without the number before them."""
    words = same_words(row.chapter)
    return words[1:] if len(words) > 1 and words[0].isdecimal() else words


def _titles(rows: Iterable[PlanRow]) -> str:
    return ", ".join(f"“{row.title}”" for row in rows)


def _listed(parties: Iterable[Party]) -> str:
    told = (f"{party.name} ({party.role})" if party.role else party.name for party in parties)
    return ", ".join(told) or "nobody"


def _time(time: PlanTime) -> str:
    return time.text or "no time"
