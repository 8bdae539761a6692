"""Writes what is wrong with a workbook into a copy of it, as comments on the cells."""

from __future__ import annotations

import io
import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from ecp_graph.errors import InputSyntaxError
from ecp_graph.plans.reading.archive import look_through
from ecp_graph.plans.reading.formats import format_of
from ecp_graph.plans.reading.plan import called_on_plan
from ecp_graph.plans.rows import Problem

__all__ = ["annotated"]

_PLACE: Final = re.compile(
    r"^(?P<sheet>.+)!(?:row (?P<row>\d+)|column (?P<column>[A-Z]{1,3})|(?P<cell>[A-Z]{1,3}\d+))$"
)
_AUTHOR: Final = "ecp-graph"
_MOST: Final = 2_000
_LONGEST: Final = 2_000


def annotated(path: Path, problems: Sequence[Problem]) -> bytes:
    """Return a copy of a workbook in which each problem is a comment on its cell, or on the first cell of its row.

    A comment that is there already stays above. Raises InputSyntaxError for what is no workbook.
    """
    return called_on_plan(_annotated, path, list(problems))


def _annotated(path: Path, problems: Sequence[Problem]) -> bytes:
    import openpyxl

    if format_of(path) != "workbook":
        raise InputSyntaxError(path, "only a workbook can have comments on its cells.")
    look_through(path)
    with path.open("rb") as stream:
        book = openpyxl.load_workbook(stream, keep_vba=path.suffix.lower() == ".xlsm", rich_text=True)
    told = defaultdict[tuple[str, str], list[str]](list)
    for problem in problems[:_MOST]:
        match = _PLACE.match(problem.locator)
        if match and match["sheet"] in book.sheetnames:
            at = match["cell"] or (f"{match['column']}1" if match["column"] else f"A{match['row']}")
            told[match["sheet"], at].append(problem.message)
    for (sheet, at), messages in told.items():
        _comment(book[sheet], at, messages)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _comment(sheet: Any, at: str, messages: Sequence[str]) -> None:
    from openpyxl.comments import Comment

    cell = sheet[at]
    if type(cell).__name__ == "MergedCell":  # only the first cell of a merged one has a comment
        area = next(area for area in sheet.merged_cells.ranges if at in area)
        cell = sheet.cell(area.min_row, area.min_col)
    before = [cell.comment.text] if cell.comment else []
    cell.comment = Comment("\n\n".join([*before, *messages])[:_LONGEST], _AUTHOR, width=320, height=160)
