"""Mappings: proposed, edited, given back; linked files; and what is wrong with one is told by its line."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import openpyxl
import pytest

from ecp_graph.errors import InputSyntaxError
from ecp_graph.plans.mapping import read_mapping
from ecp_graph.plans.reading import proposed_mapping, read_plan
from tests.plans.annex import annex, as_word

FILES = {
    "deeds.csv": 'axis,id,what,doers\n1,1,Plant a hedge,"GB, HB"\n2,2,Measure noise,XX\n',
    "axes.csv": "id;name\n1;Quiet quays\n2;Noise\n",
    "doers.csv": "code,name\nGB,Board of Gardens\nHB,Harbour Board\n",
    "signs.csv": 'what,deeds,doers\nDecibels,"1,2",HB\nHedges,9,GB\n',
}
MAPPING = """
lang: en
tables:
- url: deeds.csv
  tableSchema:
    aboutUrl: action/{id}
    columns:
    - {titles: id, propertyUrl: number}
    - {titles: what, propertyUrl: dcterms:title}
    - {titles: axis, propertyUrl: chapter}
    - {titles: doers, propertyUrl: responsible, separator: ",", null: [XX], valueUrl: "https://harbour.example/{code}"}
    foreignKeys:
    - {columnReference: axis, reference: {resource: axes.csv, columnReference: id}}
- url: axes.csv
  dialect: {delimiter: ";"}
  tableSchema:
    aboutUrl: chapter/{id}
    columns: [{titles: id, propertyUrl: number}, {titles: name, propertyUrl: title}]
- url: doers.csv
  tableSchema:
    aboutUrl: body/{code}
    columns: [{titles: code, propertyUrl: notation}, {titles: name, propertyUrl: title}]
- url: signs.csv
  tableSchema:
    aboutUrl: indicator/{_row}
    columns:
    - {titles: what, propertyUrl: title}
    - {titles: deeds, propertyUrl: action, separator: ","}
    - {titles: doers, propertyUrl: responsible}
    foreignKeys:
    - {columnReference: deeds, reference: {resource: deeds.csv, columnReference: id}}
    - {columnReference: doers, reference: {resource: doers.csv, columnReference: code}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "map.yaml").write_text(MAPPING, encoding="utf-8")
    return tmp_path


def test_linked_files_are_read_by_one_mapping(folder: Path) -> None:
    mapping = read_mapping(folder / "map.yaml")
    read = read_plan(folder, mapping=mapping)
    assert [(row.number, row.title, row.chapter, row.locator) for row in read.rows] == [
        ("1", "Plant a hedge", "1 Quiet quays", "line 2"),
        ("2", "Measure noise", "2 Noise", "line 3"),
    ]
    assert [(named.text, named.iri) for row in read.rows for named in row.responsible] == [
        ("GB", "https://harbour.example/GB"),
        ("HB", "https://harbour.example/HB"),
    ]
    assert [(row.kind, row.number, row.title, row.locator) for row in read.linked] == [
        ("chapter", "1", "Quiet quays", "axes.csv line 2"),
        ("chapter", "2", "Noise", "axes.csv line 3"),
        ("body", "GB", "Board of Gardens", "doers.csv line 2"),
        ("body", "HB", "Harbour Board", "doers.csv line 3"),
        ("indicator", "", "Decibels", "signs.csv line 2"),
        ("indicator", "", "Hedges", "signs.csv line 3"),
    ]
    assert read.linked[4].actions == ("1", "2")
    assert [problem.code for problem in read.problems] == ["link-broken"]
    assert "signs.csv line 3 refers to '9'" in read.problems[0].message
    assert [name for name, _ in read.files] == ["axes.csv", "doers.csv", "signs.csv"]
    assert read_plan(folder / "deeds.csv", mapping=mapping).rows == read.rows


