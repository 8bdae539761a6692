"""Which answers of the catalogue differ between two plans."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from ecp_graph.engine import Engine
from ecp_graph.engine.asking import ask_table
from ecp_graph.namespaces import ECP
from ecp_graph.queries.binding import bind
from ecp_graph.queries.catalogue import Catalogue, Query
from ecp_graph.sparql.results import Table, Term

__all__ = ["ChangedAnswer", "changed_answers"]

_PLAN: Final = ECP + "Plan"


@dataclass(frozen=True)
class ChangedAnswer:
    """A query whose answers differ: the numbers of rows of either plan, and of those that only one has."""

    query: str
    title: str
    before: int
    after: int
    gone: int
    new: int

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return dict(vars(self))


def changed_answers(
    catalogue: Catalogue, before: tuple[Engine, str], after: tuple[Engine, str], *, timeout_s: float | None = None
) -> tuple[tuple[ChangedAnswer, ...], int]:
    """Return the queries that take a plan and answer otherwise for the second one, and how many queries were asked.

    A plan is given by the engine that answers for it, and its IRI. Rows are compared by what they say, whatever the
    IRIs in them and without what they say of the plan itself. Raises what the engine raises.
    """
    found, asked = [], 0
    for query in catalogue.values():
        parameter = _plan_of(query)
        if parameter is None:
            continue
        asked += 1
        sides = [
            Counter(_rows(ask_table(engine, bind(query, {parameter: plan}, engine), timeout_s=timeout_s), parameter))
            for engine, plan in (before, after)
        ]
        gone, new = sides[0] - sides[1], sides[1] - sides[0]
        if gone or new:
            counts = (side.total() for side in (*sides, gone, new))
            found.append(ChangedAnswer(query.name, query.summary, *counts))
    return tuple(found), asked


def _plan_of(query: Query) -> str | None:
    """Return the parameter of a query that is a plan, if it needs no other."""
    plans = [each.name for each in query.parameters if each.of_class == _PLAN]
    others = [each for each in query.parameters if each.required and each.name not in plans]
    return plans[0] if query.kind == "table" and len(plans) == 1 and not others else None


def _rows(table: Table, parameter: str) -> Iterator[tuple[str, ...]]:
    """Yield what each row says, without what columns named after the parameter say of the plan itself."""
    told = [at for at, name in enumerate(table.columns) if not name.startswith(parameter)]
    for row in table.rows:
        yield tuple(_said(row[at]) for at in told)


def _said(cell: Term | None) -> str:
    return cell.value if cell is not None and cell.kind != "iri" else ""
