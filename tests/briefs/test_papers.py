"""The papers: what python-docx reads of them is what the graph holds, and they are cut to two pages, which they say."""

from __future__ import annotations

import calendar
import io
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from docx import Document
from docx.document import Document as WordDocument

from ecp_graph.briefs.asking import Source
from ecp_graph.briefs.fitting import PAGE_HEIGHT, fitted, height_of
from ecp_graph.briefs.model import Brief, Column, Run, Section, Sentence, Table, TableRow, line
from ecp_graph.briefs.writing.html import paper_of
from ecp_graph.briefs.writing.markdown import markdown_of
from ecp_graph.briefs.writing.word import word_of
from ecp_graph.engine import Engine
from ecp_graph.engine.asking import ask_table
from ecp_graph.release.release import Release
from ecp_graph.sparql.results import Table as Answer

Briefing = Callable[[str], Brief]
NO_SOFFICE = "no soffice: LibreOffice counts the pages of a Word document"

#: Asked of the graph itself, and not through the queries that briefings are made of.
ACTIONS = """
SELECT ?number ?title ?text ?until WHERE {{
  ?action a ecp:Action ; ecp:numberText ?number ; skos:prefLabel ?title ; {which} .
  OPTIONAL {{ ?action ecp:timeframe ?time .
    OPTIONAL {{ ?time ecp:timeframeText ?text }} OPTIONAL {{ ?time ecp:until ?until }} }}
}}"""
OVERLAPS = """
SELECT ?cause ?other WHERE {
  ?overlap a ecp:Overlap ; ecp:overlapMember <https://w3id.org/ecp-graph/id/body/ptc> , ?member ;
    ecp:overlapCause/skos:prefLabel ?cause .
  ?member a ecp:Body ; skos:notation ?other .
  FILTER (?other NOT IN ("PTC", "SEC"))
}"""
PAIRS = """
SELECT DISTINCT ?one ?other WHERE {
  ?overlap a ecp:Overlap ; ecp:overlapMember ?a , ?b ; ecp:overlapKind/skos:notation ?kind .
  ?a a ecp:Body ; skos:notation ?one . ?b a ecp:Body ; skos:notation ?other .
  FILTER (STR(?a) < STR(?b) && "SEC" NOT IN (?one, ?other) && ?kind != "descent")
}"""
MONTHS = list(calendar.month_name)


def texts(answer: Answer) -> list[list[str]]:
    return [[cell.value if cell else "" for cell in row] for row in answer.rows]


