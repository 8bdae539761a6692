"""Finds the rows of headings of tables of actions, and what each column below them holds."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from ecp_graph.plans.reading.tables import SourceCell, SourceTable
from ecp_graph.plans.wordings import Heading, plain, wordings

__all__ = ["Layout", "headings_of", "is_number", "layouts", "main_language", "same_headings"]

#: Fields of which a table has one column at most.
_SINGLE: Final = ("number", "title", "chapter", "goal", "time", "from", "until")
_BODIES: Final = ("responsible", "lead", "partner")
#: Fields beside an action's title one of which tells a table of actions.
_TELLING: Final = (*_BODIES, "time", "from", "until", "programme", "number", "chapter")
_SURE: Final = 0.5
_LONGEST: Final = 160
_NUMBER: Final = re.compile(
    r"^\(?(?:[^\W\d_]{0,8}[ .\-–/]?\d{1,5}(?:[.\-–/]\d{1,4})*\.?[a-z]?|[ivxlc]{1,7}|[^\W\d_](?:[.\-]\d+)*)[.):°º]*$",
    re.IGNORECASE,
)
_YEAR: Final = re.compile(r"^(?:19|20)\d\d$")
_DIGITS: Final = re.compile(r"^\d{1,3}(\.\d+)*\.?$")
#: Rows whose column without a heading is looked at for numbers.
_LOOKED_AT: Final = 40


@dataclass(frozen=True)
class Layout:
    """Rows of headings, and the columns of each field below them; ``others`` are the headings of no field.

    ``marks`` are the times of columns in which a mark says that an action falls into that time. ``beside`` is the first
    column of another table to the right, which is not read.
    """

    first_row: int
    last_row: int
    columns: Mapping[str, tuple[int, ...]]
    texts: Mapping[int, str]
    languages: Mapping[str, float]
    others: tuple[str, ...] = ()
    marks: Mapping[int, str] = field(default_factory=dict)
    beside: int | None = None

    def column(self, name: str) -> int | None:
        """Return the first column of a field."""
        return next(iter(self.columns.get(name, ())), None)


def layouts(table: SourceTable) -> list[Layout]:
    """Return every row of headings of a table of actions, in order; those that repeat one are among them."""
    found: list[Layout] = []
    rows = [row for row in table.rows if row not in table.hidden_rows]
    for at, row in enumerate(rows):
        if found and row <= found[-1].last_row:
            continue
        below = rows[at + 1] if at + 1 < len(rows) else None
        layout = _layout(table, row, below)
        if layout is not None:
            found.append(layout)
    return found


def headings_of(table: SourceTable) -> str:
    """Return the texts of the first row with more than one cell, for a message about a table that is not read."""
    for cells in table.rows.values():
        texts = [" ".join(cell.text.split()) for cell in dict.fromkeys(cells.values()) if cell.text]
        if len(texts) > 1:
            return ", ".join(f"'{text[:40]}'" for text in texts[:8])
    return "none"


def is_number(text: str) -> bool:
    """Whether a text is a number of an action or chapter: 3, 2.1, A-3, IV."""
    return bool(_NUMBER.match(text.strip()))


def _layout(table: SourceTable, row: int, below: int | None) -> Layout | None:
    cells = table.rows[row]
    own = [cell for cell in dict.fromkeys(cells.values()) if cell.text]
    if len(own) < 2 or any(len(cell.text) > _LONGEST for cell in own):
        return None
    texts = {column: cell.text for column, cell in cells.items() if cell.text and column == _first(table, cell)}
    last = row
    under = _second_row(table, row, below)
    if under:
        heads = {column: cell.text for column, cell in cells.items()}
        texts |= {column: _combined(heads.get(column, ""), text) for column, text in under.items()}
        last = max(last, below or last)
    beside = _beside(texts)
    texts = {column: text for column, text in texts.items() if beside is None or column < beside}
    marks = _marked_times(cells, under, texts)
    said = {
        column: heading
        for column, text in texts.items()
        if column not in marks and (heading := wordings().heading(text))
    }
    if not _is_of_actions(texts, said):
        return None
    columns = _columns(said)
    title = cells[columns["title"][0]]
    last = max(last, title.row + title.row_span - 1)
    if "number" not in columns and (number := _unnamed_numbers(table, last, columns["title"][0], texts)):
        columns["number"] = (number,)
    if marks:
        columns["mark"] = tuple(sorted(marks))
    taken = {column for of_field in columns.values() for column in of_field}
    others = tuple(" ".join(text.split()) for column, text in texts.items() if column not in taken)
    languages = defaultdict[str, float](float)
    for column in taken & said.keys():
        for language in said[column].languages:
            languages[language] += said[column].share / len(said[column].languages)
    return Layout(row, last, columns, texts, languages, others, marks, beside)


def _beside(texts: Mapping[int, str]) -> int | None:
    """Return the column where headings begin anew: after a column without one, or where all repeat in their order."""
    columns = sorted(texts)
    said = [plain(texts[column]) for column in columns]
    for at in range(2, len(columns) - 1):
        is_apart = columns[at] - columns[at - 1] > 1 and set(said[at:]) <= set(said[:at])
        if is_apart or (at > 2 and said[at:] == said[:at]):
            return columns[at]
    return None


def _first(table: SourceTable, cell: SourceCell) -> int:
    """Return the first column of a cell that is not hidden."""
    return next(
        column for column in range(cell.column, cell.column + cell.column_span) if column not in table.hidden_columns
    )


def _second_row(table: SourceTable, row: int, below: int | None) -> Mapping[int, str]:
    """Return the headings of a second row, all of which are below a cell that covers several columns, or nothing."""
    if below is None:
        return {}
    found: dict[int, str] = {}
    spanned = False
    for column, cell in table.rows[below].items():
        if cell.row != below or not cell.text:
            continue
        head = table.places.get((row, column))
        if len(cell.text) > _LONGEST or (head is not None and head.text and head.column_span == 1):
            return {}
        spanned = spanned or (head is not None and head.column_span > 1)
        found[column] = cell.text
    return found if spanned and len(found) > 1 else {}


def _marked_times(
    cells: Mapping[int, SourceCell], under: Mapping[int, str], texts: Mapping[int, str]
) -> dict[int, str]:
    """Return the columns of a year each, and those that share a heading that says time and say themselves which."""
    found = {column: text.strip() for column, text in texts.items() if _YEAR.match(text.strip())}
    for column, text in under.items():
        head = wordings().heading(cells[column].text) if column in cells else None
        if head is not None and head.field == "time" and wordings().heading(text) is None:
            found[column] = " ".join(text.split())
    return found


def _combined(head: str, under: str) -> str:
    """Return the heading of the second row where it says enough, and else both."""
    own = wordings().heading(under)
    return under if own is not None and own.share >= _SURE else f"{head} {under}".strip()


def _is_of_actions(texts: Mapping[int, str], said: Mapping[int, Heading]) -> bool:
    """Whether headings are those of actions: what is in one is said well, or most of them say something."""
    sure = [heading for heading in said.values() if heading.share >= _SURE]
    fields = {heading.field for heading in sure if not heading.is_weak}
    leading = next((text for column, text in sorted(texts.items()) if not _says_number(said.get(column))), "")
    if wordings().is_one_of(leading, "other_tables") or any(_DIGITS.match(text.strip()) for text in texts.values()):
        return False
    if "title" in fields:
        is_exact = any(heading.field == "title" and heading.share == 1 for heading in sure)
        share = sum(heading.share for heading in said.values()) / len(texts)
        known = {heading.field for heading in said.values()}
        return (is_exact or share >= _SURE) and not known.isdisjoint(_TELLING)
    return any(heading.is_weak for heading in sure) and not fields.isdisjoint(_BODIES) and len(fields) > 1


def _says_number(heading: Heading | None) -> bool:
    return heading is not None and heading.field == "number"


def _columns(said: Mapping[int, Heading]) -> dict[str, tuple[int, ...]]:
    """Return the columns of each field; of those that hold one value, the column whose heading says it best."""
    columns: dict[str, list[int]] = {}
    for column, heading in sorted(said.items()):
        columns.setdefault(heading.field, []).append(column)
    if columns.keys().isdisjoint({"lead", "responsible"}) and "partner" in columns:
        columns["responsible"] = columns.pop("partner")  # one column of bodies, "Responsible bodies and partners"
    for name in _SINGLE:
        found = columns.get(name, [])
        if len(found) > 1:
            columns[name] = [min(found, key=lambda column: (said[column].is_weak, -said[column].share, column))]
    return {name: tuple(found) for name, found in columns.items()}


def _unnamed_numbers(table: SourceTable, last: int, title: int, texts: Mapping[int, str]) -> int | None:
    """Return a column without a heading, left of the title, in which most cells hold a number."""
    below = [row for row in table.rows if row > last][:_LOOKED_AT]
    for column in range(title - 1, 0, -1):
        if plain(texts.get(column, "")) or column in table.hidden_columns:
            continue
        held = [
            cell.text for row in below if (cell := table.rows[row].get(column)) and cell.text and cell.column_span == 1
        ]
        if held and sum(map(is_number, held)) > len(held) / 2:
            return column
    return None


def main_language(found: Iterable[Layout]) -> str:
    """Return the language that most headings are in; of several, the first of the file."""
    total = defaultdict[str, float](float)
    for layout in found:
        for language, share in layout.languages.items():
            total[language] += share
    return max(total, key=lambda language: (total[language], language == "en"), default="")


def same_headings(one: Layout, other: Layout) -> bool:
    """Whether two rows of headings say the same in the same columns."""
    return _plain_texts(one.texts) == _plain_texts(other.texts)


def _plain_texts(texts: Mapping[int, str]) -> Sequence[tuple[int, str]]:
    return sorted((column, plain(text)) for column, text in texts.items())
