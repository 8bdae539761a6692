"""The pitfalls of the OOPS! catalogue that are about properties: P03 P05 P11 P12 P19 P24 P25 P26 P27 P28 P29 P33 P35.

See `tests.ontology.checks.oops` for the catalogue as a whole.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from rdflib import OWL, RDF, RDFS, Namespace, URIRef
from rdflib.term import Node

from tests.ontology.checks.expressions import canonical_set, mentioned
from tests.ontology.checks.model import Ontology, every, is_built_in, local_name

__all__ = ["P03", "P05", "P11", "P12", "P19", "P24", "P25", "P26", "P27", "P28", "P29", "P33", "P35"]

_SCHEMA: Final = Namespace("http://schema.org/")


def _properties(ontology: Ontology) -> list[URIRef]:
    return ontology.properties


def _object_properties(ontology: Ontology) -> list[URIRef]:
    return ontology.object_properties


def _says_is(ontology: Ontology, prop: URIRef) -> str | None:
    if not {"is", "isa"} & ontology.names(prop):
        return None
    return f"{ontology.short(prop)} stands for 'is': use rdfs:subClassOf, rdf:type or owl:sameAs instead."


P03: Final = every("P03", "A relation 'is' in place of the language's own", _object_properties, _says_is)


def _ends(ontology: Ontology, prop: URIRef) -> tuple[frozenset[str], frozenset[str]]:
    """Return the domain and the range that a property declares itself."""
    domains = canonical_set(ontology, ontology.graph.objects(prop, RDFS.domain))
    return domains, canonical_set(ontology, ontology.graph.objects(prop, RDFS.range))


def _differ(one: frozenset[str], other: frozenset[str]) -> bool:
    return bool(one) and bool(other) and one != other


def _mirrored_wrongly(ontology: Ontology, prop: URIRef) -> str | None:
    domain, range_ = _ends(ontology, prop)
    for inverse in sorted(ontology.named(prop, OWL.inverseOf, both_ways=True)):
        if inverse in ontology.object_properties and inverse < prop:
            continue
        back_domain, back_range = _ends(ontology, inverse)
        if _differ(domain, back_range) or _differ(range_, back_domain):
            return (
                f"{ontology.short(prop)} and {ontology.short(inverse)} are inverse, but the domain of one is not the "
                "range of the other: make them match, or drop owl:inverseOf."
            )
    return None


P05: Final = every("P05", "Wrong inverse", _object_properties, _mirrored_wrongly)


def _has_ends(ontology: Ontology, prop: URIRef) -> tuple[bool, bool]:
    """Return whether a domain and a range are given for a property: its own, or those of superproperties and inverses.

    schema:domainIncludes and schema:rangeIncludes count: they say what an end is meant for and infer no type.
    """
    graph = ontology.graph
    has_domain = (prop, _SCHEMA.domainIncludes, None) in graph
    has_range = (prop, _SCHEMA.rangeIncludes, None) in graph
    seen: set[tuple[URIRef, bool]] = set()
    ahead = [(prop, False)]
    while ahead:
        current, turned = ahead.pop()
        if (current, turned) in seen:
            continue
        seen.add((current, turned))
        ends = ((current, RDFS.domain, None) in graph, (current, RDFS.range, None) in graph)
        has_domain |= ends[turned]
        has_range |= ends[not turned]
        higher = ontology.named(current, RDFS.subPropertyOf)
        higher |= ontology.named(current, OWL.equivalentProperty, both_ways=True)
        ahead += [(other, turned) for other in higher]
        ahead += [(other, not turned) for other in ontology.named(current, OWL.inverseOf, both_ways=True)]
        if (current, RDF.type, OWL.SymmetricProperty) in graph:
            ahead.append((current, not turned))
    return has_domain, has_range


def _open_ended(ontology: Ontology, prop: URIRef) -> str | None:
    present = _has_ends(ontology, prop)
    missing = " and no ".join(end for end, there in zip(("domain", "range"), present, strict=True) if not there)
    if not missing:
        return None
    return f"{ontology.short(prop)} has no {missing}: add it, or make it a subproperty of one that has."


P11: Final = every("P11", "Missing domain or range", _properties, _open_ended)


def _twin(ontology: Ontology, prop: URIRef) -> str | None:
    for other in ontology.same_kind(prop):
        if other == prop or (ontology.is_own(other) and other < prop):
            continue
        told_apart = any(
            ontology.related(prop, other, predicate)
            for predicate in (RDFS.subPropertyOf, OWL.equivalentProperty, OWL.propertyDisjointWith)
        )
        if ontology.names(prop) & ontology.names(other) and not told_apart:
            return (
                f"{ontology.short(prop)} and {ontology.short(other)} have the same name: relate them with "
                "owl:equivalentProperty or rdfs:subPropertyOf, or rename one."
            )
    return None


P12: Final = every("P12", "Equivalent properties not declared", _properties, _twin)


def _several_ends(ontology: Ontology, prop: URIRef) -> str | None:
    domain, range_ = _ends(ontology, prop)
    several = " and ".join(name for name, end in (("domain", domain), ("range", range_)) if len(end) > 1)
    if not several:
        return None
    return (
        f"{ontology.short(prop)} has more than one {several}, and OWL takes all of them at once: "
        "keep one, or give their union."
    )


P19: Final = every("P19", "Several domains or ranges", _properties, _several_ends)

_CLASS_AXIOMS: Final = (RDFS.subClassOf, OWL.equivalentClass, OWL.unionOf, OWL.intersectionOf, OWL.disjointUnionOf)
_PROPERTY_AXIOMS: Final = (
    RDFS.domain,
    RDFS.range,
    RDFS.subPropertyOf,
    OWL.equivalentProperty,
    OWL.propertyChainAxiom,
)


def _classes_and_properties(ontology: Ontology) -> list[URIRef]:
    return [*ontology.classes, *ontology.properties]


def _defines_itself(ontology: Ontology, term: URIRef) -> str | None:
    for axiom in (*_CLASS_AXIOMS, *_PROPERTY_AXIOMS):
        if term in mentioned(ontology, ontology.graph.objects(term, axiom)):
            return f"{ontology.short(term)} occurs in its own {ontology.short(axiom)}: define it by other terms."
    return None


P24: Final = every("P24", "Recursive definition", _classes_and_properties, _defines_itself)


def _inverse_to_itself(ontology: Ontology, prop: URIRef) -> str | None:
    if prop not in ontology.named(prop, OWL.inverseOf):
        return None
    return f"{ontology.short(prop)} is its own inverse: declare it an owl:SymmetricProperty instead."


P25: Final = every("P25", "Inverse to itself", _object_properties, _inverse_to_itself)


def _inverse_of_symmetric(ontology: Ontology, prop: URIRef) -> str | None:
    inverses = sorted(ontology.named(prop, OWL.inverseOf, both_ways=True) - {prop})
    if not inverses or (prop, RDF.type, OWL.SymmetricProperty) not in ontology.graph:
        return None
    return f"{ontology.short(prop)} is symmetric, so its inverse {ontology.short(inverses[0])} adds nothing: drop it."


P26: Final = every("P26", "Inverse of a symmetric property", _object_properties, _inverse_of_symmetric)


def _unlike(ontology: Ontology, prop: URIRef) -> str | None:
    domain, range_ = _ends(ontology, prop)
    for other in sorted(ontology.named(prop, OWL.equivalentProperty, both_ways=True) - {prop}):
        if other in ontology.properties and other < prop:
            continue
        other_domain, other_range = _ends(ontology, other)
        if _differ(domain, other_domain) or _differ(range_, other_range):
            return (
                f"{ontology.short(prop)} and {ontology.short(other)} are equivalent, but differ in domain or range: "
                "use rdfs:subPropertyOf, or make the ends the same."
            )
    return None


P27: Final = every("P27", "Wrong equivalent properties", _properties, _unlike)


def _needs_equal_ends(kind: URIRef, word: str) -> Callable[[Ontology, URIRef], str | None]:
    def fault(ontology: Ontology, prop: URIRef) -> str | None:
        if (prop, RDF.type, kind) not in ontology.graph or not _differ(*_ends(ontology, prop)):
            return None
        return f"{ontology.short(prop)} is {word}, but its domain is not its range: make them equal, or drop {word}."

    return fault


P28: Final = every(
    "P28", "Wrong symmetric property", _object_properties, _needs_equal_ends(OWL.SymmetricProperty, "symmetric")
)
P29: Final = every(
    "P29", "Wrong transitive property", _object_properties, _needs_equal_ends(OWL.TransitiveProperty, "transitive")
)


def _chain_of_one(ontology: Ontology, prop: URIRef) -> str | None:
    if all(len(ontology.members(head)) > 1 for head in ontology.graph.objects(prop, OWL.propertyChainAxiom)):
        return None
    return f"{ontology.short(prop)} has a property chain of one link: use rdfs:subPropertyOf instead."


P33: Final = every("P33", "Property chain of one property", _object_properties, _chain_of_one)

_SUBJECT_IS_PROPERTY: Final = (
    RDFS.domain,
    RDFS.range,
    RDFS.subPropertyOf,
    OWL.equivalentProperty,
    OWL.inverseOf,
    OWL.propertyChainAxiom,
    OWL.propertyDisjointWith,
)
_OBJECT_IS_PROPERTY: Final = (
    RDFS.subPropertyOf,
    OWL.equivalentProperty,
    OWL.inverseOf,
    OWL.onProperty,
    OWL.propertyDisjointWith,
)
_LIST_OF_PROPERTIES: Final = (OWL.propertyChainAxiom, OWL.hasKey, OWL.onProperties)


def _used_as_property(ontology: Ontology) -> list[URIRef]:
    graph = ontology.graph
    used: set[Node] = set(graph.predicates())
    for axiom in _SUBJECT_IS_PROPERTY:
        used.update(graph.subjects(axiom))
    for axiom in _OBJECT_IS_PROPERTY:
        used.update(graph.objects(None, axiom))
    for axiom in _LIST_OF_PROPERTIES:
        for head in graph.objects(None, axiom):
            used.update(ontology.members(head))
    return sorted(node for node in used if isinstance(node, URIRef) and not is_built_in(node))


def _untyped(ontology: Ontology, prop: URIRef) -> str | None:
    if prop in ontology.all_properties:
        return None
    kinds = "an owl:ObjectProperty, owl:DatatypeProperty or owl:AnnotationProperty"
    return f"{ontology.short(prop)} is used as a property without being declared: make {local_name(prop)} {kinds}."


P35: Final = every("P35", "Untyped property", _used_as_property, _untyped)
