"""A draft reading as one page: the tables of the document left, what was understood of them right.

The page holds all that it needs and fetches nothing. Where the pointer is over the one, the other lights up; without
scripts the numbers of the actions and the links to the cells say what belongs together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Final

from ecp_graph.plans.draft.columns import shown
from ecp_graph.plans.draft.model import NAMED_FIELDS, Draft, DraftName, DraftRow
from ecp_graph.plans.reading.tables import SourceCell, SourceTable
from ecp_graph.plans.rows import Cell

__all__ = ["draft_page"]

_FOLDER: Final = Path(__file__).parent
#: Characters of a cell that are shown.
_LONGEST: Final = 4_000
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
_HELP: Final = (
    "On the left is the document, on the right what was understood of it. Point at one to see the other; the numbers "
    "of the actions and the links to the cells do the same. Nothing is in the graph yet: edit the workbook beside this "
    "page and import it with --accept."
)


def draft_page(draft: Draft, tables: Sequence[SourceTable]) -> str:
    """Return the page of a draft; ``tables`` are those of its document, of which those with actions are drawn."""
    rows = {row.row.locator: number for number, row in enumerate(draft.rows, 1)}
    drawn = _drawn(draft, tables)
    title = f"{draft.title}: draft reading"
    parts = [
        "<!DOCTYPE html>",
        f'<html lang="en"><head><meta charset="utf-8"><title>{_text(title)}</title>',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<style>\n{_asset('page.css')}</style></head><body>",
        f"<header><h1>{_text(title)}</h1><p>{_text(_about(draft))}</p><p>{_text(_HELP)}</p></header>",
        f'<main><section aria-label="The document" lang="{_text(draft.language)}" tabindex="0">',
        *(part for table in drawn for part in _table(table, rows)),
        '</section><section aria-label="What was understood" tabindex="0">',
        *_problems(draft),
        *(part for number, row in enumerate(draft.rows, 1) for part in _article(number, row, draft.language)),
        *_orphans(draft),
        f"</section></main><script>\n{_asset('page.js')}</script></body></html>",
    ]
    return "\n".join(parts) + "\n"


def _drawn(draft: Draft, tables: Iterable[SourceTable]) -> list[SourceTable]:
    used = {(cell.sheet, cell.table) for row in draft.rows for cell in row.row.cells.values()}
    return [table for table in tables if (table.sheet, table.number) in used]


def _about(draft: Draft) -> str:
    doubts = sum(bool(row.doubts) for row in draft.rows)
    problems = "1 problem" if len(draft.problems) == 1 else f"{len(draft.problems)} problems"
    counts = f"{len(draft.rows)} actions, {doubts} of them with doubts, {problems}"
    return f"{draft.document} (SHA-256 {draft.sha256[:12]}…): {counts}."


def _table(table: SourceTable, numbers: Mapping[str, int]) -> Iterator[str]:
    """Yield a table with its merges; the first column has the numbers of the actions."""
    rows = table.rows
    columns = sorted({column for cells in rows.values() for column in cells})
    yield f"<h2>{_text(table.sheet or f'Table {table.number}')}</h2>"
    yield "<table>"
    for row, cells in rows.items():
        number = numbers.get(table.row_locator(row), "")
        marked = f'<th class="n">{f"<a href=#a{number}>{number}</a>" if number else ""}</th>'
        drawn = "".join(_cell(table, row, column, cells) for column in columns)
        yield f"<tr{' class=hidden' if row in table.hidden_rows else ''}>{marked}{drawn}</tr>"
    yield "</table>"


def _cell(table: SourceTable, row: int, column: int, beside: Mapping[int, SourceCell]) -> str:
    """Return a cell where it begins, nothing where it goes on, and an empty one where there is none."""
    cell = beside.get(column)
    if cell is None:
        return "<td></td>"
    covered = [at for at, other in beside.items() if other is cell]
    if cell.row != row or column != min(covered):
        return ""
    width = len(covered)
    spans = (f" rowspan={cell.row_span}" if cell.row_span > 1 else "") + (f" colspan={width}" if width > 1 else "")
    name = _text(table.cell_locator(cell.row, cell.column))
    text = cell.text if len(cell.text) <= _LONGEST else cell.text[:_LONGEST] + "…"
    struck = f" <s>{_text(shown(cell.struck))}</s>" if cell.struck else ""
    return f'<td{spans} id="{_anchor(name)}" data-cell="{name}">{_text(text)}{struck}</td>'


def _article(number: int, row: DraftRow, language: str) -> Iterator[str]:
    cells = row.row.cells
    title = _of(cells.get("title"), row.title, language)
    yield f'<article id="a{number}" class="{row.status}"><h3>{number}. {title}</h3>'
    yield f'<p class="why">{_text(row.row.locator)}, status: {row.status}{", " + row.change if row.change else ""}</p>'
    yield "<dl>"
    for field in ("number", "chapter"):
        if text := getattr(row, field):
            yield f"<dt>{field.capitalize()}</dt><dd>{_of(cells.get(field), text, language)}</dd>"
    for field in NAMED_FIELDS:
        if names := row.named(field):
            yield f"<dt>{field.capitalize()}</dt><dd>{'<br>'.join(_name(name, language) for name in names)}</dd>"
    yield f"<dt>Time</dt><dd>{_time(row, language)}</dd></dl>"
    if row.doubts:
        yield "<ul>" + "".join(f'<li class="doubt">{_text(doubt)}</li>' for doubt in row.doubts) + "</ul>"
    yield "</article>"


def _name(name: DraftName, language: str) -> str:
    role = f" ({name.role})" if name.role and name.role != "responsible" else ""
    if name.is_sure:
        found = f"→ <b>{_text(name.label or name.match)}</b>"
    elif name.is_question:
        found = f'<span class="ask">→ {_text(name.label or name.iri)}?</span>'
    else:
        found = '<span class="own">the plan’s own</span>'
    why = f' <span class="why">score {name.score:.2f}: {_text(name.why)}</span>' if name.iri else ""
    return f"{_of(name.cell, name.text, language)}{role} {found}{why}"


def _time(row: DraftRow, language: str) -> str:
    time = row.time
    bounds = (
        " to ".join(filter(None, (time.start, time.end))) if time.start else f"until {time.end}" if time.end else ""
    )
    edtf = f"EDTF {time.edtf}" if time.edtf else ""
    told = ", ".join(filter(None, (bounds, edtf)))
    read = f"<b>{_text(time.kind)}</b> {_text(told)} <span class=why>{_text(time.why)}</span>"
    return f"{_of(row.row.cells.get('time'), time.text, language)} → {read}" if time.text else read


def _of(cell: Cell | None, text: str, language: str) -> str:
    """Return a text that was read of a cell, with the link to that."""
    words = f'<span lang="{_text(language)}">{_text(shown(text)[:_LONGEST])}</span>'
    if cell is None:
        return words
    name = _text(cell.locator)
    return f'<span data-cell="{name}">{words} <a class="cell" href="#{_anchor(name)}">{name}</a></span>'


def _problems(draft: Draft) -> Iterator[str]:
    if draft.problems:
        yield "<h2>Problems</h2><ul>"
        yield from (f"<li>{_text(found.sentence)}</li>" for found in draft.problems)
        yield "</ul>"


def _orphans(draft: Draft) -> Iterator[str]:
    if draft.orphans:
        yield "<h2>No longer in the document</h2><ul>"
        yield from (f"<li>{_text(f'{found.number} {found.title}')}</li>" for found in draft.orphans)
        yield "</ul>"


def _anchor(name: str) -> str:
    return "cell-" + "".join(character if character.isalnum() else "-" for character in name)


def _text(text: str) -> str:
    return escape(text, quote=True)


def _asset(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")
