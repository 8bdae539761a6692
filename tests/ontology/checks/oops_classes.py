"""The pitfalls of the OOPS! catalogue that are about classes: P04 P06 P10 P21 P30 P31 P32 P34.

See `tests.ontology.checks.oops` for the catalogue as a whole.
"""

from __future__ import annotations

import re
from typing import Final

from rdflib import OWL, RDF, RDFS, Graph, URIRef
from rdflib.term import Node

from tests.ontology.checks.expressions import disjoint_classes
from tests.ontology.checks.model import Check, CheckResult, Finding, Ontology, every, is_built_in, local_name

__all__ = ["P04", "P06", "P10", "P21", "P30", "P31", "P32", "P34", "used_as_class"]


def _classes(ontology: Ontology) -> list[URIRef]:
    return ontology.classes


_CONNECTING: Final = (
    RDFS.subClassOf,
    RDFS.domain,
    RDFS.range,
    OWL.equivalentClass,
    OWL.someValuesFrom,
    OWL.allValuesFrom,
    OWL.onClass,
    OWL.hasKey,
    OWL.complementOf,
)
_CONNECTING_LISTS: Final = (OWL.unionOf, OWL.intersectionOf, OWL.disjointUnionOf)


def _unconnected(ontology: Ontology, cls: URIRef) -> str | None:
    graph = ontology.graph
    alone = all((cls, axiom, None) not in graph and (None, axiom, cls) not in graph for axiom in _CONNECTING)
    lists = (head for axiom in _CONNECTING_LISTS for head in graph.objects(None, axiom))
    if not alone or any(cls in ontology.members(head) for head in lists):
        return None
    return (
        f"{ontology.short(cls)} is connected with no other term: give it a superclass, or a property that ends in it."
    )


P04: Final = every("P04", "Unconnected class", _classes, _unconnected)


def _in_cycle(ontology: Ontology, cls: URIRef) -> str | None:
    above = ontology.above(cls, RDFS.subClassOf)
    cycle = sorted(other for other in above if cls in ontology.above(other, RDFS.subClassOf))
    if len(cycle) < 2 or cls not in cycle or cls != min(filter(ontology.is_own, cycle)):
        return None
    names = ", ".join(map(ontology.short, cycle))
    return f"{names} are subclasses of each other in a cycle: remove one rdfs:subClassOf, or declare them equivalent."


P06: Final = every("P06", "Cycle in the class hierarchy", _classes, _in_cycle)


def _without_disjointness(graph: Graph) -> CheckResult:
    ontology = Ontology(graph)
    count = len(ontology.classes)
    if count < 2 or disjoint_classes(ontology):
        return CheckResult("P10", count, ())
    message = f"None of the {count} classes is disjoint with another: add owl:AllDisjointClasses for the top ones."
    return CheckResult("P10", count, (Finding("P10", ontology.iri, message),))


P10: Final = Check("P10", "Missing disjointness", _without_disjointness)

_REST: Final = re.compile(r"\b(other|others|misc|miscellaneous|miscellanea|various|rest)\b", re.IGNORECASE)


def _words(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])|[_-]", " ", name)


def _for_the_rest(ontology: Ontology, cls: URIRef) -> str | None:
    if not any(_REST.search(_words(name)) for name in (local_name(cls), *ontology.labels(cls))):
        return None
    return f"{ontology.short(cls)} is a class for whatever is left: name what its members are, or use their superclass."


P21: Final = every("P21", "A class for the rest", _classes, _for_the_rest)


def _same_name(ontology: Ontology, cls: URIRef) -> str | None:
    told_apart = disjoint_classes(ontology)
    for other in ontology.all_classes:
        if other == cls or (ontology.is_own(other) and (other < cls or not _same_local_name(cls, other))):
            continue
        known = frozenset((cls, other)) in told_apart or any(
            ontology.related(cls, other, axiom) for axiom in (RDFS.subClassOf, OWL.equivalentClass)
        )
        if ontology.names(cls) & ontology.names(other) and not known:
            return (
                f"{ontology.short(cls)} and {ontology.short(other)} have the same name: relate them with "
                "owl:equivalentClass, rdfs:subClassOf or owl:disjointWith, or rename one."
            )
    return None


