"""A newer version of a document: which of its rows are actions that there are already, and what is no longer there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final, TypeVar

import yaml
from rapidfuzz import fuzz, process

from ecp_graph.plans.draft.model import Draft, DraftRow, Orphan
from ecp_graph.plans.writing.texts import key, words

__all__ = ["Earlier", "compared"]

_FILE: Final = Path(__file__).with_name("again.yaml")

Value = TypeVar("Value")


@dataclass(frozen=True)
class Earlier:
    """An action as it was last imported, or earlier and orphaned since."""

    action: str
    number: str
    title: str


def compared(draft: Draft, earlier: Sequence[Earlier]) -> Draft:
    """Return the draft with the IRIs of the actions that its rows are, what changed, and what is no longer there.

    A row is an action by its number and text, by its text alone, or by its number with a text much like; each action
    is one row's at most. An orphan that is there again gets its IRI back.
    """
    if not earlier:
        return draft
    found = _pairs(draft.rows, earlier)
    rows = tuple(
        replace(row, action=one.action, change=_change(row, one))
        if (one := found.get(number))
        else replace(row, change="new")
        for number, row in enumerate(draft.rows)
    )
    kept = {one.action for one in found.values()}
    orphans = tuple(Orphan(one.action, one.number, one.title) for one in earlier if one.action not in kept)
    return replace(draft, rows=rows, orphans=orphans)


def _pairs(rows: Sequence[DraftRow], earlier: Sequence[Earlier]) -> dict[int, Earlier]:
    found: dict[int, Earlier] = {}
    free = {one.action: one for one in earlier}

    def pair(number: int, one: Earlier) -> None:
        found[number] = free.pop(one.action)

    keys: tuple[tuple[Callable[[DraftRow], object], Callable[[Earlier], object]], ...] = (
        (lambda row: (key(row.number), words(row.title)), lambda one: (key(one.number), words(one.title))),
        (lambda row: words(row.title), lambda one: words(one.title)),
    )
    for of_row, of_action in keys:
        known = _by(free.values(), of_action)
        places = _by((number for number in range(len(rows)) if number not in found), lambda at: of_row(rows[at]))  # noqa: B023
        for value, numbers in places.items():
            # alike rows are told apart by their order, but only where there are as many of them as before
            if len(known.get(value, ())) == len(numbers):
                for number, one in zip(numbers, known[value], strict=True):
                    pair(number, one)
    texts = {action: words(one.title) for action, one in free.items()}
    for number, row in enumerate(rows):
        if number not in found and (alike := _alike(row, free, texts)):
            pair(number, alike)
            del texts[alike.action]
    return found


def _alike(row: DraftRow, free: Mapping[str, Earlier], texts: Mapping[str, str]) -> Earlier | None:
    """Return the action with a row's number and a text much like it, else the only one with almost its text."""
    limits = _limits()
    numbered = [one for one in free.values() if row.number and key(one.number) == key(row.number)]
    if len(numbered) == 1 and _likeness(row.title, numbered[0].title) >= limits["same_number"]:
        return numbered[0]
    cutoff = limits["other_number"] * 100
    best = process.extract(words(row.title), texts, scorer=fuzz.token_sort_ratio, score_cutoff=cutoff, limit=2)
    return free[best[0][2]] if len(best) == 1 else None


def _likeness(first: str, second: str) -> float:
    return fuzz.token_sort_ratio(words(first), words(second)) / 100


def _change(row: DraftRow, one: Earlier) -> str:
    is_same = key(row.number) == key(one.number) and key(row.title) == key(one.title)
    return "same" if is_same else "changed"


def _by(values: Iterable[Value], of: Callable[[Value], object]) -> dict[object, list[Value]]:
    found = defaultdict[object, list[Value]](list)
    for value in values:
        found[of(value)].append(value)
    return found


@cache
def _limits() -> dict[str, float]:
    held: dict[str, float] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return held
