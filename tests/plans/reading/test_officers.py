"""Plans as offices write them, with several oddities at a time."""

from __future__ import annotations

from pathlib import Path

import docx
import openpyxl

from ecp_graph.plans.reading import read_plan
from ecp_graph.plans.rows import ActionRow


def _national_plan(path: Path) -> Path:
    document = docx.Document()
    document.add_heading("National Plan for Quiet Harbours 2031-2033", 0)
    document.add_heading("1. Introduction", 1)
    document.add_paragraph("This plan was made by the board.")
    _table(document, ("Acronym", "Meaning"), ("HB", "Harbour Board"))
    document.add_heading("2. Implementation", 1)
    document.add_heading("Strategic Objective 1: Quieter quays", 2)
    document.add_paragraph("Table 1: Activities")
    heads = ("S/N", "Activity", "Expected output", "Lead institution", "Collaborating institutions")
    table = _table(
        document,
        (*heads, "Timeline", "", "", "Budget (USD)"),
        ("", "", "", "", "", "2031", "2032", "2033", ""),
        (
            "1.1",
            "Measure the noise",
            "Map",
            "Harbour Board",
            "City Council, Public Works Department",
            "X",
            "",
            "",
            "10",
        ),
        ("1.2", "Plant hedges", "Hedges", "Parks Dept.", "All MDAs", "", "X", "X", "5"),
        ("Sub-total", "", "", "", "", "", "", "", "15"),
    )
    table.cell(0, 5).merge(table.cell(0, 7))
    for column in (0, 1, 2, 3, 4, 8):
        table.cell(0, column).merge(table.cell(1, column))
    document.add_paragraph("Source: Harbour Board")
    document.add_heading("Strategic Objective 2: Less night work", 2)
    _table(
        document,
        (*heads, "Timeline", "Budget (USD)"),
        (
            "2.1",
            "Draft a by-law on\nnight work",
            "By-law",
            "Board in collaboration with Ministry of Labour",
            "",
            "Q3 2032",
            "",
        ),
    )
    document.add_heading("Annex: Risks", 1)
    _table(document, ("No", "Risk", "Mitigation measures", "Owner"), ("1", "Cuts", "Talk to donors", "HB"))
    document.save(str(path))
    return path


def test_a_national_plan_in_word(tmp_path: Path) -> None:
    read = read_plan(_national_plan(tmp_path / "plan.docx"))
    first, second = "Strategic Objective 1: Quieter quays", "Strategic Objective 2: Less night work"
    assert [_shown(row) for row in read.rows] == [
        (
            "1.1",
            "Measure the noise",
            first,
            [("Harbour Board", "lead"), ("City Council", "partner"), ("Public Works Department", "partner")],
            "2031",
        ),
        ("1.2", "Plant hedges", first, [("Parks Dept.", "lead"), ("All MDAs", "open")], "2032 – 2033"),
        (
            "2.1",
            "Draft a by-law on night work",
            second,
            [("Board", "lead"), ("Ministry of Labour", "partner")],
            "Q3 2032",
        ),
    ]
    assert [row.locator for row in read.rows] == ["table 2 row 3", "table 2 row 4", "table 3 row 2"]
    assert read.unread == 1
    assert [problem.locator for problem in read.problems] == ["table 2 row 5"]


def test_a_town_s_workbook(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ("HARBOUR BOARD",),
        ("Action plan 2031, as of 3 May",),
        (),
        ("Ref.", "Objective", "Key Activities", "Performance Indicators", "Responsible", "Timeframe", "Status"),
        ("1.1", "1. Improve the quays", "Repair the north quay", "% repaired", "DG/Works", "Ongoing", "Started"),
        ("1.2", None, "Repaint bollards", "number", "Works Unit & Customs Service", "By Dec. 2031", ""),
        ("2.1", "2. Inform the public", "Publish a bulletin", "bulletins", "Press Office, IT Dept.", "Quarterly", ""),
        (None, None, "and a page on the web", "", "", "", ""),
        (),
        ("Prepared by: J. Doe",),
    ):
        sheet.append(row)
    sheet.merge_cells("A1:G1")
    sheet.merge_cells("B5:B6")
    book.save(tmp_path / "plan.xlsx")
    read = read_plan(tmp_path / "plan.xlsx")
    assert [_shown(row) for row in read.rows] == [
        ("1.1", "Repair the north quay", "1. Improve the quays", [("DG/Works", "responsible")], "Ongoing"),
        (
            "1.2",
            "Repaint bollards",
            "1. Improve the quays",
            [("Works Unit", "responsible"), ("Customs Service", "responsible")],
            "By Dec. 2031",
        ),
        (
            "2.1",
            "Publish a bulletin and a page on the web",
            "2. Inform the public",
            [("Press Office", "responsible"), ("IT Dept.", "responsible")],
            "Quarterly",
        ),
    ]
    assert read.rows[2].doubts == ("Sheet!row 8 was taken for the rest of this row.",)
    assert read.unread == 1


