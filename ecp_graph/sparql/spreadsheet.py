"""Results as an Excel workbook.

A large one takes minutes of a processor and hundreds of megabytes, so it is made in a process of its own, one at a time
and behind everything else that the machine has to do.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from ecp_graph.confined import LimitReached, Limits, confined
from ecp_graph.errors import MissingExtra, ParameterError
from ecp_graph.sparql.results import FORMULA_STARTS, parse_table, printable
from ecp_graph.turns import Turns

if TYPE_CHECKING:
    from ecp_graph.sparql.results import Table, Term

__all__ = ["MEDIA_TYPE", "workbook", "workbook_of"]

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

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


def workbook(table: Table | bytes) -> bytes:
    """Return a table as an Excel workbook of one sheet: numbers and dates typed, everything else as text.

    It may be a SPARQL results JSON document, too, as `ecp_graph.sparql.results.parse_table` reads it. Raises
    MissingExtra without openpyxl, ParameterError when a sheet cannot hold the rows or takes too much to make, and
    EngineBusy when others are made and it would have to wait too long.
    """
    return workbook_of({"result": table})


def workbook_of(tables: Mapping[str, Table | bytes]) -> bytes:
    """Return tables as an Excel workbook with a sheet for each, by its name; raises as `workbook` does."""
    cells = sum(map(_cells, tables.values()))
    if cells < _CELLS_IN_PLACE:
        return _made(tables)
    limits = Limits(_BYTES + cells * _BYTES_PER_CELL, _CPU_S + cells // _CELLS_PER_CPU_S)
    with _TURNS.turn(), TemporaryDirectory(prefix="ecp-graph-") as folder:
        try:
            return confined(_made, tables, limits=limits, nice=_NICE, scratch=Path(folder))
        except LimitReached:
            raise ParameterError("An Excel sheet of this answer would take too much memory or time. Use csv.") from None


def _cells(table: Table | bytes) -> int:
    """Return the number of cells, which is a guess for a document that is not read yet."""
    if isinstance(table, bytes):
        return len(table) // _BYTES_OF_CELL
    return len(table.rows) * len(table.columns)


def _made(tables: Mapping[str, Table | bytes]) -> bytes:
    try:
        from openpyxl import Workbook
    except ImportError as reason:
        raise MissingExtra("openpyxl, which writes spreadsheets,", "pip install 'ecp-graph[xlsx]'") from reason
    book = Workbook(write_only=True)
    for name, table in tables.items():
        _fill(book.create_sheet(name), parse_table(table) if isinstance(table, bytes) else table)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _fill(sheet: Any, table: Table) -> None:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    if len(table.rows) >= _ROWS:
        raise ParameterError(f"An Excel sheet holds {_ROWS:,} rows, and the answer has {len(table.rows):,}. Use csv.")
    sheet.freeze_panes = "A2"
    columns = table.columns or ("answer",)
    for number, column in enumerate(columns):
        widest = max((len(term.text) for row in table.rows if (term := row[number])), default=0)
        sheet.column_dimensions[_letters(number)].width = min(max(len(column), widest, 8) + 2, 60)
    heads = [WriteOnlyCell(sheet, value=column) for column in columns]
    for head in heads:
        head.font = Font(bold=True)
        head.data_type = "s"
        head.quotePrefix = str(head.value).startswith(FORMULA_STARTS)  # or it becomes one when someone edits it
    sheet.append(heads)
    if table.boolean is not None:
        sheet.append(["yes" if table.boolean else "no"])
    for row in table.rows:
        values: list[Any] = [_value(term) for term in row]  # openpyxl takes dates, its stubs do not
        cells = [WriteOnlyCell(sheet, value=value) for value in values]
        for cell in cells:
            if isinstance(cell.value, str):
                cell.data_type = "s"
                cell.quotePrefix = cell.value.startswith(FORMULA_STARTS)
        sheet.append(cells)


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
