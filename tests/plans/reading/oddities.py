"""Documents as people make them, one oddity each, as files of every format that can have it, and what they say."""

from __future__ import annotations

from . import oddity_changes as change
from .oddities_of_text import FRENCH, ODDITIES_OF_TEXT
from .oddity import FIRST, HEADINGS, PLAIN, SAID, SECOND, THIRD, Expected, Oddity, changed, said

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
            FRENCH,
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
    Oddity("headings that repeat", (HEADINGS, FIRST, SECOND, HEADINGS, THIRD), SAID),
    Oddity(
        "a row that goes on in the next",
        (HEADINGS, FIRST, SECOND, ("", "and translate it", "IMSC", "", ""), THIRD),
        (SAID[0], said(SECOND, title="Review the guide and translate it", bodies=["PTC", "IMSC", "IMSC"]), SAID[2]),
        told="rest of this row",
    ),
    Oddity(
        "a row whose number stands again",
        (HEADINGS, FIRST, SECOND, ("2", "and translate it", "", "", ""), THIRD),
        (SAID[0], said(SECOND, title="Review the guide and translate it"), SAID[2]),
        told="rest of this row",
    ),
    Oddity(
        "a table that goes on over the page",
        PLAIN,
        (
            *SAID[:2],
            said(THIRD, title="Train inspectors in the use of scanners"),
            Expected("4", "Report", "", ["PTC"], [], "2033"),
        ),
        formats=("docx",),
        finish={"docx": change.over_the_page},
        told="rest of this row",
    ),
    Oddity(
        "chapters in merged rows",
        (HEADINGS, ("I. Transit", "", "", "", ""), FIRST, SECOND, ("II. Training", "", "", "", ""), THIRD),
        (said(FIRST, "I. Transit"), said(SECOND, "I. Transit"), said(THIRD, "II. Training")),
        formats=("xlsx", "docx"),
        merged=[((1, 0), (1, 4)), ((4, 0), (4, 4))],
    ),
    Oddity(
        "chapters in rows that are not merged",
        (HEADINGS, ("Pillar 1: Transit", "", "", "", ""), FIRST, SECOND, ("Pillar 2: Training", "", "", "", ""), THIRD),
        (said(FIRST, "Pillar 1: Transit"), said(SECOND, "Pillar 1: Transit"), said(THIRD, "Pillar 2: Training")),
    ),
    Oddity(
        "chapters in capitals",
        (HEADINGS, ("", "TRANSIT OF GOODS", "", "", ""), FIRST, SECOND, ("", "TRAINING", "", "", ""), THIRD),
        (said(FIRST, "TRANSIT OF GOODS"), said(SECOND, "TRANSIT OF GOODS"), said(THIRD, "TRAINING")),
    ),
    Oddity(
        "chapters in a column, merged or blank below the first",
        (("Pillar", *HEADINGS), ("1. Transit", *FIRST), ("", *SECOND), ("2. Training", *THIRD)),
        (said(FIRST, "1. Transit"), said(SECOND, "1. Transit"), said(THIRD, "2. Training")),
        merged=[((1, 0), (2, 0))],
    ),
    Oddity(
        "a chapter in a heading above the table",
        PLAIN,
        [said(row, "2. Transit") for row in (FIRST, SECOND, THIRD)],
        formats=("docx",),
        finish={"docx": change.headings},
    ),
    Oddity(
        "a chapter in a numbered paragraph above the table",
        PLAIN,
        [said(row, "2. Transit") for row in (FIRST, SECOND, THIRD)],
        formats=("docx",),
        before=["2. Transit", "Transit is of importance. It grows."],
    ),
    Oddity(
        "cells merged downwards",
        (HEADINGS, FIRST, changed(SECOND, bodies=""), THIRD),
        (SAID[0], said(SECOND, bodies=["Secretariat"]), SAID[2]),
        formats=("xlsx", "docx"),
        merged=[((1, 2), (2, 2))],
    ),
    Oddity(
        "cells merged across",
        (HEADINGS, FIRST, changed(SECOND, programme=""), THIRD),
        SAID,
        formats=("xlsx", "docx"),
        merged=[((2, 2), (2, 3))],
    ),
    Oddity(
        "notes and sums below",
        (
            HEADINGS,
            FIRST,
            SECOND,
            THIRD,
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
        finish={"xlsx": change.second_sheet},
        told="hidden",
    ),
    Oddity(
        "other tables, one a diagram",
        PLAIN,
        SAID,
        formats=("docx",),
        finish={"docx": change.more_tables},
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
        finish={"xlsx": change.hide_budget},
        told="is hidden",
    ),
    Oddity(
        "a hidden row", PLAIN, (SAID[0], SAID[2]), formats=("xlsx",), finish={"xlsx": change.hide_row}, told="hidden"
    ),
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
        (said(FIRST, time=""), *SAID[1:]),
        formats=("xlsx", "docx"),
        struck=[(1, 4)],
        told="struck out",
    ),
    Oddity(
        "part of a cell struck out",
        PLAIN,
        (said(FIRST, bodies=["Secretariat", "IMSC"]), *SAID[1:]),
        formats=("xlsx",),
        finish={"xlsx": change.rich_text},
        told="struck out",
    ),
    Oddity(
        "comments",
        PLAIN,
        SAID,
        formats=("xlsx", "docx"),
        finish={"xlsx": change.sheet_comment, "docx": change.commented},
        told="has a note",
    ),
    Oddity(
        "dates and numbers as values",
        PLAIN,
        (said(FIRST, time="2031-07"), said(SECOND, time="2031-07-02"), said(THIRD, time="2031")),
        formats=("xlsx",),
        finish={"xlsx": change.real_dates},
    ),
    Oddity(
        "a date that is shown as a number",
        PLAIN,
        (said(FIRST, time="48030"), *SAID[1:]),
        formats=("xlsx",),
        finish={"xlsx": change.serial_numbers},
        told="may be the date 2031-07-01",
    ),
    Oddity("tracked changes", PLAIN, SAID, formats=("docx",), finish={"docx": change.deletion}),
    Oddity("lists numbered by Word", PLAIN, SAID, formats=("docx",), finish={"docx": change.automatic_lists}),
    Oddity(
        "line breaks in a cell",
        (HEADINGS, FIRST, changed(SECOND, bodies="PTC\nIMSC"), THIRD),
        SAID,
        finish={"docx": change.page_break},
    ),
    Oddity("a table in a cell", PLAIN, SAID, formats=("docx",), finish={"docx": change.nested}),
    Oddity("a table in a frame", PLAIN, SAID, formats=("docx",), finish={"docx": change.framed}),
    Oddity("a table in a text box", PLAIN, SAID, formats=("docx",), finish={"docx": change.boxed}),
    Oddity(
        "two tables side by side",
        [(*row, "", *other) for row, other in zip(PLAIN, (HEADINGS, *PLAIN[:0:-1]), strict=True)],
        SAID,
        told="begins another table",
    ),
    Oddity(
        "a row that begins further right",
        (HEADINGS, FIRST, ("", "and print it", "", "", ""), THIRD),
        (said(FIRST, title="Publish a guide on transit and print it"), SAID[2]),
        formats=("docx",),
        finish={"docx": change.indented},
    ),
    Oddity(
        "bullets in a cell",
        (HEADINGS, FIRST, changed(SECOND, bodies="• PTC\n• IMSC"), changed(THIRD, bodies="- Secretariat\n- PTC")),
        SAID,
    ),
    Oddity(
        "names that hold separators",
        (
            HEADINGS,
            changed(FIRST, bodies="Committee on Trade and Development"),
            changed(SECOND, bodies=_LONG),
            changed(THIRD, bodies="Ministry of Agriculture, Livestock and Supply; Board"),
        ),
        (
            said(FIRST, bodies=["Committee on Trade and Development"]),
            said(SECOND, bodies=["Permanent Technical Committee (PTC)", "Secretariat"]),
            said(THIRD, bodies=["Ministry of Agriculture, Livestock and Supply", "Board"]),
        ),
    ),
    Oddity(
        "known names that hold separators",
        (HEADINGS, changed(FIRST, bodies="Customs and Police, PTC/IMSC, Board"), SECOND, THIRD),
        (said(FIRST, bodies=["Customs and Police", "PTC/IMSC", "Board"]), *SAID[1:]),
        known=["Customs and Police", "PTC/IMSC"],
    ),
    Oddity(
        "roles in words",
        (
            HEADINGS,
            changed(FIRST, bodies="Secretariat in cooperation with PTC and IMSC"),
            changed(SECOND, bodies="PTC (lead), IMSC"),
            changed(THIRD, bodies="Secretariat, all Members"),
        ),
        (
            said(FIRST, bodies=["Secretariat", ("PTC", "partner"), ("IMSC", "partner")]),
            said(SECOND, bodies=[("PTC", "lead"), "IMSC"]),
            said(THIRD, bodies=["Secretariat", ("all Members", "open")]),
        ),
    ),
    Oddity(
        "cells that say nothing",
        (HEADINGS, changed(FIRST, programme="n/a", time="–"), changed(SECOND, bodies="-"), THIRD),
        (said(FIRST, programmes=[], time=""), said(SECOND, bodies=[]), SAID[2]),
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
        [said(row, "Pillar 1 – Transit") for row in (FIRST, SECOND, THIRD)],
        formats=("xlsx",),
        finish={"xlsx": change.named_sheets},
    ),
    Oddity(
        "marks of footnotes",
        (
            HEADINGS,
            changed(FIRST, bodies="Secretariat¹, PTC"),
            changed(SECOND, title="Review the guide*"),
            THIRD,
            ("* Without annexes", "", "", "", ""),
        ),
        (said(FIRST, bodies=["Secretariat", "PTC"]), *SAID[1:]),
        finish={"docx": change.raised_mark},
        told="mark of a footnote",
    ),
    Oddity(
        "a footnote",
        PLAIN,
        SAID,
        formats=("docx",),
        finish={"docx": change.real_footnote},
        told="See the annual report",
    ),
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
        (HEADINGS, FIRST, changed(SECOND, number="1"), THIRD),
        (SAID[0], said(SECOND, number="1"), SAID[2]),
        told="is also in",
    ),
    Oddity(
        "marks that turn the direction of text",
        (HEADINGS, changed(FIRST, title="Publish a \u202eguide\u202c on transit"), SECOND, THIRD),
        SAID,
        told="direction",
    ),
    Oddity(
        "HTML in a cell",
        (HEADINGS, changed(FIRST, title="Publish <b>a guide</b><script>alert(1)</script>"), SECOND, THIRD),
        (said(FIRST, title="Publish <b>a guide</b><script>alert(1)</script>"), *SAID[1:]),
    ),
    *ODDITIES_OF_TEXT,
)
