"""The bundled data as quads, read straight from the files: no package code stands between the tests and the data."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from pathlib import Path

import pyoxigraph as ox

ROOT = Path(__file__).resolve().parents[2]
ECP = "https://w3id.org/ecp-graph/ontology#"
ID = "https://w3id.org/ecp-graph/id/"
PASSAGE = "https://w3id.org/ecp-graph/id/passage/pc0457e1/"
READING = "https://w3id.org/ecp-graph/graph/pc0457e1/"
SKOS = "http://www.w3.org/2004/02/skos/core#"
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


@cache
def quads() -> frozenset[ox.Quad]:
    """Every quad of ``data/``."""
    found = frozenset(quad for path in sorted((ROOT / "data").rglob("*.trig")) for quad in ox.parse(path=str(path)))
    assert found
    return found


@cache
def statements_by_graph() -> dict[str, frozenset[ox.Quad]]:
    """Named graph to its statements, without what it says of itself and of its passage."""
    graphs: dict[str, set[ox.Quad]] = defaultdict(set)
    for quad in quads():
        assert isinstance(quad.graph_name, ox.NamedNode), f"{quad} stands in no named graph"
        bucket = graphs[quad.graph_name.value]
        if quad.subject != quad.graph_name and "/id/passage/" not in str(quad.subject):
            bucket.add(quad)
    return {name: frozenset(found) for name, found in graphs.items()}


def passage_of(graph: str) -> str:
    """``action-3`` for the graphs of action 3 at any certainty."""
    return re.sub(r"-(normalised|interpreted)$", "", graph.removeprefix(READING))


def values(subject: str, predicate: str) -> list[str]:
    """The objects of a subject and a predicate, each once, sorted, as lexical forms or IRIs."""
    return sorted(
        {
            quad.object.value
            for quad in quads()
            if quad.subject.value == subject  # type: ignore[union-attr]
            and quad.predicate.value == predicate
            and not isinstance(quad.object, ox.BlankNode | ox.Triple)
        }
    )


def value(subject: str, predicate: str) -> str:
    """The single object of a subject and a predicate, or the empty string where there is none."""
    found = values(subject, predicate)
    assert len(found) <= 1, f"{subject} has several values of {predicate}: {found}"
    return found[0] if found else ""


def notations(iris: list[str]) -> set[str]:
    """The codes of individuals."""
    return {value(iri, SKOS + "notation") for iri in iris}
