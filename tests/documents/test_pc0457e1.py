"""Where the passages of PC0457E1 stand, against the second reading of the document, and their words in three formats.

What needs the document runs where ECP_SOURCE_TEXT names its text; it is no part of the repository.
"""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
import yaml

from ecp_graph.documents.text import normalised, text_hash
from ecp_graph.documents.words import Anchor, find_words
from tests.documents.papers import Part, as_pdf, as_word
from tests.second_reading.parser import read_source
from tools.anchors import FILE, anchors

ROOT = Path(__file__).resolve().parents[2]
ECP = "https://w3id.org/ecp-graph/ontology#"
PASSAGE = "https://w3id.org/ecp-graph/id/passage/pc0457e1/"
SECOND = ROOT / "tests" / "second_reading" / "paragraphs.yaml"
HEADER = ("", "Action", "Responsible body", "Relevant Work Programme/Action Plan", "Timeframe")


@pytest.fixture(scope="module")
def source() -> Path:
    given = os.environ.get("ECP_SOURCE_TEXT")
    if not given:
        pytest.skip("the text of document PC0457E1: set ECP_SOURCE_TEXT to its path")
    return Path(given)


@pytest.fixture(scope="module")
def stated() -> dict[str, dict[str, str]]:
    """The selectors of each passage, by its slug."""
    found: dict[str, dict[str, str]] = {}
    for quad in ox.parse(path=str(FILE)):
        slug = quad.subject.value.removeprefix(PASSAGE)  # type: ignore[union-attr]
        found.setdefault(slug, {})[quad.predicate.value.removeprefix(ECP)] = quad.object.value  # type: ignore[union-attr]
    return found


@pytest.fixture(scope="module")
def places(stated: dict[str, dict[str, str]]) -> list[Anchor]:
    return [
        Anchor(slug, int(said["startOffset"]), int(said["endOffset"]), said["textHash"])
        for slug, said in stated.items()
    ]


def test_every_passage_of_the_paper_has_a_place_and_a_hash(stated: dict[str, dict[str, str]]) -> None:
    described = {
        quad.subject.value.removeprefix(PASSAGE)  # type: ignore[union-attr]
        for path in FILE.parent.glob("*.trig")
        for quad in ox.parse(path=str(path))
        if quad.predicate.value == ECP + "passageOf"
    }
    assert set(stated) == described
    assert len(stated) == 69
    assert all(re.fullmatch("[0-9a-f]{64}", said["textHash"]) for said in stated.values())
    ends = [(int(said["startOffset"]), int(said["endOffset"])) for said in stated.values()]
    assert all(start < end <= following for (start, end), (following, _) in itertools.pairwise(ends))
    assert [said["paragraphNumber"] for said in stated.values() if "paragraphNumber" in said] == [
        str(number) for number in range(1, 21)
    ]
    rows = [(said["tableNumber"], said["rowNumber"]) for said in stated.values() if "rowNumber" in said]
    assert len(set(rows)) == 28


def test_the_file_is_up_to_date(source: Path) -> None:
    assert anchors(source) == FILE.read_text(encoding="utf-8"), "run: python -m tools.anchors $ECP_SOURCE_TEXT"


