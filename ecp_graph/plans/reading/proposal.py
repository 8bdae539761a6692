"""Proposes a mapping of a document: its headings, and what each column is taken to hold, to be edited by a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from ecp_graph.plans.reading.chapters import one_line
from ecp_graph.plans.reading.headings import Layout, layouts
from ecp_graph.plans.reading.plan import called_on_plan, source_of
from ecp_graph.plans.reading.tables import SourceTable
from ecp_graph.plans.wordings import wordings

__all__ = ["proposed_mapping"]

_HEAD: Final = """# What each column of {name} holds. Edit it, and pass it with --mapping.
# propertyUrl is one of: {fields}.
# A column without one is not read. `separator: ","` splits a cell there only; `null: ["-"]` counts as a blank cell.
# For linked files, give each table its url, an aboutUrl (action/, chapter/, body/, indicator/), and foreignKeys.
"""
_ENDINGS: Final = (".xlsx", ".xlsm", ".docx", ".csv", ".tsv")
_MOST_FILES: Final = 20


def proposed_mapping(path: Path, *, sheet: str | None = None) -> str:
    """Return a mapping in YAML for a document, or for the files of a folder, whether or not actions are found in it.

    Raises InputSyntaxError for what cannot be read.
    """
    return called_on_plan(_proposed, path, sheet)


def _proposed(path: Path, sheet: str | None) -> str:
    files = [path]
    if path.is_dir():
        files = sorted(file for file in path.iterdir() if file.suffix.lower() in _ENDINGS)[:_MOST_FILES]
    tables = [made for file in files for made in _tables(file, sheet, is_linked=path.is_dir())]
    head = _HEAD.format(name=path.name, fields=", ".join(wordings().fields))
    return head + yaml.safe_dump({"tables": tables}, sort_keys=False, allow_unicode=True, width=120)


def _tables(path: Path, sheet: str | None, *, is_linked: bool) -> Iterator[Mapping[str, Any]]:
    """Yield the tables of a file that have headings of actions, and all where none has."""
    tables = source_of(path, sheet).tables
    found = [(table, layouts(table)) for table in tables]
    known: list[tuple[SourceTable, Layout | None]] = [(table, of_table[0]) for table, of_table in found if of_table]
    told: list[Any] = []
    for table, layout in known or [(table, None) for table in tables]:
        columns = list(_columns(table, layout))
        if columns in told:  # a mapping holds for every table that has its headings
            continue
        told.append(columns)
        is_shared = sum(list(_columns(*other)) == columns for other in known) > 1
        place: dict[str, Any] = {"url": path.name} if is_linked else {}
        if is_shared:
            pass
        elif table.sheet:
            place["sheet"] = table.sheet
        elif not table.lines and len(tables) > 1:
            place["table"] = table.number
        yield place | {"tableSchema": {"columns": columns}}


def _columns(table: SourceTable, layout: Layout | None) -> Iterator[Mapping[str, str]]:
    """Yield the columns with their headings; without a row of headings, those of the first row with two cells."""
    texts = layout.texts if layout else _first_row(table)
    fields = {column: name for name, columns in layout.columns.items() for column in columns} if layout else {}
    for column, text in sorted(texts.items()):
        if one_line(text):
            made = {"titles": one_line(text)}
            heading = wordings().heading(text)
            field = fields.get(column) or (heading.field if heading and not layout else "")
            yield made | ({"propertyUrl": field} if field else {})


def _first_row(table: SourceTable) -> Mapping[int, str]:
    for cells in table.rows.values():
        texts = {column: cell.text for column, cell in cells.items() if cell.text and cell.column == column}
        if len(texts) > 1:
            return texts
    return {}
