"""Derives overlaps with graded evidence by rules, and the readings in which each thing is stated.

The rules are the SELECT queries in ``queries/derive/`` of the workspace. They read stated and inferred statements but
never graph/derived, so running them again on a release adds nothing.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from ecp_graph.errors import InputSyntaxError, QueryTooComplex
from ecp_graph.inputs import read_input
from ecp_graph.languages import preference
from ecp_graph.namespaces import ECP, PREFIXES, names
from ecp_graph.overlap.evidence import Evidence, Scales, gather
from ecp_graph.overlap.mint import check_distinct, overlap_iri, overlap_quads
from ecp_graph.sparql.guard import refuse_excess
from ecp_graph.sparql.text import position, tokens

__all__ = ["derive", "merged_store"]

_READING_OF: Final = ox.NamedNode(ECP + "readingOf")
_STATED_IN: Final = ox.NamedNode(ECP + "statedIn")
_REQUIRED: Final = ("memberA", "memberB", "kind", "cause", "on", "grade")
_OPTIONAL: Final = ("action", "way", "premise", "step", "reading")
#: The columns of a rule that hold no IRI.
_WORDS: Final = frozenset({"kind", "grade", "way", "premise", "step"})
#: The property of an overlap for each scheme that its marks are of.
_SCHEMES: Final = {"overlapKind": "overlap-kinds", "evidenceGrade": "evidence-grades", "certainty": "certainties"}
_POSITION: Final = re.compile(r"error at (\d+):(\d+):")
_NAMES: Final = """
    SELECT ?thing ?label (MIN(?notation) AS ?short) WHERE {
      ?thing skos:prefLabel ?label OPTIONAL { ?thing skos:notation ?notation }
    } GROUP BY ?thing ?label"""
_CONCEPTS: Final = """
    SELECT ?scheme ?notation ?concept ?position ?top WHERE {
      ?concept skos:inScheme ?scheme ; skos:notation ?notation
      OPTIONAL { ?concept ecp:position ?position }
      OPTIONAL { ?concept skos:broader+ ?broadest . ?broadest skos:notation ?top
                 FILTER NOT EXISTS { ?broadest skos:broader ?broader } }
    }"""
_CERTAINTY_OF: Final = """
    SELECT ?reading ?notation WHERE { ?reading a ecp:Reading ; ecp:certainty/skos:notation ?notation }"""
_SUPERCLASSES: Final = """
    SELECT DISTINCT ?super WHERE { ecp:Overlap rdfs:subClassOf+ ?super FILTER(isIRI(?super)) } ORDER BY ?super"""


def merged_store(quads: Iterable[ox.Quad]) -> ox.Store:
    """Return an in-memory store of the quads whose default graph is their merge, each triple once."""
    store = ox.Store()
    quads = list(quads)
    store.extend(quads)
    store.extend([ox.Quad(quad.subject, quad.predicate, quad.object) for quad in quads])
    return store


def derive(store: ox.Store, rules: Iterable[Path]) -> list[ox.Quad]:
    """Return the quads of graph/derived: the overlaps that the rules find, and ecp:statedIn for all that is stated.

    A rule selects ?memberA ?memberB ?kind ?cause ?on ?grade and, where it knows them, ?action ?way ?premise ?step
    ?reading. Kind and grade are notations of concepts of their schemes, as the store has them. Raises InputSyntaxError
    for a rule that does not parse or gives something else.
    """
    marks = _read_marks(store)
    rows = (row for path in rules for row in _rows(store, path, marks.concepts))
    overlaps = gather(rows, marks.scales)
    check_distinct(overlaps)
    name = _namer(store)
    graph = ox.NamedNode(names().derived_graph)
    types = [row["super"] for row in _select(store, _SUPERCLASSES)]
    quads = [quad for overlap in overlaps for quad in overlap_quads(overlap, name, marks.concepts, graph)]
    nodes = [ox.NamedNode(overlap_iri(overlap)) for overlap in overlaps]
    quads += [ox.Quad(node, ox.NamedNode(PREFIXES["rdf"] + "type"), kind, graph) for node in nodes for kind in types]
    return sorted(dict.fromkeys([*quads, *_stated_in(store, graph)]), key=str)


@dataclass(frozen=True)
class _Marks:
    """The concept (IRI) of each notation, by the property that it is a value of; and the orders of the notations."""

    concepts: Mapping[str, Mapping[str, str]]
    scales: Scales


def _read_marks(store: ox.Store) -> _Marks:
    """Return the kinds, grades and certainties of the store, by ecp:position, without one in the alphabet's order."""
    properties = {PREFIXES["scheme"] + scheme: term for term, scheme in _SCHEMES.items()}
    concepts: dict[str, dict[str, str]] = {term: {} for term in _SCHEMES}
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
    certainty_of = {row["reading"].value: row["notation"].value for row in _select(store, _CERTAINTY_OF)}
    kinds, grades, certainties = (tuple(concepts[term]) for term in _SCHEMES)
    return _Marks(concepts, Scales(grades, kinds, certainties, families, certainty_of))


