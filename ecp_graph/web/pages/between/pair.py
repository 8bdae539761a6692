"""One plan against another: the findings between them by kind, and the actions that only one of them has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ecp_graph.sparql.results import Term
from ecp_graph.web.pages.between.plans import BETWEEN, Plan
from ecp_graph.web.show.panels import Panel, Row, panel, panel_of_page
from ecp_graph.web.state.site import site

__all__ = ["Action", "Found", "Group", "Pair", "pair_of"]

#: Findings that a page shows; the downloads have all of them.
_MOST: Final = 500
#: The query of actions that costs least.
_ACTIONS: Final = "actions-in-time"


@dataclass(frozen=True)
class Action:
    """An action of a plan as it is listed: its number as written, and its title with the language of that."""

    term: Term
    number: str
    title: Term


@dataclass(frozen=True)
class Found:
    """One finding on an action of either plan; an action that the list of actions lacks is None."""

    finding: Term
    one: Action | None
    other: Action | None
    row: Row
    questions: Sequence[str]


@dataclass(frozen=True)
class Group:
    """The findings of one kind."""

    kind: str
    found: Sequence[Found]


@dataclass(frozen=True)
class Pair:
    """What two plans have in common; ``only`` are the actions that either has alone, of the first and of the second."""

    groups: Sequence[Group]
    meeting: tuple[int, int]
    only: tuple[Sequence[Action], Sequence[Action]]
    panel: Panel


def pair_of(one: Plan, other: Plan, possible: str) -> Pair:
    """Return what two plans have in common; what is only of the kind ``possible`` counts for nothing in common."""
    found = panel_of_page(BETWEEN, _MOST, first=one.iri, second=other.iri)
    listed = _actions(one), _actions(other)
    numbered = [{action.number: action for action in actions} for actions in listed]
    questions = _questions(found.rows)
    groups: dict[str, list[Found]] = {}
    for row in found.rows:
        pair = (numbered[0].get(row["numberA"]), numbered[1].get(row["numberB"]))
        asked = questions.get(row["finding"], ())
        groups.setdefault(row["class"], []).append(Found(Term("iri", row["finding"]), *pair, row, asked))
    met = [{row[side] for row in found.rows if row["class"] != possible} for side in ("numberA", "numberB")]
    only = [[action for action in listed[at] if action.number not in met[at]] for at in (0, 1)]
    return Pair(
        [Group(kind, of) for kind, of in groups.items()],
        (len(met[0]), len(met[1])),
        (only[0], only[1]),
        found,
    )


def _actions(plan: Plan) -> list[Action]:
    """Return the actions of a plan; one without a number has its place, as findings have it."""
    found = panel(_ACTIONS, plan=plan.iri)
    titles = found.cells("title")
    return [
        Action(Term("iri", row["action"]), row["number"] or str(place), title)
        for place, (row, title) in enumerate(zip(found.rows, titles, strict=True), 1)
        if title is not None
    ]


def _questions(rows: Sequence[Row]) -> Mapping[str, Sequence[str]]:
    lists = site().lists
    return lists.questions([row["finding"] for row in rows]) if lists else {}
