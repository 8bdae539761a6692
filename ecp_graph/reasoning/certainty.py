"""The certainties of statements in their order, and the graphs of what is inferred from statements of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from ecp_graph.namespaces import ECP, PREFIXES, names
from ecp_graph.tables.statements import Statements

__all__ = ["Strengths", "make_known", "strengths_of"]

_CERTAINTY: Final = ox.NamedNode(ECP + "certainty")
_POSITION: Final = ox.NamedNode(ECP + "position")
_NOTATION: Final = ox.NamedNode(PREFIXES["skos"] + "notation")
_IN_SCHEME: Final = ox.NamedNode(PREFIXES["skos"] + "inScheme")
_CERTAINTIES: Final = ox.NamedNode(PREFIXES["scheme"] + "certainties")
_KNOWN: Final = """
CREATE OR REPLACE TABLE known AS
SELECT s, p, o, min(level) AS level, true AS stated
FROM (
  SELECT s, p, o, 0 AS level FROM ontology
  UNION ALL
  SELECT data.s, data.p, data.o, coalesce(reading.level, $weakest)
  FROM data
  LEFT JOIN (
    SELECT s AS g, max(coalesce(places.level, $weakest)) AS level
    FROM data LEFT JOIN places ON places.concept = data.o
    WHERE p = $certainty
    GROUP BY s
  ) AS reading ON reading.g = data.g)
GROUP BY s, p, o"""


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


def make_known(statements: Statements, strengths: Strengths) -> None:
    """Make the table ``known`` of the triples of ontology and data, each with the place of its best certainty.

    Its columns are ``s``, ``p``, ``o``, ``level`` and ``stated``, which is true. The ontology is of the strongest
    certainty; what stands in a graph without certainty is among the weakest.
    """
    concepts = list(map(str, strengths.concepts))
    numbers = statements.numbers([str(_CERTAINTY), *concepts])
    statements.fill("places", {"concept": [numbers[one] for one in concepts], "level": list(range(len(concepts)))})
    given = {"certainty": numbers[str(_CERTAINTY)], "weakest": max(len(concepts) - 1, 0)}
    statements.connection.execute(_KNOWN, given)
    statements.connection.execute("DROP TABLE places")
