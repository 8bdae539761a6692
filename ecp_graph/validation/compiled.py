"""Runs shapes with the package `shacl`, which is compiled Rust. Spec: SHACL 1.0, core."""

from __future__ import annotations

from typing import Final, cast

import pyoxigraph as ox
from rdflib import SH, BNode, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from ecp_graph.rdf.terms import OxTerm, to_oxigraph
from ecp_graph.validation.patterns import excluded, portable
from ecp_graph.validation.results import Result

try:
    import shacl
except ImportError:  # no wheel for this platform
    shacl = None  # type: ignore[assignment]

__all__ = ["CompiledShapes", "Refused", "is_installed"]

#: Property shapes without a name get one that begins so: the engine gives blank nodes names of its own.
_NAMED: Final = "urn:shape:"


class Refused(Exception):
    """The engine cannot run the shapes."""


def is_installed() -> bool:
    """Return whether the package is there."""
    return shacl is not None


class CompiledShapes:
    """Shapes that the engine has read; their SPARQL constraints are left out.

    Raises Refused for shapes that the engine does not take.
    """

    def __init__(self, shapes: Graph) -> None:
        self._shapes = shapes
        try:
            self._compiled = shacl.Shapes.from_text(_text(shapes), format="ntriples")
        except ValueError as error:
            raise Refused(str(error)) from error

    def run(self, data: str) -> tuple[list[Result], set[Node]]:
        """Return the results on data in N-Triples, and the shapes that object to a blank node.

        The engine does not tell which blank node it is, so there are no results of these shapes. Raises Refused if the
        engine gives up.
        """
        try:
            found = self._compiled.validate_text(data, format="ntriples").results
        except ValueError as error:
            raise Refused(str(error)) from error
        unclear = {
            _shape(one.source_shape) for one in found if one.focus_node[:2] == "_:" or (one.value or "")[:2] == "_:"
        }
        return [self._result(one) for one in found if _shape(one.source_shape) not in unclear], unclear

    def _result(self, found: shacl.Result) -> Result:
        shape = _shape(found.source_shape)
        path = self._shapes.value(shape, SH.path)
        if path is None and found.path is not None:
            path = URIRef(found.path[1:-1])  # the property that a closed shape does not allow
        focus = _term(found.focus_node)
        return Result(
            shape=shape,
            severity=URIRef(found.severity_iri),
            focus=focus.value,
            component=self._component(shape, found.component_iri),
            path=path,
            value=None if found.value is None else str(_term(found.value)),
            messages=tuple(str(message) for message in self._shapes.objects(shape, SH.message)),
        )

    def _component(self, shape: Node, component: str) -> str:
        pattern = self._shapes.value(shape, SH.pattern)
        is_pattern = pattern is not None and excluded(str(pattern)) and component == str(SH.NotConstraintComponent)
        return str(SH.PatternConstraintComponent) if is_pattern else component


def _text(shapes: Graph) -> str:
    """Return the shapes as the engine reads them."""
    nested = {term for term in shapes.objects(None, SH.property) if isinstance(term, BNode)}
    read = Graph(store="SimpleMemory", bind_namespaces="none")
    for subject, predicate, object_ in shapes:
        if predicate == SH.pattern:
            _add_pattern(read, subject, str(object_))
        elif predicate != SH.sparql:
            read.add((subject, predicate, object_))
    triples = (
        (to_oxigraph(URIRef(f"{_NAMED}{term}") if term in nested else term) for term in triple) for triple in read
    )
    text = ox.serialize((ox.Triple(*terms) for terms in triples), format=ox.RdfFormat.N_TRIPLES)  # type: ignore[arg-type]
    return (text or b"").decode()


def _add_pattern(read: Graph, shape: Node, pattern: str) -> None:
    """Add a pattern; one that excludes what follows it as the absence of that, and of blank nodes, which match none."""
    if (inner := excluded(pattern)) is None:
        read.add((shape, SH.pattern, Literal(portable(pattern) or pattern)))
        return
    either, blank, matching, members = BNode(), BNode(), BNode(), BNode()
    Collection(read, members, [blank, matching])
    read.add((shape, SH["not"], either))
    read.add((either, SH["or"], members))
    read.add((blank, SH.nodeKind, SH.BlankNode))
    read.add((matching, SH.pattern, Literal(inner)))


def _shape(text: str | None) -> Node:
    iri = (text or "")[1:-1]
    return BNode(iri.removeprefix(_NAMED)) if iri.startswith(_NAMED) else URIRef(iri)


def _term(text: str) -> OxTerm:
    """Return the term that is written in N-Triples."""
    if text.startswith("<"):
        return ox.NamedNode(text[1:-1])
    triple = next(iter(ox.parse(f"<urn:s> <urn:p> {text} .", format=ox.RdfFormat.N_TRIPLES)))
    return cast(OxTerm, triple.object)
