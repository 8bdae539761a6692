"""Queries that are told which texts hold which give the rows that they give without."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecp_graph.validation.containing import holding, tell_holding

GRAPH = ox.NamedNode("urn:told")
DATA = """
@prefix : <urn:> .
:a :text "Board, Council" ; :number 5 . :b :text "board"@en . :c :text "" . :d :text "Council of the Board"@en .
:x a :Body ; :name "Board" ; :code "B" . :y a :Body ; :name "Council of the Board", "" . :z :name "Council" ; :see :a .
"""
FORM = "?one :text ?text . ?value :name|:code ?label"
TOLD = [
    f"{{ {FORM} . FILTER (CONTAINS(?text, STR(?label))) }}",
    f"{{ {FORM} FILTER (CONTAINS(?text, ?label)) }}",
    f"{{ ?value a :Body . {FORM} . FILTER (CONTAINS(STR(?text), STR(?label))) FILTER (?one != :a) }}",
    f"{{ ?one :text ?text OPTIONAL {{ {FORM} . FILTER (CONTAINS(?text, STR(?label))) }} }}",
    f"{{ {{ ?value :name ?label }} . {FORM} . FILTER (CONTAINS(?text, STR(?label))) }}",
]
#: Where a variable may have no value, may be an IRI, the filter asks for something else, or a statement stands alone.
NOT_TOLD = [
    f"{{ {{ ?value :name ?label }} {FORM} . FILTER (CONTAINS(?text, STR(?label))) }}",
    "{ ?one :text ?text . OPTIONAL { ?value :name ?label } FILTER (CONTAINS(?text, STR(?label))) }",
    "{ ?one :text ?text . ?value :see ?label . FILTER (CONTAINS(?text, STR(?label))) }",
    f"{{ {FORM} . FILTER (CONTAINS(?text, STR(?label)) || ?one = :a) }}",
    f"{{ {FORM} . FILTER (!CONTAINS(?text, STR(?label))) }}",
]


@given(st.lists(st.text("ab ", max_size=12)), st.lists(st.text("ab ", max_size=10)))
def test_texts_hold_what_they_contain(texts: list[str], parts: list[str]) -> None:
    assert dict(holding(texts, parts)) == {text: {part for part in parts if part in text} for text in texts}


@pytest.mark.parametrize(("group", "is_told"), [*((one, True) for one in TOLD), *((one, False) for one in NOT_TOLD)])
def test_the_rows_are_the_same_and_fewer_pairs_are_compared(group: str, is_told: bool) -> None:
    store = ox.Store()
    store.load(DATA.encode(), format=ox.RdfFormat.TURTLE)
    query = f"SELECT DISTINCT ?one ?value ?text ?label {group}"
    prefixes = {"": "urn:"}
    added = tell_holding(store, query, prefixes, GRAPH)
    assert bool(added) == is_told
    assert {query[place : place + 6] for place in added} <= {"FILTER"}
    told = query
    for place in sorted(added, reverse=True):
        told = told[:place] + added[place] + told[place:]
    rows = rows_of(store.query(query, prefixes=prefixes))
    assert rows_of(store.query(told, prefixes=prefixes)) == rows
    assert rows or not is_told
    assert bool(list(store.quads_for_pattern(None, None, None, GRAPH))) == is_told


def rows_of(found: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples | Iterable[ox.QuerySolution]) -> set[str]:
    return {str(row) for row in found}  # type: ignore[union-attr]
