"""A contradiction between the data and the ontology, and its wording."""

from __future__ import annotations

from dataclasses import dataclass

from rdflib import Literal, URIRef
from rdflib.term import Node

from ecp_graph.namespaces import compact

__all__ = ["Contradiction", "contradiction", "show"]


@dataclass(frozen=True)
class Contradiction:
    """One contradiction: a sentence that names the axiom and the individuals, and the IRIs of the latter."""

    sentence: str
    individuals: tuple[str, ...]


def contradiction(sentence: str, *things: Node) -> Contradiction:
    """Return a contradiction about those of the things that have an IRI."""
    return Contradiction(sentence, tuple(str(thing) for thing in things if isinstance(thing, URIRef)))


def show(term: Node) -> str:
    """Return a term for use in a sentence: a CURIE, or the text of a literal in quotation marks."""
    return f'"{term}"' if isinstance(term, Literal) else compact(str(term))
