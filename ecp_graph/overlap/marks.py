"""The marks of overlaps: the concepts of kinds, grades and certainties, and their orders, the strongest first."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from ecp_graph.namespaces import ECP, PREFIXES, names

if TYPE_CHECKING:
    from ecp_graph.tables.statements import Statements

__all__ = ["SCHEMES", "Marks", "marks_in", "read_marks"]

#: The property of an overlap for each scheme that its marks are of.
SCHEMES: Final = {"overlapKind": "overlap-kinds", "evidenceGrade": "evidence-grades", "certainty": "certainties"}
_SKOS: Final = PREFIXES["skos"]
_TOLD: Final = tuple(
    str(ox.NamedNode(iri)) for iri in (f"{_SKOS}inScheme", f"{_SKOS}notation", f"{_SKOS}broader", f"{ECP}position")
)
#: What is told of the concepts of the schemes, of those of certainty that readings have, and of all above these.
_PART: Final = """
WITH RECURSIVE concept(id) AS (
  SELECT s FROM triples WHERE p = {in_scheme} AND o IN ({schemes})
  UNION SELECT o FROM triples WHERE p = {certainty}
  UNION SELECT o FROM triples JOIN concept ON s = id AND p = {broader})
SELECT concat(s.term, ' ', p.term, ' ', o.term, ' .')
FROM (SELECT * FROM triples WHERE p IN ({told}) AND s IN (FROM concept)) AS triple
JOIN terms AS s ON s.id = s JOIN terms AS p ON p.id = p JOIN terms AS o ON o.id = o"""
_CONCEPTS: Final = """
    SELECT ?scheme ?notation ?concept ?position ?top WHERE {
      ?concept skos:inScheme ?scheme ; skos:notation ?notation
      OPTIONAL { ?concept ecp:position ?position }
      OPTIONAL { ?concept skos:broader+ ?broadest . ?broadest skos:notation ?top
                 FILTER NOT EXISTS { ?broadest skos:broader ?broader } }
    }"""
_NOTATIONS: Final = "SELECT ?concept ?notation WHERE { ?concept skos:notation ?notation }"


@dataclass(frozen=True)
class Marks:
    """The concept (IRI) of each notation, by the property that it is a value of; notations are in their order.

    ``families`` has the broadest kind of each kind that has a broader one; ``certainty_of`` the notation of each
    concept (IRI) that is a certainty of readings.
    """

    concepts: Mapping[str, Mapping[str, str]]
    families: Mapping[str, str]
    certainty_of: Mapping[str, str]

    def order(self, term: str) -> list[str]:
        """Return the notations that are values of a property, the strongest first."""
        return list(self.concepts[term])

    @property
    def weakest(self) -> int:
        """The place of the weakest certainty, that of a mere interpretation."""
        return max(len(self.concepts["certainty"]) - 1, 1)


def read_marks(statements: Statements) -> Marks:
    """Return the kinds, grades and certainties of the data, by ecp:position, without one in the alphabet's order."""
    store = ox.Store()
    store.load("\n".join(_part(statements)).encode(), format=ox.RdfFormat.N_TRIPLES)
    return marks_in(store)


def marks_in(store: ox.Store) -> Marks:
    """Return the same of a store whose default graph has what is stated of the concepts."""
    properties = {PREFIXES["scheme"] + scheme: term for term, scheme in SCHEMES.items()}
    concepts: dict[str, dict[str, str]] = {term: {} for term in SCHEMES}
    families: dict[str, str] = {}
    rows = [
        (float(row["position"].value) if row["position"] else math.inf, row["notation"].value, row)
        for row in _select(store, _CONCEPTS)
        if row["scheme"].value in properties
    ]
    for _, notation, row in sorted(rows, key=lambda one: (*one[:2], one[2]["concept"].value)):
        term = properties[row["scheme"].value]
        concepts[term].setdefault(notation, row["concept"].value)
        if term == "overlapKind" and row["top"]:
            families[notation] = row["top"].value
    told = sorted((row["concept"].value, row["notation"].value) for row in _select(store, _NOTATIONS))
    return Marks(concepts, families, dict(told))


def _part(statements: Statements) -> list[str]:
    schemes = [str(ox.NamedNode(PREFIXES["scheme"] + scheme)) for scheme in SCHEMES.values()]
    certainty = str(ox.NamedNode(ECP + "certainty"))
    numbers = statements.numbers([*schemes, *_TOLD, certainty])
    query = _PART.format(
        in_scheme=numbers[_TOLD[0]],
        broader=numbers[_TOLD[2]],
        certainty=numbers[certainty],
        schemes=", ".join(str(numbers[scheme]) for scheme in schemes),
        told=", ".join(str(numbers[term]) for term in _TOLD),
    )
    return [line for (line,) in statements.connection.execute(query).fetchall()]


def _select(store: ox.Store, query: str) -> ox.QuerySolutions:
    return store.query(query, prefixes=dict(names().prefixes))  # type: ignore[return-value]
