"""Shapes over a workspace and over files: planted violations, clean cases, and where the findings point."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecp_graph.errors import EcpGraphError, InputSyntaxError
from ecp_graph.namespaces import ECP, SHAPES
from ecp_graph.pipeline.files import validate_files
from ecp_graph.pipeline.validate import validate_workspace
from ecp_graph.validation.report import Finding, Report
from ecp_graph.workspace import Workspace
from tests.bundled import ID, PREFIXES

from .conftest import DATA, HEADER, MakeWorkspace, line_of
from .conftest import SHAPES as SHAPES_TEXT

READING = PREFIXES["reading"]
NO_BODY = DATA.replace("ecp:responsibleBody body:ptc ; ecp:concerns", "ecp:concerns")


def violations(report: Report) -> list[Finding]:
    return [finding for finding in report.findings if finding.severity == "Violation"]


def test_a_clean_workspace_conforms_and_every_shape_looked_at_something(workspace: Workspace) -> None:
    report = validate_workspace(workspace)
    assert report.conforms
    assert report.counts == {"Violation": 0, "Warning": 0, "Info": 1}
    assert report.looked_at == {SHAPES + "Action": 2, SHAPES + "Overlap": 1, SHAPES + "StatementHasPassage": 33}
    assert report.idle_shapes == []


def test_a_shape_that_finds_nothing_to_look_at_is_told(make_workspace: MakeWorkspace) -> None:
    shapes = SHAPES_TEXT + "ecpsh:Idle a sh:NodeShape ; sh:targetClass ecp:Nothing ."
    assert validate_workspace(make_workspace({"shapes/main.ttl": shapes})).idle_shapes == [SHAPES + "Idle"]


@pytest.mark.parametrize("processors", [1, 2])
def test_a_shape_counts_for_those_that_refer_to_it_on_any_number_of_processors(
    make_workspace: MakeWorkspace, monkeypatch: pytest.MonkeyPatch, processors: int
) -> None:
    """Shapes are dealt out by their names: of two that refer to each other, one is run in each process."""
    monkeypatch.setattr("ecp_graph.forked.usable_processors", lambda: processors)
    shapes = """
        ecpsh:A a sh:NodeShape ; sh:targetClass ecp:Action ; sh:node ecpsh:B ; sh:message "Not like B."@en .
        ecpsh:B a sh:NodeShape ; sh:targetClass ecp:Plan ; sh:property [
            sh:path skos:notation ; sh:minCount 1 ; sh:message "No notation."@en ] .
        ecpsh:C a sh:NodeShape ; sh:targetClass ecp:Instrument ; sh:node ecpsh:A , ecpsh:B ; sh:message "Not."@en ."""
    report = validate_workspace(make_workspace({"shapes/main.ttl": shapes}))
    assert report.looked_at == {SHAPES + "A": 2, SHAPES + "B": 1, SHAPES + "C": 1}
    assert sorted((str(one.shape), str(one.focus)) for one in violations(report)) == [
        (SHAPES + "A", ID + "action/a1"),
        (SHAPES + "A", ID + "action/a2"),
        (SHAPES + "B", ID + "plan/p"),
        (SHAPES + "C", ID + "instrument/guide"),
    ]


def test_a_finding_tells_what_where_and_how_to_fix_it(make_workspace: MakeWorkspace) -> None:
    report = validate_workspace(make_workspace({"data/main.trig": NO_BODY}))
    assert not report.conforms
    (finding,) = violations(report)
    assert finding == Finding(
        severity="Violation",
        message="The action has nobody responsible.",
        focus=ID + "action/a2",
        path=ECP + "responsibleBody",
        value=None,
        shape=SHAPES + "Action",
        component="http://www.w3.org/ns/shacl#MinCountConstraintComponent",
        passages=(READING + "action-2",),
        file="data/main.trig",
        line=line_of(NO_BODY, "action:a2 a"),
        remedy="Name the body of the row.",
    )


def test_a_statement_without_a_passage_is_found(make_workspace: MakeWorkspace) -> None:
    text = 'body:sec skos:notation "S" .'
    undescribed, finding = violations(validate_workspace(make_workspace({"data/loose.trig": text})))
    assert undescribed.message == "The passage is not described."
    assert finding.message == "The statement stands in no named graph."
    assert (finding.focus, finding.value) == (ID + "body/sec", '"S"')
    assert finding.path == "http://www.w3.org/2004/02/skos/core#notation"
    assert (finding.file, finding.line) == ("data/loose.trig", line_of(text, "body:sec"))
    assert finding.remedy == "Put it in a passage."


def test_a_statement_in_an_undescribed_passage_is_found(make_workspace: MakeWorkspace) -> None:
    text = "reading:unknown {\n  body:sec a ecp:Body .\n}"
    (finding,) = violations(validate_workspace(make_workspace({"data/more.trig": text})))
    assert finding.message == "The passage is not described."
    assert finding.passages == (READING + "unknown",)
    assert (finding.file, finding.line) == ("data/more.trig", line_of(text, "body:sec"))


def test_sparql_constraints_messages_of_the_shape_above_and_paths(make_workspace: MakeWorkspace) -> None:
    shapes = """
    <https://w3id.org/ecp-graph/shapes> a owl:Ontology ;
        sh:declare [ sh:prefix "ecp" ; sh:namespace "https://w3id.org/ecp-graph/ontology#"^^xsd:anyURI ] .
    ecpsh:First a sh:NodeShape ; sh:targetClass ecp:Action ; sh:severity sh:Warning ; ecpsh:remedy "Count again." ;
        sh:sparql [ sh:message "{$this} has the number {?value}." ; sh:prefixes <https://w3id.org/ecp-graph/shapes> ;
            sh:select "SELECT $this ?value WHERE { $this ecp:actionNumber ?value FILTER(?value > 1) }" ] .
    ecpsh:Second a sh:NodeShape ; sh:targetClass ecp:Action ; sh:message "From above."@en ;
        sh:property ecpsh:Part .
    ecpsh:Part sh:path ( ecp:inPlan [ sh:inversePath ecp:x ] ) ; sh:minCount 1 .
    """
    report = validate_workspace(make_workspace({"shapes/main.ttl": shapes}))
    assert report.counts == {"Violation": 2, "Warning": 1, "Info": 0}
    part, warning = report.findings[0], report.findings[2]
    assert (warning.message, warning.remedy) == ("action:a2 has the number 2.", "Count again.")
    assert warning.value == '"2"^^<http://www.w3.org/2001/XMLSchema#integer>'
    assert (part.message, part.shape, part.path) == ("From above.", SHAPES + "Part", "ecp:inPlan / ^ecp:x")


@pytest.mark.parametrize(
    ("shape", "reason"),
    [
        (
            "sh:sparql [ sh:select 'SELECT $this WHERE { nonsense }' ]",
            'not SPARQL 1.1 at "SELECT .this WHERE . nonsense',
        ),
        ("sh:sparql [ sh:select 'SELECT $this WHERE { $this ?p ?o MINUS { ?s ?p ?o } }' ]", "cannot be run: .*MINUS"),
        ("sh:path ecp:inPlan", "cannot be run: A shape defined as a NodeShape cannot"),
        ('sh:property [ sh:path ecp:inPlan ; sh:minCount "a" ]', "cannot be run: .*minCount must be"),
        ('sh:property [ sh:path ecp:actionNumber ; sh:pattern "(" ]', "cannot be run: missing [)]"),
    ],
)
def test_shapes_that_cannot_be_run_are_an_error_in_a_sentence(
    make_workspace: MakeWorkspace, shape: str, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    shapes = f"ecpsh:Wrong a sh:NodeShape ; sh:targetClass ecp:Action ; {shape} ."
    with pytest.raises(EcpGraphError, match=reason):
        validate_workspace(make_workspace({"shapes/main.ttl": shapes}))
    assert capsys.readouterr().err == ""


def test_contradictions_are_violations_of_the_report(make_workspace: MakeWorkspace) -> None:
    text = "reading:list { body:ptc a ecp:OpenBodyGroup . }"
    report = validate_workspace(make_workspace({"data/more.trig": text}))
    (finding,) = violations(report)
    assert finding.message.startswith("body:ptc is in two classes that exclude each other")
    assert (finding.focus, finding.file) == (ID + "body/ptc", "data/main.trig")


def test_findings_come_in_the_same_order_every_time(make_workspace: MakeWorkspace) -> None:
    workspace = make_workspace({"data/main.trig": NO_BODY, "data/loose.trig": 'body:sec skos:notation "S" , "T" .'})
    first = validate_workspace(workspace)
    assert len(first.findings) > 3
    assert first == validate_workspace(workspace)


# ---------------------------------------------------------------- files


def write(path: Path, text: str) -> Path:
    path.write_text(HEADER + text, encoding="utf-8")
    return path


def test_a_file_is_read_in_the_context_of_the_workspace(workspace: Workspace, tmp_path: Path) -> None:
    text = "action:new a ecp:Action ; ecp:inPlan plan:p ; ecp:actionNumber 9 ; ecp:responsibleBody body:sec ."
    report = validate_files([write(tmp_path / "new.ttl", text)], workspace)
    assert report.conforms
    assert [(f.severity, f.focus) for f in report.findings] == [("Info", None), ("Info", ID + "action/new")]
    assert report.findings[0].message.startswith("Its 4 statements are not in a named graph")
    assert report.looked_at[SHAPES + "Action"] == 1, "no other action is touched"


def test_only_findings_about_the_file_are_reported(make_workspace: MakeWorkspace, tmp_path: Path) -> None:
    workspace = make_workspace({"data/main.trig": NO_BODY})
    file = write(tmp_path / "new.ttl", "action:new a ecp:Action ; ecp:inPlan plan:p ; ecp:actionNumber 9 .")
    (finding,) = violations(validate_files([file], workspace))
    assert (finding.focus, finding.file) == (ID + "action/new", str(file))
    assert finding.line == HEADER.count("\n") + 1


def test_a_number_that_the_workspace_uses_already_is_found(workspace: Workspace, tmp_path: Path) -> None:
    text = "action:new a ecp:Action ; ecp:inPlan plan:p ; ecp:actionNumber 2 ; ecp:responsibleBody body:sec ."
    (finding,) = violations(validate_files([write(tmp_path / "new.ttl", text)], workspace))
    assert "action:a2 and action:new share the key of ecp:Action" in finding.message
    assert finding.focus == ID + "action/new"


def test_what_a_file_describes_is_not_completed_from_the_workspace(workspace: Workspace, tmp_path: Path) -> None:
    file = write(tmp_path / "a1.ttl", "action:a1 a ecp:Action ; ecp:inPlan plan:p ; ecp:actionNumber 1 .")
    (finding,) = violations(validate_files([file], workspace))
    assert finding.message == "The action has nobody responsible."


def test_a_changed_copy_replaces_the_passages_that_it_holds(workspace: Workspace, tmp_path: Path) -> None:
    same = write(tmp_path / "same.trig", DATA)
    assert validate_files([same], workspace).conforms
    changed = write(tmp_path / "changed.trig", DATA.replace("ecp:actionNumber 2", "ecp:actionNumber 3"))
    assert validate_files([changed], workspace).conforms
    added = write(tmp_path / "added.trig", "reading:list { body:ptc ecp:reportsTo body:sec . }")
    assert validate_files([added], workspace).conforms


def test_a_file_with_graphs_is_held_to_the_evidence_rules(workspace: Workspace, tmp_path: Path) -> None:
    text = 'body:sec skos:notation "S" .\nreading:other { body:sec skos:notation "T" . }'
    found = violations(validate_files([write(tmp_path / "new.trig", text)], workspace))
    assert {(finding.value, finding.message) for finding in found} == {
        ('"S"', "The passage is not described."),
        ('"S"', "The statement stands in no named graph."),
        ('"T"', "The passage is not described."),
    }


def test_a_file_of_the_workspace_is_read_with_all_the_rest(make_workspace: MakeWorkspace) -> None:
    """The action is described in one file, and somebody is made responsible for it in another."""
    more = 'reading:list { action:a2 ecp:responsibleBody body:ptc . body:sec skos:notation "S" . }'
    workspace = make_workspace({"data/main.trig": NO_BODY, "data/more.trig": more})
    report = validate_files([workspace.root / "data/main.trig"], workspace)
    assert report.conforms
    assert report.findings[0].file == "data/main.trig"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("x.nt", "<{id}action/x> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{ecp}Action> .\n"),
        ("x.nq", "<{id}action/x> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{ecp}Action> <{id}g> .\n"),
        ("x.jsonld", '{{"@id": "{id}action/x", "@type": "{ecp}Action"}}'),
        (
            "x.rdf",
            '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="{ecp}">'
            '<e:Action r:about="{id}action/x"/></r:RDF>',
        ),
    ],
)
def test_any_rdf_format_can_be_validated(workspace: Workspace, tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text.format(id=ID, ecp=ECP), encoding="utf-8")
    report = validate_files([path], workspace)
    assert "The action has nobody responsible." in {finding.message for finding in violations(report)}


def test_blank_nodes_of_a_file_are_looked_at(workspace: Workspace, tmp_path: Path) -> None:
    (finding,) = violations(validate_files([write(tmp_path / "x.ttl", "[] a ecp:Action .")], workspace))
    assert finding.message == "The action has nobody responsible."


def test_a_file_that_cannot_be_parsed_is_an_error(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(InputSyntaxError, match=r"x\.ttl:\d+: column"):
        validate_files([write(tmp_path / "x.ttl", "action:a a .")], workspace)
