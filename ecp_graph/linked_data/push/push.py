"""Pushes a release to a SPARQL 1.1 store with the Graph Store Protocol, graph by graph.

The store itself records what was pushed (`ecp_graph.linked_data.push.ledger`), so a push can be stopped at any moment
and run again, and one that has nothing to do writes nothing. In the end the statements of every graph are counted.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final, Literal

from ecp_graph.engine.login import Login
from ecp_graph.engine.remote import RemoteEngine, without_dataset
from ecp_graph.errors import EndpointError
from ecp_graph.linked_data.push.contents import Content, merged, pieces, read_contents
from ecp_graph.linked_data.push.graph_store import GraphStore, graph_store_of
from ecp_graph.linked_data.push.ledger import BEGUN, Ledger, Store, ledger_graph, mark_line, unchanged
from ecp_graph.namespaces import names, using
from ecp_graph.release.release import Release, public_part

__all__ = ["DefaultGraph", "PushReport", "merged_graph", "push"]

#: Where the merge of all graphs goes. ``own``: into the store's default graph; ``merged``: into the graph graph/merged;
#: ``none``: nowhere. ``auto``: own; but where the default graph is a view of the named graphs, merged if that view
#: repeats a statement that two graphs make (Virtuoso), and none if it does not (Neptune, Fuseki with a union).
DefaultGraph = Literal["auto", "own", "merged", "none"]

_PIECE_BYTES: Final = 4_000_000
_SMALLEST_PIECE_BYTES: Final = 50_000
_TOO_LARGE: Final = 413
_SPEAK_EVERY_S: Final = 2.0


@dataclass(frozen=True)
class PushReport:
    """What a push did: graphs written, left as they were, and removed (None is the default graph).

    ``statements`` is what the store now holds of the release, counted in the store; ``union`` tells that its default
    graph is a view of its named graphs.
    """

    release: str
    graph_store: str
    pushed: tuple[str | None, ...]
    unchanged: tuple[str | None, ...]
    removed: tuple[str | None, ...]
    statements: int
    union: bool

    def has(self, graph: str | None) -> bool:
        """Whether the store now has that graph of the release."""
        return graph in self.pushed or graph in self.unchanged


def push(
    release: Release,
    endpoint: str,
    *,
    graph_store: str | GraphStore | None = None,
    login: Login | None = None,
    default_graph: DefaultGraph = "auto",
    again: bool = False,
    limit_s: float = 120.0,
    piece_bytes: int = _PIECE_BYTES,
    progress: Callable[[str], None] = lambda message: None,
) -> PushReport:
    """Bring a store to hold what a release holds without confidential plans, and count it; return what was done.

    ``endpoint`` is asked, ``graph_store`` is written to, an address (default: what is customary for such an endpoint)
    or a `GraphStore` with a login and a time limit of its own. Graphs under ``graph/`` of the release's base, or put
    there by an earlier push, that the release does not have are removed.
    ``again`` writes every graph, whatever the store remembers. ``limit_s`` bounds each request.

    Raises EndpointError, which names the graph and what the store said, when a request fails, when the default graph
    holds statements of others, and when the store counts other numbers than the release; ReleaseError for a damaged
    release, NothingPublic for one of which nothing may leave the machine. After any of these, and after
    KeyboardInterrupt, another push continues.
    """
    release = public_part(release)
    asked = without_dataset(endpoint)[0]
    writer = graph_store or graph_store_of(asked, with_login=login is not None)
    if isinstance(writer, str):
        writer = GraphStore(writer, login=login, limit_s=limit_s)
    with using(release.names):
        store = Store(RemoteEngine(asked, login=login), limit_s)
        job = _Push(release, asked, writer, store, piece_bytes, progress)
        return _pushed(job, default_graph, again=again, progress=progress)


def merged_graph() -> str:
    """Return where the merge of all graphs stands in a store whose default graph cannot hold it: ``graph/merged``."""
    return names().graph + "merged"


def _pushed(job: _Push, default_graph: DefaultGraph, *, again: bool, progress: Callable[[str], None]) -> PushReport:
    report = job.run(default_graph, again=again)
    if default_graph == "auto" and report.union and not report.has(merged_graph()) and job.repeats():
        progress("The default graph of this store repeats statements; putting their merge into a graph of its own")
        second = job.run("merged", again=False)
        left = tuple(graph for graph in second.unchanged if graph not in report.pushed)
        return replace(second, pushed=report.pushed + second.pushed, unchanged=left, removed=report.removed)
    return report


class _Push:
    def __init__(
        self,
        release: Release,
        endpoint: str,
        writer: GraphStore,
        store: Store,
        piece_bytes: int,
        progress: Callable[[str], None],
    ) -> None:
        self._release = release
        self._endpoint = endpoint
        self._writer = writer
        self._store = store
        self._piece_bytes = piece_bytes
        self._progress = progress
        self._spoke = time.monotonic()

    def run(self, default_graph: DefaultGraph, *, again: bool) -> PushReport:
        ledger = self._ledger()
        union = self._store.default_is_union()
        if default_graph == "auto" and union:
            default_graph = "merged" if ledger.owns(merged_graph()) else "none"
        contents = self._contents(default_graph, union=union)
        self._guard_default(contents, ledger)
        counts = self._store.counts(contents)
        same = [] if again else unchanged(contents, ledger, counts)
        todo = [content for content in contents if content not in same]
        stale = self._stale(contents, ledger)
        self._progress(
            f"Release {self._release.id}: {len(todo)} of {len(contents)} graphs to push to {self._writer.address}"
        )
        if todo or stale or ledger.release != self._release.id:
            self._write(todo, stale, ledger)
        return PushReport(
            self._release.id,
            self._writer.address,
            tuple(content.graph for content in todo),
            tuple(content.graph for content in same),
            tuple(stale),
            sum(counts.values()) if not todo else self._verify(contents),
            union,
        )

    def repeats(self) -> bool:
        """Whether the default graph shows a statement twice that two of the pushed graphs make."""
        seen: set[bytes] = set()
        for content in read_contents(self._release.dataset):
            for line in content.lines:
                if line in seen and b'"' not in line and b"_:" not in line:
                    return self._store.default_count(line.decode()) > 1
                seen.add(line)
        return False

    def _ledger(self) -> Ledger:
        """Return the ledger; there is one in the store afterwards, because the kind of default graph shows by it."""
        ledger = self._store.ledger()
        if not ledger.exists:
            with self._about("push manifest"):
                self._writer.put(ledger_graph(), ledger.ntriples())
            if not self._store.ledger().exists:
                raise EndpointError(
                    self._endpoint,
                    f"it does not show what was written to {self._writer.address}; they are not the same store, "
                    "or the login may not read it. Give the address for graphs with --graph-store URL.",
                )
        return ledger

    def _contents(self, default_graph: DefaultGraph, *, union: bool) -> list[Content]:
        graphs = read_contents(self._release.dataset)
        named = [content for content in graphs if content.graph is not None]
        if default_graph == "merged":
            return [*named, merged(graphs, merged_graph())]
        if default_graph == "own" and union:
            raise EndpointError(
                self._endpoint,
                "its default graph is a view of its named graphs and cannot hold statements. "
                "Use --no-default-graph or --merged-graph.",
            )
        return named if default_graph == "none" else [*named, merged(graphs, None)]

    def _guard_default(self, contents: list[Content], ledger: Ledger) -> None:
        """Raise EndpointError when statements of others would be lost: a default graph has no name to tell by."""
        wanted = any(content.graph is None for content in contents)
        if wanted and not ledger.owns(None) and (count := self._store.default_count()):
            raise EndpointError(
                self._endpoint,
                f"its default graph holds {count} statements that were not written by a push and would be lost. "
                "Use --no-default-graph or --merged-graph, or empty it first.",
            )

    def _stale(self, contents: list[Content], ledger: Ledger) -> list[str | None]:
        wanted = {ledger_graph(), *(content.graph for content in contents)}
        known = {*self._store.graphs_under(names().graph), *ledger.marks}
        return sorted(known - wanted, key=lambda graph: graph or "")

    def _write(self, todo: list[Content], stale: list[str | None], ledger: Ledger) -> None:
        for graph in stale:
            name = Content(graph, ()).name
            self._progress(f"Removing the {name}, which is not in this release")
            with self._about(name):
                self._writer.delete(graph)
            ledger.marks.pop(graph, None)
        ledger.marks |= {content.graph: BEGUN for content in todo if ledger.owns(content.graph)}
        self._note(ledger)
        for number, content in enumerate(todo, 1):
            self._speak(f"{number} of {len(todo)}: {content.name}, {len(content.lines)} statements")
            with self._about(content.name):
                if content.graph is None and not ledger.owns(None):
                    self._writer.post(ledger_graph(), mark_line(None, BEGUN))
                self._put(content)
                self._writer.post(ledger_graph(), mark_line(content.graph, content.digest))
            ledger.marks[content.graph] = content.digest
        self._note(ledger, release=self._release.id)

    def _note(self, ledger: Ledger, *, release: str | None = None) -> None:
        with self._about("push manifest"):
            self._writer.put(ledger_graph(), ledger.ntriples(release=release))

    def _put(self, content: Content) -> None:
        """Write one graph, in smaller pieces when the store finds one too large."""
        while True:
            try:
                for number, piece in enumerate(pieces(content, self._piece_bytes)):
                    (self._writer.post if number else self._writer.put)(content.graph, piece)
            except EndpointError as answer:
                if answer.status != _TOO_LARGE or self._piece_bytes // 2 < _SMALLEST_PIECE_BYTES:
                    raise
                self._piece_bytes //= 2
                self._progress(
                    f"The store rejects requests of this size; continuing with {self._piece_bytes / 1000:g} kB each"
                )
            else:
                return

    def _verify(self, contents: list[Content]) -> int:
        counts = self._store.counts(contents)
        for content in contents:
            if counts[content.graph] != len(content.lines):
                raise EndpointError(
                    self._endpoint,
                    f"in the {content.name} it counts {counts[content.graph]} statements, and the release has "
                    f"{len(content.lines)}. Push again to rewrite that graph; if the count is still the same, the "
                    "store treats two different literals as equal.",
                )
        return sum(counts.values())

    def _speak(self, message: str) -> None:
        if time.monotonic() - self._spoke > _SPEAK_EVERY_S:
            self._spoke = time.monotonic()
            self._progress(message)

    @contextmanager
    def _about(self, what: str) -> Iterator[None]:
        """Let an error say which graph it is about."""
        try:
            yield
        except EndpointError as failure:
            reason = f"the {what} could not be written: {failure.reason}"
            raise EndpointError(self._writer.address, reason, failure.status) from failure
