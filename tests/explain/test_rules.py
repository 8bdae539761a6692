"""Each kind of axiom explains what it gives, and nothing else; the closure of the build is the other side."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from rdflib import Dataset, Graph, URIRef

from ecp_graph.engine.embedded import EmbeddedEngine
from ecp_graph.reasoning import Explainer, Explanation, Statement
from ecp_graph.reasoning.reason import infer
from ecp_graph.reasoning.reference import by_owlrl
from ecp_graph.reasoning.statements import iri
from ecp_graph.sparql.results import Term
from tests.bundled import GRAPH, INFERRED_GRAPH, ONTOLOGY_GRAPH
from tests.quads import to_quads

EX = "https://example.org/"
HEAD = f"""
@prefix ex: <{EX}> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
ex:p a owl:ObjectProperty . ex:q a owl:ObjectProperty . ex:r a owl:ObjectProperty . ex:t a owl:ObjectProperty .
ex:C a owl:Class . ex:D a owl:Class . ex:E a owl:Class .
"""
#: Axioms, data, what follows, the kind of the last step, and the stated leaves.
CASES = {
    "subproperty": ("ex:p rdfs:subPropertyOf ex:q .", "ex:a ex:p ex:b .", "a q b", "subproperty", ["a p b"]),
    "subproperty of a literal": (
        "ex:p rdfs:subPropertyOf ex:q .",
        'ex:a ex:p "x" .',
        "a q 'x",
        "subproperty",
        ["a p 'x"],
    ),
    "equivalent property": ("ex:q owl:equivalentProperty ex:p .", "ex:a ex:p ex:b .", "a q b", "equivalent", ["a p b"]),
    "inverse": ("ex:p owl:inverseOf ex:q .", "ex:a ex:p ex:b .", "b q a", "inverse", ["a p b"]),
    "inverse, the other way": ("ex:p owl:inverseOf ex:q .", "ex:a ex:q ex:b .", "b p a", "inverse", ["a q b"]),
    "symmetric": ("ex:p a owl:SymmetricProperty .", "ex:a ex:p ex:b .", "b p a", "symmetric", ["a p b"]),
    "transitive": (
        "ex:p a owl:TransitiveProperty .",
        "ex:a ex:p ex:b . ex:b ex:p ex:c . ex:c ex:p ex:d .",
        "a p d",
        "transitive",
        ["a p b", "b p c", "c p d"],
    ),
    "chain of two": (
        "ex:p owl:propertyChainAxiom ( ex:q ex:r ) .",
        "ex:a ex:q ex:b . ex:b ex:r ex:c .",
        "a p c",
        "chain",
        ["a q b", "b r c"],
    ),
    "chain of three": (
        "ex:p owl:propertyChainAxiom ( ex:q ex:r ex:t ) .",
        "ex:a ex:q ex:b . ex:b ex:r ex:c . ex:c ex:t ex:d .",
        "a p d",
        "chain",
        ["a q b", "b r c", "c t d"],
    ),
    "domain": ("ex:p rdfs:domain ex:C .", "ex:a ex:p ex:b .", "a type C", "domain", ["a p b"]),
    "range": ("ex:p rdfs:range ex:C .", "ex:a ex:p ex:b .", "b type C", "range", ["a p b"]),
    "domain over a subproperty": (
        "ex:p rdfs:subPropertyOf ex:q . ex:q rdfs:domain ex:C .",
        "ex:a ex:p ex:b .",
        "a type C",
        "domain",
        ["a p b"],
    ),
    "subclass": (
        "ex:C rdfs:subClassOf ex:D . ex:D rdfs:subClassOf ex:E .",
        "ex:a a ex:C .",
        "a type E",
        "subclass",
        ["a type C"],
    ),
    "equivalent class": ("ex:C owl:equivalentClass ex:D .", "ex:a a ex:C .", "a type D", "subclass", ["a type C"]),
    "a value makes a class": (
        "[] owl:onProperty ex:p ; owl:hasValue ex:v ; rdfs:subClassOf ex:C .",
        "ex:a ex:p ex:v .",
        "a type C",
        "subclass",
        ["a p v"],
    ),
    "a class gives a value": (
        "ex:C rdfs:subClassOf [ owl:onProperty ex:p ; owl:hasValue ex:v ] .",
        "ex:a a ex:C .",
        "a p v",
        "subclass",
        ["a type C"],
    ),
    "some value of a class": (
        "[] owl:onProperty ex:p ; owl:someValuesFrom ex:D ; rdfs:subClassOf ex:C .",
        "ex:a ex:p ex:b . ex:b a ex:D .",
        "a type C",
        "subclass",
        ["a p b", "b type D"],
    ),
    "all values of a class": (
        "ex:C rdfs:subClassOf [ owl:onProperty ex:p ; owl:allValuesFrom ex:D ] .",
        "ex:a a ex:C ; ex:p ex:b .",
        "b type D",
        "subclass",
        ["a p b", "a type C"],
    ),
    "intersection": (
        "ex:C owl:equivalentClass [ owl:intersectionOf ( ex:D ex:E ) ] .",
        "ex:a a ex:D , ex:E .",
        "a type C",
        "subclass",
        ["a type D", "a type E"],
    ),
    "out of an intersection": (
        "ex:C owl:equivalentClass [ owl:intersectionOf ( ex:D ex:E ) ] .",
        "ex:a a ex:C .",
        "a type E",
        "subclass",
        ["a type C"],
    ),
    "union": (
        "[] owl:unionOf ( ex:D ex:E ) ; rdfs:subClassOf ex:C .",
        "ex:a a ex:E .",
        "a type C",
        "subclass",
        ["a type E"],
    ),
    "a circle with a way in": (
        "ex:p owl:inverseOf ex:q ; rdfs:subPropertyOf ex:t . ex:r rdfs:subPropertyOf ex:p . "
        "ex:t rdfs:subPropertyOf ex:p .",
        "ex:a ex:r ex:b .",
        "b q a",
        "inverse",
        ["a r b"],
    ),
}


def term(text: str) -> str:
    return "http://www.w3.org/1999/02/22-rdf-syntax-ns#type" if text == "type" else EX + text


def statement(text: str) -> Statement:
    first, second, third = text.split()
    value = Term("literal", third[1:]) if third.startswith("'") else iri(term(third))
    return Statement(iri(term(first)), iri(term(second)), value)


def short(one: Explanation) -> str:
    parts = (part.value.rpartition("/")[2].rpartition("#")[2] for part in one.statement[:2])
    value = one.statement.object
    last = f"'{value.value}" if value.kind == "literal" else value.value.rpartition("/")[2].rpartition("#")[2]
    return " ".join((*parts, last))


def built(axioms: str, data: str) -> EmbeddedEngine:
    """An engine over axioms, data, and what the build's own reasoner infers from them."""
    ontology = to_quads(Graph().parse(data=HEAD + axioms), ONTOLOGY_GRAPH)
    stated = to_quads(Graph().parse(data=HEAD.split("ex:p a")[0] + data), GRAPH + "passage")
    quads = [*infer(stated, ontology, closure=by_owlrl).quads, *stated, *ontology]
    store = ox.Store()
    store.extend([*quads, *(ox.Quad(quad.subject, quad.predicate, quad.object) for quad in quads)])
    return EmbeddedEngine(store, name="test")


