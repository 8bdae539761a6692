"""Runs shapes with pySHACL: the reference, and the engine of shapes that no faster one takes."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from functools import cache
from types import MethodType
from typing import Any, Final, cast

from pyparsing import ParseException
from pyshacl import Validator
from pyshacl.constraints import CONSTRAINT_PARAMETERS_MAP
from pyshacl.constraints.constraint_component import ConstraintComponent
from pyshacl.constraints.core.string_based_constraints import PatternConstraintComponent
from pyshacl.constraints.sparql.sparql_based_constraints import SPARQLBasedConstraint
from pyshacl.errors import ReportableRuntimeError
from pyshacl.graph_abstraction import DataGraph
from pyshacl.shape import Shape
from rdflib import SH, Graph
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.algebra import traverse
from rdflib.plugins.sparql.parserutils import Expr
from rdflib.query import Result as QueryResult
from rdflib.term import Node

from ecp_graph.errors import EcpGraphError, SlowPattern
from ecp_graph.rdf.terms import to_oxigraph
from ecp_graph.validation.report import shorten
from ecp_graph.validation.results import Result
from ecp_graph.validation.slow_patterns import matched, stopping_slow_patterns

__all__ = ["run"]

# What pySHACL logs about a malformed shape comes as an exception too.
_QUIET: Final = logging.Logger("ecp_graph.validation.reference", level=logging.CRITICAL)


def run(data: Graph, shapes: Graph) -> list[Result]:
    """Return the results of all shapes with targets.

    Raises EcpGraphError for shapes that cannot be run, SlowPattern for a pattern that would not end. Spec: SHACL 1.0,
    core and SPARQL constraints.
    """
    target = DataGraph.from_rdflib(_Validated(data))
    validator = Validator(target, shacl_graph=shapes, options={"inference": "none", "logger": _QUIET})
    try:
        with stopping_slow_patterns():
            _, report, _ = validator.run()  # type: ignore[no-untyped-call]
    except (ReportableRuntimeError, re.error) as error:
        reason = shorten(str(error).splitlines()[0])
        raise EcpGraphError(f"The shapes in shapes/ cannot be run: {reason}") from error
    return [_result(report, node) for node in report.objects(None, SH.result)]


def _result(report: Graph, node: Node) -> Result:
    value = report.value(node, SH.value)
    return Result(
        shape=_one(report, node, SH.sourceShape),
        severity=_one(report, node, SH.resultSeverity),
        focus=str(_one(report, node, SH.focusNode)),
        component=str(_one(report, node, SH.sourceConstraintComponent)),
        path=report.value(node, SH.resultPath),
        value=None if value is None else str(to_oxigraph(value)),
        constraint=report.value(node, SH.sourceConstraint),
        messages=tuple(str(message) for message in report.objects(node, SH.resultMessage)),
    )


def _one(report: Graph, node: Node, predicate: Node) -> Node:
    return cast(Node, report.value(node, predicate))


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

    def query(self, query_object: Any, *args: Any, **kwargs: Any) -> QueryResult:
        return super().query(_parsed(query_object) if isinstance(query_object, str) else query_object, *args, **kwargs)


class _Telling(ConstraintComponent):
    """A constraint that tells of which shape a pattern is that was stopped."""

    def evaluate(self, *args: Any, **options: Any) -> Any:
        try:
            return super().evaluate(*args, **options)  # type: ignore[safe-super]
        except SlowPattern as slow:
            raise SlowPattern(slow.pattern, slow.text, shape=str(self.shape.node)) from None


class _Query(_Telling, SPARQLBasedConstraint):
    pass


class _Pattern(_Telling, PatternConstraintComponent):
    def __init__(self, shape: Shape) -> None:
        super().__init__(shape)
        stoppable = {pattern: _Stoppable(compiled) for pattern, compiled in self.compiled_cache.items()}
        self.compiled_cache = cast(dict[Any, re.Pattern[str]], stoppable)


# By this table pySHACL finds the class for a parameter.
CONSTRAINT_PARAMETERS_MAP.update({SH.pattern: _Pattern, SH.sparql: _Query})


class _Stoppable:
    """A compiled pattern, as pySHACL uses one."""

    def __init__(self, compiled: re.Pattern[str]) -> None:
        self._compiled = compiled

    def match(self, text: str) -> re.Match[str] | None:
        return matched(self._compiled.pattern, text, lambda: self._compiled.match(text))

    def search(self, text: str) -> re.Match[str] | None:
        return matched(self._compiled.pattern, text, lambda: self._compiled.search(text))


@cache
def _parsed(text: str) -> Any:
    try:
        query = prepareQuery(text)
        traverse(query.algebra, visitPost=_make_stoppable)
        return query
    except ParseException as error:
        where = f'"{error.line.strip()}"'
        raise EcpGraphError(f"The query of a shape is not SPARQL 1.1 at {where}: {error.msg}") from error


def _make_stoppable(node: object) -> None:
    """Let a call of REGEX or REPLACE be stopped when it takes too long."""
    if isinstance(node, Expr) and node.name in {"Builtin_REGEX", "Builtin_REPLACE"}:
        evaluate = cast(Callable[[Any], Any], node._evalfn)

        def stoppable(call: Expr, context: Any) -> Any:
            text = call.text if call.name == "Builtin_REGEX" else call.arg
            return matched(str(call.pattern), str(text), lambda: evaluate(context))

        node._evalfn = MethodType(stoppable, node)
