"""Queries that name no graph are asked of the merge alone, and answer as they do over all graphs."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecp_graph.engine import Question
from ecp_graph.engine.embedded import EmbeddedEngine
from ecp_graph.engine.isolation.pool import IsolatedEngine, Limits
from ecp_graph.engine.loading import load_files
from ecp_graph.engine.merge import Stores, with_merge
from ecp_graph.errors import ParameterError
from ecp_graph.queries.binding import bind
from ecp_graph.release.release import Release
from ecp_graph.sparql.guard import may_name_graphs
from tests.bundled import PREFIXES
from tests.queries.asking import bundled_catalogue, cases

ALL = "{ ?s ?p ?o }"


@pytest.fixture(scope="module")
def stores(release: Release) -> Stores:
    return with_merge(load_files([release.dataset], union=True))


def test_the_merge_has_each_triple_once(stores: Stores) -> None:
    assert stores.merge is not None
    named = {quad.triple for quad in stores.whole.quads_for_pattern(None, None, None, None)}
    assert {quad.triple for quad in stores.merge} == named
    assert len(stores.merge) == len(named) > 10_000


def test_too_many_quads_stay_where_they_are() -> None:
    store = ox.Store()
    store.extend(ox.Quad(ox.NamedNode("http://x/s"), ox.NamedNode("http://x/p"), ox.Literal(n)) for n in range(10))
    assert with_merge(store).merge is not None
    assert with_merge(store, most_quads=9) == Stores(store)
    assert Stores(store).for_query("ASK {}") is store


def test_no_memory_is_left_mapped_and_free(release: Release) -> None:
    """A worker may fill what was mapped when it was forked without coming to its limit."""
    code = """
import sys
from pathlib import Path
from ecp_graph.engine.loading import load_files
from ecp_graph.engine.merge import with_merge

def mapped():
    return int(Path("/proc/self/statm").read_text().split()[0]) * 4096

