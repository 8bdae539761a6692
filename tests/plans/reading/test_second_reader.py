"""A Word file is read twice: a cell that the readers read otherwise comes first, and is doubted."""

from __future__ import annotations

from pathlib import Path

import docx

from ecp_graph.plans.reading import read_plan
from tests.plans.reading.oddity import PLAIN


def test_a_cell_that_is_read_otherwise_comes_first(tmp_path: Path) -> None:
    document = docx.Document()
    table = document.add_table(len(PLAIN) + 1, 5)
    for row, texts in zip(table.rows, [*PLAIN, ("Note: all dates are drafts.", "", "", "", "")], strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    # struck out twice, which is not known to the second reader
    table.cell(2, 1).paragraphs[0].add_run(" and the map").font.double_strike = True
    document.save(str(tmp_path / "plan.docx"))
    read = read_plan(tmp_path / "plan.docx")
    assert [problem.code for problem in read.problems] == ["readers-differ", "row-note"]
    assert read.problems[0].locator == "table 1 row 3 column 2"
    assert "'Review the guide', and for the second reader 'Review the guide and the map'" in read.problems[0].message
    assert read.rows[1].doubts[0] == read.problems[0].message
    assert "struck out" in read.rows[1].doubts[1]
    assert read.rows[0].doubts == read.rows[2].doubts == ()


def test_a_heading_merged_into_a_row_takes_nothing_but_its_cell(tmp_path: Path) -> None:
    document = docx.Document()
    table = document.add_table(3, 3)
    texts = (("No.", "Action", "Responsible body"), ("1", "Publish a guide", ""), ("2", "Print it", "IMSC"))
    for row, line in zip(table.rows, texts, strict=True):
        for cell, text in zip(row.cells, line, strict=True):
            cell.text = text
    table.cell(0, 2).merge(table.cell(1, 2))
    document.save(str(tmp_path / "plan.docx"))
    read = read_plan(tmp_path / "plan.docx")
    assert [(row.title, [named.text for named in row.responsible]) for row in read.rows] == [
        ("Publish a guide", []),
        ("Print it", ["IMSC"]),
    ]
    assert read.problems == ()
