"""Which columns of a table people are shown, and what is written above them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ecp_graph.sparql.results import Table

__all__ = ["ShownColumn", "heading", "shown_columns"]

_WORDS: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
#: Columns that hold the name of what another column gives by its IRI: ``thingName`` beside ``thing``.
_NAMING: Final = ("Name", "Title", "Label")
_NAMES: Final = ("name", "title", "label")


@dataclass(frozen=True)
class ShownColumn:
    """One column of a table for people: its name, where its cells stand, and where the IRI that they link to stands."""

    name: str
    at: int
    link_at: int | None = None


def heading(variable: str) -> str:
    """Return the words of a variable's name, as in ``evidence grade`` for ``evidenceGrade``."""
    words = _WORDS.findall(variable)
    return " ".join(word if word.isupper() else word.lower() for word in words) or variable


def shown_columns(table: Table) -> list[ShownColumn]:
    """Return the columns to show: a column of IRIs that a column of names goes with is the link of the names.

    ``thing`` goes with ``thingName``, and the column is headed ``thing``; ``memberA`` goes with the one column of texts
    whose name ends in the same capital, ``bodyA``. When it is the only column of IRIs left, it goes with ``name``,
    ``title`` or ``label``.
    """
    iris = [at for at, _ in enumerate(table.columns) if _is_iri_column(table, at)]
    linked: dict[int, int] = {}
    for at in iris:
        own = [table.columns[at] + suffix for suffix in _NAMING]
        names = [table.columns.index(name) for name in own if name in table.columns] or _of_same_letter(table, at)
        if names:
            linked[names[0]] = at
    left = [at for at in iris if at not in linked.values()]
    if len(left) == 1 and (names := [table.columns.index(name) for name in _NAMES if name in table.columns]):
        linked.setdefault(names[0], left[0])
    hidden = set(linked.values())
    return [
        ShownColumn(_bare(name, table.columns, linked.get(at)), at, linked.get(at))
        for at, name in enumerate(table.columns)
        if at not in hidden
    ]


def _bare(name: str, columns: Sequence[str], link_at: int | None) -> str:
    """Return the name of a column without ``Name``, where it is that of the column of IRIs that it links to."""
    of = columns[link_at] if link_at is not None else ""
    return of if name in {of + suffix for suffix in _NAMING} else name


def _of_same_letter(table: Table, at: int) -> list[int]:
    """Return the column of texts whose name ends in the same capital letter, if there is exactly one."""
    letter = table.columns[at][-1]
    found = [n for n, name in enumerate(table.columns) if n != at and name[-1] == letter and _is_text_column(table, n)]
    return found if letter.isupper() and len(found) == 1 else []


def _is_text_column(table: Table, at: int) -> bool:
    cells = [row[at] for row in table.rows]
    return any(cells) and all(c is None or (c.kind == "literal" and not c.is_number) for c in cells)


def _is_iri_column(table: Table, at: int) -> bool:
    cells = [row[at] for row in table.rows if row[at] is not None]
    return bool(cells) and all(cell is not None and cell.kind == "iri" for cell in cells)
