"""The project's own ontology passes every check of tests.ontology.checks, alone and together with the bundled data."""

from __future__ import annotations

from pathlib import Path

import pytest
from rdflib import Dataset, Graph

from tests.ontology.checks import FOOPS_CHECKS, OOPS_CHECKS, Check, parses
from tests.ontology.checks.owlapi import ConsistencyResult, is_consistent, java_is_there, profile_violations

ROOT = Path(__file__).resolve().parents[2]
ONTOLOGY_FILES = sorted((ROOT / "ontology").rglob("*.ttl"))
DATA_FILES = sorted((ROOT / "data").rglob("*.trig"))
CHECKS = (*FOOPS_CHECKS, *OOPS_CHECKS)

needs_java = pytest.mark.skipif(not java_is_there(), reason="no Java: OWLAPI and HermiT are not run")

# A member of two disjoint classes, and an axiom outside both profiles: proof that the text below was really judged.
CONTRADICTION = "<http://x.example/x> a ecp:Action , ecp:Body ."
OUTSIDE_THE_PROFILES = "ecp:derivedFrom a <http://www.w3.org/2002/07/owl#FunctionalProperty> ."


@pytest.fixture(scope="module")
def ontology() -> Graph:
    graph = Graph()
    for path in ONTOLOGY_FILES:
        graph.parse(path, format="turtle")
    return graph


@pytest.fixture(scope="module")
def ontology_turtle(ontology: Graph) -> str:
    return ontology.serialize(format="turtle")


@pytest.fixture(scope="module")
def everything_turtle(ontology: Graph) -> str:
    merged = Graph()
    for prefix, namespace in ontology.namespaces():
        merged.bind(prefix, namespace)
    for triple in ontology:
        merged.add(triple)
    for path in DATA_FILES:
        dataset = Dataset()
        dataset.parse(path, format="trig")
        for subject, predicate, value, _ in dataset.quads():
            merged.add((subject, predicate, value))
    assert len(merged) > len(ontology) > 0
    return merged.serialize(format="turtle")


@pytest.mark.parametrize("path", ONTOLOGY_FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_file_is_rdf(path: Path) -> None:
    result = parses(path)
    assert result.looked_at == 1
    assert result.findings == ()


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_the_ontology_passes(check: Check, ontology: Graph) -> None:
    result = check.run(ontology)
    assert [finding.message for finding in result.findings] == []
    assert result.looked_at > 0


@needs_java
@pytest.mark.parametrize("profile", ["DL", "RL"])
@pytest.mark.parametrize("text", ["ontology_turtle", "everything_turtle"])
def test_it_is_in_the_profile(text: str, profile: str, request: pytest.FixtureRequest) -> None:
    turtle = request.getfixturevalue(text)
    assert profile_violations(turtle, profile) == []  # type: ignore[arg-type]
    assert profile_violations(turtle + OUTSIDE_THE_PROFILES, profile)  # type: ignore[arg-type]


@needs_java
@pytest.mark.parametrize("text", ["ontology_turtle", "everything_turtle"])
def test_it_is_consistent_and_every_class_can_have_members(text: str, request: pytest.FixtureRequest) -> None:
    turtle = request.getfixturevalue(text)
    assert is_consistent(turtle) == ConsistencyResult(consistent=True, unsatisfiable=())
    assert not is_consistent(turtle + CONTRADICTION).consistent
