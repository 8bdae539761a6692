"""Documents of others as blocks: tables with merged cells, what Word hides in its markup, and files that harm."""

from __future__ import annotations

import io
import sys
import tomllib
import zipfile
from pathlib import Path

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from ecp_graph.documents.blocks import Block
from ecp_graph.documents.reading import blocks_of, read_document
from ecp_graph.errors import InputSyntaxError, MissingExtra
from tests.documents.papers import HARBOUR, as_pdf, as_word


def test_paragraphs_of_a_text_file_are_parted_by_blank_lines(tmp_path: Path) -> None:
    path = tmp_path / "paper.txt"
    path.write_bytes("\ufeffOne\r\ntwo\r\n \t\r\nThree  \f Four\n".encode())
    assert read_document(path) == [Block("One\ntwo", page=1), Block("Three  ", page=1), Block(" Four", page=2)]


def test_tables_of_word_stand_between_their_paragraphs(tmp_path: Path) -> None:
    blocks = read_document(as_word(HARBOUR, tmp_path / "harbour.docx"))
    at = [(block.table, block.row, block.column) for block in blocks]
    assert at[:6] == [(0, 0, 0)] * 4 + [(1, 1, 1), (1, 1, 2)]
    assert at[-2:] == [(0, 0, 0)] * 2
    assert len(blocks) == 4 + 15 + 2, "the empty cell is none"


def test_merged_cells_stand_once(tmp_path: Path) -> None:
    document = docx.Document()
    table = document.add_table(3, 3)
    for number, cell in enumerate(cell for row in table.rows for cell in row.cells):
        cell.text = str(number)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "across"
    table.cell(1, 2).merge(table.cell(2, 2)).text = "down"
    document.save(str(tmp_path / "merged.docx"))
    found = [(b.text, b.row, b.column) for b in read_document(tmp_path / "merged.docx")]
    assert found == [
        *[("across", 1, 1), ("2", 1, 3)],
        *[("3", 2, 1), ("4", 2, 2), ("down", 2, 3)],
        *[("6", 3, 1), ("7", 3, 2)],
    ]


def word_of(body: str, tmp_path: Path) -> list[str]:
    """Return the blocks of a Word document whose body begins with this markup."""
    document = docx.Document()
    elements = parse_xml(f"<w:body {nsdecls('w')}>{body}</w:body>")
    for element in reversed(list(elements)):
        document.element.body.insert(0, element)
    document.save(str(tmp_path / "paper.docx"))
    return [block.text for block in read_document(tmp_path / "paper.docx")]


def test_word_is_read_as_it_shows(tmp_path: Path) -> None:
    run = "<w:r><w:t xml:space='preserve'>{}</w:t></w:r>".format
    changed = f"<w:ins>{run('new ')}</w:ins><w:del><w:r><w:delText>old </w:delText></w:r></w:del>"
    control = f"<w:sdt><w:sdtContent>{run('chosen ')}</w:sdtContent></w:sdt>"
    marks = "<w:r><w:tab/><w:t>co</w:t><w:noBreakHyphen/><w:t>op</w:t><w:br/><w:t>end</w:t></w:r>"
    moved = f"<w:moveFrom>{run('from')}</w:moveFrom><w:moveTo>{run('to')}</w:moveTo>"
    body = f"<w:p>{changed}{control}{marks}</w:p><w:sdt><w:sdtContent><w:p>{moved}</w:p></w:sdtContent></w:sdt>"
    assert word_of(body, tmp_path) == ["new chosen \tco-op\nend", "to"]


def test_numbers_that_word_writes_are_read(tmp_path: Path) -> None:
    document = docx.Document()
    for text, style in [
        ("One", "List Number"),
        ("a bullet", "List Bullet"),
        ("Two", "List Number"),
        ("plain", "Normal"),
    ]:
        document.add_paragraph(text, style=style)
    document.save(str(tmp_path / "lists.docx"))
    texts = [block.text for block in read_document(tmp_path / "lists.docx")]
    assert texts == ["1.\tOne", "•\ta bullet", "2.\tTwo", "plain"]


