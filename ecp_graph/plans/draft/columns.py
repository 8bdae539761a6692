"""The columns of a draft's workbook, and what is in them; ``columns.yaml`` lists them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from ecp_graph.plans.draft.model import NAMED_FIELDS, DraftName, DraftRow
from ecp_graph.sparql.results import printable

__all__ = ["ASKED", "Column", "cells_of", "columns", "help_lines", "match_of", "shown"]

#: What begins a match that is a question.
ASKED: Final = "? "
_FILE: Final = Path(__file__).with_name("columns.yaml")
#: An Excel cell holds 32,767 characters.
_LONGEST: Final = 32_000


@dataclass(frozen=True)
class Column:
    """A column: what it holds, its heading, its width in characters, and whether a person may change it."""

    field: str
    title: str
    width: int
    edit: bool


@cache
def columns() -> tuple[Column, ...]:
    """Return the columns of the sheet of actions, in their order."""
    return tuple(Column(**column) for column in _table()["actions"])


@cache
def help_lines() -> tuple[str, ...]:
    """Return what the workbook says of itself."""
    return tuple(_table()["help"])


def shown(text: str) -> str:
    """Return a text on one line without what a workbook cannot hold, shortened to what a cell can."""
    line = printable(" ".join(text.split()))
    return line if len(line) <= _LONGEST else line[:_LONGEST] + "…"


def cells_of(row: DraftRow) -> dict[str, str]:
    """Return what is in each column of a row."""
    time = row.time
    cells = {
        "status": row.status,
        "locator": row.row.locator,
        "number": shown(row.number),
        "title": shown(row.title),
        "chapter": shown(row.chapter),
        "roles": _lines(name.role or "responsible" for name in row.named("responsible")),
        "time": shown(time.text),
        "kind": time.kind,
        "from": time.start,
        "until": time.end,
        "edtf": time.edtf,
        "time why": shown(time.why),
        "doubts": _lines(map(shown, row.doubts)),
        "change": row.change,
    }
    for field in NAMED_FIELDS:
        names = row.named(field)
        cells[field] = _lines(shown(name.text) for name in names)
        cells[f"{field} match"] = _lines(map(match_of, names))
        cells[f"{field} why"] = _lines(f"{name.score:.2f} {shown(name.why)}".strip() for name in names)
    return cells


def match_of(name: DraftName) -> str:
    """Return what a match is written as: a code or an IRI, after a question mark where it is not sure."""
    return ASKED + (name.code or name.iri) if name.is_question else name.match


def _lines(texts: Iterable[str]) -> str:
    return "\n".join(texts).rstrip("\n")


@cache
def _table() -> dict[str, Any]:
    held: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return held
