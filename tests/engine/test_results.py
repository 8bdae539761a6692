"""Cells of answers, on a terminal and in a spreadsheet."""

from __future__ import annotations

import io
import tempfile
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

import openpyxl
import pyoxigraph as ox
import pytest

from ecp_graph.cli.tables import printed
from ecp_graph.confined import LimitReached, confined
from ecp_graph.engine import NOBODY, Answer, Asker, Engine, Question
from ecp_graph.engine.asking import ask_rows, ask_stream, ask_table
from ecp_graph.engine.embedded import EmbeddedEngine
from ecp_graph.errors import EndpointError, ParameterError, ResultTooLarge
from ecp_graph.sparql import spreadsheet
from ecp_graph.sparql.formats import format_named
from ecp_graph.sparql.results import Table, Term, parse_table, to_ox
from ecp_graph.sparql.spreadsheet import About, workbook

_ROW = """SELECT * { VALUES (?iri ?text ?int ?dec ?day ?time ?flag ?none ?formula ?plus) { (body:ptc "a, [b] & <c>"@en
42 1.5 "2017-01-01"^^xsd:date "2017-01-01T10:00:00"^^xsd:dateTime true UNDEF "=1+1" "+1") } }"""


@pytest.fixture(scope="module")
def table() -> Table:
    return ask_table(EmbeddedEngine(ox.Store(), name="nothing"), _ROW)


def test_terms_keep_what_they_are(table: Table) -> None:
    row = dict(zip(table.columns, table.rows[0], strict=True))
    assert row["iri"] is not None
    assert row["iri"].text == "body:ptc"
    assert row["text"] is not None
    assert (row["text"].text, row["text"].language) == ("a, [b] & <c>", "en")
    assert row["int"] is not None
    assert row["int"].is_number
    assert row["none"] is None


def test_the_table_shows_markup_as_it_is_and_curies(table: Table) -> None:
    text = printed(table, 1000).text
    assert "body:ptc" in text
    assert "a, [b] & <c>" in text
    assert "\x1b" not in text
    assert len(text.splitlines()) == 3


def test_the_table_fits_a_narrow_terminal(table: Table) -> None:
    assert max(map(len, printed(table, 60).text.splitlines())) <= 60


def test_data_cannot_steer_the_terminal() -> None:
    body = b'{"head":{"vars":["x"]},"results":{"bindings":[{"x":{"type":"literal","value":"a\\u001b[2Jb"}}]}}'
    text = printed(parse_table(body), 80).text
    assert "\x1b" not in text
    assert "a\ufffd[2Jb" in text


def test_yes_and_no() -> None:
    assert printed(parse_table(b'{"head":{},"boolean":true}'), 80).text == "yes\n"
    assert printed(parse_table(b'{"head":{},"boolean":false}'), 80).text == "no\n"


def test_the_spreadsheet_types_its_cells(table: Table) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(workbook(table))).active
    assert sheet is not None
    head, row = list(sheet.iter_rows())
    cells = {str(h.value): cell for h, cell in zip(head, row, strict=True)}
    assert cells["int"].value == 42
    assert cells["dec"].value == 1.5
    assert cells["day"].value in {date(2017, 1, 1), datetime(2017, 1, 1)}
    assert cells["flag"].value is True
    assert cells["none"].value is None
    assert cells["iri"].value == "body:ptc"


def test_no_text_becomes_a_formula(table: Table) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(workbook(table))).active
    assert sheet is not None
    head, row = list(sheet.iter_rows())
    cells = {str(h.value): cell for h, cell in zip(head, row, strict=True)}
    for name, value in (("formula", "=1+1"), ("plus", "+1")):
        assert cells[name].value == value
        assert cells[name].data_type == "s"
        assert cells[name].quotePrefix
    assert not cells["text"].quotePrefix


def _rows(number: int) -> Table:
    return Table(("n",), tuple((Term("literal", f"=row {row}"),) for row in range(number)))


@pytest.mark.parametrize(("rows", "made_by"), [(1_999, set()), (2_000, {"another"})])
def test_a_large_sheet_is_made_in_another_process(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, rows: int, made_by: set[str]
) -> None:
    asked = set()

    def watched(*arguments: Any, **options: Any) -> bytes:
        asked.add("another")
        return confined(*arguments, **options)

    monkeypatch.setattr(spreadsheet, "confined", watched)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    sheet = openpyxl.load_workbook(io.BytesIO(workbook(_rows(rows)))).active
    assert sheet is not None
    assert (sheet.max_row, sheet["A3"].value, sheet["A3"].data_type) == (rows + 1, "=row 1", "s")
    assert asked == made_by
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("rows", [3, 3_000])
def test_a_sheet_of_a_results_document_is_that_of_its_table(rows: int) -> None:
    cells = ",".join(f'{{"n":{{"type":"literal","value":"row {row}"}}}}' for row in range(rows))
    body = f'{{"head":{{"vars":["n"]}},"results":{{"bindings":[{cells}]}}}}'.encode()
    sheet = openpyxl.load_workbook(io.BytesIO(workbook(body))).active
    assert sheet is not None
    assert [cell.value for cell in sheet["A"]] == ["n", *(f"row {row}" for row in range(rows))]
    with pytest.raises(EndpointError, match="SPARQL results in JSON"):
        workbook(b"[" + b" " * 200_000 + b"]")


