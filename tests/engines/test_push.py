"""Pushing into real stores: what arrives, what is left alone, and that any moment is a good one to stop at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ecp_graph.engine.login import Login
from ecp_graph.errors import EndpointError
from ecp_graph.linked_data.push.graph_store import GraphStore, graph_store_of
from ecp_graph.linked_data.push.ledger import ledger_graph
from ecp_graph.linked_data.push.push import PushReport, merged_graph, push
from tests.bundled import GRAPH

from .releases import MINI, A, B, C, count, mini_release, statements
from .stores import Store, isql, oxigraph_server

Write = tuple[str, str | None]
Before = Callable[[str | None, bytes], bytes]


class Watched(GraphStore):
    """The graphs of a store, with every request that changes it; a test may look at each before it is sent, and after.

    ``before`` gets what is to be written into which graph, and returns what is written in its place.
    """

    def __init__(self, store: Store, before: Before | None = None, after: Callable[[], None] = lambda: None) -> None:
        super().__init__(store.graph_store, login=store.login, limit_s=120)
        self.writes: list[Write] = []
        self._before = before or (lambda graph, body: body)
        self._after = after

    def put(self, graph: str | None, ntriples: bytes) -> None:
        self.writes.append(("PUT", graph))
        super().put(graph, self._before(graph, ntriples))
        self._after()

    def post(self, graph: str | None, ntriples: bytes) -> None:
        self.writes.append(("POST", graph))
        super().post(graph, self._before(graph, ntriples))
        self._after()

    def delete(self, graph: str | None) -> None:
        self.writes.append(("DELETE", graph))
        self._before(graph, b"")
        super().delete(graph)
        self._after()


@pytest.fixture
def fresh(tmp_path: Path, oxigraph: Store) -> Iterator[Store]:
    """An empty Oxigraph server of the test's own."""
    folder = tmp_path / "server"
    folder.mkdir()
    with oxigraph_server(folder) as store:
        yield store


def push_to(store: Store, release: Any, **options: Any) -> PushReport:
    options = {"login": store.login, **options}
    return push(release, store.endpoint, **options)


def merge_of(store: Store) -> str | None:
    """Where the merge goes: Virtuoso's default graph is a view that repeats statements."""
    return merged_graph() if store.name == "virtuoso" else None


def merge_pattern(store: Store) -> str:
    return f"GRAPH <{merged_graph()}> {{ ?s ?p ?o }}" if store.name == "virtuoso" else "?s ?p ?o"


def assert_holds(store: Store, graphs: dict[str, list[str]]) -> None:
    """The store has these graphs, and no other of the project's but the ledger and the merge."""
    for graph, lines in graphs.items():
        assert count(store, f"GRAPH <{graph}> {{ ?s ?p ?o }}") == len(lines), graph
    assert count(store, merge_pattern(store)) == len(statements(graphs))
    under = f"""{{ SELECT DISTINCT ?g WHERE {{ GRAPH ?g {{ ?s ?p ?o }} FILTER (STRSTARTS(STR(?g), "{GRAPH}")) }} }}"""
    assert count(store, under) == len({*graphs, ledger_graph()}) + (store.name == "virtuoso")


def changed(**graphs: list[str]) -> dict[str, list[str]]:
    names = {"a": A, "b": B, "c": C}
    return {graph: list(lines) for graph, lines in MINI.items()} | {names[key]: lines for key, lines in graphs.items()}


def test_a_release_arrives_whole(store: Store, tmp_path: Path) -> None:
    report = push_to(store, mini_release(tmp_path, MINI), again=True)
    assert set(report.pushed) == {A, B, C, merge_of(store)}
    assert report.unchanged == ()
    assert report.statements == sum(map(len, MINI.values())) + len(statements(MINI))
    assert report.union is (store.name == "virtuoso")
    assert_holds(store, changed())
    # the literal with quotes, an escape and what looks like a blank node is the one that was written
    text = '"a \\"quoted\\" _:name <x> . \\u00E9\\n"'
    assert count(store, f"GRAPH <{A}> {{ ?s ?p ?o FILTER (isLiteral(?o) && STR(?o) = {text}) }}") == 1
    # and the list hangs together by its blank nodes
    path = "<http://example.org/list> <http://example.org/p>/<http://example.org/rest>/<http://example.org/first> ?o"
    assert count(store, f"GRAPH <{C}> {{ {path} }}") == 1


