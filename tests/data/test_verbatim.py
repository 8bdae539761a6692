"""What a verbatim reading quotes (names, cells, periods) stands in its passage, but for case and layout."""

from __future__ import annotations

import csv
import os
import unicodedata
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest

from .answers import READ, TESTS
from .graphs import READING, passage_of, statements_by_graph

#: The kinds of literals that can be quotations; numbers and dates are none.
QUOTING = "http://www.w3.org/2001/XMLSchema#string", "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"
#: The one passage that no table of the second reading has.
UNREAD = {"annex-running-head"}


def bare(text: str) -> str:
    """The text in small letters without white space, with the quotes and dashes of a keyboard."""
    plain = str.maketrans({**dict.fromkeys("‘’", "'"), **dict.fromkeys("“”", '"'), **dict.fromkeys("‐‑‒–—―", "-")})
    return "".join(unicodedata.normalize("NFKC", text).translate(plain).lower().split())


def quoted() -> dict[str, list[str]]:
    """Passage to the texts that its verbatim reading quotes."""
    return {
        passage_of(graph): sorted(
            {
                quad.object.value
                for quad in quads
                if isinstance(quad.object, ox.Literal) and quad.object.datatype.value in QUOTING
            }
        )
        for graph, quads in statements_by_graph().items()
        if graph == READING + passage_of(graph)
    }


@cache
def rows() -> dict[str, str]:
    """Passage to the cells of a row."""
    with (TESTS / "second_reading" / "tables.csv").open(encoding="utf-8", newline="") as file:
        columns = ("action", "title", "responsible", "programme", "timeframe")
        return {
            f"action-{row['action']}": bare(" ".join(row[name] for name in columns)) for row in csv.DictReader(file)
        }


@cache
def paragraphs() -> dict[str, str]:
    """Passage to its words, with those of the heading above it; empty where the document is not at hand."""
    source = os.environ.get("ECP_SOURCE_TEXT")
    if not source:
        return {}
    lines = Path(source).read_text(encoding="utf-8").split("\n")
    return {place: bare(" ".join(lines[part["lines"][0] - 1 : part["lines"][1]])) for place, part in READ.items()}


def not_in(text: str, quotations: list[str]) -> list[str]:
    return [one for one in quotations if bare(one) not in text]


@pytest.mark.parametrize("row", sorted(rows()))
def test_what_is_quoted_from_a_row_stands_in_it(row: str) -> None:
    assert quoted()[row]
    assert not_in(rows()[row], quoted()[row]) == []


def test_what_is_quoted_from_a_paragraph_stands_in_it() -> None:
    """Runs where the text of the document is at hand; it is not part of the repository."""
    if not paragraphs():
        pytest.skip("the text of document PC0457E1: set ECP_SOURCE_TEXT to its path")
    found = {place: texts for place, texts in quoted().items() if place not in rows().keys() | UNREAD}
    assert len(found) == 69 - 28 - 1
    wrong = {place: not_in(paragraphs()[place.removesuffix("-heading")], texts) for place, texts in found.items()}
    assert {place: texts for place, texts in wrong.items() if texts} == {}
    assert sum(map(len, found.values())) > 100


def test_a_word_that_the_row_does_not_have_is_found() -> None:
    assert not_in(rows()["action-13"], ["World Trade Organization", "WTO"]) == ["WTO"]