def test_numbers_of_several_levels_are_counted(tmp_path: Path) -> None:
    document = docx.Document()
    numbering = document.part.numbering_part.element
    level = '<w:lvl w:ilvl="{}"><w:start w:val="{}"/><w:numFmt w:val="{}"/><w:lvlText w:val="{}"/></w:lvl>'.format
    levels = level(0, 1, "upperRoman", "%1.") + level(1, 1, "decimal", "%1.%2") + level(2, 3, "lowerLetter", "(%3)")
    numbering.insert(0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77">{levels}</w:abstractNum>'))
    anew = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="9"/></w:lvlOverride>'
    for number, override in ((77, ""), (78, anew)):
        start = f'<w:num {nsdecls("w")} w:numId="{number}"><w:abstractNumId w:val="77"/>{override}</w:num>'
        numbering.append(parse_xml(start))
    for number, depth in [(77, 0), (77, 1), (77, 1), (77, 2), (77, 2), (77, 0), (77, 1), (78, 0), (78, 0), (0, 0)]:
        properties = document.add_paragraph("x")._p.get_or_add_pPr().get_or_add_numPr()
        properties.get_or_add_ilvl().val = depth
        properties.get_or_add_numId().val = number
    document.save(str(tmp_path / "levels.docx"))
    labels = [block.text.removesuffix("x").strip() for block in read_document(tmp_path / "levels.docx")]
    assert labels == ["I.", "I.1", "I.2", "(c)", "(d)", "II.", "II.1", "IX.", "X.", ""]


@pytest.mark.slow
def test_a_pdf_is_read_page_by_page(tmp_path: Path) -> None:
    blocks = read_document(as_pdf([*HARBOUR, *["A line that fills the page."] * 40], tmp_path / "harbour.pdf"))
    assert {block.page for block in blocks} == {1, 2}
    assert [block.text for block in blocks if block.row == 3] == [
        "2",
        "Plant a hedge of hornbeam",
        "Gardens, Harbour board",
    ]
    assert [block.table for block in blocks if "Plan of the harbour" in block.text] == [0]


def archive(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return stream.getvalue()


def bomb(path: Path, inner: bytes) -> bytes:
    """Return a Word document whose body is this text."""
    as_word(["x"], path)
    with zipfile.ZipFile(path) as made:
        parts = {name: made.read(name) for name in made.namelist()}
    parts["word/document.xml"] = inner
    return archive(parts)


LAUGHS = (
    b'<!DOCTYPE x [<!ENTITY a "ha">'
    + b"".join(
        f'<!ENTITY {new} "{"&" + old + ";" * 1}{("&" + old + ";") * 19}">'.encode()
        for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + b"]><x>&i;</x>"
)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.odt", b"x", ".txt, .docx, .pdf"),
        ("a.txt", b"\xff\xfe\xff", "UTF-8"),
        ("a.txt", b" \n", "no text"),
        ("a.docx", b"not a zip", "password"),
        ("a.docx", archive({"x": b"y"}), "cannot be read as .docx"),
        ("a.pdf", b"%PDF-1.7 and no more", "cannot be read as .pdf"),
        ("a.pdf", b"", "cannot be read as .pdf"),
        ("a.docx", archive({"x": bytes(300_000_000)}), "unpacked it has 300 MB"),
        ("a.txt", b"x" * 9_000_000, "characters"),
    ],
)
def test_a_file_that_cannot_be_read_gives_one_sentence(name: str, content: bytes, told: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputSyntaxError, match=told) as refused:
        read_document(path)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("inner", [LAUGHS, b"<x>" * 3_000_000], ids=["entities", "nesting"])
def test_markup_that_grows_is_refused(inner: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    path.write_bytes(bomb(tmp_path / "seed.docx", inner))
    with pytest.raises(InputSyntaxError):
        read_document(path)


def test_a_folder_and_a_missing_file_are_named(tmp_path: Path) -> None:
    (tmp_path / "folder.txt").mkdir()
    for name in ("folder.txt", "missing.pdf"):
        with pytest.raises(InputSyntaxError, match=name):
            read_document(tmp_path / name)


def test_without_the_extra_a_sentence_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.7")
    monkeypatch.setitem(sys.modules, "pdfplumber", None)
    with pytest.raises(MissingExtra, match=r"pip install 'ecp-graph\[pdf\]'"):
        blocks_of(path)
    package = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert any(needed.startswith("pdfplumber") for needed in package["optional-dependencies"]["pdf"])
