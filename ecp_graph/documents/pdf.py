"""Reads a PDF with pdfplumber: tables by their ruled lines, and around them paragraphs by the gaps between lines.

A table that goes on on the next page is another table here (see `ecp_graph.documents.breaks`). What is drawn or
scanned has no text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ecp_graph.documents.blocks import Block
from ecp_graph.errors import InputSyntaxError, MissingExtra

if TYPE_CHECKING:
    from pdfplumber.page import Page
    from pdfplumber.table import Table

__all__ = ["read_pdf"]

#: Lines further apart than this part of a line's height belong to two paragraphs.
_GAP: Final = 0.6
#: Lines that the margin of a page has at most, above or below.
_MARGIN_LINES: Final = 4
_NUMBER: Final = re.compile(r"\d+")


@dataclass(frozen=True)
class _Line:
    """A line of text, and where it stands on its page."""

    text: str
    top: float
    bottom: float


@dataclass(frozen=True)
class _Page:
    """What a page holds: its tables by where they begin, and the lines around them from top to bottom."""

    number: int
    tables: list[tuple[float, list[Block]]]
    lines: list[_Line]


def read_pdf(path: Path) -> Iterator[Block]:
    """Yield the paragraphs and cells page by page, from top to bottom.

    Raises MissingExtra without pdfplumber, and InputSyntaxError for a file with a password.
    """
    try:
        import pdfplumber
        from pdfminer.pdfdocument import PDFPasswordIncorrect
        from pdfplumber.utils.exceptions import PdfminerException
    except ImportError as reason:
        raise MissingExtra("pdfplumber, which reads PDF,", "pip install 'ecp-graph[pdf]'") from reason
    try:
        document = pdfplumber.open(path)
    except PdfminerException as reason:
        if isinstance(reason.args[0], PDFPasswordIncorrect):
            raise InputSyntaxError(path, "it has a password. Save it without one.") from reason
        raise
    pages: list[_Page] = []
    with document:
        for page in document.pages:
            pages.append(_read(page, sum(len(before.tables) for before in pages)))
            page.close()
    margins = [upper | lower for upper, lower in zip(_margins(pages), _margins(pages, is_lower=True), strict=True)]
    for held, margin in zip(pages, margins, strict=True):
        paragraphs = [
            (top, [Block(text, page=held.number, is_margin=is_margin)])
            for top, text, is_margin in _paragraphs(held.lines, margin)
        ]
        for _, blocks in sorted([*held.tables, *paragraphs], key=lambda part: part[0]):
            yield from blocks


def _read(page: Page, before: int) -> _Page:
    """Return what a page holds; ``before`` is the number of tables on the pages before it."""
    tables = sorted(page.find_tables(_closed(page)), key=lambda table: table.bbox[1])
    outside = page.filter(lambda drawn: not any(_holds(table.bbox, drawn) for table in tables))
    return _Page(
        page.page_number,
        [(table.bbox[1], list(_cells(table, before + at, page.page_number))) for at, table in enumerate(tables, 1)],
        [_Line(line["text"], line["top"], line["bottom"]) for line in outside.extract_text_lines()],
    )


def _closed(page: Page) -> dict[str, Any]:
    """Return the settings by which the row at the edge of a page, of which a page break left a side open, is closed."""
    upright = [edge for edge in page.edges if edge["orientation"] == "v"]
    if not upright:
        return {}
    ends = [min(edge["top"] for edge in upright), max(edge["bottom"] for edge in upright)]
    return {"explicit_horizontal_lines": ends}


def _cells(table: Table, number: int, page: int) -> Iterator[Block]:
    """Yield the cells of a table that hold text; of a merged cell only the first place has one."""
    for row, texts in enumerate(table.extract(), 1):
        for column, text in enumerate(texts, 1):
            if text and text.strip():
                yield Block(text, number, row, column, page)


def _holds(box: tuple[float, float, float, float], drawn: dict[str, Any]) -> bool:
    """Whether the middle of something drawn lies in a box."""
    left, top, right, bottom = box
    across: float = (drawn["x0"] + drawn["x1"]) / 2
    down: float = (drawn["top"] + drawn["bottom"]) / 2
    return left <= across <= right and top <= down <= bottom


def _margins(pages: Sequence[_Page], *, is_lower: bool = False) -> list[set[_Line]]:
    """Return the lines of each page that several pages begin with, or end with, but for their numbers."""
    found: list[set[_Line]] = [set() for _ in pages]
    for depth in range(_MARGIN_LINES):
        here = {
            at: page.lines[-1 - depth if is_lower else depth]
            for at, page in enumerate(pages)
            if len(page.lines) > depth == len(found[at])
        }
        known = Counter(_NUMBER.sub("0", line.text) for line in here.values())
        for at, line in here.items():
            if known[_NUMBER.sub("0", line.text)] > 1:
                found[at].add(line)
    return found


def _paragraphs(lines: Sequence[_Line], margin: set[_Line]) -> Iterator[tuple[float, str, bool]]:
    """Yield each run of lines without a gap as its top, its text, and whether it stands in the margin."""
    run: list[_Line] = []
    for line in lines:
        if run and (_is_apart(run[-1], line) or (run[-1] in margin) != (line in margin)):
            yield run[0].top, "\n".join(part.text for part in run), run[0] in margin
            run = []
        run.append(line)
    if run:
        yield run[0].top, "\n".join(part.text for part in run), run[0] in margin


def _is_apart(line: _Line, following: _Line) -> bool:
    return following.top - line.bottom > _GAP * (following.bottom - following.top)