def test_a_second_push_writes_nothing(store: Store, tmp_path: Path) -> None:
    release, watched = mini_release(tmp_path, MINI), Watched(store)
    first = push_to(store, release, again=True, graph_store=watched)
    assert watched.writes
    watched.writes.clear()
    second = push_to(store, release, graph_store=watched)
    assert watched.writes == []
    assert (second.pushed, second.removed) == ((), ())
    assert set(second.unchanged) == set(first.pushed)
    assert second.statements == first.statements


def test_a_changed_release_replaces_what_changed(store: Store, tmp_path: Path) -> None:
    push_to(store, mini_release(tmp_path / "1", MINI))
    after = changed(b=["<http://example.org/9> <http://example.org/p> <http://example.org/2>"])
    watched = Watched(store)
    report = push_to(store, mini_release(tmp_path / "2", after, "ba9876543210"), graph_store=watched)
    assert set(report.pushed) == {B, merge_of(store)}
    assert set(report.unchanged) == {A, C}
    assert {graph for _, graph in watched.writes} == {B, merge_of(store), ledger_graph()}
    assert_holds(store, after)


def test_a_graph_that_is_gone_is_removed(store: Store, tmp_path: Path) -> None:
    push_to(store, mini_release(tmp_path / "1", MINI))
    after = {A: list(MINI[A]), B: list(MINI[B])}
    said: list[str] = []
    report = push_to(store, mini_release(tmp_path / "2", after), progress=said.append)
    assert report.removed == (C,)
    assert any(C in message and "Removing" in message for message in said)
    assert_holds(store, after)


def test_a_graph_that_somebody_changed_is_restored(store: Store, tmp_path: Path) -> None:
    release = mini_release(tmp_path, MINI)
    push_to(store, release)
    other = GraphStore(store.graph_store, login=store.login, limit_s=30)
    other.post(A, b"<http://example.org/x> <http://example.org/p> <http://example.org/y> .\n")
    report = push_to(store, release)
    assert report.pushed == (A,)
    assert_holds(store, changed())


class Stopped(KeyboardInterrupt):
    pass


def stopping(store: Store, moment: int, *, before: bool) -> Watched:
    """The store, of which the write of that number is interrupted before or after it."""

    def stop() -> None:
        if len(watched.writes) == moment:
            raise Stopped

    def stop_before(_: str | None, body: bytes) -> bytes:
        stop()
        return body

    watched = Watched(store, before=stop_before) if before else Watched(store, after=stop)
    return watched


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_any_moment_to_stop_is_good(oxigraph: Store, tmp_path: Path, before: bool) -> None:
    """Replace all graphs by others, and remove one, stopped at each of its requests in turn."""
    moment = stopped = 0
    while True:
        moment += 1
        start = changed(a=[f'<http://example.org/1> <http://example.org/p> "{moment}, {before}"'])
        push_to(oxigraph, mini_release(tmp_path / "start", start))
        after = {A: [f'<http://example.org/2> <http://example.org/p> "{moment}"'], B: list(MINI[B])}
        release = mini_release(tmp_path / "after", after, "ba9876543210")
        watched = stopping(oxigraph, moment, before=before)
        try:
            push_to(oxigraph, release, graph_store=watched)
        except Stopped:
            stopped += 1
        push_to(oxigraph, release)
        assert_holds(oxigraph, after)
        if len(watched.writes) < moment:
            break
    assert stopped > 5


