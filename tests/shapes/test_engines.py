"""The fast engines judge as pySHACL does, which is run beside them here; what they leave to it is named."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import partial
from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import Graph

from ecp_graph.errors import EcpGraphError
from ecp_graph.namespaces import using
from ecp_graph.pipeline.complete import complete
from ecp_graph.rdf.load import Sources, load
from ecp_graph.rdf.terms import to_graph
from ecp_graph.validation.check import check, judge_stated
from ecp_graph.validation.data_graph import DataGraph
from ecp_graph.validation.report import Finding, Report, in_order
from ecp_graph.validation.shacl import Judged, only, run_shapes
from ecp_graph.workspace import bundled_workspace
from tests.shapes.generated import PARAMETERS, PREFIXES, data, shape
from tests.shapes.harness import expected_besides, fixture_files, rules, shape_of, shapes_graph, views


def parsed(turtle: str) -> list[ox.Quad]:
    return list(ox.parse(turtle, format=ox.RdfFormat.TURTLE))


def both(statements: DataGraph | list[ox.Quad], shapes: Graph) -> tuple[Judged, tuple[Finding, ...]]:
    """Return what the fast engines say, after a look that the reference says the same, and the findings in order."""
    data = statements if isinstance(statements, DataGraph) else DataGraph.of(statements)
    with using(bundled_workspace().names):
        fast = run_shapes(data, shapes)
        reference = run_shapes(data, shapes, engine="reference")
    findings = in_order(fast.findings)
    assert findings == in_order(reference.findings)
    assert fast.looked_at == reference.looked_at
    return fast, findings


@pytest.mark.parametrize("fixture", fixture_files("invalid") + fixture_files("valid"), ids=lambda path: path.stem)
def test_fixture_is_judged_alike(fixture: Path) -> None:
    asked = {rules()[name] for name in {shape_of(fixture), *expected_besides(fixture)}}
    looked_at = 0
    for statements, run_on_them in views(fixture):
        if chosen := asked & run_on_them:
            judged, _ = both(statements, only(shapes_graph(), chosen))
            looked_at += sum(judged.looked_at.values())
    assert looked_at > 0


@pytest.mark.parametrize("odd", [False, True], ids=["plain", "odd"])
@pytest.mark.parametrize("parameter", PARAMETERS)
def test_generated_shapes_are_judged_alike(parameter: str, odd: bool) -> None:
    chance, fast, found = random.Random(parameter), 0, 0
    for _ in range(40):
        judged, findings = both(parsed(data(chance, odd=odd)), to_graph(parsed(shape(chance, parameter))))
        fast += not judged.on_reference
        found += len(findings)
    assert found
    assert odd or bool(fast) == (parameter != "flags"), f"{fast} of 40 were fast"


# ---------------------------------------------------------------- the bundled plan, and what mutations make of it


@pytest.fixture(scope="module")
def bundled() -> tuple[Sources, list[ox.Quad]]:
    """The sources of the bundled workspace, and its statements with those that are inferred and derived."""
    workspace = bundled_workspace()
    with using(workspace.names):
        completed = complete(load(workspace), workspace.rule_files)
    return completed.sources, completed.things()


def reports(sources: Sources, things: list[ox.Quad]) -> list[Report]:
    """Return the report of the fast engines and that of the reference."""
    with using(bundled_workspace().names):
        return [
            check(sources, things, (), partial(judge_stated, sources, engine=engine), engine=engine)
            for engine in ("local", "reference")
        ]


@pytest.mark.slow
def test_bundled_plan_has_one_report(bundled: tuple[Sources, list[ox.Quad]]) -> None:
    fast, reference = reports(*bundled)
    assert fast == reference
    assert fast.findings
    assert len(fast.looked_at) > 250
    assert not fast.on_reference, "pySHACL is needed for none of them"


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_mutations_of_the_bundled_plan_have_one_report(bundled: tuple[Sources, list[ox.Quad]], seed: int) -> None:
    sources, things = bundled
    chance = random.Random(seed)
    changed = mutated(sources.data, chance)
    stated = set(sources.data)
    fast, reference = reports(
        replace(sources, data=changed), [*changed, *(quad for quad in things if quad not in stated)]
    )
    assert fast == reference
    assert len({finding.shape for finding in fast.findings}) > 20, "the mutations break rules of many kinds"


def mutated(quads: list[ox.Quad], chance: random.Random) -> list[ox.Quad]:
    """Return the quads with one in thirty left out, one given another object, and one stated twice over."""
    odd = [quad.object for quad in parsed(data(random.Random(0), odd=True))]
    found = []
    for quad in quads:
        fate = chance.randrange(30)
        if fate != 0:
            found.append(quad)
        if fate <= 2:
            other = chance.choice(quads).object if fate == 1 else quad.object
            thing = chance.choice(quads).subject if fate == 2 else quad.subject
            if chance.random() < 0.2:
                other = chance.choice(odd)
            found.append(ox.Quad(thing, quad.predicate, other, quad.graph_name))
    return found


# ---------------------------------------------------------------- what is left to pySHACL

GOOD = """ex:good a sh:NodeShape ; sh:targetClass ex:C ; sh:class ex:D ; sh:message "It is no D." ."""
DATA = "ex:a a ex:C ; ex:p 1 . ex:D a ex:E ."


@pytest.mark.parametrize(
    "constraint",
    [
        'sh:pattern "^(?=a)b" ; sh:message "m"',
        r'sh:pattern "(.)\\1" ; sh:message "m"',
        'sh:pattern "a" ; sh:flags "i" ; sh:message "m"',
        "sh:datatype xsd:string",
        'sh:expression [ sh:path ex:p ] ; sh:message "m"',
        'sh:sparql [ sh:select "SELECT $this WHERE { $this ?p ?o } LIMIT 1" ] ; sh:message "m"',
        """sh:sparql [ sh:select "SELECT $this { $this a ?c FILTER (REGEX(STR(?c), 'c', 'i')) }" ] ; sh:message "m" """,
        'sh:sparql [ sh:select "SELECT $this { $this ?p ?o . BIND (RAND() AS ?r) FILTER (?r > 2) }" ] ; sh:message "m"',
        'sh:property [ sh:path ex:p ; sh:sparql [ sh:select "SELECT $this { $this $PATH 1 }" ] ] ; sh:message "m"',
    ],
)  # fmt: skip
def test_shape_is_left_to_pyshacl_and_the_others_are_not(constraint: str) -> None:
    mine = f"ex:mine a sh:NodeShape ; sh:targetClass ex:C ; {constraint} ."
    judged, findings = both(parsed(PREFIXES + DATA), to_graph(parsed(PREFIXES + GOOD + mine)))
    assert judged.on_reference == {"http://example.org/mine"}
    assert "It is no D." in {finding.message for finding in findings}


def test_shape_that_objects_to_a_blank_node_is_left_to_pyshacl() -> None:
    statements = parsed(PREFIXES + "[] a ex:C . ex:a a ex:B .")
    shapes = PREFIXES + GOOD + 'ex:other a sh:NodeShape ; sh:targetClass ex:B ; sh:class ex:D ; sh:message "m" .'
    judged, findings = both(statements, to_graph(parsed(shapes)))
    assert judged.on_reference == {"http://example.org/good"}
    assert len(findings) == 2


def test_all_shapes_are_left_to_pyshacl_where_the_engine_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ecp_graph.validation.compiled.shacl", None)
    judged, findings = both(parsed(PREFIXES + DATA), to_graph(parsed(PREFIXES + GOOD)))
    assert judged.on_reference == {"http://example.org/good"}
    assert findings


def test_shape_that_no_engine_can_run_is_an_error() -> None:
    ill_formed = 'ex:mine a sh:PropertyShape ; sh:targetClass ex:C ; sh:path ex:p ; sh:minCount "x" ; sh:message "m" .'
    with pytest.raises(EcpGraphError, match="cannot be run"):
        both(parsed(PREFIXES + DATA), to_graph(parsed(PREFIXES + GOOD + ill_formed)))
