"""Pairs of actions of different plans: which are worth comparing, and what they are to each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from ecp_graph.overlap.across.actions import PlanAction
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

__all__ = ["Comparison", "Pair", "compare_actions"]

_CLAIMED: Final = ("duplication", "overlap")


@dataclass(frozen=True)
class Comparison:
    """What actions are compared by: the known names in a title, and the meaning of texts, each where there is one.

    ``called`` are the names by which reasons call things (IRIs).
    """

    names_in: NamesIn | None = None
    meaning: Meaning | None = None
    called: Mapping[str, str] = field(default_factory=dict)
    _read: dict[ActionText, Reading] = field(default_factory=dict, compare=False, repr=False)

    def read(self, action: ActionText) -> Reading:
        """Return what is read of an action, which is read once."""
        if action not in self._read:
            self._read[action] = read_action(action, self.names_in)
        return self._read[action]


class Pair(NamedTuple):
    """Two actions that have something in common.

    ``shared`` are the known things (IRIs) that both are about, ``words`` what their objects have in common;
    ``questions`` is what the finding leaves to those who decide; ``is_independent`` is false where one of the two
    only restates the other, or takes it up again in a later phase.
    """

    first: PlanAction
    second: PlanAction
    likeness: Likeness
    shared: tuple[str, ...]
    words: str
    questions: tuple[str, ...]
    is_independent: bool = True


def compare_actions(
    actions: Sequence[PlanAction],
    others: Sequence[PlanAction] | None = None,
    *,
    by: Comparison,
    progress: Callable[[int, int], None] | None = None,
) -> list[Pair]:
    """Return the pairs of different plans that have something in common; with ``others``, each of one from either.

    What only restates an action of the other's plan, and what a later phase takes up again, is related at most.
    The pairs come in the order of the actions given. ``progress`` is called while texts are encoded, with how many are
    done and how many there are.
    """
    mine = [by.read(action.text) for action in actions]
    theirs = None if others is None else [by.read(action.text) for action in others]
    rarity = Rarity([*mine, *(theirs or ())])
    found = candidates(mine, theirs, rarity=rarity, meaning=by.meaning, progress=progress)
    right, read = (actions, mine) if others is None or theirs is None else (others, theirs)
    judge = Judge(rarity, by.meaning, by.called)
    pairs = []
    for each in sorted(found, key=lambda each: (each.a, each.b)):
        if likeness := judge.found(mine[each.a], read[each.b]):
            pairs.append(_pair(actions[each.a], right[each.b], mine[each.a], read[each.b], likeness, by))
    return pairs


def _pair(
    first: PlanAction,
    second: PlanAction,
    one: Reading,
    other: Reading,
    likeness: Likeness,
    by: Comparison,
) -> Pair:
    why = _not_independent(first, second, one, other)
    if why and likeness.klass in _CLAIMED:
        likeness = likeness._replace(klass="related", why=(why, *likeness.why))
    return Pair(
        first,
        second,
        likeness,
        tuple(sorted(one.things & other.things)),
        _words(one, other, likeness),
        tuple(_questions(first, second, by.called)) if likeness.klass in _CLAIMED else (),
        not why,
    )


def _words(one: Reading, other: Reading, likeness: Likeness) -> str:
    """Return what the objects have in common: the whole of one, where the other has all its words, or those words."""
    both = {
        word for part in likeness.parts if part.name == "object" and part.value for word in part.because.split(", ")
    }
    for reading in (one, other):
        if both.issuperset(term.written for term in reading.object.terms):
            return reading.object.text
    written = [term.written for term in (*one.object.terms, *other.object.terms)]
    return ", ".join(dict.fromkeys(word for word in written if word in both))


def _not_independent(first: PlanAction, second: PlanAction, one: Reading, other: Reading) -> str:
    """Return why the two are no evidence of work that is done twice; empty where they are."""
    for action, reading, plan in ((first, one, second.plan), (second, other, first.plan)):
        if plan in action.programmes or plan in reading.names:
            return "one restates work of the other's plan"
        if plan in action.earlier:
            return "one plan is a later phase of the other"
    return ""


def _questions(first: PlanAction, second: PlanAction, called: Mapping[str, str]) -> Iterator[str]:
    """Yield who leads, where each action has a lead and neither of these takes part in the other action."""
    mine, theirs = set(first.leads), set(second.leads)
    if mine and theirs and not (mine | set(first.partners)) & theirs and not mine & set(second.partners):
        names = [", ".join(sorted(called.get(iri, iri) for iri in leads)) for leads in (mine, theirs)]
        yield f"two leads: {names[0]} and {names[1]}"
