"""Statements, the graphs that state them, and the labels of their terms, queried in batches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Final, NamedTuple, TypeVar

from ecp_graph.engine import Engine
from ecp_graph.engine.asking import ask_table
from ecp_graph.languages import preference
from ecp_graph.namespaces import names
from ecp_graph.sparql.results import Table, Term, to_ox

__all__ = ["Source", "Statement", "batches", "certainties_of", "in_sparql", "iri", "names_of", "rows_of", "stated_in"]

#: Statements asked for at once; a query of some hundred kilobytes is still answered quickly.
_BATCH: Final = 500
_STATED: Final = """
SELECT ?key ?graph ?locator ?certainty WHERE {{
  VALUES (?key ?a ?b ?c) {{ {values} }}
  GRAPH ?graph {{ ?a ?b ?c }}
  OPTIONAL {{ ?graph ecp:readingOf/ecp:locator ?locator }}
  OPTIONAL {{ ?graph ecp:certainty/skos:notation ?certainty }}
}}
ORDER BY ?key ?locator ?graph
"""
_CERTAINTIES: Final = """
SELECT ?certainty WHERE { ?concept skos:inScheme scheme:certainties ; skos:notation ?certainty ; ecp:position ?place }
ORDER BY ?place
"""
_NAMES: Final = """
SELECT ?term ?preferred ?plain WHERE {{
  VALUES ?term {{ {values} }}
  OPTIONAL {{ ?term skos:prefLabel ?preferred }}
  OPTIONAL {{ ?term rdfs:label|ecp:locator|ecp:timeframeText|(ecp:readingOf/ecp:locator) ?stated }}
  OPTIONAL {{ ?timed ecp:timeframe ?term ; ecp:numberText ?number }}
  BIND (COALESCE(?stated, CONCAT("time of action ", STR(?number))) AS ?plain)
}}
ORDER BY ?term ?preferred ?plain
"""

_Item = TypeVar("_Item")


class Statement(NamedTuple):
    """One triple."""

    subject: Term
    predicate: Term
    object: Term

    @property
    def text(self) -> str:
        """The triple in short forms, as ``body:ptc rdf:type ecp:Body``."""
        value = f'"{self.object.value}"' if self.object.kind == "literal" else self.object.text
        return f"{self.subject.text} {self.predicate.text} {value}"


@dataclass(frozen=True)
class Source:
    """A named graph that makes a statement: its IRI, its locator, and its certainty, which only a passage has."""

    graph: str
    locator: str
    certainty: str


def iri(value: str) -> Term:
    """Return the term of an IRI."""
    return Term("iri", value)


@lru_cache(maxsize=4096)
def in_sparql(term: Term) -> str:
    """Return a term as a query has it."""
    return str(to_ox(term))


def batches(items: Iterable[_Item]) -> Iterator[list[_Item]]:
    """Yield the items in lists, each for one query."""
    rest = iter(items)
    while batch := list(islice(rest, _BATCH)):
        yield batch


def certainties_of(engine: Engine, *, timeout_s: float | None = None) -> list[str]:
    """Return the notations of the certainties, the strongest first."""
    rows = ask_table(engine, _CERTAINTIES, timeout_s=timeout_s).rows
    return list(dict.fromkeys(certainty.value for (certainty,) in rows if certainty))


def stated_in(
    engine: Engine, statements: Sequence[Statement], *, timeout_s: float | None = None
) -> dict[Statement, tuple[Source, ...]]:
    """Return the graphs that state each of the statements; one that is stated nowhere is left out.

    What the build itself wrote, graph/inferred and graph/derived, states nothing.
    """
    found: dict[Statement, dict[Source, None]] = {}
    for batch in batches(statements):
        values = " ".join(f"({key} {' '.join(map(in_sparql, one))})" for key, one in enumerate(batch))
        for key, graph, locator, certainty in ask_table(
            engine, _STATED.format(values=values), timeout_s=timeout_s
        ).rows:
            if key and graph and not names().is_added(graph.value):
                source = Source(graph.value, locator.value if locator else "", certainty.value if certainty else "")
                found.setdefault(batch[int(key.value)], {})[source] = None
    return {statement: tuple(sources) for statement, sources in found.items()}


def names_of(engine: Engine, terms: Iterable[Term], *, timeout_s: float | None = None) -> dict[str, str]:
    """Return the names, in the main language if there are any, of those of the terms that are IRIs and have one.

    The name of a reading is the place of its passage.
    """
    found: dict[str, str] = {}
    for batch in batches(sorted({term.value for term in terms if term.kind == "iri"})):
        values = " ".join(in_sparql(iri(value)) for value in batch)
        rows = ask_table(engine, _NAMES.format(values=values), timeout_s=timeout_s).rows
        for term, preferred, plain in sorted(rows, key=lambda row: preference(row[1].language if row[1] else None)):
            name = preferred or plain
            if term and name:
                found.setdefault(term.value, name.value)
    return found


def rows_of(table: Table) -> Iterator[dict[str, Term]]:
    """Yield the rows of a table by the names of the columns, without the unbound cells."""
    for row in table.rows:
        yield {name: term for name, term in zip(table.columns, row, strict=True) if term is not None}
