"""Each rule of overlap on a plan made up here: what has to fire it fires it, and what comes close leaves it silent."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

from ecp_graph.namespaces import ECP, compact
from ecp_graph.overlap.derive import derive, merged_store
from ecp_graph.workspace import bundled_workspace
from tests.bundled import DERIVED_GRAPH, PREFIXES

RULES = {path.stem: path for path in sorted((Path(__file__).resolve().parents[2] / "queries" / "derive").glob("*.rq"))}

#: What a build knows of the plan besides its rows: types, and the part of the ontology that rules look at.
FRAME = """
graph:ontology {
    ecp:develops rdfs:subPropertyOf ecp:concernsInstrument . ecp:exampleTopic rdfs:subPropertyOf dcterms:subject .
    ecp:underProgramme owl:inverseOf ecp:coversAction .
}
graph:inferred {
    body:a a ecp:Body . body:b a ecp:Body . body:c a ecp:Body . group:g a ecp:OpenBodyGroup .
    action:1 a ecp:Action ; ecp:belongsToPlan plan:x . action:2 a ecp:Action ; ecp:belongsToPlan plan:x .
    action:3 a ecp:Action ; ecp:belongsToPlan plan:y .
}
passage:names {
    passage:names a ecp:SourcePassage .
    passage:one a ecp:SourcePassage . passage:two a ecp:SourcePassage . passage:three a ecp:SourcePassage .
    passage:topics a ecp:SourcePassage .
}
"""


def found(rule: str, text: str) -> set[str]:
    """The rows of a rule, written "a b on grade action passage" without prefixes."""
    prologue = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
    store = merged_store(ox.parse(prologue + FRAME + text, ox.RdfFormat.TRIG))
    solutions = store.query(RULES[rule].read_text(encoding="utf-8"))
    rows = [" ".join(compact(term.value).rpartition(":")[2] for term in row if term) for row in solutions]  # type: ignore[union-attr]
    assert len(rows) == len(set(rows))
    return set(rows)


def rows(text: str) -> set[str]:
    return {" ".join(line.split()) for line in text.strip().splitlines() if line.strip()}


ROW = """
passage:one { action:1 ecp:responsibleBody body:a , body:b ; ecp:develops instrument:i ; dcterms:subject topic:t ;
    ecp:underProgramme plan:p }
