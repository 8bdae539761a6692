"""Which action of a plan became which of another.

Actions with the same words are put together first, then, of the others, those that are the same in other words: the
pairs whose likenesses add up to the most, each action in one pair at most. Numbers and places only decide between
pairs that are else as good. What is left may be parts of one action (`ecp_graph.overlap.changes.parts`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

import yaml

from ecp_graph.overlap.changes.assignment import best_pairs
from ecp_graph.overlap.changes.parts import find_parts, share_out
from ecp_graph.overlap.changes.rows import PlanRow, same_words
from ecp_graph.overlap.likeness import (
    ActionText,
    Judge,
    Likeness,
    Meaning,
    NamesIn,
    Rarity,
    Reading,
    candidates,
    read_action,
)
from ecp_graph.overlap.likeness.verbs import agree

__all__ = ["Alignment", "align", "settings"]

#: How many actions of the other plan each one is compared with.
_MOST: Final = 8
#: More than all hints together, so that they never undo what a title says.
_SAME: Final = 1000


@cache
def settings() -> Mapping[str, Mapping[str, int]]:
    """Return what the comparison of plans goes by: weights.yaml of this folder."""
    found: Mapping[str, Any] = yaml.safe_load(
        resources.files(__package__).joinpath("weights.yaml").read_text(encoding="utf-8")
    )
    return found


@dataclass(frozen=True)
class Alignment:
    """Places in the lists of actions: pairs that are the same action, and wholes with their parts.

    ``splits`` have an action of the first plan and those of the second that it became, ``merges`` an action of the
    second and those of the first. Every place is in one of these, or in ``dropped`` or ``added``.
    """

    pairs: tuple[tuple[int, int], ...]
    splits: tuple[tuple[int, tuple[int, ...]], ...]
    merges: tuple[tuple[int, tuple[int, ...]], ...]
    dropped: tuple[int, ...]
    added: tuple[int, ...]


def align(
    before: Sequence[PlanRow],
    after: Sequence[PlanRow],
    *,
    meaning: Meaning | None = None,
    names_in: NamesIn | None = None,
) -> Alignment:
    """Return which action of the first plan is which of the second.

    ``meaning`` compares titles by what they mean, and ``names_in`` finds known things in a title; without them titles
    are compared by their words.
    """
    same = _with_same_words(before, after)
    rest_a, rest_b = (
        _without(range(len(before)), (a for a, _ in same)),
        _without(range(len(after)), (b for _, b in same)),
    )
    reworded = best_pairs(_likely(before, after, rest_a, rest_b, meaning, names_in))
    splits = find_parts(before, after, rest_a, rest_b, dict(reworded), settings()["parts"])
    rest_a = _without(rest_a, (a for a, _ in splits))
    rest_b = _without(rest_b, (b for _, parts in splits for b in parts))
    reworded = [(a, b) for a, b in reworded if a in rest_a and b in rest_b]
    merges = find_parts(after, before, rest_b, rest_a, {b: a for a, b in reworded}, settings()["parts"])
    rest_a = _without(rest_a, (a for _, parts in merges for a in parts))
    rest_b = _without(rest_b, (b for b, _ in merges))
    reworded = [(a, b) for a, b in reworded if a in rest_a and b in rest_b]
    return Alignment(
        pairs=tuple(sorted([*same, *reworded])),
        splits=tuple(splits),
        merges=tuple(merges),
        dropped=tuple(_without(rest_a, (a for a, _ in reworded))),
        added=tuple(_without(rest_b, (b for _, b in reworded))),
    )


def _without(places: Iterable[int], taken: Iterable[int]) -> list[int]:
    gone = set(taken)
    return [at for at in places if at not in gone]


def _with_same_words(before: Sequence[PlanRow], after: Sequence[PlanRow]) -> list[tuple[int, int]]:
    """Return the pairs of actions with the same title, the best of those that several have.

    Without the one whose work several with its title share out: these are parts of it.
    """
    groups: dict[tuple[str, ...], tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for side, rows in enumerate((before, after)):
        for at, row in enumerate(rows):
            groups[same_words(row.title)][side].append(at)
    found: list[tuple[int, int]] = []
    for mine, theirs in groups.values():
        ours, others = [before[a] for a in mine], [after[b] for b in theirs]
        if not _is_shared_out(ours, others) and not _is_shared_out(others, ours):
            found += best_pairs({(a, b): _SAME + _hints(before, after, a, b) for a in mine for b in theirs})
    return found


def _is_shared_out(wholes: Sequence[PlanRow], parts: Sequence[PlanRow]) -> bool:
    return len(wholes) == 1 and share_out(wholes[0], parts)


def _likely(
    before: Sequence[PlanRow],
    after: Sequence[PlanRow],
    rest_a: Sequence[int],
    rest_b: Sequence[int],
    meaning: Meaning | None,
    names_in: NamesIn | None,
) -> dict[tuple[int, int], int]:
    """Return the pairs of actions that are the same in other words, with how much speaks for them."""
    sides = [
        [_read(rows[at], plan, names_in) for at in rest]
        for plan, rows, rest in (("before", before, rest_a), ("after", after, rest_b))
    ]
    rarity = Rarity([*sides[0], *sides[1]])
    judge, found = Judge(rarity, meaning), {}
    for each in candidates(*sides, most=_MOST, rarity=rarity, meaning=meaning):
        one, other, a, b = sides[0][each.a], sides[1][each.b], rest_a[each.a], rest_b[each.b]
        likeness = judge.likeness(one, other)
        words = before[a].terms, after[b].terms
        if _is_same_action(one, other, likeness, words, knows_meaning=meaning is not None):
            found[a, b] = _SAME + likeness.score + _hints(before, after, a, b)
    return found


def _read(row: PlanRow, plan: str, names_in: NamesIn | None) -> Reading:
    return read_action(ActionText(row.title, row.language, plan=plan), names_in)


def _is_same_action(
    one: Reading, other: Reading, likeness: Likeness, words: tuple[frozenset[str], frozenset[str]], knows_meaning: bool
) -> bool:
    """Return whether two titles say the same action in other words; another activity makes it another action."""
    same = settings()["same"]
    activity = agree(one.activity, other.activity)
    parts = {part.name for part in likeness.parts}
    if words[0] == words[1]:
        return True
    if activity is False or "other-audience" in parts:
        return False
    if likeness.klass in ("duplication", "overlap"):
        return True
    if "forbidden" in parts:  # a number alone does not make it another action
        return _without_numbers(words[0]) == _without_numbers(words[1])
    mine, theirs = _keys(one), _keys(other)
    shared, shorter = mine & theirs, min(len(mine), len(theirs))
    says = shorter >= same["contained_words"] or any(key.startswith("<") for key in shared)
    if says and 1000 * len(shared) >= same["contained"] * shorter:
        return True
    if knows_meaning:
        return activity is True and likeness.score >= same["score"]
    return activity is True and 1000 * len(shared) >= same["words"] * len(mine | theirs)


def _keys(reading: Reading) -> frozenset[str]:
    """Return what a title says: the class of its activity, and its words and names."""
    activity = [f"!{reading.activity}"] if reading.activity else []
    return frozenset([*activity, *(term.key for term in (*reading.object.terms, *reading.audience.terms))])


def _without_numbers(terms: Iterable[str]) -> frozenset[str]:
    return frozenset(term for term in terms if not term.isdecimal())


def _hints(before: Sequence[PlanRow], after: Sequence[PlanRow], a: int, b: int) -> int:
    """Return how much speaks for a pair beside its titles."""
    one, other, weights = before[a], after[b], settings()["hints"]
    agreed = {
        "number": bool(one.number) and one.number == other.number,
        "chapter": bool(one.chapter) and same_words(one.chapter) == same_words(other.chapter),
        "parties": bool(one.parties) and set(one.parties) == set(other.parties),
        "time": one.time.is_same(other.time),
    }
    apart = abs(a / len(before) - b / len(after))
    return round(sum(weights[name] for name, holds in agreed.items() if holds) + weights["place"] * (1 - apart))
