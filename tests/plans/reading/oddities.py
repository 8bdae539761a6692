"""Documents as people make them, one oddity each, as files of every format that can have it, and what they say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import docx
import openpyxl
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml.ns import nsdecls, qn
from docx.oxml.parser import OxmlElement, parse_xml
from openpyxl.styles import Font

#: Row and column, from 0.
Place = tuple[int, int]
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
HEADINGS = ("No.", "Action", "Responsible body", "Work programme", "Timeframe")
FORMATS = ("xlsx", "docx", "csv")


@dataclass(frozen=True)
class Expected:
    """An action as a person reads it; a body of which a role is said is a pair with its role."""

    number: str
    title: str
    chapter: str = ""
    bodies: Sequence[str | tuple[str, str]] = ()
    programmes: Sequence[str] = ()
    time: str = ""


@dataclass(frozen=True)
class Oddity:
    """A document: rows of cells, what is done to some of them, and the actions that it states.

    ``merged`` are first and last places, ``struck``, ``bold`` are places; ``finish`` changes the document before it
    is saved, by format; ``told`` is a word of the doubt or problem that has to be told, ``known`` are known names.
    """

    name: str
    rows: Sequence[Sequence[Any]]
    expected: Sequence[Expected]
    formats: Sequence[str] = FORMATS
    before: Sequence[str] = ()
    merged: Sequence[tuple[Place, Place]] = ()
    struck: Sequence[Place] = ()
    bold: Sequence[Place] = ()
    finish: Mapping[str, Callable[[Any], None]] = field(default_factory=dict)
    told: str = ""
    known: Sequence[str] = ()
    separator: str = ","
    encoding: str = "utf-8"


def written(oddity: Oddity, format_: str, folder: Path) -> Path:
    """Write the document in a format, and return where."""
    return {"xlsx": _workbook, "docx": _word, "csv": _csv}[format_](oddity, folder)


def _workbook(oddity: Oddity, folder: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Plan"
    for row_number, row in enumerate(oddity.rows, 1):
        for column, value in enumerate(row, 1):
            cell = sheet.cell(row_number, column, value or None)
            place = (row_number - 1, column - 1)
            cell.font = Font(strike=place in oddity.struck, bold=place in oddity.bold)
    for (top, left), (bottom, right) in oddity.merged:
        sheet.merge_cells(start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1)
    oddity.finish.get("xlsx", lambda _: None)(book)
    path = folder / "plan.xlsx"
    book.save(path)
    return path


def _word(oddity: Oddity, folder: Path) -> Path:
    document = docx.Document()
    for paragraph in oddity.before:
        document.add_paragraph(paragraph)
    table = document.add_table(len(oddity.rows), max(map(len, oddity.rows)))
    for row_number, row in enumerate(oddity.rows):
        for column, value in enumerate(row):
            cell = table.cell(row_number, column)
            run = cell.paragraphs[0].add_run(str(value))
            run.font.strike = True if (row_number, column) in oddity.struck else None
            run.font.bold = True if (row_number, column) in oddity.bold else None
    for (top, left), (bottom, right) in oddity.merged:
        table.cell(top, left).merge(table.cell(bottom, right))
    oddity.finish.get("docx", lambda _: None)(document)
    path = folder / "plan.docx"
    document.save(str(path))
    return path


def _csv(oddity: Oddity, folder: Path) -> Path:
    import csv

    path = folder / "plan.csv"
    with path.open("w", encoding=oddity.encoding, newline="") as file:
        csv.writer(file, delimiter=oddity.separator).writerows(oddity.rows)
    if finish := oddity.finish.get("csv"):
        finish(path)
    return path


_A = ("1", "Publish a guide on transit", "Secretariat", "PTC Work Programme", "July 2031")
_B = ("2", "Review the guide", "PTC, IMSC", "", "Continuous activity")
_C = ("3", "Train inspectors", "Secretariat; PTC", "TFA Work Programme", "2032")


def _said(row: Sequence[str], chapter: str = "", **changed: Any) -> Expected:
    bodies = [name.strip() for name in row[2].replace(";", ",").split(",") if name.strip()]
    programmes = [row[3]] if row[3] else []
    values = {
        "number": row[0],
        "title": row[1],
        "chapter": chapter,
        "bodies": bodies,
        "programmes": programmes,
        "time": row[4],
    }
    return Expected(**{**values, **changed})


PLAIN = (HEADINGS, _A, _B, _C)
SAID = (_said(_A), _said(_B), _said(_C))


def _hide_budget(book: Any) -> None:
    book.active.column_dimensions["C"].hidden = True


def _comment(book: Any) -> None:
    from openpyxl.comments import Comment

    book.active["B2"].comment = Comment("Postponed?", "A colleague")


def _rich(book: Any) -> None:
    from openpyxl.cell.rich_text import CellRichText, TextBlock
    from openpyxl.cell.text import InlineFont

    book.active["C2"] = CellRichText(
        "Secretariat", TextBlock(InlineFont(strike=True), ", PTC"), TextBlock(InlineFont(b=True), ", IMSC")
    )


def _hide_row(book: Any) -> None:
    book.active.row_dimensions[3].hidden = True


def _second_sheet(book: Any) -> None:
    sheet = book.create_sheet("Budget")
    for row in (("Budget line", "Amount", "Date"), ("Travel", 100, "2031")):
        sheet.append(row)
    hidden = book.create_sheet("Old")
    hidden.sheet_state = "hidden"
    hidden.append(HEADINGS)
    hidden.append(("9", "An old action", "PTC", "", ""))


def _named_sheets(book: Any) -> None:
    book.active.title = "Pillar 1 – Transit"
    book.create_sheet("Lists").append(("Code", "Name"))


def _dates(book: Any) -> None:
    import datetime

    sheet = book.active
    sheet["E2"], sheet["E3"], sheet["E4"] = (datetime.date(2031, 7, day) for day in (1, 2, 1))
    sheet["E2"].number_format, sheet["E3"].number_format, sheet["E4"].number_format = "mmm yyyy", "dd/mm/yyyy", "yyyy"
    sheet["A2"], sheet["A3"], sheet["A4"] = 1, 2.0, 3


def _serial(book: Any) -> None:
    book.active["E2"].value = 48030


def _commented(document: Any) -> None:
    """Put a comment on the title of the first action."""
    paragraph = document.tables[0].cell(1, 1).paragraphs[0]
    document.add_comment(paragraph.runs, text="See the annual report.", author="A colleague", initials="C")


def _real_footnote(document: Any) -> None:
    """Put a footnote into the title of the first action."""
    note = '<w:footnote w:id="2"><w:p><w:r><w:t>See the annual report.</w:t></w:r></w:p></w:footnote>'
    text = f"<w:footnotes {nsdecls('w')}>{note}</w:footnotes>"
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    part = Part(PackURI("/word/footnotes.xml"), kind, text.encode(), document.part.package)
    document.part.relate_to(part, f"{_RELATIONS}/footnotes")
    mark = parse_xml(f'<w:r {nsdecls("w")}><w:footnoteReference w:id="2"/></w:r>')
    document.tables[0].cell(1, 1).paragraphs[0]._p.append(mark)


def _raised_mark(document: Any) -> None:
    """Set the mark as Word does: a digit above the line."""
    paragraph = document.tables[0].cell(1, 2).paragraphs[0]
    paragraph.clear()
    paragraph.add_run("Secretariat")
    paragraph.add_run("1").font.superscript = True
    paragraph.add_run(", PTC")


def _deletion(document: Any) -> None:
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


def _lists(document: Any) -> None:
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


def _break(document: Any) -> None:
    paragraph = document.tables[0].cell(2, 2).paragraphs[0]
    paragraph.clear()
    run = paragraph.add_run("PTC")
    run.add_break()
    run.add_text("IMSC")


def _nested(document: Any) -> None:
    cell = document.tables[0].cell(2, 2)
    cell.paragraphs[0].clear()
    inner = cell.add_table(2, 1)
    inner.cell(0, 0).text, inner.cell(1, 0).text = "PTC", "IMSC"


def _framed(document: Any) -> None:
    """Put the table into the only cell of another."""
    table = document.tables[0]
    frame = document.add_table(1, 1)
    frame.cell(0, 0)._tc.insert(1, table._tbl)


def _boxed(document: Any) -> None:
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


def _indented(document: Any) -> None:
    """Leave out the first cell of a row: it begins one column further right."""
    row = document.tables[0].rows[2]
    before = OxmlElement("w:gridBefore")
    before.set(qn("w:val"), "1")
    row._tr.get_or_add_trPr().insert(0, before)
    row._tr.remove(row._tr.tc_lst[0])


def _more_tables(document: Any) -> None:
    for rows in (
        (("Acronym", "Meaning"), ("PTC", "Permanent Technical Committee")),
        (("Plan", "→", "Do"), ("↑", "", "↓")),
    ):
        table = document.add_table(len(rows), len(rows[0]))
        for row, texts in zip(table.rows, rows, strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
                cell.text = text


def _over_the_page(document: Any) -> None:
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


def _headings(document: Any) -> None:
    """Put headings with Word's own style above the table."""
    table = document.tables[0]
    for text, style in (("The plan", "Title"), ("2. Transit", "Heading 1")):
        paragraph = document.add_paragraph(text, style=style)
        table._tbl.addprevious(paragraph._p)