store = load_files([Path(sys.argv[1])], union=True)
before = mapped()
stores = with_merge(store)
print(len(stores.merge), mapped() - before)
"""
    ran = subprocess.run([sys.executable, "-c", code, str(release.dataset)], capture_output=True, check=True)
    triples, grown = map(int, ran.stdout.split())
    assert triples > 10_000
    assert grown < 60_000_000


def test_the_catalogue_is_answered_alike(stores: Stores, release: Release) -> None:
    assert stores.merge is not None
    whole, alone = (EmbeddedEngine(store, name="x") for store in (stores.whole, stores.merge))
    typed = [(case.name, case.parameters) for case in cases()]
    asked = {"merge": 0, "whole": 0}
    for name, parameters in [*typed, *((name, {}) for name in bundled_catalogue())]:
        query = bundled_catalogue()[name]
        try:
            text = bind(query, parameters, whole)
        except ParameterError:
            continue  # one that a query needs
        if stores.for_query(text) is stores.whole:
            asked["whole"] += 1
            continue
        asked["merge"] += 1
        one, other = (
            engine.query(text, fmt="tsv" if query.kind == "table" else "nt").read() for engine in (whole, alone)
        )
        assert sorted(one.splitlines()) == sorted(other.splitlines()), name
    assert asked["merge"] > 60
    assert asked["whole"] > 10


@pytest.mark.parametrize(
    "query",
    [
        f"SELECT (COUNT(*) AS ?n) {ALL}",
        "SELECT (COUNT(*) AS ?n) { ?s <http://x/nothing>* ?o }",
        "SELECT (COUNT(*) AS ?n) { ?s skos:broader* ?o }",
        "SELECT (COUNT(*) AS ?n) { ?s !(rdf:type|^rdf:type) ?o }",
        "SELECT ?p (COUNT(DISTINCT ?o) AS ?n) { ?s ?p ?o MINUS { ?s a ecp:Action } } GROUP BY ?p ORDER BY ?p",
        "SELECT * { ?s a ecp:ActionPlan FILTER NOT EXISTS { ?s ecp:nothing ?x } } ORDER BY ?s",
        "DESCRIBE action:ecp3-9",
        "CONSTRUCT WHERE { action:ecp3-9 ?p ?o }",
        "ASK { ?s ?p 1 }",
    ],
)
def test_what_reaches_far_is_answered_alike(stores: Stores, query: str) -> None:
    assert stores.for_query(query) is stores.merge
    assert stores.merge is not None
    fmt = "nt" if query.startswith(("DESCRIBE", "CONSTRUCT")) else "tsv"
    one, other = (
        sorted(EmbeddedEngine(store, name="x").query(query, fmt=fmt).read().splitlines())
        for store in (stores.whole, stores.merge)
    )
    assert one == other


@pytest.mark.parametrize(
    "query",
    [
        f"SELECT * {{ GRAPH ?g {ALL} }}",
        f"SELECT * {{ graph<http://x/g>{ALL} }}",
        f"SELECT * FROM <http://x/g> {ALL}",
        f"SELECT * FROM NAMED <http://x/g> {{ GRAPH ?g {ALL} }}",
        f"SELECT * {{ \\u0047RAPH ?g {ALL} }}",
        f"SELECT * {{ FILTER(1<2)GRAPH<http://x/g>{ALL} FILTER(2>1) }}",
        f"SELECT ('<'AS?x)FROM:g#>\n{ALL}",
        f"SELECT (1<2AS?x)FROM:g#>\n{ALL}",
        f"SELECT * {{ ?a ?b '<'.GRAPH:g{ALL} ?c ?d '>' }}",
        f"SELECT * {{ ?a ?b 1GRAPH ?g {ALL} }}",
        f"SELECT ?g {{ ?s ?p ecp:.GRAPH ?g {ALL} }}",
        f"SELECT ?g {{ ?s ?p 'x'^^ecp:.GRAPH ?g {ALL} }}",
    ],
)
def test_a_query_that_names_graphs_is_asked_of_all(stores: Stores, query: str) -> None:
    assert stores.for_query(query) is stores.whole


@pytest.mark.parametrize(
    "query",
    [
        "PREFIX graph: <https://w3id.org/ecp-graph/graph/> SELECT * { ?s ?p graph:x }",
        "SELECT * { ?s ?p 'graph' }",
        "# from all\nSELECT * { ?s ?p ?o }",
    ],
)
def test_where_the_words_stand_otherwise_all_are_asked_to_be_sure(query: str) -> None:
    assert may_name_graphs(query)


@pytest.mark.parametrize(
    "query",
    ["SELECT ?from { ?a ecp:from ?from ; <https://w3id.org/ecp-graph/x#graph> ?b }", "ASK { $graph a ecp:Graph }"],
)
def test_names_with_the_words_in_them_are_none(query: str) -> None:
    assert not may_name_graphs(query)


PIECES = [
    "<",
    ">",
    "'<'",
    '"<"',
    "'''<'''",
    "#<\n",
    "#>\n",
    "?a",
    ":b",
    "_:c",
    "<u:d>",
    "1",
    "1.",
    ".",
    ";",
    ",",
    " ",
    "a",
]
PIECES += [
    "FILTER(?a<?b)",
    "FILTER(?a>1)",
    "BIND(1<2 AS ?x)",
    "OPTIONAL{?a :b ?c}",
    "{?a :b ?c}",
    "?a :b ?c.",
    ":b*",
    "@en",
    ":",
    ":.",
    "'x'^^:",
]


@given(
    before=st.lists(st.sampled_from(PIECES), max_size=5).map("".join),
    clause=st.sampled_from(["GRAPH ?g{?s ?p ?o}", "GRAPH<u:g>{?s ?p ?o}", "graph:g{?s ?p ?o}"]),
    after=st.lists(st.sampled_from(PIECES), max_size=4).map("".join),
)
def test_no_text_hides_a_graph(before: str, clause: str, after: str) -> None:
    text = f"PREFIX:<u:>SELECT*{{{before}{clause}{after}}}"
    if not may_name_graphs(text):
        whole, alone = ox.Store(), ox.Store()
        triple = (ox.NamedNode("u:s"), ox.NamedNode("u:p"), ox.NamedNode("u:o"))
        whole.extend([ox.Quad(*triple), ox.Quad(*triple, ox.NamedNode("u:g"))])
        alone.add(ox.Quad(*triple))
        assert _answer(whole, text) == _answer(alone, text)


def _answer(store: ox.Store, text: str) -> str:
    try:
        return str(store.query(text, prefixes=dict(PREFIXES)).serialize(format=ox.QueryResultsFormat.TSV))
    except SyntaxError as reason:
        return str(reason)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[IsolatedEngine]:
    path: Path = tmp_path_factory.mktemp("data") / "data.nq"
    path.write_text(
        "<u:a> <u:p> <u:b> <u:g1> .\n<u:a> <u:p> <u:b> <u:g2> .\n<u:a> <u:p> _:n <u:g2> .\n", encoding="utf-8"
    )
    engine = IsolatedEngine([path], name="x", union=True, limits=Limits(workers=1))
    yield engine
    engine.close()


@pytest.mark.parametrize(
    ("query", "how", "rows"),
    [
        (f"SELECT * {ALL}", {}, 2),
        (f"SELECT * {{ GRAPH ?g {ALL} }}", {}, 3),
        (f"SELECT * FROM <u:g1> {ALL}", {}, 1),
        (f"SELECT * {ALL}", {"default_graphs": ["u:g1"]}, 1),
        (f"SELECT * {ALL}", {"named_graphs": ["u:g1"]}, 0),
        (f"SELECT * {ALL}", {"labels": "en"}, 2),
    ],
)
def test_workers_choose_by_query_and_dataset(
    engine: IsolatedEngine, query: str, how: dict[str, list[str]], rows: int
) -> None:
    body = engine.answer(Question(query, "csv", **how)).read()  # type: ignore[arg-type]
    assert len(body.splitlines()) == rows + 1


def test_a_blank_node_has_one_name_in_both(engine: IsolatedEngine) -> None:
    plain = engine.query("SELECT ?n { ?s ?p ?n FILTER(isBlank(?n)) }", fmt="tsv").read()
    named = engine.query("SELECT ?n { GRAPH ?g { ?s ?p ?n FILTER(isBlank(?n)) } }", fmt="tsv").read()
    assert plain == named
