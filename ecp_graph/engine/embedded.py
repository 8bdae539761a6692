"""The embedded engine: Oxigraph over the store inside a release, opened read-only.

Oxigraph cannot cancel a query. So each query runs in a separate thread, with a large stack because the parser is
recursive; at the time limit the caller gets QueryTimeout immediately, and the query ends at its next write. A query
that computes without writing continues in its thread and keeps its slot (``places``), so runaway queries can use up
the slots but never pile up.
"""

from __future__ import annotations

import re
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Final, Protocol, cast

import pyoxigraph as ox

from ecp_graph.engine import NOBODY, Answer, Asker, Engine, Question
from ecp_graph.engine.loading import open_store
from ecp_graph.engine.spool import Spool
from ecp_graph.errors import EngineBusy, FunctionUnknown, ParameterError, QueryError, QueryTimeout, ReleaseError
from ecp_graph.namespaces import names
from ecp_graph.rdf.writing import prefixes_in_use, sorted_head
from ecp_graph.rdf.xml_text import XmlSink, checked_xml
from ecp_graph.sparql.formats import Format
from ecp_graph.sparql.guard import refuse_service
from ecp_graph.sparql.labels import LABEL_FUNCTION, label_finder, with_labels
from ecp_graph.sparql.syntax import explain_syntax_error

__all__ = ["EmbeddedEngine", "Sink", "evaluate", "write_results"]

_STACK_BYTES: Final = 256 * 1024 * 1024
_STACK_LOCK: Final = threading.Lock()
#: A graph of more N-Triples than this streams without prefixes; grouping takes a few times as much memory.
_MOST_HELD_BYTES: Final = 8_000_000
_UNKNOWN_FUNCTION: Final = re.compile(r"custom function (<[^<>]*>) is not supported")


class EmbeddedEngine(Engine):
    """An engine over one Oxigraph store."""

    def __init__(
        self, store: ox.Store, *, name: str, places: int | None = None, max_result_bytes: int | None = None
    ) -> None:
        """Answer from a store; queries may use the prefixes of the names that are in use now."""
        self._store: ox.Store | None = store
        self._name = name
        self._places = threading.BoundedSemaphore(places) if places else None
        self._max_result_bytes = max_result_bytes
        self._prefixes = names().prefixes

    @classmethod
    def open(
        cls, folder: Path, *, name: str, places: int | None = None, max_result_bytes: int | None = None
    ) -> EmbeddedEngine:
        """Return an engine over a store on disk, opened read-only; raises ReleaseError if it cannot be opened."""
        return cls(open_store(folder), name=name, places=places, max_result_bytes=max_result_bytes)

    def answer(self, question: Question, asker: Asker = NOBODY) -> Answer:
        """Return the complete answer; raises what `Engine.answer` raises, and EngineBusy if no slot becomes free."""
        refuse_service(question.text)
        kind, wanted = question.kind, question.format  # a text that is no query gets its QueryError from the parser
        spool = Spool(self._max_result_bytes)

        def work() -> None:
            if self._store is None:
                raise ReleaseError("The engine is closed.")
            evaluate(self._store, question, spool, self._prefixes)

        self._run(work, spool, question.limit_s)
        return Answer(kind, wanted, spool.read_once(), len(spool))

    def describe(self) -> str:
        """Return a description such as ``Oxigraph, release 3f2a9c01b7de``."""
        return f"Oxigraph, {self._name}"

    def close(self) -> None:
        """Release the store; running queries keep it open until they end."""
        self._store = None

    def _run(self, work: Callable[[], None], spool: Spool, timeout_s: float | None) -> None:
        started = time.monotonic()
        if self._places and not self._places.acquire(timeout=timeout_s):
            raise EngineBusy(timeout_s or 0)
        left = None if timeout_s is None else max(0.0, timeout_s - (time.monotonic() - started))
        job = _Job(work, on_end=self._places.release if self._places else lambda: None)
        if not job.wait(left):
            spool.cancel()
            raise QueryTimeout(timeout_s or 0)


class _Job:
    """A call in a separate thread; `wait` raises its exception."""

    def __init__(self, call: Callable[[], None], on_end: Callable[[], None]) -> None:
        self._call = call
        self._on_end = on_end
        self._ended = threading.Event()
        self._failure: BaseException | None = None
        with _STACK_LOCK:
            usual = threading.stack_size(_STACK_BYTES)
            try:
                threading.Thread(target=self._work, name="query", daemon=True).start()
            finally:
                threading.stack_size(usual)

    def wait(self, timeout_s: float | None) -> bool:
        """Return whether the call finished within the limit; raises what it raised."""
        if not self._ended.wait(timeout_s):
            return False
        if self._failure is not None:
            raise self._failure
        return True

    def _work(self) -> None:
        try:
            self._call()
        except Exception as failure:
            _let_go_of_locals(failure)
            self._failure = failure
        except BaseException as failure:  # a panic inside the engine must not end the server
            self._failure = RuntimeError(f"The engine panicked: {failure}")
        finally:
            self._on_end()
            self._ended.set()


def _let_go_of_locals(failure: BaseException) -> None:
    """Clear the frames of an exception: Oxigraph's results must be dropped in the thread that created them."""
    raised: BaseException | None = failure
    while raised is not None:
        traceback.clear_frames(raised.__traceback__)
        raised = raised.__context__


