"""Results as an Excel workbook."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from ecp_graph.engine.results import printable
from ecp_graph.errors import MissingExtra, ParameterError

if TYPE_CHECKING:
    from ecp_graph.engine.results import Table, Term

__all__ = ["MEDIA_TYPE", "workbook", "workbook_of"]

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_ROWS: Final = 1_048_576
_DIGITS: Final = 15
_XSD: Final = "http://www.w3.org/2001/XMLSchema#"
#: A spreadsheet takes text that begins with one of these for a formula when someone edits it.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def workbook(table: Table) -> bytes:
    """Return a table as an Excel workbook of one sheet: numbers and dates typed, everything else as text.

    Raises MissingExtra without openpyxl, and ParameterError when a sheet cannot hold the rows.
    """
    return workbook_of({"result": table})


def workbook_of(tables: Mapping[str, Table]) -> bytes:
    """Return tables as an Excel workbook with a sheet for each, by its name; raises as `workbook` does."""
    try:
        from openpyxl import Workbook
    except ImportError as reason:
        raise MissingExtra("openpyxl, which writes spreadsheets,", "pip install 'ecp-graph[xlsx]'") from reason
    book = Workbook(write_only=True)
    for name, table in tables.items():
        _fill(book.create_sheet(name), table)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _fill(sheet: Any, table: Table) -> None:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    if len(table.rows) >= _ROWS:
        raise ParameterError(f"A sheet holds {_ROWS:,} rows, and the answer has {len(table.rows):,}. Use csv.")
    sheet.freeze_panes = "A2"
    columns = table.columns or ("answer",)
    for number, column in enumerate(columns):
        widest = max((len(term.text) for row in table.rows if (term := row[number])), default=0)
        sheet.column_dimensions[_letters(number)].width = min(max(len(column), widest, 8) + 2, 60)
    heads = [WriteOnlyCell(sheet, value=column) for column in columns]
    for head in heads:
        head.font = Font(bold=True)
        head.data_type = "s"
        head.quotePrefix = str(head.value).startswith(_FORMULA)
    sheet.append(heads)
    if table.boolean is not None:
        sheet.append(["yes" if table.boolean else "no"])
    for row in table.rows:
        values: list[Any] = [_value(term) for term in row]  # openpyxl takes dates, its stubs do not
        cells = [WriteOnlyCell(sheet, value=value) for value in values]
        for cell in cells:
            if isinstance(cell.value, str):
                cell.data_type = "s"
                cell.quotePrefix = cell.value.startswith(_FORMULA)
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
