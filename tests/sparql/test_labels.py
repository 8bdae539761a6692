"""Label columns: in every format, for every form of SELECT, without changing the rows."""

from __future__ import annotations

import json
from typing import Any

import pyoxigraph as ox
import pytest

from ecp_graph.engine import Question
from ecp_graph.engine.embedded import EmbeddedEngine
from ecp_graph.errors import ParameterError, QueryError
from ecp_graph.sparql.labels import check_labels

DATA = """
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix x: <http://x/> .
x:a x:next x:b ; x:n 1 ; rdfs:label "no language", "a"@en ; skos:prefLabel "A, preferred"@en, "Ä"@de .
x:b x:next x:c ; x:n 2 ; rdfs:label "b"@en-GB, "plain" .
x:c x:next x:a ; x:n 3 ; rdfs:label "plain c", "nur deutsch"@de .
x:d x:next x:d ; x:n 4 ; rdfs:label "nur deutsch"@de .
x:g { x:e x:n 5 ; rdfs:label "e"@en . x:a x:next x:e . }
"""


@pytest.fixture(scope="module")
def engine() -> EmbeddedEngine:
    store = ox.Store()
    store.load(DATA, ox.RdfFormat.TRIG)
    return EmbeddedEngine(store, name="labels")


def rows(engine: EmbeddedEngine, query: str, labels: str | None = "en", **more: Any) -> list[dict[str, str]]:
    found = json.loads(engine.answer(Question(f"PREFIX x: <http://x/> {query}", labels=labels, **more)).read())
    return [{name: cell["value"] for name, cell in row.items()} for row in found["results"]["bindings"]]


def test_the_label_is_the_best_that_there_is(engine: EmbeddedEngine) -> None:
    found = rows(engine, "SELECT ?s { ?s x:n ?n } ORDER BY ?n")
    assert [row.get("sLabel") for row in found] == ["A, preferred", "b", "plain c", None]
    assert rows(engine, "SELECT ?s { ?s x:n 1 }", "de")[0]["sLabel"] == "Ä"
    assert rows(engine, "SELECT ?s { ?s x:n 2 }", "en-gb")[0]["sLabel"] == "b"
    assert rows(engine, "SELECT ?s { ?s x:n 2 }", "fr")[0]["sLabel"] == "plain"


FORMS = [
    "SELECT ?s ?o { ?s x:next ?o }",
    "SELECT * { ?s x:next ?o }",
    "SELECT*{?s x:next ?o}",
    "select distinct ?s ?o where { ?s x:next ?o } order by desc(?s) limit 2 offset 1",
    "SELECT REDUCED $s (?t AS ?o) WHERE { $s x:next ?t } VALUES ?t { x:a x:c }",
    "SELECT ?s (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?s HAVING (COUNT(*) > 1) ORDER BY ?n ?s",
    "SELECT (IF(EXISTS { ?s x:n 1 }, ?s, ?o) AS ?r) ?s { ?s x:next ?o }",
    "SELECT ?s # { a comment ( \n ?o { ?s x:next ?o } # and one at the end",
    "SELECT (CONCAT(\"){\", STR(?s), '(') AS ?t) ?s { ?s x:next ?o }",
    "SELECT ?g ?s FROM NAMED <http://x/g> { GRAPH ?g { ?s ?p ?o } }",
    "SELECT ?s FROM x:g FROM <http://x/h> WHERE { ?s ?p ?o }",
    "PREFIX : <http://x/> SELECT ?s FROM:g FROM NAMED:g WHERE { ?s ?p ?o }",
    "SELECT ?s FROM#c\n<http://x/\\u0067>#c\n{ ?s ?p ?o }",
    "SELECT (1<2 AS ?less) (')' AS ?text) ?s { ?s x:next ?o FILTER(2>1) }",
    "SELECT ?s { { SELECT ?s ?o { ?s x:next ?o } } MINUS { ?s x:n 4 } }",
    "SELECT ?s ?sLabel { ?s x:next ?o . OPTIONAL { ?s rdfs:label ?sLabel } }",
    "SELECT ?o { ?s x:next ?o . ?s rdfs:label ?oLabel }",
    "BASE <http://x/> PREFIX y: <http://x/> SELECT ?s { ?s <next> y:b }",
    "SELECT * {}",
]


@pytest.mark.parametrize("query", FORMS)
@pytest.mark.parametrize("fmt", ["json", "tsv"])
def test_the_rows_stay_and_their_order(engine: EmbeddedEngine, query: str, fmt: str) -> None:
    plain = engine.query(f"PREFIX x: <http://x/> {query}", fmt=fmt).read()
    labelled = engine.answer(Question(f"PREFIX x: <http://x/> {query}", fmt, labels="en")).read()
    if fmt == "tsv":
        first, width = plain.decode().splitlines(), plain.decode().splitlines()[0].count("\t") + 1
        assert first == ["\t".join(line.split("\t")[:width]) for line in labelled.decode().splitlines()]
        return
    before, after = json.loads(plain), json.loads(labelled)
    names = before["head"]["vars"]
    added = [f"{name}Label" for name in names if f"{name}Label" not in names]
    assert after["head"]["vars"] == [*names, *added]
    kept = [{name: cell for name, cell in row.items() if name in names} for row in after["results"]["bindings"]]
    assert kept == before["results"]["bindings"]
    assert len(kept) > 0


@pytest.mark.parametrize("fmt", ["json", "xml", "csv", "tsv"])
def test_every_format_has_them_and_none_without_being_asked(engine: EmbeddedEngine, fmt: str) -> None:
    query = "SELECT ?s { ?s <http://x/n> 1 }"
    assert b"A, preferred" in engine.answer(Question(query, fmt, labels="en")).read()
    plain = engine.query(query, fmt=fmt).read()
    assert b"Label" not in plain
    assert b"preferred" not in plain


def test_the_dataset_of_the_request_stays(engine: EmbeddedEngine) -> None:
    query = "SELECT ?s { ?s x:n ?n }"
    assert rows(engine, query, default_graphs=["http://x/g"]) == [{"s": "http://x/e", "sLabel": "e"}]
    assert len(rows(engine, query)) == 4


def test_an_error_has_the_place_in_the_query_as_it_was_sent(engine: EmbeddedEngine) -> None:
    with pytest.raises(QueryError) as caught:
        engine.answer(Question("SELECT * {\n ?s foo:p ?o }", labels="en"))
    assert (caught.value.line, caught.value.column) == (2, 5)


def test_what_has_no_columns_has_no_labels(engine: EmbeddedEngine) -> None:
    for query in ("ASK {}", "CONSTRUCT WHERE { ?s ?p ?o }", "DESCRIBE <http://x/a>"):
        with pytest.raises(ParameterError, match="SELECT"):
            engine.answer(Question(query, labels="en"))
        with pytest.raises(ParameterError, match="SELECT"):
            check_labels("en", query)
    for tag in ("", "e n", "en_GB", "x" * 9, "en-", '"', "en}"):
        with pytest.raises(ParameterError, match="language"):
            check_labels(tag, "SELECT * {}")
    assert check_labels("en-GB", "SELECT * {}") == "en-GB"
