"""Reads a Word document (.docx): its body as Word shows it, with tracked insertions and without deletions.

Headers and footers come after the body. Footnotes and text boxes are not read, but for tables in boxes, and Word has
no pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile, ZipFile

from docx import Document
from docx.oxml.ns import qn

from ecp_graph.documents.blocks import Block
from ecp_graph.documents.numbering import Numbering
from ecp_graph.errors import InputSyntaxError

__all__ = ["CHARACTERS", "boxed_tables", "nearest", "read_word"]

#: How the types of the relations to headers and footers end.
_MARGINS: Final = ("/header", "/footer")
_LARGEST_PART_BYTES: Final = 256_000_000
_PARAGRAPH, _TABLE, _ROW, _CELL = (qn(f"w:{name}") for name in ("p", "tbl", "tr", "tc"))
#: What holds paragraphs and tables, or rows, or runs, without being one.
_TRANSPARENT: Final = frozenset(
    qn(f"w:{name}")
    for name in ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag", "hyperlink", "fldSimple", "r")
)
_TEXT: Final = qn("w:t")
_BOX: Final = qn("w:txbxContent")
#: Word writes a text box twice: as a shape of today, and as one of old for programs that know no others.
_OLD_SHAPE: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
#: Elements that stand for a character.
CHARACTERS: Final = {
    qn("w:tab"): "\t",
    qn("w:ptab"): "\t",
    qn("w:br"): "\n",
    qn("w:cr"): "\n",
    qn("w:noBreakHyphen"): "-",
}


def read_word(path: Path) -> Iterator[Block]:
    """Yield the paragraphs and cells of the body, then those of headers and footers.

    Raises InputSyntaxError for a file that is no Word document.
    """
    _refuse_bomb(path)
    with path.open("rb") as stream:
        document = Document(stream)
    yield from _Reader(Numbering(document)).blocks(document.element.body)
    for relation in document.part.rels.values():
        if relation.reltype.endswith(_MARGINS):
            found = _Reader(Numbering(document)).blocks(relation.target_part.element)
            yield from (replace(block, is_margin=True) for block in found)


def _refuse_bomb(path: Path) -> None:
    """Raise InputSyntaxError for what is no archive, and for one that grows beyond all bounds."""
    try:
        with ZipFile(path) as archive:
            size = sum(part.file_size for part in archive.infolist())
    except BadZipFile as reason:
        raise InputSyntaxError(path, "it is no Word document, or one with a password. Save it as .docx.") from reason
    if size > _LARGEST_PART_BYTES:
        raise InputSyntaxError(path, f"unpacked it has {size // 1_000_000:,} MB, more than a document needs.")


class _Reader:
    def __init__(self, numbering: Numbering) -> None:
        self._numbering = numbering
        self._tables = 0

    def blocks(self, body: Any) -> Iterator[Block]:
        """Yield the blocks of a body, tables counted as they come."""
        for element in nearest(body, (_PARAGRAPH, _TABLE)):
            if element.tag == _PARAGRAPH and (text := self._paragraph(element)):
                yield Block(text)
            for table in [element] if element.tag == _TABLE else boxed_tables(element):
                self._tables += 1
                yield from self._cells(table, self._tables)

    def _cells(self, table: Any, number: int) -> Iterator[Block]:
        for row_number, row in enumerate(nearest(table, (_ROW,)), 1):
            column = 1 + row.grid_before
            for cell in nearest(row, (_CELL,)):
                if cell.vMerge != "continue" and (text := self._cell(cell)):
                    yield Block(text, number, row_number, column)
                column += cell.grid_span

    def _cell(self, cell: Any) -> str:
        """Return the text of a cell, with that of tables inside it, one paragraph a line."""
        texts = []
        for element in nearest(cell, (_PARAGRAPH, _TABLE)):
            if element.tag == _TABLE:
                texts += [block.text for block in self._cells(element, 0)]
            else:
                texts.append(self._paragraph(element))
        return "\n".join(filter(None, texts))

    def _paragraph(self, paragraph: Any) -> str:
        text = "".join(_characters(paragraph))
        # counted also where the paragraph is empty, as Word does
        label = self._numbering.label(paragraph)
        return f"{label}\t{text}" if label and text.strip() else text if text.strip() else ""


def nearest(parent: Any, wanted: tuple[str, ...]) -> Iterator[Any]:
    """Yield the nearest elements of these kinds below one, through content controls and tracked insertions."""
    for element in parent:
        if element.tag in wanted:
            yield element
        elif element.tag in _TRANSPARENT:
            yield from nearest(element, wanted)


def boxed_tables(paragraph: Any) -> Iterator[Any]:
    """Yield the tables of the text boxes that a paragraph holds, each once."""
    boxes = list(paragraph.iter(_BOX))
    of_today = [box for box in boxes if next(box.iterancestors(_OLD_SHAPE), None) is None]
    for box in of_today or boxes:
        yield from nearest(box, (_TABLE,))


def _characters(parent: Any) -> Iterator[str]:
    for element in nearest(parent, (_TEXT, *CHARACTERS)):
        yield element.text or "" if element.tag == _TEXT else CHARACTERS[element.tag]
