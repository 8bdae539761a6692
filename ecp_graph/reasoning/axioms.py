"""What the ontology forbids, and the axioms that neither rules nor checks cover."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations
from typing import Final

import pyoxigraph as ox

from ecp_graph.namespaces import PREFIXES, compact

__all__ = ["Constraints", "constraints_of", "uncovered"]

_OWL: Final = PREFIXES["owl"]
_RDF: Final = PREFIXES["rdf"]
_RDFS: Final = PREFIXES["rdfs"]
_TYPE: Final = ox.NamedNode(_RDF + "type")

#: The terms of OWL with a meaning that `rules` or `constraints_of` read, or with none for the data.
_COVERED: Final = frozenset(
    _OWL + name
    for name in (
        *("AllDisjointClasses", "AllDisjointProperties", "AnnotationProperty", "AsymmetricProperty", "Class"),
        *("DatatypeProperty", "FunctionalProperty", "InverseFunctionalProperty", "IrreflexiveProperty"),
        *("NamedIndividual", "ObjectProperty", "Ontology", "Restriction", "SymmetricProperty", "Thing"),
        *("TransitiveProperty", "allValuesFrom", "backwardCompatibleWith", "deprecated", "disjointWith"),
        *("equivalentClass", "equivalentProperty", "hasKey", "hasValue", "incompatibleWith", "intersectionOf"),
        *("inverseOf", "members", "onProperty", "priorVersion", "propertyChainAxiom", "propertyDisjointWith"),
        *("someValuesFrom", "unionOf", "versionIRI", "versionInfo"),
    )
)


@dataclass
class Constraints:
    """What can contradict data: properties with a restriction of their kind, disjoint pairs, keys, and datatypes.

    Of the properties that are said to be of one kind, ``links`` have things as values and ``attributes`` literals.
    The last three tell why a thing is in a class.
    """

    links: set[object] = field(default_factory=set)
    attributes: set[object] = field(default_factory=set)
    functional: set[object] = field(default_factory=set)
    inverse_functional: set[object] = field(default_factory=set)
    irreflexive: set[object] = field(default_factory=set)
    asymmetric: set[object] = field(default_factory=set)
    disjoint_classes: set[tuple[object, object]] = field(default_factory=set)
    disjoint_properties: set[tuple[object, object]] = field(default_factory=set)
    keys: list[tuple[object, tuple[object, ...]]] = field(default_factory=list)
    datatypes: list[tuple[object, str]] = field(default_factory=list)
    superclasses: dict[object, set[object]] = field(default_factory=dict)
    domains: dict[object, set[object]] = field(default_factory=dict)
    ranges: dict[object, set[object]] = field(default_factory=dict)


def constraints_of(ontology: Iterable[ox.Quad]) -> Constraints:
    """Return what the statements of an ontology forbid."""
    facts = _Facts(ontology)
    links, attributes = set(facts.of_kind("ObjectProperty")), set(facts.of_kind("DatatypeProperty"))
    found = Constraints(
        links=(links - attributes) | {_TYPE},
        attributes=attributes - links,
        functional=set(facts.of_kind("FunctionalProperty")),
        inverse_functional=set(facts.of_kind("InverseFunctionalProperty")),
        irreflexive=set(facts.of_kind("IrreflexiveProperty")),
        asymmetric=set(facts.of_kind("AsymmetricProperty")),
        disjoint_classes=set(facts.pairs("disjointWith", "AllDisjointClasses")),
        disjoint_properties=set(facts.pairs("propertyDisjointWith", "AllDisjointProperties")),
        keys=[(kind, tuple(facts.items(first))) for kind, first in facts.pairs_of(_OWL + "hasKey")],
        superclasses=_reached(facts.pairs_of(_RDFS + "subClassOf")),
        domains=_grouped(facts.pairs_of(_RDFS + "domain")),
        ranges=_grouped(facts.pairs_of(_RDFS + "range")),
    )
    for predicate, datatype in facts.pairs_of(_RDFS + "range"):
        if isinstance(datatype, ox.NamedNode) and datatype.value.startswith(PREFIXES["xsd"]):
            found.datatypes.append((predicate, datatype.value))
    return found


def uncovered(ontology: Iterable[ox.Quad]) -> list[tuple[str, str]]:
    """Return the statements with a term of OWL that is not covered: the subject, and the short name of the term."""
    found = []
    for quad in ontology:
        for term in (quad.predicate, quad.object):
            if isinstance(term, ox.NamedNode) and term.value.startswith(_OWL) and term.value not in _COVERED:
                subject = quad.subject.value if isinstance(quad.subject, ox.NamedNode) else "a class without a name"
                found.append((compact(subject), compact(term.value)))
    return found


class _Facts:
    """The statements of an ontology by predicate."""

    def __init__(self, ontology: Iterable[ox.Quad]) -> None:
        self._pairs: dict[str, list[tuple[object, object]]] = defaultdict(list)
        for quad in ontology:
            self._pairs[quad.predicate.value].append((quad.subject, quad.object))
        self._first = dict(self._pairs[_RDF + "first"])
        self._rest = dict(self._pairs[_RDF + "rest"])

    def pairs_of(self, predicate: str) -> list[tuple[object, object]]:
        return self._pairs[predicate]

    def of_kind(self, name: str) -> Iterator[object]:
        kind = ox.NamedNode(_OWL + name)
        return (subject for subject, object_ in self._pairs[_TYPE.value] if object_ == kind)

    def pairs(self, relation: str, group: str) -> Iterator[tuple[object, object]]:
        """Yield what a relation joins, and every two members of the groups, each pair in the order of its names."""
        lists = dict(self._pairs[_OWL + "members"])
        several = (combinations(self.items(lists.get(one)), 2) for one in self.of_kind(group))
        for pair in (*self._pairs[_OWL + relation], *(pair for pairs in several for pair in pairs)):
            first, second = sorted(pair, key=str)
            yield first, second

    def items(self, node: object) -> Iterator[object]:
        """Yield the members of an RDF list."""
        seen = set()
        while node in self._first and node not in seen:
            seen.add(node)
            yield self._first[node]
            node = self._rest.get(node)


def _grouped(pairs: Iterable[tuple[object, object]]) -> dict[object, set[object]]:
    groups: dict[object, set[object]] = defaultdict(set)
    for key, value in pairs:
        groups[key].add(value)
    return groups


def _reached(pairs: Iterable[tuple[object, object]]) -> dict[object, set[object]]:
    """Return what can be reached from each term by the pairs, at any remove."""
    steps = _grouped(pairs)
    found: dict[object, set[object]] = {}
    for start in steps:
        reached, edge = {start}, [start]
        while edge:
            new = steps.get(edge.pop(), set()) - reached
            reached |= new
            edge.extend(new)
        found[start] = reached
    return found
