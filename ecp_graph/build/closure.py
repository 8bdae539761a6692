"""The OWL 2 RL closure, computed by owlrl with what a closed workspace does not need taken out.

Four differences from ``owlrl.OWLRL_Semantics``, none of which changes a triple that `reason` keeps:

- Only triples that can fire a rule are given to the rules, and no term is said to be the same as itself.
- Functional properties and keys do not merge individuals. Every IRI of a workspace names one thing, so a merge would
  be a contradiction, which `identity` finds and can explain. (owlrl 7.6.2 also leaves the last property of a key
  out of the comparison, and so would merge all actions of a plan.)
- Literals are not reasoned over; `values` checks them, and can tell of which thing they are values.
- owl:AllDifferent and owl:AllDisjointProperties are spelled out in pairs first, because owlrl forgets the last member.
"""

from __future__ import annotations

from itertools import combinations
from typing import Final

from owlrl.OWLRL import OWLRL_Semantics
from rdflib import OWL, RDF, RDFS, Graph, Literal
from rdflib.graph import _TripleType

__all__ = ["MERGING", "is_axiom", "run_closure"]

#: Kinds of property whose values would merge individuals.
MERGING: Final = frozenset({OWL.FunctionalProperty, OWL.InverseFunctionalProperty})

_SCHEMA: Final = frozenset({RDFS.subClassOf, RDFS.subPropertyOf, RDFS.domain, RDFS.range, OWL.sameAs})
_PAIRWISE: Final = {
    OWL.AllDifferent: ((OWL.members, OWL.distinctMembers), OWL.differentFrom),
    OWL.AllDisjointProperties: ((OWL.members,), OWL.propertyDisjointWith),
}


def run_closure(graph: Graph) -> list[str]:
    """Add the closure of the graph to the graph itself and return owlrl's messages about inconsistencies."""
    _spell_out_pairs(graph)
    closure = _Closure(graph)
    closure.closure()  # type: ignore[no-untyped-call]
    return list(closure.error_messages)


def is_axiom(triple: _TripleType) -> bool:
    """Return True for a triple that states something about classes, properties or equality, not about one thing."""
    _, predicate, object_ = triple
    if predicate == RDF.type:
        return str(object_).startswith(str(OWL)) or object_ == RDF.Property
    return predicate in _SCHEMA or str(predicate).startswith(str(OWL))


class _Closure(OWLRL_Semantics):
    """owlrl's rules, given only the triples that can fire one; see the module."""

    def __init__(self, graph: Graph) -> None:
        super().__init__(graph, axioms=False, daxioms=False)
        self._known = graph

    def one_time_rules(self) -> None:
        self._one_time_rules_misc()  # type: ignore[no-untyped-call]

    def rules(self, t: _TripleType, cycle_num: int) -> None:
        if is_axiom(t) and t[1] != OWL.hasKey and t[2] not in MERGING:
            super().rules(t, cycle_num)  # type: ignore[no-untyped-call]

    def store_triple(self, t: _TripleType) -> None:
        subject, predicate, object_ = t
        same = predicate == OWL.sameAs and subject == object_
        if not same and not isinstance(predicate, Literal) and t not in self._known:
            self.added_triples.add(t)


def _spell_out_pairs(graph: Graph) -> None:
    for kind, (lists, relation) in _PAIRWISE.items():
        for axiom in list(graph.subjects(RDF.type, kind)):
            for predicate in lists:
                for members in list(graph.objects(axiom, predicate)):
                    for first, second in combinations(list(graph.items(members)), 2):
                        graph.add((first, relation, second))
