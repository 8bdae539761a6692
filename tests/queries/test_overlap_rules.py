"""Each rule of overlap on a plan made up here: what has to fire it fires it, and what comes close leaves it silent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

from ecp_graph.namespaces import ECP, compact
from ecp_graph.overlap.derive import derive, merged_store
from ecp_graph.workspace import bundled_workspace
from tests.bundled import DERIVED_GRAPH, PREFIXES
from tests.growth import LINEAR, exponent

ROOT = Path(__file__).resolve().parents[2]
RULES = {path.stem: path for path in sorted((ROOT / "queries" / "derive").glob("*.rq"))}
CONCEPTS = list(ox.parse(path=str(ROOT / "ontology" / "concepts.ttl"), format=ox.RdfFormat.TURTLE))

#: What a build knows of the plan besides its actions: types, and the part of the ontology that rules look at.
FRAME = """
graph:ontology {
    ecp:develops rdfs:subPropertyOf ecp:concernsInstrument . ecp:underProgramme owl:inverseOf ecp:coversAction .
    dcterms:subject a owl:ObjectProperty .
}
graph:inferred {
    body:a a ecp:Body . body:b a ecp:Body . body:c a ecp:Body . organization:o a ecp:Organization , ecp:Body .
    group:g a ecp:OpenBodyGroup .
    action:1 a ecp:Action ; ecp:belongsToPlan plan:x . action:2 a ecp:Action ; ecp:belongsToPlan plan:x .
    action:3 a ecp:Action ; ecp:belongsToPlan plan:y .
}
reading:one { reading:one a ecp:Reading ; ecp:certainty concept:certainty-verbatim }
reading:two { reading:two a ecp:Reading ; ecp:certainty concept:certainty-verbatim }
reading:three { reading:three a ecp:Reading ; ecp:certainty concept:certainty-normalised }
reading:topics { reading:topics a ecp:Reading ; ecp:certainty concept:certainty-verbatim }
reading:guess { reading:guess a ecp:Reading ; ecp:certainty concept:certainty-interpreted }
"""


def store_of(text: str) -> ox.Store:
    prologue = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
    return merged_store([*CONCEPTS, *ox.parse(prologue + FRAME + text, ox.RdfFormat.TRIG)])


def found(text: str, *rules: str) -> set[str]:
    """The findings of some rules: members, kind, grade and certainty, and behind them what they are on and by what."""
    facts: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for quad in derive(store_of(text), [RULES[rule] for rule in rules]):
        if "/overlap/" in quad.subject.value and isinstance(quad.object, ox.NamedNode):
            name = compact(quad.object.value).rpartition(":")[2]
            facts[quad.subject.value][compact(quad.predicate.value)].append(name)
    return {told(of) for of in facts.values()}


def told(of: dict[str, list[str]]) -> str:
    (cause,), (kind,), (grade,), (certainty,) = (
        of[name] for name in ("ecp:overlapCause", "ecp:overlapKind", "ecp:evidenceGrade", "ecp:certainty")
    )
    marks = f"{kind.removeprefix('overlap-')} {grade[-1].upper()} {certainty.removeprefix('certainty-')}"
    others = sorted(set(of["ecp:overlapOn"]) - {cause})
    parts = [cause, *others, "by", *sorted(of["ecp:overlapAction"]), "in", *sorted(of["ecp:statedIn"])]
    return f"{' '.join(sorted(of['ecp:overlapMember']))}: {marks} on {' '.join(parts)}"


def lines(text: str) -> set[str]:
    return {" ".join(line.split()) for line in text.strip().splitlines() if line.strip()}


ACTION = """
reading:one { action:1 ecp:responsibleBody body:a , body:b ; ecp:develops instrument:i ; dcterms:subject topic:t ;
    ecp:underProgramme plan:p }
