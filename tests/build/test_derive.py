"""Overlaps out of rules, and where each thing is stated."""

from __future__ import annotations

from collections import Counter

import pyoxigraph as ox
import pytest
from ecp_graph.overlap.evidence import Evidence, Scales, gather

from ecp_graph.errors import EcpGraphError, InputSyntaxError
from ecp_graph.namespaces import compact
from ecp_graph.overlap.derive import derive, merged_store
from ecp_graph.overlap.mint import check_distinct, overlap_iri
from ecp_graph.pipeline.complete import Completed, complete
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


# ---------------------------------------------------------------- weighing what rules found

A, B, T, U = ID + "body/a", ID + "body/b", ID + "topic/t", ID + "topic/u"
SCALES = Scales(
    grades="ABCD",
    kinds=("joint", "parallel", "related"),
    certainties=("sure", "fair", "guess"),
    families={"related": "parallel"},
    certainty_of={"r:1": "sure", "r:2": "fair", "r:3": "guess", "r:4": "sure"},
)


def row(
    grade: str = "A", reading: str = "r:1", kind: str = "joint", cause: str = T, on: str = "", **more: str
) -> Evidence:
    return Evidence(A, B, kind, cause, on or cause, grade, reading=reading, **more)


def gathered(*rows: Evidence) -> list[tuple[str, str, str, str, set[str]]]:
    both = [gather(order, SCALES) for order in (rows, rows[::-1])]
    assert both[0] == both[1]
    return [(one.cause, one.kind, one.grade, one.certainty, one.readings) for one in both[0]]


def test_the_strongest_grade_wins_and_keeps_only_its_own_evidence() -> None:
    rows = [
        Evidence(B, A, "parallel", T, T, "B", "action:2", reading="r:2"),
        row(action="action:1", reading="r:1"),
        row(action="action:3", reading="r:4"),
        row("D", "r:3", "related"),
    ]
    for order in (rows, rows[::-1]):
        (overlap,) = gather(order, SCALES)
        assert (overlap.members, overlap.grade, overlap.kind) == ((A, B), "A", "joint")
        assert (overlap.actions, overlap.readings) == ({"action:1", "action:3"}, {"r:1", "r:4"})


def test_a_finding_is_as_certain_as_its_weakest_premise_by_its_best_reading() -> None:
    both = row(premise="one"), row(premise="other", reading="r:2")
    assert gathered(*both) == [(T, "joint", "A", "fair", {"r:1", "r:2"})]
    assert gathered(*both, row(premise="other", reading="r:4"))[0][3] == "sure"
    # a guess adds nothing to what is proved, but a guess that is needed takes the grade away
    assert gathered(*both, row(premise="other", reading="r:3"))[0][3:] == ("fair", {"r:1", "r:2"})
    assert gathered(row(premise="one"), row(premise="other", reading="r:3")) == [
        (T, "joint", "D", "guess", {"r:1", "r:3"})
    ]
    # a way is as certain as its weakest step, and the best way counts
    steps = row(premise="one", way="w", step="1"), row(premise="one", way="w", step="2", reading="r:3")
    assert gathered(*steps)[0][2:4] == ("D", "guess")
    assert gathered(*steps, row(premise="one", way="v", reading="r:2"))[0][2:] == ("A", "fair", {"r:2"})


def test_at_equal_grades_the_kind_counts_unless_it_rests_on_a_guess() -> None:
    assert gathered(row("B", kind="parallel"), row("B", "r:2"))[0][1:4] == ("joint", "B", "fair")
    assert gathered(row("D", kind="parallel"), row("A", "r:3"))[0][1:4] == ("parallel", "D", "sure")


def test_findings_of_one_family_that_the_same_actions_show_are_one() -> None:
    topics = [row("D", kind=kind, cause=cause, action="action:1") for kind, cause in (("related", T), ("parallel", U))]
    (overlap,) = gather(topics, SCALES)
    assert (overlap.cause, overlap.kind, overlap.on) == (U, "parallel", {T, U})
    assert len(gather([*topics, row(cause=ID + "action/1", action="action:1")], SCALES)) == 2  # joint is another family
    guess = row("D", "r:3", "parallel", cause=ID + "topic/a", action="action:1")
    assert [one.on for one in gather([*topics, guess], SCALES)] == [{T, U}]
    assert len(gather([row("C"), row("C", cause=U)], SCALES)) == 2  # no action shows them


def test_a_thing_does_not_overlap_with_itself() -> None:
    assert gather([Evidence(A, A, "joint", T, T, "A")], SCALES) == []


def test_names_of_things_elsewhere_make_an_iri_too() -> None:
    (overlap,) = gather([Evidence("https://example.org/x/1", A, "joint", "urn:isbn:2", T, "A")], Scales())
    assert overlap_iri(overlap) == ID + "overlap/example.org-x-1--body-a--urn-isbn-2"


def test_two_overlaps_never_share_an_iri() -> None:
    rows = [Evidence(f"https://e.org/x{sign}1", A, "joint", T, T, "A") for sign in "-/"]
    with pytest.raises(EcpGraphError, match=r"would get the IRI .*e\.org-x-1"):
        check_distinct(gather(rows, Scales()))


#: How a rule begins that makes its thing the cause.
SELECTED = 'SELECT ?memberA ?memberB ("joint" AS ?kind) (?on AS ?cause) ?on\n'
BOUND = "WHERE { BIND(body:a AS ?memberA) BIND(body:b AS ?memberB) BIND(topic:t AS ?on) }"


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
        (f'{SELECTED}("A" AS ?grade) {BOUND}'.replace("BIND(topic:t AS ?on)", ""), r"which lacks \?cause \?on"),
        (f'{SELECTED}("A" AS ?grade) {BOUND}'.replace("body:a", '"a"'), "other than an IRI"),
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
