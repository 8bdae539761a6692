"""The server's side of isolation: an engine whose queries run in workers, each within a deadline.

A worker that overruns is killed and a fresh one, forked ahead of need, takes its place. When every place is taken a
query waits in a bounded queue; past that it is refused at once, so that the server never piles up work.
"""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NoReturn

from ecp_graph.engine import Answer, never
from ecp_graph.engine.formats import DEFAULTS, format_named
from ecp_graph.engine.guard import query_kind, refuse_service
from ecp_graph.engine.isolation.crew import Crew, Worker
from ecp_graph.engine.isolation.frames import receive, send_json
from ecp_graph.engine.isolation.places import LOOK_UP_S, Places
from ecp_graph.engine.loading import open_store
from ecp_graph.errors import (
    ClientGone,
    EcpGraphError,
    FormatUnfit,
    QueryError,
    QueryTimeout,
    ReleaseError,
    WorkerLost,
)
from ecp_graph.processors import usable_processors

__all__ = ["FIRST_BYTES", "IsolatedEngine", "Limits", "failure", "loss", "order"]

#: An answer is begun when so many of its bytes have come, so that what fails before gets a status of its own.
FIRST_BYTES: Final = 65_536
#: How a worker ends that asks for more memory than it may have: Rust aborts, a deep stack overflows, the kernel kills.
_OUT_OF_MEMORY: Final = frozenset({-signal.SIGABRT, -signal.SIGSEGV, -signal.SIGBUS, -signal.SIGKILL})


@dataclass(frozen=True)
class Limits:
    """What queries may use: seconds for one, places for all, waiting queries, and memory for one in bytes."""

    timeout_s: float = 10.0
    workers: int = usable_processors()
    queue: int = 64
    memory_bytes: int = 512 * 1024 * 1024


class IsolatedEngine:
    """Answers queries in killable workers; satisfies `ecp_graph.engine.Engine`."""

    def __init__(self, files: Sequence[Path], *, name: str, union: bool, limits: Limits | None = None) -> None:
        """Load files into memory; raises InputSyntaxError for one that cannot be parsed, ReleaseError if that dies."""
        self._begin({"files": [str(path) for path in files], "union": union}, name, limits)

    @classmethod
    def on_disk(cls, folder: Path, *, name: str, limits: Limits | None = None) -> IsolatedEngine:
        """Return the engine over a store on disk, which takes little memory; raises ReleaseError if it does not open.

        Half as fast as one in memory, but for queries that look up a few things (`docs/engines.md`).
        """
        open_store(folder)  # which says what is wrong with it
        engine = cls.__new__(cls)
        engine._begin({"store": str(folder)}, name, limits)
        try:
            engine.query("ASK {}").read()
        except WorkerLost:
            engine.close()
            raise ReleaseError(
                f"The store {folder} cannot be opened by a worker. Its files have to belong to whoever asks, or be "
                "readable for all."
            ) from None
        return engine

    def _begin(self, data: Mapping[str, object], name: str, limits: Limits | None) -> None:
        self._name = name
        self.limits = limits or Limits()
        self._crew = Crew(data, memory_bytes=self.limits.memory_bytes, workers=self.limits.workers)
        self._places = Places(self.limits.workers, self.limits.queue)
        self._closed = False
        # An engine that is forgotten without being closed takes its processes along.
        self._cleanup = weakref.finalize(self, _close_aside, self._crew)

    def query(
        self,
        sparql: str,
        *,
        fmt: str | None = None,
        timeout_s: float | None = None,
        default_graphs: Sequence[str] | None = None,
        named_graphs: Sequence[str] | None = None,
        labels: str | None = None,
        gone: Callable[[], bool] = never,
    ) -> Answer:
        """Return the answer; see `ecp_graph.engine.Engine.query`.

        Its first bytes have come when this returns, so what fails early is raised here. Raises EngineBusy when no place
        comes free, and WorkerLost when the query needs more memory than it may have.
        """
        refuse_service(sparql)
        kind = query_kind(sparql) or "table"
        wanted = format_named(fmt, kind) if fmt else DEFAULTS[kind]
        limit_s = self.limit_s(timeout_s)
        run = _Run(self, time.monotonic() + limit_s, limit_s, gone)
        run.start(order(sparql, wanted.name, limit_s, default_graphs, named_graphs, labels))
        return Answer(kind, wanted, run, run.length, run.facts)

    def limit_s(self, asked_s: float | None) -> float:
        """Return the seconds that a query may take which asks for so many."""
        return min(asked_s or self.limits.timeout_s, self.limits.timeout_s)

    def describe(self) -> str:
        """Return ``Oxigraph in isolated workers, release 3f2a9c01b7de`` or what else was given as the name."""
        return f"Oxigraph in isolated workers, {self._name}"

    def close(self) -> None:
        """Let queries under way finish, then let the workers and the nursery go."""
        self._closed = True
        self._places.when_empty(self._cleanup)

    def take(self, deadline: float, limit_s: float, gone: Callable[[], bool]) -> Worker:
        """Return a worker, waiting for a place until the deadline; raises EngineBusy, ClientGone and ReleaseError."""
        if self._closed:
            raise ReleaseError("The engine is closed.")
        self._places.enter(deadline, limit_s, gone)
        try:
            return self._crew.take()
        except BaseException:
            self._places.leave()
            raise

    async def take_soon(self, deadline: float, limit_s: float, gone: Callable[[], bool]) -> Worker:
        """Do the same without holding up the event loop."""
        if self._closed:
            raise ReleaseError("The engine is closed.")
        await self._places.enter_soon(deadline, limit_s, gone)
        try:
            if idle := self._crew.take_idle():
                return idle
            return await asyncio.get_running_loop().run_in_executor(None, self._crew.take)
        except BaseException:
            self._places.leave()
            raise

    def give_back(self, worker: Worker, *, usable: bool) -> int:
        """Take a worker back and return how it ended, or 0 when it goes on; one that is not usable is killed."""
        try:
            return self._crew.give_back(worker, usable=usable)
        finally:
            self._places.leave()


