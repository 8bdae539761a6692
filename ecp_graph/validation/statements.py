"""The statement view: every statement of the data as a node, so that shapes can ask in which passage it is stated.

::

    <urn:statement:17> a ecpsh:Statement ;
        rdf:subject body:ptc ; rdf:predicate skos:notation ; rdf:object "PTC" ; ecp:statedIn graph:codes .

A statement outside every named graph has no ecp:statedIn. Beside the nodes stand the ontology and what is stated about
the readings and their passages, so that a shape can follow ecp:statedIn to the certainty or the document of a reading.
Each class is there as a subclass of itself, as in RDFS, so that one path finds out whether a class is declared.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import pyoxigraph as ox
from rdflib import OWL, RDF, RDFS, Graph, URIRef
from rdflib.term import Node

from ecp_graph.namespaces import ECP, SHAPES
from ecp_graph.rdf.terms import to_graph, to_rdflib

__all__ = ["ON_STATEMENTS", "statement_number", "statement_view"]

#: A node shape with this property set to true is run on the statement view, and only there.
ON_STATEMENTS: Final = URIRef(SHAPES + "onStatements")

_STATEMENT: Final = URIRef(SHAPES + "Statement")
_STATED_IN: Final = URIRef(ECP + "statedIn")
_READING_OF: Final = ox.NamedNode(ECP + "readingOf")
_PREFIX: Final = "urn:statement:"


def statement_view(quads: Sequence[ox.Quad], data: Iterable[ox.Quad], ontology: Iterable[ox.Quad]) -> Graph:
    """Return the view of the quads, numbered as they come.

    ``data`` may describe their readings and passages, and is not viewed.
    """
    every = [*quads, *data]
    described: set[object] = {quad.graph_name for quad in quads}
    described |= {quad.object for quad in every if quad.predicate == _READING_OF and quad.subject in described}
    view = to_graph([*ontology, *(quad for quad in every if quad.subject in described)])
    for declared in list(view.subjects(RDF.type, OWL.Class)):
        view.add((declared, RDFS.subClassOf, declared))
    for number, quad in enumerate(quads):
        node = URIRef(f"{_PREFIX}{number}")
        subject, predicate, object_ = (to_rdflib(term) for term in (quad.subject, quad.predicate, quad.object))
        view.add((node, RDF.type, _STATEMENT))
        view.add((node, RDF.subject, subject))
        view.add((node, RDF.predicate, predicate))
        view.add((node, RDF.object, object_))
        if isinstance(quad.graph_name, ox.NamedNode):
            view.add((node, _STATED_IN, to_rdflib(quad.graph_name)))
    return view


def statement_number(node: Node | str) -> int | None:
    """Return the number of the quad for which a node of the view stands, or None for any other node."""
    text = str(node)
    return int(text.removeprefix(_PREFIX)) if text.startswith(_PREFIX) else None