def test_a_stopped_push_goes_on(store: Store, tmp_path: Path) -> None:
    graphs = {
        f"{GRAPH}test/{number:02}": [f'<http://example.org/1> <http://example.org/p> "{number}"'] for number in range(8)
    }
    push_to(store, mini_release(tmp_path / "0", MINI))
    release = mini_release(tmp_path / "1", graphs)
    moment = 3 + 1 + 2 * 4  # three removed, one note, and four graphs with their marks
    with pytest.raises(Stopped):
        push_to(store, release, graph_store=stopping(store, moment, before=False))
    report = push_to(store, release)
    assert len(report.unchanged) == 4
    assert len(report.pushed) == 4 + 1
    assert_holds(store, graphs)


def test_pieces_of_a_big_graph(store: Store, tmp_path: Path) -> None:
    graphs = {A: [f"<http://example.org/{n}> <http://example.org/p> _:b{n // 2}" for n in range(400)], B: list(MINI[B])}
    watched = Watched(store)
    push_to(store, mini_release(tmp_path, graphs), again=True, piece_bytes=2_000, graph_store=watched)
    assert watched.writes.count(("PUT", A)) == 1
    assert watched.writes.count(("POST", A)) > 5
    assert_holds(store, graphs)
    assert count(store, f"{{ SELECT DISTINCT ?o WHERE {{ GRAPH <{A}> {{ ?s ?p ?o }} }} }}") == 200


def test_a_store_that_takes_small_pieces_only(oxigraph: Store, tmp_path: Path) -> None:
    graphs = {A: [f"<http://example.org/{n}> <http://example.org/p> <http://example.org/o>" for n in range(9_000)]}
    release = mini_release(tmp_path, graphs)

    def limited(_: str | None, body: bytes) -> bytes:
        if len(body) > 150_000:
            raise EndpointError(oxigraph.graph_store, "Payload Too Large", 413)
        return body

    said: list[str] = []
    push_to(oxigraph, release, again=True, progress=said.append, graph_store=Watched(oxigraph, limited))
    assert any("rejects requests of this size" in message for message in said)
    assert_holds(oxigraph, graphs)


def test_statements_of_others_in_the_default_graph_are_safe(fresh: Store, tmp_path: Path) -> None:
    GraphStore(fresh.graph_store, limit_s=30).put(None, b"<http://example.org/x> <http://example.org/p> <urn:y> .\n")
    release = mini_release(tmp_path, MINI)
    with pytest.raises(EndpointError, match="holds 1 statements that were not written by a push"):
        push_to(fresh, release)
    assert count(fresh, "?s ?p ?o") == 1
    report = push_to(fresh, release, default_graph="none")
    assert not report.has(None)
    assert count(fresh, "?s ?p ?o") == 1
    assert count(fresh, f"GRAPH <{A}> {{ ?s ?p ?o }}") == len(MINI[A])


def test_a_default_graph_of_its_own_is_taken_back(fresh: Store, tmp_path: Path) -> None:
    release = mini_release(tmp_path, MINI)
    push_to(fresh, release)
    report = push_to(fresh, release, default_graph="none")
    assert report.removed == (None,)
    assert count(fresh, "?s ?p ?o") == 0


def test_a_union_cannot_hold_a_default_graph(virtuoso: Store, tmp_path: Path) -> None:
    with pytest.raises(EndpointError, match="a view of its named graphs"):
        push_to(virtuoso, mini_release(tmp_path, MINI), default_graph="own")


def test_graphs_outside_the_project_are_removed_if_a_push_put_them_there(oxigraph: Store, tmp_path: Path) -> None:
    theirs, ours = "http://example.org/theirs", "http://example.org/ours"
    GraphStore(oxigraph.graph_store, limit_s=30).put(theirs, b"<urn:a> <urn:b> <urn:c> .\n")
    push_to(oxigraph, mini_release(tmp_path / "1", {**MINI, ours: ["<urn:a> <urn:b> <urn:d>"]}))
    assert count(oxigraph, f"GRAPH <{ours}> {{ ?s ?p ?o }}") == 1
    report = push_to(oxigraph, mini_release(tmp_path / "2", MINI))
    assert report.removed == (ours,)
    assert count(oxigraph, f"GRAPH <{ours}> {{ ?s ?p ?o }}") == 0
    assert count(oxigraph, f"GRAPH <{theirs}> {{ ?s ?p ?o }}") == 1
    GraphStore(oxigraph.graph_store, limit_s=30).delete(theirs)


