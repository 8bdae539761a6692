"""The certainties of statements in their order, and the graphs of what is inferred from statements of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from ecp_graph.namespaces import ECP, PREFIXES, names
from ecp_graph.tables.statements import Triple

__all__ = ["Strengths", "levels_of", "strengths_of"]

_CERTAINTY: Final = ox.NamedNode(ECP + "certainty")
_POSITION: Final = ox.NamedNode(ECP + "position")
_NOTATION: Final = ox.NamedNode(PREFIXES["skos"] + "notation")
_IN_SCHEME: Final = ox.NamedNode(PREFIXES["skos"] + "inScheme")
_CERTAINTIES: Final = ox.NamedNode(PREFIXES["scheme"] + "certainties")


@dataclass(frozen=True)
class Strengths:
    """The certainties, the strongest first: their concepts and notations. An ontology may have none."""

    concepts: tuple[ox.NamedNode, ...]
    notations: tuple[str, ...]

    @property
    def graphs(self) -> list[str]:
        """The graphs of what is inferred, by the place of its certainty; one alone where there are no certainties.

        ::

            graph/inferred               what follows from statements of the strongest certainty
            graph/inferred-interpreted   what needs an interpreted statement
        """
        return [names().inferred_graph, *(names().inferred_at(notation) for notation in self.notations[1:])]

    def described(self, used: Iterable[object]) -> list[ox.Quad]:
        """Return the certainty of each of these graphs, in the graph itself."""
        kept = set(used)
        pairs = zip(map(ox.NamedNode, self.graphs), self.concepts, strict=False)
        return [ox.Quad(graph, _CERTAINTY, concept, graph) for graph, concept in pairs if graph in kept]


def strengths_of(ontology: Iterable[ox.Quad]) -> Strengths:
    """Return the certainties of an ontology: the concepts of scheme:certainties in the order of ecp:position."""
    facts: dict[object, dict[object, object]] = defaultdict(dict)
    for quad in ontology:
        facts[quad.subject][quad.predicate] = quad.object
    found = [(concept, of) for concept, of in facts.items() if of.get(_IN_SCHEME) == _CERTAINTIES]
    found.sort(key=lambda pair: int(getattr(pair[1].get(_POSITION), "value", 0)))
    concepts = tuple(concept for concept, _ in found if isinstance(concept, ox.NamedNode))
    return Strengths(concepts, tuple(str(getattr(of.get(_NOTATION), "value", "")) for _, of in found))


def levels_of(data: Iterable[ox.Quad], strengths: Strengths) -> list[list[Triple]]:
    """Return the triples of the data at each certainty, the strongest first.

    What stands in a graph without certainty is among the weakest.
    """
    quads = list(data)
    places: dict[object, int] = {concept: place for place, concept in enumerate(strengths.concepts)}
    weakest = max(len(places) - 1, 0)
    at: dict[object, int] = {
        quad.subject: places.get(quad.object, weakest) for quad in quads if quad.predicate == _CERTAINTY
    }
    levels: list[list[Triple]] = [[] for _ in range(weakest + 1)]
    for quad in quads:
        levels[at.get(quad.graph_name, weakest)].append((quad.subject, quad.predicate, quad.object))
    return levels
