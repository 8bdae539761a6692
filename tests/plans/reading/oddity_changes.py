"""What people do to a workbook, a Word document or a text file, each under the name that an oddity has for it."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml.ns import nsdecls, qn
from docx.oxml.parser import OxmlElement, parse_xml

from .oddity import HEADINGS

_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def hide_budget(book: Any) -> None:
    book.active.column_dimensions["C"].hidden = True


def sheet_comment(book: Any) -> None:
    from openpyxl.comments import Comment

    book.active["B2"].comment = Comment("Postponed?", "A colleague")


def rich_text(book: Any) -> None:
    from openpyxl.cell.rich_text import CellRichText, TextBlock
    from openpyxl.cell.text import InlineFont

    book.active["C2"] = CellRichText(
        "Secretariat", TextBlock(InlineFont(strike=True), ", PTC"), TextBlock(InlineFont(b=True), ", IMSC")
    )


def hide_row(book: Any) -> None:
    book.active.row_dimensions[3].hidden = True


def second_sheet(book: Any) -> None:
    sheet = book.create_sheet("Budget")
    for row in (("Budget line", "Amount", "Date"), ("Travel", 100, "2031")):
        sheet.append(row)
    hidden = book.create_sheet("Old")
    hidden.sheet_state = "hidden"
    hidden.append(HEADINGS)
    hidden.append(("9", "An old action", "PTC", "", ""))


def named_sheets(book: Any) -> None:
    book.active.title = "Pillar 1 – Transit"
    book.create_sheet("Lists").append(("Code", "Name"))


def real_dates(book: Any) -> None:
    import datetime

    sheet = book.active
    sheet["E2"], sheet["E3"], sheet["E4"] = (datetime.date(2031, 7, day) for day in (1, 2, 1))
    sheet["E2"].number_format, sheet["E3"].number_format, sheet["E4"].number_format = "mmm yyyy", "dd/mm/yyyy", "yyyy"
    sheet["A2"], sheet["A3"], sheet["A4"] = 1, 2.0, 3


def serial_numbers(book: Any) -> None:
    book.active["E2"].value = 48030


def commented(document: Any) -> None:
    """Put a comment on the title of the first action."""
    paragraph = document.tables[0].cell(1, 1).paragraphs[0]
    document.add_comment(paragraph.runs, text="See the annual report.", author="A colleague", initials="C")


def real_footnote(document: Any) -> None:
    """Put a footnote into the title of the first action."""
    note = '<w:footnote w:id="2"><w:p><w:r><w:t>See the annual report.</w:t></w:r></w:p></w:footnote>'
    text = f"<w:footnotes {nsdecls('w')}>{note}</w:footnotes>"
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    part = Part(PackURI("/word/footnotes.xml"), kind, text.encode(), document.part.package)
    document.part.relate_to(part, f"{_RELATIONS}/footnotes")
    mark = parse_xml(f'<w:r {nsdecls("w")}><w:footnoteReference w:id="2"/></w:r>')
    document.tables[0].cell(1, 1).paragraphs[0]._p.append(mark)


def raised_mark(document: Any) -> None:
    """Set the mark as Word does: a digit above the line."""
    paragraph = document.tables[0].cell(1, 2).paragraphs[0]
    paragraph.clear()
    paragraph.add_run("Secretariat")
    paragraph.add_run("1").font.superscript = True
    paragraph.add_run(", PTC")


def deletion(document: Any) -> None:
    """Delete a run and insert another, tracked, and delete a row."""
    table = document.tables[0]
    paragraph = table.cell(1, 1).paragraphs[0]
    old = paragraph.runs[0]._r
    old.find(qn("w:t")).text = "Publish a guide on "
    for tag, name, text in (("w:del", "w:delText", "trade"), ("w:ins", "w:t", "transit")):
        change, run, words = OxmlElement(tag), OxmlElement("w:r"), OxmlElement(name)
        change.set(qn("w:id"), "7")
        change.set(qn("w:author"), "A colleague")
        words.text = text
        run.append(words)
        change.append(run)
        paragraph._p.append(change)
    row = table.add_row()
    for cell, text in zip(row.cells, ("4", "Deleted", "PTC", "", ""), strict=True):
        cell.text = text
    mark = OxmlElement("w:del")
    mark.set(qn("w:id"), "8")
    mark.set(qn("w:author"), "A colleague")
    row._tr.get_or_add_trPr().append(mark)


def automatic_lists(document: Any) -> None:
    """Number the actions by Word itself, and give a cell a list of bodies."""
    table = document.tables[0]
    for row in (1, 2, 3):
        cell = table.cell(row, 0)
        cell.paragraphs[0].clear()
        cell.paragraphs[0].style = document.styles["List Number"]
    cell = table.cell(2, 2)
    cell.paragraphs[0].clear()
    cell.paragraphs[0].add_run("PTC")
    cell.paragraphs[0].style = document.styles["List Bullet"]
    cell.add_paragraph("IMSC", style="List Bullet")


def page_break(document: Any) -> None:
    paragraph = document.tables[0].cell(2, 2).paragraphs[0]
    paragraph.clear()
    run = paragraph.add_run("PTC")
    run.add_break()
    run.add_text("IMSC")


def nested(document: Any) -> None:
    cell = document.tables[0].cell(2, 2)
    cell.paragraphs[0].clear()
    inner = cell.add_table(2, 1)
    inner.cell(0, 0).text, inner.cell(1, 0).text = "PTC", "IMSC"


def framed(document: Any) -> None:
    """Put the table into the only cell of another."""
    table = document.tables[0]
    frame = document.add_table(1, 1)
    frame.cell(0, 0)._tc.insert(1, table._tbl)


def boxed(document: Any) -> None:
    """Put the table into a text box, which Word writes as a shape of today and as one of old."""
    box = "<w:txbxContent/>"
    names = (
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
        'xmlns:v="urn:schemas-microsoft-com:vml" '
        'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    )
    run = parse_xml(
        f"<w:r {nsdecls('w')} {names}><mc:AlternateContent>"
        f'<mc:Choice Requires="wps"><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing></mc:Choice>'
        f"<mc:Fallback><w:pict><v:shape><v:textbox>{box}</v:textbox></v:shape></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r>"
    )
    document.add_paragraph()._p.append(run)
    table = document.tables[0]._tbl
    for content in run.iter(qn("w:txbxContent")):
        content.append(deepcopy(table))
    table.getparent().remove(table)


def indented(document: Any) -> None:
    """Leave out the first cell of a row: it begins one column further right."""
    row = document.tables[0].rows[2]
    before = OxmlElement("w:gridBefore")
    before.set(qn("w:val"), "1")
    row._tr.get_or_add_trPr().insert(0, before)
    row._tr.remove(row._tr.tc_lst[0])


def more_tables(document: Any) -> None:
    for rows in (
        (("Acronym", "Meaning"), ("PTC", "Permanent Technical Committee")),
        (("Plan", "→", "Do"), ("↑", "", "↓")),
    ):
        table = document.add_table(len(rows), len(rows[0]))
        for row, texts in zip(table.rows, rows, strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
                cell.text = text


def over_the_page(document: Any) -> None:
    """Go on in a second table: headings again, the rest of the last row, and one more action."""
    from copy import deepcopy

    first = document.tables[0]
    second = deepcopy(first._tbl)
    first._tbl.addnext(second)
    table = document.tables[1]
    for row, texts in zip(
        table.rows,
        (HEADINGS, ("", "in the use of scanners", "", "", ""), ("4", "Report", "PTC", "", "2033")),
        strict=False,
    ):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    table._tbl.remove(table.rows[3]._tr)


def headings(document: Any) -> None:
    """Put headings with Word's own style above the table."""
    table = document.tables[0]
    for text, style in (("The plan", "Title"), ("2. Transit", "Heading 1")):
        paragraph = document.add_paragraph(text, style=style)
        table._tbl.addprevious(paragraph._p)


def with_blank_lines(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    path.write_text("\n\n" + text.replace("Review the guide", '"Review\nthe guide"'), encoding="utf-8")


def ragged(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace(
            "3,Train inspectors,Secretariat; PTC,TFA Work Programme,2032",
            "3,Train inspectors,Secretariat; PTC,TFA Work Programme,2032,a,b",
        ),
        encoding="utf-8",
    )


def byte_order_mark(path: Path) -> None:
    path.write_bytes(b"sep=;\r\n" + path.read_bytes())
