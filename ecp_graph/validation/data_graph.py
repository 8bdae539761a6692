"""The triples that shapes are run on, in the forms in which engines read them, and the nodes that targets select."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property
from typing import TypeAlias

import pyoxigraph as ox
from rdflib import RDF, RDFS, SH, Graph
from rdflib.term import Node

from ecp_graph.rdf.nquads import NTriples
from ecp_graph.rdf.terms import OxTerm, to_graph, to_oxigraph

__all__ = ["TARGETS", "DataGraph", "Statement"]

Statement: TypeAlias = ox.Triple | ox.Quad

#: The properties that tell at which nodes a shape looks.
TARGETS = (SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf)

_TYPE = ox.NamedNode(str(RDF.type))
_SUBCLASS_OF = ox.NamedNode(str(RDFS.subClassOf))
_WITHOUT_FORMS = frozenset({"http://www.w3.org/2001/XMLSchema#string", str(RDF.langString)})


class DataGraph:
    """The merge of some statements; their graphs do not matter, and a triple counts once."""

    def __init__(self, statements: Iterable[Statement]) -> None:
        self._text = b"".join(statements.texts) if isinstance(statements, NTriples) else None
        self._statements = list(statements)

    def text(self) -> str:
        """Return the triples as N-Triples."""
        if self._text is not None:
            return self._text.decode()
        triples = (ox.Triple(one.subject, one.predicate, one.object) for one in self._statements)
        return (ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"").decode()

    def store(self) -> ox.Store:
        """Return a store whose default graph has the triples."""
        store = ox.Store()
        store.bulk_extend(ox.Quad(one.subject, one.predicate, one.object) for one in self._statements)
        return store

    def graph(self, predicates: Collection[str] | None = None) -> Graph:
        """Return the triples as an rdflib graph, only those of the given predicates if there are any given."""
        if predicates is None:
            return to_graph(self._statements)
        chosen = (self._by_predicate.get(ox.NamedNode(name), ()) for name in predicates)
        return to_graph(one for statements in chosen for one in statements)

    @cached_property
    def typed_literals(self) -> frozenset[ox.Literal]:
        """The literals that are neither plain strings nor texts in a language."""
        objects = {one.object for one in self._statements}
        literals = (term for term in objects if isinstance(term, ox.Literal))
        return frozenset(term for term in literals if term.datatype.value not in _WITHOUT_FORMS)

    def objects(self, predicate: str) -> set[object]:
        """Return what is stated with a predicate."""
        return {one.object for one in self._by_predicate.get(ox.NamedNode(predicate), ())}

    def focus_nodes(self, shapes: Graph, shape: Node) -> set[OxTerm]:
        """Return the nodes that the targets of a shape select. Spec: SHACL 1.0, section 2.1.3."""
        found: set[OxTerm] = set()
        for target in TARGETS:
            for term in shapes.objects(shape, target):
                found |= self._selected(target, to_oxigraph(term))
        return found

    def _selected(self, target: Node, term: OxTerm) -> set[OxTerm]:
        if target == SH.targetNode:
            return {term}
        if not isinstance(term, ox.NamedNode):
            return set()
        if target == SH.targetClass:
            return {one for kind in self._subclasses(term) for one in self._instances.get(kind, ())}
        stated = self._by_predicate.get(term, ())
        return {one.subject if target == SH.targetSubjectsOf else one.object for one in stated}  # type: ignore[misc]

    @cached_property
    def _by_predicate(self) -> dict[ox.NamedNode, Sequence[Statement]]:
        found: dict[ox.NamedNode, list[Statement]] = defaultdict(list)
        for one in self._statements:
            found[one.predicate].append(one)
        return dict(found)

    @cached_property
    def _instances(self) -> dict[object, set[OxTerm]]:
        found: dict[object, set[OxTerm]] = defaultdict(set)
        for one in self._by_predicate.get(_TYPE, ()):
            found[one.object].add(one.subject)  # type: ignore[arg-type]
        return found

    @cached_property
    def _below(self) -> dict[object, list[object]]:
        found: dict[object, list[object]] = defaultdict(list)
        for one in self._by_predicate.get(_SUBCLASS_OF, ()):
            found[one.object].append(one.subject)
        return found

    def _subclasses(self, term: object) -> Iterator[object]:
        seen, edge = {term}, [term]
        while edge:
            kind = edge.pop()
            yield kind
            edge += (new := [lower for lower in self._below.get(kind, ()) if lower not in seen])
            seen.update(new)
