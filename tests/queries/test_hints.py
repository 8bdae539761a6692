"""What is said when a query finds nothing: place, reason and likely term; silence when nothing is wrong."""

from __future__ import annotations

from typing import Final

import pytest

from ecp_graph.engine import Engine
from ecp_graph.engine.asking import ask_table
from ecp_graph.errors import QueryTimeout
from ecp_graph.queries.hints import Hint, hints, is_odd
from ecp_graph.sparql.patterns import comparisons, patterns
from ecp_graph.sparql.results import Table, Term

#: Queries that find nothing, each with a part of what is said of it.
FAULTY: Final = (
    ("SELECT ?a { ?o ecp:member ?a }", "no property ecp:member. Did you mean ecp:overlapMember"),
    ("SELECT ?o { ?o a ecp:Overlap ; ecp:on ?x }", "no property ecp:on. Did you mean ecp:overlapOn?"),
    ("SELECT ?n { ?b a ecp:Body ; rdfs:label ?n }", "'?b rdfs:label ?n' at once. Did you mean skos:prefLabel?"),
    ("SELECT ?a { ?a a ecp:Action ; dcterms:title ?t }", "Did you mean skos:prefLabel?"),
    ("SELECT ?a { ?a a ecp:Actions }", "no class ecp:Actions. Did you mean ecp:Action or"),
    ('SELECT ?i { ?i skos:prefLabel "Transit Guidelines" }', 'but "Transit Guidelines"@en.'),
    ('SELECT ?i { ?i skos:prefLabel "transit guidelines"@en }', 'but "Transit Guidelines"@en.'),
    ("SELECT ?a { ?a ecp:numberText 3 }", 'no value 3 here, but "3".'),
    ("SELECT ?a { ?a ecp:responsibleBody body:ptcc }", "nothing of body:ptcc. Did you mean body:ptc"),
    (
        "SELECT ?a { body:ptc ecp:responsibleBody ?a }",
        "'?a ecp:responsibleBody body:ptc' does: the other way round.",
    ),
    (
        'SELECT ?a { ?t ecp:until ?u FILTER (?u < "2017-08-01"^^xsd:date) }',
        '?u has moments (xsd:dateTime), which no date compares with. Write "2017-08-01T00:00:00"^^xsd:dateTime.',
    ),
    (
        'SELECT ?a { ?a skos:prefLabel ?n FILTER (?n = "Permanent Technical Committee") }',
        'Write STR(?n), or "Permanent Technical Committee"@en.',
    ),
    (
        "SELECT ?p (GROUP_CONCAT(DISTINCT ?n) AS ?ns) { ?a ecp:belongsToPlan ?p ; ecp:position ?n } GROUP BY ?p",
        "GROUP_CONCAT joins texts, and ?n has values of xsd:integer. Write STR(?n) in it.",
    ),
    ("SELECT (COUNT(*) AS ?n) { ?a ecp:responsibleBdy ?b }", "Did you mean ecp:responsibleBody"),
    (
        "ASK { ?a a ecp:Action ; ecp:responsibleBody/ecp:label ?b }",
        "no property ecp:label. Did you mean skos:prefLabel?",
    ),
)


#: Queries of which nothing is said.
FAULTLESS: Final = (
    "SELECT ?a { ?a a ecp:Action }",
    'SELECT ?i { ?i skos:prefLabel "Transit Guidelines"@en }',
    'SELECT ?a { ?t ecp:until ?u FILTER (?u < "1999-08-01T00:00:00"^^xsd:dateTime) }',  # no fault
    "SELECT ?p (GROUP_CONCAT(STR(?n)) AS ?ns) { ?a ecp:belongsToPlan ?p ; ecp:position ?n } GROUP BY ?p",
    "SELECT ?a { GRAPH ?g { ?a ecp:responsibleBody body:ptc } FILTER NOT EXISTS { ?a ecp:underProgramme ?p } }",
    "SELECT ?a { VALUES ?a { body:ptc } { SELECT ?a { ?a a ecp:Body } ORDER BY ?a ?b ?c } }",
)


