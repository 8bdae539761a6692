"""Computes the statements inferred from data and ontology (OWL 2 RL), and the contradictions between the two."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from rdflib import OWL, RDF, RDFS, Graph, Literal, URIRef
from rdflib.graph import _TripleType
from rdflib.term import Node

from ecp_graph.namespaces import compact
from ecp_graph.reasoning.closure import run_closure
from ecp_graph.reasoning.contradiction import Contradiction, contradiction, show
from ecp_graph.reasoning.identity import find_clashes
from ecp_graph.reasoning.values import find_wrong_values

__all__ = ["Contradiction", "Inferred", "infer"]

_BUILT_IN: Final = (str(OWL), str(RDF), str(RDFS))
_DISJOINT: Final = re.compile(r"Disjoint classes (\S+) and (\S+) have a common individual (.*)")
_IRREFLEXIVE: Final = re.compile(r"Irreflexive property used on (\S+) with (\S+)")
_ASYMMETRIC: Final = re.compile(r"Erroneous usage of asymmetric property (\S+) on (\S+) and (\S+)")
_IRI: Final = re.compile(r"\w+://[^\s,()]+")


@dataclass(frozen=True)
class Inferred:
    """The inferred triples worth publishing, and the contradictions found."""

    graph: Graph
    contradictions: tuple[Contradiction, ...]


def infer(data: Graph, ontology: Graph, *, readings: Collection[str] = ()) -> Inferred:
    """Return the inferred classes and properties of the individuals in the data.

    The graph holds no triple that was stated, none about terms of the ontology or about ``readings`` (IRIs of named
    graphs), no blank nodes, no owl:Thing and no owl:sameAs. Spec: OWL 2 Profiles, section 4.3.
    """
    closed = Graph(store="SimpleMemory", bind_namespaces="none")
    for graph in (ontology, data):
        for triple in graph:
            closed.add(triple)
    stated = set(closed)
    messages = run_closure(closed)
    useful = Graph(store="SimpleMemory", bind_namespaces="none")
    is_useful = _Usefulness(data, ontology, readings)
    for triple in closed:
        if triple not in stated and is_useful(triple):
            useful.add(triple)
    found = sorted({_explained(message, closed, data) for message in messages}, key=lambda one: one.sentence)
    return Inferred(useful, (*found, *find_clashes(closed, _only_same(stated)), *find_wrong_values(closed)))


class _Usefulness:
    """Selects the inferred triples worth publishing: about an individual, with a term that the ontology declares."""

    def __init__(self, data: Graph, ontology: Graph, readings: Collection[str]) -> None:
        self._classes = {term for term in ontology.subjects(RDF.type, OWL.Class) if _is_term(term)}
        self._properties = {
            term for kind in (OWL.ObjectProperty, OWL.DatatypeProperty) for term in ontology.subjects(RDF.type, kind)
        }
        terms = {term for term, kind in ontology.subject_objects(RDF.type) if str(kind).startswith(_BUILT_IN)}
        named = {term for triple in data for term in (triple[0], triple[2]) if isinstance(term, URIRef)}
        self._individuals = named - terms - {URIRef(reading) for reading in readings}

    def __call__(self, triple: _TripleType) -> bool:
        subject, predicate, object_ = triple
        if subject not in self._individuals:
            return False
        if predicate == RDF.type:
            return object_ in self._classes
        return predicate in self._properties and isinstance(object_, URIRef | Literal)


def _is_term(term: Node) -> bool:
    return isinstance(term, URIRef) and not str(term).startswith(_BUILT_IN)


def _only_same(triples: set[_TripleType]) -> Graph:
    graph = Graph(store="SimpleMemory", bind_namespaces="none")
    for triple in triples:
        if triple[1] == OWL.sameAs:
            graph.add(triple)
    return graph


def _explained(message: str, closed: Graph, data: Graph) -> Contradiction:
    """Return a message of owlrl as a sentence with short names, with the reasons or with what to do."""
    if match := _IRREFLEXIVE.fullmatch(message):
        return _one_way(URIRef(match[2]), URIRef(match[1]), URIRef(match[1]))
    if match := _ASYMMETRIC.fullmatch(message):
        return _one_way(URIRef(match[1]), *sorted(URIRef(name) for name in match.group(2, 3)))
    match = _DISJOINT.fullmatch(message)
    if match is None:
        sentence = _IRI.sub(lambda iri: compact(iri.group()), message).rstrip(".") + "."
        things = (URIRef(iri) for iri in _IRI.findall(message))
        return contradiction(sentence, *(thing for thing in things if (thing, None, None) in data))
    first, second = sorted(URIRef(name) for name in match.group(1, 2))
    thing = URIRef(match.group(3))
    reasons = [f"{show(kind)} {_reason(thing, kind, closed, data)}" for kind in (first, second)]
    sentence = f"{show(thing)} is in two classes that exclude each other: {reasons[0]}, and {reasons[1]}."
    return contradiction(sentence, thing)


def _one_way(predicate: URIRef, first: URIRef, second: URIRef) -> Contradiction:
    if first == second:
        sentence = (
            f"{show(first)} has itself as {show(predicate)}, which never links a thing to itself; name another one."
        )
        return contradiction(sentence, first)
    sentence = (
        f"{show(first)} and {show(second)} are linked both ways by {show(predicate)}, which holds one way only; "
        "take one of the two statements out."
    )
    return contradiction(sentence, first, second)


def _reason(thing: Node, kind: URIRef, closed: Graph, data: Graph) -> str:
    """Return why a thing is in a class: a stated class, or a property of which it is the subject or the value."""
    for stated in sorted(data.objects(thing, RDF.type), key=str):
        if stated == kind:
            return "(stated)"
        if (stated, RDFS.subClassOf, kind) in closed:
            return f"(it is stated to be an {show(stated)})"
    for predicate, value in sorted(data.predicate_objects(thing), key=str):
        if (predicate, RDFS.domain, kind) in closed:
            return f"(it has the {show(predicate)} {show(value)})"
    for subject, predicate in sorted(data.subject_predicates(thing), key=str):
        if (predicate, RDFS.range, kind) in closed:
            return f"(it is the {show(predicate)} of {show(subject)})"
    return "(by several steps)"
