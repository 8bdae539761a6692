"""Every query of the catalogue gives the same rows, embedded and on the stores that a release was pushed into.

The whole terms are compared, with datatype and language, and their order. What a store does otherwise is a row in the
table of deviations in docs/engines.md, and each row is proved here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pyoxigraph as ox
import pytest

from ecp_graph.engine import Engine
from ecp_graph.engine.asking import ask_table
from ecp_graph.engine.remote import RemoteEngine
from ecp_graph.errors import EndpointError
from ecp_graph.queries.binding import bind
from ecp_graph.queries.parameters import Parameter
from ecp_graph.queries.resolve import choices
from ecp_graph.sparql.results import Table
from tests.data.graphs import ROOT
from tests.queries.asking import bundled_catalogue, cases
from tests.queries.computed import COMPUTED

from .stores import Store

LIMIT_S = 60
#: Enough for what Virtuoso answers at all; it has to be short for what it does not.
SHORT_S = 6


def listed(title: str) -> list[str]:
    """The first column of the table under a heading of docs/engines.md."""
    text = (ROOT / "docs" / "engines.md").read_text(encoding="utf-8")
    return re.findall(r"^\| `([\w-]+)` \|", text.partition(title)[2].partition("\n#")[0], re.MULTILINE)


#: Queries with different results in Virtuoso.
OTHERWISE = listed("### Queries with different results in Virtuoso")


def questions() -> Iterator[tuple[str, dict[str, str]]]:
    """Each query with the parameters of its expected rows, or else with its defaults."""
    typed = [(case.name, case.parameters) for case in cases()]
    yield from typed
    for name, query in bundled_catalogue().items():
        if not any(name == known for known, _ in typed):
            yield name, {p.name: _needed(p.name) for p in query.parameters if p.required}


def _needed(parameter: str) -> str:
    things = {"thing": "action:ecp3-9", "first": "body:ptc", "second": "instrument:transit-guidelines"}
    return {"action": "ecp3-9", "passage": "passage:para-9", **things}[parameter]


QUESTIONS = list(questions())


def difference(here: Table, there: Table) -> str:
    """What the tables differ in, empty for nothing."""
    if here.columns != there.columns:
        return f"columns: {here.columns} and {there.columns}"
    if here.rows == there.rows:
        return ""
    missing = [row for row in here.rows if row not in there.rows]
    extra = [row for row in there.rows if row not in here.rows]
    if not missing and not extra:
        return "the same rows in another order, or a row twice"
    return f"missing: {missing[:3]}; too many: {extra[:3]}"


def graph(engine: Engine, sparql: str) -> ox.Dataset:
    """The triples of an answer, with canonical blank nodes."""
    triples = ox.parse(engine.query(sparql, fmt="nt", timeout_s=LIMIT_S).read(), ox.RdfFormat.N_TRIPLES)
    dataset = ox.Dataset(triples)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return dataset


def test_the_whole_catalogue_is_asked() -> None:
    assert {name for name, _ in QUESTIONS} == set(bundled_catalogue())
    assert len(QUESTIONS) > 90


def asked_of_stores() -> Iterator[Any]:
    """Every question; of a query that Virtuoso is known to answer otherwise, which takes its time, one is enough."""
    seen = set[str]()
    for name, parameters in QUESTIONS:
        marks = [pytest.mark.large] if name in OTHERWISE and name in seen else []
        seen.add(name)
        yield pytest.param(name, parameters, id=f"{name}-{'-'.join(parameters.values())}", marks=marks)


@pytest.mark.parametrize(("name", "parameters"), list(asked_of_stores()))
def test_same_rows(name: str, parameters: dict[str, str], pushed: Store, engine: Engine) -> None:
    if pushed.name == "virtuoso" and name in OTHERWISE:
        with pytest.raises((AssertionError, EndpointError)):
            check_same_rows(name, parameters, pushed, engine, SHORT_S)
    else:
        check_same_rows(name, parameters, pushed, engine, LIMIT_S)


def check_same_rows(name: str, parameters: dict[str, str], pushed: Store, engine: Engine, limit_s: float) -> None:
    query, remote = bundled_catalogue()[name], RemoteEngine(pushed.endpoint)
    sparql = bind(query, parameters, engine)
    assert bind(query, parameters, remote) == sparql
    if query.kind == "graph":
        here = graph(engine, sparql)
        assert len(here) > 0
        assert graph(remote, sparql) == here
    else:
        tables = (ask_table(engine, sparql, timeout_s=LIMIT_S), ask_table(remote, sparql, timeout_s=limit_s))
        here, there = tables if is_ordered(sparql) else map(in_order, tables)
        assert len(here.rows) == len(there.rows)
        assert difference(here, there) == ""


def is_ordered(sparql: str) -> bool:
    """Whether a query says in which order its rows come."""
    return "ORDER BY" in re.sub(r"#.*", "", sparql).rpartition("}")[2]


def in_order(table: Table) -> Table:
    """The table with its rows in an order of our own, for a query that says none."""
    return Table(table.columns, tuple(sorted(table.rows, key=repr)))


CLASSES = sorted({p.of_class for query in bundled_catalogue().values() for p in query.parameters if p.of_class})


@pytest.mark.parametrize("of_class", CLASSES)
def test_same_choices(of_class: str, pushed: Store, engine: Engine) -> None:
    """What the form of a query offers for a parameter."""
    parameter = Parameter("thing", "iri", "Thing", of_class=of_class)
    offered = choices(parameter, RemoteEngine(pushed.endpoint))
    assert offered == choices(parameter, engine)
    assert offered


@pytest.mark.parametrize("name", COMPUTED)
def test_same_computed_rows(name: str, pushed: Store) -> None:
    if pushed.name == "virtuoso" and name in OTHERWISE:
        pytest.skip(f"Virtuoso answers {name} otherwise; test_same_rows sees to it")
    COMPUTED[name](RemoteEngine(pushed.endpoint))


def test_a_store_that_answers_otherwise_is_found_out(pushed_virtuoso: Store, engine: Engine) -> None:
    """Virtuoso's own default graph repeats a statement that two passages make, so rows and counts go wrong."""
    view = RemoteEngine(pushed_virtuoso.endpoint.partition("?")[0])
    sparql = "SELECT (COUNT(*) AS ?count) WHERE { ?s ?p ?o }"
    assert "too many" in difference(ask_table(engine, sparql), ask_table(view, sparql, timeout_s=LIMIT_S))
    ordered, other = ("SELECT ?n { VALUES ?n { 1 2 } } ORDER BY " + order for order in ("?n", "DESC(?n)"))
    assert "another order" in difference(ask_table(engine, ordered), ask_table(engine, other))
    assert is_ordered(ordered)
    plain = [f"SELECT ?n {{ VALUES ?n {{ {values} }} }}" for values in ("1 2", "2 1", "1 2 2")]
    assert not any(map(is_ordered, plain))
    one, two, three = (in_order(ask_table(engine, sparql)) for sparql in plain)
    assert difference(one, two) == ""
    assert difference(one, three) != ""


