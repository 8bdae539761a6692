"""Axioms that the closure passes over would have given nothing: it is compared with one that passes over none."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pyoxigraph as ox
import pytest
from owlrl.OWLRL import OWLRL_Semantics
from rdflib import Graph

from ecp_graph.rdf.load import load
from ecp_graph.rdf.terms import to_graph
from ecp_graph.reasoning import closure
from ecp_graph.reasoning.closure import run_closure
from ecp_graph.workspace import bundled_workspace

from .conftest import HEADER

_CLASSES = ("rdfs:subClassOf", "owl:equivalentClass", "owl:disjointWith", "owl:complementOf")
_PROPERTIES = ("rdfs:subPropertyOf", "owl:equivalentProperty", "owl:inverseOf", "owl:propertyDisjointWith")
_KINDS = ("Symmetric", "Transitive", "Irreflexive", "Asymmetric", "Object")


def _random_graph(seed: int) -> Graph:
    """Return a few facts and axioms of every kind that has rules, in so few terms that one leads to another."""
    random = Random(seed)

    def one(kind: str) -> str:
        return f"ecp:{kind}{random.randrange(7)}"

    def several(kind: str) -> str:
        return f"( {one(kind)} {one(kind)} {one(kind)} )"

    def restriction(predicate: str, value: str) -> str:
        return f"[ a owl:Restriction ; owl:onProperty {one('p')} ; {predicate} {value} ]"

    makers = (
        lambda: f"{one('C')} {random.choice(_CLASSES)} {one('C')}",
        lambda: f"{one('p')} {random.choice(_PROPERTIES)} {one('p')}",
        lambda: f"{one('p')} a owl:{random.choice(_KINDS)}Property",
        lambda: f"{one('p')} {random.choice(('rdfs:domain', 'rdfs:range'))} {one('C')}",
        lambda: f"{one('p')} owl:propertyChainAxiom {several('p')}",
        lambda: f"{one('C')} {random.choice(('owl:unionOf', 'owl:intersectionOf'))} {several('C')}",
        lambda: f"{one('C')} owl:oneOf {several('x')}",
        lambda: f"{restriction('owl:someValuesFrom', one('C'))} rdfs:subClassOf {one('C')}",
        lambda: f"{one('C')} rdfs:subClassOf {restriction('owl:allValuesFrom', one('C'))}",
        lambda: f"{one('C')} owl:equivalentClass {restriction('owl:hasValue', one('x'))}",
        lambda: f"{one('C')} rdfs:subClassOf {restriction('owl:maxCardinality', '1')}",
        lambda: f"[] a owl:AllDisjointClasses ; owl:members {several('C')}",
        lambda: f"[] a owl:AllDisjointProperties ; owl:members {several('p')}",
        lambda: f"[] a owl:AllDifferent ; owl:members {several('x')}",
        lambda: f"{one('x')} owl:sameAs {one('x')}",
        *[lambda: f"{one('x')} {one('p')} {one('x')}"] * 12,
        *[lambda: f"{one('x')} a {one('C')}"] * 6,
        *[lambda: f"{one('C')} a owl:Class"] * 2,
    )
    text = " .\n".join(random.choice(makers)() for _ in range(40)) + " ."
    return to_graph(ox.parse((HEADER + text).encode(), ox.RdfFormat.TURTLE))


def _bundled() -> Graph:
    sources = load(bundled_workspace())
    return to_graph([*sources.ontology, *sources.data])


def _closed(graph: Graph) -> tuple[set[object], list[str], int]:
    """Return the closure, the contradictions found, and how many axioms were read in all cycles."""
    read: list[object] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(OWLRL_Semantics, "_class_axioms", _counting(OWLRL_Semantics._class_axioms, read))
        closed = Graph() + graph
        messages = run_closure(closed)
    return {triple for triple in closed if "daml.org" not in "".join(triple)}, sorted(messages), len(read)


def _counting(rule: Callable[..., None], read: list[object]) -> Callable[..., None]:
    def counted(self: object, triple: object, cycle: int) -> None:
        read.append(triple)
        rule(self, triple, cycle)

    return counted


def _compared(graph: Graph, monkeypatch: pytest.MonkeyPatch) -> tuple[int, int, int, list[str]]:
    """Return the triples added, the axioms read with and without passing over any, and the contradictions."""
    triples, messages, few = _closed(graph)
    monkeypatch.setattr(closure._Closure, "_may_give_more", lambda *_: True)
    expected, expected_messages, all_ = _closed(graph)
    assert triples == expected
    assert messages == expected_messages
    return len(triples) - len(graph), few, all_, messages


def test_the_bundled_closure_is_the_same_with_fewer_axioms_read(monkeypatch: pytest.MonkeyPatch) -> None:
    added, few, all_, messages = _compared(_bundled(), monkeypatch)
    assert added > 1000
    assert few < all_ * 0.7
    assert messages == []


@pytest.mark.parametrize("seed", range(25))
def test_a_random_closure_is_the_same(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    added, few, all_, _ = _compared(_random_graph(seed), monkeypatch)
    assert added > 40
    assert few < all_