reading:topics { instrument:i dcterms:subject topic:u }
graph:inferred { action:1 ecp:concernsInstrument instrument:i }
"""

CASES = {
    ("bodies-same-action", ACTION): "a b: joint A verbatim on 1 i p t u by 1 in one topics",
    # an organization is responsible like any body; the second one is stated in the other direction and elsewhere
    (
        "bodies-same-action",
        "reading:three { action:1 ecp:responsibleBody organization:o }"
        "reading:two { body:a ecp:responsibleFor action:1 }"
        "graph:inferred { action:1 ecp:responsibleBody body:a }",
    ): "a o: joint A normalised on 1 by 1 in three two",
    (
        "bodies-owner-of-programme",
        "reading:one { action:1 ecp:responsibleBody body:b ; ecp:underProgramme plan:p ; dcterms:subject topic:t }"
        "reading:two { plan:p ecp:programmeOf body:a }",
    ): "a b: programme B verbatim on 1 p t by 1 in one two",
    (
        "bodies-joint-session",
        "reading:one { event:e ecp:meetingOf body:a , body:b }"
        "reading:two { event:e ecp:concernsInstrument instrument:i , instrument:j }",
    ): "a b: joint C verbatim on e i j by in one two",
    (
        "bodies-descent",
        "reading:one { event:e ecp:decidedBy body:b ; ecp:establishesBody body:a ; dcterms:subject topic:t }",
    ): "a b: descent C verbatim on e t by in one",
    (
        "bodies-parallel-instrument",
        "reading:one { action:1 ecp:responsibleBody body:a ; ecp:concernsInstrument instrument:i }"
        "reading:two { action:2 ecp:responsibleBody body:b ; ecp:concernsInstrument instrument:i }",
    ): "a b: parallel B verbatim on i by 1 2 in one two",
    # the instrument of the one is on the topic that the other names
    (
        "bodies-parallel-topic",
        "reading:one { action:1 ecp:responsibleBody body:a ; ecp:concernsInstrument instrument:i }"
        "reading:topics { instrument:i dcterms:subject topic:t }"
        "reading:three { action:2 ecp:responsibleBody body:b ; dcterms:subject topic:t }",
    ): "a b: parallel D normalised on t by 1 2 in one three topics",
    (
        "bodies-related-topic",
        "reading:one { action:1 ecp:responsibleBody body:a ; dcterms:subject topic:wide }"
        "reading:two { action:2 ecp:responsibleBody body:b ; dcterms:subject topic:narrow }"
        "reading:topics { topic:narrow skos:broader topic:wide }",
    ): "a b: related D verbatim on wide by 1 2 in one topics two",
    (
        "programmes-same-action",
        "reading:one { action:1 ecp:underProgramme plan:p , plan:q ; ecp:concernsInstrument instrument:i }",
    ): "p q: programme A verbatim on 1 i by 1 in one",
    (
        "programmes-parallel-instrument",
        "reading:one { action:1 ecp:underProgramme plan:p ; ecp:concernsInstrument instrument:i }"
        "reading:two { action:2 ecp:underProgramme plan:q ; ecp:concernsInstrument instrument:i }",
    ): "p q: parallel B verbatim on i by 1 2 in one two",
    (
        "programmes-parallel-topic",
        "reading:one { action:1 ecp:underProgramme plan:q ; dcterms:subject topic:t }"
        "reading:two { action:2 ecp:underProgramme plan:p ; dcterms:subject topic:t }",
    ): "p q: parallel D verbatim on t by 1 2 in one two",
    (
        "programmes-related-topic",
        "reading:one { action:1 ecp:underProgramme plan:q ; dcterms:subject topic:m }"
        "reading:two { action:2 ecp:underProgramme plan:p ; dcterms:subject topic:n }"
        "reading:topics { topic:m skos:broader topic:w . topic:n skos:broader topic:w }",
    ): "p q: related D verbatim on w by 1 2 in one topics two",
    # of two plans
    (
        "actions-parallel-instrument",
        "reading:one { action:1 ecp:concernsInstrument instrument:i }"
        "reading:three { action:3 ecp:concernsInstrument instrument:i }",
    ): "1 3: parallel B normalised on i by 1 3 in one three",
    (
        "actions-parallel-topic",
        "reading:one { action:1 dcterms:subject topic:t } reading:two { action:2 dcterms:subject topic:t }",
    ): "1 2: parallel D verbatim on t by 1 2 in one two",
    (
        "actions-related-topic",
        "reading:one { action:1 dcterms:subject topic:n } reading:two { action:2 dcterms:subject topic:m }"
        "reading:topics { topic:n skos:broader topic:w . topic:m skos:broader topic:w }",
    ): "1 2: related D verbatim on w by 1 2 in one topics two",
}

SILENT = [
    ("bodies-same-action", "reading:one { action:1 ecp:responsibleBody body:a ; ecp:responsibleParty group:g }"),
    ("bodies-same-action", "reading:one { action:1 ecp:responsibleParty group:g , body:b }"),
    # an open group that somebody wrongly made a responsible body is still no body
    ("bodies-same-action", "reading:one { action:1 ecp:responsibleBody body:a , group:g }"),
    # without a reading there is no evidence
    ("bodies-same-action", "graph:inferred { action:1 ecp:responsibleBody body:a , body:b }"),
    (
        "bodies-owner-of-programme",
        "reading:one { action:1 ecp:responsibleBody body:a ; ecp:underProgramme plan:p }"
        "reading:two { plan:p ecp:programmeOf body:a }",
    ),
    (
        "bodies-owner-of-programme",
        "reading:one { action:1 ecp:responsibleParty group:g ; ecp:underProgramme plan:p }"
        "reading:two { plan:p ecp:programmeOf body:a }",
    ),
    ("bodies-joint-session", "reading:one { event:e ecp:meetingOf body:a ; ecp:concernsInstrument instrument:i }"),
    (
        "bodies-joint-session",
        "reading:one { event:e ecp:organizedBy body:a , body:b ; ecp:concernsInstrument instrument:i }",
    ),
    ("bodies-descent", "reading:one { event:e ecp:decidedBy body:a ; ecp:establishesBody body:a }"),
    # a line of reporting has no node that could be the cause
    ("bodies-descent", "reading:one { body:a ecp:reportsTo body:b }"),
    # one action of both is no pair of actions
    (
        "bodies-parallel-instrument",
        "reading:one { action:1 ecp:responsibleBody body:a , body:b ; ecp:concernsInstrument instrument:i }",
    ),
    # the action of the one is the other's too, through its programme
    (
        "bodies-parallel-instrument",
        "reading:one { action:1 ecp:responsibleBody body:a ; ecp:concernsInstrument instrument:i ;"
        " ecp:underProgramme plan:p . plan:p ecp:programmeOf body:b }"
        "reading:two { action:2 ecp:responsibleBody body:b ; ecp:concernsInstrument instrument:i }",
    ),
    # an example, and a source to build on
    (
        "bodies-parallel-instrument",
        "reading:one { action:1 ecp:responsibleBody body:a ; ecp:namesAsExample instrument:i }"
        "reading:two { action:2 ecp:responsibleBody body:b ; ecp:basedOnInstrument instrument:i }",
    ),
    ("bodies-parallel-topic", "reading:one { action:1 ecp:responsibleBody body:a , body:b ; dcterms:subject topic:t }"),
    (
        "bodies-parallel-topic",
        "reading:one { action:1 ecp:responsibleBody body:a ; ecp:exampleTopic topic:t }"
        "reading:two { action:2 ecp:responsibleBody body:b ; dcterms:subject topic:t }",
    ),
    # on one and the same topic: that is parallel
    (
        "bodies-related-topic",
        "reading:one { action:1 ecp:responsibleBody body:a ; dcterms:subject topic:n }"
        "reading:two { action:2 ecp:responsibleBody body:b ; dcterms:subject topic:n }"
        "reading:topics { topic:n skos:broader topic:w }",
    ),
    # two steps up are too far
    (
        "bodies-related-topic",
        "reading:one { action:1 ecp:responsibleBody body:a ; dcterms:subject topic:w }"
        "reading:two { action:2 ecp:responsibleBody body:b ; dcterms:subject topic:n }"
        "reading:topics { topic:n skos:broader topic:m . topic:m skos:broader topic:w }",
    ),
    (
        "programmes-same-action",
        "reading:one { action:1 ecp:underProgramme plan:p ; ecp:concernsInstrument instrument:i }",
    ),
    (
        "programmes-parallel-instrument",
        "reading:one { action:1 ecp:underProgramme plan:p , plan:q ; ecp:concernsInstrument instrument:i }",
    ),
    (
        "programmes-parallel-topic",
        "reading:one { action:1 ecp:underProgramme plan:p , plan:q ; dcterms:subject topic:t }",
    ),
    (
        "programmes-related-topic",
        "reading:one { action:1 ecp:underProgramme plan:p , plan:q ; dcterms:subject topic:n , topic:w }"
        "reading:topics { topic:n skos:broader topic:w }",
    ),
    # an action and a part of it
    (
        "actions-parallel-instrument",
        "reading:one { action:1 ecp:concernsInstrument instrument:i . action:2 ecp:partOfAction action:1 }"
        "reading:two { action:2 ecp:concernsInstrument instrument:i }",
    ),
    (
        "actions-parallel-topic",
        "reading:one { action:1 dcterms:subject topic:t } reading:two { action:2 ecp:exampleTopic topic:t }",
    ),
    (
        "actions-related-topic",
        "reading:one { action:1 dcterms:subject topic:n } reading:two { action:2 dcterms:subject topic:m }",
    ),
]


@pytest.mark.parametrize(("rule", "text"), CASES, ids=[rule for rule, _ in CASES])
def test_rule_fires(rule: str, text: str) -> None:
    assert found(text, rule) == lines(CASES[rule, text])


@pytest.mark.parametrize(("rule", "text"), SILENT, ids=[rule for rule, _ in SILENT])
def test_rule_is_silent(rule: str, text: str) -> None:
    assert found(text, rule) == set()


def test_every_rule_is_tried_both_ways() -> None:
    assert {rule for rule, _ in CASES} == {rule for rule, _ in SILENT} == set(RULES)


# ---------------------------------------------------------------- certainty, and one finding for each cause

GUESSED = "reading:guess { action:1 ecp:responsibleBody body:a , body:b }"
CERTAIN = "reading:one { action:1 ecp:responsibleBody body:a , body:b }"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # through an interpretation alone the grade is the weakest
        (GUESSED, "a b: joint D interpreted on 1 by 1 in guess"),
        # better evidence counts, and the interpretation is not needed
        (GUESSED + CERTAIN, "a b: joint A verbatim on 1 by 1 in one"),
        # the weakest premise counts
        (
            "reading:one { action:1 ecp:responsibleBody body:a } reading:three { action:1 ecp:responsibleBody body:b }",
            "a b: joint A normalised on 1 by 1 in one three",
        ),
        # a thing through an interpretation is none of a better finding's
        (
            CERTAIN
            + "reading:guess { action:1 dcterms:subject topic:t } reading:three { action:1 dcterms:subject topic:u }",
            "a b: joint A verbatim on 1 u by 1 in one three",
        ),
        (
            GUESSED + "reading:guess { action:1 dcterms:subject topic:t }",
            "a b: joint D interpreted on 1 t by 1 in guess",
        ),
    ],
)
def test_a_finding_is_as_certain_as_the_weakest_that_it_needs(text: str, expected: str) -> None:
    assert found(text, "bodies-same-action") == {expected}


def test_of_several_actions_the_best_counts() -> None:
    text = """
    reading:one { action:1 ecp:responsibleBody body:a ; dcterms:subject topic:t }
    reading:guess { action:2 ecp:responsibleBody body:a ; dcterms:subject topic:t }
    reading:two { action:3 ecp:responsibleBody body:b ; dcterms:subject topic:t }
    """
    # one action is certain of its body, another of its topic: neither is certain of both
    mixed = """
    reading:one { action:1 ecp:responsibleBody body:a . action:2 dcterms:subject topic:t }
    reading:guess { action:2 ecp:responsibleBody body:a . action:1 dcterms:subject topic:t }
    reading:two { action:3 ecp:responsibleBody body:b ; dcterms:subject topic:t }
    """
    assert found(text, "bodies-parallel-topic") == {"a b: parallel D verbatim on t by 1 3 in one two"}
    assert found(mixed, "bodies-parallel-topic") == {"a b: parallel D interpreted on t by 1 2 3 in guess one two"}


def test_an_action_named_by_both_is_joint_and_not_through_a_programme_too() -> None:
    text = CERTAIN + "reading:two { action:1 ecp:underProgramme plan:p . plan:p ecp:programmeOf body:b }"
    assert found(text, "bodies-same-action", "bodies-owner-of-programme") == {
        "a b: joint A verbatim on 1 p by 1 in one two"
    }
    # unless that is no more than an interpretation
    assert found(text.replace("reading:one", "reading:guess") + "reading:one { action:1 ecp:responsibleBody body:a }",
                 "bodies-same-action", "bodies-owner-of-programme") == {
        "a b: programme B verbatim on 1 p by 1 in one two"
    }  # fmt: skip


def test_what_the_same_actions_show_is_one_finding() -> None:
    text = """
    reading:one { action:1 ecp:responsibleBody body:a ; ecp:concernsInstrument instrument:i , instrument:h }
    reading:two { action:2 ecp:responsibleBody body:b ; ecp:concernsInstrument instrument:i , instrument:h }
    reading:topics { instrument:i dcterms:subject topic:t . topic:t skos:broader topic:w }
    """
    rules = [rule for rule in RULES if rule.startswith("bodies-")]
    assert found(text, *rules) == {"a b: parallel B verbatim on h i t by 1 2 in one topics two"}
    more = "reading:three { action:3 ecp:responsibleBody body:b ; dcterms:subject topic:t }"
    assert found(text + more, *rules) == {
        "a b: parallel B verbatim on h i by 1 2 in one two",
        "a b: parallel D verbatim on t by 1 2 3 in one three topics two",
    }


# ---------------------------------------------------------------- on the bundled data


@pytest.fixture(scope="module")
def bundled(release: object) -> ox.Store:
    """The bundled graph without what the rules found."""
    quads = ox.parse(path=str(release.dataset))  # type: ignore[attr-defined]
    return merged_store(quad for quad in quads if quad.graph_name != ox.NamedNode(DERIVED_GRAPH))


#: What no two bodies and no two programmes of the bundled plan do.
NOT_IN_THE_PLAN = {"bodies-parallel-instrument", "programmes-parallel-instrument", "programmes-parallel-topic"}


def test_rules_find_each_pair_once_and_two_different_members(bundled: ox.Store) -> None:
    for name, path in RULES.items():
        solutions = list(bundled.query(path.read_text(encoding="utf-8")))  # type: ignore[arg-type]
        assert bool(solutions) == (name not in NOT_IN_THE_PLAN), name
        assert all(row["memberA"].value < row["memberB"].value for row in solutions)
        assert len({tuple(row) for row in solutions}) == len(solutions)


def test_rules_do_not_read_what_they_found(bundled: ox.Store) -> None:
    files = bundled_workspace().rule_files
    first = derive(bundled, files)
    second = derive(merged_store([*bundled.quads_for_pattern(None, None, None), *first]), files)
    assert [quad for quad in second if "/overlap/" in str(quad.subject)] == [
        quad for quad in first if "/overlap/" in str(quad.subject)
    ]
    assert first


def copies(store: ox.Store, number: int) -> ox.Store:
    """The graph so many times over: each copy has names of its own for all that is no term of the ontology."""

    def renamed(term: object, copy: int) -> object:
        is_own = isinstance(term, ox.NamedNode) and term.value.startswith(PREFIXES["id"])
        return ox.NamedNode(f"{term.value}-{copy}") if is_own else term  # type: ignore[attr-defined]

    quads = [quad for quad in store if not isinstance(quad.graph_name, ox.DefaultGraph)]
    return merged_store(
        ox.Quad(renamed(quad.subject, copy), quad.predicate, renamed(quad.object, copy), quad.graph_name)  # type: ignore[arg-type]
        for copy in range(number)
        for quad in quads
    )


@pytest.fixture(scope="module")
def growth(bundled: ox.Store) -> Callable[[str], float]:
    """What gives the power of the number of plans with which a query's cost grows."""
    stores = {number: copies(bundled, number) for number in (1, 16)}
    return lambda text: exponent(lambda store: list(store.query(text)), stores.__getitem__, 1)  # type: ignore[arg-type]


@pytest.mark.slow
def test_a_rule_takes_time_in_proportion_to_the_plans(growth: Callable[[str], float]) -> None:
    for name, path in RULES.items():
        assert growth(path.read_text(encoding="utf-8")) < LINEAR, name


def test_a_rule_that_pairs_everything_would_be_found(growth: Callable[[str], float]) -> None:
    assert growth(f"SELECT * {{ ?a a <{ECP}Action> . ?b a <{ECP}Action> FILTER(STR(?a) < STR(?b)) }}") > LINEAR
