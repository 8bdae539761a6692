"""The record of earlier pushes in a store: the graph graph/push-manifest, with one triple for each pushed graph.

::

    <…/graph/push-manifest#sha256-3f2a…> dcterms:isVersionOf <…/graph/pc0457e1/para-9> .

A graph gets its mark after all of it has arrived, and loses it before it is replaced; meanwhile the mark says that a
push has begun. So a graph with the mark of its present content needs no push, whatever moment an earlier push was
stopped at. What a ledger cannot tell is that somebody else has changed a graph since; a changed count does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import pyoxigraph as ox

from ecp_graph.engine import Engine
from ecp_graph.engine.asking import ask_table
from ecp_graph.linked_data.push.contents import Content
from ecp_graph.namespaces import PREFIXES, names
from ecp_graph.sparql.results import Term

__all__ = ["BEGUN", "Ledger", "Store", "ledger_graph", "mark_line", "unchanged"]

_TITLE: Final = ox.NamedNode(PREFIXES["dcterms"] + "title")
_VERSION_OF: Final = ox.NamedNode(PREFIXES["dcterms"] + "isVersionOf")
_IDENTIFIER: Final = ox.NamedNode(PREFIXES["dcterms"] + "identifier")
#: Stands for the digest while a push writes a graph: what is in there is its own to replace.
BEGUN: Final = "begun"
_PAGE: Final = 5000
_BATCH: Final = 100


@dataclass
class Ledger:
    """The marks: graph to digest; the release that was pushed last, when it was pushed to the end."""

    marks: dict[str | None, str] = field(default_factory=dict)
    release: str | None = None
    exists: bool = False

    def owns(self, graph: str | None) -> bool:
        """Whether a push has put something into the graph."""
        return graph in self.marks

    def ntriples(self, *, release: str | None = None) -> bytes:
        """Return the whole ledger."""
        title = ox.Literal("What ecp-graph push has put into this store", language="en")
        ledger = ox.NamedNode(ledger_graph())
        triples = [ox.Triple(ledger, _TITLE, title)]
        if release:
            triples.append(ox.Triple(ledger, _IDENTIFIER, ox.Literal(release)))
        lines = [f"{triple} .\n".encode() for triple in triples]
        return b"".join([*lines, *(mark_line(graph, digest) for graph, digest in self.marks.items())])


def ledger_graph() -> str:
    """Return the graph of the ledger: ``graph/push-manifest``."""
    return names().graph + "push-manifest"


def mark_line(graph: str | None, digest: str) -> bytes:
    """Return the mark of a graph with the digest of its content, as a line of N-Triples."""
    triple = ox.Triple(ox.NamedNode(_digest() + digest), _VERSION_OF, ox.NamedNode(graph or _default()))
    return f"{triple} .\n".encode()


class Store:
    """Questions to a store about its graphs, in portions that a store with a limit on rows answers in full."""

    def __init__(self, engine: Engine, limit_s: float) -> None:
        self._engine = engine
        self._limit_s = limit_s

    def ledger(self) -> Ledger:
        """Return what earlier pushes have noted; an empty ledger when there were none."""
        ledger = Ledger()
        at = ledger_graph()
        facts = f"SELECT ?property ?value WHERE {{ GRAPH <{at}> {{ <{at}> ?property ?value }} }}"
        for row in self._rows(facts):
            ledger.exists = True
            if row[0].value == _IDENTIFIER.value:
                ledger.release = row[1].value
        marks = f"GRAPH <{at}> {{ ?mark {_VERSION_OF} ?graph }}"
        for graph, mark in self._pages(marks, "?graph ?mark"):
            known, digest = None if graph == _default() else graph, mark.removeprefix(_digest())
            # Begun, and a digest: the push arrived, and was stopped before it could tidy up.
            if digest != BEGUN or known not in ledger.marks:
                ledger.marks[known] = digest
        return ledger

    def graphs_under(self, prefix: str) -> list[str]:
        """Return the named graphs whose IRI begins so."""
        pattern = f"GRAPH ?graph {{ ?s ?p ?o }} FILTER (STRSTARTS(STR(?graph), {ox.Literal(prefix)}))"
        return [row[0] for row in self._pages(pattern, "?graph")]

    def counts(self, contents: list[Content]) -> dict[str | None, int]:
        """Return how many statements the store has in each of the graphs."""
        counts: dict[str | None, int] = dict.fromkeys((content.graph for content in contents), 0)
        named = [graph for graph in counts if graph is not None]
        for start in range(0, len(named), _BATCH):
            values = " ".join(str(ox.NamedNode(graph)) for graph in named[start : start + _BATCH])
            text = f"""SELECT ?graph (COUNT(*) AS ?count) WHERE {{
                VALUES ?graph {{ {values} }} GRAPH ?graph {{ ?s ?p ?o }} }} GROUP BY ?graph"""
            counts.update({row[0].value: int(row[1].value) for row in self._rows(text)})
        if None in counts:
            counts[None] = self.default_count()
        return counts

    def default_count(self, pattern: str = "?s ?p ?o") -> int:
        """Return how many statements the default graph has, or how often one of them."""
        return int(self._rows(f"SELECT (COUNT(*) AS ?count) WHERE {{ {pattern} }}")[0][0].value)

    def default_is_union(self) -> bool:
        """Whether the default graph shows what stands in a named graph; tell once there is a ledger."""
        text = f"ASK {{ <{ledger_graph()}> {_TITLE} ?title }}"
        return bool(ask_table(self._engine, text, timeout_s=self._limit_s).boolean)

    def _pages(self, pattern: str, columns: str) -> Iterator[list[str]]:
        """Yield the rows of a pattern, ordered by ?graph; each page begins where the last one ended."""
        last = ""
        while True:
            text = f"""SELECT DISTINCT {columns} ?key WHERE {{
                {pattern} BIND (STR(?graph) AS ?key) FILTER (?key > {ox.Literal(last)})
                }} ORDER BY ?key LIMIT {_PAGE}"""
            rows = self._rows(text)
            yield from ([term.value for term in row[:-1]] for row in rows)
            if len(rows) < _PAGE:
                return
            last = rows[-1][-1].value

    def _rows(self, sparql: str) -> list[list[Term]]:
        table = ask_table(self._engine, sparql, timeout_s=self._limit_s)
        return [[term for term in row if term is not None] for row in table.rows]


def unchanged(contents: list[Content], ledger: Ledger, counts: Mapping[str | None, int]) -> list[Content]:
    """Return the contents that the store has already, by its marks and its counts."""
    return [
        content
        for content in contents
        if ledger.marks.get(content.graph) == content.digest and counts[content.graph] == len(content.lines)
    ]


def _default() -> str:
    """Return what stands for the default graph, which has no IRI."""
    return ledger_graph() + "#default-graph"


def _digest() -> str:
    return ledger_graph() + "#sha256-"