def test_a_proposed_mapping_reads_the_same(tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.title = "Plan"
    for row in (("No.", "Action", "Remarks", "Responsible body"), ("1", "Plant a hedge", "soon", "Board; Town")):
        book.active.append(row)
    book.save(path)
    (tmp_path / "map.yaml").write_text(proposed_mapping(path), encoding="utf-8")
    mapping = read_mapping(tmp_path / "map.yaml")
    assert [column.field for column in mapping.actions.columns] == ["number", "title", "", "responsible"]
    assert read_plan(path, mapping=mapping).rows == read_plan(path).rows


def test_a_proposed_mapping_reads_every_table_of_the_annex(tmp_path: Path) -> None:
    path = as_word(annex(), tmp_path / "a.docx")
    (tmp_path / "map.yaml").write_text(proposed_mapping(path), encoding="utf-8")
    mapping = read_mapping(tmp_path / "map.yaml")
    assert len(mapping.tables) == 1
    read = read_plan(path, mapping=mapping)
    assert len(read.rows) == 28
    assert read.rows == read_plan(path).rows


def test_tables_with_other_headings_have_mappings_of_their_own(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (("No.", "Action", "Responsible body"), ("1", "Plant a hedge", "Board and Town Council")):
        book.active.append(row)
    other = book.create_sheet("More")
    for row in (("Action", "No.", "Lead", "When"), ("Print it", "2", "Board", "2031")):
        other.append(row)
    path = tmp_path / "plan.xlsx"
    book.save(path)
    (tmp_path / "map.yaml").write_text(proposed_mapping(path), encoding="utf-8")
    mapping = read_mapping(tmp_path / "map.yaml")
    assert [table.sheet for table in mapping.tables] == ["Sheet", "More"]
    assert read_plan(path, mapping=mapping).rows == read_plan(path).rows


def test_a_mapping_is_proposed_where_no_action_is_found(folder: Path) -> None:
    with pytest.raises(InputSyntaxError, match="The headings found are"):
        read_plan(folder / "axes.csv")
    proposed = proposed_mapping(folder)
    assert all(f"url: {name}" in proposed for name in FILES)
    assert "titles: axis" in proposed


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("tables: [", 1, "not YAML"),
        ("- a", 1, "a mapping is expected"),
        ("tables: x", 1, "is a list"),
        (
            "tables:\n- url: ../x.csv\n  tableSchema: {columns: [{titles: a, propertyUrl: title}]}",
            2,
            "not the name of a file",
        ),
        ("tableSchema:\n  columns:\n  - {titles: a, propertyUrl: deed}", 3, "must be one of number, title"),
        ("tableSchema:\n  columns:\n  - {title: a}", 3, "'title' is not a key of a column"),
        ("tableSchema:\n  columns:\n  - {titles: a, propertyUrl: number}", 3, "the propertyUrl 'title'"),
        ("tableSchema:\n  aboutUrl: ship/1\n  columns:\n  - {titles: a}", 2, "begins with none of action"),
        (MAPPING.replace("columnReference: axis,", "columnReference: pole,"), 13, "the title of no column"),
        (MAPPING.replace("resource: axes.csv", "resource: poles.csv"), 4, "the url of no table"),
        (MAPPING.replace("action/{id}", "body/{id}"), 2, "no table has actions"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, text: str, line: int, words: str) -> None:
    path = tmp_path / "map.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputSyntaxError, match=words) as raised:
        read_mapping(path)
    assert raised.value.line == line


def test_a_missing_heading_is_named(folder: Path) -> None:
    (folder / "deeds.csv").write_text("axis,id,deed\n1,1,Plant\n", encoding="utf-8")
    with pytest.raises(InputSyntaxError, match=r"no column has the heading 'what'.*'axis', 'id', 'deed'"):
        read_plan(folder, mapping=read_mapping(folder / "map.yaml"))


def test_the_brazilian_plan(tmp_path: Path) -> None:
    samples = Path(os.environ.get("ECP_SAMPLES_DIR", "/nowhere")) / "pnete"
    if not samples.is_dir():
        pytest.skip("ECP_SAMPLES_DIR names no folder with pnete/, the files of the second national plan of Brazil")
    read = read_plan(samples, mapping=read_mapping(Path(__file__).with_name("pnete.yaml")))
    assert len(read.rows) == 66
    assert Counter(row.kind for row in read.linked) == {"chapter": 6, "indicator": 33, "body": 85}
    assert read.problems == ()
    assert all(row.chapter[0].isdigit() for row in read.rows)
    assert max(len(row.responsible) for row in read.linked) == 22