graph:inferred { action:1 ecp:concernsInstrument instrument:i }
"""

CASES = {
    ("bodies-same-row", ROW): """
        a b 1 A 1 one
        a b i A 1 one
        a b t A 1 one
        a b p A 1 one""",
    # the thing is stated elsewhere, the second body in the other direction
    (
        "bodies-same-row",
        "passage:one { action:1 ecp:responsibleBody body:b } passage:two { body:a ecp:responsibleFor action:1 }"
        "passage:three { action:1 ecp:exampleTopic topic:t }"
        "graph:inferred { action:1 ecp:responsibleBody body:a ; dcterms:subject topic:t }",
    ): """
        a b 1 A 1 one
        a b 1 A 1 two
        a b t A 1 one
        a b t A 1 two
        a b t A 1 three""",
    (
        "bodies-owner-of-programme",
        "passage:one { action:1 ecp:responsibleBody body:b ; ecp:underProgramme plan:p ; dcterms:subject topic:t }"
        "passage:two { plan:p ecp:programmeOf body:a }",
    ): """
        a b 1 B 1 one
        a b 1 B 1 two
        a b p B 1 one
        a b p B 1 two
        a b t B 1 one
        a b t B 1 two""",
    (
        "bodies-same-instrument",
        "passage:one { action:1 ecp:responsibleBody body:a ; ecp:concernsInstrument instrument:i }"
        "passage:two { action:2 ecp:responsibleBody body:b ; ecp:concernsInstrument instrument:i }",
    ): """
        a b i B 1 one
        a b i B 2 two""",
    (
        "bodies-joint-session",
        "passage:one { event:e ecp:meetingOf body:a , body:b }"
        "passage:two { event:e ecp:concernsInstrument instrument:i }",
    ): """
        a b i C one
        a b i C two""",
    (
        "bodies-established",
        "passage:one { event:e ecp:decidedBy body:b ; ecp:establishesBody body:a ; dcterms:subject topic:t }",
    ): "a b t C one",
    (
        "bodies-shared-topic",
        "passage:one { action:1 ecp:responsibleBody body:a ; dcterms:subject topic:wide }"
        "passage:two { action:2 ecp:responsibleBody body:b ; dcterms:subject topic:narrow }"
        "passage:topics { topic:narrow skos:broader topic:wide }",
    ): """
        a b wide D 1 one
        a b wide D 2 two
        a b wide D 2 topics""",
    (
        "programmes-same-row",
        "passage:one { action:1 ecp:underProgramme plan:p , plan:q ; ecp:concernsInstrument instrument:i }",
    ): """
        p q 1 A 1 one
        p q i A 1 one""",
    (
        "programmes-same-instrument",
        "passage:one { action:1 ecp:underProgramme plan:p ; ecp:concernsInstrument instrument:i }"
        "passage:two { action:2 ecp:underProgramme plan:q ; ecp:concernsInstrument instrument:i }",
    ): """
        p q i B 1 one
        p q i B 2 two""",
    (
        "programmes-shared-topic",
        "passage:one { action:1 ecp:underProgramme plan:q ; dcterms:subject topic:t }"
        "passage:two { action:2 ecp:underProgramme plan:p ; dcterms:subject topic:t }",
    ): """
        p q t D 1 one
        p q t D 2 two""",
    (
        "actions-same-thing",
        "passage:one { action:1 dcterms:subject topic:t } passage:two { action:2 dcterms:subject topic:t }",
    ): """
        1 2 t A 1 one
        1 2 t A 2 two""",
    (
        "actions-shared-topic",
        "passage:one { action:1 dcterms:subject topic:n } passage:two { action:2 dcterms:subject topic:m }"
        "passage:topics { topic:n skos:broader topic:w . topic:m skos:broader topic:w }",
    ): """
        1 2 w D 1 one
        1 2 w D 1 topics
        1 2 w D 2 two
        1 2 w D 2 topics""",
}

SILENT = [
    ("bodies-same-row", "passage:one { action:1 ecp:responsibleBody body:a ; ecp:responsibleParty group:g }"),
    ("bodies-same-row", "passage:one { action:1 ecp:responsibleParty group:g , body:b }"),
    # an open group that somebody wrongly made a responsible body is still no body
    ("bodies-same-row", "passage:one { action:1 ecp:responsibleBody body:a , group:g }"),
    # without a passage there is no evidence
    ("bodies-same-row", "graph:inferred { action:1 ecp:responsibleBody body:a , body:b }"),
    (
        "bodies-owner-of-programme",
        "passage:one { action:1 ecp:responsibleBody body:a ; ecp:underProgramme plan:p }"
        "passage:two { plan:p ecp:programmeOf body:a }",
    ),
    (
        "bodies-owner-of-programme",
        "passage:one { action:1 ecp:responsibleParty group:g ; ecp:underProgramme plan:p }"
        "passage:two { plan:p ecp:programmeOf body:a }",
    ),
    (
        "bodies-same-instrument",
        "passage:one { action:1 ecp:responsibleBody body:a , body:b ; ecp:concernsInstrument instrument:i }",
    ),
    ("bodies-joint-session", "passage:one { event:e ecp:meetingOf body:a ; ecp:concernsInstrument instrument:i }"),
    (
        "bodies-joint-session",
        "passage:one { event:e ecp:organizedBy body:a , body:b ; ecp:concernsInstrument instrument:i }",
    ),
    (
        "bodies-established",
        "passage:one { event:e ecp:decidedBy organization:o ; ecp:establishesBody body:a ; dcterms:subject topic:t }",
    ),
    # one row of both is no pair of rows
    ("bodies-shared-topic", "passage:one { action:1 ecp:responsibleBody body:a , body:b ; dcterms:subject topic:t }"),
    # two steps up are too far
    (
        "bodies-shared-topic",
        "passage:one { action:1 ecp:responsibleBody body:a ; dcterms:subject topic:w }"
        "passage:two { action:2 ecp:responsibleBody body:b ; dcterms:subject topic:n }"
        "passage:topics { topic:n skos:broader topic:m . topic:m skos:broader topic:w }",
    ),
    ("programmes-same-row", "passage:one { action:1 ecp:underProgramme plan:p ; ecp:concernsInstrument instrument:i }"),
    (
        "programmes-same-instrument",
        "passage:one { action:1 ecp:underProgramme plan:p , plan:q ; ecp:concernsInstrument instrument:i }",
    ),
    (
        "programmes-shared-topic",
        "passage:one { action:1 ecp:underProgramme plan:p , plan:q ; dcterms:subject topic:t }",
    ),
    # of another plan
    (
        "actions-same-thing",
        "passage:one { action:1 dcterms:subject topic:t } passage:three { action:3 dcterms:subject topic:t }",
    ),
    (
        "actions-shared-topic",
        "passage:one { action:1 dcterms:subject topic:n } passage:three { action:3 dcterms:subject topic:n }",
    ),
]


@pytest.mark.parametrize(("rule", "text"), CASES, ids=[rule for rule, _ in CASES])
def test_rule_fires(rule: str, text: str) -> None:
    assert found(rule, text) == rows(CASES[rule, text])


@pytest.mark.parametrize(("rule", "text"), SILENT, ids=[rule for rule, _ in SILENT])
def test_rule_is_silent(rule: str, text: str) -> None:
    assert found(rule, text) == set()


def test_every_rule_is_tried_both_ways() -> None:
    assert {rule for rule, _ in CASES} == {rule for rule, _ in SILENT} == set(RULES)


# ---------------------------------------------------------------- on the bundled data


@pytest.fixture(scope="module")
def bundled(release: object) -> ox.Store:
    """The bundled graph without what the rules found."""
    quads = ox.parse(path=str(release.dataset))  # type: ignore[attr-defined]
    return merged_store(quad for quad in quads if quad.graph_name != ox.NamedNode(DERIVED_GRAPH))


def test_rules_find_each_pair_once_and_two_different_members(bundled: ox.Store) -> None:
    for name, path in RULES.items():
        solutions = list(bundled.query(path.read_text(encoding="utf-8")))  # type: ignore[arg-type]
        assert solutions, name
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
    """What gives how many times as long a query takes over eight plans as over two."""
    stores = (copies(bundled, 2), copies(bundled, 8))

    def cost(text: str, store: ox.Store) -> float:
        costs = []
        for _ in range(3):
            started = time.process_time()
            list(store.query(text))  # type: ignore[arg-type]
            costs.append(time.process_time() - started)
        return max(min(costs), 5e-4)

    return lambda text: cost(text, stores[1]) / cost(text, stores[0])


@pytest.mark.slow
def test_a_rule_takes_time_in_proportion_to_the_plans(growth: Callable[[str], float]) -> None:
    for name, path in RULES.items():
        assert growth(path.read_text(encoding="utf-8")) < 10, f"{name}: in proportion it is 4, quadratic 16"


def test_a_rule_that_pairs_everything_would_be_found(growth: Callable[[str], float]) -> None:
    assert growth(f"SELECT * {{ ?a a <{ECP}Action> . ?b a <{ECP}Action> FILTER(STR(?a) < STR(?b)) }}") > 10
