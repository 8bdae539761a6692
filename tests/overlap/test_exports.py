"""A matrix as tables and as a drawing, with names that mean harm."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import fromstring

import openpyxl
import pytest

from ecp_graph.overlap.joins import Finding, Joins, Link, Thing
from ecp_graph.overlap.matrix import Matrix, make_matrix
from ecp_graph.overlap.reading import read_joins
from ecp_graph.overlap.sheets import cells_table, csv_text, numbers_table
from ecp_graph.queries.catalogue import parse_query
from ecp_graph.sparql.results import Table, Term
from ecp_graph.sparql.spreadsheet import workbook_of
from ecp_graph.web.pages.overlap.drawing import draw
from tests.overlap.small import BODY_A, BODY_B, small

FOUND = ("dimension", "causeKind", "kind", "evidenceGrade", "certainty", "on", "plans", "memberA", "memberB")
FOUND_ONE = ("body", "theme", "parallel", "low", "sure", "topic", "u:p", "u:s", "u:t")
EVIL = ["=HYPERLINK(1)", "<script>alert(1)</script>", 'a"b&c', "\u202eturned\u0000\x07", "+1", "x" * 500]


def hostile() -> Matrix:
    bodies = [Thing(f"u:b{at}", "body", "", name) for at, name in enumerate(EVIL)]
    tools = [Thing(f"u:t{at}", "tool", "", name) for at, name in enumerate(EVIL)]
    links = [Link("body", body.iri, "u:1", "row") for body in bodies] + [
        Link("tool", t.iri, "u:1", "row") for t in tools
    ]
    return make_matrix(Joins([*bodies, *tools], links, []), "body", "tool")


def test_the_numbers_stand_as_in_the_matrix() -> None:
    text = csv_text(numbers_table(make_matrix(small(), "body", "tool"), "body \\ tool"))
    assert list(csv.reader(io.StringIO(text))) == [
        ["body \\ tool", "Tool X", "Tool Y"],
        ["A Body A", "2", "1"],
        ["B Body B", "1", ""],
    ]


def test_the_cells_are_a_list() -> None:
    table = cells_table(make_matrix(small(), "body", "body"))
    (row,) = [[term.value if term else None for term in row] for row in table.rows]
    assert dict(zip(table.columns, row, strict=True)) == {
        "row": "A Body A",
        "column": "B Body B",
        "number": "3",
        "grade": "B",
        "grade B": "2",
        "grade D": "1",
        "cause row": "1",
        "cause tool": "1",
        "cause theme": "1",
        "kind programme": "1",
        "kind parallel": "2",
        "certainty guess": "1",
        "certainty sure": "2",
        "rowIri": "u:a",
        "columnIri": "u:b",
    }


def test_a_workbook_holds_both_and_no_formula() -> None:
    matrix = hostile()
    book = openpyxl.load_workbook(
        io.BytesIO(workbook_of({"matrix": numbers_table(matrix, "=corner"), "cells": cells_table(matrix)}))
    )
    assert book.sheetnames == ["matrix", "cells"]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert len(cells) > 100
    assert [cell.value for cell in cells if cell.data_type == "f"] == []
    assert book["matrix"]["A1"].value == "=corner"
    assert {cell.value for cell in cells if cell.data_type == "n"} == {1}
    assert "=HYPERLINK(1)" in [cell.value for cell in cells]


def test_csv_starts_no_formula() -> None:
    rows = list(csv.reader(io.StringIO(csv_text(numbers_table(hostile(), "corner")))))
    assert len(rows) == 1 + len(EVIL)
    for row in rows:
        assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@"))]
    assert "'=HYPERLINK(1)" in rows[0]


def drawn(matrix: Matrix) -> tuple[str, ET.Element]:
    drawing = draw(matrix, {"tool": ("tool", "tools")})
    return str(drawing.svg), fromstring(drawing.svg)


def test_a_drawing_holds_the_numbers() -> None:
    _, svg = drawn(make_matrix(small(), "body", "tool"))
    assert [text.text for text in svg.iter("text")] == ["Tool X", "Tool Y", "A", "B", "2", "1", "1", "programme"]
    assert len(list(svg.iter("rect"))) == 4
    _, graded = drawn(make_matrix(small(), "body", "body"))
    texts = [text.text for text in graded.iter("text")]
    assert texts[-6:] == ["–", "1 row + 2", "B programme", "1 row + 2", "B programme", "–"]


def test_no_word_is_wider_than_its_cell() -> None:
    findings = [Finding("body", "u:a", "u:b", "row", "fragmentation", "A")]
    _, svg = drawn(make_matrix(Joins([BODY_A, BODY_B], [], findings), "body", "body"))
    (width,) = {float(rect.get("width", "")) for rect in svg.iter("rect")}
    words = [text.text or "" for text in svg.iter("text") if "fragmentation" in (text.text or "")]
    assert len(words) == 2
    assert all(len(each) * 6 < width for each in words), "the letters of 11 px have 6 px on average"


def test_a_drawing_of_hostile_names_is_xml_without_script() -> None:
    text, svg = drawn(hostile())
    assert {element.tag for element in svg.iter()} == {"g", "rect", "text"}
    assert "<script" not in text
    assert not re.search("[\u0000\u0007\u202e]", text)
    assert max(len(element.text or "") for element in svg.iter("text")) <= 60
    assert "style=" not in text


def test_an_empty_matrix_is_a_drawing_and_a_table() -> None:
    empty = make_matrix(Joins([], [], []), "body", "tool")
    assert drawn(empty)[1].tag == "g"
    assert csv_text(numbers_table(empty, "corner")) == "corner\r\n"


def test_answers_are_read_by_the_names_of_their_columns() -> None:
    def term(text: str) -> Term:
        return Term("literal", text)

    answers = {
        "dimension-things": Table(
            ("dimension", "code", "name", "remark", "thing"),
            ((term("body"), None, term("Office"), term("secretariat"), Term("iri", "u:s")),),
        ),
        "dimension-links": Table(
            ("tie", "link", "dimension", "thing"),
            ((term("row"), Term("iri", "u:1"), term("body"), Term("iri", "u:s")),),
        ),
        "overlap-cells": Table(FOUND, (tuple(map(term, FOUND_ONE)),)),
        "overlap-kinds": Table(("kind",), ((term("joint"),), (term("parallel"),))),
    }
    answers["grades"] = Table(("evidenceGrade",), ((term("high"),), (term("low"),), (term("low"),)))
    header = "#+ summary: Links\n#+ columns: [{name: tie, meaning: tie, values: {row: names both, may: may}}]\nASK {}"
    found = (
        "#+ summary: Findings\n#+ columns: [{name: causeKind, meaning: x, values: {row: rows, theme: themes}}]\nASK {}"
    )
    catalogue = {
        "dimension-links": parse_query(header, Path("dimension-links.rq"), Path()),
        "overlap-cells": parse_query(found, Path("overlap-cells.rq"), Path()),
    }
    joins = read_joins(catalogue, answers.__getitem__)
    assert joins.things == [Thing("u:s", "body", "", "Office", "secretariat")]
    assert list(joins.links) == [Link("body", "u:s", "u:1", "row")]
    assert joins.findings == [Finding("body", "u:s", "u:t", "theme", "parallel", "low", "sure", "topic", "u:p")]
    assert (joins.kinds, joins.causes) == (("joint", "parallel"), ("row", "theme"))
    assert (joins.grades, joins.ties) == (("high", "low"), ("row", "may"))
    answers["overlap-cells"] = Table(FOUND[:-1], ())
    with pytest.raises(KeyError, match="memberB"):
        read_joins(catalogue, answers.__getitem__)