def _graph(iri: str) -> ox.NamedNode:
    try:
        return ox.NamedNode(iri)
    except ValueError as reason:
        raise QueryError(f"'{iri}' cannot name a graph: {reason}. Give an absolute IRI.") from reason


class Sink(Protocol):
    """The destination of an answer."""

    def write(self, data: bytes, /) -> int:
        """Write the bytes and return their number; raises an exception to stop the query."""
        ...

    def flush(self) -> None:
        """Pass on buffered bytes."""
        ...


def evaluate(store: ox.Store, question: Question, sink: Sink, prefixes: Mapping[str, str]) -> None:
    """Write the answer to a question that may use the prefixes; nothing bounds its time but what ``sink`` raises.

    Raises QueryError for a query that does not parse (line, column) or cannot be evaluated, FunctionUnknown, and
    FormatUnfit for an answer that the format cannot represent.
    """
    text, labels = question.text, question.labels
    try:
        results = store.query(
            _labelled(question, prefixes) if labels else text,
            base_iri=question.base,
            prefixes=dict(prefixes),
            default_graph=_graphs(question.default_graphs, question),
            named_graphs=_graphs(question.named_graphs, question),
            custom_functions={LABEL_FUNCTION: label_finder(store, labels)} if labels else None,
        )
        write_results(results, question.format, sink, prefixes)
    except SyntaxError as report:
        raise explain_syntax_error(str(report), text, prefixes) from None
    except (RuntimeError, ValueError) as reason:
        if function := _UNKNOWN_FUNCTION.search(str(reason)):
            raise FunctionUnknown(f"There is no function {function[1]} here; the query is well-formed.") from reason
        raise QueryError(f"The query cannot be evaluated: {reason}.") from reason


def _graphs(iris: Sequence[str] | None, question: Question) -> list[Any] | None:
    """Return the graphs of one part of the dataset; where either part is given, Oxigraph has to get both.

    With one alone it lets the query's own FROM clauses have the other.
    """
    return [_graph(iri) for iri in iris or ()] if question.has_dataset else None


def _labelled(question: Question, prefixes: Mapping[str, str]) -> str:
    """Return the query with label columns; an empty store tells its columns, and its errors, without evaluating it."""
    plain = ox.Store().query(question.text, base_iri=question.base, prefixes=dict(prefixes))
    if not isinstance(plain, ox.QuerySolutions):
        raise ParameterError("Labels go with a SELECT query; this one has no columns.")
    return with_labels(question.text, [variable.value for variable in plain.variables])


def write_results(
    results: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples,
    wanted: Format,
    sink: Sink,
    prefixes: Mapping[str, str],
) -> None:
    """Write results in the wanted format; raises FormatUnfit for a term that it cannot carry."""
    if not isinstance(results, ox.QueryTriples):
        results.serialize(_as_file(XmlSink(sink, wanted) if wanted.syntax == "xml" else sink), wanted.writer)
    elif wanted.has_prefixes:
        _serialize_with_prefixes(results, wanted, sink, prefixes)
    else:
        results.serialize(_as_file(sink), wanted.writer)


def _serialize_with_prefixes(results: ox.QueryTriples, wanted: Format, sink: Sink, prefixes: Mapping[str, str]) -> None:
    """Write a graph with prefixes and its triples grouped by subject, through a store in memory.

    Oxigraph's writer of query results knows no prefixes, and handing it the triples from Python would loop
    over them. A graph that grows large in a worker streams without, as N-Triples, which are Turtle, TriG and N3 too.
    """
    if isinstance(sink, Spool):
        plain: Spool | _Held = sink.beside()
    else:
        plain = _Held(sink, streams=wanted.syntax == "text")
    results.serialize(_as_file(plain), ox.RdfFormat.N_TRIPLES)
    if isinstance(plain, _Held) and plain.is_passed_on:
        return
    lines = b"".join(plain.read_once())
    graph = ox.Store()
    graph.load(lines, ox.RdfFormat.N_TRIPLES)
    used = prefixes_in_use(lines, prefixes)
    text: bytes = graph.dump(format=wanted.writer, from_graph=ox.DefaultGraph(), prefixes=used) or b""
    sink.write(checked_xml(text, wanted) if wanted.syntax == "xml" else b"".join(sorted_head(text)))


class _Held:
    """Holds N-Triples until there are too many of them, then passes on what was held and all that follows."""

    def __init__(self, sink: Sink, *, streams: bool) -> None:
        self._sink = sink
        self._most = _MOST_HELD_BYTES if streams else sys.maxsize
        self._held = bytearray()
        self.is_passed_on = False

    def write(self, data: bytes) -> int:
        if self.is_passed_on:
            return self._sink.write(data)
        self._held += data
        if len(self._held) > self._most:
            self.is_passed_on = True
            self._sink.write(bytes(self._held))
            self._held.clear()
        return len(data)

    def flush(self) -> None:
        """Do nothing; the sink is flushed at the end."""

    def read_once(self) -> Iterator[bytes]:
        yield bytes(self._held)


def _as_file(sink: Sink) -> IO[bytes]:
    return cast("IO[bytes]", sink)  # Oxigraph calls write and flush, and nothing else
