"""Whatever arrives: one sentence with the file and what to do, in bounded time and memory; nothing is changed."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ecp_graph.confined import Limits, confined
from ecp_graph.errors import InputSyntaxError
from ecp_graph.plans.reading import annotated, read_plan
from ecp_graph.plans.reading.plan import read_here
from tests.plans.annex import annex, as_csv, as_word, as_workbook
from tests.plans.reading.damage import Damage, damages, outcomes, with_part
from tests.plans.reading.oddities import ODDITIES
from tests.plans.reading.oddity import written

SHEET = "xl/worksheets/sheet1.xml"
BODY = "word/document.xml"
AT_ONCE = 20


@pytest.mark.slow
@settings(
    max_examples=18,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],  # to make a failing example smaller takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(st.lists(damages(), min_size=AT_ONCE, max_size=AT_ONCE))
def test_damaged_files_are_read_or_refused_in_a_sentence(tmp_path: Path, damaged: list[Damage]) -> None:
    sound = [(".xlsx", _sound("xlsx", tmp_path)), (".docx", _sound("docx", tmp_path))]
    contents = [(sound[at % 2][0], damage(sound[at % 2][1])) for at, damage in enumerate(damaged)]
    told = outcomes(contents, tmp_path)
    assert len(told) == AT_ONCE
    for number, sentence in enumerate(told):
        suffix, content = contents[number]
        path = tmp_path / f"{number}{suffix}"
        assert path.read_bytes() == content
        assert not sentence or _is_a_sentence(sentence, path), sentence


@pytest.mark.slow
@settings(
    max_examples=5,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(
    st.lists(
        st.one_of(
            st.binary(max_size=300),
            st.text(max_size=300).map(str.encode),
            st.text(alphabet='ab",;\n\t|1', max_size=300).map(lambda text: f"No,Action,Who\n{text}".encode()),
        ),
        min_size=40,
        max_size=40,
    )
)
def test_any_bytes_are_read_or_refused_in_a_sentence(tmp_path: Path, contents: list[bytes]) -> None:
    told = outcomes([(".csv", content) for content in contents], tmp_path)
    for number, sentence in enumerate(told):
        assert not sentence or _is_a_sentence(sentence, tmp_path / f"{number}.csv"), sentence


def test_sound_files_are_read_by_the_same_means(tmp_path: Path) -> None:
    sound = [(".xlsx", _sound("xlsx", tmp_path)), (".docx", _sound("docx", tmp_path))]
    assert outcomes(sound, tmp_path) == ["", ""]
    assert not _is_a_sentence("KeyError: 'sheet1'", tmp_path / "0.xlsx")


def _sound(format_: str, folder: Path) -> bytes:
    return written(ODDITIES[0], format_, folder).read_bytes()


def _is_a_sentence(sentence: str, path: Path) -> bool:
    return sentence.startswith(str(path)) and sentence.endswith(".") and "\n" not in sentence and len(sentence) < 900


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (c, b"&%c;" % (c - 1) * 10) for c in range(ord("b"), ord("k")))
    + b"]><x>&j;</x>"
)
FETCH = b'<?xml version="1.0"?><!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><x/>'
HUGE_MERGE = b'<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells><pageMargins'


def _deep(content: bytes) -> bytes:
    return content.replace(b"<w:body>", b"<w:body>" + b"<w:sdt><w:sdtContent>" * 20_000, 1)


def _zeros(content: bytes) -> bytes:
    return content.replace(b"</sheetData>", b"</sheetData>" + b" " * 300_000_000, 1)


BAD: dict[str, tuple[str, Callable[[bytes], bytes], str]] = {
    "entities that multiply": (".xlsx", lambda old: with_part(old, SHEET, lambda _: BOMB), "sheet1.xml declares"),
    "entities in Word": (".docx", lambda old: with_part(old, BODY, lambda _: BOMB), "document.xml declares"),
    "a DTD from elsewhere": (
        ".docx",
        lambda old: with_part(old, "word/styles.xml", lambda _: FETCH),
        "styles.xml declares",
    ),
    "a part of 300 MB": (".xlsx", lambda old: with_part(old, SHEET, _zeros), "unpacked it has"),
    "a cell merged over the sheet": (
        ".xlsx",
        lambda old: with_part(old, SHEET, lambda text: text.replace(b"<pageMargins", HUGE_MERGE)),
        "merges the cells A1:XFD1048576",
    ),
    "deep nesting": (".docx", lambda old: with_part(old, BODY, _deep), "well-formed|nested too deeply|cannot be read"),
    "cut off": (".xlsx", lambda old: old[: len(old) // 2], "cannot be unpacked"),
    "no workbook inside": (
        ".xlsx",
        lambda old: with_part(old, "xl/workbook.xml", lambda _: None),
        "cannot be read|damaged",
    ),
    "broken XML": (
        ".docx",
        lambda old: with_part(old, BODY, lambda text: text[:-20]),
        "document.xml is not well-formed XML",
    ),
    "a Word file under another name": (".xlsx", lambda _: _docx(), "its content is a Word document and not .xlsx"),
    "a PDF under another name": (".docx", lambda _: b"%PDF-1.7\n", "its content is a PDF"),
    "a page of HTML under another name": (".csv", lambda _: b"<!DOCTYPE html><table>", "a page of HTML"),
    "with a password": (".xlsx", lambda _: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "it has a password"),
    "old Excel": (".xls", lambda _: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "save it as .xlsx"),
    "old Word": (".doc", lambda _: b"\xd0\xcf\x11\xe0", "save it as .docx"),
    "OpenDocument": (".odt", lambda _: b"PK", "save it as .docx"),
    "PDF": (".pdf", lambda _: b"%PDF", "copy its table into a workbook"),
    "no ending": ("", lambda _: b"x", "without an extension"),
    "nothing": (".csv", lambda _: b"", "it is empty"),
    "NUL bytes": (".csv", lambda _: b"No,Action\n1,\0\n", "csv:2: it has a NUL byte"),
    "broken UTF-16": (".csv", lambda _: b"\xff\xfeA\0\0\xd8B", "it begins as utf-16"),
    "an open quotation mark": (".csv", lambda _: b'No,Action,Who\n1,"Plan,PTC\n2,B,C\n', "csv:2: a quotation mark"),
    "no headings": (".csv", lambda _: b"a,b\nc,d\n", "The headings found are: The file: 'a', 'b'"),
    "no title": (".csv", lambda _: b"No,Who,When\n1,PTC,2031\n", "no table has headings of actions"),
    "headings and no rows": (".csv", lambda _: b"No,Action,Who\n", "no row below the headings"),
}


def _docx() -> bytes:
    from docx import Document

    made = io.BytesIO()
    Document().save(made)
    return made.getvalue()


@pytest.mark.slow
@pytest.mark.parametrize("name", BAD)
def test_bad_files_are_refused_with_the_place_and_what_to_do(name: str, tmp_path: Path) -> None:
    suffix, damage, words = BAD[name]
    sound = _sound("docx" if suffix == ".docx" else "xlsx", tmp_path)
    folder = tmp_path / "bad"
    folder.mkdir()
    path = folder / f"bad{suffix}"
    path.write_bytes(damage(sound))
    with pytest.raises(InputSyntaxError, match=words) as raised:
        read_plan(path)
    assert _is_a_sentence(str(raised.value), path)
    assert list(folder.iterdir()) == [path]


def test_a_cell_at_the_end_of_the_sheet_takes_no_time(tmp_path: Path) -> None:
    path = tmp_path / "far.xlsx"
    book = openpyxl.load_workbook(io.BytesIO(_sound("xlsx", tmp_path)))
    book["Plan"]["XFD1048576"] = "far"
    book.save(path)
    assert len(read_plan(path).rows) == 3


def test_long_cells_and_formulas_are_told(tmp_path: Path) -> None:
    path = tmp_path / "plan.csv"
    path.write_text(f"No,Action,Who\n1,{'a' * 100_000},PTC\n", encoding="utf-8")
    row = read_plan(path).rows[0]
    assert len(row.title) == 32_767
    assert "has 100,000 characters" in row.doubts[0]
    book = openpyxl.Workbook()
    assert book.active is not None
    for cells in (("No", "Action", "Who"), ("1", '=UPPER("a")', "PTC"), ("2", "Print", "=1/0")):
        book.active.append(cells)
    book.save(tmp_path / "plan.xlsx")
    read = read_plan(tmp_path / "plan.xlsx")
    assert [(problem.code, problem.locator) for problem in read.problems] == [
        ("formula-without-value", "Sheet!B2"),
        ("formula-without-value", "Sheet!C3"),
        ("row-untitled", "Sheet!row 2"),
    ]
    assert read.unread == 1


def test_a_workbook_is_given_comments(tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    book = openpyxl.Workbook()
    assert book.active is not None
    for cells in (
        ("No", "Action", "Who"),
        ("1", "Plan", "PTC"),
        ("1", "Print", "Board"),
        ("2", "Scan", "=1/0"),
        ("Note: x",),
    ):
        book.active.append(cells)
    book.save(path)
    before = path.read_bytes()
    problems = read_plan(path).problems
    copy = openpyxl.load_workbook(io.BytesIO(annotated(path, problems)))
    told = {cell.coordinate: cell.comment.text for row in copy.active.iter_rows() for cell in row if cell.comment}
    assert set(told) == {"C4", "A3", "A5"}
    assert "without a saved value" in told["C4"]
    assert "is also in Sheet!row 2" in told["A3"]
    assert path.read_bytes() == before
    with pytest.raises(InputSyntaxError, match="only a workbook"):
        annotated(as_csv(annex(), tmp_path / "a.csv"), problems)


def test_macros_and_links_are_left_alone(tmp_path: Path) -> None:
    content = with_part(_sound("xlsx", tmp_path), "xl/vbaProject.bin", lambda _: b"\xd0\xcf")
    path = tmp_path / "macros.xlsx"
    path.write_bytes(with_part(content, "xl/externalLinks/externalLink1.xml", lambda _: b"<x/>"))
    assert read_plan(path).taken[:2] == ("The macros were not run.", "Links to other workbooks were not followed.")


@pytest.mark.parametrize("kind", ["pipe", "folder", "nothing"])
def test_what_is_no_file_is_refused(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    with pytest.raises(InputSyntaxError, match=r"named pipe|folder|cannot be read"):
        read_plan(path)


@pytest.mark.slow
@pytest.mark.parametrize("write", [as_workbook, as_csv, as_word])
def test_three_thousand_rows_take_little(write: Callable[..., Path], tmp_path: Path) -> None:
    from dataclasses import replace

    rows = [replace(row, number=str(number + 1)) for number, row in enumerate(annex() * 108)][:3000]
    rows.sort(key=lambda row: row.chapter)
    path = write(rows, tmp_path / f"many{ {as_workbook: '.xlsx', as_csv: '.csv', as_word: '.docx'}[write] }")
    # the process ends where it needs more than 300 MB beside the interpreter
    limits = Limits(memory_bytes=300_000_000, cpu_s=100, clock_s=300)
    assert len(confined(read_here, path, None, None, frozenset(), limits=limits).rows.rows) == 3000