def test_the_error_names_the_graph_and_what_the_store_said(virtuoso: Store, tmp_path: Path) -> None:
    push_to(virtuoso, mini_release(tmp_path, MINI))
    isql(virtuoso, 'REVOKE SPARQL_UPDATE FROM "pusher"')
    try:
        with pytest.raises(EndpointError) as caught:
            push_to(virtuoso, mini_release(tmp_path, changed(a=["<urn:a> <urn:b> <urn:c>"])))
    finally:
        isql(virtuoso, 'GRANT SPARQL_UPDATE TO "pusher"')
    assert virtuoso.graph_store in str(caught.value)
    assert "the push manifest could not be written" in str(caught.value)
    assert "42000" in str(caught.value)
    assert "<" not in str(caught.value)


def test_a_graph_that_is_refused_is_named(oxigraph: Store, tmp_path: Path) -> None:
    spoilt = Watched(oxigraph, lambda graph, body: b"this is no N-Triples" if graph == B else body)
    with pytest.raises(EndpointError, match=rf"HTTP 400\): the graph {B} could not be written: .*[Pp]ars"):
        push_to(oxigraph, mini_release(tmp_path, MINI), again=True, graph_store=spoilt)


def test_a_store_that_loses_statements_is_found_out(oxigraph: Store, tmp_path: Path) -> None:
    release = mini_release(tmp_path, MINI)
    lossy = Watched(oxigraph, lambda graph, body: body.partition(b"\n")[2] if graph == A else body)
    with pytest.raises(EndpointError, match=rf"in the graph {A} it counts 2 statements, and the release has 3"):
        push_to(oxigraph, release, again=True, graph_store=lossy)
    assert push_to(oxigraph, release).pushed == (A,)


def test_two_addresses_that_are_not_one_store(fresh: Store, oxigraph: Store, tmp_path: Path) -> None:
    with pytest.raises(EndpointError, match="they are not the same store"):
        push_to(fresh, mini_release(tmp_path, MINI), graph_store=oxigraph.graph_store.replace("store", "store?x=1"))


@pytest.mark.parametrize("login", [None, Login("pusher", "falsch"), Login("nobody", "geheim")])
def test_a_login_that_is_not_accepted(virtuoso: Store, tmp_path: Path, login: Login | None) -> None:
    release = mini_release(tmp_path, changed(a=["<urn:a> <urn:b> <urn:c>"]))
    with pytest.raises(EndpointError) as caught:
        push(release, virtuoso.endpoint, graph_store=virtuoso.graph_store, login=login, again=True)
    assert caught.value.status == 401
    assert "it rejected the login" in str(caught.value)
    assert "falsch" not in str(caught.value)


@pytest.mark.parametrize(
    ("endpoint", "with_login", "graph_store"),
    [
        ("http://h:7878/query", False, "http://h:7878/store"),
        ("http://h:8890/sparql", False, "http://h:8890/sparql-graph-crud"),
        ("http://h:8890/sparql/", True, "http://h:8890/sparql-graph-crud-auth"),
        ("http://h:7200/repositories/ecp", False, "http://h:7200/repositories/ecp/rdf-graphs/service"),
        ("https://h/ds/sparql", True, "https://h/ds/data"),
        ("https://h/ds/query?x=1", False, "https://h/ds/data"),
    ],
)
def test_where_stores_take_graphs(endpoint: str, with_login: bool, graph_store: str) -> None:
    assert graph_store_of(endpoint, with_login=with_login) == graph_store


def test_an_unknown_address_asks_for_the_option() -> None:
    with pytest.raises(EndpointError, match="--graph-store URL"):
        graph_store_of("http://h/foo", with_login=False)
