"""Derives overlaps with graded evidence by rules, and the readings in which each thing is stated.

The rules are the SELECT queries in ``queries/derive/`` of the workspace. They read stated and inferred statements but
never graph/derived, so running them again on a release adds nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import pyoxigraph as ox

from ecp_graph.languages import preference
from ecp_graph.namespaces import ECP, PREFIXES, names
from ecp_graph.overlap.evidence import Evidence, Scales, gather
from ecp_graph.overlap.mint import check_distinct, overlap_iri, overlap_quads
from ecp_graph.overlap.rules import SCHEMES, by_joins, by_sparql, make_evidence, read_rule
from ecp_graph.overlap.statements import statements_of
from ecp_graph.tables.statements import Statements

__all__ = ["JOINS_FROM", "derive", "merged_store"]

_READING_OF: Final = ox.NamedNode(ECP + "readingOf")
_STATED_IN: Final = ox.NamedNode(ECP + "statedIn")
#: With fewer quads, each of them once more in the default graph, planning the joins takes longer than asking a store.
JOINS_FROM: Final = 60_000
_ROWS: Final = """
WITH plain AS (SELECT id, substr(term, 2, length(term) - 2) AS term FROM terms)
SELECT a.term, b.term, kind, c.term, o.term, grade, coalesce(d.term, ''), way, premise, step, coalesce(r.term, '')
FROM evidence
JOIN plain AS a ON a.id = "memberA" JOIN plain AS b ON b.id = "memberB"
JOIN plain AS c ON c.id = cause JOIN plain AS o ON o.id = "on"
LEFT JOIN plain AS d ON d.id = action LEFT JOIN plain AS r ON r.id = reading"""
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


def derive(
    store: ox.Store,
    rules: Iterable[Path],
    *,
    engine: Literal["local", "reference"] = "local",
    joins_from: int = JOINS_FROM,
    progress: Callable[[str], None] = lambda _: None,
) -> list[ox.Quad]:
    """Return the quads of graph/derived: the overlaps that the rules find, and ecp:statedIn for all that is stated.

    A rule selects ?memberA ?memberB ?kind ?cause ?on ?grade and, where it knows them, ?action ?way ?premise ?step
    ?reading. Kind and grade are notations of concepts of their schemes, as the store has them. The local engine finds
    the rows by joins where there are as many quads as ``joins_from``, and tells ``progress`` of a rule that has none.
    Raises InputSyntaxError for a rule that does not parse or gives something else.
    """
    marks = _read_marks(store)
    is_joined = engine == "local" and len(store) >= joins_from
    statements = statements_of(store if is_joined else ())
    make_evidence(statements)
    for rule in map(read_rule, rules):
        why_not = by_joins(rule, statements, marks.concepts) if is_joined else "few statements"
        if is_joined and why_not:
            progress(f"{rule.path.name} runs on the embedded engine; it has no joins, because of: {why_not}")
        if why_not:
            by_sparql(rule, store, statements, marks.concepts)
    overlaps = gather(_evidence(statements), marks.scales)
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
    certainty_of = {row["reading"].value: row["notation"].value for row in _select(store, _CERTAINTY_OF)}
    kinds, grades, certainties = (tuple(concepts[term]) for term in SCHEMES)
    return _Marks(concepts, Scales(grades, kinds, certainties, families, certainty_of))


def _evidence(statements: Statements) -> Iterator[Evidence]:
    for row in statements.connection.execute(_ROWS).fetchall():
        yield Evidence(*row)


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
