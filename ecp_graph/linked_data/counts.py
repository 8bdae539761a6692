"""Statistics of a graph: totals, classes, properties, and links to other datasets.

The description of a dataset is part of the dataset and must be included in the counts: `Counts.plus` adds it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import pyoxigraph as ox

from ecp_graph.namespaces import ECP, PREFIXES, names

__all__ = ["Counts", "count", "select"]

_TYPE: Final = ox.NamedNode(PREFIXES["rdf"] + "type")
_DEFAULT: Final = ox.DefaultGraph()
_CLASSES: Final = """
    SELECT ?class (COUNT(DISTINCT ?thing) AS ?count) (MIN(?local) AS ?example) WHERE {
      ?thing a ?class FILTER(isIRI(?class) && isIRI(?thing))
      BIND(IF(STRSTARTS(STR(?thing), STR(id:)), STR(?thing), ?none) AS ?local)
    } GROUP BY ?class ORDER BY ?class"""
_PROPERTIES: Final = """
    SELECT ?property (COUNT(*) AS ?count) WHERE { ?s ?property ?o } GROUP BY ?property ORDER BY ?property"""
_TOTALS: Final = """
    SELECT (COUNT(*) AS ?triples) (COUNT(DISTINCT ?s) AS ?subjects) (COUNT(DISTINCT ?o) AS ?objects)
           (COUNT(DISTINCT ?entity) AS ?entities)
    WHERE { ?s ?p ?o BIND(IF(STRSTARTS(STR(?s), STR(id:)), ?s, ?none) AS ?entity) }"""
#: Properties that say that a thing here is, or is like, a thing elsewhere, or that more is told there.
_LINKS: Final = """
    SELECT ?property ?target WHERE {{
      VALUES ?property {{ skos:exactMatch skos:closeMatch skos:broadMatch skos:narrowMatch skos:relatedMatch
                         owl:sameAs rdfs:seeAlso schema:sameAs }}
      ?thing ?property ?target
      FILTER(isIRI(?target) && STRSTARTS(STR(?thing), STR(id:)) && !STRSTARTS(STR(?target), "{base}"))
    }} ORDER BY ?property ?target"""


@dataclass(frozen=True)
class Counts:
    """Numbers of a graph; ``entities`` are the subjects under id/.

    ``classes``: class to the number of named things; ``properties``: property to triples; ``examples``: own class to
    one thing under id/; ``links``: property and namespace of the other data set to triples.
    """

    triples: int
    subjects: int
    objects: int
    entities: int
    classes: Mapping[str, int]
    properties: Mapping[str, int]
    examples: Mapping[str, str]
    links: Mapping[tuple[str, str], int]

    @property
    def vocabularies(self) -> list[str]:
        """The namespaces of the classes and properties in use."""
        return sorted({namespace_of(term) for term in (*self.classes, *self.properties)})

    def plus(self, store: ox.Store, triples: Iterable[ox.Triple]) -> Counts:
        """Return the counts of the store's default graph, which these are, with further triples in it."""
        new = {triple for triple in triples if ox.Quad(*_parts(triple), _DEFAULT) not in store}
        subjects = {t.subject for t in new if not any(store.quads_for_pattern(t.subject, None, None, _DEFAULT))}
        objects = {t.object for t in new if not any(store.quads_for_pattern(None, None, t.object, _DEFAULT))}
        named = [t for t in new if t.predicate == _TYPE and _is_iri(t.subject) and _is_iri(t.object)]
        return replace(
            self,
            triples=self.triples + len(new),
            subjects=self.subjects + len(subjects),
            objects=self.objects + len(objects),
            entities=self.entities + sum(getattr(subject, "value", "").startswith(names().id) for subject in subjects),
            classes=_sum(self.classes, (getattr(t.object, "value", "") for t in named)),
            properties=_sum(self.properties, (t.predicate.value for t in new)),
        )


def count(store: ox.Store) -> Counts:
    """Return the counts of the default graph of a store."""
    totals = next(iter(select(store, _TOTALS)))
    classes = list(select(store, _CLASSES))
    links: Counter[tuple[str, str]] = Counter()
    for row in select(store, _LINKS.format(base=names().base)):
        links[row["property"].value, namespace_of(row["target"].value)] += 1
    return Counts(
        **{name: int(totals[name].value) for name in ("triples", "subjects", "objects", "entities")},
        classes={row["class"].value: int(row["count"].value) for row in classes},
        properties={row["property"].value: int(row["count"].value) for row in select(store, _PROPERTIES)},
        examples={row["class"].value: row["example"].value for row in classes if _has_example(row)},
        links=dict(sorted(links.items())),
    )


def namespace_of(term: str) -> str:
    """Return an IRI without what follows its last ``/`` or ``#``, or its last ``:`` where it has neither."""
    return re.sub(r"[^/#]*$", "", term) or re.sub(r"[^:]*$", "", term)


def select(store: ox.Store, query: str) -> Any:
    """Return the solutions of a SELECT, the project's prefixes declared."""
    return store.query(query, prefixes=dict(names().prefixes))


def _has_example(row: Any) -> bool:
    return row["class"].value.startswith(ECP) and row["example"] is not None


def _sum(known: Mapping[str, int], more: Iterable[str]) -> dict[str, int]:
    total = Counter(known)
    total.update(more)
    return dict(sorted(total.items()))


def _parts(triple: ox.Triple) -> tuple[Any, Any, Any]:
    return triple.subject, triple.predicate, triple.object


def _is_iri(term: object) -> bool:
    return isinstance(term, ox.NamedNode)
