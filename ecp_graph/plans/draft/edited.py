"""A draft's workbook read again: what a person decided of each line, checked cell by cell."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from ecp_graph.confined import GREEDY, LimitReached, Limits, confined
from ecp_graph.errors import ImportRefused
from ecp_graph.inputs import input_size
from ecp_graph.plans.draft.columns import columns
from ecp_graph.plans.draft.model import STATUSES
from ecp_graph.plans.draft.workbook import ACTIONS, PLAN

__all__ = ["EditedDraft", "EditedLine", "read_edited"]

_MEMORY_BYTES: Final = 1 << 30
_CPU_S: Final = 60
#: Problems of a workbook that one message tells.
_TOLD: Final = 10
_DATE: Final = re.compile(r"(\d{4})-(\d\d)(?:-(\d\d))?")


@dataclass(frozen=True)
class EditedLine:
    """A line of the sheet of actions: where it is, and the text of each column by what it holds."""

    place: str
    cells: Mapping[str, str]
    places: Mapping[str, str] = field(default_factory=dict)

    @property
    def locator(self) -> str:
        """The row of the document that it is about."""
        return self.text("locator")

    def text(self, column: str) -> str:
        """Return the text of a cell without the white space around it."""
        return self.cells.get(column, "").strip()

    def word(self, column: str) -> str:
        """Return the text of a cell that has a word of a list, in lower case."""
        return self.text(column).casefold()

    def lines(self, column: str) -> list[str]:
        """Return the lines of a cell, without the white space around each."""
        text = self.cells.get(column, "")
        return [line.strip() for line in text.split("\n")] if text else []


@dataclass(frozen=True)
class EditedDraft:
    """A workbook as it was edited: what it says of the plan, and its lines by locator."""

    path: Path
    about: Mapping[str, str]
    lines: Mapping[str, EditedLine]


def read_edited(path: Path) -> EditedDraft:
    """Return what a draft's workbook says, edited or not.

    Raises ImportRefused, with the sheet and the cell where there is one, for what is no such workbook, a line that is
    not understood, and a file that takes more memory or time than it may; InputSyntaxError for no regular file.
    """
    input_size(path)
    try:
        about, rows = confined(_read, path, limits=Limits(_MEMORY_BYTES, _CPU_S, clock_s=_CPU_S))
    except LimitReached:
        raise ImportRefused(f"{path}: {GREEDY}") from None
    heads, *body = rows or [[]]
    names = [column.title for column in columns()]
    if heads != names:
        missing = [name for name in dict.fromkeys(names) if name not in heads]
        what = f"lacks the columns {', '.join(missing)}" if missing else "has its columns in another order"
        raise ImportRefused(
            f"{path}, sheet {ACTIONS}: its first row {what}. Keep the first row of the draft as it was."
        )
    lines = [line for number, row in enumerate(body, 2) if (line := _line(path, number, row))]
    return EditedDraft(path, about, _by_locator(path, lines))


def _line(path: Path, number: int, row: Sequence[str]) -> EditedLine | None:
    if not any(row):
        return None
    cells = {column.field: text for column, text in zip(columns(), row, strict=False)}
    places = {column.field: f"{_letter(at)}{number}" for at, column in enumerate(columns())}
    return EditedLine(f"{path}, sheet {ACTIONS}, row {number}", cells, places)


def _by_locator(path: Path, lines: Sequence[EditedLine]) -> dict[str, EditedLine]:
    found: dict[str, EditedLine] = {}
    refused = []
    for line in lines:
        if not line.locator:
            refused.append(f"{line.place}: the column Where is empty. Keep what the draft had there; it names the row.")
        elif line.locator in found:
            refused.append(f"{line.place}: {line.locator} is in two rows. Keep one of them.")
        found.setdefault(line.locator, line)
        refused += _faults(path, line)
    if refused:
        more = f"\n… and {len(refused) - _TOLD} more" if len(refused) > _TOLD else ""
        raise ImportRefused("\n".join(refused[:_TOLD]) + more)
    return found


def _faults(path: Path, line: EditedLine) -> list[str]:
    """Return what is wrong with a line whatever the document says, a sentence each."""
    found = []
    for column, check in _CHECKS.items():
        if reason := check(line.text(column)):
            found.append(f"{path}, sheet {ACTIONS}, cell {line.places[column]}: {reason}")
    return found


def _status(text: str) -> str:
    return "" if text.casefold() in STATUSES else f"'{text}' is not a status. Write one of {', '.join(STATUSES)}."


def _bound(text: str) -> str:
    found = _DATE.fullmatch(text)
    try:
        if text and (not found or not date(int(found[1]), int(found[2]), int(found[3] or 1))):
            raise ValueError
    except ValueError:
        return f"'{text}' is not a date. Write YYYY-MM or YYYY-MM-DD, or leave it empty."
    return ""


_CHECKS: Final[Mapping[str, Callable[[str], str]]] = {"status": _status, "from": _bound, "until": _bound}


def _read(path: Path) -> tuple[dict[str, str], list[list[str]]]:
    """Return the sheets of the plan and of the actions as texts; in a process of its own."""
    from openpyxl import load_workbook

    try:
        book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
        if ACTIONS not in book.sheetnames or PLAN not in book.sheetnames:
            raise ImportRefused(
                f"{path} is not a draft: it has no sheets '{ACTIONS}' and '{PLAN}'. Name the workbook that "
                "`ecp-graph import` wrote into drafts/."
            )
        width = len(columns())
        plan = [[_text(value) for value in row] for row in book[PLAN].iter_rows(values_only=True, max_col=2)]
        rows = [[_text(value) for value in row] for row in book[ACTIONS].iter_rows(values_only=True, max_col=width)]
    except (ImportRefused, MemoryError, RecursionError):
        raise
    except Exception as reason:  # what openpyxl raises for a broken file is not documented
        raise ImportRefused(
            f"{path} cannot be read as a workbook ({type(reason).__name__}: {reason}). Open it and save it as .xlsx."
        ) from None
    return {row[0]: row[1] for row in plan[1:] if len(row) > 1}, rows


def _text(value: Any) -> str:
    """Return a value as the draft writes it, although a program may have turned a text into a number or a date."""
    if value is None:
        return ""
    if isinstance(value, datetime) and (value.hour, value.minute, value.second) == (0, 0, 0):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "\n".join(line.rstrip() for line in str(value).replace("\r\n", "\n").split("\n")).rstrip()


def _letter(at: int) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(at + 1))
