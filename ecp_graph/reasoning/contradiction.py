"""A contradiction between the data and the ontology, and its wording."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pyoxigraph as ox

from ecp_graph.namespaces import compact

__all__ = ["Contradiction", "contradiction", "show"]


@dataclass(frozen=True)
class Contradiction:
    """One contradiction: a sentence that names the axiom and the individuals, and the IRIs of the latter.

    ``statements`` are those at fault, as far as they are known: subject and predicate (IRIs), and the value in the
    syntax of N-Triples.
    """

    sentence: str
    individuals: tuple[str, ...]
    statements: tuple[tuple[str, str, str], ...] = ()


def contradiction(
    sentence: str, *things: object, statements: Iterable[tuple[object, object, object]] = ()
) -> Contradiction:
    """Return a contradiction about those of the things that have an IRI, by statements, of which the same holds."""
    return Contradiction(
        sentence,
        tuple(thing.value for thing in things if isinstance(thing, ox.NamedNode)),
        tuple(
            (subject.value, predicate.value, str(value))
            for subject, predicate, value in statements
            if isinstance(subject, ox.NamedNode) and isinstance(predicate, ox.NamedNode)
        ),
    )


def show(term: object) -> str:
    """Return a term for use in a sentence: a CURIE, or the text of a literal in quotation marks."""
    if isinstance(term, ox.Literal):
        return f'"{term.value}"'
    return compact(term.value) if isinstance(term, ox.NamedNode | ox.BlankNode) else str(term)
