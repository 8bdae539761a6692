"""Writes the three documents of the demo from their texts in ``plans/``: the same bytes each time."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final

import docx
import openpyxl
import yaml
from openpyxl.styles import Alignment, Font
from openpyxl.writer.excel import ExcelWriter

__all__ = ["Plan", "plans", "write_document"]

_FOLDER: Final = Path(__file__).resolve().parent / "plans"
#: What the files say of when they were written; the oldest date that a ZIP file can hold is 1980.
_WRITTEN: Final = datetime(2031, 1, 1)
_WIDTHS: Final = (8, 60, 40, 40, 20, 25)


@dataclass(frozen=True)
class Plan:
    """One work programme: how it is imported, and its chapters with their rows, as texts."""

    slug: str
    file: str
    title: str
    start: str
    end: str
    body: str
    note: str
    headings: Sequence[str]
    chapters: Sequence[tuple[str, Sequence[Sequence[str]]]]


def plans() -> list[Plan]:
    """Return the work programmes in the order of their files."""
    return [
        _plan(yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)) for path in sorted(_FOLDER.glob("*.yaml"))
    ]


def write_document(plan: Plan, folder: Path) -> Path:
    """Write the document of a work programme into a folder, in the format of its name, and return its path."""
    path = folder / plan.file
    _WRITERS[path.suffix](plan, path)
    return path


def _plan(text: dict[str, Any]) -> Plan:
    return Plan(
        slug=text["slug"],
        file=text["file"],
        title=text["title"],
        start=text["from"],
        end=text["until"],
        body=text["body"],
        note=text["note"],
        headings=text["headings"],
        chapters=[(chapter["name"], chapter["rows"]) for chapter in text["chapters"]],
    )


def _write_word(plan: Plan, path: Path) -> None:
    document = docx.Document()
    document.core_properties.created = document.core_properties.modified = _WRITTEN
    document.add_heading(plan.title, 0)
    document.add_paragraph(plan.note)
    for chapter, rows in plan.chapters:
        document.add_heading(chapter, 1)
        table = document.add_table(0, len(plan.headings), style="Table Grid")
        for texts in (plan.headings, *rows):
            for cell, text in zip(table.add_row().cells, texts, strict=True):
                cell.text = text
    _save(path, document.save)


def _write_workbook(plan: Plan, path: Path) -> None:
    book = openpyxl.Workbook()
    book.properties.created = book.properties.modified = _WRITTEN
    sheet = book.active
    sheet.title = "Programme"
    sheet.append([plan.title])
    sheet.append([plan.note])
    sheet.append([])
    sheet.append(list(plan.headings))
    for chapter, rows in plan.chapters:
        sheet.append([chapter])
        sheet.merge_cells(start_row=sheet.max_row, end_row=sheet.max_row, start_column=1, end_column=len(plan.headings))
        for texts in rows:
            sheet.append(list(texts))
    for cell in (sheet["A1"], *sheet[4]):
        cell.font = Font(bold=True)
    for column, width in zip("ABCDEF", _WIDTHS, strict=True):
        sheet.column_dimensions[column].width = width
    for row in sheet.iter_rows(min_row=4):
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    # Workbook.save would say when it was called
    _save(path, lambda file: ExcelWriter(book, zipfile.ZipFile(file, "w")).save())


def _write_csv(plan: Plan, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(["Chapitre", *plan.headings])
        writer.writerows([chapter, *texts] for chapter, rows in plan.chapters for texts in rows)


_WRITERS: Final = {".docx": _write_word, ".xlsx": _write_workbook, ".csv": _write_csv}


def _save(path: Path, save: Callable[[IO[bytes]], None]) -> None:
    """Save a Word file or a workbook with the same date for each of its parts."""
    saved = io.BytesIO()
    save(saved)
    with zipfile.ZipFile(saved) as parts, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as written:
        for name in parts.namelist():
            part = zipfile.ZipInfo(name, _WRITTEN.timetuple()[:6])
            part.compress_type = zipfile.ZIP_DEFLATED
            written.writestr(part, parts.read(name))
