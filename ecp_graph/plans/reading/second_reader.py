"""Reads the tables of a Word document a second time, with mammoth, and says which cells it reads otherwise.

The two readers share no code: mammoth makes HTML of the document. Both are compared by the normalised text of the
place in the table, so a span that one of them has wrong shows too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import mammoth
from selectolax.lexbor import LexborHTMLParser, LexborNode

from ecp_graph.documents.text import normalised
from ecp_graph.plans.reading.shown import clean
from ecp_graph.plans.reading.tables import SourceTable
from ecp_graph.plans.rows import Problem

__all__ = ["differences"]

#: What our own reader leaves out of a cell's text: what is struck out, and the marks of footnotes and comments.
_LEFT_OUT: Final = "s, sup > a[href^='#footnote'], sup > a[href^='#endnote'], a[href^='#comment'], [id^='comment-ref']"
_MOST_PLACES: Final = 200_000
#: Some 10,000 rows, which take a quarter of the time that a document may.
_MOST_CELLS: Final = 60_000
_SHOWN: Final = 60

Places = dict[tuple[int, int], str]


def differences(path: Path, tables: Sequence[SourceTable]) -> list[Problem]:
    """Return a problem for each cell that the second reader reads otherwise.

    Where it cannot read the document, counts other tables, or would take too long, that is the only problem.
    """
    if sum(len(table.cells) for table in tables) > _MOST_CELLS:
        return [_unread(f"it has more than {_MOST_CELLS:,} cells")]
    try:
        document = LexborHTMLParser(_html(path))
    except (MemoryError, RecursionError):
        raise
    except Exception as reason:  # what a parser raises is not documented
        return [_unread(f"{type(reason).__name__}: {' '.join(str(reason).split())[:_SHOWN]}")]
    for node in document.css(_LEFT_OUT):
        node.decompose()
    others = [table for table in document.css("table") if not _is_inside(table)]
    if len(others) != len(tables):
        sentence = (
            f"The document has {len(tables)} tables, and the second reader finds {len(others)}. Compare the rows."
        )
        return [Problem("table 1", "readers-differ", sentence)]
    return [
        problem
        for table, other in zip(tables, others, strict=True)
        for problem in _compared(table, _places(_innermost(other), table))
    ]


def _html(path: Path) -> str:
    with path.open("rb") as stream:
        made = mammoth.convert_to_html(
            stream,
            convert_image=mammoth.images.img_element(lambda _: {}),
            include_embedded_style_map=False,
            external_file_access=False,
        )
    return str(made.value)


def _unread(why: str) -> Problem:
    message = f"The second reader did not read the document ({why}). Compare the rows with it yourself."
    return Problem("table 1", "not-read-twice", message)


def _compared(table: SourceTable, others: Places) -> Iterator[Problem]:
    """Yield a problem for each cell, at its first place, that holds another text there."""
    told = set[tuple[int, int]]()
    for place, cell in sorted(table.places.items()):
        other = others.get(place, "")
        origin = (cell.row, cell.column)
        if origin not in told and normalised(cell.text) != normalised(other) and not _is_label(cell.text, other):
            told.add(origin)
            locator = table.cell_locator(*place)
            sentence = (
                f"{locator} reads '{_short(cell.text)}', and for the second reader '{_short(other)}'. Compare it."
            )
            yield Problem(locator, "readers-differ", sentence)


def _is_label(text: str, other: str) -> bool:
    """Whether the text is a number that Word writes: mammoth does not count them."""
    return not other.strip() and len(text) < 12


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}…"


def _places(other: LexborNode, table: SourceTable) -> Places:
    """Return the places of a table of HTML with the text of the cell that covers each.

    HTML has neither rows that were deleted nor places before the first cell of a row: both are taken from our table.
    """
    found: Places = {}
    begins = {row: min(cells) for row, cells in table.rows.items()}
    for row_number, row in zip(begins, _rows(other), strict=False):
        column = begins[row_number]
        for cell in _children(row, ("td", "th")):
            while (row_number, column) in found:
                column += 1
            text = clean(cell.text(separator=""))[0]
            for down in range(_span(cell.attributes, "rowspan")):
                for across in range(_span(cell.attributes, "colspan")):
                    if len(found) < _MOST_PLACES:
                        found[row_number + down, column + across] = text
    return found


def _span(attributes: Mapping[str, str | None], name: str) -> int:
    text = attributes.get(name) or "1"
    return max(1, min(int(text), 1_000)) if text.isdecimal() else 1


def _rows(table: LexborNode) -> Iterator[LexborNode]:
    for child in table.iter():
        if child.tag == "tr":
            yield child
        elif child.tag in {"thead", "tbody"}:
            yield from _children(child, ("tr",))


def _children(node: LexborNode, tags: tuple[str, ...]) -> list[LexborNode]:
    return [child for child in node.iter() if child.tag in tags]


def _is_inside(table: LexborNode) -> bool:
    node = table.parent
    while node is not None:
        if node.tag == "table":
            return True
        node = node.parent
    return False


def _innermost(table: LexborNode) -> LexborNode:
    for _ in range(8):
        cells = [cell for row in _rows(table) for cell in _children(row, ("td", "th"))]
        inner = _children(cells[0], ("table",)) if len(cells) == 1 else []
        if len(inner) != 1:
            break
        table = inner[0]
    return table
