"""Reads the ontology from its triples, for a reference page: header, grouped terms, and value lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import pyoxigraph as ox

from ecp_graph.languages import preference
from ecp_graph.namespaces import ECP, PREFIXES, compact, expand

__all__ = ["KINDS", "Concept", "Scheme", "Term", "Vocabulary", "read_vocabulary"]

#: What sorts of term there are, by their classes, in the order in which they are shown.
KINDS: Final = {
    "owl:Class": "Classes",
    "owl:ObjectProperty": "Object properties",
    "owl:DatatypeProperty": "Datatype properties",
    "owl:AnnotationProperty": "Annotation properties",
}
_TRAITS: Final = {
    "owl:FunctionalProperty": "functional",
    "owl:InverseFunctionalProperty": "inverse functional",
    "owl:TransitiveProperty": "transitive",
    "owl:SymmetricProperty": "symmetric",
    "owl:AsymmetricProperty": "asymmetric",
    "owl:IrreflexiveProperty": "irreflexive",
}
#: Properties whose values are other terms, as a term's entry names them.
_LINKS: Final = {
    "rdfs:subClassOf": "parents",
    "rdfs:subPropertyOf": "parents",
    "rdfs:domain": "domains",
    "rdfs:range": "ranges",
    "schema:domainIncludes": "meant_from",
    "schema:rangeIncludes": "meant_to",
    "owl:inverseOf": "inverses",
    "owl:equivalentClass": "matches",
    "owl:equivalentProperty": "matches",
    "skos:exactMatch": "matches",
    "skos:closeMatch": "matches",
    "rdfs:seeAlso": "matches",
}
_FIRST, _REST = (ox.NamedNode(PREFIXES["rdf"] + name) for name in ("first", "rest"))


@dataclass(frozen=True)
class Term:
    """One class or property. Other terms are given by their IRIs; ``children`` are the own terms directly below.

    ``meant_from`` and ``meant_to`` are the classes that a property is meant for, from which no type follows.
    """

    iri: str
    kind: str
    label: str
    definition: str
    notes: tuple[str, ...]
    examples: tuple[str, ...]
    parents: tuple[str, ...]
    children: tuple[str, ...]
    domains: tuple[str, ...]
    ranges: tuple[str, ...]
    meant_from: tuple[str, ...]
    meant_to: tuple[str, ...]
    inverses: tuple[str, ...]
    matches: tuple[str, ...]
    chains: tuple[tuple[str, ...], ...]
    keys: tuple[tuple[str, ...], ...]
    traits: tuple[str, ...]
    deprecated: bool

    @property
    def anchor(self) -> str:
        """What follows the ``#`` of its IRI."""
        return self.iri.removeprefix(ECP)

    @property
    def own_parents(self) -> tuple[str, ...]:
        """Parents in this ontology."""
        return tuple(iri for iri in self.parents if iri.startswith(ECP))

    @property
    def alignments(self) -> tuple[str, ...]:
        """Terms of other vocabularies above it or matched with it."""
        return tuple(iri for iri in (*self.parents, *self.matches) if not iri.startswith(ECP))


@dataclass(frozen=True)
class Concept:
    """One value of a closed list."""

    iri: str
    notation: str
    label: str
    definition: str


@dataclass(frozen=True)
class Scheme:
    """One closed list of values."""

    iri: str
    label: str
    definition: str
    concepts: tuple[Concept, ...]


@dataclass(frozen=True)
class Vocabulary:
    """One version of the ontology. ``header`` is curie of the property to its first value as text.

    ``change_notes`` say what its users have to change since the version before.
    """

    iri: str
    header: Mapping[str, str]
    terms: tuple[Term, ...]
    schemes: tuple[Scheme, ...]
    change_notes: tuple[str, ...] = ()

    @cached_property
    def by_iri(self) -> Mapping[str, Term]:
        """The terms by their IRIs."""
        return {term.iri: term for term in self.terms}

    @property
    def version(self) -> str:
        """Its number, as in ``0.1.0``; empty when it has none."""
        return self.header.get("owl:versionInfo", "")

    def of_kind(self, kind: str) -> list[Term]:
        """Return the terms of one kind in the order of their names."""
        return [term for term in self.terms if term.kind == kind]

    def about(self, class_: str) -> list[Term]:
        """Return the properties whose domain is the class, or that are meant for it."""
        return [term for term in self.terms if class_ in (*term.domains, *term.meant_from)]


