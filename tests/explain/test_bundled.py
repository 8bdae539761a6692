"""Every statement that the build inferred or found in the bundled graph is explained down to what is stated."""

from __future__ import annotations

import re

import pytest

from ecp_graph.engine import NOBODY, Answer, Asker, Engine, Question
from ecp_graph.engine.asking import ask_table
from ecp_graph.namespaces import expand
from ecp_graph.reasoning import Explainer, Explanation, Statement
from ecp_graph.reasoning.findings import explain_finding
from ecp_graph.reasoning.statements import iri
from ecp_graph.workspace import bundled_workspace
from tests.bundled import DERIVED_GRAPH, INFERRED_GRAPHS

#: From the strongest to the weakest.
CERTAINTIES = ("verbatim", "normalised", "external", "interpreted")


def statements_of(engine: Engine, graph: str) -> list[Statement]:
    query = f"SELECT ?s ?p ?o {{ GRAPH <{graph}> {{ ?s ?p ?o }} }} ORDER BY ?s ?p ?o"
    return [Statement(s, p, o) for s, p, o in ask_table(engine, query).rows if s and p and o]


def authored(engine: Engine) -> set[tuple[Statement, str]]:
    """Every statement that a passage or the ontology makes, with the graph."""
    added = ", ".join(f"<{graph}>" for graph in (*INFERRED_GRAPHS, DERIVED_GRAPH))
    query = f"""SELECT ?s ?p ?o ?g {{ GRAPH ?g {{ ?s ?p ?o }}
        FILTER (?g NOT IN ({added}) && isIRI(?s) && !isBlank(?o)) }}"""
    return {(Statement(s, p, o), g.value) for s, p, o, g in ask_table(engine, query).rows if s and p and o and g}


def faults(explanation: Explanation, stated: set[tuple[Statement, str]]) -> list[str]:
    """What is wrong in an explanation: a leaf that nobody states, and a statement that rests on itself."""
    found = [f"not stated: {leaf.statement.text}" for leaf in explanation.leaves() if not leaf.sources]
    for leaf in explanation.leaves():
        found += [
            f"not in {source.graph}: {leaf.statement.text}"
            for source in leaf.sources
            if (leaf.statement, source.graph) not in stated
        ]
    return found + circles(explanation, ())


def circles(explanation: Explanation, above: tuple[Statement, ...]) -> list[str]:
    if explanation.statement in above:
        return [f"rests on itself: {explanation.statement.text}"]
    premises = explanation.derivation.premises if explanation.derivation else ()
    return [fault for premise in premises for fault in circles(premise, (*above, explanation.statement))]


def test_every_inferred_statement_is_explained(engine: Engine) -> None:
    stated = authored(engine)
    inferred = [
        one
        for graph in INFERRED_GRAPHS
        for one in statements_of(engine, graph)
        if one.predicate.text != "ecp:certainty"
    ]
    assert len(inferred) > 900
    explained = Explainer(engine).explain(inferred)
    assert [statement.text for statement in inferred if statement not in explained] == []
    for explanation in explained.values():
        assert explanation.derivation is not None
        assert explanation.derivation.premises
        assert faults(explanation, stated) == []
    kinds = {one.derivation.kind for one in explained.values() if one.derivation}
    assert {"subproperty", "inverse", "chain", "subclass", "symmetric", "transitive"} <= kinds


def test_every_finding_is_explained(engine: Engine) -> None:
    stated, derived = authored(engine), statements_of(engine, DERIVED_GRAPH)
    rules = bundled_workspace().rule_files
    on = expand("ecp:overlapOn")
    findings = [one for one in derived if one.predicate.value == on]
    places = [one for one in derived if one.predicate.value == expand("ecp:statedIn")][::30]
    assert len({one.subject for one in findings}) > 40
    assert len(places) > 20
    used = set()
    for statement in [*findings[::6], *places]:
        explanation = explain_finding(engine, rules, statement)
        assert explanation is not None
        assert explanation.derivation is not None
        assert explanation.derivation.premises, statement.text
        assert faults(explanation, stated) == []
        used.add(explanation.derivation.axiom)
    assert "queries/derive/bodies-same-action.rq" in used
    assert len(used) > 4


