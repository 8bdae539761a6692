"""Every fact and tension of the second reading is in the graph, in its passage, or its absence has a reason."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pyoxigraph as ox
import pytest

from .answers import TABLES, Entry, Graph, asked, entries, expanded, problems_of
from .graphs import READING, statements_by_graph
from .structured import is_held, records, text_of

GRAPH = Graph(statements_by_graph())
KINDS = ("dates", "events", "decisions", "editions", "derivations")


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: f"{entry.table}-{entry.place}-{entry.text[:40]}")
def test_it_is_held_or_its_absence_reasoned(entry: Entry) -> None:
    assert list(problems_of(entry, GRAPH)) == []


@pytest.mark.parametrize(
    ("table", "number"), [("facts", 96), ("tensions", 47), ("stakeholder_groups", 38), ("interpreted", 20)]
)
def test_each_has_one_answer_and_no_answer_is_without_question(table: str, number: int) -> None:
    questions = asked(table)
    answered = [(entry.place, entry.text) for entry in entries((table,))]
    assert Counter(answered) == Counter(questions)
    assert len(questions) == number


@pytest.mark.parametrize("table", ["decisions", "dates"])
def test_an_answer_by_hand_is_to_a_record_of_the_reading(table: str) -> None:
    by_machine = {(place, text_of(table, record)) for place, record in records(table)}
    by_hand = {(entry.place, entry.text) for entry in entries((table,))}
    assert by_hand
    assert not by_hand & by_machine
    key = {"decisions": 23, "dates": 21}[table]
    assert len(records(table)) + len(by_hand) == key


@pytest.mark.parametrize(
    ("kind", "place", "record"),
    [
        pytest.param(kind, *one, id=f"{kind}-{one[0]}-{number}")
        for kind in KINDS
        for number, one in enumerate(records(kind))
    ],
)
def test_a_record_is_in_the_graph(kind: str, place: str, record: dict[str, Any]) -> None:
    assert is_held(kind, place, record, GRAPH), record


def without(subject: str, predicate: str, *places: str) -> Graph:
    """The graph without the statements of a subject and a predicate in some passages, or in all."""
    gone = (expanded(subject), expanded(predicate))
    return Graph(
        {
            graph: frozenset(
                quad
                for quad in quads
                if (quad.subject.value, quad.predicate.value) != gone  # type: ignore[union-attr]
                or (places and graph.removeprefix(READING) not in places)
            )
            for graph, quads in statements_by_graph().items()
        }
    )


def problems(graph: Graph) -> list[str]:
    return [problem for entry in entries() for problem in problems_of(entry, graph)]


def test_a_statement_that_is_taken_out_is_missed_by_name() -> None:
    (found,) = problems(without("event:safewg-new-instruments", "ecp:conductedBy"))
    assert "ch-1-intro, 'the SAFE group produced new instruments; none is named'" in found
    assert "event:safewg-new-instruments ecp:conductedBy body:safewg" in found


def test_the_same_statement_in_another_passage_does_not_count() -> None:
    found = problems(without("package:ecp", "ecp:contributesToGoal", "para-1-normalised"))
    assert any("the ECP chiefly serves pillar 1" in problem for problem in found)
    assert all("of para-1, " in problem for problem in found)


def test_a_reading_in_a_verbatim_graph_is_found() -> None:
    statements = dict(statements_by_graph())
    statements[READING + "para-15"] |= statements[READING + "para-15-interpreted"]
    found = problems(Graph(statements))
    assert len(found) == 4
    assert all("but it stands in a verbatim reading" in problem for problem in found)


def test_a_discrepancy_that_no_longer_names_a_passage_is_missed() -> None:
    found = problems(without("discrepancy:wgec-task", "ecp:discrepancyIn"))
    assert any("there is no discrepancy:wgec-task" in problem for problem in found)


def test_a_statement_where_the_document_is_silent_is_found() -> None:
    graph = READING + "para-12-interpreted"
    added = ox.Quad(
        ox.NamedNode(expanded("event:joint-session-on-trs")),
        ox.NamedNode(expanded("ecp:within")),
        ox.Literal("2017-04"),
        ox.NamedNode(graph),
    )
    statements = statements_by_graph() | {graph: statements_by_graph()[graph] | {added}}
    (found,) = problems(Graph(statements))
    assert "the graph says something of event:joint-session-on-trs ecp:within" in found


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        ({}, "neither held nor reasoned"),
        ({"absent": ""}, "no reason"),
        ({"hold": ["a b c"]}, "unknown keys"),
        ({"in": ["no-such-thing"]}, "there is no discrepancy:no-such-thing"),
    ],
)
def test_an_answer_that_answers_nothing_is_found(answer: dict[str, Any], complaint: str) -> None:
    table, place = "tensions", "para-2"
    (text,) = [text for where, text in asked(table) if where == place]
    assert any(complaint in problem for problem in problems_of(Entry(table, place, text, answer), GRAPH))


@pytest.mark.parametrize(
    ("kind", "place", "gone"),
    [
        ("dates", "para-20", ("event:pc-2016-12", "ecp:within")),
        ("events", "para-10", ("event:global-conference-on-regional-integration", "ecp:eventStatus")),
        ("decisions", "ch-6-intro", ("event:establishment-wgec", "ecp:decidedBy")),
        ("editions", "para-12", ("edition:trs-guide-2", "dcterms:issued")),
        ("derivations", "para-9", ("instrument:transit-guidelines", "ecp:convertedFrom")),
    ],
)
def test_a_record_whose_statement_is_taken_out_is_missed(kind: str, place: str, gone: tuple[str, str]) -> None:
    (record,) = [record for where, record in records(kind) if where == place]
    assert is_held(kind, place, record, GRAPH)
    assert not is_held(kind, place, record, without(*gone))


def test_every_table_and_every_kind_of_record_has_something_to_look_at() -> None:
    assert all(len(entries((table,))) > 0 for table in TABLES)
    assert {kind: len(records(kind)) for kind in KINDS} == {
        "dates": 20,
        "events": 13,
        "decisions": 17,
        "editions": 4,
        "derivations": 2,
    }