def _with_blank_lines(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    path.write_text("\n\n" + text.replace("Review the guide", '"Review\nthe guide"'), encoding="utf-8")


def _ragged(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace(
            "3,Train inspectors,Secretariat; PTC,TFA Work Programme,2032",
            "3,Train inspectors,Secretariat; PTC,TFA Work Programme,2032,a,b",
        ),
        encoding="utf-8",
    )


def _mark(path: Path) -> None:
    path.write_bytes(b"sep=;\r\n" + path.read_bytes())


def _changed(row: Sequence[str], **changes: str) -> tuple[str, ...]:
    at = dict(zip(("number", "title", "bodies", "programme", "time"), range(5), strict=True))
    made = list(row)
    for name, text in changes.items():
        made[at[name]] = text
    return tuple(made)


_FRENCH = ("N°", "Mesures à prendre", "Organes responsables", "Programme de travail", "Échéance")
_SPANISH = ("Nº", "Acción", "Organismo responsable", "Programa de trabajo", "Plazo")
_PORTUGUESE = ("N.º", "Ação", "Órgão responsável", "Programa de trabalho", "Prazo")
_LONG = "Permanent Technical Committee (PTC), Secretariat"

ODDITIES = (
    Oddity("nothing odd", PLAIN, SAID),
    Oddity(
        "title rows above the headings", (("Plan of the harbour", "", "", "", ""), ("", "", "", "", ""), *PLAIN), SAID
    ),
    Oddity(
        "headings in French",
        (
            _FRENCH,
            ("1", "Élaborer un guide", "Secrétariat et CTP", "", "juillet 2031"),
            ("2", "Réviser le guide", "Comité du commerce et du développement", "", ""),
        ),
        (
            Expected("1", "Élaborer un guide", "", ["Secrétariat", "CTP"], [], "juillet 2031"),
            Expected("2", "Réviser le guide", "", ["Comité du commerce et du développement"]),
        ),
    ),
    Oddity(
        "headings in Spanish, in the encoding of old Excel",
        (_SPANISH, ("1", "Elaborar una guía", "Secretaría y CTP", "", "año 2031")),
        (Expected("1", "Elaborar una guía", "", ["Secretaría", "CTP"], [], "año 2031"),),
        encoding="cp1252",
        separator=";",
    ),
    Oddity(
        "headings in Portuguese",
        (_PORTUGUESE, ("1", "Elaborar um guia", "Secretaria e CTP", "", "até 2031")),
        (Expected("1", "Elaborar um guia", "", ["Secretaria", "CTP"], [], "até 2031"),),
    ),
    Oddity(
        "other words in the headings, other columns between",
        (
            ("Ref", "What", "Budget", "Accountable", "Partners", "Consulted", "By when", "Remarks"),
            ("A-1", "Publish a guide", "100", "Secretariat", "PTC, IMSC", "Board", "July 2031", "in print"),
        ),
        (
            Expected(
                "A-1",
                "Publish a guide",
                "",
                [("Secretariat", "lead"), ("PTC", "partner"), ("IMSC", "partner"), ("Board", "consulted")],
                [],
                "July 2031",
            ),
        ),
    ),
    Oddity(
        "headings in two rows",
        (
            ("No.", "Action", "Responsible", "", "Timeframe"),
            ("", "", "Lead", "Partners", ""),
            ("1", "Publish a guide", "Secretariat", "PTC", "2031"),
        ),
        (Expected("1", "Publish a guide", "", [("Secretariat", "lead"), ("PTC", "partner")], [], "2031"),),
        formats=("xlsx", "docx"),
        merged=[((0, 2), (0, 3)), ((0, 0), (1, 0)), ((0, 1), (1, 1)), ((0, 4), (1, 4))],
    ),
    Oddity("headings that repeat", (HEADINGS, _A, _B, HEADINGS, _C), SAID),
    Oddity(
        "a row that goes on in the next",
        (HEADINGS, _A, _B, ("", "and translate it", "IMSC", "", ""), _C),
        (SAID[0], _said(_B, title="Review the guide and translate it", bodies=["PTC", "IMSC", "IMSC"]), SAID[2]),
        told="rest of this row",
    ),
    Oddity(
        "a row whose number stands again",
        (HEADINGS, _A, _B, ("2", "and translate it", "", "", ""), _C),
        (SAID[0], _said(_B, title="Review the guide and translate it"), SAID[2]),
        told="rest of this row",
    ),
    Oddity(
        "a table that goes on over the page",
        PLAIN,
        (
            *SAID[:2],
            _said(_C, title="Train inspectors in the use of scanners"),
            Expected("4", "Report", "", ["PTC"], [], "2033"),
        ),
        formats=("docx",),
        finish={"docx": _over_the_page},
        told="rest of this row",
    ),
    Oddity(
        "chapters in merged rows",
        (HEADINGS, ("I. Transit", "", "", "", ""), _A, _B, ("II. Training", "", "", "", ""), _C),
        (_said(_A, "I. Transit"), _said(_B, "I. Transit"), _said(_C, "II. Training")),
        formats=("xlsx", "docx"),
        merged=[((1, 0), (1, 4)), ((4, 0), (4, 4))],
    ),
    Oddity(
        "chapters in rows that are not merged",
        (HEADINGS, ("Pillar 1: Transit", "", "", "", ""), _A, _B, ("Pillar 2: Training", "", "", "", ""), _C),
        (_said(_A, "Pillar 1: Transit"), _said(_B, "Pillar 1: Transit"), _said(_C, "Pillar 2: Training")),
    ),
    Oddity(
        "chapters in capitals",
        (HEADINGS, ("", "TRANSIT OF GOODS", "", "", ""), _A, _B, ("", "TRAINING", "", "", ""), _C),
        (_said(_A, "TRANSIT OF GOODS"), _said(_B, "TRANSIT OF GOODS"), _said(_C, "TRAINING")),
    ),
    Oddity(
        "chapters in a column, merged or blank below the first",
        (("Pillar", *HEADINGS), ("1. Transit", *_A), ("", *_B), ("2. Training", *_C)),
        (_said(_A, "1. Transit"), _said(_B, "1. Transit"), _said(_C, "2. Training")),
        merged=[((1, 0), (2, 0))],
    ),
    Oddity(
        "a chapter in a heading above the table",
        PLAIN,
        [_said(row, "2. Transit") for row in (_A, _B, _C)],
        formats=("docx",),
        finish={"docx": _headings},
    ),
    Oddity(
        "a chapter in a numbered paragraph above the table",
        PLAIN,
        [_said(row, "2. Transit") for row in (_A, _B, _C)],
        formats=("docx",),
        before=["2. Transit", "Transit is of importance. It grows."],
    ),
    Oddity(
        "cells merged downwards",
        (HEADINGS, _A, _changed(_B, bodies=""), _C),
        (SAID[0], _said(_B, bodies=["Secretariat"]), SAID[2]),
        formats=("xlsx", "docx"),
        merged=[((1, 2), (2, 2))],
    ),
    Oddity(
        "cells merged across",
        (HEADINGS, _A, _changed(_B, programme=""), _C),
        SAID,
        formats=("xlsx", "docx"),
        merged=[((2, 2), (2, 3))],
    ),
    Oddity(
        "notes and sums below",
        (
            HEADINGS,
            _A,
            _B,
            _C,
            ("Total", "3 actions", "", "", ""),
            ("Note: dates are those of the board.", "", "", "", ""),
        ),
        SAID,
        told="a note, a sum",
    ),
    Oddity(
        "another table below, after a blank row",
        (*PLAIN, ("", "", "", "", ""), ("Budget line", "Amount", "Year", "", ""), ("Travel", "100", "2031", "", "")),
        SAID,
        told="another table",
    ),
    Oddity(
        "other sheets, one of them hidden",
        PLAIN,
        SAID,
        formats=("xlsx",),
        finish={"xlsx": _second_sheet},
        told="hidden",
    ),
    Oddity(
        "other tables, one a diagram",
        PLAIN,
        SAID,
        formats=("docx",),
        finish={"docx": _more_tables},
        told="was not read",
    ),
    Oddity(
        "a hidden column",
        (
            ("No.", "Action", "Responsible body", "Responsible body", "Timeframe"),
            ("1", "Publish a guide", "An old name", "PTC", "2031"),
        ),
        (Expected("1", "Publish a guide", "", ["PTC"], [], "2031"),),
        formats=("xlsx",),
        finish={"xlsx": _hide_budget},
        told="is hidden",
    ),
    Oddity("a hidden row", PLAIN, (SAID[0], SAID[2]), formats=("xlsx",), finish={"xlsx": _hide_row}, told="hidden"),
    Oddity(
        "a row struck out",
        PLAIN,
        (SAID[0], SAID[2]),
        formats=("xlsx", "docx"),
        struck=[(2, column) for column in range(5)],
        told="struck out",
    ),
    Oddity(
        "a cell struck out",
        PLAIN,
        (_said(_A, time=""), *SAID[1:]),
        formats=("xlsx", "docx"),
        struck=[(1, 4)],
        told="struck out",
    ),
    Oddity(
        "part of a cell struck out",
        PLAIN,
        (_said(_A, bodies=["Secretariat", "IMSC"]), *SAID[1:]),
        formats=("xlsx",),
        finish={"xlsx": _rich},
        told="struck out",
    ),
    Oddity(
        "comments",
        PLAIN,
        SAID,
        formats=("xlsx", "docx"),
        finish={"xlsx": _comment, "docx": _commented},
        told="has a note",
    ),
    Oddity(
        "dates and numbers as values",
        PLAIN,
        (_said(_A, time="2031-07"), _said(_B, time="2031-07-02"), _said(_C, time="2031")),
        formats=("xlsx",),
        finish={"xlsx": _dates},
    ),
    Oddity(
        "a date that is shown as a number",
        PLAIN,
        (_said(_A, time="48030"), *SAID[1:]),
        formats=("xlsx",),
        finish={"xlsx": _serial},
        told="may be the date 2031-07-01",
    ),
    Oddity("tracked changes", PLAIN, SAID, formats=("docx",), finish={"docx": _deletion}),
    Oddity("lists numbered by Word", PLAIN, SAID, formats=("docx",), finish={"docx": _lists}),
    Oddity(
        "line breaks in a cell", (HEADINGS, _A, _changed(_B, bodies="PTC\nIMSC"), _C), SAID, finish={"docx": _break}
    ),
    Oddity("a table in a cell", PLAIN, SAID, formats=("docx",), finish={"docx": _nested}),
    Oddity("a table in a frame", PLAIN, SAID, formats=("docx",), finish={"docx": _framed}),
    Oddity("a table in a text box", PLAIN, SAID, formats=("docx",), finish={"docx": _boxed}),
    Oddity(
        "two tables side by side",
        [(*row, "", *other) for row, other in zip(PLAIN, (HEADINGS, *PLAIN[:0:-1]), strict=True)],
        SAID,
        told="begins another table",
    ),
    Oddity(
        "a row that begins further right",
        (HEADINGS, _A, ("", "and print it", "", "", ""), _C),
        (_said(_A, title="Publish a guide on transit and print it"), SAID[2]),
        formats=("docx",),
        finish={"docx": _indented},
    ),
    Oddity(
        "bullets in a cell",
        (HEADINGS, _A, _changed(_B, bodies="• PTC\n• IMSC"), _changed(_C, bodies="- Secretariat\n- PTC")),
        SAID,
    ),
    Oddity(
        "names that hold separators",
        (
            HEADINGS,
            _changed(_A, bodies="Committee on Trade and Development"),
            _changed(_B, bodies=_LONG),
            _changed(_C, bodies="Ministry of Agriculture, Livestock and Supply; Board"),
        ),
        (
            _said(_A, bodies=["Committee on Trade and Development"]),
            _said(_B, bodies=["Permanent Technical Committee (PTC)", "Secretariat"]),
            _said(_C, bodies=["Ministry of Agriculture, Livestock and Supply", "Board"]),
        ),
    ),
    Oddity(
        "known names that hold separators",
        (HEADINGS, _changed(_A, bodies="Customs and Police, PTC/IMSC, Board"), _B, _C),
        (_said(_A, bodies=["Customs and Police", "PTC/IMSC", "Board"]), *SAID[1:]),
        known=["Customs and Police", "PTC/IMSC"],
    ),
    Oddity(
        "roles in words",
        (
            HEADINGS,
            _changed(_A, bodies="Secretariat in cooperation with PTC and IMSC"),
            _changed(_B, bodies="PTC (lead), IMSC"),
            _changed(_C, bodies="Secretariat, all Members"),
        ),
        (
            _said(_A, bodies=["Secretariat", ("PTC", "partner"), ("IMSC", "partner")]),
            _said(_B, bodies=[("PTC", "lead"), "IMSC"]),
            _said(_C, bodies=["Secretariat", ("all Members", "open")]),
        ),
    ),
    Oddity(
        "cells that say nothing",
        (HEADINGS, _changed(_A, programme="n/a", time="–"), _changed(_B, bodies="-"), _C),
        (_said(_A, programmes=[], time=""), _said(_B, bodies=[]), SAID[2]),
    ),
    Oddity(
        "years in columns with marks",
        (
            ("No.", "Action", "Responsible body", "2031", "2032", "2033"),
            ("1", "Publish a guide", "PTC", "", "x", "X"),
            ("2", "Print it", "IMSC", "x", "", ""),
        ),
        (
            Expected("1", "Publish a guide", "", ["PTC"], [], "2032 – 2033"),
            Expected("2", "Print it", "", ["IMSC"], [], "2031"),
        ),
        told="columns with marks",
    ),
    Oddity(
        "signatures below",
        (
            *PLAIN,
            ("", "", "", "", ""),
            ("Prepared by: J. Doe", "", "", "", ""),
            ("Approved by: the Board", "", "", "", ""),
        ),
        SAID,
        told="gave no action",
    ),
    Oddity(
        "chapters in the names of sheets",
        PLAIN,
        [_said(row, "Pillar 1 – Transit") for row in (_A, _B, _C)],
        formats=("xlsx",),
        finish={"xlsx": _named_sheets},
    ),
    Oddity(
        "marks of footnotes",
        (
            HEADINGS,
            _changed(_A, bodies="Secretariat¹, PTC"),
            _changed(_B, title="Review the guide*"),
            _C,
            ("* Without annexes", "", "", "", ""),
        ),
        (_said(_A, bodies=["Secretariat", "PTC"]), *SAID[1:]),
        finish={"docx": _raised_mark},
        told="mark of a footnote",
    ),
    Oddity("a footnote", PLAIN, SAID, formats=("docx",), finish={"docx": _real_footnote}, told="See the annual report"),
    Oddity(
        "begin and end in two columns",
        (
            ("No.", "Action", "Responsible body", "Start", "End"),
            ("1", "Publish a guide", "PTC", "May 2031", "July 2031"),
        ),
        (Expected("1", "Publish a guide", "", ["PTC"], [], "May 2031 – July 2031"),),
    ),
    Oddity(
        "numbers before the texts of actions",
        (("Action", "Responsible body"), ("1. Publish a guide", "PTC"), ("2. Review it", "IMSC")),
        (Expected("1", "Publish a guide", "", ["PTC"]), Expected("2", "Review it", "", ["IMSC"])),
    ),
    Oddity(
        "a number twice",
        (HEADINGS, _A, _changed(_B, number="1"), _C),
        (SAID[0], _said(_B, number="1"), SAID[2]),
        told="is also in",
    ),
    Oddity(
        "marks that turn the direction of text",
        (HEADINGS, _changed(_A, title="Publish a \u202eguide\u202c on transit"), _B, _C),
        SAID,
        told="direction",
    ),
    Oddity(
        "HTML in a cell",
        (HEADINGS, _changed(_A, title="Publish <b>a guide</b><script>alert(1)</script>"), _B, _C),
        (_said(_A, title="Publish <b>a guide</b><script>alert(1)</script>"), *SAID[1:]),
    ),
    Oddity(
        "separated by semicolons, line ends and blank lines in records",
        PLAIN,
        SAID,
        formats=("csv",),
        finish={"csv": _with_blank_lines},
    ),
    Oddity("separated by tabs", PLAIN, SAID, formats=("csv",), separator="\t"),
    Oddity("separated by bars", PLAIN, SAID, formats=("csv",), separator="|"),
    Oddity("a line that names the separator", PLAIN, SAID, formats=("csv",), separator=";", finish={"csv": _mark}),
    Oddity("UTF-16", PLAIN, SAID, formats=("csv",), encoding="utf-16"),
    Oddity(
        "the encoding of old Macs",
        (_FRENCH, ("1", "Élaborer un guide à l’été", "Secrétariat", "", "été 2031")),
        (Expected("1", "Élaborer un guide à l’été", "", ["Secrétariat"], [], "été 2031"),),
        formats=("csv",),
        encoding="mac_roman",
    ),
    Oddity(
        "a record with too many fields", PLAIN, SAID, formats=("csv",), finish={"csv": _ragged}, told="wrong columns"
    ),
)
