"""Finds where the statements of a workspace, with all that follows from them, contradict the ontology.

In a workspace, every IRI names a different thing. OWL would infer from two IRIs with one key that they are the same
(owl:sameAs), which is right for merging imports and wrong for validation; so that is a contradiction too. Stated
owl:sameAs triples are respected.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Any, Final

import pyoxigraph as ox
from owlrl.XsdDatatypes import OWL_Datatype_Subsumptions
from rdflib import URIRef

from ecp_graph.namespaces import PREFIXES
from ecp_graph.rdf.terms import to_rdflib
from ecp_graph.reasoning.axioms import Constraints
from ecp_graph.reasoning.contradiction import Contradiction, contradiction, show
from ecp_graph.reasoning.sameness import Same, value_of
from ecp_graph.tables.statements import Numbered

__all__ = ["find_conflicts"]

_TYPE: Final = ox.NamedNode(PREFIXES["rdf"] + "type")
_SAME_AS: Final = ox.NamedNode(PREFIXES["owl"] + "sameAs")


def find_conflicts(tables: Numbered, constraints: Constraints) -> list[Contradiction]:
    """Return the contradictions in the table ``known``, in the order of their sentences."""
    finder = _Finder(tables, constraints)
    found = {
        *finder.classes(),
        *finder.links(),
        *finder.functional(),
        *finder.keys(),
        *finder.malformed(),
        *finder.of_another_datatype(),
    }
    return sorted(found, key=lambda one: one.sentence)


class _Finder:
    def __init__(self, tables: Numbered, constraints: Constraints) -> None:
        self._tables = tables
        self._constraints = constraints
        self._same = Same(self._rows("SELECT s, o FROM known WHERE p = $1 AND stated", _SAME_AS))

    def classes(self) -> Iterator[Contradiction]:
        """Yield the things that are in two disjoint classes."""
        for first, second in self._constraints.disjoint_classes:
            members = (
                "SELECT s FROM known WHERE p = $1 AND o = $2 INTERSECT SELECT s FROM known WHERE p = $1 AND o = $3"
            )
            for (thing,) in self._rows(members, _TYPE, first, second):
                reasons = (f"{show(kind)} {self._reason(thing, kind)}" for kind in (first, second))
                sentence = f"{show(thing)} is in two classes that exclude each other: {', and '.join(reasons)}."
                yield contradiction(sentence, thing)

    def links(self) -> Iterator[Contradiction]:
        """Yield what is linked with itself, both ways, or by two properties, where the ontology excludes that."""
        limits = self._constraints
        for predicate in limits.irreflexive | limits.asymmetric:
            for (thing,) in self._rows("SELECT DISTINCT s FROM known WHERE p = $1 AND s = o", predicate):
                yield contradiction(
                    f"{show(thing)} has itself as {show(predicate)}, which never links a thing to itself; "
                    "name another one.",
                    thing,
                )
        back = "SELECT s, o FROM known WHERE p = $1 AND s <> o INTERSECT SELECT o, s FROM known WHERE p = $1"
        for predicate in limits.asymmetric:
            for first, second in self._rows(back, predicate):
                if str(first) < str(second):
                    yield contradiction(
                        f"{show(first)} and {show(second)} are linked both ways by {show(predicate)}, which holds one "
                        "way only; take one of the two statements out.",
                        first,
                        second,
                    )
        twice = "SELECT s, o FROM known WHERE p = $1 INTERSECT SELECT s, o FROM known WHERE p = $2"
        for one, other in limits.disjoint_properties:
            for first, second in self._rows(twice, one, other):
                yield contradiction(
                    f"{show(first)} has {show(second)} as {show(one)} and as {show(other)}, which exclude each other; "
                    "take one of the two statements out.",
                    first,
                    second,
                )

    def functional(self) -> Iterator[Contradiction]:
        """Yield the things with two values, and the values with two things, where only one is allowed."""
        values = "SELECT s, list(DISTINCT o) FROM known WHERE p = $1 GROUP BY s HAVING count(DISTINCT o) > 1"
        for predicate in self._constraints.functional:
            for thing, found in self._rows(values, predicate):
                for first, second in self._different(found):
                    yield contradiction(
                        f"{show(thing)} has two values for {show(predicate)}, which can have only one: "
                        f"{show(first)} and {show(second)}.",
                        thing,
                    )
        things = "SELECT o, list(DISTINCT s) FROM known WHERE p = $1 GROUP BY o HAVING count(DISTINCT s) > 1"
        for predicate in self._constraints.inverse_functional:
            for value, found in self._rows(things, predicate):
                for first, second in self._different(found):
                    yield contradiction(
                        f"Two IRIs name one thing: {show(first)} and {show(second)} share {show(value)} as "
                        f"{show(predicate)}, which only one thing can have.",
                        first,
                        second,
                    )

    def keys(self) -> Iterator[Contradiction]:
        """Yield the pairs of things that share a key."""
        for kind, properties in self._constraints.keys:
            columns = ", ".join(f"v{at}.o" for at in range(len(properties)))
            joins = " ".join(
                f"JOIN known AS v{at} ON v{at}.s = t.s AND v{at}.p = ${at + 3}" for at in range(len(properties))
            )
            query = f"SELECT DISTINCT t.s, {columns} FROM known AS t {joins} WHERE t.p = $1 AND t.o = $2"
            holders: dict[tuple[object, ...], dict[object, tuple[object, ...]]] = defaultdict(dict)
            for thing, *values in self._rows(query, _TYPE, kind, *properties):
                holders[tuple(map(value_of, values))].setdefault(thing, tuple(values))
            for found in holders.values():
                parts = zip(properties, found[min(found, key=str)], strict=True)
                text = ", ".join(f"{show(name)} {show(value)}" for name, value in parts)
                for first, second in self._different(found):
                    yield contradiction(
                        f"Two IRIs name one thing: {show(first)} and {show(second)} share the key of {show(kind)} "
                        f"({text}); give one of them another value, or merge them.",
                        first,
                        second,
                    )

    def malformed(self) -> Iterator[Contradiction]:
        """Yield the literals that are none of their datatype. Spec: OWL 2 Profiles, table 8."""
        for literal in self._tables.literals:
            if literal.datatype.value != PREFIXES["xsd"] + "string" and getattr(to_rdflib(literal), "ill_typed", False):
                for thing, predicate in self._rows("SELECT DISTINCT s, p FROM known WHERE o = $1", literal):
                    what = f"{show(literal)}, the {show(predicate)} of {show(thing)}"
                    sentence = f"{what}, is typed as {show(literal.datatype)} but is not a valid one."
                    yield contradiction(sentence, thing)

    def of_another_datatype(self) -> Iterator[Contradiction]:
        """Yield the literals that do not have the datatype that the ontology requires."""
        for predicate, datatype in self._constraints.datatypes:
            for (value,) in self._rows("SELECT DISTINCT o FROM known WHERE p = $1", predicate):
                if isinstance(value, ox.Literal) and _base(value.datatype.value) != _base(datatype):
                    for (thing,) in self._rows(
                        "SELECT DISTINCT s FROM known WHERE p = $1 AND o = $2", predicate, value
                    ):
                        what = f"{show(value)}, the {show(predicate)} of {show(thing)}"
                        wanted = show(ox.NamedNode(datatype))
                        yield contradiction(f"{what}, has the datatype {show(value.datatype)}, not {wanted}.", thing)

    def _reason(self, thing: object, kind: object) -> str:
        """Return why a thing is in a class: a stated class, or a property of which it is the subject or the value."""
        wider = self._constraints.superclasses
        stated = {one for (one,) in self._rows("SELECT o FROM known WHERE s = $1 AND p = $2 AND stated", thing, _TYPE)}
        if kind in stated:
            return "(stated)"
        for narrow in sorted(stated, key=str):
            if kind in wider.get(narrow, ()):
                return f"(it is stated to be an {show(narrow)})"
        for asked, classes, words in (
            ("SELECT p, o FROM known WHERE s = $1 AND stated", self._constraints.domains, "it has the {0} {1}"),
            ("SELECT p, s FROM known WHERE o = $1 AND stated", self._constraints.ranges, "it is the {0} of {1}"),
        ):
            for predicate, other in sorted(self._rows(asked, thing), key=str):
                if any(kind == one or kind in wider.get(one, ()) for one in classes.get(predicate, ())):
                    return f"({words.format(show(predicate), show(other))})"
        return "(by several steps)"

    def _different(self, terms: Iterable[object]) -> Iterator[tuple[object, object]]:
        pairs = combinations(sorted(terms, key=str), 2)
        return (pair for pair in pairs if not self._same(*pair))

    def _rows(self, query: str, *terms: object) -> list[Any]:
        """Return the rows of a query as terms; what the query is given are terms too."""
        given = [self._tables.number(term) for term in terms]
        rows = self._tables.connection.execute(query, given).fetchall()
        return [tuple(self._named(cell) for cell in row) for row in rows]

    def _named(self, cell: Any) -> Any:
        return [self._tables.term(one) for one in cell] if isinstance(cell, list) else self._tables.term(cell)


def _base(datatype: str) -> str:
    """Return the datatype out of whose values this one takes its own: xsd:decimal for xsd:integer."""
    wider = OWL_Datatype_Subsumptions.get(URIRef(datatype))
    return str(wider[-1]) if wider else datatype
