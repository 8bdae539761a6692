"""The register of a workspace: its bodies, programmes, instruments and topics without the plans that name them.

Evidence stays: each statement is in its reading, with the passage and the document that this is a reading of.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import pyoxigraph as ox

from ecp_graph.namespaces import ECP, PREFIXES
from ecp_graph.plans.known.kinds import (
    best_stated_properties,
    kinds_of,
    register_kinds,
    register_properties,
    unregistered_classes,
)

__all__ = ["register_part"]

_CERTAINTY: Final = ECP + "certainty"
_READING_OF: Final = ECP + "readingOf"
_PASSAGE_OF: Final = ECP + "passageOf"
#: What is said of a document in a register; on what it reports and to whom it went is of the plan.
_OF_DOCUMENTS: Final = frozenset(
    [PREFIXES["rdf"] + "type", PREFIXES["skos"] + "prefLabel"]
    + [PREFIXES["dcterms"] + name for name in ("identifier", "language")]
)


def register_part(quads: Sequence[ox.Quad], certainties: Sequence[str]) -> list[ox.Quad]:
    """Return the statements of a workspace's data that describe what is known apart from any plan, in their order.

    ``certainties`` are IRIs, the strongest first.
    """
    plans = {_value(quad.subject) for quad in quads if _value(quad.object) in unregistered_classes()}
    things = {iri for iri, kind in kinds_of(quads).items() if kind in register_kinds()} - plans
    told = {_value(quad.subject) for quad in quads}
    kept = {quad for quad in quads if _is_of_register(quad, things, told)}
    return _with_evidence(kept - _stated_better(kept, _levels(quads, certainties)), quads)


def _is_of_register(quad: ox.Quad, things: set[str], told: set[str]) -> bool:
    if _value(quad.subject) not in things or quad.predicate.value not in register_properties():
        return False
    if not isinstance(quad.object, ox.NamedNode):
        return True
    # what the data do not describe is a value of the ontology's lists, or an entry of another data set
    return quad.object.value in things or quad.object.value not in told


def _levels(quads: Iterable[ox.Quad], certainties: Sequence[str]) -> dict[str, int]:
    """Return the place of the certainty of each graph, 0 for the strongest."""
    places = {certainty: place for place, certainty in enumerate(certainties)}
    return {
        graph: places[certainty]
        for graph, certainty in _objects_by_subject(quads, _CERTAINTY).items()
        if certainty in places
    }


def _stated_better(kept: Iterable[ox.Quad], levels: Mapping[str, int]) -> set[ox.Quad]:
    """Return the statements beside which another value is stated at a better certainty, if that one is to be kept."""
    values: dict[tuple[str, str], dict[ox.Quad, int]] = {}
    for quad in kept:
        if quad.predicate.value in best_stated_properties():
            level = levels.get(_value(quad.graph_name), len(levels))
            values.setdefault((_value(quad.subject), quad.predicate.value), {})[quad] = level
    return {quad for found in values.values() for quad, level in found.items() if level > min(found.values())}


def _with_evidence(kept: set[ox.Quad], quads: Sequence[ox.Quad]) -> list[ox.Quad]:
    """Return the statements with those that describe their readings, passages and documents, wherever these are."""
    passages = _objects_by_subject(quads, _READING_OF)
    documents = _objects_by_subject(quads, _PASSAGE_OF)
    graphs = {_value(quad.graph_name) for quad in kept}
    while True:
        wanted = {passages[graph] for graph in graphs if graph in passages}
        papers = {documents[passage] for passage in wanted if passage in documents}
        evidence = {
            quad
            for quad in quads
            if _value(quad.subject) in graphs
            or _value(quad.subject) in wanted
            or (_value(quad.subject) in papers and quad.predicate.value in _OF_DOCUMENTS)
        }
        grown = graphs | {_value(quad.graph_name) for quad in evidence}
        if grown == graphs:
            return [quad for quad in quads if quad in kept or quad in evidence]
        graphs = grown


def _objects_by_subject(quads: Iterable[ox.Quad], predicate: str) -> dict[str, str]:
    return {_value(quad.subject): _value(quad.object) for quad in quads if quad.predicate.value == predicate}


def _value(term: object) -> str:
    return getattr(term, "value", "")
