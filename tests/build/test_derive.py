"""Overlaps out of rules, and where each thing is stated."""

from __future__ import annotations

import hashlib
from collections import Counter

import pyoxigraph as ox
import pytest

from ecp_graph.errors import EcpGraphError, InputSyntaxError
from ecp_graph.namespaces import compact, expand
from ecp_graph.overlap.derive import derive, derive_layer, merged_store
from ecp_graph.pipeline.complete import Completed, complete, tables_of
from ecp_graph.rdf.load import load
from ecp_graph.workspace import Workspace
from tests.bundled import DERIVED_GRAPH, ID

from .conftest import DATA, ONTOLOGY, RULE, MakeWorkspace

OVERLAP = ID + "overlap/body-ptc--body-sec--action-a1"


def completed(workspace: Workspace) -> Completed:
    return complete(load(workspace), workspace.rule_files)


def about(quads: list[ox.Quad], iri: str) -> set[str]:
    def show(term: object) -> str:
        return compact(term.value) if isinstance(term, ox.NamedNode) else str(term)

    return {f"{show(quad.predicate)} {show(quad.object)}" for quad in quads if quad.subject == ox.NamedNode(iri)}


#: The passage has no hash, as the reading is of none.
EVIDENCE = f"""kind=joint
member={ID}body/ptc
member={ID}body/sec
on={ID}action/a1
on={ID}instrument/guide
text={expand("reading:action-1")}"""


def test_an_overlap_is_one_node_with_its_evidence(workspace: Workspace) -> None:
    derived = completed(workspace).derived
    assert {quad.graph_name for quad in derived} == {ox.NamedNode(DERIVED_GRAPH)}
    assert about(derived, OVERLAP) == {
        "rdf:type ecp:Overlap",
        "rdf:type ecp:PlanningEntity",
        'skos:prefLabel "PTC and SEC on Write the guide"@en',
        "ecp:overlapMember body:ptc",
        "ecp:overlapMember body:sec",
        "ecp:overlapCause action:a1",
        "ecp:overlapOn action:a1",
        "ecp:overlapOn instrument:guide",
        "ecp:overlapKind concept:overlap-joint",
        "ecp:evidenceGrade concept:grade-a",
        "ecp:overlapAction action:a1",
        "ecp:statedIn reading:action-1",
        f'ecp:evidenceHash "{hashlib.sha256(EVIDENCE.encode()).hexdigest()}"',
    }
    # The rule gives each pair in both orders, and each body with itself.
    assert len({quad.subject for quad in derived if "/overlap/" in quad.subject.value}) == 1


def test_every_thing_is_stated_in_the_passages_that_have_it_as_subject(workspace: Workspace) -> None:
    derived = completed(workspace).derived
    stated = Counter(
        quad.subject.value.removeprefix(ID) for quad in derived if quad.predicate.value.endswith("statedIn")
    )
    del stated[OVERLAP.removeprefix(ID)]
    assert stated == {"body/ptc": 2, "body/sec": 1, "plan/p": 1, "instrument/guide": 1, "action/a1": 1, "action/a2": 1}


def test_deriving_from_what_was_derived_adds_nothing(workspace: Workspace) -> None:
    first = completed(workspace)
    again = derive(merged_store(first.quads), workspace.rule_files)
    assert again == sorted(first.derived, key=str)
    assert len(again) > 10


def test_a_comment_declares_no_prefix(make_workspace: MakeWorkspace) -> None:
    rule = f"# Here prefix ecp: is that of the ontology.\n# PREFIX ecp: <u:>\n{RULE}"
    assert about(completed(make_workspace({"queries/derive/same-row.rq": rule})).derived, OVERLAP)
    redeclared = f"PREFIX ecp: <u:> {RULE}"
    assert not about(completed(make_workspace({"queries/derive/same-row.rq": redeclared})).derived, OVERLAP)


GRADES = """
concept:level-1 skos:inScheme scheme:evidence-grades ; skos:notation "1 proved" .
concept:level-2 skos:inScheme scheme:evidence-grades ; skos:notation "2 likely" .
concept:level-9 skos:inScheme scheme:others ; skos:notation "A" .
"""


def test_the_grades_are_the_concepts_of_the_scheme(make_workspace: MakeWorkspace) -> None:
    own = {"ontology/main.ttl": ONTOLOGY.replace("evidence-grades", "others") + GRADES}
    rule = {"queries/derive/same-row.rq": RULE.replace('"A"', '"2 likely"')}
    assert "ecp:evidenceGrade concept:level-2" in about(completed(make_workspace(own | rule)).derived, OVERLAP)
    better = rule | {"queries/derive/better.rq": RULE.replace('"A"', '"1 proved"')}
    assert "ecp:evidenceGrade concept:level-1" in about(completed(make_workspace(own | better)).derived, OVERLAP)
    with pytest.raises(InputSyntaxError, match="'A', which is no concept"):
        completed(make_workspace({**own, "queries/derive/same-row.rq": RULE, "queries/derive/better.rq": None}))


#: The readings of the small workspace with their certainty, which it does not have otherwise.
CERTAINTIES = """
concept:certainty-sure skos:inScheme scheme:certainties ; skos:notation "sure" ; ecp:position 1 .
concept:certainty-guess skos:inScheme scheme:certainties ; skos:notation "guess" ; ecp:position 2 .
"""
GUESSED = DATA.replace(
    "reading:action-1 a ecp:SourcePassage", "reading:action-1 a ecp:Reading ; ecp:certainty concept:certainty-guess"
)


