"""The answers to the second reading (``answers.yaml``), and where the graph holds the statements that they name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pyoxigraph as ox
import yaml

from .graphs import ECP, ID, RDF_TYPE, READING, ROOT, SKOS, passage_of

TESTS = ROOT / "tests"
READ: dict[str, Any] = yaml.safe_load((TESTS / "second_reading" / "paragraphs.yaml").read_text(encoding="utf-8"))
ANSWERS: dict[str, Any] = yaml.safe_load((TESTS / "data" / "answers.yaml").read_text(encoding="utf-8"))
TABLES = ("facts", "tensions", "stakeholder_groups", "interpreted", "names", "decisions", "dates", "further")
VOCABULARIES = {"ecp": ECP, "skos": SKOS, "dcterms": "http://purl.org/dc/terms/"}

Statements = Mapping[str, frozenset[ox.Quad]]
"""Named graph to its statements."""


class Entry(NamedTuple):
    """One entry of a table of answers."""

    table: str
    place: str
    text: str
    answer: dict[str, Any]


class Fact(NamedTuple):
    """A statement without its graph; objects are IRIs or lexical forms."""

    subject: str
    predicate: str
    object: str


def entries(tables: tuple[str, ...] = TABLES, answers: Mapping[str, Any] = ANSWERS) -> list[Entry]:
    """Every entry of some tables of answers."""
    return [
        Entry(table, place, text, answer)
        for table in tables
        for place, found in answers[table].items()
        for text, answer in found.items()
    ]


def asked(table: str) -> list[tuple[str, str]]:
    """The places and texts of the second reading that a table of answers has to answer, doubles included."""
    key = {"tensions": "contradictions"}.get(table, table)
    return [
        (place, one["about"] if isinstance(one, dict) else one)
        for place, part in READ.items()
        for one in part.get(key) or []
    ]


def expanded(name: str) -> str:
    """The IRI of a prefixed name; text in quotation marks loses them, and anything else stays."""
    if name == "a":
        return RDF_TYPE
    if name[0] in "'\"":
        return name[1:-1]
    prefix, colon, local = name.partition(":")
    return VOCABULARIES.get(prefix, f"{ID}{prefix}/") + local if colon else name


def placed(place: str, statement: str) -> tuple[str, Fact]:
    """The passage of a statement, that of its entry unless it names another; and the statement itself."""
    elsewhere, bar, rest = statement.rpartition(" | ")
    subject, predicate, found = rest.split(" ", 2)
    return elsewhere if bar else place, Fact(expanded(subject), expanded(predicate), expanded(found))


class Graph:
    """The readings of the document by place, each with the statements of all its certainties."""

    def __init__(self, statements: Statements) -> None:
        self.by_place: dict[str, set[Fact]] = defaultdict(set)
        self.verbatim: set[tuple[str, Fact]] = set()
        self.objects: dict[tuple[str, str], set[str]] = defaultdict(set)
        self.labelled: dict[str, set[str]] = defaultdict(set)
        for graph, quads in statements.items():
            for quad in quads:
                fact = Fact(quad.subject.value, quad.predicate.value, quad.object.value)  # type: ignore[union-attr]
                if graph.startswith(READING):
                    self.by_place[passage_of(graph)].add(fact)
                    if graph == READING + passage_of(graph):
                        self.verbatim.add((passage_of(graph), fact))
                self.objects[fact.subject, fact.predicate].add(fact.object)
                if fact.predicate in {SKOS + "prefLabel", SKOS + "altLabel"}:
                    self.labelled[fact.subject].add(fact.object.lower())

    def at(self, place: str) -> set[Fact]:
        """What a passage states, with the heading right above it."""
        return self.by_place[place] | self.by_place[f"{place}-heading"]

    def has(self, place: str, statement: str) -> bool:
        """Whether a statement of an answer stands in the passage of the entry or in the one that it names."""
        where, wanted = placed(place, statement)
        if wanted.object == "*":
            return any(fact[:2] == wanted[:2] for fact in self.at(where))
        return wanted in self.at(where)

    def says(self, pair: str) -> bool:
        """Whether any reading of the document has a statement of a subject and a predicate."""
        subject, predicate = map(expanded, pair.split(" "))
        return any(fact[:2] == (subject, predicate) for facts in self.by_place.values() for fact in facts)

    def values(self, subject: str, *predicates: str) -> set[str]:
        """The objects of a subject and some properties of this ontology, in any passage."""
        return {value for name in predicates for value in self.objects.get((subject, ECP + name), ())}

    def named(self, name: str, things: set[str]) -> bool:
        """Whether one of some individuals has a label in which a name occurs."""
        return any(name.lower() in label for thing in things for label in self.labelled.get(thing, ()))

    def places_of(self, discrepancy: str) -> set[str]:
        """The passages that a discrepancy names, those of a heading as the passage below it too."""
        found = {iri.rpartition("/")[2] for iri in self.values(f"{ID}discrepancy/{discrepancy}", "discrepancyIn")}
        return found | {place.removesuffix("-heading") for place in found}


def problems_of(entry: Entry, graph: Graph) -> Iterator[str]:
    """What is wrong with one answer."""
    where = f"{entry.table} of {entry.place}, {entry.text!r}"
    answer = entry.answer
    if not answer.keys() & {"held", "silent", "in", "absent"}:
        yield f"{where}: neither held nor reasoned"
    if unknown := answer.keys() - {"held", "silent", "in", "absent"}:
        yield f"{where}: unknown keys {sorted(unknown)}"
    if "absent" in answer and len(str(answer["absent"])) < 15:
        yield f"{where}: no reason"
    for statement in answer.get("held") or []:
        if not graph.has(entry.place, statement):
            yield f"{where}: the graph has no {statement}"
        elif entry.table == "interpreted" and placed(entry.place, statement) in graph.verbatim:
            yield f"{where}: the words do not say {statement}, but it stands in a verbatim reading"
    for pair in answer.get("silent") or []:
        if graph.says(pair):
            yield f"{where}: the graph says something of {pair}"
    if "in" in answer:
        yield from _places_missing(entry, graph)


def _places_missing(entry: Entry, graph: Graph) -> Iterator[str]:
    """Places of a tension that none of the discrepancies of its answer names; ``tables`` is any row."""
    tension = next(one for one in READ[entry.place]["contradictions"] if one["about"] == entry.text)
    found: set[str] = set()
    for discrepancy in entry.answer["in"]:
        places = graph.places_of(discrepancy)
        if not places:
            yield f"tensions of {entry.place}, {entry.text!r}: there is no discrepancy:{discrepancy}"
        found |= places | ({"tables"} if any(place.startswith("action-") for place in places) else set())
    for place in sorted({entry.place, *tension["with"]} - found):
        yield f"tensions of {entry.place}, {entry.text!r}: {entry.answer['in']} do not name {place}"
