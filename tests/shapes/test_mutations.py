"""Each slip that is made in the bundled data on purpose is caught by the rule that is expected to, and only then."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

import pyoxigraph as ox
import pytest
from rdflib import Graph

from ecp_graph.namespaces import ECP
from ecp_graph.overlap.derive import derive, merged_store
from ecp_graph.rdf.load import parse_file
from ecp_graph.rdf.nquads import quad_lines
from ecp_graph.reasoning.reason import infer
from ecp_graph.validation.data_graph import DataGraph
from ecp_graph.validation.shacl import only, run_shapes
from ecp_graph.validation.statements import statement_number, statement_view
from ecp_graph.workspace import bundled_workspace
from tests.shapes.harness import on_statements, rules, shapes_graph
from tests.shapes.mutations import REASONER, Mutation, iri, mutations
from tools.mutation_docs import PAGE, page

CAUGHT = [one for one in mutations() if one.caught_by]
BY_RULES = [one for one in CAUGHT if one.caught_by != REASONER]
STATED_IN = ox.NamedNode(ECP + "statedIn")


@cache
def _sources() -> tuple[list[ox.Quad], list[ox.Quad]]:
    """Return the ontology and the data as they are stated."""
    workspace = bundled_workspace()
    ontology = [quad for path in workspace.ontology_files for quad in parse_file(path)]
    return ontology, [quad for path in workspace.data_files for quad in parse_file(path)]


@cache
def _alone(rule: str) -> Graph:
    """Return the shape of a rule with all that it refers to."""
    return only(shapes_graph(), {rules()[rule]})


class _Bench:
    """The merged data, in which slips are made and mended again."""

    def __init__(self) -> None:
        ontology, self._data = _sources()
        self._ontology = ontology
        self._lines = quad_lines(self._data)
        derived = derive(merged_store([*ontology, *self._data]), ())
        self._triples = dict.fromkeys(_triple(one) for one in [*ontology, *self._data, *derived])

    def focus_nodes(self, rule: str, taken_out: Sequence[ox.Quad], put_in: Sequence[ox.Quad]) -> set[str]:
        """Return at what a rule objects after a change; at the subject where it objects to a statement."""
        if rules()[rule] not in on_statements():
            return {focus for _, focus in self.findings(_alone(rule), taken_out, put_in)}
        lines = quad_lines(put_in)
        found = run_shapes(statement_view(lines, self._lines, self._ontology), _alone(rule)).findings
        numbers = [statement_number(one.focus or "") for one in found]
        return {lines[number].split()[0].decode().strip("<>") for number in numbers if number is not None}

    def findings(
        self, shapes: Graph, taken_out: Sequence[ox.Quad], put_in: Sequence[ox.Quad]
    ) -> set[tuple[str | None, str]]:
        """Return what shapes find after a change: the shape and the thing."""
        out = {quad.triple for quad in taken_out}
        new = [triple for quad in put_in for triple in (quad.triple, *_stated(quad))]
        changed = [*(triple for triple in self._triples if triple not in out), *new]
        return {(one.shape, one.focus or "") for one in run_shapes(DataGraph.of(changed), shapes).findings}


def _triple(one: ox.Quad | ox.Triple) -> ox.Triple:
    return one.triple if isinstance(one, ox.Quad) else one


def _stated(quad: ox.Quad) -> Iterator[ox.Triple]:
    if isinstance(quad.graph_name, ox.NamedNode):
        yield ox.Triple(quad.subject, STATED_IN, quad.graph_name)


@pytest.fixture(scope="module")
def bench() -> _Bench:
    return _Bench()


def _after(one: Mutation) -> tuple[list[ox.Quad], list[ox.Quad]]:
    """Return what leaves the bundled data and what comes in, with what is given."""
    taken_out = one.statements("taken_out")
    gone = {quad.triple for quad in taken_out}
    return taken_out, [quad for quad in one.statements("given") if quad.triple not in gone] + one.statements("put_in")


def test_there_are_the_slips_of_the_review_and_thirty_more() -> None:
    assert [one.number for one in mutations()] == list(range(1, 85))
    assert all(bool(one.caught_by) != bool(one.uncaught) for one in mutations())


@pytest.mark.parametrize("one", mutations(), ids=lambda one: str(one.number))
def test_slip_changes_the_data(one: Mutation) -> None:
    _, data = _sources()
    stated = {quad.triple for quad in [*data, *one.statements("given")]}
    taken_out, put_in = one.statements("taken_out"), one.statements("put_in")
    assert taken_out or put_in
    assert [quad for quad in taken_out if quad.triple not in stated] == []
    assert [quad for quad in put_in if quad in data] == []


@pytest.mark.parametrize("one", BY_RULES, ids=lambda one: f"{one.number}-{one.caught_by}")
def test_slip_is_caught_by_its_rule_which_was_silent_before(one: Mutation, bench: _Bench) -> None:
    assert one.caught_by
    assert iri(one.at) not in bench.focus_nodes(one.caught_by, (), one.statements("given"))
    assert iri(one.at) in bench.focus_nodes(one.caught_by, *_after(one))


def test_slips_that_contradict_the_ontology_are_caught_by_the_reasoner() -> None:
    ontology, data = _sources()
    slips = [one for one in CAUGHT if one.caught_by == REASONER]
    changes = [_after(one) for one in slips]
    gone = {quad.triple for taken_out, _ in changes for quad in taken_out}
    stated = [quad for quad in data if quad.triple not in gone]
    put_in = [quad for _, new in changes for quad in new]
    inferred = infer([*stated, *put_in], ontology)
    contradicted = {thing for one in inferred.contradictions for thing in one.individuals}
    assert slips
    assert {iri(one.at) for one in slips} <= contradicted


def test_slips_that_nothing_can_catch_are_caught_by_nothing(bench: _Bench) -> None:
    changes = [_after(one) for one in mutations() if one.uncaught]
    given = [quad for one in mutations() if one.uncaught for quad in one.statements("given")]
    taken_out = [quad for old, _ in changes for quad in old]
    put_in = [quad for _, new in changes for quad in new]
    shapes = only(shapes_graph(), set(rules().values()) - on_statements())
    assert taken_out
    assert bench.findings(shapes, taken_out, put_in) - bench.findings(shapes, (), given) == set()


def test_the_page_is_as_the_data_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m tools.mutation_docs"
