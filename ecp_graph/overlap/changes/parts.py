"""Which actions are the parts that another one was split into, or was made of.

Parts say hardly anything that the whole does not say, each of them something that the other parts do not, and together
most of it. Parts with one and the same title are parts if they share out who does the work.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from ecp_graph.overlap.changes.rows import PlanRow, same_words

__all__ = ["find_parts", "share_out"]

#: Examples in brackets, which one of two wordings often leaves out.
_BRACKETS: Final = re.compile(r"\([^()]*\)")


def find_parts(
    wholes: Sequence[PlanRow],
    parts: Sequence[PlanRow],
    rest: Sequence[int],
    others: Sequence[int],
    paired: Mapping[int, int],
    settings: Mapping[str, int],
) -> list[tuple[int, tuple[int, ...]]]:
    """Return wholes with their parts, as places in the two lists.

    ``rest`` are the places of actions that may be wholes, ``others`` those that may be parts, ``paired`` the part that
    a whole is taken for so far; a part that another action is taken for stays with that.
    """
    words = {at: _terms(parts[at]) for at in others}
    held = set(paired.values())
    found = []
    for whole in rest:
        own = paired.get(whole)
        terms = wholes[whole].terms
        free = [at for at in others if (at not in held or at == own) and _is_part(words[at], terms, settings)]
        chosen = _needed(terms, {at: words[at] for at in free})
        covered = terms & frozenset[str]().union(*(words[at] for at in chosen))
        if len(chosen) < 2 or 1000 * len(covered) < settings["covered"] * len(terms):
            chosen = _shared_out(wholes[whole], parts, free)
        if len(chosen) >= 2 and (own is None or own in chosen):
            found.append((whole, tuple(sorted(chosen))))
            held.update(chosen)
    return found


def _terms(row: PlanRow) -> frozenset[str]:
    title = _BRACKETS.sub(" ", row.title)
    return replace(row, title=title).terms or row.terms


def _is_part(part: frozenset[str], whole: frozenset[str], settings: Mapping[str, int]) -> bool:
    return len(part) >= 2 and 1000 * len(part & whole) >= settings["contained"] * len(part)


def _needed(whole: frozenset[str], parts: Mapping[int, frozenset[str]]) -> list[int]:
    """Return the parts without those that say of the whole what the others say together, the longest kept first."""
    chosen = sorted(parts, key=lambda at: (-len(parts[at] & whole), at))
    for at in reversed(list(chosen)):
        rest = frozenset[str]().union(*(parts[other] for other in chosen if other != at))
        if parts[at] & whole <= rest:
            chosen.remove(at)
    return chosen


def _shared_out(whole: PlanRow, parts: Sequence[PlanRow], free: Iterable[int]) -> list[int]:
    same = [at for at in free if same_words(parts[at].title) == same_words(whole.title)]
    return same if share_out(whole, [parts[at] for at in same]) else []


def share_out(whole: PlanRow, parts: Sequence[PlanRow]) -> bool:
    """Return whether some actions together have those who are responsible for another, and each of them only some."""
    of_each = [{party.key for party in part.parties} for part in parts]
    keys = {party.key for party in whole.parties}
    return len(parts) > 1 and keys == set().union(*of_each) and all(each < keys for each in of_each)
