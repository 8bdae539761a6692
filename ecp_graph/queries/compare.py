"""Compares two releases in terms of things that an analyst knows: actions, bodies, dates, overlaps.

Each query of the catalogue with ``compare`` in its header is run on both releases, and its rows are compared thing by
thing. This module does not depend on any class or property.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ecp_graph.engine import Engine
from ecp_graph.engine.asking import ask_table
from ecp_graph.queries.binding import bind
from ecp_graph.queries.catalogue import Catalogue, Query
from ecp_graph.sparql.results import Term

__all__ = ["Change", "Difference", "Field", "Section", "compare", "compare_rows"]

Kind = Literal["added", "removed", "changed"]
#: The values of one thing, column by column; several rows give several values.
Things = Mapping[str, Mapping[str, tuple[str, ...]]]


@dataclass(frozen=True)
class Field:
    """One column whose value differs: its name, its meaning, and the values before and after."""

    column: str
    meaning: str
    before: str
    after: str


@dataclass(frozen=True)
class Change:
    """One thing (IRI and name) that was added, removed or changed; ``fields`` are its changed columns."""

    kind: Kind
    thing: str
    name: str
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True)
class Section:
    """One comparison: its query, the number of things in each release, and the changes."""

    query: str
    title: str
    before: int
    after: int
    changes: tuple[Change, ...]

    def count(self, kind: Kind) -> int:
        """Return how many things came, went or changed."""
        return sum(change.kind == kind for change in self.changes)


@dataclass(frozen=True)
class Difference:
    """The result of a comparison, in sections; empty if no section has changes."""

    sections: tuple[Section, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing changed."""
        return not any(section.changes for section in self.sections)

    @property
    def summary(self) -> str:
        """The changes in one sentence, as in ``Actions: 1 changed. Dates: 2 added, 1 removed.``"""
        parts = []
        for section in self.sections:
            kinds: tuple[Kind, ...] = ("added", "removed", "changed")
            counts = [f"{section.count(kind)} {kind}" for kind in kinds if section.count(kind)]
            if counts:
                parts.append(f"{section.title}: {', '.join(counts)}.")
        return " ".join(parts) or "No differences."

    def as_json(self) -> dict[str, Any]:
        """Return the whole as JSON: ``same``, and ``sections`` with their ``changes`` and the ``fields`` of these."""
        return {"same": self.is_empty, "sections": [_section_json(section) for section in self.sections]}


def compare(
    before: Engine,
    after: Engine,
    catalogue: Catalogue,
    *,
    timeout_s: float | None = None,
    max_bytes: int | None = None,
) -> Difference:
    """Return the differences between two graphs, according to the catalogue's queries with ``compare``.

    Raises what the engines raise, and ResultTooLarge if an answer is larger than ``max_bytes``.
    """
    return Difference(
        tuple(
            compare_rows(query, *(_things(query, side, timeout_s, max_bytes) for side in (before, after)))
            for query in catalogue.values()
            if query.comparison is not None
        )
    )


def compare_rows(query: Query, before: Things, after: Things) -> Section:
    """Return the section of one query for the things found in both releases, by key."""
    comparison = query.comparison
    assert comparison is not None  # noqa: S101 - the caller chose it for that
    changes = []
    for thing in sorted({*before, *after}, key=lambda key: _order(_name(query, after.get(key) or before[key]), key)):
        name = _name(query, after.get(thing) or before[thing])
        if thing not in before:
            changes.append(Change("added", thing, name))
        elif thing not in after:
            changes.append(Change("removed", thing, name))
        elif fields := tuple(_fields(query, before[thing], after[thing])):
            changes.append(Change("changed", thing, name, fields))
    return Section(query.name, comparison.title, len(before), len(after), tuple(changes))


def _things(query: Query, engine: Engine, timeout_s: float | None, max_bytes: int | None) -> Things:
    table = ask_table(engine, bind(query, {}, engine), timeout_s=timeout_s, max_bytes=max_bytes)
    assert query.comparison is not None  # noqa: S101 - as above
    key = table.columns.index(query.comparison.key)
    found: dict[str, dict[str, dict[str, None]]] = {}
    for row in table.rows:
        thing = row[key]
        if thing is None:
            continue
        columns = found.setdefault(thing.value, {})
        for column, cell in zip(table.columns, row, strict=True):
            columns.setdefault(column, {}).update(dict.fromkeys(_texts(cell)))
    return {thing: {name: tuple(sorted(v)) for name, v in columns.items()} for thing, columns in found.items()}


def _texts(cell: Term | None) -> Iterable[str]:
    return [cell.text] if cell is not None and cell.text else []


def _fields(query: Query, before: Mapping[str, tuple[str, ...]], after: Mapping[str, tuple[str, ...]]) -> list[Field]:
    ignored = query.comparison.ignore if query.comparison else ()
    return [
        Field(column.name, column.meaning, "; ".join(before[column.name]), "; ".join(after[column.name]))
        for column in query.columns
        if column.name not in ignored and before[column.name] != after[column.name]
    ]


def _name(query: Query, values: Mapping[str, tuple[str, ...]]) -> str:
    assert query.comparison is not None  # noqa: S101 - as above
    parts = ("; ".join(values[column]) for column in query.comparison.name)
    return " · ".join(part for part in parts if part)


def _order(name: str, key: str) -> tuple[int, str, str]:
    """Return what puts things in order: those with a number at the front of their names by that number."""
    first = name.partition(" ")[0]
    return (int(first), "", key) if first.isdecimal() and first.isascii() else (1 << 60, name, key)


def _section_json(section: Section) -> dict[str, Any]:
    return {
        "query": section.query,
        "title": section.title,
        "before": section.before,
        "after": section.after,
        "changes": [
            {
                "kind": change.kind,
                "thing": change.thing,
                "name": change.name,
                "fields": [vars(field) for field in change.fields],
            }
            for change in section.changes
        ],
    }