def read_vocabulary(triples: Iterable[ox.Triple]) -> Vocabulary:
    """Return the ontology that the triples describe; terms outside the ``ecp:`` namespace are no terms of its own."""
    store = ox.Store()
    store.extend([ox.Quad(t.subject, t.predicate, t.object) for t in triples])
    ontology = next((iri for iri in sorted(_of_class(store, "owl:Ontology"))), "")
    header: dict[str, str] = {}
    for quad in sorted(store.quads_for_pattern(ox.NamedNode(ontology) if ontology else _FIRST, None, None), key=str):
        header.setdefault(compact(quad.predicate.value), getattr(quad.object, "value", ""))
    found: dict[str, str] = {}
    for kind in KINDS:
        for iri in _of_class(store, kind):
            if iri.startswith(ECP):
                found.setdefault(iri, kind)
    terms = [_term(store, iri, kind) for iri, kind in found.items()]
    in_order = tuple(sorted(terms, key=lambda term: term.anchor.lower()))
    return Vocabulary(ontology, header, in_order, _schemes(store), _texts(store, ontology, "skos:changeNote"))


def _term(store: ox.Store, iri: str, kind: str) -> Term:
    links: dict[str, list[str]] = {name: [] for name in _LINKS.values()}
    for curie, name in _LINKS.items():
        links[name] += [value.value for value in _values(store, iri, curie) if isinstance(value, ox.NamedNode)]
    inverse_of = (q.subject for q in store.quads_for_pattern(None, _node("owl:inverseOf"), ox.NamedNode(iri)))
    links["inverses"] += [subject.value for subject in inverse_of if isinstance(subject, ox.NamedNode)]
    up = _node("rdfs:subClassOf" if kind == "owl:Class" else "rdfs:subPropertyOf")
    below = [q.subject.value for q in store.quads_for_pattern(None, up, ox.NamedNode(iri))]  # type: ignore[union-attr]
    classes = {compact(value.value) for value in _values(store, iri, "rdf:type")}
    return Term(
        iri=iri,
        kind=kind,
        label=_text(store, iri, "rdfs:label"),
        definition=_text(store, iri, "skos:definition"),
        notes=_texts(store, iri, "skos:scopeNote"),
        examples=_texts(store, iri, "skos:example"),
        children=tuple(sorted(child for child in below if child.startswith(ECP))),
        chains=_lists(store, iri, "owl:propertyChainAxiom"),
        keys=_lists(store, iri, "owl:hasKey"),
        traits=tuple(trait for name, trait in _TRAITS.items() if name in classes),
        deprecated=_text(store, iri, "owl:deprecated") in {"true", "1"},
        **{name: tuple(sorted(set(values))) for name, values in links.items()},
    )


def _schemes(store: ox.Store) -> tuple[Scheme, ...]:
    schemes = []
    for iri in _of_class(store, "skos:ConceptScheme"):
        members = store.quads_for_pattern(None, _node("skos:inScheme"), ox.NamedNode(iri))
        concepts = [_concept(store, quad.subject.value) for quad in members if isinstance(quad.subject, ox.NamedNode)]
        in_order = tuple(sorted(concepts, key=lambda concept: (concept.notation, concept.iri)))
        schemes.append(Scheme(iri, _text(store, iri, "skos:prefLabel"), _text(store, iri, "skos:definition"), in_order))
    return tuple(sorted(schemes, key=lambda scheme: (scheme.label, scheme.iri)))


def _concept(store: ox.Store, iri: str) -> Concept:
    names = ("skos:notation", "skos:prefLabel", "skos:definition")
    return Concept(iri, *(_text(store, iri, name) for name in names))


def _lists(store: ox.Store, iri: str, curie: str) -> tuple[tuple[str, ...], ...]:
    return tuple(sorted(tuple(_members(store, head)) for head in _values(store, iri, curie)))


def _members(store: ox.Store, head: Any) -> list[str]:
    members: list[str] = []
    while head is not None and (first := _one(store, head, _FIRST)) is not None:
        members.append(first.value)
        head = _one(store, head, _REST)
    return members


def _one(store: ox.Store, subject: Any, predicate: ox.NamedNode) -> Any:
    return next((quad.object for quad in store.quads_for_pattern(subject, predicate, None)), None)


def _of_class(store: ox.Store, curie: str) -> list[str]:
    found = store.quads_for_pattern(None, _node("rdf:type"), _node(curie))
    return sorted(quad.subject.value for quad in found if isinstance(quad.subject, ox.NamedNode))


def _values(store: ox.Store, iri: str, curie: str) -> list[Any]:
    return [quad.object for quad in store.quads_for_pattern(ox.NamedNode(iri), _node(curie), None)]


def _text(store: ox.Store, iri: str, curie: str) -> str:
    """Return the value of a property, one in the main language before others, the first in order."""
    values = _values(store, iri, curie)
    values.sort(key=lambda value: (preference(getattr(value, "language", None)), str(value)))
    return str(values[0].value) if values else ""


def _texts(store: ox.Store, iri: str, curie: str) -> tuple[str, ...]:
    return tuple(sorted(value.value for value in _values(store, iri, curie))) if iri else ()


def _node(curie: str) -> ox.NamedNode:
    return ox.NamedNode(expand(curie))