def _same_local_name(one: URIRef, other: URIRef) -> bool:
    return re.sub(r"\W|_", "", local_name(one)).lower() == re.sub(r"\W|_", "", local_name(other)).lower()


P30: Final = every("P30", "Equivalent classes not declared", _classes, _same_name)


def _wrongly_equivalent(ontology: Ontology, cls: URIRef) -> str | None:
    for other in sorted(ontology.named(cls, OWL.equivalentClass, both_ways=True) - {cls}):
        if other in ontology.classes and other < cls:
            continue
        pair = f"{ontology.short(cls)} and {ontology.short(other)} are declared equivalent"
        if frozenset((cls, other)) in disjoint_classes(ontology):
            return f"{pair} and disjoint: keep one of the two axioms."
        if ontology.related(cls, other, RDFS.subClassOf):
            return f"{pair} and one a subclass of the other: keep rdfs:subClassOf alone if one has more members."
        if _is_kind_of(ontology, cls, other) or _is_kind_of(ontology, other, cls):
            return f"{pair}, but one is named as a kind of the other: use rdfs:subClassOf."
    return None


def _is_kind_of(ontology: Ontology, narrow: URIRef, broad: URIRef) -> bool:
    phrases = {
        term: {_words(local_name(term)).lower(), *(label.lower() for label in ontology.labels(term))}
        for term in (narrow, broad)
    }
    return any(phrase.endswith(f" {head}") for phrase in phrases[narrow] for head in phrases[broad])


P31: Final = every("P31", "Wrong equivalent classes", _classes, _wrongly_equivalent)


def _same_label(ontology: Ontology, cls: URIRef) -> str | None:
    mine = {(label.lower(), label.language) for label in ontology.labels(cls)}
    for other in ontology.classes:
        theirs = {(label.lower(), label.language) for label in ontology.labels(other)}
        if cls < other and mine & theirs:
            text = min(mine & theirs)[0]
            return f"{ontology.short(cls)} and {ontology.short(other)} share the label '{text}': label one otherwise."
    return None


P32: Final = every("P32", "Several classes with the same label", _classes, _same_label)

_SUBJECT_IS_CLASS: Final = (RDFS.subClassOf, OWL.equivalentClass, OWL.disjointWith, OWL.hasKey)
_OBJECT_IS_CLASS: Final = (
    RDF.type,
    RDFS.subClassOf,
    RDFS.domain,
    OWL.equivalentClass,
    OWL.disjointWith,
    OWL.complementOf,
    OWL.onClass,
)


def used_as_class(ontology: Ontology) -> list[URIRef]:
    """Return the IRIs that stand where only a class can stand, except those of the languages themselves."""
    graph = ontology.graph
    used: set[Node] = {node for axiom in _SUBJECT_IS_CLASS for node in graph.subjects(axiom)}
    used |= {node for axiom in _OBJECT_IS_CLASS for node in graph.objects(None, axiom)}
    for prop in ontology.object_properties:
        used.update(graph.objects(prop, RDFS.range))
    for axiom in (*_CONNECTING_LISTS, OWL.members):
        for head in graph.objects(None, axiom):
            used.update(ontology.members(head))
    properties = set(ontology.all_properties)
    return sorted(node for node in used - properties if isinstance(node, URIRef) and not is_built_in(node))


def _untyped_class(ontology: Ontology, cls: URIRef) -> str | None:
    if cls in ontology.all_classes:
        return None
    return f"{ontology.short(cls)} is used as a class without being declared: make it an owl:Class."


P34: Final = every("P34", "Untyped class", used_as_class, _untyped_class)
