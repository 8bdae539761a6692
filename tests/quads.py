"""Graphs of rdflib as the quads that the package takes."""

from __future__ import annotations

import pyoxigraph as ox
from rdflib import Graph

from ecp_graph.rdf.terms import to_oxigraph

__all__ = ["to_quads"]


def to_quads(graph: Graph, name: str) -> list[ox.Quad]:
    """Return the triples of an rdflib graph as quads of the named graph, in the order of their text."""
    target = ox.NamedNode(name)
    terms = ([to_oxigraph(term) for term in triple] for triple in graph)
    return sorted((ox.Quad(s, p, o, target) for s, p, o in terms), key=str)  # type: ignore[arg-type]
