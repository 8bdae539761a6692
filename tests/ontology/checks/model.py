"""What a check is, what it brings back, and the view of an ontology that every check reads.

A check never modifies the graph and never goes to the network.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeVar

from rdflib import OWL, RDF, RDFS, VANN, XSD, Graph, Literal, URIRef
from rdflib.term import Node

from ecp_graph.namespaces import compact
from tests.ontology.checks.vocabularies import namespace_of

__all__ = ["Check", "CheckResult", "Finding", "Ontology", "every", "is_built_in", "local_name", "run"]

_BUILT_IN: Final = (str(RDF), str(RDFS), str(OWL), str(XSD))

_CLASS_TYPES: Final = (OWL.Class, RDFS.Class)
_PROPERTY_TYPES: Final = (
    OWL.ObjectProperty,
    OWL.DatatypeProperty,
    OWL.AnnotationProperty,
    OWL.OntologyProperty,
    RDF.Property,
)
#: In OWL, each of these says by itself that its subject is an object property.
_OBJECT_PROPERTY_TYPES: Final = (
    OWL.ObjectProperty,
    OWL.SymmetricProperty,
    OWL.TransitiveProperty,
    OWL.AsymmetricProperty,
    OWL.ReflexiveProperty,
    OWL.IrreflexiveProperty,
    OWL.InverseFunctionalProperty,
)

T = TypeVar("T")


@dataclass(frozen=True)
class Finding:
    """One fault: the check that found it, the IRI of the term (None for a whole ontology), and a sentence."""

    check_id: str
    term: str | None
    message: str


@dataclass(frozen=True)
class CheckResult:
    """What one check brought back; `looked_at` counts the things that it judged, faulty or not."""

    check_id: str
    looked_at: int
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Check:
    """One check: its id in the catalogue that it comes from, a title, and the function that runs it on a graph."""

    id: str
    title: str
    run: Callable[[Graph], CheckResult]


class Ontology:
    """A graph seen as one ontology: its header, its own terms, and how they are declared.

    Own terms are those in the namespace that the header prefers (vann:preferredNamespaceUri), or else in that of the
    ontology's IRI, with # or / as most terms have it. Without a header they are those in the namespace that most
    declared terms share, where one that is not well-known goes first.
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph

    @cached_property
    def headers(self) -> list[URIRef]:
        """IRIs of every owl:Ontology, those with a preferred namespace first."""
        found = {node for node in self.graph.subjects(RDF.type, OWL.Ontology) if isinstance(node, URIRef)}
        return sorted(found, key=lambda iri: (self._preferred_namespace(iri) is None, iri))

    @property
    def iri(self) -> URIRef | None:
        """IRI of the ontology, or None without a header."""
        return self.headers[0] if self.headers else None

    @cached_property
    def namespace(self) -> str:
        """Namespace of the ontology's own terms."""
        if self.iri is None:
            declared = [term for term in self._declared if not is_built_in(term)]
            unknown = [term for term in declared if namespace_of(term) is None]
            spaces = Counter(term[: len(term) - len(local_name(term))] for term in unknown or declared)
            return min(spaces, key=lambda space: (-spaces[space], space), default="")
        preferred = self._preferred_namespace(self.iri)
        if preferred is not None:
            return preferred
        stem = str(self.iri).rstrip("#/")
        inside = Counter(end for end in "#/" for term in self._declared if str(term).startswith(stem + end))
        return stem + ("/" if inside["/"] > inside["#"] else "#")

    @cached_property
    def terms(self) -> list[URIRef]:
        """Own terms of every kind: what has a type and lies in the namespace."""
        typed = {node for node in self.graph.subjects(RDF.type, None) if isinstance(node, URIRef)}
        return sorted(term for term in typed - set(self.headers) if self.is_own(term))

    @cached_property
    def classes(self) -> list[URIRef]:
        """Own classes."""
        return [term for term in self.all_classes if self.is_own(term)]

    @cached_property
    def object_properties(self) -> list[URIRef]:
        """Own object properties."""
        return [term for term in self._of_type(*_OBJECT_PROPERTY_TYPES) if self.is_own(term)]

    @cached_property
    def datatype_properties(self) -> list[URIRef]:
        """Own datatype properties."""
        return [term for term in self._of_type(OWL.DatatypeProperty) if self.is_own(term)]

    @cached_property
    def properties(self) -> list[URIRef]:
        """Own object and datatype properties."""
        return sorted({*self.object_properties, *self.datatype_properties})

    @cached_property
    def all_classes(self) -> list[URIRef]:
        """Classes declared in the graph, own or not."""
        return self._of_type(*_CLASS_TYPES)

    @cached_property
    def all_relations(self) -> list[URIRef]:
        """Object and datatype properties declared in the graph, own or not."""
        return self._of_type(*_OBJECT_PROPERTY_TYPES, OWL.DatatypeProperty)

    @cached_property
    def all_properties(self) -> list[URIRef]:
        """Properties of every kind declared in the graph, own or not."""
        return self._of_type(*_PROPERTY_TYPES, *_OBJECT_PROPERTY_TYPES)

    def same_kind(self, term: URIRef) -> list[URIRef]:
        """Return the declared object properties for an object property, the datatype properties for one of those."""
        if (term, RDF.type, OWL.DatatypeProperty) in self.graph:
            return self._of_type(OWL.DatatypeProperty)
        return self._of_type(*_OBJECT_PROPERTY_TYPES)

    def is_own(self, term: str) -> bool:
        """Return whether an IRI lies in the ontology's namespace."""
        return len(term) > len(self.namespace) > 0 and term.startswith(self.namespace)

    def named(self, subject: Node, predicate: URIRef, *, both_ways: bool = False) -> set[URIRef]:
        """Return the IRIs that a predicate leads to, and with `both_ways` those that it comes from."""
        found = {node for node in self.graph.objects(subject, predicate) if isinstance(node, URIRef)}
        if both_ways:
            found |= {node for node in self.graph.subjects(predicate, subject) if isinstance(node, URIRef)}
        return found

    def above(self, term: URIRef, predicate: URIRef) -> set[URIRef]:
        """Return every IRI that one or more steps of a predicate lead to; holds the term itself in a cycle."""
        found: set[URIRef] = set()
        ahead = self.named(term, predicate)
        while ahead:
            found |= ahead
            ahead = {higher for node in ahead for higher in self.named(node, predicate)} - found
        return found

    def related(self, one: URIRef, other: URIRef, predicate: URIRef) -> bool:
        """Return whether a predicate leads from one term to the other in any number of steps, in either direction."""
        return other in self.above(one, predicate) or one in self.above(other, predicate)

    def members(self, head: Node) -> list[Node]:
        """Return the members of an RDF list."""
        return list(self.graph.items(head))

    def labels(self, term: URIRef) -> set[Literal]:
        """Return the rdfs:label literals of a term."""
        return {label for label in self.graph.objects(term, RDFS.label) if isinstance(label, Literal)}

    def names(self, term: URIRef) -> set[str]:
        """Return the local name and the English labels of a term, in lower case and without punctuation."""
        english = (str(label) for label in self.labels(term) if (label.language or "en").startswith("en"))
        squeezed = ("".join(filter(str.isalnum, name.lower())) for name in (local_name(term), *english))
        return {name for name in squeezed if name}

    def short(self, term: str) -> str:
        """Return a term as messages show it: with its prefix where one is known."""
        prefix = self.graph.value(self.iri, VANN.preferredNamespacePrefix) if self.iri is not None else None
        if prefix is not None and self.is_own(term):
            return f"{prefix}:{term[len(self.namespace) :]}"
        shortened = compact(term)
        return shortened if shortened != term else f"<{term}>"

    @cached_property
    def _declared(self) -> list[URIRef]:
        return sorted({*self.all_classes, *self.all_properties})

    def _of_type(self, *types: URIRef) -> list[URIRef]:
        found = {node for kind in types for node in self.graph.subjects(RDF.type, kind)}
        return sorted(node for node in found if isinstance(node, URIRef))

    def _preferred_namespace(self, iri: URIRef) -> str | None:
        value = self.graph.value(iri, VANN.preferredNamespaceUri)
        return str(value) if value is not None and str(value) else None


