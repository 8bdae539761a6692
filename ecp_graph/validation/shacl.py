"""Runs shapes on a graph with pySHACL, and converts its results to findings."""

from __future__ import annotations

import logging
import re
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from typing import Any, Final, cast

from pyparsing import ParseException
from pyshacl import ShapesGraph, Validator
from pyshacl.errors import ReportableRuntimeError
from pyshacl.graph_abstraction import DataGraph
from pyshacl.helper.path_helper import shacl_path_to_sparql_path
from rdflib import RDF, SH, Graph, URIRef
from rdflib.plugins.sparql import prepareQuery
from rdflib.query import Result
from rdflib.term import Node

from ecp_graph.errors import EcpGraphError
from ecp_graph.namespaces import SHAPES, names
from ecp_graph.rdf.terms import to_oxigraph
from ecp_graph.validation.report import SEVERITIES, Finding, Severity, shorten

__all__ = ["TARGETS", "only", "run_shapes"]

#: The properties that tell at which nodes a shape looks.
TARGETS: Final = (SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf)

_REMEDY: Final = URIRef(SHAPES + "remedy")
# What pySHACL logs about a malformed shape comes as an exception too.
_QUIET: Final = logging.Logger("ecp_graph.validation.shacl", level=logging.CRITICAL)


def run_shapes(data: Graph, shapes: Graph) -> tuple[list[Finding], dict[str, int]]:
    """Return one finding for each validation result, and for each shape with targets how many nodes it looked at.

    The findings say nothing yet about passages, files and lines. Raises EcpGraphError for shapes that cannot be run.
    Spec: SHACL 1.0, core and SPARQL constraints.
    """
    target = DataGraph.from_rdflib(_Validated(data))
    validator = Validator(target, shacl_graph=shapes, options={"inference": "none", "logger": _QUIET})
    try:
        _, results, _ = validator.run()  # type: ignore[no-untyped-call]
    except (ReportableRuntimeError, re.error) as error:
        reason = shorten(str(error).splitlines()[0])
        raise EcpGraphError(f"The shapes in shapes/ cannot be run: {reason}") from error
    shape_graph = validator.shacl_graph
    reader = _Reader(shape_graph, results)
    findings = [reader.finding(result) for result in results.objects(None, SH.result)]
    return findings, dict(_looked_at(shape_graph, target))


def only(shapes: Graph, which: Collection[Node]) -> Graph:
    """Return the shapes given and all to which they refer; the latter are run only where others refer to them."""
    found = Graph(store="SimpleMemory", bind_namespaces="none")
    seen, edge = set(which), list(which)
    while edge:
        subject = edge.pop()
        for predicate, object_ in shapes.predicate_objects(subject):
            if predicate not in TARGETS or subject in which:
                found.add((subject, predicate, object_))
            if object_ not in seen:
                seen.add(object_)
                edge.append(object_)
    return found


class _Reader:
    """Makes findings of the results; messages and remedies may stand at the shape or at the one that holds it."""

    def __init__(self, shapes: ShapesGraph, results: Graph) -> None:
        self._shape_graph = shapes
        self._shapes: Graph = shapes.graph
        self._results = results

    def finding(self, result: Node) -> Finding:
        shape = self._one(result, SH.sourceShape)
        constraint = self._results.value(result, SH.sourceConstraint)
        holders = list(self._holders(shape))
        value = self._results.value(result, SH.value)
        return Finding(
            severity=_severity(self._one(result, SH.resultSeverity)),
            message=self._message(result, constraint, holders),
            focus=str(self._one(result, SH.focusNode)),
            path=self._path(self._results.value(result, SH.resultPath)),
            value=None if value is None else str(to_oxigraph(value)),
            shape=next((str(holder) for holder in holders if isinstance(holder, URIRef)), None),
            component=str(self._one(result, SH.sourceConstraintComponent)),
            remedy=self._first(_REMEDY, [constraint, *holders]),
        )

    def _one(self, result: Node, predicate: Node) -> Node:
        return cast(Node, self._results.value(result, predicate))

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

    def _message(self, result: Node, constraint: Node | None, holders: list[Node]) -> str:
        own = {str(message) for message in self._shapes.objects(holders[0], SH.message)}
        given = sorted(str(message) for message in self._results.objects(result, SH.resultMessage))
        if constraint is not None and (constraint, SH.message, None) in self._shapes:
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
        return str(shacl_path_to_sparql_path(self._shape_graph, path, prefixes=dict(names().prefixes)))


class _Validated(Graph):
    """The data behind the kind of store that pySHACL asks for, which stays empty.

    pySHACL often asks whether there are data at all, and runs the same query text for each focus node: here both are
    found out once.
    """

    def __init__(self, data: Graph) -> None:
        super().__init__(bind_namespaces="none")
        self._data = data
        self._size = len(data)

    def __len__(self) -> int:
        return self._size

    def triples(self, triple: Any) -> Any:
        return self._data.triples(triple)

    def query(self, query_object: Any, *args: Any, **kwargs: Any) -> Result:
        return super().query(_parsed(query_object) if isinstance(query_object, str) else query_object, *args, **kwargs)


@cache
def _parsed(text: str) -> Any:
    try:
        return prepareQuery(text)
    except ParseException as error:
        where = f'"{error.line.strip()}"'
        raise EcpGraphError(f"The query of a shape is not SPARQL 1.1 at {where}: {error.msg}") from error


def _severity(term: Node) -> Severity:
    name = str(term).removeprefix(str(SH))
    return name if name in SEVERITIES else "Violation"


def _looked_at(shapes: ShapesGraph, data: DataGraph) -> Iterator[tuple[str, int]]:
    for shape in shapes.shapes:
        has_target = any((shape.node, target, None) in shapes.graph for target in TARGETS)
        if isinstance(shape.node, URIRef) and has_target and not shape.deactivated:
            yield str(shape.node), len(shape.focus_nodes(data))
