"""Reads a PDF with pdfplumber: tables by their ruled lines, and around them paragraphs by the gaps between lines.

A table that goes on on the next page is another table, and rows are not joined. What is drawn or scanned has no text.
"""

from __future__ import annotations

from collections.abc import Iterator
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
    tables = 0
    with document:
        for page in document.pages:
            found = page.find_tables()
            yield from _page(page, found, tables)
            tables += len(found)
            page.close()


def _page(page: Page, tables: list[Table], before: int) -> Iterator[Block]:
    """Yield the blocks of a page; ``before`` is the number of tables on the pages before it."""
    parts: list[tuple[float, list[Block]]] = []
    for number, table in enumerate(sorted(tables, key=lambda table: table.bbox[1]), before + 1):
        parts.append((table.bbox[1], list(_cells(table, number, page.page_number))))
    outside = page.filter(lambda drawn: not any(_holds(table.bbox, drawn) for table in tables))
    parts += [(top, [Block(text, page=page.page_number)]) for top, text in _paragraphs(outside.extract_text_lines())]
    for _, blocks in sorted(parts, key=lambda part: part[0]):
        yield from blocks


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


def _paragraphs(lines: list[dict[str, Any]]) -> Iterator[tuple[float, str]]:
    """Yield each run of lines without a gap as its top and its text."""
    run: list[dict[str, Any]] = []
    for line in lines:
        if run and line["top"] - run[-1]["bottom"] > _GAP * (line["bottom"] - line["top"]):
            yield run[0]["top"], "\n".join(part["text"] for part in run)
            run = []
        run.append(line)
    if run:
        yield run[0]["top"], "\n".join(part["text"] for part in run)
