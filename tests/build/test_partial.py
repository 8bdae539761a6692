"""A file is judged by what it touches alone, and what is found about its things is what a whole run finds.

The whole run is pySHACL's and the compiled engine's on all statements, without any of what tells what is touched.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest

from benchmarks.workspace import write_workspace
from ecp_graph.namespaces import ECP, PREFIXES, SHAPES, using
from ecp_graph.pipeline.complete import complete
from ecp_graph.pipeline.files import validate_files
from ecp_graph.rdf.load import load, parse_file
from ecp_graph.validation.check import check, judge_stated
from ecp_graph.validation.report import Finding, Report
from ecp_graph.workspace import Workspace, find_workspace

NOTATION = ox.NamedNode(PREFIXES["skos"] + "notation")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Three generated plans that share bodies, topics and programmes."""
    folder = tmp_path_factory.mktemp("three") / "plans"
    write_workspace(folder, 3, actions=6)
    return find_workspace(folder)


def whole(workspace: Workspace) -> Report:
    with using(workspace.names):
        sources = load(workspace)
        completed = complete(sources, workspace.rule_files)
        return check(sources, completed.things(), completed.contradictions, lambda: judge_stated(sources))


@cache
def statements(path: Path) -> tuple[ox.Quad, ...]:
    return tuple(parse_file(path))


def edited(quads: tuple[ox.Quad, ...], chance: random.Random) -> list[ox.Quad]:
    """Return quads with some left out, some with another object, and some said of another thing."""
    found = []
    for quad in quads:
        fate = chance.randrange(25)
        if fate != 0:
            found.append(quad)
        if fate <= 2:
            other = chance.choice(quads)
            subject, object_ = (quad.subject, other.object) if fate < 2 else (other.subject, quad.object)
            found.append(ox.Quad(subject, quad.predicate, object_, quad.graph_name))
    return found


def about(findings: tuple[Finding, ...], things: set[str]) -> set[tuple[object, ...]]:
    """Return what is found about things, without the places in files, which are told of the files as they are named."""
    return {
        (one.severity, one.message, one.focus, one.path, one.value, one.shape, one.passages)
        for one in findings
        if one.shape and (one.focus in things or (one.value or "").strip("<>") in things)
    }


def contradictions(findings: tuple[Finding, ...], things: set[str] | None = None) -> set[str]:
    """Return the sentences of contradictions, those that are told of some things if these are given."""
    return {one.message for one in findings if one.shape is None and (things is None or one.focus in things)}


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_findings_about_an_edited_file_are_those_of_the_whole_run(workspace: Workspace, seed: int) -> None:
    chance = random.Random(seed)
    path = chance.choice(workspace.data_files)
    original = path.read_bytes()
    quads = edited(statements(path), chance)
    path.write_bytes(ox.serialize(quads, format=ox.RdfFormat.TRIG) or b"")
    try:
        part = validate_files([path], workspace)
        every = whole(workspace)
    finally:
        path.write_bytes(original)
    things = {quad.subject.value for quad in quads if isinstance(quad.subject, ox.NamedNode)}
    expected = about(every.findings, things)
    assert about(part.findings, things) == expected
    # a whole run tells a contradiction of another statement, where several are at fault
    assert contradictions(every.findings, things) <= contradictions(part.findings) <= contradictions(every.findings)
    assert len({shape for *_, shape, _ in expected}) > 5, "the edits break rules of several kinds"
    assert 0 < sum(part.looked_at.values()) < sum(every.looked_at.values()) * 0.9


@pytest.mark.slow
def test_a_plan_with_the_code_of_a_known_programme_is_found(workspace: Workspace, tmp_path: Path) -> None:
    known = statements(workspace.root / "data/register/pool-1.trig")
    code = next(quad for quad in known if quad.predicate == NOTATION and "/id/plan/" in quad.subject.value)
    quads = statements(workspace.root / "data/plan-0002/plan.trig")
    plan = next(quad for quad in quads if getattr(quad.object, "value", "") == ECP + "ActionPlan")
    added = ox.Quad(plan.subject, NOTATION, code.object, plan.graph_name)
    assert ("plan-code-unique", plan.subject.value) in found_of([*quads, added], workspace, tmp_path)


@pytest.mark.slow
def test_a_position_twice_in_a_plan_of_another_file_is_found(workspace: Workspace, tmp_path: Path) -> None:
    quads = statements(workspace.root / "data/plan-0002/actions-1.trig")
    position = ox.NamedNode(ECP + "position")
    actions = {quad.subject for quad in quads if getattr(quad.object, "value", "") == ECP + "Action"}
    taken = next(quad.object for quad in quads if quad.predicate == position and quad.subject in actions)
    changed = [
        ox.Quad(quad.subject, position, taken, quad.graph_name)
        if quad.predicate == position and quad.subject in actions
        else quad
        for quad in quads
    ]
    assert "action-position-unique" in {shape for shape, _ in found_of(changed, workspace, tmp_path)}
    assert "action-position-unique" not in {shape for shape, _ in found_of(quads, workspace, tmp_path)}


def found_of(quads: Iterable[ox.Quad], workspace: Workspace, folder: Path) -> set[tuple[str, str | None]]:
    """Return for each finding about a file of these statements its shape and focus."""
    file = folder / "changed.trig"
    file.write_bytes(ox.serialize(quads, format=ox.RdfFormat.TRIG) or b"")
    found = validate_files([file], workspace).findings
    return {((one.shape or "").removeprefix(SHAPES), one.focus) for one in found}
