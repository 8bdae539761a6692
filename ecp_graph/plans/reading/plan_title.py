"""The title that a document gives its plan, above the table of actions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from ecp_graph.plans.reading.chapters import is_chapter_title, is_note, one_line
from ecp_graph.plans.reading.tables import SourceTable
from ecp_graph.plans.rows import Cell
from ecp_graph.plans.wordings import plain, wordings

__all__ = ["plan_title"]

_LONGEST: Final = 200


def plan_title(tables: Sequence[SourceTable], main: SourceTable, first_row: int) -> Cell | None:
    """Return the first line above a table of actions that reads as the title of a plan, with its place.

    It is in a row by itself above ``first_row``, that of the headings in the ``main`` table, or in a heading above
    it or the tables before; it has a word such as "plan" or "strategy". None where there is none.
    """
    return next((cell for cell in _lines(tables, main, first_row) if _is_title(cell.text)), None)


def _lines(tables: Sequence[SourceTable], main: SourceTable, first_row: int) -> Iterator[Cell]:
    """Yield what may be a title: headings of a text, or its first line, and rows with one cell above the headings."""
    for table in tables[: tables.index(main) + 1]:
        for number, paragraph in enumerate(table.before, 1):
            is_first = number == 1 and table is tables[0]
            if paragraph.level or paragraph.is_bold or is_first:
                locator = f"paragraph {number} above table {table.number}"
                yield Cell(locator, paragraph.text, table.number, sheet=table.sheet)
    for row, cells in main.rows.items():
        own = [cell for cell in dict.fromkeys(cells.values()) if cell.text and cell.row == row]
        if row < first_row and len(own) == 1 and row not in main.hidden_rows:
            yield main.cell(own[0])


def _is_title(text: str) -> bool:
    line = one_line(text)
    if len(line) > _LONGEST or line.endswith((".", ":", ";")) or is_chapter_title(line) or is_note(line):
        return False
    words = plain(line).split()
    is_named = not wordings().plainly("plan_words").isdisjoint(words)
    return is_named and not wordings().is_one_of(line, "captions")
