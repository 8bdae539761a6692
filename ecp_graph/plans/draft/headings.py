"""Where the headings of chapters are, for rows that have no cell with their chapter."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from ecp_graph.plans.reading.tables import SourceTable
from ecp_graph.plans.rows import ActionRow, Cell
from ecp_graph.plans.writing.texts import key

__all__ = ["with_headings"]


def with_headings(rows: Iterable[ActionRow], tables: Sequence[SourceTable]) -> Iterator[ActionRow]:
    """Yield the rows, each with the cell or the paragraph above it that is the heading of its chapter.

    A row that has a cell with its chapter, or whose chapter has no heading, is left as it is.
    """
    order = {(table.sheet, table.number): number for number, table in enumerate(tables)}
    texts: dict[str, list[Cell]] | None = None
    for row in rows:
        first = row.cells.get("title") or next(iter(row.cells.values()), None)
        here = order.get((first.sheet, first.table)) if first else None
        if not row.chapter or "chapter" in row.cells or first is None or here is None:
            yield row
            continue
        texts = _by_text(tables) if texts is None else texts
        having = texts.get(key(row.chapter), ())
        above = [cell for cell in having if (order[cell.sheet, cell.table], cell.row) < (here, first.row)]
        yield replace(row, cells={**row.cells, "chapter": above[-1]}) if above else row


def _by_text(tables: Iterable[SourceTable]) -> dict[str, list[Cell]]:
    """Return the paragraphs above tables and the cells of these by their texts, in the order of the document."""
    found = defaultdict[str, list[Cell]](list)
    for table in tables:
        for number, paragraph in enumerate(table.before, 1):
            locator = f"paragraph {number} above table {table.number}"
            found[key(paragraph.text)].append(Cell(locator, paragraph.text, table.number, sheet=table.sheet))
        for cell in table.cells:
            found[key(cell.text)].append(table.cell(cell))
    return found
