"""Tells which shapes the compiled engine judges as pySHACL does, on the data at hand.

What it takes is listed: a parameter that is not, a shape that pySHACL calls ill-formed, or a literal on which engines
differ, and the shape is one for the reference. tests/shapes/test_engines.py holds the two together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from rdflib import RDF, SH, XSD, BNode, Graph, Literal, URIRef
from rdflib.term import Node

from ecp_graph.rdf.terms import to_oxigraph
from ecp_graph.validation.data_graph import DataGraph
from ecp_graph.validation.lexical import all_plain, comparable
from ecp_graph.validation.patterns import excluded, portable
from ecp_graph.validation.property_path import last_steps, written

__all__ = ["Agreement", "nested_shapes"]

_KINDS: Final = frozenset({SH.NodeShape, SH.PropertyShape, SH.Shape})
_SEVERITIES: Final = frozenset({SH.Violation, SH.Warning, SH.Info})
_ORDERED: Final = frozenset({SH.minExclusive, SH.minInclusive, SH.maxExclusive, SH.maxInclusive})
_ORDERED_PAIRS: Final = frozenset({SH.lessThan, SH.lessThanOrEquals})
#: Parameters by what their values are.
_NUMBERS: Final = frozenset(
    {SH.minCount, SH.maxCount, SH.minLength, SH.maxLength, SH.qualifiedMinCount, SH.qualifiedMaxCount}
)
_SWITCHES: Final = frozenset({SH.closed, SH.deactivated, SH.uniqueLang, SH.qualifiedValueShapesDisjoint})
_IRIS: Final = frozenset(
    {SH["class"], SH.datatype, SH.nodeKind, SH.equals, SH.disjoint, SH.severity, SH.targetClass}
    | {SH.targetSubjectsOf, SH.targetObjectsOf}
    | _ORDERED_PAIRS
)
_LISTS: Final = frozenset({SH["in"], SH.languageIn, SH.ignoredProperties})
_SHAPES: Final = frozenset({SH.property, SH.node, SH["not"], SH.qualifiedValueShape})
_LISTS_OF_SHAPES: Final = frozenset({SH["or"], SH["and"], SH.xone})
_OTHERS: Final = frozenset({SH.path, SH.pattern, SH.hasValue, SH.message, SH.targetNode, SH.name, SH.description})
_TAKEN: Final = (
    _ORDERED | _NUMBERS | _SWITCHES | _IRIS | _LISTS | _SHAPES | _LISTS_OF_SHAPES | _OTHERS | {SH.order, SH.group}
)
_OFTEN: Final = (
    frozenset({SH["class"], SH.message, SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf, SH.targetNode})
    | {SH.property, SH.node, SH["not"], SH.name, SH.description}
    | _LISTS_OF_SHAPES
)
#: Parameters that only a shape with a path has, or only one without.
_WITH_PATH: Final = frozenset({SH.minCount, SH.maxCount, SH.uniqueLang, SH.qualifiedValueShape}) | _ORDERED_PAIRS
_WITHOUT_PATH: Final = frozenset({SH.closed, SH.ignoredProperties})


class Agreement:
    """The shapes of a graph that can be left to the compiled engine."""

    def __init__(self, shapes: Graph, data: DataGraph) -> None:
        self._shapes = shapes
        self._data = data
        self._known: dict[Node, bool] = {}
        self._custom = {
            path for parameter in shapes.objects(None, SH.parameter) for path in shapes.objects(parameter, SH.path)
        }

    def covers(self, rule: Node) -> bool:
        """Return whether the engines agree on a shape with targets, its SPARQL constraints aside."""
        said = (rule, SH.message, None) in self._shapes  # otherwise pySHACL says something of its own
        try:
            return said and self._agreed(rule, (), apart=SH.sparql)
        except ValueError:  # rdflib's word for a list without end
            return False

    def _agreed(self, shape: Node, above: tuple[Node, ...], *, apart: Node | None = None) -> bool:
        if shape in above:
            return False  # it refers to itself
        if shape not in self._known or apart is not None:
            stated = defaultdict(list)
            for predicate, object_ in self._shapes.predicate_objects(shape):
                if predicate != apart:
                    stated[predicate].append(object_)
            agreed = self._well_formed(stated) and self._decidable(stated)
            agreed = agreed and all(
                self._fits(parameter, inner) and self._agreed(inner, (*above, shape))
                for parameter, inner in nested_shapes(self._shapes, shape)
            )
            if apart is not None:
                return agreed
            self._known[shape] = agreed
        return self._known[shape]

    def _fits(self, parameter: Node, inner: Node) -> bool:
        has_path = (inner, SH.path, None) in self._shapes
        return not isinstance(inner, Literal) and (
            has_path if parameter == SH.property else not has_path if parameter == SH.node else True
        )

    def _well_formed(self, stated: dict[Node, list[Node]]) -> bool:
        has_path = SH.path in stated
        types = set(stated.get(RDF.type, ()))
        return (
            types <= _KINDS
            and not (SH["not"] in stated and any(excluded(str(text)) for text in stated.get(SH.pattern, ())))
            and not (has_path and SH.NodeShape in types)
            and (has_path or SH.PropertyShape not in types)
            and not any(parameter in stated for parameter in (_WITHOUT_PATH if has_path else _WITH_PATH))
            and all(self._well_stated(parameter, values) for parameter, values in stated.items())
        )

    def _well_stated(self, parameter: Node, values: list[Node]) -> bool:
        if not str(parameter).startswith(str(SH)):
            return parameter not in self._custom and "datashapes.org/dash" not in str(parameter)
        if parameter not in _TAKEN or (len(values) > 1 and parameter not in _OFTEN):
            return False
        return all(self._well_valued(parameter, value) for value in values)

    def _well_valued(self, parameter: Node, value: Node) -> bool:
        if parameter in _NUMBERS:
            return isinstance(value, Literal) and value.datatype == XSD.integer and str(value).isdecimal()
        if parameter in _SWITCHES:
            return isinstance(value, Literal) and value.datatype == XSD.boolean and str(value) in {"true", "false"}
        if parameter == SH.severity:
            return value in _SEVERITIES
        if parameter in _IRIS:
            return isinstance(value, URIRef)
        if parameter == SH.pattern:
            return isinstance(value, Literal) and (portable(str(value)) or excluded(str(value))) is not None
        if parameter == SH.path:
            return self._is_path(value)
        return not (parameter == SH.targetNode and isinstance(value, BNode))

    def _is_path(self, path: Node) -> bool:
        try:
            return bool(written(self._shapes, path, {}))
        except ValueError:
            return False

    def _decidable(self, stated: dict[Node, list[Node]]) -> bool:
        """Return whether there are only literals on which engines agree, as far as they matter."""
        if not all(all_plain(str(kind), self._data.typed_literals) for kind in stated.get(SH.datatype, ())):
            return False
        bounds = [to_oxigraph(value) for parameter in _ORDERED for value in stated.get(parameter, ())]
        others = [str(value) for parameter in _ORDERED_PAIRS for value in stated.get(parameter, ())]
        if not bounds and not others:
            return True
        path = next(iter(stated.get(SH.path, ())), None)
        steps = last_steps(self._shapes, path) if path is not None else set()
        values = [term for name in (*steps, *others) for term in self._data.objects(name)]
        return bool(steps) and comparable([*bounds, *values])


def nested_shapes(shapes: Graph, shape: Node) -> Iterator[tuple[Node, Node]]:
    """Yield the shapes to which a shape refers, each with the parameter that does."""
    for parameter in _SHAPES:
        for inner in shapes.objects(shape, parameter):
            yield parameter, inner
    for parameter in _LISTS_OF_SHAPES:
        for members in shapes.objects(shape, parameter):
            for inner in shapes.items(members):
                yield parameter, inner
