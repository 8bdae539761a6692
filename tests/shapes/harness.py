"""Running every shape over the small world of these tests together with one fixture.

Fixtures below ``profiles/NAME/`` are of the rules of that profile, which are run too, as if the world were its paper.

A fixture is Turtle, or TriG where the named graphs matter. Its first line is a comment that says why it breaks the
rule, or keeps it. An invalid one goes on with what it expects::

    # An action without position cannot be sorted.
    # expect: Violation at action:harbour-3
    # expect: also OTHER-RULE

The last form names a rule that the fault cannot help breaking as well.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator, Sequence
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
from ecp_graph.rdf.load import parse_file
from ecp_graph.rdf.nquads import quad_lines
from ecp_graph.rdf.terms import to_graph, to_rdflib
from ecp_graph.validation.data_graph import DataGraph as TestedGraph
from ecp_graph.validation.profiles import profile_view, stated_by
from ecp_graph.validation.shacl import only
from ecp_graph.validation.statements import ON_STATEMENTS, statement_number, statement_view
from ecp_graph.workspace import bundled_workspace
from tests.bundled import GRAPH, ID, PREFIXES

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
    "profile_rules",
    "results",
    "rules",
    "run_rule",
    "shape_of",
    "shapes_graph",
    "views",
]

FIXTURES: Final = Path(__file__).parent / "fixtures"
WORLD: Final = Path(__file__).parent / "world.trig"
#: The paper that the world reads, and the reading that states what a fixture without graphs tells.
PAPER: Final = ID + "document/harbour"
READING: Final = ox.NamedNode(GRAPH + "harbour/plan")

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
    """Return all shapes of the bundled workspace, those of its profiles included."""
    workspace = bundled_workspace()
    paths = [*workspace.shape_files, *workspace.profile_files]
    return to_graph(quad for path in paths for quad in parse_file(path))


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


@cache
def profile_rules() -> dict[str, frozenset[URIRef]]:
    """Return the rules of each profile by its name."""
    return {
        path.stem: frozenset(rules().values()) & {to_rdflib(quad.subject) for quad in parse_file(path)}
        for path in bundled_workspace().profile_files
    }


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


def results(fixture: Path | None = None, *, profile: str | None = None) -> set[Result]:
    """Return what all rules find in the world, together with the fixture, and those of its or the given profile.

    Nothing is inferred or derived, so that a result shows the statements as they stand. Rules on the statement view are
    run when the fixture has named graphs; a result about a statement has the statement's subject as its focus.
    """
    found = set()
    for bench, graph, quads in _runs(fixture, profile or _profile_of(fixture)):
        found |= {_about_subject(one, quads) for one in bench.results(graph)}
    return found


def run_rule(rule: str, fixture: Path) -> tuple[int, bool]:
    """Return at how many nodes of the world with the fixture one rule looks, and whether all of them keep it."""
    runs = (run for run in _runs(fixture, _profile_of(fixture)) if rules()[rule] in run[0].rules)
    bench, graph, _ = next(runs)
    return bench.run_rule(rules()[rule], graph)


def views(fixture: Path) -> Iterator[tuple[TestedGraph, set[URIRef]]]:
    """Yield the statements of the world with the fixture, once for each kind of rule, and the rules run on them."""
    quads = list(parse_file(fixture))
    every = [*_world(), *quads]
    yield TestedGraph.of([*_ontology(), *every]), _core_rules() - on_statements()
    if fixture.suffix == ".trig":
        yield _view(every, every, _ontology()), _core_rules() & on_statements()
    if profile := _profile_of(fixture):
        stated = stated_by(PAPER, map(_in_reading, every), every)
        of_profile = profile_view(stated, every, _ontology())
        yield TestedGraph.of(of_profile), set(profile_rules()[profile] - on_statements())
        yield _view(stated, every, _ontology()), set(profile_rules()[profile] & on_statements())


def _view(quads: Iterable[ox.Quad], data: Iterable[ox.Quad], ontology: Iterable[ox.Quad]) -> TestedGraph:
    return statement_view(quad_lines(quads), quad_lines(data), ontology)


def _profile_of(fixture: Path | None) -> str | None:
    parts = fixture.relative_to(FIXTURES).parts if fixture and FIXTURES in fixture.parents else ()
    return parts[1] if parts[:1] == ("profiles",) else None


def _runs(fixture: Path | None, profile: str | None) -> Iterator[tuple[_Bench, Graph, Sequence[ox.Quad]]]:
    """Yield each bench with what the fixture adds to its graph, and the quads of which a statement view is."""
    quads = list(parse_file(fixture)) if fixture else []
    yield _things(), to_graph(quads), quads
    if fixture and fixture.suffix == ".trig":
        yield _statements(), _view(quads, quads, ()).graph(), quads
    if profile:
        stated = stated_by(PAPER, (_in_reading(quad) for quad in quads), [*_world(), *quads])
        yield _profile(profile), to_graph(quads), quads
        yield _profile_statements(profile), _view(stated, quads, ()).graph(), stated


def _in_reading(quad: ox.Quad) -> ox.Quad:
    graph = READING if isinstance(quad.graph_name, ox.DefaultGraph) else quad.graph_name
    return ox.Quad(quad.subject, quad.predicate, quad.object, graph)


class _Bench:
    """A graph that stays, and a validator over it; what is given to a run is added and taken out again."""

    def __init__(self, base: Graph, which: Iterable[URIRef]) -> None:
        self.rules = frozenset(which)
        self._graph = _ParsingOnce()
        for triple in base:
            self._graph.add(triple)
        shapes = only(shapes_graph(), self.rules)
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
        shape = {shape.node: shape for shape in self._validator.shacl_graph.shapes}[rule]
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
def _world() -> tuple[ox.Quad, ...]:
    return tuple(parse_file(WORLD))


@cache
def _things() -> _Bench:
    return _Bench(to_graph([*_ontology(), *_world()]), _core_rules() - on_statements())


@cache
def _statements() -> _Bench:
    return _Bench(_viewed(_world()), _core_rules() & on_statements())


@cache
def _profile(name: str) -> _Bench:
    stated = stated_by(PAPER, _world(), _world())
    return _Bench(to_graph(profile_view(stated, _world(), _ontology())), profile_rules()[name] - on_statements())


@cache
def _profile_statements(name: str) -> _Bench:
    return _Bench(_viewed(stated_by(PAPER, _world(), _world())), profile_rules()[name] & on_statements())


def _core_rules() -> set[URIRef]:
    return set(rules().values()).difference(*profile_rules().values())


def _viewed(quads: Sequence[ox.Quad]) -> Graph:
    """Return a statement view whose nodes are never mistaken for those of a fixture's view."""
    base = to_graph(())
    for subject, predicate, object_ in _view(quads, _world(), _ontology()).graph():
        number = statement_number(str(subject))
        base.add((subject if number is None else URIRef(f"urn:world:{number}"), predicate, object_))
    return base


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


def _about_subject(one: Result, quads: Sequence[ox.Quad]) -> Result:
    number = statement_number(one.focus)
    return one if number is None else replace(one, focus=str(quads[number].subject).strip("<>"))
