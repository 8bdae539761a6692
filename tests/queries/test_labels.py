"""A thing with names in several languages has one row, in the main one; nothing else of a query changes."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from ecp_graph.engine.asking import ask_table
from ecp_graph.engine.embedded import EmbeddedEngine
from ecp_graph.queries.labels import has_several_languages, with_main_labels
from tests.bundled import DATASET, PREFIXES

from .asking import bundled_catalogue

_DATA = f"""
@prefix : <https://x.example/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix skos: <{PREFIXES["skos"]}> .
:both skos:prefLabel "les deux"@fr , "both"@en ; :part :english .
:english skos:prefLabel "English alone"@en ; :part :both .
:canadian skos:prefLabel "du Canada"@fr-CA ; :part :both .
"""
_LANGUAGES = f"<{DATASET}> <http://purl.org/dc/terms/language> <http://id.loc.gov/fr> , <http://id.loc.gov/en> ."


def _engine(*texts: str) -> EmbeddedEngine:
    store = ox.Store()
    for text in texts:
        store.load(text, ox.RdfFormat.TURTLE)
    return EmbeddedEngine(store, name="test")


def _names(pattern: str) -> list[str]:
    query = f"PREFIX : <https://x.example/> SELECT ?name WHERE {{ {pattern} }} ORDER BY ?name"
    table = ask_table(_engine(_DATA), with_main_labels(query, "fr"))
    return [term.text if term else "" for (term,) in table.rows]


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("?thing skos:prefLabel ?name", ["English alone", "du Canada", "les deux"]),
        ("?thing :part ?other ; skos:prefLabel ?name .", ["English alone", "du Canada", "les deux"]),
        (":canadian :part/skos:prefLabel ?name . ?thing :part :english", ["les deux"]),
        (":canadian (:part|:whole)/skos:prefLabel ?name", ["les deux"]),
        (
            "VALUES ?thing { :both } OPTIONAL { ?thing skos:prefLabel ?name } FILTER (STRLEN(STR(?thing)) > (1))",
            ["les deux"],
        ),
        ("{ SELECT ?name WHERE { :both skos:prefLabel ?name } ORDER BY ?name }", ["les deux"]),
        ("BIND (STR(COALESCE((:both), 1)) AS ?text) :both skos:prefLabel ?name", ["les deux"]),
        ("FILTER (EXISTS { :both skos:prefLabel ?any } && (1 = 1)) :both skos:prefLabel ?name", ["les deux"]),
        ("FILTER NOT EXISTS { :both skos:prefLabel 'x' } :both skos:prefLabel ?name", ["les deux"]),
    ],
)
def test_a_name_is_in_the_main_language(pattern: str, names: list[str]) -> None:
    assert _names(pattern) == names


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?name { GRAPH ?reading { ?thing skos:prefLabel ?name } }",
        "SELECT ?thing { ?thing skos:prefLabel 'both'@en , ?other . FILTER (EXISTS { ?thing skos:prefLabel ?name }) }",
        "SELECT ?name { ?thing skos:altLabel ?name }",
        "SELECT ?name { VALUES (?thing ?name) { (:a skos:prefLabel) } # ?a skos:prefLabel ?b\n}",
    ],
)
def test_what_does_not_ask_for_a_name_stays_as_it_is(query: str) -> None:
    assert with_main_labels(query, "fr") == query


@pytest.mark.parametrize("name", bundled_catalogue())
def test_every_query_of_the_catalogue_can_be_completed(name: str) -> None:
    query = bundled_catalogue()[name]
    if query.kind == "table":
        completed = with_main_labels(query.body, "fr")
        ox.Store().query(completed, prefixes={name: PREFIXES[name] for name in ("graph", "id")})
        assert completed.count("LANGMATCHES") % 2 == 0


def test_only_a_release_with_several_languages_needs_it() -> None:
    assert has_several_languages(_engine(_DATA, _LANGUAGES))
    assert not has_several_languages(_engine(_DATA))
    assert not has_several_languages(_engine(_DATA, _LANGUAGES.replace(" , <http://id.loc.gov/en>", "")))