class _Run(Iterator[bytes]):
    """One query in one worker, from its place in the queue to its last frame; iterating it gives the answer.

    The worker goes back at the last byte, at the first failure, at the deadline even while nobody reads, or when this
    is closed or forgotten: an answer that is never read must not keep it.
    """

    def __init__(self, engine: IsolatedEngine, deadline: float, limit_s: float, gone: Callable[[], bool]) -> None:
        self._engine = engine
        self._deadline = deadline
        self._limit_s = limit_s
        self._gone = gone
        self._first: deque[bytes] = deque()
        self._worker: Worker | None = None
        self._lock = threading.RLock()
        self._clock: threading.Timer | None = None
        self._overran = False
        #: The bytes of the answer, once it is known that all of them have come.
        self.length: int | None = None
        self.facts: dict[str, object] = {}

    def start(self, request: dict[str, object]) -> None:
        """Send the query and gather the first bytes of its answer, all of them when they are few."""
        self._worker = self._engine.take(self._deadline, self._limit_s, self._gone)
        try:
            self._send(request)
            gathered = 0
            while gathered < FIRST_BYTES:
                chunk = self._receive()
                if chunk is None:
                    self.length = gathered
                    return
                gathered += len(chunk)
                self._first.append(chunk)
            self._clock = threading.Timer(self._deadline - time.monotonic(), _overrun, [weakref.ref(self)])
            self._clock.daemon = True
            self._clock.start()
        except BaseException:
            self.close()
            raise

    def __next__(self) -> bytes:
        if self._first:
            return self._first.popleft()
        with self._lock:
            chunk = self._receive() if self._worker else None
        if chunk is None:
            if self._overran:
                raise QueryTimeout(self._limit_s)
            raise StopIteration
        return chunk

    def overrun(self) -> None:
        """Free the worker at the deadline, when whoever reads the answer does not come to see that it has passed."""
        with self._lock:
            if self._worker:
                self._overran = True
                self.close()

    def close(self) -> None:
        """Free the worker, whatever it is doing; the rest of the answer is lost."""
        self._end(usable=False)

    def __del__(self) -> None:
        self.close()

    def _send(self, request: dict[str, object]) -> None:
        assert self._worker is not None  # noqa: S101 - narrows the type
        self._worker.connection.settimeout(None)
        try:
            send_json(self._worker.connection, b"Q", request)
        except ConnectionError:
            self._lose()

    def _receive(self) -> bytes | None:
        """Return the next bytes, or None after the last; the worker is then free again."""
        try:
            tag, payload = self._frame()
        except (EOFError, ConnectionError):
            self._lose()
        if tag == b"D":
            return payload
        said = json.loads(payload)
        self._end(usable=not said.pop("retires", False))
        if tag == b"F":
            raise failure(said)
        self.facts.update(said)
        return None

    def _frame(self) -> tuple[bytes, bytes]:
        """Return the next frame; raises QueryTimeout at the deadline, and ClientGone soon after the client went."""
        assert self._worker is not None  # noqa: S101 - narrows the type
        connection = self._worker.connection
        while True:
            left = self._deadline - time.monotonic()
            if left <= 0 or self._gone():
                self.close()
                raise QueryTimeout(self._limit_s) if left <= 0 else ClientGone
            connection.settimeout(min(left, LOOK_UP_S))
            try:
                connection.recv(1, socket.MSG_PEEK)
            except TimeoutError:
                continue
            connection.settimeout(max(left, LOOK_UP_S))
            try:
                return receive(connection)
            except TimeoutError:
                self.close()
                raise QueryTimeout(self._limit_s) from None

    def _lose(self) -> NoReturn:
        """Raise what the worker's end means."""
        raise loss(self._end(usable=False), self._limit_s)

    def _end(self, *, usable: bool) -> int:
        with self._lock:
            worker, self._worker = self._worker, None
            if self._clock:
                self._clock.cancel()
        return self._engine.give_back(worker, usable=usable) if worker else 0


def order(
    sparql: str,
    fmt: str,
    limit_s: float,
    default_graphs: Sequence[str] | None,
    named_graphs: Sequence[str] | None,
    labels: str | None,
) -> dict[str, object]:
    """Return what a worker is told of a query."""
    return {
        "sparql": sparql,
        "format": fmt,
        "default_graphs": None if default_graphs is None else list(default_graphs),
        "named_graphs": None if named_graphs is None else list(named_graphs),
        "labels": labels,
        "timeout_s": limit_s,
    }


def failure(said: dict[str, Any]) -> EcpGraphError:
    """Return the error that a worker reports of a query."""
    if said["unfit"]:
        return FormatUnfit(said["message"])
    return QueryError(said["message"], said["line"], said["column"])


def loss(status: int, limit_s: float) -> EcpGraphError:
    """Return what the end of a worker means: out of memory, out of processor time, or a fault of the engine."""
    if status == -signal.SIGXCPU:
        return QueryTimeout(limit_s)
    return WorkerLost(out_of_memory=status in _OUT_OF_MEMORY)


def _close_aside(crew: Crew) -> None:
    """Let the processes go in a thread: whoever forgets an engine last, perhaps the event loop, need not wait."""
    try:
        threading.Thread(target=crew.close, name="close").start()
    except RuntimeError:  # the interpreter is about to end
        crew.close()


def _overrun(run: weakref.ref[_Run]) -> None:
    if (found := run()) is not None:
        found.overrun()
