"""Two layers of shapes: the core takes a plan of any sort, and a profile holds for its own document alone."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection
from pathlib import Path

import pytest

from ecp_graph.errors import InputSyntaxError
from ecp_graph.namespaces import using
from ecp_graph.pipeline.files import validate_files
from ecp_graph.pipeline.validate import validate_workspace
from ecp_graph.rdf.load import load
from ecp_graph.validation.report import Report
from ecp_graph.workspace import Workspace, bundled_workspace
from tests.bundled import ID
from tests.shapes.harness import name_of, profile_rules

FRENCH = Path(__file__).with_name("french_plan.trig").read_text(encoding="utf-8")
BASE = "urn:ecp-graph:plan-du-port:"
PAPER = f"{ID}document/pc0457e1"
#: One passage of document PC0457E1, whose name has a straight apostrophe.
PASSAGE = f"""
@prefix concept: <https://w3id.org/ecp-graph/id/concept/> .
@prefix ecp: <https://w3id.org/ecp-graph/ontology#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
<{BASE}graph/pc/p1> {{
    <{BASE}graph/pc/p1> a ecp:Reading ;
        ecp:readingOf <{BASE}id/passage/pc/p1> ; ecp:certainty concept:certainty-verbatim .
    <{BASE}id/passage/pc/p1> a ecp:SourcePassage ;
        ecp:passageOf <{PAPER}> ; ecp:passageKind concept:passage-paragraph ; ecp:locator "Paragraph 1" .
    <{PAPER}> a ecp:SourceDocument ; skos:prefLabel "The paper's name"@en .
}}
"""
#: A profile of the French plan: its numbers have a letter before them.
OF_ITS_OWN = """
@prefix ecp: <https://w3id.org/ecp-graph/ontology#> .
@prefix ecpsh: <https://w3id.org/ecp-graph/shapes#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
<urn:ecp-graph:plan-du-port:shapes> a owl:Ontology ;
    ecpsh:profileOf <urn:ecp-graph:plan-du-port:id/document/plan> .
<urn:ecp-graph:plan-du-port:shapes#letter> a sh:PropertyShape ;
    sh:targetClass ecp:Undertaking ; sh:path ecp:numberText ; sh:pattern "^[A-Z]-" ;
    sh:severity sh:Warning ; sh:message "The number has no letter before it."@en ; ecpsh:remedy "Write A-3."@en .
