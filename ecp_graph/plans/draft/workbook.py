"""A draft reading as a workbook: a line for each action, with a status, to be edited and given back."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from ecp_graph.plans.draft.columns import cells_of, columns, help_lines, shown
from ecp_graph.plans.draft.model import STATUSES, Draft
from ecp_graph.sparql.results import FORMULA_STARTS

__all__ = ["ACTIONS", "KINDS", "PLAN", "ROLES", "draft_workbook"]

#: The sheets that are read again.
ACTIONS: Final = "actions"
PLAN: Final = "plan"

KINDS: Final = (
    *("deadline", "window", "session-window", "recurrent", "recurrent-sessions"),
    *("continuous", "not-stated", "not-understood"),
)
ROLES: Final = ("lead", "partner", "consulted", "responsible", "open")
_WRAPPED: Final = Alignment(wrap_text=True, vertical="top")
_BOLD: Final = Font(bold=True)
_FIXED: Final = PatternFill("solid", fgColor="D9D9D9")
_DOUBT: Final = PatternFill("solid", fgColor="FFF2CC")
#: What stands for the time of writing, so that one draft is the same bytes each time.
_EPOCH: Final = datetime(2000, 1, 1)
_CORE: Final = "docProps/core.xml"
_CLOCK: Final = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def draft_workbook(draft: Draft) -> bytes:
    """Return the draft as an Excel workbook; the same bytes for the same draft."""
    book = Workbook(write_only=True)
    _actions(book.create_sheet(ACTIONS), draft)
    _table(book.create_sheet(PLAN), ("what", "value"), _about(draft), (14, 80))
    problems = [(problem.locator, problem.code, problem.message) for problem in draft.problems]
    _table(book.create_sheet("problems"), ("where", "code", "what to do"), problems, (20, 24, 100))
    orphans = [(orphan.action, orphan.number, orphan.title) for orphan in draft.orphans]
    _table(book.create_sheet("orphaned"), ("IRI", "number", "action"), orphans, (50, 10, 80))
    _table(book.create_sheet("read me"), ("How to use this workbook",), [(line,) for line in help_lines()], (120,))
    stream = io.BytesIO()
    book.save(stream)
    return _without_clock(stream.getvalue())


def _about(draft: Draft) -> list[tuple[str, str]]:
    given = draft.given
    return [
        ("plan", given.plan),
        ("title", draft.title),
        ("title from", draft.title_cell.locator if draft.title_cell else "" if given.title else "the file's name"),
        ("from", given.start),
        ("until", given.end),
        ("body", given.body),
        ("follows", given.follows),
        ("sheet", given.sheet),
        ("document", draft.document),
        ("sha256", draft.sha256),
        ("language", draft.language),
    ]


def _actions(sheet: Any, draft: Draft) -> None:
    sheet.freeze_panes = "E2"
    for number, column in enumerate(columns(), 1):
        sheet.column_dimensions[get_column_letter(number)].width = column.width
    last = len(draft.rows) + 1
    for field, values in (("status", STATUSES), ("kind", KINDS)):
        letter = get_column_letter([column.field for column in columns()].index(field) + 1)
        choice = DataValidation(type="list", formula1=f'"{",".join(values)}"', allow_blank=field == "kind")
        choice.add(f"{letter}2:{letter}{max(last, 2)}")
        sheet.data_validations.append(choice)
    heads = [_cell(sheet, column.title, font=_BOLD, fill=None if column.edit else _FIXED) for column in columns()]
    sheet.append(heads)
    for row in draft.rows:
        cells = cells_of(row)
        fill = _DOUBT if row.doubts else None
        line = [
            _cell(sheet, cells[column.field], fill=fill if column.field in ("status", "doubts") else None)
            for column in columns()
        ]
        sheet.append(line)
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns()))}{max(last, 2)}"


def _table(sheet: Any, heads: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[int]) -> None:
    sheet.freeze_panes = "A2"
    for number, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.append([_cell(sheet, head, font=_BOLD) for head in heads])
    for row in rows:
        sheet.append([_cell(sheet, shown(text)) for text in row])


def _cell(sheet: Any, text: str, *, font: Font | None = None, fill: PatternFill | None = None) -> Any:
    """Return a cell of text, which no program takes for a formula, a number or a date."""
    cell = WriteOnlyCell(sheet, value=text or None)
    if text:
        cell.data_type = "s"
        cell.quotePrefix = text.startswith(FORMULA_STARTS)
    cell.number_format = "@"
    cell.alignment = _WRAPPED
    if font is not None:
        cell.font = font
    if fill is not None:
        cell.fill = fill
    return cell


def _without_clock(workbook: bytes) -> bytes:
    """Return a workbook whose parts bear no time of writing."""
    stream = io.BytesIO()
    with ZipFile(io.BytesIO(workbook)) as old, ZipFile(stream, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = _CLOCK.sub(_EPOCH.isoformat().encode() + b"Z", old.read(name)) if name == _CORE else old.read(name)
            new.writestr(ZipInfo(name), part, ZIP_DEFLATED)
    return stream.getvalue()