def read_again(brief: Brief) -> tuple[WordDocument, str]:
    """A briefing as Word has it: the document, and all of its text."""
    document = Document(io.BytesIO(word_of(brief)))
    parts = [paragraph.text for paragraph in document.paragraphs]
    parts += [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return document, "\n".join(parts)


def dates(document: WordDocument) -> dict[str, str]:
    """The heading under which each action stands, by its number."""
    table = next(table for table in document.tables if "Action" in [cell.text for cell in table.rows[0].cells])
    found, heading = {}, ""
    for row in table.rows[1:]:
        cells = [cell.text for cell in row.cells]
        if len(set(cells)) == 1:
            heading = cells[0]
        else:
            found[cells[0]] = heading
    return found


@pytest.mark.parametrize(
    ("name", "which", "number"),
    [
        ("PTC", "ecp:responsibleParty|ecp:involvesParty body:ptc", 10),
        ("ecp-action-plan-3", "ecp:belongsToPlan plan:ecp-action-plan-3", 28),
    ],
)
def test_word_has_every_action_with_its_date(
    name: str, which: str, number: int, briefing: Briefing, engine: Engine
) -> None:
    document, text = read_again(fitted(briefing(name)))
    expected = texts(ask_table(engine, ACTIONS.format(which=which)))
    assert len(expected) == number
    told = dates(document)
    assert set(told) == {row[0] for row in expected}
    for action, title, written, until in expected:
        assert title in text
        if until:
            assert f"{MONTHS[int(until[5:7])]} {until[:4]}" in told[action]
        elif written:
            assert written in told[action] or (written, told[action]) == ("Continuous activity", "Continuous")
        else:
            assert told[action] == "No time is stated"


def test_word_has_every_overlap_of_a_body(briefing: Briefing, engine: Engine) -> None:
    document, text = read_again(fitted(briefing("PTC")))
    expected = texts(ask_table(engine, OVERLAPS))
    assert len(expected) == 7
    for cause, other in expected:
        assert cause in text
        assert other.replace("WG", " WG") in text
    table = next(table for table in document.tables if table.rows[0].cells[0].text == "How")
    assert len([row for row in table.rows[1:] if len({cell.text for cell in row.cells}) > 1]) == len(expected)


def test_word_has_every_pair_of_bodies_of_a_plan(briefing: Briefing, engine: Engine) -> None:
    document, _ = read_again(fitted(briefing("ecp-action-plan-3")))
    table = next(table for table in document.tables if table.rows[0].cells[0].text == "Bodies")
    told = {frozenset(row.cells[0].text.replace(" WG", "WG").split(" and ")) for row in table.rows[1:]}
    assert told == {frozenset(pair) for pair in texts(ask_table(engine, PAIRS))}
    assert len(told) == 4


def test_the_foot_has_date_version_address_and_pages(briefing: Briefing, release: Release) -> None:
    document, _ = read_again(briefing("PTC"))
    foot = document.sections[0].footer.paragraphs[0]
    assert re.search(r"Data of \d{1,2} \w+ \d{4}", foot.text)
    assert f"release {release.id}" in foot.text
    assert "https://w3id.org/ecp-graph/id/body/ptc" in foot.text
    assert "NUMPAGES" in foot._p.xml
    assert foot.text in markdown_of(briefing("PTC")).replace("<", "").replace(">", "") + foot.text


def test_the_same_briefing_is_the_same_file(briefing: Briefing) -> None:
    brief = briefing("PTC")
    assert word_of(brief) == word_of(brief)


def test_markdown_and_html_say_what_word_says(briefing: Briefing) -> None:
    brief = fitted(briefing("PTC"))
    _, text = read_again(brief)
    markdown = markdown_of(brief).replace("\\", "")
    html = re.sub(r"<[^>]+>", "", paper_of(brief)).replace("&#39;", "'").replace("&amp;", "&")
    lines = [part for part in text.splitlines() if part and "[" not in part]
    assert len(lines) > 100
    assert [part for part in lines if part not in markdown] == []
    assert [part for part in lines if part not in html] == []


@pytest.mark.parametrize("name", ["PTC", "SEC", "ecp-action-plan-3", "TFAWG"])
def test_a_briefing_fits_on_two_pages(name: str, briefing: Briefing) -> None:
    whole = briefing(name)
    brief = fitted(whole)
    assert sum(map(height_of, brief.sections)) < 2 * PAGE_HEIGHT
    assert [section.key for section in brief.sections] == [section.key for section in whole.sections]


def made_up(rows: int, points: int) -> Brief:
    """A briefing with a long table and many points."""
    told = line("What the plan leaves open, ", Run("in many words", "https://example.org/thing"), ", " * 40)
    table = Table((Column("No.", 10), Column("Action", 90)), (TableRow((line("1"), line("word " * 30))),) * rows)
    sections = (
        Section("actions", "Its actions by date", table=table),
        Section("open", "What is left open", points=(Sentence(told),) * points),
    )
    return Brief("Briefing of a plan", "https://example.org/plan", "A long plan", sections)


def test_what_does_not_fit_is_left_out_and_counted() -> None:
    brief = fitted(made_up(rows=400, points=100))
    actions, open_ = brief.sections
    assert sum(map(height_of, brief.sections)) < 2 * PAGE_HEIGHT
    assert actions.table is not None
    assert actions.table.left_out == 400 - len(actions.table.rows) > 0
    assert open_.points_left_out == 100 - len(open_.points) == 94
    for text in (markdown_of(brief), paper_of(brief), read_again(brief)[1]):
        assert f"{actions.table.left_out} further rows are left out here" in text
        assert "94 further points are left out here" in text


def test_what_fits_is_left_as_it_is() -> None:
    brief = made_up(rows=3, points=3)
    assert fitted(brief) == brief


def test_texts_cannot_break_a_paper() -> None:
    hostile = "a <b>|`*_[x](y) & \x07\u202ebidi\x00 # 1. end"
    row = TableRow((line(Run(hostile, "javascript:alert(1)")),), line(hostile))
    table = Table((Column(hostile, 1),), (row,), grouped_by="When")
    section = Section("x", "Title", ((Sentence(line(hostile), line(hostile)),),), table, (Sentence(line(hostile)),))
    brief = Brief("Briefing", "https://example.org/", hostile, (section,), confidential=(hostile,))
    html, markdown, (_, text) = paper_of(brief), markdown_of(brief), read_again(brief)
    assert "<b>" not in html
    assert "javascript:" not in html
    assert "\\<b\\>\\|\\`\\*\\_\\[x\\](y) \\&" in markdown
    assert "| a" in markdown
    for paper in (html, markdown, text):
        assert "\N{REPLACEMENT CHARACTER}bidi" in paper
        assert not re.search("[\x00\x07\u202e]", paper)
        assert "Confidential: this briefing has content of" in paper


def test_an_address_that_is_none_of_the_web_is_no_link(briefing: Briefing) -> None:
    assert '<a href="https://w3id.org/ecp-graph/id/action/ecp3-3">3</a>' in paper_of(briefing("PTC"))
    assert "<a " not in paper_of(briefing("PTC"), lambda iri: None)


def test_without_a_release_the_foot_has_no_version(engine: Engine, source: Source) -> None:
    brief = replace(made_up(1, 1), version="", dated="")
    assert "release" not in markdown_of(brief)


@pytest.mark.skipif(shutil.which("soffice") is None, reason=NO_SOFFICE)
@pytest.mark.parametrize("name", ["PTC", "ecp-action-plan-3"])
def test_libreoffice_sets_two_pages(name: str, briefing: Briefing, tmp_path: Path) -> None:
    import pypdfium2

    paper = tmp_path / "brief.docx"
    paper.write_bytes(word_of(fitted(briefing(name))))
    command = ["soffice", "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(paper)]
    subprocess.run(command, check=True, capture_output=True, timeout=600)
    assert len(pypdfium2.PdfDocument(tmp_path / "brief.pdf")) <= 2
