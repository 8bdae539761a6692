"""The worlds conform, are evidenced to the last statement, and use every term that any plan may need."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Final

import pyoxigraph as ox
import pytest

from ecp_graph.pipeline import build
from ecp_graph.release.opening import release_engine

from . import WORLDS, world

ECP: Final = "https://w3id.org/ecp-graph/ontology#"
RDF_TYPE: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
#: Classes whose individuals have no name in a plan, and stand for a cell of it.
UNNAMED: Final = ("Budget", "Measurement", "Participation", "Reading", "SourcePassage", "Timeframe")


def _quads(*names: str) -> list[ox.Quad]:
    return [quad for name in names for path in world(name).data_files for quad in ox.parse(path=str(path))]


@pytest.mark.parametrize("name", WORLDS)
def test_a_world_conforms(name: str, tmp_path: Path) -> None:
    result = build(world(name), tmp_path)
    assert [finding for finding in result.report.findings if finding.severity == "Violation"] == []
    assert result.release is not None
    engine = release_engine(result.release)
    asked = engine.query("SELECT (COUNT(*) AS ?n) { ?action a ecp:Action ; ecp:position ?place }", fmt="csv").read()
    engine.close()
    assert int(asked.decode().split()[1]) == {"coast": 11, "ecoles": 12, "real": 6}[name]


@pytest.mark.parametrize("name", WORLDS)
def test_every_statement_stands_in_a_reading_of_a_passage(name: str) -> None:
    quads = _quads(name)
    readings = {quad.subject: quad.object for quad in quads if quad.predicate.value == ECP + "readingOf"}
    located = {quad.subject for quad in quads if quad.predicate.value == ECP + "locator"}
    assert {quad.graph_name for quad in quads} == set(readings)
    assert set(readings.values()) <= located
    certainties = {quad.object.value.rpartition("-")[2] for quad in quads if quad.predicate.value == ECP + "certainty"}  # type: ignore[union-attr]
    assert certainties >= {"verbatim", "normalised", "interpreted"}


def test_the_worlds_use_what_any_plan_may_need() -> None:
    quads = _quads(*WORLDS)
    used = {quad.predicate.value.removeprefix(ECP) for quad in quads}
    used |= {quad.object.value.removeprefix(ECP) for quad in quads if quad.predicate.value == RDF_TYPE}  # type: ignore[union-attr]
    assert used >= {
        *("Budget", "Goal", "Indicator", "Measurement", "Milestone", "Objective", "Participation", "Place", "Result"),
        *("activityKind", "amount", "benefits", "cellReference", "comesAfter", "confidential", "currency", "dependsOn"),
        *("draftedBy", "fundedBy", "hasObject", "hasResult", "indicatorKind", "milestoneOf", "numberText", "organizes"),
        *("partOfAction", "partOfChapter", "partOfGoal", "position", "progressStatus", "reportsOn", "sheetName"),
        *("tableNumber", "unitText", "verificationText", "within", "http://purl.org/dc/terms/language"),
    }
    kinds = {
        quad.object.value.rpartition("/timeframe-")[2]
        for quad in quads
        if quad.predicate.value == ECP + "timeframeKind"
    }  # type: ignore[union-attr]
    assert len(kinds) == 8


def test_the_french_world_is_in_french() -> None:
    labels = [quad.object for quad in _quads("ecoles") if quad.predicate.value.endswith("#prefLabel")]
    languages = Counter(label.language for label in labels if isinstance(label, ox.Literal))
    assert languages["fr"] > 30
    assert 0 < languages["en"] < 10
    texts = [label.value for label in labels if isinstance(label, ox.Literal)]
    assert any("'" in text for text in texts)
    assert not any("\u2019" in text for text in texts)


def test_no_thing_of_the_real_plans_is_invented() -> None:
    """Each individual is a row, or has a name or a code that the row of the plan prints."""
    quads = _quads("real")
    told = {quad.subject for quad in quads if re.search(r"#(prefLabel|notation)$", quad.predicate.value)}
    unnamed = {quad.subject for quad in quads if quad.object in {ox.NamedNode(ECP + name) for name in UNNAMED}}
    typed = {quad.subject for quad in quads if quad.predicate.value == RDF_TYPE}
    assert typed - unnamed <= told
    assert not any("/event/" in str(subject) for subject in typed)
    responsible = Counter(str(quad.subject) for quad in quads if quad.predicate.value == ECP + "responsibleBody")
    assert max(responsible.values()) == 22
