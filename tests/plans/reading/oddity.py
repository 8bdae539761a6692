"""What an oddity of a document is, and the document with it as a file of a format."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import docx
import openpyxl
from openpyxl.styles import Font

#: Row and column, from 0.
Place = tuple[int, int]
HEADINGS = ("No.", "Action", "Responsible body", "Work programme", "Timeframe")
FORMATS = ("xlsx", "docx", "csv")


@dataclass(frozen=True)
class Expected:
    """An action as a person reads it; a body of which a role is said is a pair with its role."""

    number: str
    title: str
    chapter: str = ""
    bodies: Sequence[str | tuple[str, str]] = ()
    programmes: Sequence[str] = ()
    time: str = ""


@dataclass(frozen=True)
class Oddity:
    """A document: rows of cells, what is done to some of them, and the actions that it states.

    ``merged`` are first and last places, ``struck``, ``bold`` are places; ``finish`` changes the document before it
    is saved, by format; ``told`` is a word of the doubt or problem that has to be told, ``known`` are known names.
    """

    name: str
    rows: Sequence[Sequence[Any]]
    expected: Sequence[Expected]
    formats: Sequence[str] = FORMATS
    before: Sequence[str] = ()
    merged: Sequence[tuple[Place, Place]] = ()
    struck: Sequence[Place] = ()
    bold: Sequence[Place] = ()
    finish: Mapping[str, Callable[[Any], None]] = field(default_factory=dict)
    told: str = ""
    known: Sequence[str] = ()
    separator: str = ","
    encoding: str = "utf-8"


def written(oddity: Oddity, format_: str, folder: Path) -> Path:
    """Write the document in a format, and return where."""
    return {"xlsx": _workbook, "docx": _word, "csv": _csv}[format_](oddity, folder)


def _workbook(oddity: Oddity, folder: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Plan"
    for row_number, row in enumerate(oddity.rows, 1):
        for column, value in enumerate(row, 1):
            cell = sheet.cell(row_number, column, value or None)
            place = (row_number - 1, column - 1)
            cell.font = Font(strike=place in oddity.struck, bold=place in oddity.bold)
    for (top, left), (bottom, right) in oddity.merged:
        sheet.merge_cells(start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1)
    oddity.finish.get("xlsx", lambda _: None)(book)
    path = folder / "plan.xlsx"
    book.save(path)
    return path


def _word(oddity: Oddity, folder: Path) -> Path:
    document = docx.Document()
    for paragraph in oddity.before:
        document.add_paragraph(paragraph)
    table = document.add_table(len(oddity.rows), max(map(len, oddity.rows)))
    for row_number, row in enumerate(oddity.rows):
        for column, value in enumerate(row):
            cell = table.cell(row_number, column)
            run = cell.paragraphs[0].add_run(str(value))
            run.font.strike = True if (row_number, column) in oddity.struck else None
            run.font.bold = True if (row_number, column) in oddity.bold else None
    for (top, left), (bottom, right) in oddity.merged:
        table.cell(top, left).merge(table.cell(bottom, right))
    oddity.finish.get("docx", lambda _: None)(document)
    path = folder / "plan.docx"
    document.save(str(path))
    return path


def _csv(oddity: Oddity, folder: Path) -> Path:
    import csv

    path = folder / "plan.csv"
    with path.open("w", encoding=oddity.encoding, newline="") as file:
        csv.writer(file, delimiter=oddity.separator).writerows(oddity.rows)
    if finish := oddity.finish.get("csv"):
        finish(path)
    return path


FIRST = ("1", "Publish a guide on transit", "Secretariat", "PTC Work Programme", "July 2031")
SECOND = ("2", "Review the guide", "PTC, IMSC", "", "Continuous activity")
THIRD = ("3", "Train inspectors", "Secretariat; PTC", "TFA Work Programme", "2032")


def said(row: Sequence[str], chapter: str = "", **changed: Any) -> Expected:
    bodies = [name.strip() for name in row[2].replace(";", ",").split(",") if name.strip()]
    programmes = [row[3]] if row[3] else []
    values = {
        "number": row[0],
        "title": row[1],
        "chapter": chapter,
        "bodies": bodies,
        "programmes": programmes,
        "time": row[4],
    }
    return Expected(**{**values, **changed})


PLAIN = (HEADINGS, FIRST, SECOND, THIRD)
SAID = (said(FIRST), said(SECOND), said(THIRD))


def changed(row: Sequence[str], **changes: str) -> tuple[str, ...]:
    at = dict(zip(("number", "title", "bodies", "programme", "time"), range(5), strict=True))
    made = list(row)
    for name, text in changes.items():
        made[at[name]] = text
    return tuple(made)
