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
from ecp_graph.tables.statements import LITERALS, Statements

__all__ = ["find_conflicts"]

_XSD: Final = PREFIXES["xsd"]
_TYPE: Final = ox.NamedNode(PREFIXES["rdf"] + "type")
_SAME_AS: Final = ox.NamedNode(PREFIXES["owl"] + "sameAs")
_DATATYPE: Final = f"""
CASE
  WHEN ends_with(term, '>') THEN regexp_extract(term, '"\\^\\^<([^<>"]*)>$', 1)
  WHEN ends_with(term, '"') THEN '{_XSD}string'
  ELSE '{PREFIXES["rdf"]}langString'
END"""
#: Literals of a datatype, but for those that are plainly valid.
_DOUBTFUL: Final = f"""
SELECT id FROM terms
WHERE id >= {LITERALS} AND ends_with(term, '>')
  AND NOT (ends_with(term, '{_XSD}integer>') AND regexp_matches(term, '^"[0-9]{{1,18}}"'))
  AND NOT (ends_with(term, '{_XSD}boolean>') AND regexp_matches(term, '^"(true|false)"'))
  AND id IN (SELECT o FROM known)"""
_IN_CLASSES: Final = """
WITH kinds AS (
  SELECT DISTINCT s, o FROM known WHERE p = $type AND o IN (SELECT first FROM pairs UNION SELECT second FROM pairs))
SELECT one.s, pairs.first, pairs.second
FROM kinds AS one JOIN kinds AS other ON other.s = one.s JOIN pairs ON pairs.first = one.o AND pairs.second = other.o"""
_BACK: Final = """
SELECT DISTINCT there.p, there.s, there.o
FROM known AS there JOIN known AS back ON back.p = there.p AND back.s = there.o AND back.o = there.s
WHERE there.p IN (FROM chosen) AND there.s <> there.o"""
_TWICE: Final = """
SELECT DISTINCT pairs.first, pairs.second, one.s, one.o
FROM pairs JOIN known AS one ON one.p = pairs.first
JOIN known AS other ON other.p = pairs.second AND other.s = one.s AND other.o = one.o"""
_VALUES: Final = """
SELECT p, {of}, list(DISTINCT {values}) FROM known WHERE p IN (FROM chosen)
GROUP BY p, {of} HAVING count(DISTINCT {values}) > 1"""


def find_conflicts(statements: Statements, constraints: Constraints) -> list[Contradiction]:
    """Return the contradictions in the table ``known``, in the order of their sentences."""
    finder = _Finder(statements, constraints)
    found = {
        *finder.classes(),
        *finder.links(),
        *finder.functional(),
        *finder.keys(),
        *finder.misplaced(),
        *finder.malformed(),
        *finder.of_another_datatype(),
    }
    return sorted(found, key=lambda one: one.sentence)


