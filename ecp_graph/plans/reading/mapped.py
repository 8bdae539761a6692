"""Reads tables by a mapping: actions as others are, below the headings that it names, and the tables linked to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, cast

from ecp_graph.errors import InputSyntaxError
from ecp_graph.plans.mapping import Column, TableMapping
from ecp_graph.plans.reading.actions import Actions, actions_below
from ecp_graph.plans.reading.chapters import one_line
from ecp_graph.plans.reading.headings import Layout, headings_of, layouts
from ecp_graph.plans.reading.tables import SourceCell, SourceTable
from ecp_graph.plans.reading.values import Rules, named_in
from ecp_graph.plans.rows import ActionRow, LinkedRow, Problem
from ecp_graph.plans.wordings import plain

__all__ = ["Linked", "chosen_tables", "mapped_actions"]

Found = tuple[SourceTable, Layout]


@dataclass(frozen=True)
class Linked:
    """A table of a mapping with its file, and where its headings are."""

    mapping: TableMapping
    path: Path
    found: tuple[Found, ...]


def chosen_tables(path: Path, tables: Sequence[SourceTable], mapping: TableMapping) -> tuple[Found, ...]:
    """Return the tables of a file that a mapping names, with their rows of headings.

    Raises InputSyntaxError where no table has all headings; the sentence names the first that is missing.
    """
    named = [table for table in tables if mapping.table in {0, table.number} and mapping.sheet in {"", table.sheet}]
    found = [(table, layout) for table in named if (layout := _layout(table, mapping)) is not None]
    if found:
        return tuple(found)
    if not named:
        raise InputSyntaxError(path, f"it has no table {mapping.table or ''}{mapping.sheet} as the mapping says.")
    headings = headings_of(named[0])
    known = {plain(cell.text) for cell in named[0].cells}
    missing = [column.titles[0] for column in mapping.columns if known.isdisjoint(map(plain, column.titles))]
    what = f"no column has the heading '{missing[0]}'" if missing else "no row has all headings"
    raise InputSyntaxError(path, f"{what} that the mapping names; the headings found are {headings}.")


def _layout(table: SourceTable, mapping: TableMapping) -> Layout | None:
    """Return the first headings that name each column that is mapped to a field; those in two rows count as one."""
    wanted = [column for column in mapping.columns if column.field]
    found = layouts(table) if mapping.kind == "action" else []
    rows = [
        Layout(row, row, {}, {column: cell.text for column, cell in cells.items() if _begins(cell, column)}, {})
        for row, cells in table.rows.items()
    ]
    for layout in (*found, *rows):
        at = {column: _place(column, layout.texts) for column in wanted}
        if any(place is None for place in at.values()):
            continue
        columns: dict[str, tuple[int, ...]] = {}
        for column, place in at.items():
            columns[column.field] = (*columns.get(column.field, ()), cast(int, place))
        # what has no heading cannot be named in a mapping: numbers, and marks in columns of years
        unnamed = {name: layout.columns[name] for name in ("number", "mark") if name in layout.columns}
        if "number" in unnamed and plain(layout.texts.get(unnamed["number"][0], "")):
            del unnamed["number"]
        return replace(layout, columns={**unnamed, **columns}, others=())
    return None


def _begins(cell: SourceCell, column: int) -> bool:
    return bool(cell.text) and cell.column == column


def _place(column: Column, texts: Mapping[int, str]) -> int | None:
    titles = set(map(plain, column.titles))
    exact = [place for place, text in texts.items() if one_line(text) in column.titles]
    return next(iter(exact), None) or next((place for place, text in texts.items() if plain(text) in titles), None)


def mapped_actions(
    tables: Sequence[SourceTable], linked: Sequence[Linked], known: frozenset[str], language: str = ""
) -> tuple[Actions, tuple[LinkedRow, ...]]:
    """Return the actions of a mapping's table of actions, and the rows of the tables that are linked with them.

    ``tables`` are all of the document that has the actions.
    """
    mains = [one for one in linked if one.mapping.kind == "action" and one.path == _document(linked)]
    keys = {one.mapping.url: _Keys(one) for one in linked}
    columns: dict[tuple[int, int], Column] = {}
    found: dict[int, tuple[SourceTable, Layout]] = {}
    owner: dict[int, Linked] = {}
    for one in mains:
        for table, layout in one.found:
            if table.number not in found:  # a table is read once, as the first mapping that fits says
                found[table.number], owner[table.number] = (table, layout), one
                columns |= _columns(one, table, layout)
    in_order = [(table, [layout]) for _, (table, layout) in sorted(found.items())]
    actions = actions_below(tables, in_order, Rules(known, columns, language))
    problems: list[Problem] = []
    rows = tuple(_with_chapter(row, owner, keys, problems) for row in actions.rows)
    others = [
        _linked_row(one, table, layout, row, keys, problems)
        for one in linked
        if one.mapping.kind != "action"
        for table, layout in one.found
        for row in table.rows
        if row > layout.last_row
    ]
    made = tuple(other for other in others if other is not None)
    return replace(actions, rows=rows, problems=(*actions.problems, *problems)), made


def _document(linked: Sequence[Linked]) -> Path:
    """Return the file of the first table of actions."""
    return next(one.path for one in linked if one.mapping.kind == "action")


class _Keys:
    """The rows of a table by the values of each of its columns that others refer to."""

    def __init__(self, linked: Linked) -> None:
        self._linked = linked
        self._by_title: dict[str, dict[str, tuple[SourceTable, Layout, int]]] = {}

    def row(self, title: str, value: str) -> tuple[SourceTable, Layout, int] | None:
        """Return where the row is that has the value in the column of that heading."""
        if title not in self._by_title:
            self._by_title[title] = {
                one_line(cell.text).casefold(): (table, layout, row)
                for table, layout in self._linked.found
                for column in [_place(Column((title,)), layout.texts)]
                for row, cells in table.rows.items()
                if row > layout.last_row and column is not None and (cell := cells.get(column)) and cell.text
            }
        return self._by_title[title].get(value.casefold())

    def label(self, title: str, value: str) -> str | None:
        """Return the number and text of that row."""
        found = self.row(title, value)
        if found is None:
            return None
        table, layout, row = found
        number, text = (_text(table, layout, row, name) for name in ("number", "title"))
        return f"{number} {text}".strip()


def _with_chapter(
    row: ActionRow, owner: Mapping[int, Linked], keys: Mapping[str, _Keys], problems: list[Problem]
) -> ActionRow:
    cell = row.cells["title"]
    return replace(row, chapter=_chapter(owner[cell.table], row.locator, row.chapter, keys, problems))


def _chapter(one: Linked, locator: str, value: str, keys: Mapping[str, _Keys], problems: list[Problem]) -> str:
    """Return the chapter that a value refers to, or the value itself."""
    if not value:
        return ""
    titles = {title for column in one.mapping.columns if column.field == "chapter" for title in column.titles}
    for key in one.mapping.foreign_keys:
        if key.column in titles:
            label = keys[key.resource].label(key.reference, value)
            if label is not None:
                return label
            problems.append(_broken(f"{one.path.name} {locator}", value, key.resource, key.reference))
    return value


def _broken(locator: str, value: str, resource: str, column: str) -> Problem:
    message = f"{locator} refers to '{value}', which is in no row of {resource}, column '{column}'. Correct one."
    return Problem(locator, "link-broken", message)


def _linked_row(
    one: Linked, table: SourceTable, layout: Layout, row: int, keys: Mapping[str, _Keys], problems: list[Problem]
) -> LinkedRow | None:
    title = _text(table, layout, row, "title")
    if not title:
        return None
    rules = Rules(columns=_columns(one, table, layout))
    locator = f"{one.path.name} {table.row_locator(row)}"
    cells = {name: cell for name in layout.columns if (cell := _cell(table, layout, row, name)) is not None}

    def named(name: str) -> list[str]:
        cell = cells.get(name)
        return [found.text for found in named_in(table.cell(cell), cell.text, rules, [])] if cell else []

    responsible = cells.get("responsible")
    chapter = _text(table, layout, row, "chapter")
    made = LinkedRow(
        cast(Literal["chapter", "body", "indicator"], one.mapping.kind),
        one.path.name,
        locator,
        _text(table, layout, row, "notation") or _text(table, layout, row, "number"),
        title,
        _chapter(one, table.row_locator(row), chapter, keys, problems),
        tuple(named_in(table.cell(responsible), responsible.text, rules, [], "responsible")) if responsible else (),
        tuple(named("action")),
        {name: table.cell(cell) for name, cell in cells.items()},
    )
    problems += _broken_links(one, made, keys)
    return made


def _broken_links(one: Linked, row: LinkedRow, keys: Mapping[str, _Keys]) -> Iterator[Problem]:
    """Yield a problem for each action or body that a row refers to and that is in no row."""
    fields = {title: column.field for column in one.mapping.columns for title in column.titles}
    values = {"action": row.actions, "responsible": tuple(named.text for named in row.responsible)}
    for key in one.mapping.foreign_keys:
        for value in values.get(fields.get(key.column, ""), ()):
            if keys[key.resource].row(key.reference, value) is None:
                yield _broken(row.locator, value, key.resource, key.reference)


def _columns(one: Linked, table: SourceTable, layout: Layout) -> dict[tuple[int, int], Column]:
    """Return what the mapping says of the columns of a table."""
    places = ((_place(column, layout.texts), column) for column in one.mapping.columns)
    return {(table.number, place): column for place, column in places if place is not None}


def _cell(table: SourceTable, layout: Layout, row: int, name: str) -> SourceCell | None:
    column = layout.column(name)
    return table.rows[row].get(column) if column is not None else None


def _text(table: SourceTable, layout: Layout, row: int, name: str) -> str:
    cell = _cell(table, layout, row, name)
    return one_line(cell.text) if cell is not None else ""
