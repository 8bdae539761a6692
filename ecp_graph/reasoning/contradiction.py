"""A contradiction between the data and the ontology, and its wording."""

from __future__ import annotations

from dataclasses import dataclass

import pyoxigraph as ox

from ecp_graph.namespaces import compact

__all__ = ["Contradiction", "contradiction", "show"]


@dataclass(frozen=True)
class Contradiction:
    """One contradiction: a sentence that names the axiom and the individuals, and the IRIs of the latter."""

    sentence: str
    individuals: tuple[str, ...]


def contradiction(sentence: str, *things: object) -> Contradiction:
    """Return a contradiction about those of the things that have an IRI."""
    return Contradiction(sentence, tuple(thing.value for thing in things if isinstance(thing, ox.NamedNode)))


def show(term: object) -> str:
    """Return a term for use in a sentence: a CURIE, or the text of a literal in quotation marks."""
    if isinstance(term, ox.Literal):
        return f'"{term.value}"'
    return compact(term.value) if isinstance(term, ox.NamedNode | ox.BlankNode) else str(term)
