"""The annex of the bundled plan as other people would have it: its rows, from data/, written as files."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

import docx
import openpyxl
from pyoxigraph import RdfFormat, Store

HEADINGS = ("", "Action", "Responsible body", "Relevant Work Programme/Action Plan", "Timeframe")
_DATA = Path(__file__).resolve().parents[2] / "data" / "pc0457e1"
_QUERY = """
PREFIX ecp: <https://w3id.org/ecp-graph/ontology#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?number ?title ?responsible ?programme ?time ?chapter ?name WHERE {
  ?action a ecp:Action ; ecp:numberText ?number ; ecp:actionNumber ?order ; ecp:inChapter ?of ; skos:prefLabel ?title .
  ?of ecp:numberText ?chapter ; skos:prefLabel ?name .
  FILTER (lang(?title) = "en" && lang(?name) = "en")
  OPTIONAL { ?action ecp:responsibleText ?responsible }
  OPTIONAL { ?action ecp:programmeText ?programme }
  OPTIONAL { ?action ecp:timeframe/ecp:timeframeText ?time }
} ORDER BY ?order
"""


@dataclass(frozen=True)
class AnnexRow:
    number: str
    title: str
    responsible: str
    programme: str
    time: str
    chapter: str

    @property
    def cells(self) -> tuple[str, ...]:
        return self.number, self.title, self.responsible, self.programme, self.time


@cache
def annex() -> Sequence[AnnexRow]:
    """Return the 28 rows of the bundled plan, as its data have them."""
    store = Store()
    for path in sorted(_DATA.glob("annex-*.trig")):
        store.bulk_load(path=str(path), format=RdfFormat.TRIG)
    found = store.query(_QUERY, use_default_graph_as_union=True)
    rows = [[term.value if term else "" for term in solution] for solution in found]
    return [AnnexRow(*row[:5], f"{row[5]}. {row[6]}") for row in rows]


def as_word(rows: Sequence[AnnexRow], path: Path) -> Path:
    """Write the rows as the plan has them: a table for each chapter below its heading."""
    document = docx.Document()
    document.add_paragraph("Draft ECP Action Plan for Phase III")
    for chapter, found in groupby(rows, key=lambda row: row.chapter):
        document.add_paragraph(chapter)
        document.add_paragraph("The efficiency of Customs has an impact on trade. The actions are as follows.")
        lines = [HEADINGS, *(row.cells for row in found)]
        table = document.add_table(len(lines), len(HEADINGS))
        for row, texts in zip(table.rows, lines, strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
                cell.text = text
    document.save(str(path))
    return path


def as_workbook(rows: Sequence[AnnexRow], path: Path) -> Path:
    """Write the rows as one sheet: a title, headings, and a merged row before each chapter."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Plan"
    sheet.append(["ECP Action Plan for Phase III"])
    sheet.append([])
    sheet.append(list(HEADINGS))
    for chapter, found in groupby(rows, key=lambda row: row.chapter):
        sheet.append([chapter])
        sheet.merge_cells(start_row=sheet.max_row, end_row=sheet.max_row, start_column=1, end_column=5)
        for row in found:
            sheet.append([int(row.number), *row.cells[1:]])
    book.save(path)
    return path


def as_csv(rows: Sequence[AnnexRow], path: Path) -> Path:
    """Write the rows as records with the chapter in a column of its own."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Chapter", "No.", *HEADINGS[1:]])
        writer.writerows([row.chapter, *row.cells] for row in rows)
    return path
