"""Computes the statements inferred from data and ontology (OWL 2 RL), and the contradictions between the two.

The rules of the ontology run as joins (`forward`). `reference` does the same with owlrl, which knows all of OWL 2 RL
and takes twenty times as long.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import pyoxigraph as ox

from ecp_graph.errors import UncoveredAxiom
from ecp_graph.namespaces import PREFIXES, compact
from ecp_graph.reasoning.axioms import constraints_of, uncovered
from ecp_graph.reasoning.certainty import levels_of, strengths_of
from ecp_graph.reasoning.conflicts import find_conflicts
from ecp_graph.reasoning.contradiction import Contradiction
from ecp_graph.reasoning.forward import closed, inferred
from ecp_graph.reasoning.rules import rules_of
from ecp_graph.tables.statements import Triple

__all__ = ["Closure", "Contradiction", "Inferred", "by_joins", "infer"]

#: Computes what follows: from the triples at each certainty, the strongest first, and from the ontology.
Closure: TypeAlias = Callable[
    [Sequence[Sequence[Triple]], Sequence[ox.Quad]], tuple[dict[Triple, int], Sequence[Contradiction]]
]

_BUILT_IN: Final = tuple(PREFIXES[name] for name in ("owl", "rdf", "rdfs"))
_TYPE: Final = ox.NamedNode(PREFIXES["rdf"] + "type")


@dataclass(frozen=True)
class Inferred:
    """The inferred statements worth publishing, in the graphs of their certainty, and the contradictions found."""

    quads: list[ox.Quad]
    contradictions: tuple[Contradiction, ...]


def by_joins(
    stated: Sequence[Sequence[Triple]], ontology: Sequence[ox.Quad]
) -> tuple[dict[Triple, int], list[Contradiction]]:
    """Return what follows, with the place of its certainty, and the contradictions.

    Raises UncoveredAxiom for a term of OWL, in ontology or data, that the joins do not cover.
    """
    if found := [*uncovered(ontology), *_uncovered_triples(stated)]:
        raise UncoveredAxiom(sorted(set(found)))
    with closed(stated, rules_of(ontology)) as tables:
        return inferred(tables), find_conflicts(tables, constraints_of(ontology))


def infer(
    data: Sequence[ox.Quad],
    ontology: Sequence[ox.Quad],
    *,
    readings: Collection[str] = (),
    closure: Closure = by_joins,
) -> Inferred:
    """Return the inferred classes and properties of the individuals in the data.

    They hold no triple that was stated, none about terms of the ontology or about ``readings`` (IRIs of named graphs),
    no blank nodes, no owl:Thing and no owl:sameAs. Spec: OWL 2 Profiles, section 4.3. Raises what the closure raises.
    """
    strengths = strengths_of(ontology)
    stated = levels_of(data, strengths)
    stated[0] += [(quad.subject, quad.predicate, quad.object) for quad in ontology]
    found, contradictions = closure(stated, ontology)
    is_useful = _Usefulness(data, ontology, readings)
    graphs = [ox.NamedNode(graph) for graph in strengths.graphs]
    quads = [ox.Quad(s, p, o, graphs[level]) for (s, p, o), level in found.items() if is_useful((s, p, o))]  # type: ignore[arg-type]
    return Inferred([*quads, *strengths.described(quad.graph_name for quad in quads)], tuple(contradictions))


class _Usefulness:
    """Selects the inferred triples worth publishing: about an individual, with a term that the ontology declares."""

    def __init__(self, data: Iterable[ox.Quad], ontology: Iterable[ox.Quad], readings: Collection[str]) -> None:
        kinds = [(quad.subject, getattr(quad.object, "value", "")) for quad in ontology if quad.predicate == _TYPE]
        declared = {owl: {term for term, kind in kinds if kind == PREFIXES["owl"] + owl} for owl in _DECLARED}
        self._classes = {term for term in declared["Class"] if not _is_built_in(term)}
        self._properties = declared["ObjectProperty"] | declared["DatatypeProperty"]
        terms = {term for term, kind in kinds if kind.startswith(_BUILT_IN)}
        named = {term for quad in data for term in (quad.subject, quad.object) if isinstance(term, ox.NamedNode)}
        self._individuals = named - terms - {ox.NamedNode(reading) for reading in readings}

    def __call__(self, triple: Triple) -> bool:
        subject, predicate, object_ = triple
        if subject not in self._individuals:
            return False
        if predicate == _TYPE:
            return object_ in self._classes
        return predicate in self._properties and not isinstance(object_, ox.BlankNode)


_DECLARED: Final = ("Class", "ObjectProperty", "DatatypeProperty")


def _is_built_in(term: object) -> bool:
    return not isinstance(term, ox.NamedNode) or term.value.startswith(_BUILT_IN)


def _uncovered_triples(stated: Sequence[Sequence[Triple]]) -> Iterable[tuple[str, str]]:
    same_as = ox.NamedNode(PREFIXES["owl"] + "sameAs")
    for triples in stated:
        for subject, predicate, _ in triples:
            if predicate == same_as:
                yield compact(getattr(subject, "value", str(subject))), "owl:sameAs"
