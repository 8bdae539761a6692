"""Reads the tables of a Word document with their merges, and the paragraphs that are between them.

Text is what Word shows of it: with tracked insertions, without deletions and hidden text; footnotes and comments are
notes of their cell. Numbers of lists are read where they are all that a cell holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from docx import Document
from docx.oxml.ns import qn
from docx.oxml.parser import parse_xml

from ecp_graph.documents.numbering import Numbering
from ecp_graph.documents.word import CHARACTERS, boxed_tables, nearest
from ecp_graph.errors import InputSyntaxError
from ecp_graph.plans.reading.archive import look_through
from ecp_graph.plans.reading.shown import clean, raised
from ecp_graph.plans.reading.tables import Paragraph, SourceCell, SourceTable

__all__ = ["read_word_tables"]

_PARAGRAPH, _TABLE, _ROW, _CELL, _RUN, _TEXT = (qn(f"w:{name}") for name in ("p", "tbl", "tr", "tc", "r", "t"))
_FOOTNOTE, _ENDNOTE, _COMMENT = (
    qn(f"w:{name}") for name in ("footnoteReference", "endnoteReference", "commentReference")
)
_ID, _VALUE = qn("w:id"), qn("w:val")
_PARTS: Final = {_FOOTNOTE: "/footnotes", _ENDNOTE: "/endnotes", _COMMENT: "/comments"}
#: Columns that a cell covers at most: Word itself allows 63.
_MOST_COLUMNS: Final = 200
_OFF: Final = frozenset({"0", "false", "off", "none"})
_BULLETS: Final = "•▪-–➢✓o"


@dataclass(frozen=True)
class _Run:
    """What a paragraph or cell holds: its text, the part that is struck out, notes; whether all of it is bold."""

    text: str = ""
    struck: str = ""
    notes: tuple[str, ...] = ()
    is_bold: bool = False
    label: str = ""


def read_word_tables(path: Path) -> list[SourceTable]:
    """Return the tables of the body in their order; raises InputSyntaxError for what is no sound Word document."""
    look_through(path)
    try:
        with path.open("rb") as stream:
            document = Document(stream)
    except (KeyError, ValueError) as reason:
        raise InputSyntaxError(
            path, f"it is not a complete Word document ({reason}). Open and save it again."
        ) from reason
    return list(_Reader(document).tables(document.element.body))


class _Reader:
    def __init__(self, document: Any) -> None:
        self._numbering = Numbering(document)
        self._styles = {style.get(qn("w:styleId")): style for style in document.styles.element.iter(qn("w:style"))}
        self._notes = {tag: _notes(document, ending) for tag, ending in _PARTS.items()}

    def tables(self, body: Any) -> Iterator[SourceTable]:
        """Yield the tables of a body, each with the paragraphs since the one before it.

        Those of text boxes are where the paragraph is that holds the box.
        """
        before: list[Paragraph] = []
        number = 0
        for element in nearest(body, (_PARAGRAPH, _TABLE)):
            if element.tag != _TABLE and (found := self._paragraph(element)).text:
                text = f"{found.label} {found.text}".strip()
                before.append(Paragraph(clean(text)[0], self._level(element), found.is_bold))
            for table in [element] if element.tag == _TABLE else boxed_tables(element):
                number += 1
                yield SourceTable(number, tuple(self._cells(_innermost(table))), before=tuple(before))
                before = []

    def _cells(self, table: Any) -> Iterator[SourceCell]:
        """Yield the cells of a table; one that goes on in the rows below it has their number as its span."""
        found: dict[tuple[int, int], SourceCell] = {}
        above: dict[int, tuple[int, int]] = {}
        for row_number, row in enumerate(nearest(table, (_ROW,)), 1):
            column = 1 + min(row.grid_before, _MOST_COLUMNS)
            if _is_deleted(row):
                continue
            for cell in nearest(row, (_CELL,)):
                if column > _MOST_COLUMNS:
                    break
                origin = above.get(column)
                if cell.vMerge == "continue" and origin in found:
                    first = found[origin]
                    found[origin] = replace(first, row_span=row_number - first.row + 1)
                else:
                    above[column] = (row_number, column)
                    found[row_number, column] = self._cell(cell, row_number, column)
                column += min(cell.grid_span, _MOST_COLUMNS)
        yield from found.values()

    def _cell(self, cell: Any, row: int, column: int) -> SourceCell:
        runs = list(self._runs(cell))
        texts = [run.text for run in runs if run.text]
        if not texts:  # numbered by Word, and nothing else
            texts = [run.label for run in runs if run.label and run.label not in _BULLETS][:1]
        text, doubts = clean("\n".join(texts))
        return SourceCell(
            row,
            column,
            text,
            column_span=min(cell.grid_span, _MOST_COLUMNS),
            is_bold=any(run.text for run in runs) and all(run.is_bold for run in runs if run.text),
            struck=clean("\n".join(run.struck for run in runs if run.struck))[0],
            notes=tuple(note for run in runs for note in run.notes),
            doubts=doubts,
        )

    def _runs(self, cell: Any) -> Iterator[_Run]:
        """Yield the paragraphs of a cell, with those of tables inside it."""
        for element in nearest(cell, (_PARAGRAPH, _TABLE)):
            if element.tag == _TABLE:
                for row in nearest(element, (_ROW,)):
                    for inner in nearest(row, (_CELL,)):
                        yield from self._runs(inner)
            else:
                yield self._paragraph(element)

    def _paragraph(self, paragraph: Any) -> _Run:
        kept, struck, notes, bold = [], [], [], []
        for run in nearest(paragraph, (_RUN,)):
            if self._is_on(run, "w:vanish"):
                continue
            text = "".join(_characters(run))
            text = raised(text) if _is_raised(run) else text
            if self._is_on(run, "w:strike") or self._is_on(run, "w:dstrike"):
                struck.append(text)
            else:
                kept.append(text)
                bold += [self._is_on(run, "w:b")] if text.strip() else []
            for tag, known in self._notes.items():
                notes += [known[mark.get(_ID)] for mark in run.iter(tag) if mark.get(_ID) in known]
        label = self._numbering.label(paragraph)
        return _Run("".join(kept).strip(), "".join(struck).strip(), tuple(notes), bool(bold) and all(bold), label)

    def _is_on(self, run: Any, name: str) -> bool:
        """Whether a run has a property; those of character styles are not looked up."""
        found = run.find(f"{qn('w:rPr')}/{qn(name)}")
        return found is not None and found.get(_VALUE, "1") not in _OFF

    def _level(self, paragraph: Any) -> int:
        """Return the level of a heading: that of its outline, own or by its style; 0 for other paragraphs."""
        name = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        own = paragraph.find(f"{qn('w:pPr')}/{qn('w:outlineLvl')}")
        style = self._styles.get(name.get(_VALUE)) if name is not None else None
        for _ in range(16):
            if own is not None or style is None:
                break
            own = style.find(f"{qn('w:pPr')}/{qn('w:outlineLvl')}")
            parent = style.find(qn("w:basedOn"))
            style = self._styles.get(parent.get(_VALUE)) if parent is not None else None
        level = own.get(_VALUE, "9") if own is not None else "9"
        return int(level) + 1 if level.isdigit() and int(level) < 9 else 0


def _characters(run: Any) -> Iterator[str]:
    for element in nearest(run, (_TEXT, *CHARACTERS)):
        yield element.text or "" if element.tag == _TEXT else CHARACTERS[element.tag]


def _is_raised(run: Any) -> bool:
    found = run.find(f"{qn('w:rPr')}/{qn('w:vertAlign')}")
    return found is not None and found.get(_VALUE) == "superscript"


def _innermost(table: Any) -> Any:
    """Return the table that one of a single cell frames, and else the table itself."""
    for _ in range(8):
        cells = [cell for row in nearest(table, (_ROW,)) for cell in nearest(row, (_CELL,))]
        inner = list(nearest(cells[0], (_TABLE,))) if len(cells) == 1 else []
        if len(inner) != 1:
            break
        table = inner[0]
    return table


def _is_deleted(row: Any) -> bool:
    return row.find(f"{qn('w:trPr')}/{qn('w:del')}") is not None


def _notes(document: Any, ending: str) -> Mapping[str, str]:
    """Return the texts of the notes of a kind by their numbers."""
    for relation in document.part.rels.values():
        if relation.reltype.endswith(ending) and not relation.is_external:
            root = parse_xml(relation.target_part.blob)
            return {
                note.get(_ID): " ".join("".join(text.text or "" for text in note.iter(_TEXT)).split())
                for note in root
                if isinstance(note.tag, str) and note.get(_ID) is not None
            }
    return {}
