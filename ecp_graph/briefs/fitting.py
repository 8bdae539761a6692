"""Cuts a briefing to two pages: what matters least is left out first, and every section says how much of it is."""

from __future__ import annotations

from dataclasses import replace
from math import ceil
from typing import Final

from ecp_graph.briefs.model import Brief, Section, Sentence, Table, TableRow, text_of

__all__ = ["PAGE_HEIGHT", "fitted", "height_of", "limited"]

#: Points of height that a sheet of A4 has for text, as the writers set it, with some room for another font.
PAGE_HEIGHT: Final = 745.0
_PAGES: Final = 2
#: Points of height of the title and the foot, a heading, a line of text, the space behind a paragraph, a line of a
#: table, the space around its rows, and a heading within it.
_TITLE, _HEADING, _LINE, _BEHIND, _CELL_LINE, _AROUND, _GROUP = 50.0, 22.0, 10.8, 1.0, 9.2, 2.3, 12.0
#: Characters of a line of text, of a point, and of a row of a table over its whole width.
_TEXT_CHARS, _POINT_CHARS, _ROW_CHARS = 120, 117, 128
#: How much narrower places are than the text, because they are smaller.
_NARROWER: Final = 0.85
#: What gives way, in this order, and how much of it stays in the first round; in the second nothing has to.
_GIVES_WAY: Final = (
    ("open", 6),
    ("asked", 2),
    ("plans", 3),
    ("load", 8),
    ("same-thing", 6),
    ("chapters", 8),
    ("programmes", 2),
    ("actions", 12),
)


def fitted(brief: Brief, most: float = PAGE_HEIGHT * _PAGES) -> Brief:
    """Return a briefing that is not higher than so many points, as far as leaving out rows and points can do."""
    sections = {section.key: section for section in brief.sections}
    for stays in (True, False):
        for key, kept in _GIVES_WAY:
            over = _TITLE + sum(map(height_of, sections.values())) - most
            if over <= 0:
                return brief.with_sections(sections.values())
            if key in sections:
                sections[key] = _shortened(sections[key], over, kept if stays else 1)
    return brief.with_sections(sections.values())


def limited(brief: Brief, most: int) -> Brief:
    """Return a briefing with no more than so many rows or points in a section, for a page of any length."""
    return brief.with_sections(_cut(section, most, most) for section in brief.sections)


def height_of(section: Section) -> float:
    """Return how high a section is on paper, about, in points."""
    height = _HEADING
    for sentences in filter(None, section.paragraphs):
        length = sum(_length(sentence) + 1 for sentence in sentences)
        height += _LINE * _wrapped(length, _TEXT_CHARS) + _BEHIND
    for point in section.points:
        height += _LINE * _wrapped(_length(point), _POINT_CHARS) + _BEHIND
    if section.table and section.table.rows:
        height += _CELL_LINE + _AROUND + sum(_row_height(section.table, row) for row in section.table.rows)
        height += _GROUP * sum(bool(group) for group, _ in section.table.groups())
    left_out = section.points_left_out + (section.table.left_out if section.table else 0)
    return height + (_LINE + _BEHIND if left_out else 0)


def _row_height(table: Table, row: TableRow) -> float:
    whole = sum(column.share for column in table.columns)
    cells = zip(table.columns, row.cells, strict=True)
    lines = (_wrapped(len(text_of(cell)), _ROW_CHARS * column.share / whole - 2) for column, cell in cells)
    return _CELL_LINE * max(lines, default=1) + _AROUND


def _wrapped(length: int, width: float) -> int:
    return max(1, ceil(length / max(width, 1)))


def _length(sentence: Sentence) -> int:
    where = len(text_of(sentence.places)) + 3 if sentence.places else 0
    return len(text_of(sentence.line)) + ceil(_NARROWER * where)


def _shortened(section: Section, over: float, kept: int) -> Section:
    """Return a section without its last points and rows until it is shorter by so many lines, but with some kept."""
    before, shorter = height_of(section), section
    while before - height_of(shorter) < over:
        points = len(shorter.points)
        rows = len(shorter.table.rows) if shorter.table else 0
        if max(points, rows) <= kept:
            break
        shorter = _cut(shorter, points - 1 if points > kept else points, rows - 1 if rows > kept else rows)
    return shorter


def _cut(section: Section, points: int, rows: int) -> Section:
    left_out = max(0, len(section.points) - points)
    table = section.table
    if table and len(table.rows) > rows:
        table = replace(table, rows=table.rows[:rows], left_out=table.left_out + len(table.rows) - rows)
    return replace(
        section, points=section.points[:points], points_left_out=section.points_left_out + left_out, table=table
    )
