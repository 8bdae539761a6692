"""Makes rows of actions of the tables of a document: values with their cells, and what is doubtful about them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby
from typing import Final

from ecp_graph.plans.reading.chapters import chapter_above, is_chapter_title, one_line
from ecp_graph.plans.reading.headings import Layout, headings_of, layouts, main_language, same_headings
from ecp_graph.plans.reading.plan_title import plan_title
from ecp_graph.plans.reading.tables import SourceTable, column_letters
from ecp_graph.plans.reading.values import Rules, action_of, with_numbers_of_titles
from ecp_graph.plans.reading.walk import Kind, State, walk
from ecp_graph.plans.rows import ActionRow, Cell, Problem

__all__ = ["Actions", "actions_below", "actions_in", "table_name"]

_WHY: Final[dict[Kind, str]] = {
    "note": "a note, a sum or running text",
    "struck": "struck out",
    "hidden": "hidden",
    "untitled": "without the text of an action",
    "elsewhere": "another table",
}
_DO: Final[dict[Kind, str]] = {
    "note": "If it is one, give it a number.",
    "struck": "If it is still valid, undo that.",
    "hidden": "Unhide it to have it read.",
    "untitled": "Write its text, or delete it.",
    "elsewhere": "If it belongs to the actions above, delete the blank row between.",
}


_TIMES: Final = frozenset({"time", "from", "until"})
#: Workbooks save a date as the number of days since this one; these are of 1954 to 2091.
_EPOCH: Final = date(1899, 12, 30)
_SERIAL: Final = re.compile(r"^[2-6][0-9]{4}$")


@dataclass(frozen=True)
class Actions:
    """The actions of a document's tables, what was not read, the language of the headings, and the plan's title."""

    rows: tuple[ActionRow, ...]
    problems: tuple[Problem, ...]
    language: str
    taken: tuple[str, ...]
    unread: int
    title: Cell | None = None


def actions_in(tables: Sequence[SourceTable], known: frozenset[str] = frozenset()) -> Actions:
    """Return the actions of the tables that have headings of such; ``known`` are names as of `known_names`."""
    below = [(table, layouts(table)) for table in tables]
    made = actions_below(tables, [(table, found) for table, found in below if found], Rules(known))
    skipped = [
        f"{table_name(table)} was not read: no headings of actions ({headings_of(table)})."
        for table, found in below
        if not found
    ]
    hidden = tuple(_hidden_columns([table for table, found in below if found]))
    return replace(made, taken=(*made.taken, *skipped), problems=hidden + made.problems)


def actions_below(
    tables: Sequence[SourceTable], found: Sequence[tuple[SourceTable, Sequence[Layout]]], rules: Rules
) -> Actions:
    """Return the actions below rows of headings; ``found`` are those of the tables that have one or more."""
    state = State()
    taken: list[str] = []
    beside: list[Problem] = []
    before: Layout | None = None
    for table, of_table in found:
        _begin(table, of_table[0], state, is_first=before is None)
        for layout, following in zip(of_table, [*of_table[1:], None], strict=True):
            if layout.others:
                named = ", ".join(f"'{other}'" for other in dict.fromkeys(layout.others))
                taken.append(f"{table_name(table)}: these columns were not read: {named}.")
            beside += _beside(table, layout)
            if before and not same_headings(before, layout):
                state.is_open = False
            walk(table, layout, following.first_row if following else max(table.rows) + 1, state)
            before = layout
    language = main_language(layout for _, of_table in found for layout in of_table)
    rules = replace(rules, language=rules.language or language)
    rows = with_numbers_of_titles([_with_doubt_of_date(action_of(draft, rules)) for draft in state.drafts])
    rows, twice = _told_twice(rows)
    return Actions(
        tuple(rows),
        (*beside, *_unread(state), *twice),
        language,
        tuple(dict.fromkeys(taken)),
        len(state.unread),
        next((plan_title(tables, table, of_table[0].first_row) for table, of_table in found), None),
    )


def _beside(table: SourceTable, layout: Layout) -> Iterator[Problem]:
    if layout.beside is not None:
        locator = table.cell_locator(layout.first_row, layout.beside)
        what = f"{locator} begins another table beside the one that was read. Move it below, and import again."
        yield Problem(locator, "table-beside", what)


def _with_doubt_of_date(row: ActionRow) -> ActionRow:
    """Return a row with a doubt for each date of a workbook that is shown as the number by which it is saved."""
    doubts = [
        f"{cell.locator} holds {cell.text}, which may be the date {_EPOCH + timedelta(int(cell.text))} shown as a "
        "number. Give the cell the format of a date, and import again."
        for name, cell in row.cells.items()
        if name in _TIMES and cell.sheet and _SERIAL.match(cell.text)
    ]
    return replace(row, doubts=(*row.doubts, *doubts)) if doubts else row


def _begin(table: SourceTable, layout: Layout, state: State, *, is_first: bool) -> None:
    """Take the chapter that a table begins in from what is above its headings; the last action may go on."""
    if table.sheet:
        state.chapter = one_line(table.sheet) if is_chapter_title(table.sheet) else ""
        state.is_open = False
    elif table.before or is_first:
        state.is_open = False
        state.chapter = chapter_above(table.before) or state.chapter
    for row, cells in table.rows.items():
        own = [cell for cell in dict.fromkeys(cells.values()) if cell.text and cell.row == row]
        if row < layout.first_row and len(own) == 1 and is_chapter_title(own[0].text):
            state.chapter, state.is_open = one_line(own[0].text), False


def table_name(table: SourceTable) -> str:
    """Return what a table is called in a sentence that begins with it."""
    if table.lines:
        return "The file"
    return f"The sheet '{table.sheet}'" if table.sheet else f"Table {table.number}"


def _unread(state: State) -> Iterator[Problem]:
    """Yield a problem for each run of rows that gave no action for the same reason."""
    for (table, kind), group in groupby(state.unread, key=lambda one: (one[0], one[2])):
        rows = [row for _, row, _ in group]
        locator = table.row_locator(rows[0])
        until = f" to {table.row_locator(rows[-1])}" if len(rows) > 1 else ""
        count = f" ({len(rows)} rows)" if len(rows) > 1 else ""
        text = next((one_line(cell.text) for cell in table.rows[rows[0]].values() if cell.text), "")
        begins = f" It begins '{text[:60]}'." if text else ""
        yield Problem(
            locator, f"row-{kind}", f"{locator}{until}{count} gave no action: {_WHY[kind]}.{begins} {_DO[kind]}"
        )


def _hidden_columns(tables: Sequence[SourceTable]) -> Iterator[Problem]:
    for table in tables:
        used = {column for _, column in table.places} & table.hidden_columns
        for column in sorted(used):
            locator = f"{table.sheet}!column {column_letters(column)}"
            yield Problem(locator, "column-hidden", f"{locator} is hidden and was not read. Unhide it to have it read.")


def _told_twice(rows: Sequence[ActionRow]) -> tuple[list[ActionRow], list[Problem]]:
    """Return the rows with a doubt on each that bears the number of another, and a problem for each but the first."""
    by_number = defaultdict[str, list[ActionRow]](list)
    for row in rows:
        if row.number:
            by_number[row.number.casefold()].append(row)
    told, problems = [], []
    for row in rows:
        others = [other.locator for other in by_number.get(row.number.casefold(), ()) if other is not row]
        if others:
            sentence = f"The number {row.number} is also in {', '.join(others[:5])}."
            told.append(replace(row, doubts=(*row.doubts, sentence)))
            if by_number[row.number.casefold()][0] is not row:
                message = f"{row.locator}: {sentence} Correct one of them, or number the actions through."
                problems.append(Problem(row.locator, "number-twice", message))
        else:
            told.append(row)
    return told, problems