def test_a_sheet_that_takes_too_much_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def greedy(*_: Any, **__: Any) -> bytes:
        raise LimitReached(None)

    monkeypatch.setattr(spreadsheet, "confined", greedy)
    with pytest.raises(ParameterError, match=r"too much memory or time\. Use csv"):
        workbook(_rows(2_000))


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"{}", b'{"head":{"vars":["x"]}}', b'"x"'])
def test_what_is_no_result_is_said(body: bytes) -> None:
    with pytest.raises(EndpointError, match="SPARQL results in JSON"):
        parse_table(body, "http://x/")


def _table(**columns: str) -> Table:
    vars_ = ",".join(f'"{name}"' for name in columns)
    cells = ",".join(
        f'"{name}":{{"type":"{"uri" if ":" in value else "literal"}","value":"{value}"}}'
        for name, value in columns.items()
    )
    return parse_table(f'{{"head":{{"vars":[{vars_}]}},"results":{{"bindings":[{{{cells}}},{{}}]}}}}'.encode())


ODD = """SELECT ?a ?b ?c {
  VALUES (?n ?a ?b ?c) {
    (1 "say \\"so\\", and\\nmore" UNDEF <urn:x>) (2 ""@en 1.50 "=1+1") (3 UNDEF UNDEF UNDEF) (4 "\\r\\n" true "ü")
  }
} ORDER BY ?n"""


def test_rows_of_texts_are_the_values_of_the_table(engine: Engine) -> None:
    table = ask_table(engine, ODD)
    texts = [{n: cell.value if cell else "" for n, cell in zip("abc", row, strict=True)} for row in table.rows]
    assert list(ask_rows(engine, ODD)) == texts
    assert texts[0] == {"a": 'say "so", and\nmore', "b": "", "c": "urn:x"}
    assert len(texts) == 4


def test_too_many_rows_of_texts_are_refused(engine: Engine) -> None:
    with pytest.raises(ResultTooLarge):
        ask_rows(engine, ODD, max_bytes=20)


@pytest.mark.parametrize("fmt", ["json", "tsv"])
def test_rows_that_stream_are_the_terms_of_the_table(engine: Engine, fmt: Literal["json", "tsv"]) -> None:
    table = ask_table(engine, ODD)
    stream = ask_stream(engine, ODD, fmt=fmt)
    assert stream.columns == table.columns
    terms = [tuple(to_ox(cell) if cell else None for cell in row) for row in table.rows]
    assert list(stream.rows) == terms
    assert ox.Literal("", language="en") in terms[1]
    assert len(terms) == 4


def test_too_many_rows_that_stream_are_refused(engine: Engine) -> None:
    size = len(engine.query(ODD, fmt="tsv").read())
    assert len(list(ask_stream(engine, ODD, fmt="tsv", max_bytes=size).rows)) == 4
    with pytest.raises(ResultTooLarge, match="the limit for pages"):
        list(ask_stream(engine, ODD, fmt="tsv", max_bytes=size - 1).rows)


class _Says(Engine):
    """An engine that answers with the same bytes, in pieces of three."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    def answer(self, question: Question, asker: Asker = NOBODY) -> Answer:
        pieces = (self.body[at : at + 3] for at in range(0, len(self.body), 3))
        return Answer("table", format_named(question.fmt or "json", "table"), pieces)

    def describe(self) -> str:
        return "http://x/"

    def close(self) -> None:
        pass


@pytest.mark.parametrize(
    ("fmt", "body"),
    [
        ("json", b"<html>"),
        ("json", b"{}"),
        ("json", b'{"boolean": true}'),
        ("json", b'{"head":{"vars":["x"]},"results":{"bindings":['),
        ("tsv", b'"x"\n"as Virtuoso writes it"\n'),
        ("tsv", b"?x\n<no iri>\n"),
    ],
)
def test_what_is_no_result_to_stream_is_said(fmt: Literal["json", "tsv"], body: bytes) -> None:
    good = ask_stream(_Says(b"?x\n<u:a>\n"), "", fmt="tsv")
    assert list(good.rows) == [(ox.NamedNode("u:a"),)]
    with pytest.raises(EndpointError, match="The endpoint http://x/ failed"):
        list(ask_stream(_Says(body), "", fmt=fmt).rows)


def test_a_workbook_has_headings_a_filter_and_says_what_it_is() -> None:
    about = About("Which?", [("Address", "=1+1"), ("Source", "a plan")], [("Body", "code of the body", "", "bodyCode")])
    body = workbook(_rows(2), headings={"n": "How many", "text": "In words"}, about=about)
    book = openpyxl.load_workbook(io.BytesIO(body))
    assert book.sheetnames == ["about", "result"]
    assert book.active.title == "result"
    sheet = book["result"]
    named = dict(zip(_rows(2).columns, (cell.value for cell in sheet[1]), strict=True))
    assert all(head == {"n": "How many", "text": "In words"}.get(name, name) for name, head in named.items())
    assert sheet.auto_filter.ref == f"A1:{chr(64 + len(named))}3"
    assert (sheet.freeze_panes, sheet.print_title_rows) == ("A2", "$1:$1")
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    told = [[cell.value for cell in row] for row in book["about"].iter_rows()]
    assert told[0][0] == "Which?"
    assert ["Address", "=1+1", None, None] in told
    assert ["Body", "code of the body", None, "bodyCode"] in told
    assert {cell.data_type for row in book["about"].iter_rows() for cell in row if cell.value} == {"s"}


def test_a_sheet_without_rows_has_no_filter() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(workbook(Table(("a",), ())))).active
    assert (sheet.auto_filter.ref, sheet["A1"].value) == (None, "a")
