"""The OWL 2 RL closure, computed by owlrl with what a closed workspace does not need taken out.

Five differences from ``owlrl.OWLRL_Semantics``, none of which changes a triple that `reason` keeps:

- Only triples that can fire a rule are given to the rules, and no term is said to be the same as itself.
- From the second cycle on, an axiom is read again only if the cycle before told something new of its terms.
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
from rdflib.term import Node

__all__ = ["MERGING", "is_axiom", "run_closure"]

#: Kinds of property whose values would merge individuals.
MERGING: Final = frozenset({OWL.FunctionalProperty, OWL.InverseFunctionalProperty})

_OWL: Final = str(OWL)
_SCHEMA: Final = frozenset({RDFS.subClassOf, RDFS.subPropertyOf, RDFS.domain, RDFS.range, OWL.sameAs})
#: The rules for these read the members or values of subject and object, and the axioms about the two, nothing else.
_OF_TWO_TERMS: Final = frozenset(
    {
        *(RDFS.subClassOf, RDFS.subPropertyOf, RDFS.domain, RDFS.range, OWL.equivalentClass, OWL.equivalentProperty),
        *(OWL.inverseOf, OWL.disjointWith, OWL.propertyDisjointWith),
    }
)
#: The rules for things of these kinds read a list and what its members have; for other kinds, as for two terms.
_OF_A_LIST: Final = frozenset({OWL.AllDifferent, OWL.AllDisjointClasses, OWL.AllDisjointProperties})
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
        return str(object_).startswith(_OWL) or object_ == RDF.Property
    return predicate in _SCHEMA or str(predicate).startswith(_OWL)


class _Closure(OWLRL_Semantics):
    """owlrl's rules, given only the triples that can fire one and, after the first cycle, give something new."""

    def __init__(self, graph: Graph) -> None:
        self._known: set[_TripleType] = set(graph)
        self._news: set[Node] = set()
        super().__init__(graph, axioms=False, daxioms=False)

    def one_time_rules(self) -> None:
        self._one_time_rules_misc()  # type: ignore[no-untyped-call]

    def empty_stored_triples(self) -> None:
        """Keep what the last cycle added and of which terms it tells something; owlrl calls this before each cycle."""
        added: set[_TripleType] = getattr(self, "added_triples", set())
        self._known |= added
        self._news = {term for triple in added for term in _told_of(triple)}
        super().empty_stored_triples()  # type: ignore[no-untyped-call]

    def rules(self, t: _TripleType, cycle_num: int) -> None:
        if is_axiom(t) and t[1] != OWL.hasKey and t[2] not in MERGING and (cycle_num == 1 or self._may_give_more(t)):
            super().rules(t, cycle_num)  # type: ignore[no-untyped-call]

    def _may_give_more(self, axiom: _TripleType) -> bool:
        """Return True unless the rules would read of this axiom what they have read in the cycle before."""
        subject, predicate, object_ = axiom
        if predicate in _OF_TWO_TERMS:
            return subject in self._news or object_ in self._news
        return predicate != RDF.type or object_ in _OF_A_LIST or subject in self._news

    def _equality(self, triple: _TripleType, cycle_num: int) -> None:
        if triple[1] == OWL.sameAs:
            super()._equality(triple, cycle_num)  # type: ignore[no-untyped-call]

    def store_triple(self, t: _TripleType) -> None:
        subject, predicate, object_ = t
        same = predicate == OWL.sameAs and subject == object_
        if not same and not isinstance(predicate, Literal) and t not in self._known:
            self.added_triples.add(t)


def _told_of(triple: _TripleType) -> tuple[Node, ...]:
    """Return the terms of which a triple tells something that rules read: a member, a pair of values, or an axiom."""
    _, predicate, object_ = triple
    if is_axiom(triple):
        return triple
    return (predicate, object_) if predicate == RDF.type else (predicate,)


def _spell_out_pairs(graph: Graph) -> None:
    for kind, (lists, relation) in _PAIRWISE.items():
        for axiom in list(graph.subjects(RDF.type, kind)):
            for predicate in lists:
                for members in list(graph.objects(axiom, predicate)):
                    for first, second in combinations(list(graph.items(members)), 2):
                        graph.add((first, relation, second))
