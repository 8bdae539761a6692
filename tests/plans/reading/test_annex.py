"""The bundled plan's own annex, written as three kinds of file: every cell of its 28 rows is read right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from ecp_graph.plans.reading import read_plan, source_tables
from tests.plans.annex import AnnexRow, annex, as_csv, as_word, as_workbook

#: The texts of cells, and the parts that a person sees in them.
BODIES = {
    "WCO Secretariat": ["WCO Secretariat"],
    "RKC Management Committee": ["RKC Management Committee"],
    "WCO Secretariat, IMSC, PTC": ["WCO Secretariat", "IMSC", "PTC"],
    "WCO Secretariat, PTC, other related WCO committees or working groups": [
        "WCO Secretariat",
        "PTC",
        "other related WCO committees or working groups",
    ],
}
PROGRAMMES = {
    "TFA WG Work Programme and TFA WG Annual Work Plan": ["TFA WG Work Programme", "TFA WG Annual Work Plan"],
    "PTC Work Programme, Work Programme on Digital Customs": [
        "PTC Work Programme",
        "Work Programme on Digital Customs",
    ],
}


@pytest.mark.parametrize(("write", "name"), [(as_word, "a.docx"), (as_workbook, "a.xlsx"), (as_csv, "a.csv")])
def test_every_cell_is_read(write: Callable[[Sequence[AnnexRow], Path], Path], name: str, tmp_path: Path) -> None:
    rows = annex()
    assert len(rows) == 28
    read = read_plan(write(rows, tmp_path / name))
    assert [(row.number, row.title, row.chapter, row.time) for row in read.rows] == [
        (row.number, row.title, row.chapter, row.time) for row in rows
    ]
    texts = [tuple(row.cells[name].text if name in row.cells else "" for name in FIELDS) for row in read.rows]
    assert texts == [row.cells for row in rows]
    assert (read.problems, read.unread, read.language) == ((), 0, "en")
    seen = 0
    for row, written in zip(read.rows, rows, strict=True):
        assert [named.role for named in row.responsible if "other" in named.text] == [
            "open"
        ] * written.responsible.count("other")
        if written.responsible in BODIES:
            seen += 1
            assert [named.text for named in row.responsible] == BODIES[written.responsible]
        if written.programme in PROGRAMMES:
            seen += 1
            assert [named.text for named in row.programmes] == PROGRAMMES[written.programme]
    assert seen > 15


FIELDS = ("number", "title", "responsible", "programme", "time")


def test_tables_stand_as_in_the_document(tmp_path: Path) -> None:
    sheet = source_tables(as_workbook(annex(), tmp_path / "a.xlsx"))[0]
    merged = [cell for cell in sheet.cells if cell.column_span == 5]
    assert len(merged) == 7
    assert sheet.cell_locator(merged[0].row, 1) == "Plan!A4"
    assert len(source_tables(as_word(annex(), tmp_path / "a.docx"))) == 7
