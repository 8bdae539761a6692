"""RDF terms from one library to the other: pyoxigraph reads and stores, rdflib reasons and validates.

Literals keep the lexical form that was written ("1.50" stays "1.50"); rdflib would normalise it if it parsed the file.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterable
from typing import TypeAlias

import pyoxigraph as ox
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.term import Node

__all__ = ["OxTerm", "to_graph", "to_oxigraph", "to_rdflib"]

OxTerm: TypeAlias = ox.NamedNode | ox.BlankNode | ox.Literal

_XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"

# rdflib warns of a malformed literal with a stack trace; the reasoner reports it as a sentence.
logging.getLogger("rdflib.term").setLevel(logging.ERROR)
warnings.filterwarnings("ignore", message="Parsing weird boolean")


def to_rdflib(term: object) -> Node:
    """Return the rdflib term for a pyoxigraph term; TypeError for a triple term, which RDF 1.1 does not have."""
    match term:
        case ox.NamedNode():
            return URIRef(term.value)
        case ox.BlankNode():
            return BNode(term.value)
        case ox.Literal():
            if term.language:
                return Literal(term.value, lang=term.language)
            kind = term.datatype.value
            return Literal(term.value, datatype=None if kind == _XSD_STRING else URIRef(kind), normalize=False)
    raise TypeError(f"{term} is not a term of RDF 1.1")


def to_oxigraph(term: Node) -> OxTerm:
    """Return the pyoxigraph term for an rdflib term."""
    match term:
        case URIRef():
            return ox.NamedNode(str(term))
        case BNode():
            return ox.BlankNode(str(term))
        case Literal():
            if term.language:
                return ox.Literal(str(term), language=term.language)
            return ox.Literal(str(term), datatype=ox.NamedNode(str(term.datatype or _XSD_STRING)))
    raise TypeError(f"{term!r} is not a term of RDF 1.1")


def to_graph(quads: Iterable[ox.Quad | ox.Triple]) -> Graph:
    """Return the triples of the quads as one rdflib graph, each once (in the store that reasons twice as fast)."""
    graph = Graph(store="SimpleMemory", bind_namespaces="none")
    known: dict[object, Node] = {}
    for quad in quads:
        triple = (quad.subject, quad.predicate, quad.object)
        for term in triple:
            if term not in known:
                known[term] = to_rdflib(term)
        graph.add(tuple(known[term] for term in triple))  # type: ignore[arg-type]
    return graph
