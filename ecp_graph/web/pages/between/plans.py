"""The plans that are compared, and how much of their work each two of them have in common."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ecp_graph.queries.binding import bind
from ecp_graph.sparql.results import Table
from ecp_graph.web.show.panels import Panel, Row, panel
from ecp_graph.web.state.site import site

__all__ = [
    "BETWEEN",
    "PLANS",
    "UNREAD",
    "Cell",
    "Counts",
    "Matrix",
    "Plan",
    "compares_plans",
    "counts",
    "has_queries",
    "matrix_of",
    "plans",
    "unread_of",
]

#: The queries of what two plans have in common, of how much each two have, and of what was not understood of each.
BETWEEN: Final = "overlap-actions-between"
PLANS: Final = "overlap-plans"
UNREAD: Final = "plans-not-understood"
#: Shades of a matrix.
_SHADES: Final = 5
_UNSAFE: Final = re.compile(r"[^\w.-]+")


#: How many findings there are, by two plans (IRIs) and by kind.
Counts = Mapping[tuple[str, str], Mapping[str, int]]


@dataclass(frozen=True)
class Plan:
    """A plan with actions: its name in addresses, and how many actions it has, of which what was not understood."""

    iri: str
    slug: str
    name: str
    unread: Row


@dataclass(frozen=True)
class Cell:
    """How many findings two plans have, those that are only possible apart, and the strongest kind among the others."""

    number: int
    kind: str
    possible: int
    heat: int


@dataclass(frozen=True)
class Matrix:
    """Plans against plans; ``left_out`` are those without room, and ``cells`` has a pair in the order of the plans."""

    plans: Sequence[Plan]
    left_out: int
    cells: Mapping[tuple[str, str], Cell]

    def cell(self, one: Plan, other: Plan) -> Cell | None:
        """Return what two plans have in common, whichever comes first."""
        return self.cells.get((one.iri, other.iri)) or self.cells.get((other.iri, one.iri))


def plans() -> Mapping[str, Plan]:
    """Return the plans that have actions by their names in addresses, in the order of the query."""

    def make() -> Mapping[str, Plan]:
        found: dict[str, Plan] = {}
        for row in panel(UNREAD).rows:
            slug = _UNSAFE.sub("-", re.split(r"[/#:]", row["plan"].rstrip("/#:"))[-1]).strip("-.") or "plan"
            if slug in found:
                slug = f"{slug}-{hashlib.sha256(row['plan'].encode()).hexdigest()[:8]}"
            found[slug] = Plan(row["plan"], slug, row["planName"], row)
        return found

    return site().keep("compared plans", make)


def unread_of(*some: Plan) -> Panel:
    """Return what was not understood of some plans, out of the rows of all."""
    every, iris = panel(UNREAD), [plan.iri for plan in some]
    rows = [cells for row, cells in zip(every.rows, every.table.rows, strict=True) if row["plan"] in iris]
    given = {"plan": tuple(iris)}
    return Panel(every.query, given, bind(every.query, given, site().engine), Table(every.table.columns, tuple(rows)))


def has_queries() -> bool:
    """Whether the workspace has the queries of what plans have in common."""
    catalogue = site().catalogue
    return catalogue is not None and all(name in catalogue for name in (BETWEEN, PLANS, UNREAD))


def compares_plans() -> bool:
    """Whether there are plans to compare."""
    return has_queries() and len(plans()) > 1


def counts() -> Counts:
    """Return how many findings of each kind are between each two plans (IRIs), of those that have any."""
    found: dict[tuple[str, str], dict[str, int]] = {}
    for first, second, kind, number in _counted():
        of = found.setdefault((first, second), {})
        of[kind] = of.get(kind, 0) + number
    return found


def _counted() -> Iterable[tuple[str, str, str, int]]:
    lists, catalogue = site().lists, site().catalogue
    if lists is not None and catalogue is not None and lists.counts(catalogue[PLANS]):
        return lists.plan_pairs()
    return ((row["first"], row["second"], row["kind"], int(row["number"])) for row in panel(PLANS).rows)


def matrix_of(numbers: Counts, kinds: Sequence[str], possible: str, most: int) -> Matrix:
    """Return the matrix of the plans that have most in common.

    ``kinds`` are in their order, the strongest first; findings of the kind ``possible`` are counted apart.
    """
    sums = {pair: sum(number for kind, number in of.items() if kind != possible) for pair, of in numbers.items()}
    largest = max(sums.values(), default=0)
    cells = {
        pair: Cell(
            sums[pair],
            next((kind for kind in kinds if kind in of and kind != possible), ""),
            of.get(possible, 0),
            -(-_SHADES * sums[pair] // largest) if sums[pair] else 0,
        )
        for pair, of in numbers.items()
    }
    known = list(plans().values())
    shown = _with_most(known, sums, most)
    return Matrix(shown, len(known) - len(shown), cells)


def _with_most(known: Sequence[Plan], sums: Mapping[tuple[str, str], int], most: int) -> list[Plan]:
    """Return the plans with most in common, in their own order."""
    total: dict[str, int] = {}
    for pair, number in sums.items():
        for iri in pair:
            total[iri] = total.get(iri, 0) + number
    ranked = sorted(known, key=lambda plan: -total.get(plan.iri, 0))[:most]
    return [plan for plan in known if plan in ranked]