def test_a_document_with_other_rows_is_refused(source: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.txt"
    other.write_text(source.read_text(encoding="utf-8").replace("Update/review", "Review"), encoding="utf-8")
    with pytest.raises(LookupError, match="“9ReviewTRSGuide"):
        anchors(other)


def test_the_second_reading_agrees_row_by_row(source: Path, stated: dict[str, dict[str, str]]) -> None:
    """A chapter's heading and a row are told by the layout there, by the data's labels here."""
    reading = read_source(source)
    for row in reading.rows:
        words = f"{row.action}{row.title}{row.responsible}{row.programme}{row.timeframe}"
        assert text_hash(words) == stated[f"action-{row.action}"]["textHash"], row.action
    for chapter in reading.chapters:
        assert text_hash(f"{chapter.number}.{chapter.title}") == stated[f"ch-{chapter.number}-title"]["textHash"]


def test_the_second_reading_agrees_line_by_line(source: Path, stated: dict[str, dict[str, str]]) -> None:
    """It lists the lines of each passage; those of a paragraph begin with the headings above it."""
    lines = source.read_text(encoding="utf-8").split("\n")
    second = yaml.safe_load(SECOND.read_text(encoding="utf-8"))
    compared = 0
    for slug, said in second.items():
        first, last = said["lines"]
        words = normalised("\n".join(lines[first - 1 : last]))
        length = int(stated[slug]["endOffset"]) - int(stated[slug]["startOffset"])
        assert text_hash(words[len(words) - length :]) == stated[slug]["textHash"], slug
        above = words[: len(words) - length]
        assert normalised(said.get("heading") or said.get("section") or "").endswith(above), slug
        compared += 1
    assert compared == 35


def test_nothing_but_headings_stands_between_passages(source: Path, places: list[Anchor]) -> None:
    text = normalised(source.read_text(encoding="utf-8"))
    edges = [0, *(edge for place in places for edge in (place.start, place.end)), len(text)]
    between = {text[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True) if start < end}
    assert {words for words in between if not words.startswith("Action")} == {
        "I.Background",
        "II.MainProgressunderECPActionPlans",
        "III.NewProjectsforPhaseIII",
        "IV.ECPActionPlanandotherworkprogrammes/plansWCOStrategicPlan",
        "WCOworkingbodiesandtheECPActionPlan",
        "V.ActionRequired",
        "***",
        "_" * 18,
    }


def paper(source: Path, *, has_head: bool = False) -> Iterator[Part]:
    """Yield the document as paragraphs and tables, by the second reading."""
    text = source.read_text(encoding="utf-8")
    lines = text.split("\n")
    second = yaml.safe_load(SECOND.read_text(encoding="utf-8"))
    reading = read_source(source)

    def paragraphs(slug: str) -> list[str]:
        first, last = second[slug]["lines"]
        return [part.strip() for part in re.split(r"\n\s*\n", "\n".join(lines[first - 1 : last])) if part.strip()]

    for number in reading.paragraphs:
        yield from paragraphs(f"para-{number}")
    yield from paragraphs("annex-title")
    for chapter in reading.chapters:
        yield f"{chapter.number}. {chapter.title}"
        yield from paragraphs(f"ch-{chapter.number}-intro")
        rows = [
            (str(row.action), row.title, row.responsible, row.programme, row.timeframe)
            for row in reading.rows
            if row.chapter == chapter.number
        ]
        broken = 2 if has_head and chapter.number == 3 else len(rows)
        yield (HEADER, *rows[:broken])
        if rows[broken:]:
            yield HEAD
            yield (HEADER, *rows[broken:])


HEAD = "Annex to doc. PC0457E1 I/4."
COPIES: dict[str, Callable[[Path, Path], Path]] = {
    "text": lambda source, folder: source,
    "word": lambda source, folder: as_word(list(paper(source)), folder / "paper.docx", head=HEAD),
    "pdf": lambda source, folder: as_pdf(list(paper(source, has_head=True)), folder / "paper.pdf"),
    "pdf with margins": lambda source, folder: as_pdf(
        list(paper(source, has_head=True)), folder / "paper.pdf", has_margins=True
    ),
}


@pytest.mark.parametrize(
    "form", [pytest.param(form, marks=[pytest.mark.slow] if "pdf" in form else []) for form in COPIES]
)
def test_all_69_passages_are_found(form: str, source: Path, places: list[Anchor], tmp_path: Path) -> None:
    path = COPIES[form](source, tmp_path)
    found = find_words(path, places)
    assert found.orphans == {}
    assert len(found.words) == 69
    assert normalised(found.words["para-9"][0].text).startswith("9.")
    assert form == "text" or [block.column for block in found.words["action-16"]] == [1, 2, 3, 4]


def test_a_running_head_that_a_copy_lacks_is_missing_alone(source: Path, places: list[Anchor], tmp_path: Path) -> None:
    found = find_words(as_word(list(paper(source)), tmp_path / "paper.docx"), places)
    assert set(found.orphans) == {"annex-running-head"}
    assert len(found.words) == 68
