"""Every body, instrument, plan, goal and activity that the second reading found in a passage is known to the graph."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from functools import cache
from typing import Any

import pytest
import yaml

from .graphs import ECP, ID, ROOT, SKOS, passage_of, quads, statements_by_graph, value, values

READING = ROOT / "tests" / "second_reading"
PARTS: dict[str, Any] = yaml.safe_load((READING / "paragraphs.yaml").read_text(encoding="utf-8"))
COUNTS: dict[str, Any] = yaml.safe_load((READING / "counts.yaml").read_text(encoding="utf-8"))
KINDS = ("activities", "bodies", "goals", "instruments", "organizations", "plans", "programmes")
PLAN = ID + "plan/ecp-action-plan-"

#: Names that the graph holds otherwise than as a label, with the reason.
OTHERWISE = {
    ("para-14", "Operational Plan"): "the label is the longer form of the same sentence",
    ("ch-1-intro", "virtual working group"): "a kind of body; the group itself has no name there",
}


def named() -> list[tuple[str, str]]:
    return sorted(
        {
            (part, name)
            for part, entry in PARTS.items()
            for kind in KINDS
            for name in entry.get(kind) or []
            if (part, name) not in OTHERWISE
        }
    )


@cache
def holders_of_label() -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for quad in quads():
        if quad.predicate.value in {SKOS + "prefLabel", SKOS + "altLabel", SKOS + "notation"}:
            found[quad.object.value.lower()].add(quad.subject.value)  # type: ignore[union-attr]
    return found


def individuals(name: str) -> set[str]:
    """The individuals of that name; "X (Y)" counts as X too."""
    return {
        holder
        for form in (name, re.sub(r"\s*\([^)]*\)", "", name))
        for holder in holders_of_label().get(form.lower(), set())
    }


@pytest.mark.parametrize(("part", "name"), named())
def test_name_is_known(part: str, name: str) -> None:
    assert individuals(name), f"{part} names {name}"


def test_an_unknown_name_is_found() -> None:
    assert len(named()) > 80
    assert not individuals("Committee on Nothing")


def test_every_body_of_a_passage_is_in_its_graphs() -> None:
    checked = 0
    for part, entry in PARTS.items():
        found = {
            term.value  # type: ignore[union-attr]
            for graph, statements in statements_by_graph().items()
            if passage_of(graph) in {part, f"{part}-heading"}
            for quad in statements
            for term in (quad.subject, quad.object)
        }
        for name in entry.get("bodies") or []:
            if (part, name) not in OTHERWISE:
                assert individuals(name) & found, f"{part} names {name}"
                checked += 1
    assert checked >= 20


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
    assert listed <= set(PARTS["para-18"]["bodies"])
