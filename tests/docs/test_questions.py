"""The questions of docs/questions.md have the answers that stand below them."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import NamedTuple

import pytest

from ecp_graph.engine import Engine
from ecp_graph.queries.catalogue import load_catalogue
from ecp_graph.workspace import bundled_workspace

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "questions.md").read_text(encoding="utf-8")
SECTION = re.compile(
    r"^## (?P<number>\d+)\. (?P<question>[^\n]+)\n(?P<prose>.*?)"
    r"```sparql\n(?P<query>.*?)```\n\n```csv\n(?P<answer>.*?)```",
    re.MULTILINE | re.DOTALL,
)


class Question(NamedTuple):
    number: str
    question: str
    prose: str
    query: str
    answer: str


QUESTIONS = [
    Question(*match.group("number", "question", "prose", "query", "answer")) for match in SECTION.finditer(TEXT)
]


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_there_are_twenty_five() -> None:
    assert [question.number for question in QUESTIONS] == [str(number) for number in range(1, 26)]
    assert TEXT.partition("## What still cannot be said")[2].count("\n- ") == 6


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda one: one.number)
def test_the_answer_is_the_one_of_the_graph(engine: Engine, question: Question) -> None:
    found = rows(engine.query(question.query, fmt="csv").read().decode())
    assert found == rows(question.answer)
    assert len(found) > 1


def test_the_catalogue_has_the_queries_that_are_named() -> None:
    named = re.findall(r"In the catalogue: `([\w-]+)`", TEXT)
    assert len(named) == 25
    assert set(named) <= set(load_catalogue(bundled_workspace()))
