"""Binding: values become terms, and nothing that a user types becomes query text."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from ecp_graph.engine import Engine
from ecp_graph.engine.asking import ask_table
from ecp_graph.engine.embedded import EmbeddedEngine
from ecp_graph.errors import ParameterError
from ecp_graph.queries.binding import bind
from ecp_graph.queries.catalogue import Query, parse_query
from ecp_graph.queries.parameters import Parameter
from ecp_graph.queries.resolve import choices, resolve

_DATA = """
@prefix ecp: <https://w3id.org/ecp-graph/ontology#> .
@prefix body: <https://w3id.org/ecp-graph/id/body/> .
@prefix action: <https://w3id.org/ecp-graph/id/action/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
body:ptc a ecp:Body ; skos:prefLabel "Permanent Technical Committee"@en ; skos:notation "PTC" .
body:tfawg a ecp:Body ; skos:prefLabel "TFA Working Group"@en ; skos:notation "TFAWG" ; skos:altLabel "TFA group"@en .
body:plain a ecp:Body ; skos:prefLabel "Nothing short"@en .
body:odd a ecp:Body ; skos:prefLabel "PTC"@en ; skos:notation "ODD" .
action:p-1 a ecp:Action ; skos:prefLabel "One"@en ; skos:notation "1" .
action:q-1 a ecp:Action ; skos:prefLabel "Uno"@en ; skos:notation "1" .
_:b a ecp:Body ; skos:prefLabel "Blank"@en .
"""
_HEADER = "#+ summary: x\n#+ parameters:\n#+   - {{name: v, label: Value, {facts}}}\n"
_SELECT = "SELECT ?v WHERE {\n  VALUES ?x { 1 }\n  #= v\n}\n"


@pytest.fixture(scope="module")
def graph() -> EmbeddedEngine:
    store = ox.Store()
    store.load(_DATA, ox.RdfFormat.TURTLE)
    return EmbeddedEngine(store, name="test")


def _query(facts: str) -> Query:
    return parse_query(_HEADER.format(facts=facts) + _SELECT, Path("q/v.rq"), Path("q"))


def _bound(graph: EmbeddedEngine, facts: str, **given: str) -> str | None:
    table = ask_table(graph, bind(_query(facts), given, graph))
    assert len(table.rows) == 1
    term = table.rows[0][0]
    return term.value if term else None


_TEXTS = [
    "plain",
    'a "quoted" one',
    "it's",
    "back\\slash and \\u0022 and \\\\u0022",
    '" . } INSERT DATA { <u:a> <u:b> "c',
    "') } SELECT * { ?s ?p ?o } #",
    "}\n#= v\n",
    "tab\there",
    "new\nline\rand \u2028",
    "?v ${v} %(v)s {v} {}",
    "Ünïcödé \N{GRINNING FACE}",
    "\\g<1> \\1",
]


@pytest.mark.parametrize("text", _TEXTS)
def test_text_arrives_as_it_was(graph: EmbeddedEngine, text: str) -> None:
    assert _bound(graph, "type: text", v=text) == text.strip()


def test_the_words_of_the_value_are_no_part_of_the_query(graph: EmbeddedEngine) -> None:
    sparql = bind(_query("type: text"), {"v": "') } #"}, graph)
    assert sparql == 'SELECT ?v WHERE {\n  VALUES ?x { 1 }\n  VALUES (?v) { ("\') } #") }\n}\n'


def test_not_given(graph: EmbeddedEngine) -> None:
    assert _bound(graph, "type: text, optional: true") is None
    assert _bound(graph, "type: text, optional: true", v="  ") is None
    assert _bound(graph, "type: text, default: usual") == "usual"
    assert _bound(graph, "type: text, default: usual", v="other") == "other"
    with pytest.raises(ParameterError, match=r"'v' needs a value for 'v' \(Value\)"):
        _bound(graph, "type: text")


def test_unknown_names_are_refused(graph: EmbeddedEngine) -> None:
    with pytest.raises(ParameterError, match=r"no parameter 'w'\. It has v\."):
        bind(_query("type: text"), {"v": "a", "w": "b"}, graph)


def test_enums_take_their_values_in_any_case(graph: EmbeddedEngine) -> None:
    facts = "type: enum, values: [With, without]"
    assert _bound(graph, facts, v="with") == "With"
    with pytest.raises(ParameterError, match="'perhaps' is not valid for 'v': use one of With, without"):
        _bound(graph, facts, v="perhaps")


def test_dates_and_integers_are_typed(graph: EmbeddedEngine) -> None:
    sparql = bind(_query("type: date"), {"v": "2017-06-30"}, graph)
    assert '"2017-06-30"^^<http://www.w3.org/2001/XMLSchema#date>' in sparql
    sparql = bind(_query("type: integer"), {"v": "+07"}, graph)
    assert '"7"^^<http://www.w3.org/2001/XMLSchema#integer>' in sparql
    for facts, value in (
        ("type: date", "30.6.2017"),
        ("type: date", "2017-02-30"),
        ("type: integer", "1.5"),
        ("type: integer", "1e3"),
    ):
        with pytest.raises(ParameterError, match="is not valid for 'v'"):
            _bound(graph, facts, v=value)


@pytest.mark.parametrize(
    "value",
    [
        "https://w3id.org/ecp-graph/id/body/tfawg",
        "<https://w3id.org/ecp-graph/id/body/tfawg>",
        "body:tfawg",
        "tfawg",
        "TFAWG",
        "tfa working group",
        "TFA group",
    ],
)
def test_a_thing_by_any_of_its_names(graph: EmbeddedEngine, value: str) -> None:
    assert _bound(graph, "type: iri, class: ecp:Body", v=value) == "https://w3id.org/ecp-graph/id/body/tfawg"


def test_a_slug_or_notation_wins_over_a_label(graph: EmbeddedEngine) -> None:
    assert _bound(graph, "type: iri, class: ecp:Body", v="PTC") == "https://w3id.org/ecp-graph/id/body/ptc"


@pytest.mark.parametrize(
    "value", ["nobody", "action:p-1", "https://example.org/x", "Blank", 'x" } #', "a b c", "<>", "\\"]
)
def test_what_is_no_such_thing(graph: EmbeddedEngine, value: str) -> None:
    with pytest.raises(ParameterError, match="is not an ecp:Body in this graph"):
        _bound(graph, "type: iri, class: ecp:Body", v=value)


def test_the_nearest_are_named(graph: EmbeddedEngine) -> None:
    with pytest.raises(ParameterError, match="Did you mean TFAWG"):
        _bound(graph, "type: iri, class: ecp:Body", v="TFAWQ")


def test_two_of_one_name_are_both_named(graph: EmbeddedEngine) -> None:
    with pytest.raises(ParameterError, match="names several things for 'v': action:p-1, action:q-1"):
        _bound(graph, "type: iri, class: ecp:Action", v="1")


def test_choices_have_values_that_resolve_to_them(graph: EmbeddedEngine) -> None:
    for of_class, count in (("ecp:Body", 4), ("ecp:Action", 2)):
        parameter = _query(f"type: iri, class: {of_class}").parameters[0]
        found = choices(parameter, graph)
        assert len(found) == count
        assert [resolve(parameter, choice.value, graph) for choice in found] == [choice.iri for choice in found]
    assert {choice.value for choice in found} == {"action:p-1", "action:q-1"}


def test_a_default_may_be_a_thing(graph: EmbeddedEngine) -> None:
    assert _bound(graph, "type: iri, class: ecp:Body, default: PTC") == "https://w3id.org/ecp-graph/id/body/ptc"


_MANY = "type: iri, class: ecp:Body, values: [not-stated], many: true, optional: true"


def test_several_values_are_alternatives(graph: EmbeddedEngine) -> None:
    sparql = bind(_query(_MANY), {"v": ["PTC", "tfawg", " "]}, graph)
    assert (
        "VALUES (?v) { (<https://w3id.org/ecp-graph/id/body/ptc>) (<https://w3id.org/ecp-graph/id/body/tfawg>) }"
        in sparql
    )
    assert "VALUES (?v)" not in bind(_query(_MANY), {"v": []}, graph)


def test_several_values_are_refused_where_one_is_taken(graph: EmbeddedEngine) -> None:
    with pytest.raises(ParameterError, match="'v' takes one value, but 2 are given"):
        bind(_query("type: text"), {"v": ["a", "b"]}, graph)


def test_the_words_of_an_iri_are_literals(graph: EmbeddedEngine) -> None:
    assert 'VALUES (?v) { ("not-stated") }' in bind(_query(_MANY), {"v": "not-stated"}, graph)
    with pytest.raises(ParameterError, match="is not an ecp:Body"):
        bind(_query(_MANY), {"v": "not-statd"}, graph)
    with pytest.raises(ParameterError, match="is not an ecp:Body"):
        bind(_query("type: iri, class: ecp:Body"), {"v": "not-stated"}, graph)


ANYTHING = Parameter("thing", "iri", "Thing", of_class="http://www.w3.org/2000/01/rdf-schema#Resource")


@pytest.mark.parametrize(
    ("value", "iri"),
    [
        ("body:ptc", "https://w3id.org/ecp-graph/id/body/ptc"),
        ("PTC", "https://w3id.org/ecp-graph/id/body/ptc"),
        ("permanent technical committee", "https://w3id.org/ecp-graph/id/body/ptc"),
        ("ecp:Body", "https://w3id.org/ecp-graph/ontology#Body"),
        ("timeframe:ecp3-9", "https://w3id.org/ecp-graph/id/timeframe/ecp3-9"),
        ("<https://creativecommons.org/licenses/by/4.0/>", "https://creativecommons.org/licenses/by/4.0/"),
    ],
)
def test_a_parameter_for_anything_takes_whatever_the_graph_speaks_of(engine: Engine, value: str, iri: str) -> None:
    assert resolve(ANYTHING, value, engine) == iri


def test_a_parameter_for_anything_refuses_what_the_graph_does_not_know(engine: Engine) -> None:
    with pytest.raises(ParameterError, match="not a thing in this graph"):
        resolve(ANYTHING, "body:nobody", engine)
    assert len(choices(ANYTHING, engine)) > 100
