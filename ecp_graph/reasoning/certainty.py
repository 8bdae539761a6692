"""Tells how certain each inferred statement is: as certain as the weakest statement that it needs.

Where a statement can be inferred in several ways, the best one counts. The rules are those of the ontology
(`ecp_graph.reasoning.rules`), run forwards: first on what is stated at the strongest certainty, then on that together
with the next one, and so on. What a round adds is as certain as the statements that the round brought in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import pyoxigraph as ox

from ecp_graph.namespaces import ECP, PREFIXES, names
from ecp_graph.reasoning.rules import TYPE, Pattern, Rule, rules_of
from ecp_graph.sparql.results import Term, to_ox

__all__ = ["Triple", "by_strength", "certainties", "graded"]

#: Subject, predicate and object, as pyoxigraph has them.
Triple = tuple[object, object, object]
#: A part of a pattern: a term, or the name of a variable.
_Part = object
_Pattern = tuple[_Part, _Part, _Part]
_TYPE: Final = to_ox(TYPE)
_CERTAINTY: Final = ox.NamedNode(ECP + "certainty")
_POSITION: Final = ox.NamedNode(ECP + "position")
_NOTATION: Final = ox.NamedNode(PREFIXES["skos"] + "notation")
_IN_SCHEME: Final = ox.NamedNode(PREFIXES["skos"] + "inScheme")
_CERTAINTIES: Final = ox.NamedNode(PREFIXES["scheme"] + "certainties")


def graded(inferred: Iterable[ox.Quad], data: Sequence[ox.Quad], ontology: Sequence[ox.Quad]) -> list[ox.Quad]:
    """Return the inferred statements in the graphs of their certainty, and the certainty of each of these graphs.

    ::

        graph/inferred               what follows from statements of the strongest certainty
        graph/inferred-interpreted   what needs an interpreted statement

    A statement that the rules do not give counts as one of the weakest certainty.
    """
    strengths = by_strength(ontology)
    weakest = len(strengths) - 1
    places: dict[object, int] = {concept: place for place, (concept, _) in enumerate(strengths)}
    at: dict[object, int] = {
        quad.subject: places.get(quad.object, weakest) for quad in data if quad.predicate == _CERTAINTY
    }
    rounds: list[list[Triple]] = [[] for _ in strengths]
    for quad in data:
        rounds[at.get(quad.graph_name, weakest)].append((quad.subject, quad.predicate, quad.object))
    known = certainties(rounds, rules_of(ontology))
    graphs = [ox.NamedNode(names().inferred_at(notation)) for _, notation in strengths]
    graphs[0] = ox.NamedNode(names().inferred_graph)
    found = []
    for quad in inferred:
        place = known.get((quad.subject, quad.predicate, quad.object), weakest)
        found.append(ox.Quad(quad.subject, quad.predicate, quad.object, graphs[place]))
    used = {quad.graph_name for quad in found}
    of_graphs = zip(graphs, strengths, strict=True)
    return [*found, *(ox.Quad(graph, _CERTAINTY, concept, graph) for graph, (concept, _) in of_graphs if graph in used)]


def by_strength(ontology: Iterable[ox.Quad]) -> list[tuple[ox.NamedNode, str]]:
    """Return the certainties of the ontology, the strongest first: each concept and its notation."""
    facts: dict[object, dict[object, object]] = defaultdict(dict)
    for quad in ontology:
        facts[quad.subject][quad.predicate] = quad.object
    found = [(concept, of) for concept, of in facts.items() if of.get(_IN_SCHEME) == _CERTAINTIES]
    found.sort(key=lambda pair: int(getattr(pair[1].get(_POSITION), "value", 0)))
    return [(concept, str(getattr(of.get(_NOTATION), "value", ""))) for concept, of in found]  # type: ignore[misc]


def certainties(rounds: Sequence[Iterable[Triple]], rules: Iterable[Rule]) -> dict[Triple, int]:
    """Return the number of the first round in which each triple holds, stated or inferred.

    ``rounds`` are the stated triples at each certainty, the strongest first. A triple that the rules do not give, such
    as one that rests on owl:sameAs, is left out.
    """
    chain = _Forward(rules)
    for stated in rounds:
        chain.add(stated)
    return chain.rounds


class _Forward:
    """Forward chaining, one new triple after the other (semi-naive evaluation)."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rounds: dict[Triple, int] = {}
        self._round = -1
        self._objects: dict[tuple[object, object], set[object]] = defaultdict(set)
        self._subjects: dict[tuple[object, object], set[object]] = defaultdict(set)
        self._of_predicate: dict[object, set[tuple[object, object]]] = defaultdict(set)
        #: The rules with a pattern that a triple of this key can match: the head, the pattern, and the other patterns.
        self._triggers: dict[object, list[tuple[_Pattern, _Pattern, tuple[_Pattern, ...]]]] = defaultdict(list)
        for rule in rules:
            body = [_pattern(pattern) for pattern in rule.body]
            for at, pattern in enumerate(body):
                rest = (*body[:at], *body[at + 1 :])
                self._triggers[_key(pattern[1], pattern[2])].append((_pattern(rule.head), pattern, rest))

    def add(self, stated: Iterable[Triple]) -> None:
        """Add the statements of the next round, and all that follows from what is known then."""
        self._round += 1
        waiting = list(stated)
        while waiting:
            triple = waiting.pop()
            if triple in self.rounds:
                continue
            self.rounds[triple] = self._round
            subject, predicate, object_ = triple
            self._objects[subject, predicate].add(object_)
            self._subjects[predicate, object_].add(subject)
            self._of_predicate[predicate].add((subject, object_))
            waiting += self._following(triple)

    def _following(self, triple: Triple) -> Iterator[Triple]:
        keys = {_key(triple[1], triple[2]), triple[1]}
        for key in keys:
            for head, pattern, rest in self._triggers.get(key, ()):
                bound = _matched(pattern, triple, {})
                if bound is not None:
                    for found in self._joined(rest, bound):
                        yield tuple(found.get(part, part) if isinstance(part, str) else part for part in head)  # type: ignore[misc]

    def _joined(self, patterns: tuple[_Pattern, ...], bound: dict[str, object]) -> Iterator[dict[str, object]]:
        """Yield each way in which the patterns hold, beginning with one of which an end is known."""
        if not patterns:
            yield bound
            return
        known = next((one for one in patterns if _is_known(one[0], bound) or _is_known(one[2], bound)), patterns[0])
        rest = tuple(one for one in patterns if one is not known)
        for triple in self._candidates(known, bound):
            more = _matched(known, triple, bound)
            if more is not None:
                yield from self._joined(rest, more)

    def _candidates(self, pattern: _Pattern, bound: dict[str, object]) -> list[Triple]:
        subject, predicate, object_ = (bound.get(part, part) if isinstance(part, str) else part for part in pattern)
        if not isinstance(subject, str):
            return [(subject, predicate, value) for value in self._objects.get((subject, predicate), ())]
        if not isinstance(object_, str):
            return [(one, predicate, object_) for one in self._subjects.get((predicate, object_), ())]
        return [(one, predicate, value) for one, value in self._of_predicate.get(predicate, ())]


def _pattern(pattern: Pattern) -> _Pattern:
    first, second, third = (to_ox(part) if isinstance(part, Term) else part for part in pattern)
    return first, second, third


def _key(predicate: object, object_: object) -> object:
    """Return what a pattern is looked up by: its predicate and, of rdf:type, the class."""
    return (predicate, object_) if predicate == _TYPE and not isinstance(object_, str) else predicate


def _is_known(part: _Part, bound: dict[str, object]) -> bool:
    return not isinstance(part, str) or part in bound


def _matched(pattern: _Pattern, triple: Triple, bound: dict[str, object]) -> dict[str, object] | None:
    """Return the bindings with those that the triple adds, or None where it does not match."""
    found = dict(bound)
    for part, term in zip(pattern, triple, strict=True):
        if isinstance(part, str):
            if found.setdefault(part, term) != term:
                return None
        elif part != term:
            return None
    return found
