"""The workspace that comes with the package, built once: what holds for it must hold for every release."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pyoxigraph as ox
import pytest

from ecp_graph.namespaces import ECP
from ecp_graph.overlap.derive import derive, merged_store
from ecp_graph.pipeline.complete import Completed, complete
from ecp_graph.pipeline.contents import fingerprint, release_id, write_contents
from ecp_graph.pipeline.files import validate_files
from ecp_graph.rdf.load import load, parse_file
from ecp_graph.release.release import Release, verify_release
from ecp_graph.release.swap import install
from ecp_graph.validation.check import check, judge_stated
from ecp_graph.validation.report import Report
from ecp_graph.workspace import Workspace, bundled_workspace
from tests.bundled import ID, PREFIXES

TYPE = ox.NamedNode(PREFIXES["rdf"] + "type")
#: How many of each an overlap has.
COUNTED = {"overlapMember": 2, "overlapCause": 1, "overlapKind": 1, "evidenceGrade": 1, "certainty": 1}


@pytest.fixture(scope="module")
def workspace() -> Workspace:
    return bundled_workspace()


@pytest.fixture(scope="module")
def completed(workspace: Workspace) -> Completed:
    return complete(load(workspace), workspace.rule_files)


@pytest.fixture(scope="module")
def report(completed: Completed) -> Report:
    sources = completed.sources
    return check(sources, completed.things(), completed.contradictions, lambda: judge_stated(sources))


@pytest.fixture(scope="module")
def release(
    workspace: Workspace, completed: Completed, report: Report, tmp_path_factory: pytest.TempPathFactory
) -> Release:
    seed = fingerprint(workspace)
    folder = tmp_path_factory.mktemp("bundled") / "releases"
    write = partial(
        write_contents, completed=completed, report=lambda: report, workspace=workspace, workspace_hash=seed, facts={}
    )
    return install(folder, release_id(seed), write)


def test_it_conforms_and_most_shapes_looked_at_something(report: Report) -> None:
    assert [finding for finding in report.findings if finding.severity == "Violation"] == []
    assert len(report.looked_at) > 250
    assert len(report.idle_shapes) < 40, "of all sorts of things that plans have, this one has most"


def test_every_finding_tells_where_and_how_to_fix_it(report: Report) -> None:
    assert report.findings
    for finding in report.findings:
        assert finding.remedy, finding
        assert finding.where or "/overlap/" in str(finding.focus), finding


def test_it_does_not_contradict_the_ontology(completed: Completed) -> None:
    assert completed.contradictions == ()
    assert len(completed.inferred) > 500


def test_what_is_inferred_is_about_things_and_not_about_terms_or_passages(completed: Completed) -> None:
    stated = {quad.triple for quad in (*completed.sources.data, *completed.sources.ontology)}
    readings = completed.sources.readings
    for quad in completed.inferred:
        assert isinstance(quad.subject, ox.NamedNode)
        assert not isinstance(quad.object, ox.BlankNode)
        assert quad.triple not in stated
        assert not quad.subject.value.startswith(ECP)
        assert quad.subject.value not in readings
        if quad.predicate == TYPE:
            assert not quad.object.value.startswith((PREFIXES["owl"], PREFIXES["rdfs"]))  # type: ignore[union-attr]


def test_overlaps_have_two_members_one_cause_kind_grade_and_certainty_and_evidence(completed: Completed) -> None:
    store = merged_store(completed.quads)
    overlaps = list(store.quads_for_pattern(None, TYPE, ox.NamedNode(ECP + "Overlap"), ox.DefaultGraph()))
    assert len(overlaps) > 50
    for quad in overlaps:
        links = {
            name: list(store.quads_for_pattern(quad.subject, ox.NamedNode(ECP + name), None, ox.DefaultGraph()))
            for name in (*COUNTED, "overlapOn", "statedIn")
        }
        assert {name: len(links[name]) for name in COUNTED} == COUNTED, quad.subject
        assert links["statedIn"], quad.subject
        assert links["overlapCause"][0].object in {on.object for on in links["overlapOn"]}


def test_deriving_again_adds_nothing(workspace: Workspace, completed: Completed) -> None:
    assert derive(merged_store(completed.quads), workspace.rule_files) == sorted(completed.derived, key=str)


def test_every_thing_of_the_data_is_stated_somewhere(completed: Completed) -> None:
    data = completed.sources.data
    replaced = {quad.subject for quad in data if quad.predicate.value == PREFIXES["dcterms"] + "isReplacedBy"}
    named = {quad.subject for quad in data if str(quad.subject).startswith(f"<{ID}")}
    things = {thing for thing in named - replaced if not str(thing).startswith(f"<{ID}passage/")}
    stated = {quad.subject for quad in completed.derived if quad.predicate.value == ECP + "statedIn"}
    assert len(things) > 200
    assert things <= stated


def test_the_release_is_whole_and_its_counts_are_true(release: Release, completed: Completed) -> None:
    assert verify_release(release) == []
    dataset = list(parse_file(release.dataset))
    data = {str(quad) for quad in completed.sources.data}
    assert data <= {str(quad) for quad in dataset}
    store = ox.Store.read_only(str(release.store))
    merged = list(store.quads_for_pattern(None, None, None, ox.DefaultGraph()))
    assert len(merged) == release.manifest["triples"] == len({str(quad.triple) for quad in dataset})
    assert sum(release.manifest["graphs"].values()) == len(dataset)


def test_a_copy_of_a_data_file_is_as_good_as_the_file(workspace: Workspace, tmp_path: Path) -> None:
    source = next(path for path in workspace.data_files if path.name == "annex-1.trig")
    copy = tmp_path / "copy.trig"
    copy.write_bytes(source.read_bytes())
    original = validate_files([source], workspace)
    report = validate_files([copy], workspace)
    assert report.conforms
    assert original.conforms
    assert [finding.message for finding in report.findings] == [finding.message for finding in original.findings]