@pytest.mark.parametrize("name", CASES)
def test_an_axiom_explains_what_it_gives(name: str) -> None:
    axioms, data, follows, kind, leaves = CASES[name]
    engine = built(axioms, data)
    found = Explainer(engine).explain([statement(follows)])
    explanation = found[statement(follows)]
    assert explanation.derivation is not None
    assert explanation.derivation.kind == kind
    assert sorted({short(leaf) for leaf in explanation.leaves()}) == leaves
    assert all(leaf.sources for leaf in explanation.leaves())
    assert explanation.derivation.sentence({})
    without = Explainer(built("", data)).explain([statement(follows)])
    assert without == {}


def test_a_statement_that_only_rests_on_itself_has_no_explanation() -> None:
    axioms = HEAD + "ex:p rdfs:subPropertyOf ex:q . ex:q rdfs:subPropertyOf ex:p ."
    data = Dataset()
    for triple in Graph().parse(data=axioms):
        data.graph(URIRef(ONTOLOGY_GRAPH)).add(triple)
    circle = Graph().parse(data=f"@prefix ex: <{EX}> . ex:a ex:p ex:b ; ex:q ex:b .")
    quads = [*to_quads(data.graph(URIRef(ONTOLOGY_GRAPH)), ONTOLOGY_GRAPH), *to_quads(circle, INFERRED_GRAPH)]
    store = ox.Store()
    store.extend([*quads, *(ox.Quad(quad.subject, quad.predicate, quad.object) for quad in quads)])
    assert Explainer(EmbeddedEngine(store, name="test")).explain([statement("a p b"), statement("a q b")]) == {}
