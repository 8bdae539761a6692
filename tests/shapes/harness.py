"""Running every shape over the small world of these tests together with one fixture.

A fixture is Turtle, or TriG where the named graphs matter. Its first line is a comment that says why it breaks the
rule, or keeps it. An invalid one goes on with what it expects::

    # A row without number cannot be cited.
    # expect: Violation at action:harbour-3
    # expect: also OTHER-RULE

The last form names a rule that the fault cannot help breaking as well.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox
from pyshacl import Validator
from pyshacl.graph_abstraction import DataGraph
from rdflib import RDF, RDFS, SH, SKOS, Graph, Literal, URIRef
from rdflib.plugins.sparql import prepareQuery
from rdflib.query import Result as QueryResult
from rdflib.term import Node

from ecp_graph.namespaces import SHAPES
from ecp_graph.overlap.derive import derive, merged_store
from ecp_graph.rdf.load import parse_file
from ecp_graph.rdf.terms import to_graph
from ecp_graph.validation.shacl import deactivate
from ecp_graph.validation.statements import ON_STATEMENTS, statement_number, statement_view
from ecp_graph.workspace import bundled_workspace
from tests.bundled import PREFIXES

__all__ = [
    "FIXTURES",
    "WORLD",
    "Result",
    "expected",
    "expected_besides",
    "fixture_files",
    "name_of",
    "named_shapes",
    "on_statements",
    "results",
    "rules",
    "run_rule",
    "shape_of",
    "shapes_graph",
]

FIXTURES: Final = Path(__file__).parent / "fixtures"
WORLD: Final = Path(__file__).parent / "world.trig"

_TARGETS: Final = (SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf)
_FIXTURE: Final = re.compile(r"(?P<shape>[\w-]+?)-(?:valid|invalid-\d\d)\.(?:ttl|trig)")
_EXPECT: Final = re.compile(r"^# expect: (?P<severity>Violation|Warning|Info) at (?P<focus>\S+)$", re.MULTILINE)
_BESIDES: Final = re.compile(r"^# expect: also (?P<shape>[\w-]+)$", re.MULTILINE)
_PREFIX: Final = re.compile(r"^@prefix (\w+): <([^>]+)> \.$", re.MULTILINE)
_LOG: Final = logging.getLogger(__name__)
_NEEDED: Final = frozenset({str(RDF.type), str(RDFS.subClassOf), str(SKOS.inScheme)})
_NEEDED_OF_MONTHS: Final = _NEEDED | {str(SKOS.notation), str(SKOS.prefLabel)}


@dataclass(frozen=True, order=True)
class Result:
    """A rule, by its local name, that objects to a focus node with a severity."""

    shape: str
    severity: str
    focus: str


# ---------------------------------------------------------------- shapes


@cache
def shapes_graph() -> Graph:
    """Return all shapes of the bundled workspace."""
    return to_graph(quad for path in bundled_workspace().shape_files for quad in parse_file(path))


@cache
def named_shapes() -> frozenset[URIRef]:
    """Return every shape with an IRI."""
    graph = shapes_graph()
    typed = {shape for kind in (SH.NodeShape, SH.PropertyShape) for shape in graph.subjects(RDF.type, kind)}
    return frozenset(shape for shape in typed if isinstance(shape, URIRef))


@cache
def rules() -> dict[str, URIRef]:
    """Return the shapes with targets by local name: those that report. The others are looked values up in."""
    graph = shapes_graph()
    found = {shape for shape in named_shapes() if any((shape, target, None) in graph for target in _TARGETS)}
    return {name_of(shape): shape for shape in sorted(found)}


def on_statements() -> set[URIRef]:
    """Return the rules that are run on the statement view."""
    return {shape for shape in rules().values() if (shape, ON_STATEMENTS, Literal(True)) in shapes_graph()}


def name_of(shape: str | None) -> str:
    """Return the local name of a shape."""
    return (shape or "").removeprefix(SHAPES)


# ---------------------------------------------------------------- fixtures


def fixture_files(kind: str) -> list[Path]:
    """Return the fixtures of a kind, ``valid`` or ``invalid``, in the order of their names."""
    return sorted(path for path in FIXTURES.rglob("*.t*") if re.search(rf"-{kind}(-\d\d)?$", path.stem))


def shape_of(fixture: Path) -> str:
    """Return the local name of the rule that a fixture is about."""
    match = _FIXTURE.fullmatch(fixture.name)
    assert match, f"{fixture.name} is not named SHAPE-valid or SHAPE-invalid-NN"
    return match["shape"]


def expected(fixture: Path) -> set[Result]:
    """Return the results of its own rule that a fixture expects."""
    text = fixture.read_text(encoding="utf-8")
    prefixes = {**PREFIXES, **dict(_PREFIX.findall(text))}
    return {
        Result(shape_of(fixture), match["severity"], _full(match["focus"], prefixes))
        for match in _EXPECT.finditer(text)
    }


def expected_besides(fixture: Path) -> set[str]:
    """Return the other rules that the fault of a fixture breaks as well."""
    return {match["shape"] for match in _BESIDES.finditer(fixture.read_text(encoding="utf-8"))}


def _full(name: str, prefixes: dict[str, str]) -> str:
    prefix, _, local = name.partition(":")
    return prefixes[prefix] + local if prefix in prefixes else name


# ---------------------------------------------------------------- running


def results(fixture: Path | None = None) -> set[Result]:
    """Return what all rules find in the world, together with the fixture.

    Nothing is inferred, so that a result shows the statements as they stand. Rules on the statement view are run when
    the fixture has named graphs; a result about a statement has the statement's subject as its focus.
    """
    quads = list(parse_file(fixture)) if fixture else []
    found = _things().results(to_graph([*quads, *derive(merged_store(quads), ())]))
    if fixture and fixture.suffix == ".trig":
        view = statement_view(quads, quads, ())
        found |= {_about_subject(one, quads) for one in _statements().results(view)}
    return found


def run_rule(rule: str, fixture: Path) -> tuple[int, bool]:
    """Return at how many nodes of the world with the fixture one rule looks, and whether all of them keep it."""
    quads = list(parse_file(fixture))
    if rules()[rule] in on_statements():
        return _statements().run_rule(rules()[rule], statement_view(quads, quads, ()))
    return _things().run_rule(rules()[rule], to_graph([*quads, *derive(merged_store(quads), ())]))


class _Bench:
    """A graph that stays, and a validator over it; what is given to a run is added and taken out again."""

    def __init__(self, base: Graph, switched_off: Iterable[URIRef]) -> None:
        self._graph = _ParsingOnce()
        for triple in base:
            self._graph.add(triple)
        shapes = deactivate(shapes_graph(), switched_off)
        for text in (RDFS.label, SH.message):
            shapes.remove((None, text, None))
        self._validator = Validator(DataGraph.from_rdflib(self._graph), shacl_graph=shapes, options={"logger": _LOG})

    def results(self, added: Graph) -> set[Result]:
        with self._with(added):
            _, report, _ = self._validator.run()  # type: ignore[no-untyped-call]
        return {
            Result(*(self._text(report, result, key) for key in (SH.sourceShape, SH.resultSeverity, SH.focusNode)))
            for result in report.objects(None, SH.result)
        }

    def run_rule(self, rule: URIRef, added: Graph) -> tuple[int, bool]:
        shape = self._validator.shacl_graph.lookup_shape_from_node(rule)
        data = self._validator.data_graph
        with self._with(added):
            conforms, _ = shape.validate(self._validator.make_executor(), data)
            return len(shape.focus_nodes(data)), conforms  # type: ignore[no-untyped-call]

    @contextmanager
    def _with(self, added: Graph) -> Iterator[None]:
        new = [triple for triple in added if triple not in self._graph]
        for triple in new:
            self._graph.add(triple)
        try:
            yield
        finally:
            for triple in new:
                self._graph.remove(triple)

    @staticmethod
    def _text(report: Graph, result: Node, key: URIRef) -> str:
        return name_of(str(report.value(result, key))).removeprefix(str(SH))


class _ParsingOnce(Graph):
    """A graph that parses the text of a query once; pySHACL hands it in again for each node."""

    def query(self, query_object: Any, *args: Any, **kwargs: Any) -> QueryResult:
        parsed = _parsed(query_object) if isinstance(query_object, str) else query_object
        return super().query(parsed, *args, **kwargs)


@cache
def _parsed(text: str) -> Any:
    return prepareQuery(text)


@cache
def _things() -> _Bench:
    quads = list(parse_file(WORLD))
    return _Bench(to_graph([*_ontology(), *quads, *derive(merged_store(quads), ())]), on_statements())


@cache
def _statements() -> _Bench:
    quads = list(parse_file(WORLD))
    base = to_graph(_ontology())
    for subject, predicate, object_ in statement_view(quads, quads, ()):
        number = statement_number(subject)
        base.add((subject if number is None else URIRef(f"urn:world:{number}"), predicate, object_))
    return _Bench(base, set(rules().values()) - on_statements())


@cache
def _ontology() -> tuple[ox.Quad, ...]:
    """Return what rules need of the ontology: hierarchies, declarations, in which list a concept is, months."""
    quads = (quad for path in bundled_workspace().ontology_files for quad in parse_file(path))
    return tuple(
        quad
        for quad in quads
        if quad.predicate.value in (_NEEDED_OF_MONTHS if "/id/concept/month-" in str(quad.subject) else _NEEDED)
        and "/id/scheme/" not in str(quad.subject)
    )


def _about_subject(one: Result, quads: list[ox.Quad]) -> Result:
    number = statement_number(one.focus)
    return one if number is None else replace(one, focus=str(quads[number].subject).strip("<>"))
