"""Reads the data of matrices from the results of the catalogue's queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, overload

from ecp_graph.overlap.counting import WRITTEN_CODES
from ecp_graph.overlap.joins import Finding, Joins, Link, Plan, Thing
from ecp_graph.queries.catalogue import Query
from ecp_graph.sparql.results import Table
from ecp_graph.tables.lists.reading import Lists
from ecp_graph.tables.lists.wanted import Wanted

__all__ = ["CAUSES", "CONTENTS", "FINDINGS", "GRADES", "KINDS", "LINKS", "THINGS", "StoredJoins", "read_joins"]

#: The queries whose answers are read.
THINGS: Final = "dimension-things"
LINKS: Final = "dimension-links"
FINDINGS: Final = "overlap-cells"
GRADES: Final = "grades"
KINDS: Final = "overlap-kinds"
CONTENTS: Final = "contents"
#: The column of the findings that tells by what two meet.
CAUSES: Final = "causeKind"


@dataclass
class StoredJoins(Joins):
    """The same, of a release whose lists count the findings."""

    lists: Lists = field(kw_only=True)

    def marks(self) -> set[tuple[str, str, str]]:
        """Return the dimension, kind and grade of findings, each combination once."""
        return set(self.lists.kinds_of_findings)

    def things_on(self, dimension: str) -> tuple[str, ...]:
        """Return the kinds of things that findings of a dimension are on."""
        return tuple(thing for of, thing in self.lists.kinds_of_things if of == dimension)

    def findings_of(self, wanted: Wanted) -> Iterable[Finding]:
        """Return the findings that are wanted, those that are alike as one."""
        for each in self.lists.alike(wanted):
            marks = (each.cause_kind, each.kind, each.grade, each.certainty)
            yield Finding(wanted.dimension, each.member_a, each.member_b, *marks, number=each.number)

    def numbers_of(self, wanted: Wanted) -> Mapping[tuple[str, str], int]:
        """Return how many of the findings that are wanted each pair of members (IRIs) has."""
        return self.lists.numbers(wanted)


def read_joins(catalogue: Mapping[str, Query], ask: Callable[[str], Table], lists: Lists | None = None) -> Joins:
    """Return what matrices are counted from; ``ask`` answers a query of the catalogue by its name.

    It is asked for what the lists of a release do not hold. Grades and kinds have the order of the queries ``grades``
    and ``overlap-kinds``; ties and causes that of the values which the headers of ``dimension-links`` and
    ``overlap-cells`` list for their columns ``tie`` and ``causeKind``. A thing with several names has the first. Raises
    what ``ask`` raises, and KeyError for an answer without a column that is needed.
    """
    known: dict[str, str] = {}

    def rows(name: str, *columns: str) -> Iterator[tuple[str, ...]]:
        """Yield the values of the columns, row by row; the many equal ones share one string."""
        held = lists.texts(catalogue[name], columns) if lists else None
        for row in _rows(ask(name), columns) if held is None else held:
            yield tuple(known.setdefault(value, value) for value in row)

    written = {row[0]: row[1] for row in rows(WRITTEN_CODES, "thing", "written")} if WRITTEN_CODES in catalogue else {}
    sides = rows(THINGS, "thing", "dimension", "code", "name", "remark")
    things = [
        Thing(thing, dimension, code, name, remark, written.get(thing, ""))
        for thing, dimension, code, name, remark in sides
    ]
    links = _Links(lambda: rows(LINKS, "dimension", "thing", "link", "tie"))
    order = {
        "grades": tuple(dict.fromkeys(grade for (grade,) in rows(GRADES, "evidenceGrade"))),
        "ties": tuple(catalogue[LINKS].values_of("tie")),
        "kinds": tuple(dict.fromkeys(kind for (kind,) in rows(KINDS, "kind"))),
        "causes": tuple(catalogue[FINDINGS].values_of(CAUSES)),
    }
    plans = _plans(rows(CONTENTS, "plan", "planName", "action")) if CONTENTS in catalogue else ()
    if lists is not None and lists.counts(catalogue[FINDINGS]):
        return StoredJoins(things, links, (), **order, plans=plans, lists=lists)
    columns = ("dimension", "memberA", "memberB", CAUSES, "kind", "evidenceGrade", "certainty", "on", "plans")
    return Joins(things, links, [_finding(row) for row in rows(FINDINGS, *columns)], **order, plans=plans)


class _Links(Sequence[Link]):
    """The links of rows, which are read when they are needed: addresses of cells need the things alone."""

    def __init__(self, rows: Callable[[], Iterable[Sequence[str]]]) -> None:
        self._rows = rows

    @cached_property
    def _links(self) -> list[Link]:
        return [Link(*row) for row in self._rows()]

    @overload
    def __getitem__(self, at: int) -> Link: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[Link]: ...

    def __getitem__(self, at: int | slice) -> Link | Sequence[Link]:
        return self._links[at]

    def __len__(self) -> int:
        return len(self._links)


def _finding(row: Sequence[str]) -> Finding:
    dimension, one, other, cause, kind, grade, certainty, on, plans = row
    return Finding(dimension, one, other, cause, kind, grade, certainty, on, plans)


def _plans(rows: Iterable[tuple[str, ...]]) -> tuple[Plan, ...]:
    names: dict[str, str] = {}
    actions: dict[str, set[str]] = defaultdict(set)
    for plan, name, action in rows:
        if action:
            names.setdefault(plan, name)
            actions[plan].add(action)
    return tuple(Plan(plan, name or plan, frozenset(actions[plan])) for plan, name in names.items())


def _rows(table: Table, columns: Sequence[str]) -> Iterator[tuple[str, ...]]:
    places = {name: at for at, name in enumerate(table.columns)}
    at = [places[name] for name in columns]
    return (tuple(cell.value if (cell := row[place]) else "" for place in at) for row in table.rows)
