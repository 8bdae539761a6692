"""Overlaps out of rules, and where each thing is stated."""

from __future__ import annotations

from collections import Counter

import pyoxigraph as ox
import pytest

from ecp_graph.errors import EcpGraphError, InputSyntaxError
from ecp_graph.namespaces import compact
from ecp_graph.overlap.derive import derive, merged_store
from ecp_graph.overlap.mint import Evidence, gather
from ecp_graph.pipeline.complete import Completed, complete
from ecp_graph.rdf.load import load
from ecp_graph.workspace import Workspace
from tests.bundled import DERIVED_GRAPH, ID

from .conftest import ONTOLOGY, RULE, MakeWorkspace

OVERLAP = ID + "overlap/body-ptc--body-sec--instrument-guide"


def completed(workspace: Workspace) -> Completed:
    return complete(load(workspace), workspace.rule_files)


def about(quads: list[ox.Quad], iri: str) -> set[str]:
    def show(term: object) -> str:
        return compact(term.value) if isinstance(term, ox.NamedNode) else str(term)

    return {f"{show(quad.predicate)} {show(quad.object)}" for quad in quads if quad.subject == ox.NamedNode(iri)}


def test_an_overlap_is_one_node_with_its_evidence(workspace: Workspace) -> None:
    derived = completed(workspace).derived
    assert {quad.graph_name for quad in derived} == {ox.NamedNode(DERIVED_GRAPH)}
    assert about(derived, OVERLAP) == {
        "rdf:type ecp:Overlap",
        "rdf:type ecp:PlanningEntity",
        'skos:prefLabel "PTC and SEC on Guide"@en',
        "ecp:overlapMember body:ptc",
        "ecp:overlapMember body:sec",
        "ecp:overlapOn instrument:guide",
        "ecp:evidenceGrade concept:grade-a",
        "ecp:overlapAction action:a1",
        "ecp:statedIn passage:action-1",
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
    assert again == first.derived
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


A, B, ON = ID + "body/a", ID + "body/b", ID + "topic/t"


def test_the_strongest_grade_wins_and_keeps_only_its_own_evidence() -> None:
    rows = [
        Evidence(B, A, ON, "B", "action:2", "passage:2"),
        Evidence(A, B, ON, "A", "action:1", "passage:1"),
        Evidence(A, B, ON, "A", "action:3", None),
        Evidence(A, B, ON, "D", None, "passage:4"),
    ]
    for order in (rows, rows[::-1]):
        (overlap,) = gather(order)
        assert (overlap.members, overlap.grade) == ((A, B), "A")
        assert (overlap.actions, overlap.passages) == ({"action:1", "action:3"}, {"passage:1"})


def test_a_thing_does_not_overlap_with_itself() -> None:
    assert gather([Evidence(A, A, ON, "A")]) == []


def test_names_of_things_elsewhere_make_an_iri_too() -> None:
    (overlap,) = gather([Evidence("https://example.org/x/1", A, "urn:isbn:2", "A")])
    assert overlap.iri == ID + "overlap/example.org-x-1--body-a--urn-isbn-2"


def test_two_overlaps_never_share_an_iri() -> None:
    rows = [Evidence("https://e.org/x-1", A, ON, "A"), Evidence("https://e.org/x/1", A, ON, "A")]
    with pytest.raises(EcpGraphError, match=r"would get the IRI .*e\.org-x-1"):
        gather(rows)


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ("SELECT ?memberA\nWHERE { ?memberA ecp: }", r"rule\.rq:2: "),
        ("SELECT ?memberA WHERE { ?memberA ecp: }", r"rule\.rq:1: column 39: this is not SPARQL"),
        ("SELECT ?memberA ?memberB WHERE { ?memberA ?p ?memberB }", r"does not select \?on \?grade"),
        ("ASK { ?s ?p ?o }", "does not select"),
        (
            '# as good as "E"\nSELECT ?memberA ?memberB ?on\n("E" AS ?grade) WHERE { BIND(body:a AS ?memberA) '
            "BIND(body:b AS ?memberB) BIND(topic:t AS ?on) }",
            r"rule\.rq:3: the rule gives the grade 'E', which is no concept of .*/evidence-grades\. .* are: A, B\.",
        ),
        (
            'SELECT ?memberA ?memberB ?on (CONCAT("A", "B") AS ?grade) WHERE { BIND(body:a AS ?memberA) '
            "BIND(body:b AS ?memberB) BIND(topic:t AS ?on) }",
            r"rule\.rq: the rule gives the grade 'AB'",
        ),
        (
            'SELECT ?memberA ?memberB ?on ("A" AS ?grade) WHERE { BIND(body:a AS ?memberA) BIND(body:b AS ?memberB) }',
            r"which lacks \?on",
        ),
        (
            'SELECT ?memberA ?memberB ?on ("A" AS ?grade) WHERE { BIND("a" AS ?memberA) '
            "BIND(body:b AS ?memberB) BIND(topic:t AS ?on) }",
            "other than an IRI",
        ),
        ("SELECT ?memberA WHERE " + "{" * 60_000 + "}" * 60_000, "nested more than 64 levels deep"),
    ],
)
def test_a_rule_that_gives_something_else_is_an_error(make_workspace: MakeWorkspace, rule: str, reason: str) -> None:
    workspace = make_workspace({"queries/derive/rule.rq": rule})
    with pytest.raises(InputSyntaxError, match=reason) as caught:
        completed(workspace)
    assert caught.value.path.name == "rule.rq"


def test_a_rule_that_is_not_utf_8_is_an_error(make_workspace: MakeWorkspace) -> None:
    workspace = make_workspace()
    (workspace.root / "queries/derive/rule.rq").write_bytes(b"SELECT ?memberA \xff")
    with pytest.raises(InputSyntaxError, match=r"rule\.rq: it is not UTF-8"):
        completed(workspace)
