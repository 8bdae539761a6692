"""Results as an Excel workbook for people: headings in words, a filter, the head in sight, and what it all is.

Names for machines are those of CSV and JSON; the first sheet has both. A large workbook takes minutes of a processor
and hundreds of megabytes, so it is made in a process of its own, one at a time and behind everything else that the
machine has to do.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from ecp_graph.confined import LimitReached, Limits, confined
from ecp_graph.errors import ParameterError
from ecp_graph.sparql.results import FORMULA_STARTS, parse_table, printable
from ecp_graph.turns import Turns

if TYPE_CHECKING:
    from ecp_graph.sparql.results import Table, Term

__all__ = ["MEDIA_TYPE", "RESULT", "About", "Sheet", "workbook", "workbook_of"]

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

#: The sheet of an answer.
RESULT: Final = "result"

_ROWS: Final = 1_048_576
_DIGITS: Final = 15
_XSD: Final = "http://www.w3.org/2001/XMLSchema#"

#: A smaller workbook takes less time than to start a process.
_CELLS_IN_PLACE: Final = 2_000
#: What a cell has at least in a results document.
_BYTES_OF_CELL: Final = 50
#: A cell takes some 700 bytes and a 30,000th of a second.
_BYTES: Final = 500_000_000
_BYTES_PER_CELL: Final = 3_000
_CPU_S: Final = 30
_CELLS_PER_CPU_S: Final = 3_000
_NICE: Final = 10
#: Those of this process; each that waits holds its answer in memory, of 24 MB at most in a server.
_TURNS: Final = Turns(most_waiting=8, limit_s=30)


@dataclass(frozen=True)
class About:
    """What the first sheet says: a title, facts as label and text, and columns as heading, meaning, unit and name."""

    title: str
    facts: Sequence[tuple[str, str]] = ()
    columns: Sequence[tuple[str, str, str, str]] = ()


@dataclass(frozen=True)
class Sheet:
    """A table with the headings of its columns in words; a column without one is headed by its name.

    The table may be a SPARQL results JSON document, too, as `ecp_graph.sparql.results.parse_table` reads it.
    """

    table: Table | bytes
    headings: Mapping[str, str] = field(default_factory=dict)


def workbook(table: Table | bytes, *, headings: Mapping[str, str] | None = None, about: About | None = None) -> bytes:
    """Return a table as an Excel workbook: numbers and dates typed, everything else as text.

    It is the sheet ``result``, behind a sheet ``about`` if there is something to say. Raises ParameterError
    when a sheet cannot hold the rows or takes too much to make, and EngineBusy when others are made and it would have
    to wait too long.
    """
    return workbook_of({RESULT: Sheet(table, headings or {})}, about=about)


def workbook_of(tables: Mapping[str, Sheet | Table], *, about: About | None = None) -> bytes:
    """Return tables as an Excel workbook with a sheet for each, by its name; raises as `workbook` does."""
    sheets = {name: table if isinstance(table, Sheet) else Sheet(table) for name, table in tables.items()}
    cells = sum(_cells(sheet.table) for sheet in sheets.values())
    if cells < _CELLS_IN_PLACE:
        return _made(sheets, about)
    limits = Limits(_BYTES + cells * _BYTES_PER_CELL, _CPU_S + cells // _CELLS_PER_CPU_S)
    with _TURNS.turn(), TemporaryDirectory(prefix="ecp-graph-") as folder:
        try:
            return confined(_made, sheets, about, limits=limits, nice=_NICE, scratch=Path(folder))
        except LimitReached:
            raise ParameterError("An Excel sheet of this answer would take too much memory or time. Use csv.") from None


def _cells(table: Table | bytes) -> int:
    """Return the number of cells, which is a guess for a document that is not read yet."""
    if isinstance(table, bytes):
        return len(table) // _BYTES_OF_CELL
    return len(table.rows) * len(table.columns)


def _made(sheets: Mapping[str, Sheet], about: About | None) -> bytes:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    if about:
        _tell(book.create_sheet("about"), about)
    for name, sheet in sheets.items():
        table = parse_table(sheet.table) if isinstance(sheet.table, bytes) else sheet.table
        _fill(book.create_sheet(name), table, sheet.headings)
    book.active = 1 if about else 0
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _tell(page: Any, about: About) -> None:
    """Write the first sheet."""
    from openpyxl.styles import Font

    for letter, width in zip("ABCD", (28, 80, 16, 24), strict=True):
        page.column_dimensions[letter].width = width
    page.append([_cell(page, about.title, Font(bold=True, size=14))])
    page.append([])
    for label, text in about.facts:
        page.append([_cell(page, label, Font(bold=True)), _cell(page, text, wraps=True)])
    if about.columns:
        page.append([])
        heads = ("Column", "What it means", "Unit", "Name in csv and json")
        page.append([_cell(page, head, Font(bold=True)) for head in heads])
        for column in about.columns:
            page.append([_cell(page, text, wraps=True) for text in column])
    page.page_setup.orientation = "landscape"


def _fill(page: Any, table: Table, headings: Mapping[str, str]) -> None:
    from openpyxl.styles import Font

    if len(table.rows) >= _ROWS:
        raise ParameterError(f"An Excel sheet holds {_ROWS:,} rows, and the answer has {len(table.rows):,}. Use csv.")
    page.freeze_panes = "A2"
    columns = [headings.get(column, column) for column in table.columns] or ["answer"]
    for number, column in enumerate(columns):
        widest = max((len(term.text) for row in table.rows if (term := row[number])), default=0)
        page.column_dimensions[_letters(number)].width = min(max(len(column), widest, 8) + 3, 60)
    if table.rows:
        page.auto_filter.ref = f"A1:{_letters(len(columns) - 1)}{len(table.rows) + 1}"
    page.print_title_rows = "1:1"
    page.page_setup.orientation = "landscape"
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr = _fitting()
    page.append([_cell(page, column, Font(bold=True)) for column in columns])
    if table.boolean is not None:
        page.append(["yes" if table.boolean else "no"])
    for row in table.rows:
        page.append([_cell(page, _value(term)) for term in row])


def _fitting() -> Any:
    """Return the property of a sheet that is printed as wide as the paper."""
    from openpyxl.worksheet.properties import PageSetupProperties

    return PageSetupProperties(fitToPage=True)


def _cell(page: Any, value: Any, font: Any = None, *, wraps: bool = False) -> Any:
    """Return a cell; text stays text, even where someone edits it who has a formula in mind."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment

    cell = WriteOnlyCell(page, value=printable(value) if isinstance(value, str) else value)
    if isinstance(cell.value, str):
        cell.data_type = "s"
        cell.quotePrefix = cell.value.startswith(FORMULA_STARTS)
    if font:
        cell.font = font
    if wraps:
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _value(term: Term | None) -> str | float | datetime | date | None:
    if term is None:
        return None
    local = term.datatype.removeprefix(_XSD)
    try:
        if term.is_number and len(term.value) <= _DIGITS:
            return int(term.value) if local not in {"decimal", "double", "float"} else float(term.value)
        if local == "boolean":
            return term.value in {"true", "1"}
        if local == "date":
            return date.fromisoformat(term.value)
        if local == "dateTime" and datetime.fromisoformat(term.value).tzinfo is None:
            return datetime.fromisoformat(term.value)
    except ValueError:
        pass  # a year that Python has no date for, INF, a time zone: text says it as well
    return printable(term.text)


def _letters(number: int) -> str:
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
