"""Validation results of any engine, and what they are as findings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from rdflib import RDF, RDFS, SH, Graph, URIRef
from rdflib.term import Node

from ecp_graph.namespaces import SHAPES, names
from ecp_graph.validation.property_path import written
from ecp_graph.validation.report import LOOK_AT_THE_DATA, SEVERITIES, Finding, Severity, shorten

__all__ = ["FindingReader", "Result"]

_REMEDY: Final = URIRef(SHAPES + "remedy")
_RESPONSE: Final = URIRef(SHAPES + "response")


@dataclass(frozen=True)
class Result:
    """What an engine says: nodes of the shapes graph as rdflib terms, and nodes of the data as text.

    ``focus`` is an IRI, the label of a blank node or the text of a literal, ``value`` a term in N-Triples.
    ``constraint`` is the SPARQL constraint, if it is one.
    """

    shape: Node
    severity: Node
    focus: str
    component: str
    path: Node | None = None
    value: str | None = None
    constraint: Node | None = None
    messages: tuple[str, ...] = ()


class FindingReader:
    """Makes findings of results; messages and remedies may stand at the shape or at the one that holds it."""

    def __init__(self, shapes: Graph) -> None:
        self._shapes = shapes

    def finding(self, result: Result) -> Finding:
        """Return a result as a finding, which says nothing yet about passages, files and lines."""
        holders = list(self._holders(result.shape))
        places = [result.constraint, *holders]
        response = self._response(places)
        return Finding(
            severity=_severity(result.severity),
            message=self._message(result, holders),
            focus=result.focus,
            path=self._path(result.path),
            value=result.value,
            shape=self.name(result.shape),
            component=result.component,
            remedy=self._first(_REMEDY, places),
            rule=self._first(RDFS.label, holders),
            response=self._first(RDFS.label, [response]) or LOOK_AT_THE_DATA,
            order=int(self._first(SH.order, [response]) or 0),
        )

    def name(self, shape: Node) -> str | None:
        """Return the IRI of a shape, or else of the nearest one that holds it."""
        return next((str(holder) for holder in self._holders(shape) if isinstance(holder, URIRef)), None)

    def _response(self, places: Iterable[Node | None]) -> Node | None:
        """Return the response that the first of some places has."""
        found = (self._shapes.value(place, _RESPONSE) for place in places if place is not None)
        return next(filter(None, found), None)

    def _holders(self, shape: Node) -> Iterator[Node]:
        """Yield the shape and, from it upwards, the shapes in which it stands, until one has an IRI and no holder."""
        seen: set[Node] = set()
        edge = [shape]
        while edge:
            node = edge.pop(0)
            if node not in seen:
                seen.add(node)
                if (node, RDF.first, None) not in self._shapes:
                    yield node
                edge.extend(sorted(self._shapes.subjects(None, node), key=str))

    def _message(self, result: Result, holders: list[Node]) -> str:
        own = {str(message) for message in self._shapes.objects(holders[0], SH.message)}
        given = sorted(result.messages)
        if result.constraint is not None and (result.constraint, SH.message, None) in self._shapes:
            given = [message for message in given if message not in own] or given
        elif not own:
            given = [message] if (message := self._first(SH.message, holders)) else given
        return shorten(given[0]) if given else "It does not conform to its shape."

    def _first(self, predicate: Node, places: Iterable[Node | None]) -> str | None:
        for place in places:
            texts = sorted(str(text) for text in self._shapes.objects(place, predicate)) if place else []
            if texts:
                return texts[0]
        return None

    def _path(self, path: Node | None) -> str | None:
        if path is None or isinstance(path, URIRef):
            return None if path is None else str(path)
        return written(self._shapes, path, names().prefixes)


def _severity(term: Node) -> Severity:
    name = str(term).removeprefix(str(SH))
    return name if name in SEVERITIES else "Violation"
