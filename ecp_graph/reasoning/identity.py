"""Finds violations of keys and functional properties: in a workspace, every IRI names a different thing.

OWL would infer that two IRIs with the same key are the same thing (owl:sameAs). This is right for merging imports but
wrong for validation, so the conflict is reported and nothing is merged. Stated owl:sameAs triples are respected.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from itertools import combinations, product
from numbers import Number

from rdflib import OWL, RDF, Graph, Literal
from rdflib.term import Node

from ecp_graph.reasoning.contradiction import Contradiction, contradiction, show

__all__ = ["find_clashes"]


def find_clashes(closed: Graph, stated: Graph) -> list[Contradiction]:
    """Return the contradictions between what ``closed`` (data, ontology and closure) says and one thing to an IRI.

    ``stated`` is the same before the closure; the owl:sameAs in it are no clashes.
    """
    same = _Same(stated)
    clashes = [
        *_functional(closed, same),
        *_inverse_functional(closed, same),
        *_keys(closed, same),
        *_merged(closed, same),
    ]
    return sorted(set(clashes), key=lambda clash: clash.sentence)


class _Same:
    """Which terms are stated to be the same: by owl:sameAs, at any remove, or as literals of one value."""

    def __init__(self, stated: Graph) -> None:
        self._next: dict[Node, set[Node]] = defaultdict(set)
        for first, second in stated.subject_objects(OWL.sameAs):
            self._next[first].add(second)
            self._next[second].add(first)

    def __call__(self, first: Node, second: Node) -> bool:
        if first == second or (_value(first) is not None and _value(first) == _value(second)):
            return True
        reached, edge = {first}, [first]
        while edge:
            new = self._next.get(edge.pop(), set()) - reached
            reached |= new
            edge.extend(new)
        return second in reached


def _value(term: Node) -> object:
    value = term.value if isinstance(term, Literal) else None
    return value if isinstance(value, Number | date | datetime) else None


def _functional(closed: Graph, same: _Same) -> Iterator[Contradiction]:
    for predicate in closed.subjects(RDF.type, OWL.FunctionalProperty):
        for subject, values in _grouped(closed.subject_objects(predicate)).items():
            for first, second in _pairs(values):
                if not same(first, second):
                    yield contradiction(
                        f"{show(subject)} has two values for {show(predicate)}, which can have only one: "
                        f"{show(first)} and {show(second)}.",
                        subject,
                    )


def _inverse_functional(closed: Graph, same: _Same) -> Iterator[Contradiction]:
    for predicate in closed.subjects(RDF.type, OWL.InverseFunctionalProperty):
        pairs = ((value, subject) for subject, value in closed.subject_objects(predicate))
        for value, subjects in _grouped(pairs).items():
            for first, second in _pairs(subjects):
                if not same(first, second):
                    yield contradiction(
                        f"Two IRIs name one thing: {show(first)} and {show(second)} share {show(value)} as "
                        f"{show(predicate)}, which only one thing can have.",
                        first,
                        second,
                    )


def _keys(closed: Graph, same: _Same) -> Iterator[Contradiction]:
    for kind, members in closed.subject_objects(OWL.hasKey):
        properties = list(closed.items(members))
        holders: dict[tuple[object, ...], set[Node]] = defaultdict(set)
        texts: dict[tuple[object, ...], str] = {}
        for thing in closed.subjects(RDF.type, kind):
            for values in product(*(closed.objects(thing, predicate) for predicate in properties)):
                key = tuple(value if _value(value) is None else _value(value) for value in values)
                holders[key].add(thing)
                parts = zip(properties, values, strict=True)
                texts.setdefault(key, ", ".join(f"{show(p)} {show(v)}" for p, v in parts))
        for key, things in holders.items():
            for first, second in _pairs(things):
                if not same(first, second):
                    yield contradiction(
                        f"Two IRIs name one thing: {show(first)} and {show(second)} share the key of {show(kind)} "
                        f"({texts[key]}); give one of them another value, or merge them.",
                        first,
                        second,
                    )


def _merged(closed: Graph, same: _Same) -> Iterator[Contradiction]:
    """Individuals merged by other axioms, such as a maximum cardinality."""
    for first, second in closed.subject_objects(OWL.sameAs):
        if str(first) < str(second) and not same(first, second):
            yield contradiction(
                f"It follows that {show(first)} and {show(second)} are the same thing, but every IRI must name a "
                "different thing.",
                first,
                second,
            )


def _pairs(terms: set[Node]) -> Iterator[tuple[Node, Node]]:
    return combinations(sorted(terms, key=lambda term: term.n3()), 2)


def _grouped(pairs: Iterator[tuple[Node, Node]]) -> dict[Node, set[Node]]:
    groups: dict[Node, set[Node]] = defaultdict(set)
    for key, value in pairs:
        groups[key].add(value)
    return groups