class _Finder:
    def __init__(self, statements: Statements, constraints: Constraints) -> None:
        self._statements = statements
        self._constraints = constraints
        self._same = Same(self._rows("SELECT s, o FROM known WHERE p = $same AND stated", same=_SAME_AS))

    def classes(self) -> Iterator[Contradiction]:
        """Yield the things that are in two disjoint classes."""
        self._choose_pairs(self._constraints.disjoint_classes)
        for thing, *kinds in self._rows(_IN_CLASSES, type=_TYPE):
            reasons = [(kind, *self._reason(thing, kind)) for kind in kinds]
            told = ", and ".join(f"{show(kind)} {why}" for kind, why, _ in reasons)
            sentence = f"{show(thing)} is in two classes that exclude each other: {told}."
            yield contradiction(sentence, thing, statements=[one for *_, one in reasons if one])

    def links(self) -> Iterator[Contradiction]:
        """Yield what is linked with itself, both ways, or by two properties, where the ontology excludes that."""
        limits = self._constraints
        self._choose(limits.irreflexive | limits.asymmetric)
        for predicate, thing in self._rows("SELECT DISTINCT p, s FROM known WHERE s = o AND p IN (FROM chosen)"):
            yield contradiction(
                f"{show(thing)} has itself as {show(predicate)}, which never links a thing to itself; "
                "name another one.",
                thing,
                statements=[(thing, predicate, thing)],
            )
        self._choose(limits.asymmetric)
        for predicate, first, second in self._rows(_BACK):
            if str(first) < str(second):
                yield contradiction(
                    f"{show(first)} and {show(second)} are linked both ways by {show(predicate)}, which holds one "
                    "way only; take one of the two statements out.",
                    first,
                    second,
                    statements=[(first, predicate, second), (second, predicate, first)],
                )
        self._choose_pairs(limits.disjoint_properties)
        for one, other, first, second in self._rows(_TWICE):
            yield contradiction(
                f"{show(first)} has {show(second)} as {show(one)} and as {show(other)}, which exclude each other; "
                "take one of the two statements out.",
                first,
                second,
                statements=[(first, one, second), (first, other, second)],
            )

    def functional(self) -> Iterator[Contradiction]:
        """Yield the things with two values, and the values with two things, where only one is allowed."""
        self._choose(self._constraints.functional)
        for predicate, thing, found in self._rows(_VALUES.format(of="s", values="o")):
            for first, second in self._different(found):
                yield contradiction(
                    f"{show(thing)} has two values for {show(predicate)}, which can have only one: "
                    f"{show(first)} and {show(second)}.",
                    thing,
                    statements=[(thing, predicate, first), (thing, predicate, second)],
                )
        self._choose(self._constraints.inverse_functional)
        for predicate, value, found in self._rows(_VALUES.format(of="o", values="s")):
            for first, second in self._different(found):
                yield contradiction(
                    f"Two IRIs name one thing: {show(first)} and {show(second)} share {show(value)} as "
                    f"{show(predicate)}, which only one thing can have.",
                    first,
                    second,
                    statements=[(first, predicate, value), (second, predicate, value)],
                )

    def keys(self) -> Iterator[Contradiction]:
        """Yield the pairs of things that share a key."""
        self._note_meanings({one for _, properties in self._constraints.keys for one in properties})
        for kind, properties in self._constraints.keys:
            holders: dict[tuple[object, ...], dict[object, tuple[object, ...]]] = defaultdict(dict)
            chosen = {f"p{at}": one for at, one in enumerate(properties)}
            for thing, *values in self._rows(_sharing(len(properties)), type=_TYPE, kind=kind, **chosen):
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
                        statements=[(one, properties[-1], found[one][-1]) for one in (first, second)],
                    )

    def misplaced(self) -> Iterator[Contradiction]:
        """Yield the literals that are stated where the ontology has a thing, and the things where it has a literal."""
        stated = "SELECT DISTINCT s, p, o FROM known WHERE p IN (FROM chosen) AND stated AND o"
        literal = "a literal where a thing is due; write the IRI of the thing, without quotation marks."
        no_literal = "a thing where a literal is due; write the value itself, in quotation marks or as a number."
        for properties, misplaced, what in (
            (self._constraints.links, f">= {LITERALS}", literal),
            (self._constraints.attributes, f"< {LITERALS}", no_literal),
        ):
            self._choose(properties)
            for thing, predicate, value in self._rows(f"{stated} {misplaced}"):
                sentence = f"{show(value)}, the {show(predicate)} of {show(thing)}, is {what}"
                yield contradiction(sentence, thing, statements=[(thing, predicate, value)])

    def malformed(self) -> Iterator[Contradiction]:
        """Yield the literals that are none of their datatype. Spec: OWL 2 Profiles, table 8."""
        doubtful = {literal for (literal,) in self._rows(_DOUBTFUL)}
        self._choose(literal for literal in doubtful if getattr(to_rdflib(literal), "ill_typed", False))
        for thing, predicate, literal in self._rows("SELECT DISTINCT s, p, o FROM known WHERE o IN (FROM chosen)"):
            what = f"{show(literal)}, the {show(predicate)} of {show(thing)}"
            sentence = f"{what}, is typed as {show(literal.datatype)} but is not a valid one."
            yield contradiction(sentence, thing, statements=[(thing, predicate, literal)])

    def of_another_datatype(self) -> Iterator[Contradiction]:
        """Yield the literals that do not have the datatype that the ontology requires."""
        wanted: dict[object, set[str]] = defaultdict(set)
        for predicate, datatype in self._constraints.datatypes:
            wanted[predicate].add(datatype)
        self._choose(wanted)
        given = (
            f"SELECT p, o, {_DATATYPE} AS datatype FROM (SELECT DISTINCT p, o FROM known WHERE p IN (FROM chosen)) "
            f"JOIN terms ON terms.id = o AND o >= {LITERALS}"
        )
        kinds = self._statements.connection.execute(f"SELECT DISTINCT p, datatype FROM ({given})").fetchall()
        predicates = self._statements.terms(predicate for predicate, _ in kinds)
        for number, found in kinds:
            for datatype in wanted[predicates[number]]:
                if _base(found) == _base(datatype):
                    continue
                others = (
                    f"SELECT DISTINCT known.s, known.o FROM ({given}) AS given JOIN known USING (p, o) "
                    f"WHERE p = $predicate AND datatype = '{found}'"
                )
                for thing, value in self._rows(others, predicate=predicates[number]):
                    what = f"{show(value)}, the {show(predicates[number])} of {show(thing)}"
                    sentence = f"{what}, has the datatype {show(value.datatype)}, not {show(ox.NamedNode(datatype))}."
                    yield contradiction(sentence, thing, statements=[(thing, predicates[number], value)])

    def _reason(self, thing: object, kind: object) -> tuple[str, tuple[object, object, object] | None]:
        """Return why a thing is in a class, and the statement that puts it there, where it is one.

        It is a stated class, or a property of which it is the subject or the value.
        """
        limits = self._constraints
        classes = self._rows("SELECT o FROM known WHERE s = $thing AND p = $type AND stated", thing=thing, type=_TYPE)
        stated = {one for (one,) in classes}
        if kind in stated:
            return "(stated)", (thing, _TYPE, kind)
        for narrow in sorted(stated, key=str):
            if kind in limits.superclasses.get(narrow, ()):
                return f"(it is stated to be an {show(narrow)})", (thing, _TYPE, narrow)
        for predicate, value in sorted(
            self._rows("SELECT p, o FROM known WHERE s = $thing AND stated", thing=thing), key=str
        ):
            if self._is_within(limits.domains.get(predicate, ()), kind):
                return f"(it has the {show(predicate)} {show(value)})", (thing, predicate, value)
        for predicate, other in sorted(
            self._rows("SELECT p, s FROM known WHERE o = $thing AND stated", thing=thing), key=str
        ):
            if self._is_within(limits.ranges.get(predicate, ()), kind):
                return f"(it is the {show(predicate)} of {show(other)})", (other, predicate, thing)
        return "(by several steps)", None

    def _is_within(self, classes: Iterable[object], kind: object) -> bool:
        """Return whether one of the classes is this one, or a class below it."""
        return any(kind == one or kind in self._constraints.superclasses.get(one, ()) for one in classes)

    def _different(self, terms: Iterable[object]) -> Iterator[tuple[object, object]]:
        pairs = combinations(sorted(terms, key=str), 2)
        return (pair for pair in pairs if not self._same(*pair))

    def _note_meanings(self, properties: Iterable[object]) -> None:
        """Make the table ``meanings``: for a literal the number that stands for all with its value."""
        self._choose(properties)
        asked = f"SELECT DISTINCT o FROM known WHERE p IN (FROM chosen) AND o >= {LITERALS}"
        numbers = [number for (number,) in self._statements.connection.execute(asked).fetchall()]
        literals = self._statements.terms(numbers)
        first: dict[object, int] = {}
        same = [first.setdefault(value_of(literal), number) for number, literal in literals.items()]
        self._statements.fill("meanings", {"id": list(literals), "same": same})

    def _choose(self, terms: Iterable[object]) -> None:
        numbers = self._statements.numbers(map(str, terms))
        self._statements.fill("chosen", {"id": sorted(numbers.values())})

    def _choose_pairs(self, pairs: Iterable[tuple[object, object]]) -> None:
        texts = [(str(first), str(second)) for first, second in pairs]
        numbers = self._statements.numbers(text for pair in texts for text in pair)
        columns = {name: [numbers[pair[at]] for pair in texts] for at, name in enumerate(("first", "second"))}
        self._statements.fill("pairs", columns)

    def _rows(self, query: str, **terms: object) -> list[Any]:
        """Return the rows of a query as terms; what the query is given are terms too."""
        numbers = self._statements.numbers(map(str, terms.values()))
        given = {name: numbers[str(term)] for name, term in terms.items()}
        rows = self._statements.connection.execute(query, given).fetchall()
        cells = [cell for row in rows for cell in row]
        found = self._statements.terms(one for cell in cells for one in (cell if isinstance(cell, list) else [cell]))
        return [
            tuple([found[one] for one in cell] if isinstance(cell, list) else found[cell] for cell in row)
            for row in rows
        ]


def _sharing(properties: int) -> str:
    """Return the query for the things of a class that share the values of so many properties, with these."""
    numbers = range(properties)
    values = ", ".join(f"v{at}.o AS v{at}, coalesce(m{at}.same, v{at}.o) AS k{at}" for at in numbers)
    joins = " ".join(
        f"JOIN known AS v{at} ON v{at}.s = thing.s AND v{at}.p = $p{at} "
        f"LEFT JOIN meanings AS m{at} ON m{at}.id = v{at}.o"
        for at in numbers
    )
    return (
        f"SELECT s, {', '.join(f'v{at}' for at in numbers)} FROM ("
        f"SELECT DISTINCT thing.s, {values} FROM known AS thing {joins} WHERE thing.p = $type AND thing.o = $kind) "
        f"WINDOW shared AS (PARTITION BY {', '.join(f'k{at}' for at in numbers)}) "
        "QUALIFY min(s) OVER shared <> max(s) OVER shared"
    )


def _base(datatype: str) -> str:
    """Return the datatype out of whose values this one takes its own: xsd:decimal for xsd:integer."""
    wider = OWL_Datatype_Subsumptions.get(URIRef(datatype))
    return str(wider[-1]) if wider else datatype
