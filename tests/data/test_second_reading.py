"""The data agree, cell by cell, with a second reading of the document that was made without them."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest

from tests.second_reading.parser import read_source

from .graphs import ECP, ID, ROOT, SKOS, notations, value, values

READING = ROOT / "tests" / "second_reading"
GROUP = ID + "group/ecp3-"


def rows(name: str) -> list[dict[str, str]]:
    with (READING / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


ACTIONS = rows("tables.csv")


def read_from_data(number: str) -> dict[str, str]:
    """The row of an action as the data have it, in the columns of ``tables.csv``."""
    action = f"{ID}action/ecp3-{number}"
    timeframe = value(action, ECP + "timeframe")
    groups = [
        party.removeprefix(GROUP + number + "-")
        for party in values(action, ECP + "responsibleParty")
        if party.startswith(GROUP)
    ]
    return {
        "action": value(action, ECP + "actionNumber"),
        "chapter": value(value(action, ECP + "inChapter"), ECP + "chapterNumber"),
        "title": value(action, SKOS + "prefLabel"),
        "responsible": value(action, ECP + "responsibleText"),
        "programme": value(action, ECP + "programmeText"),
        "timeframe": value(timeframe, ECP + "timeframeText"),
        "responsible_codes": " ".join(sorted(notations(values(action, ECP + "responsibleBody")))),
        "open_group": " ".join(groups),
        "programme_codes": " ".join(sorted(notations(values(action, ECP + "underProgramme")))),
        "timeframe_kind": value(timeframe, ECP + "timeframeKind").removeprefix(ID + "concept/timeframe-"),
        "from": value(timeframe, ECP + "from"),
        "until": value(timeframe, ECP + "until"),
    }


def unordered(row: dict[str, str]) -> dict[str, str]:
    """The row with its lists of codes sorted, as the graph keeps no order in a cell."""
    codes = {name: " ".join(sorted(row[name].split())) for name in ("responsible_codes", "programme_codes")}
    return row | codes


@pytest.mark.parametrize("row", ACTIONS, ids=[f"action-{row['action']}" for row in ACTIONS])
def test_action_row(row: dict[str, str]) -> None:
    assert read_from_data(row["action"]) == unordered(row)


def test_there_are_28_rows_in_order() -> None:
    assert [int(row["action"]) for row in ACTIONS] == list(range(1, 29))


@pytest.mark.parametrize("row", rows("chapters.csv"), ids=lambda row: f"chapter-{row['number']}")
def test_chapter_title(row: dict[str, str]) -> None:
    assert value(f"{ID}chapter/ecp3-{row['number']}", SKOS + "prefLabel") == row["title"]


def test_second_reading_agrees_with_the_text_itself() -> None:
    """Runs where the text of the document is at hand; it is not part of the repository."""
    source = os.environ.get("ECP_SOURCE_TEXT")
    if not source:
        pytest.skip("the text of document PC0457E1: set ECP_SOURCE_TEXT to its path")
    reading = read_source(Path(source))
    assert [
        (str(row.action), str(row.chapter), row.title, row.responsible, row.programme, row.timeframe)
        for row in reading.rows
    ] == [tuple(row[name] for name in list(row)[:6]) for row in ACTIONS]
    assert [(str(chapter.number), chapter.title) for chapter in reading.chapters] == [
        (row["number"], row["title"]) for row in rows("chapters.csv")
    ]
    assert reading.paragraphs == tuple(range(1, 21))
