"""A table as it stands in its document: cells with their spans, what is hidden or struck out, what is before it.

Rows and columns are numbered from 1 as in the document: those of a sheet, of a Word table's grid, of a file's records.
A merged cell appears once, at its first row and column.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from ecp_graph.plans.rows import Cell

__all__ = ["Paragraph", "SourceCell", "SourceTable", "column_letters"]


@dataclass(frozen=True)
class Paragraph:
    """A paragraph between tables; ``level`` is that of a heading style, from 1, and 0 for running text."""

    text: str
    level: int = 0
    is_bold: bool = False


@dataclass(frozen=True)
class SourceCell:
    """A cell with its text as shown, without what is struck out.

    ``struck`` is what is struck out, ``notes`` are comments and footnotes, ``doubts`` are sentences on how its text
    was had.
    """

    row: int
    column: int
    text: str
    row_span: int = 1
    column_span: int = 1
    is_bold: bool = False
    struck: str = ""
    notes: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True)
class SourceTable:
    """A table of a document, the ``number``-th; ``sheet`` is its name in a workbook.

    ``before`` are the paragraphs between it and the table before. ``lines`` are the physical lines on which the
    records of a text file begin, by row. Hidden rows and columns have cells too.
    """

    number: int
    cells: tuple[SourceCell, ...]
    sheet: str = ""
    before: tuple[Paragraph, ...] = ()
    lines: Mapping[int, int] = field(default_factory=dict)
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()

    @cached_property
    def places(self) -> Mapping[tuple[int, int], SourceCell]:
        """Every place, row and column, with the cell that covers it."""
        found: dict[tuple[int, int], SourceCell] = {}
        for cell in self.cells:
            for row in range(cell.row, cell.row + cell.row_span):
                for column in range(cell.column, cell.column + cell.column_span):
                    found.setdefault((row, column), cell)
        return found

    @cached_property
    def rows(self) -> Mapping[int, Mapping[int, SourceCell]]:
        """The rows that have cells, in order: the cell that covers each column that is not hidden."""
        found: dict[int, dict[int, SourceCell]] = {}
        for (row, column), cell in sorted(self.places.items()):
            if column not in self.hidden_columns:
                found.setdefault(row, {})[column] = cell
        return found

    def row_locator(self, row: int) -> str:
        """Return where a row is: ``Plan!row 7``, ``table 1 row 4``, ``line 9``."""
        if self.lines:
            return f"line {self.lines.get(row, row)}"
        return f"{self.sheet}!row {row}" if self.sheet else f"table {self.number} row {row}"

    def cell_locator(self, row: int, column: int) -> str:
        """Return where a cell is: ``Plan!C7``, ``table 1 row 4 column 2``, ``line 9 column 3``."""
        if self.sheet:
            return f"{self.sheet}!{column_letters(column)}{row}"
        return f"{self.row_locator(row)} column {column}"

    def cell(self, source: SourceCell) -> Cell:
        """Return a cell as rows of actions refer to it."""
        locator = self.cell_locator(source.row, source.column)
        return Cell(locator, source.text, self.number, source.row, source.column, self.sheet)


def column_letters(column: int) -> str:
    """Return the letters of a sheet's column: ``A`` for 1, ``AB`` for 28."""
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
