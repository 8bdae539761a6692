"""SPARQL made into joins gives the rows that Oxigraph gives, of small queries and of the rules of overlap."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.workspace import write_workspace
from ecp_graph.namespaces import using
from ecp_graph.overlap.derive import merged_store
from ecp_graph.pipeline.complete import complete
from ecp_graph.rdf.load import load
from ecp_graph.tables.algebra import NotCompiled, compiled, patterns
from ecp_graph.tables.algebra import kept as algebra_kept
from ecp_graph.tables.joins import Stopped
from ecp_graph.workspace import Workspace, bundled_workspace
from tests.bundled import PREFIXES
from tests.queries.test_overlap_rules import CASES, store_of
from tests.worlds import WORLDS, world

from . import by_joins
from .by_joins import differences

RULES = {path.stem: path.read_text(encoding="utf-8") for path in bundled_workspace().rule_files}

# ---------------------------------------------------------------- each construct

DATA = """
graph:one {
    body:a ecp:partOfAction body:b . body:b ecp:partOfAction body:c . body:c ecp:partOfAction body:a .
    body:a a ecp:Body ; skos:notation "A" ; skos:prefLabel "ay"@en , "ah"@fr ; ecp:position 1 .
    body:b a ecp:Body ; skos:notation "B" ; ecp:position 2 . body:c skos:broader body:d .
    body:d skos:broader body:e . graph:one a ecp:Reading .
    body:a dcterms:subject [ skos:notation "blank" ] .
    body:e rdfs:comment "one \\"two\\" \\\\n\\n\\r\\tthree \\\\" , "vier \\"5\\""@de , "2017"^^xsd:gYear .
}
graph:two {
    body:a a ecp:Body ; skos:notation "A" . body:b skos:notation "C" . body:c a ecp:Action .
    body:a ecp:responsibleBody body:d . body:d ecp:responsibleFor body:a .
}
"""
QUADS = list(
    ox.parse("".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items()) + DATA, ox.RdfFormat.TRIG)
)
CONSTRUCTS = {
    "triple patterns": "SELECT * { ?a a ecp:Body ; skos:notation ?n }",
    "one variable twice": "SELECT * { ?a ?p ?a }",
    "a variable predicate": "SELECT ?p ?o { body:a ?p ?o }",
    "a constant that the data lack": "SELECT * { ?a ecp:nothing ?b }",
    "a blank node": "SELECT ?a { ?a dcterms:subject [ skos:notation ?n ] }",
    "rows as often as they come": "SELECT ?a { ?a skos:prefLabel ?label }",
    "DISTINCT": "SELECT DISTINCT ?a { ?a skos:prefLabel ?label }",
    "GRAPH with a variable": "SELECT * { GRAPH ?g { ?a skos:notation ?n } }",
    "GRAPH with an IRI": "SELECT * { GRAPH graph:two { ?a skos:notation ?n } }",
    "two patterns in one graph": "SELECT * { GRAPH ?g { ?a skos:notation ?n ; a ecp:Body } }",
    "parts of a group in one graph": "SELECT * { GRAPH ?g { { ?a skos:notation ?n } { ?a a ecp:Body } } }",
    "two graphs": "SELECT * { GRAPH ?g { ?a skos:notation ?n } GRAPH ?h { ?a a ecp:Body } }",
    "the graph as a thing": "SELECT * { GRAPH ?g { ?g a ?class } }",
    "a sequence": "SELECT * { ?a ecp:partOfAction/ecp:partOfAction/skos:broader ?b }",
    "an alternative": "SELECT * { ?a skos:broader|ecp:partOfAction ?b }",
    # the standard counts what two ways lead to twice, Oxigraph once
    "the same by two ways": "SELECT DISTINCT * { ?a ecp:responsibleBody|^ecp:responsibleFor ?b }",
    "an inverse": "SELECT * { ?a ^skos:broader ?b }",
    "one or none": "SELECT * { ?a skos:broader? ?b }",
    "none or more": "SELECT * { ?a skos:broader* ?b }",
    "one or more, in a circle": "SELECT * { ?a ecp:partOfAction+ ?b }",
    "a path to a constant": "SELECT * { ?a (skos:broader|ecp:partOfAction)* body:e }",
    "a path from a constant": "SELECT * { body:c skos:broader* ?b }",
    "a path from what is nowhere": "SELECT * { body:z skos:broader* ?b }",
    "a path in a graph": "SELECT * { GRAPH ?g { ?a skos:broader+ ?b } }",
    "an alternative in a graph": "SELECT DISTINCT * { GRAPH ?g { ?a ecp:responsibleBody|^ecp:responsibleFor ?b } }",
    "a sequence in a graph": "SELECT * { GRAPH ?g { ?a ecp:partOfAction/skos:notation ?b } }",
    "UNION": "SELECT * { { ?a a ecp:Body } UNION { ?a skos:broader ?b } }",
    "UNION behind a pattern": "SELECT * { ?a a ?class { ?a skos:notation ?n } UNION { ?b skos:broader ?a } }",
    "UNION of other variables": (
        "SELECT * { ?a ecp:partOfAction ?b { ?a skos:notation ?n } UNION { ?b skos:notation ?n } "
        "UNION { ?c a ecp:Action } }"
    ),
    "two UNIONs": "SELECT * { { ?a a ?c } UNION { ?b a ?c } { ?a skos:broader ?d } UNION { ?b skos:notation ?d } }",
    "OPTIONAL": "SELECT * { ?a a ecp:Body OPTIONAL { ?a skos:prefLabel ?label } }",
    "OPTIONAL with a FILTER on both": (
        "SELECT * { ?a a ecp:Body OPTIONAL { ?b skos:broader ?c FILTER(STR(?a) < STR(?b)) } }"
    ),
    "a pattern behind OPTIONAL": ("SELECT * { ?a a ?class OPTIONAL { ?a skos:broader ?b } ?c skos:broader ?b }"),
    "two OPTIONALs": "SELECT * { ?a a ?c OPTIONAL { ?a skos:broader ?b } OPTIONAL { ?a ecp:partOfAction ?b } }",
    "= of terms": "SELECT * { ?a ecp:partOfAction ?b . ?b ecp:partOfAction ?c FILTER(?a = ?c || ?c = body:a) }",
    "!= of a term and a literal": "SELECT * { ?a ecp:partOfAction ?b ; ?p ?o FILTER(?b != ?o) }",
    "< of strings": "SELECT * { ?a a ecp:Body . ?b a ecp:Body FILTER(STR(?a) < STR(?b)) }",
    ">= of strings": 'SELECT * { ?a skos:notation ?n FILTER(STR(?n) >= "B") }',
    "= of strings": 'SELECT * { ?a skos:notation ?n FILTER(STR(?n) = "B") }',
    "a string that is escaped otherwise": (r'SELECT * { ?a rdfs:comment "one \"two\" \\n\n\r\tthree \\"^^xsd:string }'),
    "a language in capitals": 'SELECT * { ?a skos:prefLabel "ah"@FR }',
    "an integer with a sign": "SELECT * { ?a ecp:position +1 }",
    "IN": "SELECT * { ?a ecp:partOfAction ?b FILTER(?a IN (body:a, ?b, body:c)) }",
    "NOT IN": "SELECT * { ?a ecp:partOfAction ?b FILTER(?a NOT IN (body:a, body:c)) }",
    "logic with an unbound variable": (
        "SELECT * { ?a a ?class OPTIONAL { ?a skos:broader ?b } FILTER(?b = body:d || !(?b = body:d) || ?a = body:a) }"
    ),
    "BOUND": "SELECT * { ?a a ?class OPTIONAL { ?a skos:broader ?b } FILTER(!BOUND(?b)) }",
    "a FILTER on what is not there": "SELECT * { ?a a ?class FILTER(?nothing = ?a) }",
    "EXISTS": "SELECT * { ?a ecp:partOfAction ?b FILTER EXISTS { ?b skos:notation ?n } }",
    "NOT EXISTS": "SELECT * { ?a ecp:partOfAction ?b FILTER NOT EXISTS { ?b skos:broader ?n } }",
    "NOT EXISTS of a path": (
        "SELECT * { ?a a ?c . ?b a ?c FILTER NOT EXISTS { ?a ecp:partOfAction/skos:broader|^ecp:partOfAction ?b } }"
    ),
    "EXISTS in a graph": "SELECT * { ?a ecp:partOfAction ?b FILTER EXISTS { GRAPH ?g { ?b a ecp:Action } } }",
    "EXISTS of an unbound variable": (
        "SELECT * { ?a a ?c OPTIONAL { ?a skos:broader ?b } FILTER EXISTS { ?b skos:broader ?d } }"
    ),
    "EXISTS of nothing shared": "SELECT * { ?a a ecp:Action FILTER EXISTS { ?x skos:broader ?y } }",
    "EXISTS with a FILTER on both": (
        "SELECT * { ?a a ecp:Body FILTER NOT EXISTS { ?b a ecp:Body FILTER(STR(?b) < STR(?a)) } }"
    ),
    "BIND of a string": 'SELECT * { ?a a ecp:Body BIND(CONCAT(STR(?a), "\'s {0}") AS ?text) }',
    "BIND of an IRI": "SELECT * { ?a a ecp:Body BIND(body:z AS ?b) }",
    "BIND of a variable, joined": "SELECT * { ?a a ecp:Body BIND(?a AS ?b) { ?b skos:notation ?n } }",
    "STR of literals and blank nodes": (
        "SELECT ?a ?text { ?a skos:prefLabel|dcterms:subject|ecp:position ?o BIND(STR(?o) AS ?text) }"
    ),
    "IF": "SELECT * { ?a ecp:partOfAction ?b BIND(IF(STR(?a) < STR(?b), ?a, ?b) AS ?first) }",
    "IF of an error": "SELECT * { ?a a ?c OPTIONAL { ?a skos:broader ?b } BIND(IF(?b = ?a, 'same', 'other') AS ?d) }",
    "COALESCE": "SELECT * { ?a a ?c OPTIONAL { ?a skos:broader ?b } BIND(COALESCE(?b, ?a) AS ?d) }",
    "VALUES": "SELECT * { VALUES ?a { body:a body:b body:z } ?a skos:notation ?n }",
    "VALUES of rows with UNDEF": (
        'SELECT * { ?a skos:notation ?n VALUES (?a ?n) { (body:a UNDEF) (UNDEF "C") (body:b "A") } }'
    ),
    "VALUES behind a query": "SELECT * { ?a skos:notation ?n } VALUES ?a { body:b }",
    "a sub-SELECT": "SELECT * { { SELECT DISTINCT ?a { ?a skos:prefLabel ?n } } ?a ecp:partOfAction ?b }",
    "a sub-SELECT that hides a variable": "SELECT * { { SELECT ?a { ?a skos:notation ?n } } ?b skos:notation ?n }",
    "SELECT of an expression": "SELECT ?a (STR(?n) AS ?text) { ?a skos:notation ?n } ORDER BY ?a",
    "SELECT of what is not there": "SELECT ?a ?nothing { ?a a ecp:Action }",
    "nothing at all": "SELECT * { }",
    "STR of escapes": "SELECT ?text { ?a rdfs:comment ?o BIND(STR(?o) AS ?text) }",
    "LANG": "SELECT ?a ?language { ?a rdfs:comment|skos:broader ?o BIND(LANG(?o) AS ?language) }",
    "DATATYPE": "SELECT ?a ?kind { ?a rdfs:comment|skos:broader ?o BIND(DATATYPE(?o) AS ?kind) }",
    "STR of DATATYPE": "SELECT ?a ?kind { ?a rdfs:comment ?o BIND(STR(DATATYPE(?o)) AS ?kind) }",
    "isIRI": "SELECT * { ?a dcterms:subject|rdfs:comment|skos:broader ?o FILTER(isIRI(?o)) }",
    "isLITERAL": "SELECT * { ?a dcterms:subject|rdfs:comment|skos:broader ?o FILTER(!isLITERAL(?o)) }",
    "= of a term and a string": 'SELECT * { ?a skos:notation|a ?n FILTER(?n = "A") }',
    "!= of a term and a string": 'SELECT * { ?a skos:notation|a ?n FILTER("A" != ?n) }',
    "IN of strings": 'SELECT * { ?a skos:notation ?n FILTER(?n IN ("A", "C")) }',
    "a truth value": "SELECT * { ?a a ecp:Body BIND(true AS ?is) }",
    "BIND of a comparison": "SELECT * { ?a skos:notation ?n BIND(?n = ?a AS ?is) }",
    "BIND of EXISTS": (
        "SELECT * { ?a a ?class BIND(EXISTS { ?a skos:broader ?b } || NOT EXISTS { ?a skos:notation ?n } AS ?is) }"
    ),
    "a FILTER on EXISTS or another": (
        'SELECT * { ?a a ?class FILTER(?a = body:a || EXISTS { ?a skos:broader ?b FILTER(STR(?b) > "a") }) }'
    ),
    "IF of EXISTS": ('SELECT * { ?a a ?class BIND(IF(EXISTS { ?a skos:broader ?b }, "narrow", ?nothing) AS ?kind) }'),
    "OPTIONAL with NOT EXISTS": (
        "SELECT * { ?a a ecp:Body OPTIONAL { ?a a ?class ; skos:notation ?n FILTER NOT EXISTS { ?a skos:notation ?m "
        "FILTER(STR(?m) < STR(?n)) } FILTER(?class != ecp:Action) } }"
    ),
    "MIN of a group": "SELECT ?c (MIN(?n) AS ?least) { ?a a ?c ; ecp:position ?n } GROUP BY ?c",
    "MAX of a group that lacks something": (
        "SELECT ?c ?b (MAX(?n) AS ?most) { ?a a ?c ; ecp:position ?n OPTIONAL { ?a skos:broader ?b } } GROUP BY ?c ?b"
    ),
    "a group inside": "SELECT * { { SELECT ?c (MAX(?n) AS ?p) { ?a a ?c ; ecp:position ?n } GROUP BY ?c } ?b ?q ?p }",
    "VALUES without rows": "SELECT ?a ?b { VALUES (?a ?b) { } }",
}


@pytest.mark.parametrize("construct", CONSTRUCTS)
def test_a_construct_gives_the_rows_of_oxigraph(construct: str) -> None:
    found, _ = differences(QUADS, [CONSTRUCTS[construct]])
    assert not found


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("SELECT * { ?a skos:prefLabel ?n ; ?p ?m FILTER(?n = ?m) }", "literals"),
        ('SELECT * { ?a ecp:position ?n FILTER(?n = "A") }', "literals"),
        ("SELECT ?a (MIN(?n) AS ?least) { ?a skos:notation ?n } GROUP BY ?a", "integer"),
    ],
)
def test_what_turns_out_not_to_be_covered_stops(query: str, told: str) -> None:
    with pytest.raises(Stopped, match=told):
        differences(QUADS, [query])


def test_the_queries_of_constructs_find_something() -> None:
    store = merged_store(QUADS)
    empty = {name for name, query in CONSTRUCTS.items() if not by_joins.rows_by_oxigraph(query, store)}
    assert empty == {
        "a path from what is nowhere",
        "one variable twice",
        "a constant that the data lack",
        "a FILTER on what is not there",
        "VALUES without rows",
    }


REFUSED = {
    "SELECT * { ?a a ?b MINUS { ?a a ecp:Body } }": "MINUS",
    "SELECT * { ?a a ?b } LIMIT 2": "LIMIT",
    "SELECT (COUNT(*) AS ?n) { ?a a ?b }": "aggregate without GROUP BY",
    "SELECT ?a (COUNT(?b) AS ?n) { ?a a ?b } GROUP BY ?a": "aggregate COUNT",
    "SELECT ?a (MIN(?b) AS ?n) { ?a a ?c OPTIONAL { ?a a ?b } } GROUP BY ?a": "aggregate MIN",
    "SELECT * { ?a a ?b OPTIONAL { ?c a ?d FILTER NOT EXISTS { ?a ?p ?c } } }": "EXISTS inside OPTIONAL",
    "SELECT * { ?a a ?b FILTER(STR(?b) = ?a) }": "comparison of a text with a term",
    "SELECT * { ?a a ?b BIND(STR(true) AS ?c) }": "STR of a truth value",
    "SELECT * FROM graph:one { ?a a ?b }": "FROM",
    "ASK { ?a a ?b }": "no SELECT",
    "SELECT * { ?a !a ?b }": "path",
    "SELECT * { ?a !(a|^a) ?b }": "path",
    "SELECT * { ?a nowhere:known ?b }": "rdflib does not parse",
    "SELECT * { ?a ecp:amount 1.50 }": "another form",
    "SELECT * { VALUES ?b { '1'^^xsd:boolean } ?a ?p ?b }": "another form",
    "SELECT * { ?a skos:notation '\t' }": "a tab in a string",
    "SELECT * { ?a a ?b FILTER(?b IN ()) }": "IN",
    "SELECT ?a (EXISTS { ?a skos:broader ?b } AS ?c) { ?a a ecp:Body }": "EXISTS in a SELECT clause",
    "SELECT ?b (MAX(?n) AS ?m) { ?a ecp:position ?n } GROUP BY ?b": "GROUP BY",
    "SELECT * { GRAPH ?g { ?a a* ?b } }": "inside GRAPH",
    "SELECT * { GRAPH ?g { } }": "need not have any triple",
    "SELECT * { ?a ecp:position ?n FILTER(?n < 2) }": "literal",
    "SELECT * { ?a ecp:position ?n FILTER(?n < ?a) }": "STR makes one",
    "SELECT * { ?a skos:notation ?n FILTER(?n) }": "condition",
    "SELECT * { ?a skos:notation ?n FILTER(REGEX(?n, 'A')) }": "REGEX",
    "SELECT * { ?a a ?b FILTER EXISTS { ?a ?p ?c OPTIONAL { ?c a ?d } } }": "inside EXISTS",
    "SELECT * { ?a a ?b FILTER EXISTS { { SELECT ?a { ?a ?p ?c } } } }": "inside EXISTS",
    "SELECT * { ?a a ?A }": "case alone",
    "SELECT * { ?a skos:notation ?n BIND(STR(?n) AS ?t) ?b skos:notation ?t }": "joined as a",
    "SELECT * { ?a a ?b { BIND('x' AS ?c) } UNION { ?a skos:broader ?c } }": "a term in one part",
    "SELECT * { SERVICE <http://localhost/> { ?a a ?b } }": "SERVICE",
}


@pytest.mark.parametrize("query", REFUSED)
def test_what_is_not_covered_is_named(query: str) -> None:
    with pytest.raises(NotCompiled, match=REFUSED[query]):
        compiled(query, PREFIXES)


def test_a_query_is_compiled_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ECP_GRAPH_CACHE", str(tmp_path))
    query = CONSTRUCTS["OPTIONAL"]
    first = algebra_kept.kept(query, PREFIXES)
    assert first == compiled(query, PREFIXES)
    (entry,) = (tmp_path / "statements").iterdir()
    monkeypatch.setattr(algebra_kept, "compiled", lambda *_: pytest.fail("it was compiled again"))
    assert algebra_kept.kept(query, PREFIXES) == first
    monkeypatch.undo()
    monkeypatch.setenv("ECP_GRAPH_CACHE", str(tmp_path))
    entry.write_bytes(b"damaged")
    assert algebra_kept.kept(query, PREFIXES) == first


# ---------------------------------------------------------------- the rules of overlap


def completed(workspace: Workspace) -> list[ox.Quad]:
    with using(workspace.names):
        found = complete(load(workspace), ())
        return [*found.sources.ontology, *found.sources.data, *found.inferred]


def named(store: ox.Store) -> list[ox.Quad]:
    return [quad for quad in store if isinstance(quad.graph_name, ox.NamedNode)]


def test_each_rule_gives_the_rows_of_oxigraph_where_it_has_to_fire() -> None:
    for rule, text in CASES:
        found, number = differences(named(store_of(text)), [RULES[rule]])
        assert not found
        assert number
    assert {rule for rule, _ in CASES} == set(RULES)


@pytest.mark.parametrize("name", ["", *WORLDS])
def test_the_rules_give_the_rows_of_oxigraph_on_real_plans(name: str) -> None:
    found, number = differences(completed(world(name) if name else bundled_workspace()), list(RULES.values()))
    assert not found
    assert number > 20


@pytest.mark.parametrize("plans", [4, *(pytest.param(plans, marks=pytest.mark.large) for plans in (13, 43))])
def test_the_rules_give_the_rows_of_oxigraph_on_many_plans(plans: int, tmp_path: Path) -> None:
    write_workspace(tmp_path / "plans", plans)
    found, number = differences(completed(Workspace(tmp_path / "plans")), list(RULES.values()))
    assert not found
    assert number > 200 * plans


THINGS = {
    "action": st.sampled_from("123"),
    "body": st.sampled_from("abc"),
    "instrument": st.sampled_from("ij"),
    "topic": st.sampled_from("tuw"),
    "plan": st.sampled_from("pq"),
    "event": st.sampled_from("ef"),
}
#: What rules look for: the kinds of subject, the property, the kind of object.
RELATIONS = (
    ("action", "ecp:responsibleBody", "body"),
    ("body", "ecp:responsibleFor", "action"),
    ("action event", "ecp:concernsInstrument", "instrument"),
    ("action event", "ecp:develops", "instrument"),
    ("action event instrument", "dcterms:subject", "topic"),
    ("action", "ecp:underProgramme", "plan"),
    ("plan", "ecp:coversAction", "action"),
    ("plan", "ecp:programmeOf", "body"),
    ("action", "ecp:partOfAction", "action"),
    ("topic", "skos:broader", "topic"),
    ("event", "ecp:meetingOf", "body"),
    ("event", "ecp:decidedBy", "body"),
    ("event", "ecp:establishesBody", "body"),
)


@st.composite
def statements(draw: Callable[[Any], Any]) -> str:
    subjects, relation, object_ = draw(st.sampled_from(RELATIONS))
    subject = draw(st.sampled_from(subjects.split()))
    graph = draw(st.sampled_from(["reading:one", "reading:two", "reading:guess", "reading:none", "graph:inferred"]))
    ends = f"{subject}:{draw(THINGS[subject])} {relation} {object_}:{draw(THINGS[object_])}"
    return f"{graph} {{ {ends} }}"


@given(st.lists(statements(), min_size=8, max_size=40))
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
def test_the_rules_give_the_rows_of_oxigraph_on_any_statements(texts: list[str]) -> None:
    found, _ = differences(named(store_of("\n".join(texts))), list(RULES.values()))
    assert not found


# ---------------------------------------------------------------- a wrong compilation


@pytest.mark.parametrize(
    ("part", "wrong"),
    [
        ("kept", lambda left, *_, if_any: left),
        ("united", lambda parts: parts[0]),
        ("pairs", lambda *_, in_graph, end="": f"SELECT s, o{', g' if in_graph else ''} FROM quads"),
    ],
)
def test_a_wrong_compilation_is_found(part: str, wrong: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """A part of the compiler is put out of order: EXISTS keeps all, UNION has its first part, a path is any triple."""
    names = {"kept": ["EXISTS", "NOT EXISTS"], "united": ["UNION"], "pairs": ["an alternative", "none or more"]}[part]
    queries = [CONSTRUCTS[name] for name in names]
    monkeypatch.setattr(patterns, part, wrong)
    monkeypatch.setattr(by_joins, "_compiled", lambda query: compiled(query, PREFIXES))
    assert set(differences(QUADS, queries)[0]) == set(queries)
    text = next(text for rule, text in CASES if rule == "bodies-same-action")
    quads = named(store_of(text + "graph:other { action:1 ecp:responsibleBody body:a , body:b }"))
    assert RULES["bodies-same-action"] in differences(quads, [RULES["bodies-same-action"]])[0]