def test_a_ministry_s_export(tmp_path: Path) -> None:
    text = (
        "Eje;Objetivo;Línea de acción;Organismo líder;Organismos colaboradores;Inicio;Fin;Presupuesto\n"
        "Eje 1. Muelles;Reparar;Reparar el muelle norte;Ministerio de Obras Públicas y Transportes;"
        "Ayuntamiento, Cámara de Comercio y Universidad;2031;2032;10.000,00\n"
        ";;Pintar los bolardos;Autoridad Portuaria;;;2031;\n"
        "Eje 2. Información;Informar;Publicar un boletín;Oficina de Prensa;todas las entidades;enero de 2031;;\n"
    )
    (tmp_path / "plan.csv").write_bytes(text.encode("cp1252"))
    read = read_plan(tmp_path / "plan.csv")
    assert [_shown(row)[1:] for row in read.rows] == [
        (
            "Reparar el muelle norte",
            "Eje 1. Muelles",
            [
                ("Ministerio de Obras Públicas y Transportes", "lead"),
                ("Ayuntamiento", "partner"),
                ("Cámara de Comercio", "partner"),
                ("Universidad", "partner"),
            ],
            "2031 – 2032",
        ),
        ("Pintar los bolardos", "Eje 1. Muelles", [("Autoridad Portuaria", "lead")], "hasta 2031"),
        (
            "Publicar un boletín",
            "Eje 2. Información",
            [("Oficina de Prensa", "lead"), ("todas las entidades", "open")],
            "desde enero de 2031",
        ),
    ]
    assert read.taken[:2] == ("The encoding is cp1252.", "The separator is the semicolon.")
    assert read.language == "es"


def test_a_field_that_holds_the_separator_makes_its_row_doubtful(tmp_path: Path) -> None:
    (tmp_path / "plan.csv").write_text(
        "N°;Action;Responsable;Échéance;Observations\n"
        "1;Étudier une redevance;Ministère des Finances ; Agence;juin 2031;\n"
        "2;Former les agents;Agence;juin 2032;\n"
        "3;Évaluer le plan;Agence;juin 2033;\n",
        encoding="utf-8",
    )
    read = read_plan(tmp_path / "plan.csv")
    assert [problem.code for problem in read.problems] == ["ragged-row"]
    assert [row.doubts[:1] for row in read.rows] == [(read.problems[0].message,), (), ()]


def test_columns_about_something_else_of_an_action_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "plan.csv").write_text(
        "No,Action taken,Action,Funder,Responsible body,Date of last update,Actual completion date,Target group\n"
        "1,Called,Mend the quay,Bank of Ports,Works Office,3 May 2031,June 2030,Fishers\n",
        encoding="utf-8",
    )
    read = read_plan(tmp_path / "plan.csv")
    assert [_shown(row) for row in read.rows] == [("1", "Mend the quay", "", [("Works Office", "responsible")], "")]
    assert read.rows[0].goals == ()
    assert any("'Actual completion date'" in taken for taken in read.taken)


def _table(document: docx.document.Document, *rows: tuple[str, ...]) -> docx.table.Table:
    table = document.add_table(len(rows), len(rows[0]))
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    return table


def _shown(row: ActionRow) -> tuple[str, str, str, list[tuple[str, str | None]], str]:
    return row.number, row.title, row.chapter, [(named.text, named.role) for named in row.responsible], row.time