def _rows(store: ox.Store, path: Path, concepts: Mapping[str, Mapping[str, str]]) -> Iterator[Evidence]:
    try:
        text = read_input(path).decode()
        refuse_excess(text)  # a deep one would overflow the stack
        solutions = store.query(text, prefixes=dict(names().prefixes))
    except UnicodeDecodeError as reason:
        raise InputSyntaxError(path, f"it is not UTF-8 ({reason}).") from reason
    except QueryTooComplex as reason:
        raise InputSyntaxError(path, str(reason)) from reason
    except SyntaxError as error:
        raise _syntax_error(path, str(error.msg)) from error
    columns = {variable.value for variable in getattr(solutions, "variables", ())}
    if missing := [name for name in _REQUIRED if name not in columns]:
        raise InputSyntaxError(path, f"the rule does not select ?{' ?'.join(missing)}")
    read = [name for name in (*_REQUIRED, *_OPTIONAL) if name in columns]
    for row in solutions:  # type: ignore[union-attr]
        values = {name: row[name].value for name in read if row[name] is not None}
        if any(not isinstance(row[name], ox.NamedNode) for name in values if name not in _WORDS):
            raise InputSyntaxError(path, f"the rule gives something other than an IRI in {row}")
        if missing := [name for name in _REQUIRED if name not in values]:
            raise InputSyntaxError(path, f"the rule gives {row}, which lacks ?{' ?'.join(missing)}")
        for mark, term in (("kind", "overlapKind"), ("grade", "evidenceGrade")):
            if values[mark] not in concepts[term]:
                raise _unknown_mark(path, text, mark, values[mark], _SCHEMES[term], concepts[term])
        # without premises, whatever a reading states is needed
        premise = values.pop("premise", values.get("reading", ""))
        yield Evidence(
            values.pop("memberA"),
            values.pop("memberB"),
            **values,
            premise=premise,  # the columns are its fields
        )


def _unknown_mark(path: Path, text: str, mark: str, value: str, scheme: str, known: Iterable[str]) -> InputSyntaxError:
    """Return the error of a rule that gives a kind or grade which is none, with the line that it is written on."""
    written = (token.start for token in tokens(text) if token.kind == "string" and token.text.strip("\"'") == value)
    line = next((position(text, start)[0] for start in written), None)
    scheme = PREFIXES["scheme"] + scheme
    reason = f"the rule gives the {mark} '{value}', which is no concept of {scheme}."
    reason += f" Its concepts are: {', '.join(known) or 'none'}."
    return InputSyntaxError(path, f"{reason} Give one of these, or add '{value}' to the scheme.", line)


def _syntax_error(path: Path, message: str) -> InputSyntaxError:
    """Return the parser's error with the line in the file, and without its list of all that could follow."""
    match = _POSITION.match(message)
    if match is None:
        return InputSyntaxError(path, message)
    return InputSyntaxError(path, f"column {match[2]}: this is not SPARQL 1.1", int(match[1]))


def _stated_in(store: ox.Store, target: ox.NamedNode) -> Iterator[ox.Quad]:
    for graph in store.named_graphs():
        if not names().is_own(graph.value):
            quads = list(store.quads_for_pattern(None, None, None, graph))
            itself = {graph} | {quad.object for quad in quads if quad.predicate == _READING_OF}
            subjects = {quad.subject for quad in quads} - itself
            yield from (ox.Quad(subject, _STATED_IN, graph, target) for subject in subjects)


def _namer(store: ox.Store) -> Callable[[str], str]:
    rows = sorted(_select(store, _NAMES), key=lambda row: (preference(row["label"].language), row["label"].value))
    known: dict[str, str] = {}
    for row in rows:
        known.setdefault(row["thing"].value, (row["short"] or row["label"]).value)
    return lambda iri: known.get(iri) or iri.rstrip("/").rpartition("/")[2]


def _select(store: ox.Store, query: str) -> ox.QuerySolutions:
    return store.query(query, prefixes=dict(names().prefixes))  # type: ignore[return-value]
