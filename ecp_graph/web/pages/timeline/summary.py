"""Many actions in time, summed up: how many are due in each month or year, by plan or by group."""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ecp_graph.web.pages.actions.choice import ActionList
from ecp_graph.web.pages.actions.facets import positions

__all__ = ["Column", "Summary", "SummaryRow", "summary_of"]

#: The facet that rows are summed up by, where there are several plans.
_PLAN: Final = "plan"
#: Columns of months; with more than that, there is one for each year.
_MOST_MONTHS: Final = 24
_MONTH, _YEAR = len("2017-01"), len("2017")


@dataclass(frozen=True)
class Column:
    """A month or year: its name, and its first and last day."""

    name: str
    begins: str
    ends: str


@dataclass(frozen=True)
class SummaryRow:
    """A plan or group: its name, the value that chooses it, its actions by column, without a date, and in all."""

    name: str
    chosen: str
    counts: Mapping[str, int]
    dateless: int
    total: int


@dataclass(frozen=True)
class Summary:
    """The rows, what they are, and the columns that have anything."""

    facet: str
    columns: tuple[Column, ...]
    rows: tuple[SummaryRow, ...]


def summary_of(actions: ActionList, groups: Iterable[tuple[str, Sequence[int]]], by: str) -> Summary:
    """Return the actions of groups summed up: by plan where there are several, else by the facet of the groups."""
    chosen = sum(1 << at for at in {at for _, rows in groups for at in rows})
    facet = _PLAN if _PLAN in actions.facets.facets else by
    ends = [row["ends"] for row in actions.rows]
    months = {ends[at][:_MONTH] for at in positions(chosen) if ends[at]}
    size = _MONTH if len(months) <= _MOST_MONTHS else _YEAR
    rows = []
    for value in actions.facets.facets[facet].values if facet in actions.facets.facets else ():
        places = positions(value.things & chosen)
        counts = Counter(ends[at][:size] for at in places if ends[at])
        if places:
            rows.append(SummaryRow(value.name, value.key, counts, len(places) - counts.total(), len(places)))
    return Summary(facet, tuple(map(_column, sorted({month[:size] for month in months}))), tuple(rows))


def _column(name: str) -> Column:
    if len(name) == _YEAR:
        return Column(name, f"{name}-01-01", f"{name}-12-31")
    year, month = map(int, name.split("-"))
    return Column(name, f"{name}-01", f"{name}-{monthrange(year, month)[1]:02}")