class Recording(Engine):
    """An engine that keeps the texts that it is asked."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.asked: list[str] = []

    def answer(self, question: Question, asker: Asker = NOBODY) -> Answer:
        self.asked.append(question.text)
        return self.engine.answer(question, asker)

    def describe(self) -> str:
        return self.engine.describe()

    def close(self) -> None:
        self.engine.close()


def test_a_rule_begins_with_the_actions_of_the_finding_in_each_select_that_has_them(engine: Engine) -> None:
    on = expand("ecp:overlapOn")
    derived = (one for one in statements_of(engine, DERIVED_GRAPH) if one.predicate.value == on)
    statement = next(one for one in derived if "--instrument-" in one.subject.value)
    recording = Recording(engine)
    explanation = explain_finding(recording, bundled_workspace().rule_files, statement)
    assert explanation is not None
    assert explanation.derivation is not None
    assert "parallel-instrument" in explanation.derivation.axiom
    rules = [text for text in recording.asked if "?memberA ?memberB (" in text and "?action" in text]
    assert rules
    for text in rules:
        selects = re.findall(r"SELECT DISTINCT [^{}]*\?action\b[^{}]*WHERE\s*\{ ?(.*)", text)
        assert selects
        assert all("VALUES (?action) { (<" in beginning for beginning in selects)


def of_finding(engine: Engine, finding: str, thing: str) -> Explanation | None:
    statement = Statement(iri(expand(f"overlap:{finding}")), iri(expand("ecp:overlapOn")), iri(expand(thing)))
    return explain_finding(engine, bundled_workspace().rule_files, statement)


def test_a_finding_names_its_rule_its_marks_and_its_evidence(engine: Engine) -> None:
    found = of_finding(engine, "body-pc--body-wgec--event-establishment-wgec", "topic:e-commerce")
    assert found is not None
    assert found.derivation is not None
    assert found.derivation.axiom == "queries/derive/bodies-descent.rq"
    assert found.derivation.text == "descent, grade C, verbatim: One body set up the other"
    premises = {premise.statement.text for premise in found.derivation.premises}
    assert "event:establishment-wgec ecp:establishesBody body:wgec" in premises
    assert "event:establishment-wgec ecp:decidedBy body:pc" in premises
    assert of_finding(engine, "body-pc--body-wgec--event-establishment-wgec", "topic:single-window") is None


def test_a_finding_through_an_interpretation_has_the_rule_of_a_better_grade(engine: Engine) -> None:
    found = of_finding(engine, "action-ecp3-26--action-ecp3-27--topic-awareness-raising", "topic:awareness-raising")
    assert found is not None
    assert found.derivation is not None
    assert found.derivation.text == "parallel, grade D, interpreted: Two actions are on one topic"
    certainties = {source.certainty for premise in found.derivation.premises for source in premise.sources}
    assert "interpreted" in certainties


def test_what_is_stated_is_told_with_its_passages(engine: Engine) -> None:
    statement = Statement(iri(expand("action:ecp3-3")), iri(expand("ecp:responsibleBody")), iri(expand("body:ptc")))
    found = Explainer(engine).explain([statement])[statement]
    assert found.derivation is None
    assert [(source.locator, source.certainty) for source in found.sources] == [
        ("Annex, table row of action 3", "verbatim")
    ]


@pytest.mark.parametrize(("graph", "certainty"), [*zip(INFERRED_GRAPHS, CERTAINTIES, strict=True)])
def test_an_inferred_statement_is_as_certain_as_its_proof(engine: Engine, graph: str, certainty: str) -> None:
    """Types aside: the class of a thing can often be had from a weaker statement in fewer steps."""
    inferred = [one for one in statements_of(engine, graph) if one.predicate.text not in {"rdf:type", "ecp:certainty"}]
    assert len(inferred) >= 7
    explained = Explainer(engine).explain(inferred)
    assert {one.text: explained[one].certainty for one in inferred} == {one.text: certainty for one in inferred}


def test_what_does_not_hold_is_not_explained(engine: Engine) -> None:
    ptc, works_on = iri(expand("body:ptc")), iri(expand("ecp:worksOn"))
    wrong = [Statement(ptc, works_on, ptc), Statement(ptc, iri("urn:no-property"), ptc)]
    assert Explainer(engine).explain(wrong) == {}


@pytest.mark.parametrize("missing", ["leaf", "circle"])
def test_a_fault_in_an_explanation_is_found(engine: Engine, missing: str) -> None:
    inferred = statements_of(engine, INFERRED_GRAPHS[0])[-1]
    good = Explainer(engine).explain([inferred])[inferred]
    assert good.derivation is not None
    assert faults(good, authored(engine)) == []
    if missing == "leaf":
        assert faults(Explanation(inferred), set()) == [f"not stated: {inferred.text}"]
        assert len(faults(good, set())) >= 1
    else:
        circle = Explanation(inferred, (), good.derivation)
        object.__setattr__(circle, "derivation", type(good.derivation)("x", "x", (), (good,)))
        assert faults(circle, authored(engine)) == [f"rests on itself: {inferred.text}"]