def test_what_rests_on_the_weakest_certainty_has_the_weakest_grade(make_workspace: MakeWorkspace) -> None:
    files = {"ontology/main.ttl": ONTOLOGY + CERTAINTIES, "data/main.trig": GUESSED}
    found = about(completed(make_workspace(files)).derived, OVERLAP)
    assert {"ecp:evidenceGrade concept:grade-b", "ecp:certainty concept:certainty-guess"} <= found
    files["ontology/main.ttl"] = files["ontology/main.ttl"].replace("ecp:position 2", "ecp:position 0")
    found = about(completed(make_workspace(files)).derived, OVERLAP)
    assert {"ecp:evidenceGrade concept:grade-a", "ecp:certainty concept:certainty-guess"} <= found


#: How a rule begins that makes its thing the cause.
SELECTED = 'SELECT ?memberA ?memberB ("joint" AS ?kind) (?on AS ?cause) ?on\n'
BOUND = "WHERE { BIND(body:a AS ?memberA) BIND(body:b AS ?memberB) BIND(topic:t AS ?on) }"


def test_names_of_things_elsewhere_make_an_iri_too(make_workspace: MakeWorkspace) -> None:
    rule = f'{SELECTED}("A" AS ?grade) {BOUND}'.replace("body:a", "<https://example.org/x/1>")
    rule = rule.replace("topic:t", "<urn:isbn:2>")
    derived = completed(make_workspace({"queries/derive/rule.rq": rule})).derived
    node = ID + "overlap/example.org-x-1--body-b--urn-isbn-2"
    assert 'skos:prefLabel "1 and b on urn:isbn:2"@en' in about(derived, node)


def test_two_overlaps_never_share_an_iri(make_workspace: MakeWorkspace) -> None:
    rule = f'{SELECTED}("A" AS ?grade) {BOUND}'.replace("BIND(body:a AS ?memberA)", "")
    rule = rule.replace("BIND", "VALUES ?memberA { <https://e.org/x-1> <https://e.org/x/1> } BIND", 1)
    with pytest.raises(EcpGraphError, match=r"would get the IRI .*e\.org-x-1--body-b--topic-t: .* Rename one of these"):
        completed(make_workspace({"queries/derive/rule.rq": rule}))


@pytest.mark.parametrize("joins_from", [0, 10**9])
def test_findings_by_joins_are_those_by_sparql(workspace: Workspace, joins_from: int) -> None:
    first = completed(workspace)
    told: list[str] = []
    by_engine = derive(first.quads, workspace.rule_files, joins_from=joins_from, progress=told.append)
    assert by_engine == sorted(first.derived, key=str)
    assert not told


def test_a_rule_without_joins_runs_on_the_embedded_engine_and_that_is_told(make_workspace: MakeWorkspace) -> None:
    of_own = RULE.replace("WHERE {", "WHERE { MINUS { ?nothing ecp:isLike ?memberA }", 1)
    assert of_own != RULE
    workspace = make_workspace({"queries/derive/same-row.rq": of_own, "queries/derive/same.rq": RULE})
    first = completed(workspace)
    told: list[str] = []
    assert derive(first.quads, workspace.rule_files, joins_from=0, progress=told.append) == sorted(
        first.derived, key=str
    )
    statements = tables_of(load(workspace))
    assert derive_layer(statements, workspace.rule_files, joins_from=0) == {"same-row.rq": "MINUS"}
    assert told == ["same-row.rq runs on the embedded engine, because joins do not cover MINUS"]


@pytest.mark.parametrize("joins_from", [0, 10**9])
@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ("SELECT ?memberA\nWHERE { ?memberA ecp: }", r"rule\.rq:2: "),
        ("SELECT ?memberA WHERE { ?memberA ecp: }", r"rule\.rq:1: column 39: this is not SPARQL"),
        ("SELECT ?memberA ?memberB WHERE { ?memberA ?p ?memberB }", r"does not select \?kind \?cause \?on \?grade"),
        ("ASK { ?s ?p ?o }", "does not select"),
        (
            f'# as good as "E"\n{SELECTED}("E" AS ?grade) {BOUND}',
            r"rule\.rq:3: the rule gives the grade 'E', which is no concept of .*/evidence-grades\. .* are: A, B\.",
        ),
        (f'{SELECTED}(CONCAT("A", "B") AS ?grade) {BOUND}', r"rule\.rq: the rule gives the grade 'AB'"),
        (
            f'{SELECTED}("A" AS ?grade) {BOUND}'.replace("joint", "shared"),
            r"rule\.rq:1: the rule gives the kind 'shared', which is no concept of .*/overlap-kinds\. .* are: joint\.",
        ),
        (f'{SELECTED}("A" AS ?grade) {BOUND}'.replace("BIND(topic:t AS ?on)", ""), r"a row without \?cause \?on: "),
        (
            f'{SELECTED}("A" AS ?grade) {BOUND}'.replace("body:a", '"a"'),
            r"gives \"a\" as \?memberA, which has to be an IRI\.",
        ),
        ("SELECT ?memberA WHERE " + "{" * 60_000 + "}" * 60_000, "nested more than 64 levels deep"),
    ],
)
def test_a_rule_that_gives_something_else_is_an_error(
    make_workspace: MakeWorkspace, rule: str, reason: str, joins_from: int
) -> None:
    workspace = make_workspace({"queries/derive/rule.rq": rule})
    sources = load(workspace)
    with pytest.raises(InputSyntaxError, match=reason) as caught:
        derive([*sources.ontology, *sources.data], workspace.rule_files, joins_from=joins_from)
    assert caught.value.path.name == "rule.rq"


def test_a_rule_that_is_not_utf_8_is_an_error(make_workspace: MakeWorkspace) -> None:
    workspace = make_workspace()
    (workspace.root / "queries/derive/rule.rq").write_bytes(b"SELECT ?memberA \xff")
    with pytest.raises(InputSyntaxError, match=r"rule\.rq: it is not UTF-8"):
        completed(workspace)
