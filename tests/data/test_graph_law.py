"""The law of the graphs: each is one passage at one certainty, and the kinds of statement stand where they belong."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from .graphs import ECP, ID, PASSAGE, RDF_TYPE, READING, SKOS, passage_of, quads, statements_by_graph, value

SAME_AS = "http://schema.org/sameAs"


def certainty_by_name(graph: str) -> str:
    if not graph.startswith(READING):
        return "external"
    for suffix in ("normalised", "interpreted"):
        if graph.endswith("-" + suffix):
            return suffix
    return "verbatim"


@pytest.mark.parametrize("graph", sorted(statements_by_graph()))
def test_graph_describes_itself(graph: str) -> None:
    own = [quad for quad in quads() if quad.subject.value == graph]  # type: ignore[union-attr]
    assert all(quad.graph_name.value == graph for quad in own)  # type: ignore[union-attr]
    described = {quad.predicate.value: quad.object.value for quad in own}  # type: ignore[union-attr]
    assert described.keys() == {RDF_TYPE, ECP + "readingOf", ECP + "certainty"}
    assert described[RDF_TYPE] == ECP + "Reading"
    assert described[ECP + "certainty"] == f"{ID}concept/certainty-{certainty_by_name(graph)}"
    if graph.startswith(READING):
        assert described[ECP + "readingOf"] == PASSAGE + passage_of(graph)
    assert statements_by_graph()[graph], "a graph that states nothing is not written"


def test_there_are_no_blank_nodes() -> None:
    terms = [term for quad in quads() for term in (quad.subject, quad.object)]
    assert terms
    assert not [term for term in terms if isinstance(term, ox.BlankNode)]


def test_discrepancies_stand_in_interpreted_graphs_only() -> None:
    found = [quad for quad in quads() if quad.object == ox.NamedNode(ECP + "Discrepancy")]
    assert len(found) >= 15
    assert {certainty_by_name(quad.graph_name.value) for quad in found} == {"interpreted"}  # type: ignore[union-attr]


def test_codes_and_outside_links_are_external() -> None:
    found = [
        quad
        for quad in quads()
        if quad.predicate.value == SAME_AS
        or (
            quad.predicate.value == SKOS + "notation" and quad.subject.value.startswith((ID + "body/", ID + "plan/"))  # type: ignore[union-attr]
        )
    ]
    assert len(found) >= 16
    assert {certainty_by_name(quad.graph_name.value) for quad in found} == {"external"}  # type: ignore[union-attr]


def test_months_read_as_deadlines_are_interpreted() -> None:
    deadlines = [quad for quad in quads() if quad.object.value == ID + "concept/timeframe-deadline"]  # type: ignore[union-attr]
    assert len(deadlines) == 5
    assert {certainty_by_name(quad.graph_name.value) for quad in deadlines} == {"interpreted"}  # type: ignore[union-attr]


def test_the_paper_has_69_places_each_described_once() -> None:
    described = [
        quad.subject.value  # type: ignore[union-attr]
        for quad in quads()
        if quad.predicate.value == ECP + "passageOf" and quad.subject.value.startswith(PASSAGE)  # type: ignore[union-attr]
    ]
    assert len(described) == len(set(described)) == 69
    assert {place.removeprefix(PASSAGE) for place in described} == {
        passage_of(graph) for graph in statements_by_graph() if graph.startswith(READING)
    }
    locators = {value(place, ECP + "locator") for place in described}
    assert len(locators) == 69


def test_a_month_or_a_year_of_an_event_is_no_duration() -> None:
    within = {quad.subject: quad.object.value for quad in quads() if quad.predicate.value == ECP + "within"}  # type: ignore[union-attr]
    assert len(within) >= 9
    lasting = {quad.subject for quad in quads() if quad.predicate.value in {ECP + "from", ECP + "until", ECP + "month"}}
    assert not lasting & within.keys()
    for event, when in within.items():
        assert value(event.value, ECP + "earliest").startswith(when)  # type: ignore[union-attr]
        assert value(event.value, ECP + "latest").startswith(when)  # type: ignore[union-attr]


def test_the_two_months_of_one_meeting_are_both_kept() -> None:
    months = {
        quad.subject.value.removeprefix(ID): quad.object.value  # type: ignore[union-attr]
        for quad in quads()
        if quad.predicate.value == ECP + "within" and "/event/pc-2016-0" in quad.subject.value  # type: ignore[union-attr]
    }
    assert months == {"event/pc-2016-06": "2016-06", "event/pc-2016-07": "2016-07"}
