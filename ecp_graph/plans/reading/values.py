"""Makes a row of action of its cells: the values, the names in a cell, and what is doubtful about them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import quote

from ecp_graph.plans.mapping import Column
from ecp_graph.plans.reading.chapters import one_line
from ecp_graph.plans.reading.headings import is_number
from ecp_graph.plans.reading.parts import NamedPart, Parts, split
from ecp_graph.plans.reading.shown import without_marks
from ecp_graph.plans.reading.walk import Draft
from ecp_graph.plans.rows import ActionRow, Cell, Named, Role
from ecp_graph.plans.wordings import wordings

__all__ = ["Rules", "action_of", "named_in", "with_numbers_of_titles"]

#: The fields of bodies, with the role of those in them.
_ROLES: Final[dict[str, Role]] = {
    "responsible": "responsible",
    "lead": "lead",
    "partner": "partner",
    "consulted": "consulted",
}
_NUMBER_BEFORE: Final = re.compile(r"^(\d{1,3}(?:\.\d{1,3})*[.)]|\d{1,3}(?:\.\d{1,3})+)\s+(?=\S)")
_SHOWN: Final = 80


@dataclass(frozen=True)
class Rules:
    """How cells are read: names that are not broken, as of `known_names`, and what a mapping says of columns.

    ``columns`` are by the number of their table and their own.
    """

    known: frozenset[str] = frozenset()
    columns: Mapping[tuple[int, int], Column] = field(default_factory=dict)
    language: str = ""


def action_of(draft: Draft, rules: Rules) -> ActionRow:
    """Return a row of action; a body has the role that its cell says, or else the one that its heading says."""
    doubts = list(_doubts(draft))
    bodies = [named for name in _in_order(draft) for named in _named(draft, name, rules, doubts, _ROLES[name])]
    number, title = one_line(draft.text("number")), one_line(draft.text("title"))
    number = number.strip("() ").rstrip(".):") if is_number(number) else number
    if "number" in draft.layout.columns and not number:
        doubts.append("It has no number.")
    if set(draft.cells) <= {"title", "chapter"} and len(draft.layout.columns) > 1:
        doubts.append("It has nothing but its text: it may be a heading.")
    return ActionRow(
        draft.table.row_locator(draft.row),
        number,
        title,
        draft.chapter,
        tuple(bodies),
        programmes=tuple(_named(draft, "programme", rules, doubts)),
        instruments=tuple(_named(draft, "instrument", rules, doubts)),
        topics=tuple(_named(draft, "topic", rules, doubts)),
        goals=tuple(_named(draft, "goal", rules, doubts)),
        time=_time(draft, rules.language, doubts),
        cells=dict(_cells(draft)),
        doubts=tuple(dict.fromkeys(doubts)),
    )


def with_numbers_of_titles(rows: Sequence[ActionRow]) -> list[ActionRow]:
    """Return the rows with the numbers that their texts begin with, where no row has a number and most texts do."""
    begins = [_NUMBER_BEFORE.match(row.title) for row in rows]
    if any(row.number for row in rows) or sum(map(bool, begins)) * 2 <= len(rows):
        return list(rows)
    return [
        replace(row, number=found[1].rstrip(".)"), title=row.title[found.end() :]) if found else row
        for row, found in zip(rows, begins, strict=True)
    ]


def _in_order(draft: Draft) -> list[str]:
    """Return the fields of bodies in the order of their columns."""
    fields = [field for field in _ROLES if draft.cells.get(field)]
    return sorted(fields, key=lambda field: draft.cells[field][0][1].column)


def _named(draft: Draft, name: str, rules: Rules, doubts: list[str], role: Role | None = None) -> Iterator[Named]:
    """Yield the names in the cells of a field; cells that were joined are one text, and count as the first."""
    by_column: dict[int, list[tuple[Cell, str]]] = {}
    for table, cell in draft.cells.get(name, ()):
        by_column.setdefault(cell.column, []).append((table.cell(cell), cell.text))
    for found in by_column.values():
        text = "\n".join(without_marks(text) for _, text in found if text)
        yield from named_in(found[0][0], text, rules, doubts, role)


def named_in(at: Cell, text: str, rules: Rules, doubts: list[str], role: Role | None = None) -> Iterator[Named]:
    """Yield the names in the text of a cell; where a mapping gives its column a separator, that alone separates."""
    column = rules.columns.get((at.table, at.column))
    if column is not None and text.strip() in column.null:
        return
    if column is not None and column.separator:
        texts = (one_line(part) for part in text.split(column.separator))
        parts = Parts(tuple(NamedPart(part, role) for part in texts if part and part not in column.null))
    else:
        parts = split(text, known=rules.known, role=role)
    doubts += [f"{at.locator}: {doubt}" for doubt in parts.doubts]
    for part in parts.parts:
        yield Named(part.text, at, part.role, _iri(column.value_url, part.text) if column is not None else "")


def _iri(template: str, text: str) -> str:
    """Return what a template makes of a value, whose place is in braces."""
    return re.sub(r"\{[^}]*\}", lambda _: quote(text, safe=""), template)


def _time(draft: Draft, language: str, doubts: list[str]) -> str:
    """Return the time as written; of two columns, for begin and end, or of columns with marks, as a range."""
    time, begin, end = (one_line(draft.text(name)) for name in ("time", "from", "until"))
    time, begin, end = ("" if text.casefold() in wordings().blanks else text for text in (time, begin, end))
    if time:
        return time
    if begin and end:
        return begin if begin == end else f"{begin} – {end}"
    if begin or end:
        return (
            f"{wordings().word('begins', language)} {begin}" if begin else f"{wordings().word('ends', language)} {end}"
        )
    return _marked(draft, doubts)


def _marked(draft: Draft, doubts: list[str]) -> str:
    """Return the headings of the columns that have a mark: as a range where they are side by side."""
    marked = {cell.column for _, cell in draft.cells.get("mark", ()) if cell.text.casefold() in wordings().marks}
    columns = list(draft.layout.marks)
    places = [at for at, column in enumerate(columns) if column in marked]
    if not places:
        return ""
    doubts.append("Its time was taken from the headings of columns with marks.")
    texts = [draft.layout.marks[columns[at]] for at in places]
    if len(texts) > 1 and places[-1] - places[0] == len(places) - 1:
        return f"{texts[0]} – {texts[-1]}"
    return ", ".join(texts)


def _cells(draft: Draft) -> Iterator[tuple[str, Cell]]:
    """Yield the cells by field; of several of one field, the second is ``title 2``."""
    for name, found in draft.cells.items():
        for at, (table, cell) in enumerate(found, 1):
            yield (name if at == 1 else f"{name} {at}"), table.cell(cell)


def _doubts(draft: Draft) -> Iterator[str]:
    for table, row in draft.joined:
        yield f"{table.row_locator(row)} was taken for the rest of this row."
    for found in draft.cells.values():
        for table, cell in found:
            where = table.cell_locator(cell.row, cell.column)
            yield from (f"{where}: {doubt}" for doubt in cell.doubts)
            if without_marks(cell.text) != cell.text:
                yield f"{where} has the mark of a footnote, which was left out."
            if cell.struck:
                yield f"{where}: '{_short(cell.struck)}' is struck out and was left out."
            yield from (f"{where} has a note, which was not read as its text: '{_short(note)}'." for note in cell.notes)


def _short(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}…"
