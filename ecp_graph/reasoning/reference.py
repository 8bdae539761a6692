"""The closure and the contradictions by owlrl, which every faster way is compared with.

The certainty of what is inferred comes from a closure of the statements at each certainty with all that are stronger:
a triple is as certain as the first of these closures that has it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Final, TypeAlias

import pyoxigraph as ox
from rdflib import OWL, Graph

from ecp_graph.namespaces import compact
from ecp_graph.rdf.terms import to_graph, to_oxigraph, to_rdflib
from ecp_graph.reasoning.axioms import constraints_of
from ecp_graph.reasoning.closure import run_closure
from ecp_graph.reasoning.conflicts import find_conflicts
from ecp_graph.reasoning.contradiction import Contradiction, contradiction
from ecp_graph.reasoning.sameness import Same
from ecp_graph.tables.statements import Statements

__all__ = ["by_owlrl"]

#: Subject, predicate and object, as pyoxigraph has them.
_Triple: TypeAlias = tuple[object, object, object]
#: What `find_conflicts` finds as well, in better words.
_FOUND_ANYWAY: Final = re.compile(r"Disjoint classes|Irreflexive property|Erroneous usage of (asymmetric|disjoint)")
_IRI: Final = re.compile(r"\w+://[^\s,()]+")


def by_owlrl(statements: Statements, ontology: Sequence[ox.Quad]) -> list[Contradiction]:
    """Add what follows to the table ``known``, and return the contradictions."""
    levels = _stated(statements)
    given: set[_Triple] = set()
    known: dict[_Triple, int] = {}
    messages: list[str] = []
    for level in range(max(levels, default=0) + 1):
        given |= levels.get(level, set())
        graph = to_graph(ontology)
        for triple in given:
            graph.add(tuple(map(to_rdflib, triple)))  # type: ignore[arg-type]
        messages = run_closure(graph)
        for triple in _triples(graph):
            known.setdefault(triple, level)
    found = {triple: level for triple, level in known.items() if triple not in given}
    _add(statements, found)
    conflicts = find_conflicts(statements, constraints_of(ontology))
    return [*conflicts, *_merged(found, given), *_others(messages, given)]


def _stated(statements: Statements) -> dict[int, set[_Triple]]:
    """Return what is known, by the place of its certainty."""
    rows = statements.connection.execute("SELECT s, p, o, level FROM known").fetchall()
    terms = statements.terms(number for row in rows for number in row[:3])
    levels: dict[int, set[_Triple]] = defaultdict(set)
    for s, p, o, level in rows:
        levels[level].add((terms[s], terms[p], terms[o]))
    return levels


def _add(statements: Statements, found: dict[_Triple, int]) -> None:
    numbers = statements.numbers(str(term) for triple in found for term in triple)
    columns = {name: [numbers[str(triple[at])] for triple in found] for at, name in enumerate(("s", "p", "o"))}
    statements.fill("found", {**columns, "level": list(found.values())})
    statements.connection.execute("INSERT INTO known SELECT s, p, o, level, false FROM found")
    statements.connection.execute("DROP TABLE found")


def _triples(graph: Graph) -> list[_Triple]:
    return [tuple(map(to_oxigraph, triple)) for triple in graph]  # type: ignore[misc]


def _merged(found: dict[_Triple, int], given: set[_Triple]) -> list[Contradiction]:
    """Return the individuals that other axioms merge, such as a maximum cardinality."""
    same_as = to_oxigraph(OWL.sameAs)
    same = Same((subject, object_) for subject, predicate, object_ in given if predicate == same_as)
    return [
        contradiction(
            f"It follows that {compact(subject.value)} and {compact(object_.value)} are the same thing, but every IRI "
            "must name a different thing.",
            subject,
            object_,
        )
        for subject, predicate, object_ in sorted(found, key=str)
        if predicate == same_as
        and isinstance(subject, ox.NamedNode)
        and isinstance(object_, ox.NamedNode)
        and subject.value < object_.value
        and not same(subject, object_)
    ]


def _others(messages: Sequence[str], given: set[_Triple]) -> list[Contradiction]:
    """Return owlrl's other messages as sentences with short names."""
    known = {term for triple in given for term in (triple[0], triple[2])}
    found = []
    for message in sorted(set(messages)):
        if not _FOUND_ANYWAY.match(message):
            sentence = _IRI.sub(lambda iri: compact(iri.group()), message).rstrip(".") + "."
            things = (ox.NamedNode(iri) for iri in _IRI.findall(message))
            found.append(contradiction(sentence, *(thing for thing in things if thing in known)))
    return found