"""

Make = Callable[..., Workspace]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def write(**files: str) -> Workspace:
        """Write a workspace in French; the names of files have ``__`` for a slash and ``_`` for the dot."""
        root = tmp_path / "port"
        for name, text in files.items():
            path = root / ".".join(name.replace("__", "/").rsplit("_", 1))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        (root / "workspace.toml").write_text('title = "Plan du port"\nlanguage = "fr"\n', encoding="utf-8")
        return Workspace(root)

    return write


def _names(report: Report, severities: Collection[str] = ("Violation", "Warning", "Info")) -> set[str]:
    return {name_of(one.shape) for one in report.findings if one.severity in severities}


def test_a_plan_in_french_without_chapters_times_and_known_bodies_conforms(make: Make) -> None:
    report = validate_workspace(make(data__plan_trig=FRENCH))
    assert _names(report, ("Violation", "Warning")) == set()
    assert _names(report, ("Info",)) == {"action-responsible-stated", "plan-period-stated"}
    assert {f"{BASE}id/action/a-3"} == {
        one.focus for one in report.findings if name_of(one.shape) == "action-responsible-stated"
    }
    of_profile = {name_of(rule) for rule in profile_rules()["pc0457e1"]}
    looked_at = {name_of(shape) for shape, count in report.looked_at.items() if count}
    assert not of_profile & {name_of(shape) for shape in report.looked_at}
    assert {"action-position-unique", "budget-sum", "label-tagged", "participation-plain", "Action"} <= looked_at


def test_the_same_data_read_as_document_pc0457e1_break_its_profile(make: Make) -> None:
    text = FRENCH.replace("document:plan ", f"<{PAPER}> ")
    assert text.count(PAPER) == 4
    found = _names(validate_workspace(make(data__plan_trig=text)))
    assert {
        "action-chapter-given",
        "action-number-given",
        "action-programme-stated",
        "action-responsible-given",
        "action-timeframe-given",
        "body-kind-given",
        "code-outside",
        "label-english",
        "label-quotes",
    } <= found & {name_of(rule) for rule in profile_rules()["pc0457e1"]}


def test_a_profile_never_sees_what_another_plan_of_the_workspace_states(make: Make) -> None:
    report = validate_workspace(make(data__plan_trig=FRENCH, data__paper_trig=PASSAGE))
    of_profile = {name_of(rule) for rule in profile_rules()["pc0457e1"]}
    found = {(name_of(one.shape), one.focus) for one in report.findings if name_of(one.shape) in of_profile}
    assert found == {("label-quotes", PAPER)}


def test_profiles_of_a_workspace_are_run_beside_the_core_of_the_package(make: Make) -> None:
    workspace = make(data__plan_trig=FRENCH, shapes__profiles__plan_ttl=OF_ITS_OWN)
    assert not workspace.has_own("shapes")
    assert workspace.shape_files == bundled_workspace().shape_files
    assert [workspace.relative(path) for path in workspace.profile_files] == [
        "shapes/profiles/plan.ttl",
        "shapes/profiles/pc0457e1.ttl",
    ]
    assert workspace.root / "shapes" / "profiles" / "plan.ttl" in workspace.files
    report = validate_workspace(workspace)
    found = [one for one in report.findings if one.message == "The number has no letter before it."]
    assert [(one.focus, one.severity, one.value) for one in found] == [(f"{BASE}id/action/2-1", "Warning", '"2.1"')]
    assert found[0].passages == (f"{BASE}graph/plan/actions",)
    assert report.looked_at[f"{BASE}shapes#letter"] == 3, "two actions and a plan are undertakings by the ontology"
    assert "action-responsible-stated" in _names(report)


def test_a_file_is_held_to_the_profile_too(make: Make, tmp_path: Path) -> None:
    workspace = make(data__plan_trig=FRENCH, shapes__profiles__plan_ttl=OF_ITS_OWN)
    changed = tmp_path / "changed.trig"
    changed.write_text(FRENCH.replace('"A-3"', '"3"'), encoding="utf-8")
    report = validate_files([changed], workspace)
    focus = {one.focus for one in report.findings if one.message == "The number has no letter before it."}
    assert focus == {f"{BASE}id/action/2-1", f"{BASE}id/action/a-3"}


def test_a_profile_replaces_that_of_the_package_with_the_same_name(make: Make) -> None:
    workspace = make(data__plan_trig=FRENCH, shapes__profiles__pc0457e1_ttl=OF_ITS_OWN)
    assert workspace.profile_files == [workspace.root / "shapes" / "profiles" / "pc0457e1.ttl"]


def test_a_core_of_its_own_comes_without_the_profiles_of_the_package(make: Make) -> None:
    workspace = make(data__plan_trig=FRENCH, shapes__profiles__plan_ttl=OF_ITS_OWN)
    shutil.copy(bundled_workspace().root / "shapes" / "shapes.ttl", workspace.root / "shapes")
    assert workspace.has_own("shapes")
    assert [path.name for path in workspace.shape_files] == ["shapes.ttl"]
    assert [path.name for path in workspace.profile_files] == ["plan.ttl"]


@pytest.mark.parametrize(
    ("header", "named"),
    [("", "none"), ("ecpsh:profileOf <urn:a> , <urn:b> .", "2")],
)
def test_a_profile_that_does_not_name_one_document_is_an_error(make: Make, header: str, named: str) -> None:
    line = "    ecpsh:profileOf <urn:ecp-graph:plan-du-port:id/document/plan> ."
    changed = OF_ITS_OWN.replace(line, header or "    a owl:Thing .")
    workspace = make(data__plan_trig=FRENCH, shapes__profiles__plan_ttl=changed)
    with using(workspace.names), pytest.raises(InputSyntaxError, match=f"this one names {named}") as caught:
        load(workspace)
    assert caught.value.path.name == "plan.ttl"


def test_what_would_be_left_out_of_the_profiles_is_an_error(make: Make) -> None:
    workspace = make(data__plan_trig=FRENCH, shapes__profiles__plan_ttl=OF_ITS_OWN, shapes__profiles__more_rdf="<x/>")
    with using(workspace.names), pytest.raises(InputSyntaxError, match="it would be left out"):
        load(workspace)
