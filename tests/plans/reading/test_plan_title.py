"""The title of a plan above its table: in a row, a heading or the first line, and no other line that stands there."""

from __future__ import annotations

from pathlib import Path

import docx
import openpyxl
import pytest

from ecp_graph.plans.mapping import read_mapping
from ecp_graph.plans.reading.plan import read_plan

HEADINGS = ("No.", "Action", "Responsible body", "Timeframe")
ROW = ("1", "Mend the quay", "Works Office", "2031")


def _title(path: Path) -> tuple[str, str] | None:
    read = read_plan(path)
    assert len(read.rows) == 1
    return (read.title.text, read.title.locator) if read.title else None


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["HARBOUR BOARD;;;", "Port digital plan 2031;;;"], ("Port digital plan 2031", "line 2 column 1")),
        (["Stratégie du port;;;"], ("Stratégie du port", "line 1 column 1")),
        (["HARBOUR BOARD;;;", "as of 3 May;;;"], None),
        (["Action plan;;;"], None),  # says only that it is one
        (["Note: this plan is a draft;;;"], None),
        (["Pillar 1: Plan the works;;;"], None),
        (["This plan was made by the board.;;;"], None),
        (["Plan;of;the port;"], None),
        ([], None),
    ],
)
def test_a_row_by_itself_above_the_headings(lines: list[str], found: tuple[str, str] | None, tmp_path: Path) -> None:
    path = tmp_path / "plan.csv"
    path.write_text("\n".join([*lines, ";".join(HEADINGS), ";".join(ROW)]) + "\n", encoding="utf-8")
    assert _title(path) == found


def test_a_mapping_reads_the_title_too(tmp_path: Path) -> None:
    path, mapping = tmp_path / "plan.csv", tmp_path / "map.yaml"
    path.write_text("HARBOUR BOARD;\nPort digital plan 2031;\nDeed;Doer\nMend the quay;Works\n", encoding="utf-8")
    mapping.write_text(
        "tables:\n- tableSchema:\n    columns:\n    - {titles: Deed, propertyUrl: title}\n", encoding="utf-8"
    )
    read = read_plan(path, mapping=read_mapping(mapping))
    assert [row.title for row in read.rows] == ["Mend the quay"]
    assert read.title is not None
    assert (read.title.text, read.title.locator) == ("Port digital plan 2031", "line 2 column 1")


def test_a_merged_row_of_a_sheet(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (("Work programme of the port",), HEADINGS, ROW):
        sheet.append(row)
    sheet.merge_cells("A1:D1")
    book.save(tmp_path / "plan.xlsx")
    assert _title(tmp_path / "plan.xlsx") == ("Work programme of the port", "Sheet!A1")


def test_a_heading_of_a_text(tmp_path: Path) -> None:
    document = docx.Document()
    for text, level in (("Ministry of Ports", 0), ("Plan for Quiet Harbours", 1), ("2. Plan of works", 1)):
        document.add_heading(text, level)
    document.add_paragraph("Our plan for the next years")
    table = document.add_table(2, len(HEADINGS))
    for cells, texts in zip(table.rows, (HEADINGS, ROW), strict=True):
        for cell, text in zip(cells.cells, texts, strict=True):
            cell.text = text
    document.save(str(tmp_path / "plan.docx"))
    assert _title(tmp_path / "plan.docx") == ("Plan for Quiet Harbours", "paragraph 2 above table 1")
