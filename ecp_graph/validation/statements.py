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
from rdflib import URIRef

from ecp_graph.namespaces import ECP, PREFIXES, SHAPES
from ecp_graph.validation.data_graph import Statement

__all__ = ["ON_STATEMENTS", "statement_number", "statement_view"]

#: A node shape with this property set to true is run on the statement view, and only there.
ON_STATEMENTS: Final = URIRef(SHAPES + "onStatements")

_STATEMENT: Final = ox.NamedNode(SHAPES + "Statement")
_STATED_IN: Final = ox.NamedNode(ECP + "statedIn")
_CLASS: Final = ox.NamedNode(PREFIXES["owl"] + "Class")
_SUBCLASS_OF: Final = ox.NamedNode(PREFIXES["rdfs"] + "subClassOf")
_TYPE, _SUBJECT, _PREDICATE, _OBJECT = (
    ox.NamedNode(PREFIXES["rdf"] + name) for name in ("type", "subject", "predicate", "object")
)
_READING_OF: Final = ox.NamedNode(ECP + "readingOf")
_PREFIX: Final = "urn:statement:"


def statement_view(quads: Sequence[ox.Quad], data: Iterable[ox.Quad], ontology: Iterable[ox.Quad]) -> list[Statement]:
    """Return the view of the quads, numbered as they come.

    ``data`` may describe their readings and passages, and is not viewed.
    """
    every = [*quads, *data]
    described: set[object] = {quad.graph_name for quad in quads}
    described |= {quad.object for quad in every if quad.predicate == _READING_OF and quad.subject in described}
    view: list[Statement] = [*ontology, *(quad for quad in every if quad.subject in described)]
    declared = {one.subject for one in view if one.predicate == _TYPE and one.object == _CLASS}
    view += [ox.Triple(term, _SUBCLASS_OF, term) for term in declared]
    for number, quad in enumerate(quads):
        node = ox.NamedNode(f"{_PREFIX}{number}")
        view.append(ox.Triple(node, _TYPE, _STATEMENT))
        view.append(ox.Triple(node, _SUBJECT, quad.subject))
        view.append(ox.Triple(node, _PREDICATE, quad.predicate))
        view.append(ox.Triple(node, _OBJECT, quad.object))
        if isinstance(quad.graph_name, ox.NamedNode):
            view.append(ox.Triple(node, _STATED_IN, quad.graph_name))
    return view


def statement_number(node: str) -> int | None:
    """Return the number of the quad for which a node of the view stands, or None for any other node."""
    return int(node.removeprefix(_PREFIX)) if node.startswith(_PREFIX) else None
