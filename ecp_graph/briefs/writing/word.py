"""A briefing as a Word document, set for A4; the tables have true headings, the foot counts the pages."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from ecp_graph.briefs.model import Brief, Line, Section, Sentence, Table, TableRow
from ecp_graph.briefs.writing.words import confidential_in_words, foot_of, left_out_of, legible, plain

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.table import Table as WordTable
    from docx.table import _Cell, _Row
    from docx.text.paragraph import Paragraph

__all__ = ["MEDIA_TYPE", "word_of"]

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_FONT: Final = "Arial"
_WIDTH_MM, _HEIGHT_MM, _SIDE_MM, _EDGE_MM, _FOOT_MM = 210, 297, 16, 13, 6
_TEXT_PT, _TABLE_PT, _PLACE_PT = 9, 8, 7.5
_SOFT: Final = RGBColor(0x55, 0x55, 0x55)
_TINT, _LINE = "EFECE4", "C8C4BA"


def word_of(brief: Brief) -> bytes:
    """Return a briefing as the bytes of a .docx file."""
    document = Document()
    _set_up(document, brief)
    document.add_heading(legible(brief.title), 0)
    document.add_paragraph(brief.sort, "Subtitle")
    if warning := confidential_in_words(brief):
        document.add_paragraph().add_run(warning).bold = True
    for section in brief.sections:
        _add_section(document, section)
    _set_foot(document, brief)
    stream = BytesIO()
    document.save(stream)
    return _without_clock(stream)


def _without_clock(document: BytesIO) -> bytes:
    """Return a document whose parts bear no time of writing, so that the same briefing is the same file."""
    stream = BytesIO()
    with ZipFile(document) as old, ZipFile(stream, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(ZipInfo(name), old.read(name), ZIP_DEFLATED)
    return stream.getvalue()


def _set_up(document: WordDocument, brief: Brief) -> None:
    page = document.sections[0]
    page.page_width, page.page_height = Mm(_WIDTH_MM), Mm(_HEIGHT_MM)
    page.left_margin = page.right_margin = Mm(_SIDE_MM)
    page.top_margin = page.bottom_margin = Mm(_EDGE_MM)
    page.header_distance = page.footer_distance = Mm(_FOOT_MM)
    for name, size, before, after in (
        ("Normal", _TEXT_PT, 0, 2),
        ("Title", 16, 0, 0),
        ("Subtitle", 10, 0, 4),
        ("Heading 1", 11, 7, 2),
        ("List Bullet", _TEXT_PT, 0, 1),
    ):
        style: Any = document.styles[name]
        style.font.name, style.font.size = _FONT, Pt(size)
        style.font.color.rgb, style.font.italic = RGBColor(0, 0, 0), False
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for attribute in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(attribute), None)
        layout = style.paragraph_format
        layout.space_before, layout.space_after, layout.line_spacing = Pt(before), Pt(after), 1.0
    document.styles["Title"].element.get_or_add_pPr().remove_all("w:pBdr")
    document.core_properties.title = legible(brief.title)
    document.core_properties.subject = brief.sort
    document.core_properties.author = ""
    document.core_properties.comments = " · ".join(foot_of(brief))


def _add_section(document: WordDocument, section: Section) -> None:
    document.add_heading(section.title, 1)
    for sentences in filter(None, section.paragraphs):
        paragraph = document.add_paragraph()
        for number, sentence in enumerate(sentences):
            _add_sentence(paragraph, sentence, " " if number else "")
    if section.table and section.table.rows:
        _add_table(document, section.table)
    for point in section.points:
        _add_sentence(document.add_paragraph(style="List Bullet"), point)
    if told := left_out_of(section):
        document.add_paragraph().add_run(told).italic = True


def _add_sentence(paragraph: Paragraph, sentence: Sentence, before: str = "") -> None:
    paragraph.add_run(before + plain(sentence.line))
    if sentence.places:
        where = paragraph.add_run(f" [{plain(sentence.places)}]")
        where.font.size, where.font.color.rgb = Pt(_PLACE_PT), _SOFT


def _add_table(document: WordDocument, table: Table) -> None:
    grid = document.add_table(rows=1, cols=len(table.columns))
    grid.style, grid.alignment, grid.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    _set_lines(grid)
    head = grid.rows[0]
    _mark(head, "w:tblHeader")
    for cell, column in zip(head.cells, table.columns, strict=True):
        _fill(cell, legible(column.heading), is_bold=True, tint=_TINT)
    for group, rows in table.groups():
        if group:
            _add_group(grid, group)
        for row in rows:
            _add_row(grid, row)
    whole = sum(column.share for column in table.columns)
    text_mm = _WIDTH_MM - 2 * _SIDE_MM
    for column, told in zip(grid.columns, table.columns, strict=True):
        column.width = Mm(text_mm * told.share / whole)
    for each in grid.rows:
        for cell, told in zip(each.cells, table.columns, strict=True):
            if each.cells[0] is not each.cells[-1]:  # as in a heading, which has one cell for all columns
                cell.width = Mm(text_mm * told.share / whole)


def _add_group(grid: WordTable, group: Line) -> None:
    row: _Row = grid.add_row()  # type: ignore[no-untyped-call]
    cell = row.cells[0].merge(row.cells[-1])
    _fill(cell, plain(group), is_bold=True)
    _mark(row, "w:cantSplit")
    cell.paragraphs[0].paragraph_format.keep_with_next = True


def _add_row(grid: WordTable, row: TableRow) -> None:
    added: _Row = grid.add_row()  # type: ignore[no-untyped-call]
    _mark(added, "w:cantSplit")
    for cell, told in zip(added.cells, row.cells, strict=True):
        _fill(cell, plain(told))


def _fill(cell: _Cell, text: str, *, is_bold: bool = False, tint: str = "") -> None:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(0)
    run = paragraph.add_run(text)
    run.font.size, run.bold = Pt(_TABLE_PT), is_bold
    if tint:
        cell._tc.get_or_add_tcPr().append(_element("w:shd", {"w:val": "clear", "w:fill": tint}))


def _set_lines(grid: WordTable) -> None:
    """Give a table thin lines between its rows and narrow margins in its cells."""
    properties = grid._tbl.tblPr
    layout, look = (properties.find(qn(name)) for name in ("w:tblLayout", "w:tblLook"))  # the schema fixes the order
    lines = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        drawn = {"w:val": "single", "w:sz": "4", "w:color": _LINE}
        lines.append(_element(f"w:{side}", drawn if side in {"top", "bottom", "insideH"} else {"w:val": "nil"}))
    margins = OxmlElement("w:tblCellMar")
    for side, twips in (("top", 15), ("left", 55), ("bottom", 15), ("right", 55)):
        margins.append(_element(f"w:{side}", {"w:w": str(twips), "w:type": "dxa"}))
    layout.addprevious(lines)
    look.addprevious(margins)


def _mark(row: _Row, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))


def _set_foot(document: WordDocument, brief: Brief) -> None:
    paragraph = document.sections[0].footer.paragraphs[0]
    _add_small(paragraph, " · ".join([*foot_of(brief), "page "]))
    for name in ("PAGE", "NUMPAGES"):
        if name == "NUMPAGES":
            _add_small(paragraph, " of ")
        _add_field(paragraph, name)


def _add_small(paragraph: Paragraph, text: str) -> None:
    run = paragraph.add_run(text)
    run.font.size, run.font.color.rgb = Pt(_PLACE_PT), _SOFT


def _add_field(paragraph: Paragraph, name: str) -> None:
    """Add a field that Word fills in when it sets the page."""
    parts: Iterable[tuple[str, dict[str, str], str]] = (
        ("w:fldChar", {"w:fldCharType": "begin"}, ""),
        ("w:instrText", {}, name),
        ("w:fldChar", {"w:fldCharType": "end"}, ""),
    )
    for tag, attributes, text in parts:
        run = paragraph.add_run()
        run.font.size, run.font.color.rgb = Pt(_PLACE_PT), _SOFT
        element = _element(tag, attributes)
        element.text = text or None
        run._r.append(element)


def _element(tag: str, attributes: dict[str, str]) -> Any:
    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(name), value)
    return element