def local_name(iri: str) -> str:
    """Return what follows the last ``#`` or ``/`` of an IRI."""
    return iri[max(iri.rfind("#"), iri.rfind("/")) + 1 :]


def is_built_in(iri: str) -> bool:
    """Return whether an IRI belongs to RDF, RDFS, OWL or XML Schema, whose terms need no declaration."""
    return str(iri).startswith(_BUILT_IN)  # rdflib's own startswith takes no tuple


def every(
    check_id: str,
    title: str,
    subjects: Callable[[Ontology], Iterable[T]],
    fault: Callable[[Ontology, T], str | None],
    *,
    about: Callable[[Ontology, T], str | None] | None = None,
) -> Check:
    """Return the check that judges every subject: `fault` gives a sentence for a faulty one, None for a sound one.

    `about` tells which term a finding is about; it is the subject itself unless given.
    """

    def check(graph: Graph) -> CheckResult:
        ontology = Ontology(graph)
        looked_at = list(subjects(ontology))
        return CheckResult(check_id, len(looked_at), tuple(findings(ontology, looked_at)))

    def findings(ontology: Ontology, looked_at: list[T]) -> Iterator[Finding]:
        for subject in looked_at:
            message = fault(ontology, subject)
            if message is not None:
                term = about(ontology, subject) if about is not None else str(subject)
                yield Finding(check_id, term, message)

    return Check(check_id, title, check)


def run(checks: Iterable[Check], graph: Graph) -> list[CheckResult]:
    """Return the result of each check on the graph, in the order of the checks."""
    return [check.run(graph) for check in checks]
