"""Undoes what page breaks do to a document: margins between its lines, header rows that are repeated, broken rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby

from ecp_graph.documents.blocks import Block

__all__ = ["without_page_breaks"]

Rows = list[list[Block]]


def without_page_breaks(blocks: Iterable[Block]) -> list[Block]:
    """Return the blocks without margins, each row that goes on on the next page in one piece.

    A table goes on when the next page begins with one. Its row does, behind a header row that is repeated, when the
    first cell of the new page's row is blank; the texts of the two parts of a cell are joined.
    """
    made: list[Block] = []
    before: Rows = []
    kept = (block for block in blocks if not block.is_margin)
    for table, found in groupby(kept, key=lambda block: block.table):
        rows = [list(row) for _, row in groupby(found, key=lambda block: block.row)]
        if table and before and 0 < before[-1][0].page < rows[0][0].page:
            rows = _continued(before, rows)
        made += (block for row in before for block in row)
        before = rows if table else []
        if not table:
            made += (block for row in rows for block in row)
    return [*made, *(block for row in before for block in row)]


def _continued(before: Rows, rows: Rows) -> Rows:
    """Return the rows of a table without what belongs to the one before it, which gets the rest of its last row."""
    if _texts(rows[0]) == _texts(before[0]):
        rows = rows[1:]
    if rows and rows[0][0].column > 1:
        before[-1] = _joined(before[-1], rows[0])
        rows = rows[1:]
    return rows


def _joined(row: Sequence[Block], rest: Sequence[Block]) -> list[Block]:
    cells = {block.column: block for block in row}
    for block in rest:
        known = cells.get(block.column)
        text = f"{known.text}\n{block.text}" if known else block.text
        cells[block.column] = replace(row[0], text=text, column=block.column)
    return [cells[column] for column in sorted(cells)]


def _texts(row: Sequence[Block]) -> list[tuple[int, str]]:
    return [(block.column, block.text) for block in row]
