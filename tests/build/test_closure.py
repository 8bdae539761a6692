"""Axioms that the closure passes over would have given nothing: it is compared with one that passes over none."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pyoxigraph as ox
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from owlrl.OWLRL import OWLRL_Semantics
from rdflib import Graph

from ecp_graph.namespaces import using
from ecp_graph.rdf.load import load
from ecp_graph.rdf.terms import to_graph
from ecp_graph.reasoning import closure
from ecp_graph.reasoning.closure import run_closure
from ecp_graph.reasoning.reason import Inferred, by_joins, infer
from ecp_graph.reasoning.reference import by_owlrl
from ecp_graph.workspace import bundled_workspace
from tests.bundled import PREFIXES

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


# ---------------------------------------------------------------- the joins give what owlrl gives


def _by_both(quads: list[ox.Quad], ontology: list[ox.Quad], readings: set[str]) -> Inferred:
    ours = infer(quads, ontology, readings=readings, closure=by_joins)
    theirs = infer(quads, ontology, readings=readings, closure=by_owlrl)
    assert set(ours.quads) == set(theirs.quads)
    assert ours.contradictions == theirs.contradictions
    return ours


def test_the_joins_infer_of_the_bundled_plan_what_owlrl_infers_at_the_same_certainty() -> None:
    sources = load(bundled_workspace())
    with using(bundled_workspace().names):
        found = _by_both(sources.data, sources.ontology, sources.readings)
    assert len(found.quads) > 900
    assert len({quad.graph_name for quad in found.quads}) == 4


#: Axioms of every kind that the ontology may use, in so few terms that one leads to another.
_NAMES = [f"ecp:{kind}{number}" for kind in "xpC" for number in range(5)]
_THINGS, _LINKS, _KINDS_OF_THINGS = (st.sampled_from([name for name in _NAMES if f":{kind}" in name]) for kind in "xpC")
_AXIOMS = st.one_of(
    st.builds("{0} {1} {2} .".format, _KINDS_OF_THINGS, st.sampled_from(_CLASSES[:3]), _KINDS_OF_THINGS),
    st.builds("{0} {1} {2} .".format, _LINKS, st.sampled_from(_PROPERTIES), _LINKS),
    st.builds("{0} a owl:{1}Property .".format, _LINKS, st.sampled_from(_KINDS)),
    st.builds("{0} {1} {2} .".format, _LINKS, st.sampled_from(["rdfs:domain", "rdfs:range"]), _KINDS_OF_THINGS),
    st.builds("{0} owl:propertyChainAxiom ( {1} {2} ) .".format, _LINKS, _LINKS, _LINKS),
    st.builds("{0} owl:propertyChainAxiom ( {1} {2} {3} ) .".format, _LINKS, _LINKS, _LINKS, _LINKS),
    st.builds(
        "[ a owl:Restriction ; owl:onProperty {0} ; owl:hasValue {1} ] rdfs:subClassOf {2} .".format,
        _LINKS,
        _THINGS,
        _KINDS_OF_THINGS,
    ),
    st.builds(
        "{2} rdfs:subClassOf [ a owl:Restriction ; owl:onProperty {0} ; owl:hasValue {1} ] .".format,
        _LINKS,
        _THINGS,
        _KINDS_OF_THINGS,
    ),
    st.builds("[] a owl:AllDisjointClasses ; owl:members ( {0} {1} ) .".format, _KINDS_OF_THINGS, _KINDS_OF_THINGS),
    st.builds("{0} owl:hasKey ( {1} {2} ) .".format, _KINDS_OF_THINGS, _LINKS, _LINKS),
)
_FACTS = st.one_of(
    st.builds("{0} {1} {2} .".format, _THINGS, _LINKS, _THINGS),
    st.builds("{0} a {1} .".format, _THINGS, _KINDS_OF_THINGS),
)
_DECLARED = " ".join(
    f"{name} a owl:{'ObjectProperty' if ':p' in name else 'Class'} ." for name in _NAMES if ":x" not in name
)


@pytest.mark.slow
@settings(max_examples=25, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(st.lists(_AXIOMS, max_size=14), st.lists(st.tuples(_FACTS, st.integers(0, 3)), min_size=3, max_size=25))
def test_the_joins_infer_of_any_statements_what_owlrl_infers(axioms: list[str], facts: list[tuple[str, int]]) -> None:
    ontology = _parsed(CERTAINTIES + _DECLARED + " ".join(axioms))
    graphs = {f"graph:g{level} ecp:certainty concept:c{level} ." for level in range(4)}
    data = list(_parsed(" ".join(graphs)))
    for text, level in facts:
        graph = ox.NamedNode(PREFIXES["graph"] + f"g{level}")
        data += [ox.Quad(quad.subject, quad.predicate, quad.object, graph) for quad in _parsed(text)]
    _by_both(data, ontology, {PREFIXES["graph"] + f"g{level}" for level in range(4)})


CERTAINTIES = " ".join(
    f'concept:c{place} skos:inScheme scheme:certainties ; skos:notation "c{place}" ; ecp:position {place} .'
    for place in range(4)
)


def _parsed(text: str) -> list[ox.Quad]:
    return list(ox.parse((HEADER + text).encode(), ox.RdfFormat.TURTLE))
