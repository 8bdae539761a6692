"""docs/model.md: its patterns are of the ontology's terms and contradict nothing; its diagram is that of /ontology."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from rdflib import RDF, Dataset, Graph, Namespace, URIRef

from ecp_graph.namespaces import CONCEPTS, ECP
from ecp_graph.rdf.terms import to_graph
from ecp_graph.reasoning.reason import infer
from tests.quads import to_quads

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")
PREFIXES = re.findall(r"```turtle\n(.*?)```", PAGE, re.DOTALL)[0]
PATTERNS = dict(re.findall(r"## \d+\. ([^\n]+)\n(?:(?!\n## ).)*?```trig\n(.*?)```", PAGE, re.DOTALL))


@pytest.fixture(scope="module")
def ontology() -> Graph:
    graph = Graph()
    for path in sorted((ROOT / "ontology").rglob("*.ttl")):
        graph.parse(path, format="turtle")
    return graph


def parsed(trig: str) -> Dataset:
    dataset = Dataset()
    dataset.parse(data=PREFIXES + trig, format="trig")
    return dataset


def undeclared(trig: str, ontology: Graph) -> list[str]:
    """Return the terms of a pattern that the ontology does not declare, own ones and those of others."""
    known = set(ontology.subjects(RDF.type))
    used: set[URIRef] = set()
    for subject, predicate, value, graph in parsed(trig).quads():
        used |= {term for term in (subject, predicate, value, graph) if isinstance(term, URIRef)}
        assert predicate == RDF.type or predicate in known, f"{predicate} is not declared"
    return sorted(str(term) for term in used if str(term).startswith((ECP, CONCEPTS)) and term not in known)


def merged(trigs: Iterator[str] | list[str]) -> Graph:
    graph = Graph()
    for trig in trigs:
        for subject, predicate, value, _ in parsed(trig).quads():
            graph.add((subject, predicate, value))
    return graph


def test_there_are_twelve_patterns() -> None:
    assert len(PATTERNS) == PAGE.count("```trig") == 12


@pytest.mark.parametrize("name", PATTERNS)
def test_a_pattern_uses_declared_terms_only(name: str, ontology: Graph) -> None:
    assert undeclared(PATTERNS[name], ontology) == []


def test_an_undeclared_term_would_be_found(ontology: Graph) -> None:
    planted = "reading:x { action:x a ecp:Row ; ecp:timeframe concept:timeframe-soon . }"
    assert undeclared(planted, ontology) == [CONCEPTS + "timeframe-soon", ECP + "Row"]
    with pytest.raises(AssertionError, match="bodyInvolved is not declared"):
        undeclared("reading:x { action:x ecp:bodyInvolved body:x . }", ontology)


def test_the_patterns_together_contradict_nothing_and_give_what_the_page_says(ontology: Graph) -> None:
    data = merged(list(PATTERNS.values()))
    axioms = to_quads(ontology, "https://plans.example/ontology")
    found = infer(to_quads(data, "https://plans.example/graph"), axioms)
    assert found.contradictions == ()
    inferred = to_graph(found.quads)
    node = Namespace("https://plans.example/id/")
    term = Namespace(ECP)
    plan, action = node["plan/norville"], node["action/norville-3"]
    assert (action, term.belongsToPlan, plan) in inferred
    worked_on = set(inferred.objects(node["body/road-committee"], term.worksOn))
    assert worked_on == {node["instrument/crossing-standard"]}
    mentioned = set(inferred.objects(node["action/norville-5"], term.mentionsInstrument))
    assert len(mentioned) == 3
    concerned = set(inferred.objects(node["action/norville-5"], term.concernsInstrument))
    assert concerned == {node["instrument/lighting-guidelines"]}
    wrong = merged(["reading:x { action:norville-3 a ecp:Body . }"]) + data
    assert infer(to_quads(wrong, "https://plans.example/graph"), axioms).contradictions, "it would be found"


def test_the_diagram_is_that_of_the_ontology_page() -> None:
    mermaid = re.findall(r"```mermaid\n(.*?)```", PAGE, re.DOTALL)[0]
    edges = re.findall(r"(\w+) -->\|([^|]+)\| (\w+)", mermaid)
    drawn = ElementTree.fromstring(
        (ROOT / "ecp_graph" / "web" / "pages" / "ontology" / "overview.svg").read_text(encoding="utf-8")
    )
    names = [text.text for text in drawn.iter("text") if text.get("class") == "name"]
    titles = ["".join(text.itertext()) for text in drawn.iter("text") if text.get("class") == "title"]
    assert sorted(names) == sorted(label for _, label, _ in edges)
    boxes = {box for first, _, second in edges for box in (first, second)}
    assert len(boxes) == len(titles) == 10
    assert {title.rpartition("/")[2].strip() for title in titles} == boxes
