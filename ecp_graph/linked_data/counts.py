"""Statistics of a graph: totals, classes, properties, and links to other datasets.

They are those of the merge as a store holds it, which keeps literals of some datatypes in one form: "1.50" as "1.5".
The description of a dataset is part of the dataset and must be included in the counts: `Counts.plus` adds it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import pyoxigraph as ox

from ecp_graph.namespaces import ECP, PREFIXES, names
from ecp_graph.tables.statements import LAYERS, Statements
from ecp_graph.tables.stored import note_stored_forms, stored

__all__ = ["Counts", "count", "count_graphs"]

_TYPE: Final = str(ox.NamedNode(PREFIXES["rdf"] + "type"))
_CLASSES: Final = """
SELECT class.term[2:-2], count(*), min(thing.term[2:-2]) FILTER (starts_with(thing.term, $own))
FROM {table} AS t JOIN terms AS class ON class.id = t.o JOIN terms AS thing ON thing.id = t.s
WHERE t.p = $type AND starts_with(class.term, '<') AND starts_with(thing.term, '<')
GROUP BY ALL"""
_PROPERTIES: Final = "SELECT term[2:-2], count(*) FROM {table} JOIN terms ON id = p GROUP BY term"
_GRAPHS: Final = """
SELECT term[2:-2], count(*) FROM ({stored}) JOIN terms ON terms.id = g WHERE term <> '' GROUP BY term"""
_TOTALS: Final = """
SELECT
  count(*),
  count(DISTINCT s),
  count(DISTINCT o),
  count(DISTINCT s) FILTER (s IN (SELECT id FROM terms WHERE starts_with(term, $own)))
FROM merged"""
_NEW_TOTALS: Final = """
SELECT
  count(*),
  count(DISTINCT s) FILTER (s NOT IN (SELECT s FROM merged)),
  count(DISTINCT o) FILTER (o NOT IN (SELECT o FROM merged)),
  count(DISTINCT s) FILTER (
    s NOT IN (SELECT s FROM merged) AND s IN (SELECT id FROM terms WHERE starts_with(term, $own)))
FROM added"""
#: Properties that say that a thing here is, or is like, a thing elsewhere, or that more is told there.
_LINKING: Final = [
    str(ox.NamedNode(PREFIXES[prefix] + name))
    for prefix, name in (
        *(("skos", name) for name in ("exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch")),
        *(("owl", "sameAs"), ("rdfs", "seeAlso"), ("schema", "sameAs")),
    )
]
_LINKS: Final = """
SELECT property.term[2:-2], target.term[2:-2]
FROM merged
JOIN terms AS property ON property.id = merged.p
JOIN terms AS thing ON thing.id = merged.s
JOIN terms AS target ON target.id = merged.o
WHERE property.term IN (SELECT unnest($linking)) AND starts_with(thing.term, $own)
  AND starts_with(target.term, '<') AND NOT starts_with(target.term, $base)"""


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

    def plus(self, statements: Statements, triples: Iterable[ox.Triple]) -> Counts:
        """Return the counts of the table ``merged``, which these are, with further triples in it."""
        texts = [[str(term) for term in (t.subject, t.predicate, t.object)] for t in triples]
        numbers = statements.numbers(text for triple in texts for text in triple)
        note_stored_forms(statements)
        columns = {name: [numbers[triple[at]] for triple in texts] for at, name in enumerate(("s", "p", "o"))}
        statements.fill("added", columns)
        held = stored(["added"], graphs=False)
        statements.connection.execute(
            f"CREATE OR REPLACE TABLE added AS FROM ({held}) ANTI JOIN merged USING (s, p, o)"
        )
        more = statements.connection.execute(_NEW_TOTALS, _own()).fetchall()[0]
        classes, properties = _classes(statements, "added"), _properties(statements, "added")
        statements.connection.execute("DROP TABLE added")
        return replace(
            self,
            triples=self.triples + more[0],
            subjects=self.subjects + more[1],
            objects=self.objects + more[2],
            entities=self.entities + more[3],
            classes=_sum(self.classes, {name: number for name, number, _ in classes}),
            properties=_sum(self.properties, properties),
        )


def count(statements: Statements) -> Counts:
    """Return the counts of the table ``merged``."""
    totals = statements.connection.execute(_TOTALS, _own()).fetchall()[0]
    classes = sorted(_classes(statements, "merged"))
    given = {"linking": _LINKING, "base": f"<{names().base}", **_own()}
    links: dict[tuple[str, str], int] = {}
    for name, target in statements.connection.execute(_LINKS, given).fetchall():
        key = name, namespace_of(target)
        links[key] = links.get(key, 0) + 1
    triples, subjects, objects, entities = totals
    return Counts(
        triples=triples,
        subjects=subjects,
        objects=objects,
        entities=entities,
        classes={name: number for name, number, _ in classes},
        properties=dict(sorted(_properties(statements, "merged").items())),
        examples={name: example for name, _, example in classes if name.startswith(ECP) and example is not None},
        links=dict(sorted(links.items())),
    )


def count_graphs(statements: Statements) -> dict[str, int]:
    """Return how many statements each named graph has, as a store holds them, by its IRI and in the order of these."""
    return dict(sorted(statements.connection.execute(_GRAPHS.format(stored=stored(LAYERS))).fetchall()))


def namespace_of(term: str) -> str:
    """Return an IRI without what follows its last ``/`` or ``#``, or its last ``:`` where it has neither."""
    return re.sub(r"[^/#]*$", "", term) or re.sub(r"[^:]*$", "", term)


def _classes(statements: Statements, table: str) -> list[tuple[str, int, str | None]]:
    """Return each class of a table of triples, how many named things are in it, and the first of them under id/."""
    given = {"type": statements.numbers([_TYPE])[_TYPE], **_own()}
    return statements.connection.execute(_CLASSES.format(table=table), given).fetchall()


def _properties(statements: Statements, table: str) -> dict[str, int]:
    return dict(statements.connection.execute(_PROPERTIES.format(table=table)).fetchall())


def _own() -> dict[str, str]:
    return {"own": f"<{names().id}"}


def _sum(known: Mapping[str, int], more: Mapping[str, int]) -> dict[str, int]:
    return {name: known.get(name, 0) + more.get(name, 0) for name in sorted({*known, *more})}
