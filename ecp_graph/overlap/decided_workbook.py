"""A workbook of findings: with columns for what people decide of them, and read again when these are filled in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple

from ecp_graph.confined import GREEDY, LimitReached, Limits, confined
from ecp_graph.errors import InputSyntaxError
from ecp_graph.inputs import input_size
from ecp_graph.sparql.results import Table

__all__ = ["FILLED", "DecidedLine", "read_decided", "to_decide"]

#: What the column of the IRIs of findings may be called.
FINDING: Final = ("finding", "overlap")
#: The columns that people fill in.
FILLED: Final = ("status", "lead", "reason")
_MEMORY_BYTES: Final = 1 << 30
_CPU_S: Final = 60


class DecidedLine(NamedTuple):
    """A line of the workbook with a status: what it says, and where it stands."""

    finding: str
    status: str
    lead: str
    reason: str
    place: str


def to_decide(table: Table) -> Table:
    """Return a table with empty columns to fill in behind its others, if it is one of findings."""
    if not set(FINDING) & set(table.columns):
        return table
    nothing = (None,) * len(FILLED)
    return replace(table, columns=(*table.columns, *FILLED), rows=tuple((*row, *nothing) for row in table.rows))


def read_decided(path: Path) -> list[DecidedLine]:
    """Return the lines of a workbook that have a status.

    Raises InputSyntaxError for a file that is no such workbook, or takes more memory or time than it may.
    """
    input_size(path)
    try:
        rows = confined(_read, path, limits=Limits(_MEMORY_BYTES, _CPU_S, clock_s=_CPU_S))
    except LimitReached:
        raise InputSyntaxError(path, GREEDY) from None
    heads = [text.casefold() for text in rows[0]] if rows else []
    finding_at = next((heads.index(name) for name in FINDING if name in heads), None)
    missing = [name for name in FILLED if name not in heads]
    if missing or finding_at is None:
        missing = [*missing, FINDING[0]] if finding_at is None else missing
        raise InputSyntaxError(
            path,
            f"its first row lacks the columns {', '.join(missing)}. Write the workbook with `ecp-graph overlap KIND "
            "--format xlsx`, and fill in its last columns.",
        )
    last = {name: place for place, name in enumerate(heads)}  # where somebody has added such a column, it counts
    at = [finding_at, *(last[name] for name in FILLED)]
    lines = []
    for number, row in enumerate(rows[1:], 2):
        finding, status, lead, reason = (row[place] if place < len(row) else "" for place in at)
        if status:
            lines.append(DecidedLine(finding, status.casefold(), lead, reason, f"{path}, row {number}"))
    return lines


def _read(path: Path) -> list[Sequence[str]]:
    """Return the sheet of the answer, or the first one, as texts; in a process of its own."""
    from openpyxl import load_workbook

    from ecp_graph.sparql.spreadsheet import RESULT

    try:
        book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
        sheet = book[RESULT] if RESULT in book.sheetnames else book.worksheets[0]
        return [
            ["" if value is None else str(value).strip() for value in row] for row in sheet.iter_rows(values_only=True)
        ]
    except (MemoryError, RecursionError):
        raise
    except Exception as reason:  # what openpyxl raises for a broken file is not documented
        raise InputSyntaxError(
            path, f"it cannot be read as a workbook ({type(reason).__name__}). Open it and save it as .xlsx."
        ) from None
