"""What matrices are counted from, worked out from the files and from the second reading, without SPARQL."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable

from ecp_graph.engine import Engine
from ecp_graph.namespaces import compact
from tests.data.graphs import ECP, ID, RDF_TYPE, ROOT, SKOS, quads, value

from .asking import Case, ask_rows, bundled_catalogue, cases

__all__ = ["MATRICES"]

#: The strategic plan whose goals and activities the document names.
PLAN = "wco-strategic-plan-2016"
DCTERMS = "http://purl.org/dc/terms/"
#: The dimensions that a class of the data stands for.
CLASSES = {
    "Action": "action",
    "ActionPlan": "phase",
    "AnnualWorkPlan": "programme",
    "Body": "body",
    "Chapter": "chapter",
    "ExternalOrganization": "body",
    "Instrument": "instrument",
    "Organization": "body",
    "StrategicActivity": "activity",
    "StrategicGoal": "goal",
    "Topic": "topic",
    "WorkProgramme": "programme",
}


def _rows(engine: Engine, name: str, **parameters: str) -> list[dict[str, str]]:
    header, *rows = ask_rows(engine, bundled_catalogue()[name], parameters)
    return [dict(zip(header, row, strict=True)) for row in rows]


def _pairs(*predicates: str) -> set[tuple[str, str]]:
    """Subject and object of every statement of the data with one of the predicates, as curies."""
    return {
        (compact(quad.subject.value), compact(quad.object.value))  # type: ignore[union-attr]
        for quad in quads()
        if quad.predicate.value in predicates
    }


def _things() -> dict[str, str]:
    """The things of the data (curies) with their dimension."""
    found = {
        compact(quad.subject.value): CLASSES[quad.object.value.removeprefix(ECP)]  # type: ignore[union-attr]
        for quad in quads()
        if quad.predicate.value == RDF_TYPE and quad.object.value.removeprefix(ECP) in CLASSES  # type: ignore[union-attr]
    }
    return found | {kind: "timeframe" for _, kind in _pairs(ECP + "timeframeKind")}


def check_dimension_things(engine: Engine) -> None:
    rows = _rows(engine, "dimension-things")
    assert {row["thing"]: row["dimension"] for row in rows} == _things()
    counts = Counter(row["dimension"] for row in rows)
    # 28 rows in 7 chapters, paragraph 15's four activities, goals 1 and 5, three phases, four programmes of the tables
    known = {"action": 28, "chapter": 7, "activity": 4, "goal": 2, "phase": 3, "programme": 4, "timeframe": 5}
    assert {dimension: counts[dimension] for dimension in known} == known
    assert [row["thing"] for row in rows if row["remark"]] == ["body:sec"]
    codes = {row["thing"]: row["code"] for row in rows}
    assert (codes["body:ptc"], codes["action:ecp3-16"], codes[f"goal:{PLAN}-5"], codes["instrument:rkc"]) == (
        "PTC",
        "16",
        "5",
        "",
    )
    names = {row["thing"]: row["name"] for row in rows if row["dimension"] in {"body", "instrument", "topic"}}
    labels = {thing: value(ID + thing.replace(":", "/", 1), SKOS + "prefLabel") for thing in names}
    assert names == labels
    assert [row["thing"] for row in _rows(engine, "dimension-things", dimension="goal")] == [
        f"goal:{PLAN}-{number}" for number in (1, 5)
    ]


def check_dimension_links(engine: Engine) -> None:
    rows = _rows(engine, "dimension-links")
    found = {(row["dimension"], row["thing"], row["link"], row["tie"]) for row in rows}
    codes = {row["code"]: row["thing"] for row in _rows(engine, "dimension-things")}
    with (ROOT / "tests" / "second_reading" / "tables.csv").open(encoding="utf-8", newline="") as file:
        tables = list(csv.DictReader(file))
    owners = {"PTC-WP": "PTC", "TFAWG-WP": "TFAWG"}  # paragraph 19 names the owners of these two
    expected: set[tuple[str, str, str, str]] = set()
    for row in tables:
        link, bodies, plans = (
            f"action:ecp3-{row['action']}",
            row["responsible_codes"].split(),
            row["programme_codes"].split(),
        )
        expected |= {("body", codes[code], link, "action") for code in bodies}
        expected |= {("programme", codes[code], link, "action") for code in plans}
        through = {owners[plan] for plan in plans if plan in owners} - set(bodies)
        expected |= {("body", codes[code], link, "programme") for code in through}
        expected.add(("chapter", f"chapter:ecp3-{row['chapter']}", link, "action"))
        expected.add(("phase", "plan:ecp-action-plan-3", link, "action"))
        expected.add(("action", link, link, "action"))
        expected.add(("timeframe", f"concept:timeframe-{row['timeframe_kind']}", link, "action"))
        if int(row["chapter"]) <= 4:  # chapters 1 to 4 take up the activities of goal 1, chapter 5 repeats goal 5
            expected |= {
                ("activity", f"activity:{PLAN}-{row['chapter']}", link, "chapter"),
                ("goal", f"goal:{PLAN}-1", link, "chapter"),
            }
        elif row["chapter"] == "5":
            expected.add(("goal", f"goal:{PLAN}-5", link, "may"))
    of_rows = {one for one in found if one[2].startswith("action:") and one[0] not in {"instrument", "topic"}}
    assert of_rows == expected
    topics = _pairs(DCTERMS + "subject")
    assert {one for one in found if one[0] == "topic"} >= {
        ("topic", topic, link, "action") for link, topic in topics if link.startswith("action:")
    }
    delivered = _pairs(ECP + "deliveredUnder")
    assert {one for one in found if one[0] == "phase" and one[3] == "text"} == {
        ("phase", phase, tool, "text") for tool, phase in delivered
    }
    assert len(delivered) == 7 + 14  # 4 tools and 3 toolkits; 13 bullets, one of them two editions
    assert {row["tie"] for row in _rows(engine, "dimension-links", dimension="body", tie="programme")} == {"programme"}


def check_overlap_cells(engine: Engine) -> None:
    names = {"body": "overlap-bodies@secretariat=with", "programme": "overlap-programmes", "action": "overlap-actions"}
    by_stem: dict[str, Case] = {case.path.stem: case for case in cases()}
    marks = ("overlap", "causeKind", "kind", "evidenceGrade", "certainty")
    for dimension, stem in names.items():
        header, *rows = by_stem[stem].read()
        expected = {tuple(row[name] for name in marks) for row in (dict(zip(header, r, strict=True)) for r in rows)}
        found = _rows(engine, "overlap-cells", dimension=dimension)
        assert {tuple(row[name] for name in marks) for row in found} == expected
        assert len(found) == len(expected) > 10
        for row in found:
            ends = [row[name].replace(":", "-", 1) for name in ("memberA", "memberB", "cause")]
            assert row["overlap"] == "overlap:" + "--".join(ends)
    assert len(_rows(engine, "overlap-cells")) == sum(len(by_stem[stem].read()) - 1 for stem in names.values())


#: Query to the function that knows its answer.
MATRICES: dict[str, Callable[[Engine], None]] = {
    "dimension-links": check_dimension_links,
    "dimension-things": check_dimension_things,
    "overlap-cells": check_overlap_cells,
}
