"""Statistics of a graph: totals, classes, properties, and links to other datasets.

They are those of the merge as a store holds it, which keeps literals of some datatypes in one form: "1.50" as "1.5".
The description of a dataset is part of the dataset and must be included in the counts: `Counts.plus` adds it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import pyoxigraph as ox

from ecp_graph.namespaces import ECP, PREFIXES, names
from ecp_graph.tables.statements import LAYERS, LITERALS, Statements

__all__ = ["Counts", "count", "count_graphs", "make_merged"]

_TYPE: Final = str(ox.NamedNode(PREFIXES["rdf"] + "type"))
#: What may have another form in a store: literals of a datatype, but for plain numbers and truth values.
_TYPED: Final = """
SELECT id FROM terms
WHERE id >= $literals AND ends_with(term, '>')
  AND NOT (ends_with(term, $integer) AND regexp_matches(term, '^"(0|[1-9][0-9]{0,17})"'))
  AND NOT (ends_with(term, $boolean) AND regexp_matches(term, '^"(true|false)"'))"""
_STORED: Final = "SELECT DISTINCT s, p, coalesce(restored.same, o) AS o{g} FROM ({layers}) LEFT JOIN restored ON id = o"
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
        _note_stored_forms(statements)
        columns = {name: [numbers[triple[at]] for triple in texts] for at, name in enumerate(("s", "p", "o"))}
        statements.fill("added", columns)
        stored = _STORED.format(g="", layers="FROM added")
        statements.connection.execute(
            f"CREATE OR REPLACE TABLE added AS FROM ({stored}) ANTI JOIN merged USING (s, p, o)"
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


def make_merged(statements: Statements, layers: Sequence[str] = LAYERS) -> None:
    """Make the table ``merged`` of the triples of some layers, each once, as a store holds them."""
    _note_stored_forms(statements)
    merged = _STORED.format(g="", layers=_union(layers))
    statements.connection.execute(f"CREATE OR REPLACE TABLE merged AS {merged}")


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
    stored = _STORED.format(g=", g", layers=_union(LAYERS))
    return dict(sorted(statements.connection.execute(_GRAPHS.format(stored=stored)).fetchall()))


def namespace_of(term: str) -> str:
    """Return an IRI without what follows its last ``/`` or ``#``, or its last ``:`` where it has neither."""
    return re.sub(r"[^/#]*$", "", term) or re.sub(r"[^:]*$", "", term)


def _note_stored_forms(statements: Statements) -> None:
    """Make the table ``restored``: of each literal that a store holds in another form, the number of that form."""
    given = {"literals": LITERALS, **{kind: f"^^<{PREFIXES['xsd']}{kind}>" for kind in ("integer", "boolean")}}
    typed = [number for (number,) in statements.connection.execute(_TYPED, given).fetchall()]
    literals = list(statements.terms(typed).items())
    store = ox.Store()
    node = ox.NamedNode("urn:literal")
    store.extend(ox.Quad(ox.NamedNode(f"urn:{at}"), node, term) for at, (_, term) in enumerate(literals))
    forms = {int(str(quad.subject)[5:-1]): quad.object for quad in store}
    changed = {number: str(forms[at]) for at, (number, term) in enumerate(literals) if forms[at] != term}
    numbers = statements.numbers(changed.values())
    columns = {"id": list(changed), "same": [numbers[text] for text in changed.values()]}
    statements.fill("restored", columns)


def _classes(statements: Statements, table: str) -> list[tuple[str, int, str | None]]:
    """Return each class of a table of triples, how many named things are in it, and the first of them under id/."""
    given = {"type": statements.numbers([_TYPE])[_TYPE], **_own()}
    return statements.connection.execute(_CLASSES.format(table=table), given).fetchall()


def _properties(statements: Statements, table: str) -> dict[str, int]:
    return dict(statements.connection.execute(_PROPERTIES.format(table=table)).fetchall())


def _own() -> dict[str, str]:
    return {"own": f"<{names().id}"}


def _union(layers: Iterable[str]) -> str:
    return " UNION ALL ".join(f"FROM {layer}" for layer in layers)


def _sum(known: Mapping[str, int], more: Mapping[str, int]) -> dict[str, int]:
    return {name: known.get(name, 0) + more.get(name, 0) for name in sorted({*known, *more})}
