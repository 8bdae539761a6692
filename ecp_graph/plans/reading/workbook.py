"""Reads the sheets of a workbook with openpyxl: values as shown, formulas by the values that were saved with them."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final
from zipfile import ZipFile

import openpyxl
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.utils import column_index_from_string

from ecp_graph.errors import InputSyntaxError
from ecp_graph.plans.reading.archive import look_through
from ecp_graph.plans.reading.shown import clean, raised, shown
from ecp_graph.plans.reading.tables import SourceCell, SourceTable
from ecp_graph.plans.rows import Problem

__all__ = ["Sheets", "read_workbook"]

_FORMULA: Final = re.compile(rb"<(?:\w+:)?f[\s>/]")
_MERGE: Final = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=[\"']([A-Z]+)(\d+):([A-Z]+)(\d+)[\"']")
_SHEET: Final = "xl/worksheets/"
#: Places that one merged cell may cover: openpyxl makes an object for each.
_LARGEST_MERGE: Final = 200_000
_ERROR: Final = "e"

Formulas = Mapping[str, frozenset[tuple[int, int]]]


@dataclass(frozen=True)
class Sheets:
    """The sheets that hold text, what could not be read in them, and what was left out on purpose."""

    tables: tuple[SourceTable, ...]
    problems: tuple[Problem, ...] = ()
    taken: tuple[str, ...] = ()


def read_workbook(path: Path, sheet: str | None = None) -> Sheets:
    """Return the sheets of a workbook that are seen, or the one of that name.

    Raises InputSyntaxError for a damaged file, one that is too large, and for a sheet that is not there.
    """
    archive = look_through(path)
    taken = ["The macros were not run."] if archive.has_macros else []
    taken += ["Links to other workbooks were not followed."] if archive.has_links else []
    has_formulas = _scan(path)
    book = _open(path, data_only=True)
    formulas = _formulas(path) if has_formulas else {}
    names = [every.title for every in book.worksheets]
    if sheet is not None and sheet not in names:
        known = ", ".join(f"'{name}'" for name in names)
        raise InputSyntaxError(path, f"it has no sheet '{sheet}'; its sheets are {known}. Name one of them.")
    tables, problems = [], []
    for number, one in enumerate(book.worksheets, 1):
        if sheet is None and one.sheet_state != "visible":
            taken.append(f"The sheet '{one.title}' is hidden and was not read; --sheet reads it.")
        elif sheet in {None, one.title}:
            table, found = _Sheet(one, number, formulas.get(one.title, frozenset())).read()
            tables += [table] if table.cells else []
            problems += found
    return Sheets(tuple(tables), tuple(problems), tuple(taken))


def _scan(path: Path) -> bool:
    """Return whether a sheet has formulas; raises InputSyntaxError for a merged cell that would fill the memory."""
    has_formulas = False
    with ZipFile(path) as archive:
        for name in archive.namelist():
            if name.startswith(_SHEET) and name.endswith(".xml"):
                content = archive.read(name)
                has_formulas = has_formulas or _FORMULA.search(content) is not None
                for left, top, right, bottom in _MERGE.findall(content):
                    area = (int(bottom) - int(top) + 1) * (_column(right) - _column(left) + 1)
                    if area > _LARGEST_MERGE:
                        where = f"{left.decode()}{top.decode()}:{right.decode()}{bottom.decode()}"
                        raise InputSyntaxError(
                            path, f"its part {name} merges the cells {where}, {area:,} places. Unmerge them."
                        )
    return has_formulas


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters[:4]:
        number = number * 26 + letter - ord("A") + 1
    return number


def _open(path: Path, *, data_only: bool) -> Any:
    with warnings.catch_warnings():  # openpyxl warns of what it leaves out, such as drawings
        warnings.simplefilter("ignore")
        with path.open("rb") as stream:
            return openpyxl.load_workbook(stream, data_only=data_only, rich_text=data_only, keep_links=False)


def _formulas(path: Path) -> Formulas:
    return {
        sheet.title: frozenset((cell.row, cell.column) for cell in _cells(sheet) if cell.data_type == "f")
        for sheet in _open(path, data_only=False).worksheets
    }


def _cells(sheet: Any) -> Iterator[Any]:
    # the public iter_rows makes a cell for every place up to the last one, which can be a billion
    for _, cell in sorted(sheet._cells.items()):
        yield cell


class _Sheet:
    def __init__(self, sheet: Any, number: int, formulas: frozenset[tuple[int, int]]) -> None:
        self._sheet = sheet
        self._table = SourceTable(number, (), sheet.title)
        self._formulas = formulas
        self._problems: list[Problem] = []

    def read(self) -> tuple[SourceTable, list[Problem]]:
        spans = self._spans()
        cells = [
            made
            for cell in _cells(self._sheet)
            if type(cell).__name__ != "MergedCell" and (made := self._cell(cell, spans.get((cell.row, cell.column))))
        ]
        columns = set[int]()
        for letters, column in self._sheet.column_dimensions.items():
            if column.hidden:
                first = column.min or column_index_from_string(letters)
                columns |= set(range(first, min(column.max or first, first + 16_384) + 1))
        rows = frozenset(number for number, row in self._sheet.row_dimensions.items() if row.hidden)
        table = replace(self._table, cells=tuple(cells), hidden_rows=rows, hidden_columns=frozenset(columns))
        return table, self._problems

    def _spans(self) -> dict[tuple[int, int], tuple[int, int]]:
        return {
            (area.min_row, area.min_col): (area.max_row - area.min_row + 1, area.max_col - area.min_col + 1)
            for area in self._sheet.merged_cells.ranges
        }

    def _cell(self, cell: Any, span: tuple[int, int] | None) -> SourceCell | None:
        text, struck = _text(cell)
        locator = self._table.cell_locator(cell.row, cell.column)
        doubts: tuple[str, ...] = ()
        if (cell.row, cell.column) in self._formulas:
            if text:
                doubts = ("It has a formula; the saved value was used.",)
            else:
                self._tell(locator, "formula-without-value", "has a formula without a saved value. Open the workbook "
                           "in Excel or LibreOffice and save it, or paste the value.")  # fmt: skip
        if cell.data_type == _ERROR:
            self._tell(locator, "error-value", f"has the error {text}. Correct the formula or the date.")
            text = ""
        text, unseen = clean(text)
        struck, _ = clean(struck)
        notes = (clean(cell.comment.text)[0],) if cell.comment else ()
        if not (text or struck or notes or span):
            return None
        rows, columns = span or (1, 1)
        return SourceCell(
            cell.row, cell.column, text, rows, columns, bool(cell.font and cell.font.b), struck, notes, doubts + unseen
        )

    def _tell(self, locator: str, code: str, what: str) -> None:
        self._problems.append(Problem(locator, code, f"{locator} {what}"))


def _text(cell: Any) -> tuple[str, str]:
    """Return the text of a cell, and the part of it that is struck out."""
    value = cell.value
    is_struck = bool(cell.font and cell.font.strike)
    if not isinstance(value, CellRichText):
        text = shown(value, cell.number_format)
        return ("", text) if is_struck else (text, "")
    kept: list[str] = []
    struck: list[str] = []
    for part in value:
        if isinstance(part, TextBlock):
            strikes = bool(part.font.strike) if part.font is not None else is_struck
            is_raised = part.font is not None and part.font.vertAlign == "superscript"
            (struck if strikes else kept).append(raised(part.text) if is_raised else part.text)
        else:
            (struck if is_struck else kept).append(str(part))
    return "".join(kept), "".join(struck)