def _hints(engine: Engine, sparql: str) -> list[Hint]:
    return hints(sparql, lambda text: ask_table(engine, text, timeout_s=5))


@pytest.mark.parametrize(("sparql", "sentence"), FAULTY)
def test_the_reason_is_told(engine: Engine, sparql: str, sentence: str) -> None:
    assert is_odd(ask_table(engine, sparql))
    found = [hint.text for hint in _hints(engine, sparql)]
    assert len(found) == 1
    assert sentence in found[0]


def test_a_hint_has_its_place(engine: Engine) -> None:
    (hint,) = _hints(engine, "PREFIX x: <http://x/>\nSELECT ?a {\n  ?o a ecp:Overlap ;\n    ecp:member ?a\n}")
    assert (hint.line, hint.column) == (4, 5)
    assert str(hint).startswith("Line 4, column 5: The graph has no property ecp:member.")


@pytest.mark.parametrize("sparql", FAULTLESS)
def test_silence_where_nothing_is_wrong(engine: Engine, sparql: str) -> None:
    assert patterns(sparql)
    assert _hints(engine, sparql) == []


def test_a_store_that_refuses_checks_gives_no_hints() -> None:
    asked = []

    def refuse(text: str) -> Table:
        asked.append(text)
        raise QueryTimeout(1)

    assert hints("SELECT ?a { ?a ecp:member ?b FILTER (?b = 3) }", refuse) == []
    assert asked
    asked.clear()
    assert hints("SELECT ?a { ?a ecp:member ?b }", refuse, limit_s=-1) == []
    assert not asked


def test_patterns_as_they_are_written() -> None:
    sparql = """PREFIX ecp: <x#>
    SELECT ?a (COUNT(?x) AS ?n) WHERE {
      ?a a ecp:Action ; ecp:on/ecp:b* ?t , "x"@en ; ^ecp:c "2"^^xsd:int .
      OPTIONAL { ?a ecp:until ?u FILTER (?u < "2017"^^xsd:date && 3 >= ?n) }
      VALUES ?z { body:x } ?z (ecp:a|ecp:b) true
      { SELECT ?a (GROUP_CONCAT(?n; separator=", ") AS ?m) { ?a ecp:k ?n } GROUP BY ?a ?b ?c }
    } ORDER BY ?a ?n ?t"""
    assert [pattern.text for pattern in patterns(sparql)] == [
        "?a a ecp:Action",
        "?a ecp:on/ecp:b* ?t",
        '?a ecp:on/ecp:b* "x"@en',
        '?a ^ecp:c "2"^^xsd:int',
        "?a ecp:until ?u",
        "?z (ecp:a|ecp:b) true",
        "?a ecp:k ?n",
    ]
    compared = [(comparison.variable.text, comparison.literal.text) for comparison in comparisons(sparql)]
    assert compared == [("?u", '"2017"^^xsd:date'), ("?n", "3")]


@pytest.mark.parametrize(
    "text", ["", "{", "}}", "SELECT * { ?a ?b", "?a ?b ?c", "{ . ; , ( ) [ ] }", "{ ?a " + "(" * 50, '{ "unclosed']
)
def test_any_text_is_read(text: str) -> None:
    assert isinstance(patterns(text), list)
    assert isinstance(comparisons(text), list)


def test_what_looks_odd() -> None:
    zero, one = (Term("literal", value, "http://www.w3.org/2001/XMLSchema#integer") for value in "01")
    assert is_odd(Table(("n",), ()))
    assert is_odd(Table(("n",), ((zero,),)))
    assert is_odd(Table(("n", "m"), ((one, None),)))
    assert is_odd(Table((), (), boolean=False))
    assert not is_odd(Table(("n", "m"), ((one, None), (one, one))))
    assert not is_odd(Table((), (), boolean=True))
