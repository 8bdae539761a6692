"""Every name that the second reading found in a passage belongs to a thing that the data mention in that passage."""

from __future__ import annotations

import csv
import re
from typing import Any

import pytest
import yaml

from .answers import READ, TESTS, Graph, entries
from .graphs import ECP, ID, SKOS, quads, statements_by_graph, value, values

READING = TESTS / "second_reading"
COUNTS: dict[str, Any] = yaml.safe_load((READING / "counts.yaml").read_text(encoding="utf-8"))
KINDS = ("activities", "bodies", "goals", "instruments", "organizations", "plans", "programmes", "topics", "variants")
PLAN = ID + "plan/ecp-action-plan-"
GRAPH = Graph(statements_by_graph())
#: Names that a passage gives otherwise than as a label; answers.yaml says how.
OTHERWISE = {(entry.place, entry.text) for entry in entries(("names",))}


def named() -> list[tuple[str, str]]:
    return sorted({(place, name) for place, part in READ.items() for kind in KINDS for name in part.get(kind) or []})


def is_known(place: str, name: str) -> bool:
    """Whether a thing that the passage's readings mention has that label; "X (Y)" counts as X too."""
    forms = {name.lower(), re.sub(r"\s*\([^)]*\)", "", name).lower()}
    things = {term for fact in GRAPH.at(place) for term in (fact.subject, fact.object)}
    return any(forms & GRAPH.labelled.get(thing, set()) for thing in things)


@pytest.mark.parametrize(("place", "name"), named())
def test_name_is_known_in_its_passage(place: str, name: str) -> None:
    assert is_known(place, name) != ((place, name) in OTHERWISE)


def test_an_unknown_name_is_found() -> None:
    assert len(named()) > 150
    assert set(named()) > OTHERWISE
    assert not is_known("para-18", "Committee on Nothing")
    assert is_known("para-18", "SAFE Working Group")
    assert not is_known("para-17", "SAFE Working Group")


def mentions(phase: str) -> set[str]:
    """What the second reading says was delivered under a phase, each edition once."""
    with (READING / "instruments.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["phase"] == phase]
    return {f"{row['name']} {row['edition']}".strip() for row in rows}


@pytest.mark.parametrize(("number", "phase", "extra"), [(1, "I", COUNTS["instruments_in_para_5"]), (2, "II", 0)])
def test_deliverables_of_a_phase(number: int, phase: str, extra: int) -> None:
    """The three toolkits of paragraph 5 are put under phase I by interpretation only."""
    delivered = {
        quad.subject.value  # type: ignore[union-attr]
        for quad in quads()
        if quad.predicate.value == ECP + "deliveredUnder" and quad.object.value == f"{PLAN}{number}"  # type: ignore[union-attr]
    }
    assert len(delivered) == len(mentions(phase)) + extra


def test_listed_bodies_are_the_seven_of_paragraph_18() -> None:
    listed = {value(body, SKOS + "prefLabel") for body in values(f"{PLAN}3", ECP + "relevantTo")}
    assert len(listed) == COUNTS["working_bodies_in_para_18"]
    assert listed <= set(READ["para-18"]["bodies"])
