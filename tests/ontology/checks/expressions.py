"""Class expressions compared by what they say, so that two unions of the same classes are the same domain."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from rdflib import OWL, BNode, URIRef
from rdflib.term import Node

from tests.ontology.checks.model import Ontology

__all__ = ["canonical", "canonical_set", "disjoint_classes", "mentioned"]

_LISTS: Final = (OWL.unionOf, OWL.intersectionOf, OWL.oneOf)


def canonical(ontology: Ontology, node: Node) -> str:
    """Return a text that is equal for two class expressions that are written alike, or named and equivalent."""
    if isinstance(node, URIRef):
        return min(_equivalents(ontology, node))
    if not isinstance(node, BNode):
        return node.n3() if hasattr(node, "n3") else str(node)
    parts = []
    for predicate, value in ontology.graph.predicate_objects(node):
        if predicate in _LISTS:
            inside = " ".join(sorted(canonical(ontology, member) for member in ontology.members(value)))
        else:
            inside = canonical(ontology, value)
        parts.append(f"{predicate} ({inside})")
    return "[" + "; ".join(sorted(parts)) + "]"


def canonical_set(ontology: Ontology, nodes: Iterable[Node]) -> frozenset[str]:
    """Return the canonical texts of several class expressions."""
    return frozenset(canonical(ontology, node) for node in nodes)


def mentioned(ontology: Ontology, roots: Iterable[Node]) -> set[URIRef]:
    """Return the IRIs that expressions name, at any depth of their blank nodes."""
    found: set[URIRef] = set()
    seen: set[Node] = set()
    ahead = list(roots)
    while ahead:
        node = ahead.pop()
        if isinstance(node, URIRef):
            found.add(node)
        elif isinstance(node, BNode) and node not in seen:
            seen.add(node)
            ahead += ontology.graph.objects(node)
    return found


def disjoint_classes(ontology: Ontology) -> set[frozenset[Node]]:
    """Return every pair of classes that is declared disjoint, alone, as members of a group, or in a disjoint union."""
    pairs = {frozenset(pair) for pair in ontology.graph.subject_objects(OWL.disjointWith)}
    groups = [
        *ontology.graph.objects(None, OWL.disjointUnionOf),
        *(
            head
            for group in ontology.graph.subjects(None, OWL.AllDisjointClasses)
            for head in ontology.graph.objects(group, OWL.members)
        ),
    ]
    for head in groups:
        members = ontology.members(head)
        pairs |= {frozenset((one, other)) for one in members for other in members if one != other}
    return pairs


def _equivalents(ontology: Ontology, term: URIRef) -> set[URIRef]:
    found: set[URIRef] = set()
    ahead = {term}
    while ahead:
        found |= ahead
        ahead = {other for node in ahead for other in ontology.named(node, OWL.equivalentClass, both_ways=True)} - found
    return found