# ---------------------------------------------------------------- what Virtuoso does otherwise

_WRONG = "refused"
#: The key of a row in docs/engines.md; a query; its one column by the standard, and as Virtuoso has it.
DEVIATIONS: dict[str, tuple[str, list[str], list[str] | str]] = {
    "concat-distinct": (
        """SELECT (GROUP_CONCAT(DISTINCT ?text; separator=" ") AS ?x) {
        { SELECT ?n ?text { ?a ecp:actionNumber ?n BIND (STR(?n) AS ?text) FILTER (?n IN (7, 24)) } ORDER BY ?n } }""",
        ["7 24"],
        ["24 7"],
    ),
    "order-language": ('SELECT ?x { VALUES ?x { "b"@en "a"@fr } } ORDER BY ?x', ["a", "b"], ["b", "a"]),
    "division": ("SELECT (7 / 2 AS ?x) {}", ["3.5"], ["3"]),
    "boolean": ("SELECT (1 = 1 AS ?x) {}", ["true"], ["1"]),
    "bnode": ("SELECT (isBlank(BNODE()) AS ?x) {}", ["true"], _WRONG),
    "order-aggregate": (
        "SELECT (MAX(?n) AS ?x) { ?a ecp:actionNumber ?n } GROUP BY ?a ORDER BY STRLEN(STR(?x)) ?x LIMIT 1",
        ["1"],
        _WRONG,
    ),
    "order-kinds": ('SELECT ?x { VALUES ?x { "a" <urn:a> } } ORDER BY ?x', ["urn:a", "a"], ["a", "urn:a"]),
}


def column(engine: Engine, sparql: str) -> list[str]:
    return [row[0].value if row[0] else "" for row in ask_table(engine, sparql, timeout_s=LIMIT_S).rows]


@pytest.mark.parametrize("key", DEVIATIONS)
def test_a_listed_deviation_is_one(key: str, pushed_virtuoso: Store, engine: Engine) -> None:
    sparql, standard, otherwise = DEVIATIONS[key]
    assert column(engine, sparql) == standard
    try:
        got: list[str] | str = column(RemoteEngine(pushed_virtuoso.endpoint), sparql)
    except EndpointError:
        got = _WRONG
    assert got == otherwise, f"Virtuoso gives {got}; take the row {key} out of docs/engines.md, or fix it."


@pytest.mark.parametrize("key", DEVIATIONS)
def test_oxigraph_does_as_the_standard_has_it(key: str, pushed_oxigraph: Store) -> None:
    sparql, standard, _ = DEVIATIONS[key]
    assert column(RemoteEngine(pushed_oxigraph.endpoint), sparql) == standard


def test_the_documentation_lists_these() -> None:
    assert listed("## Deviations of stores") == list(DEVIATIONS)
    assert set(OTHERWISE) <= set(bundled_catalogue())
    assert OTHERWISE
