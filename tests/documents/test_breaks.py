"""Paragraphs and rows that go over the end of a page are found in one piece."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecp_graph.documents.blocks import Block
from ecp_graph.documents.breaks import without_page_breaks
from ecp_graph.documents.reading import read_document
from ecp_graph.documents.words import find_words
from tests.documents.papers import as_pdf
from tests.documents.test_words import anchors_of


def table(page: int, number: int, *rows: tuple[str, ...]) -> list[Block]:
    return [
        Block(text, number, row, column, page)
        for row, texts in enumerate(rows, 1)
        for column, text in enumerate(texts, 1)
        if text
    ]


def texts(blocks: list[Block]) -> list[str]:
    return [block.text for block in blocks]


HEAD = ("", "Action", "Who")


def test_a_row_goes_on_behind_the_margin_and_the_repeated_header() -> None:
    first = table(1, 1, HEAD, ("1", "Plant a", "Gardens,"))
    margin = [Block("page 1", page=1, is_margin=True), Block("The plan", page=2, is_margin=True)]
    second = table(2, 2, HEAD, ("", "hedge", "board"), ("2", "Rest", "All"))
    found = without_page_breaks([*first, *margin, *second, Block("After it", page=2)])
    assert texts(found) == ["Action", "Who", "1", "Plant a\nhedge", "Gardens,\nboard", "2", "Rest", "All", "After it"]
    assert [(block.page, block.row) for block in found if "hedge" in block.text] == [(1, 2)]


def test_a_cell_may_begin_on_the_next_page_alone() -> None:
    found = without_page_breaks([*table(1, 1, ("1", "Plant", "")), *table(2, 2, ("", "", "Gardens"))])
    assert texts(found) == ["1", "Plant", "Gardens"]


@pytest.mark.parametrize(
    "between", [[], [Block("A heading", page=2)]], ids=["whole rows", "another table behind a heading"]
)
def test_other_tables_and_rows_stay_apart(between: list[Block]) -> None:
    second = (
        table(2, 2, ("", "More", "Who else"), ("2", "Rest", "All")) if between else table(2, 2, ("2", "Rest", "All"))
    )
    blocks = [*table(1, 1, HEAD, ("1", "Plant", "Gardens")), *between, *second]
    assert without_page_breaks(blocks) == blocks


def test_tables_without_pages_stay_apart() -> None:
    blocks = [*table(0, 1, ("1", "Plant")), *table(0, 2, ("", "Head"))]
    assert without_page_breaks(blocks) == blocks


@pytest.mark.slow
def test_every_row_of_a_long_table_is_found_in_a_pdf(tmp_path: Path) -> None:
    long = " ".join(["A long line of this cell goes over the edge of the page."] * 12)
    paper = [
        "The plan",
        [("No", "Action", "Who"), *((str(number), f"{number} {long}", "Board") for number in range(30))],
    ]
    path = as_pdf(paper, tmp_path / "plan.pdf")
    assert len({block.page for block in read_document(path)}) > 2
    found = find_words(path, anchors_of(paper))
    assert found.orphans == {}
    assert len(found.words) == 32
