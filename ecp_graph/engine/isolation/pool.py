"""The server's side of isolation: an engine whose queries run in workers, each within a deadline.

A worker that overruns is killed and a fresh one, forked ahead of need, takes its place. When every place is taken a
query waits in a bounded queue; past that it is refused at once, so that the server never piles up work.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NoReturn

from ecp_graph.engine import Answer, never
from ecp_graph.engine.formats import DEFAULTS, format_named
from ecp_graph.engine.guard import query_kind, refuse_service
from ecp_graph.engine.isolation.frames import receive, send_json
from ecp_graph.errors import (
    ClientGone,
    EngineBusy,
    InputSyntaxError,
    QueryError,
    QueryTimeout,
    ReleaseError,
    WorkerLost,
)

__all__ = ["IsolatedEngine", "Limits"]

_START_LIMIT_S: Final = 600.0
#: An answer is begun when so many of its bytes have come, so that what fails before gets a status of its own.
_FIRST_BYTES: Final = 65_536
#: glibc hands memory back to the system after each query and takes it again for the next, which halves the speed of a
#: worker; these keep it, and a worker that has kept much retires.
_MALLOC: Final = {
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": str(1 << 30),
    "MALLOC_TOP_PAD_": str(16 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(256 << 20),
}
#: How often it is looked up whether the client is still there.
_LOOK_UP_S: Final = 0.5
#: How a worker ends that asks for more memory than it may have: Rust aborts, a deep stack overflows, the kernel kills.
_OUT_OF_MEMORY: Final = frozenset({-signal.SIGABRT, -signal.SIGSEGV, -signal.SIGBUS, -signal.SIGKILL})


@dataclass(frozen=True)
class Limits:
    """What queries may use: seconds for one, places for all, waiting queries, and memory for one in bytes."""

    timeout_s: float = 10.0
    workers: int = os.cpu_count() or 2
    queue: int = 64
    memory_bytes: int = 512 * 1024 * 1024


class IsolatedEngine:
    """Answers queries in killable workers over files loaded into memory; satisfies `ecp_graph.engine.Engine`."""

    def __init__(self, files: Sequence[Path], *, name: str, union: bool, limits: Limits | None = None) -> None:
        """Load the files; raises InputSyntaxError for one that cannot be parsed, ReleaseError when loading dies."""
        self._name = name
        self.limits = limits or Limits()
        self._nursery = _Nursery(files, union, self.limits.memory_bytes)
        self.quads = self._nursery.quads
        self._places = _Places(self.limits.workers, self.limits.queue)
        self._idle: deque[_Worker] = deque(self._nursery.fork() for _ in range(self.limits.workers + 1))
        self._closed = False
        # An engine that is forgotten without being closed takes its processes along.
        self._cleanup = weakref.finalize(self, _let_go, self._idle, self._nursery)

    def query(
        self,
        sparql: str,
        *,
        fmt: str | None = None,
        timeout_s: float | None = None,
        default_graphs: Sequence[str] | None = None,
        named_graphs: Sequence[str] | None = None,
        gone: Callable[[], bool] = never,
    ) -> Answer:
        """Return the answer; see `ecp_graph.engine.Engine.query`.

        Its first bytes have come when this returns, so what fails early is raised here. Raises EngineBusy when no place
        comes free, and WorkerLost when the query needs more memory than it may have.
        """
        refuse_service(sparql)
        kind = query_kind(sparql) or "table"
        wanted = format_named(fmt, kind) if fmt else DEFAULTS[kind]
        limit_s = min(timeout_s or self.limits.timeout_s, self.limits.timeout_s)
        run = _Run(self, time.monotonic() + limit_s, limit_s, gone)
        run.start(
            {
                "sparql": sparql,
                "format": wanted.name,
                "default_graphs": None if default_graphs is None else list(default_graphs),
                "named_graphs": None if named_graphs is None else list(named_graphs),
                "timeout_s": limit_s,
            }
        )
        return Answer(kind, wanted, run.body(), run.length, run.facts)

    def describe(self) -> str:
        """Return ``Oxigraph in isolated workers, release 3f2a9c01b7de`` or what else was given as the name."""
        return f"Oxigraph in isolated workers, {self._name}"

    def close(self) -> None:
        """Let queries under way finish, then let the workers and the nursery go."""
        self._closed = True
        self._places.when_empty(self._cleanup)

    def take(self, deadline: float, limit_s: float, gone: Callable[[], bool]) -> _Worker:
        """Return a worker, waiting for a place until the deadline; raises EngineBusy."""
        self._places.enter(deadline, limit_s, gone)
        try:
            return self._idle.pop()  # the one that was busy last has its memory at hand
        except IndexError:
            return self._nursery.fork()

    def give_back(self, worker: _Worker, *, usable: bool) -> int:
        """Take a worker back and return how it ended, or 0 when it goes on; one that is not usable is killed."""
        status = 0
        if usable and not self._closed:
            self._idle.append(worker)
        else:
            status = self._nursery.end(worker)
            if not self._closed:
                self._idle.append(self._nursery.fork())
        self._places.leave()
        return status


@dataclass(frozen=True)
class _Worker:
    pid: int
    connection: socket.socket


def _let_go(idle: deque[_Worker], nursery: _Nursery) -> None:
    while idle:
        idle.pop().connection.close()
    nursery.close()


class _Run:
    """One query in one worker, from its place in the queue to its last frame."""

    def __init__(self, engine: IsolatedEngine, deadline: float, limit_s: float, gone: Callable[[], bool]) -> None:
        self._engine = engine
        self._deadline = deadline
        self._limit_s = limit_s
        self._gone = gone
        self._first: deque[bytes] = deque()
        self._worker: _Worker | None = None
        #: The bytes of the answer, once it is known that all of them have come.
        self.length: int | None = None
        self.facts: dict[str, object] = {}

    def start(self, request: dict[str, object]) -> None:
        """Send the query and gather the first bytes of its answer, all of them when they are few."""
        self._worker = self._engine.take(self._deadline, self._limit_s, self._gone)
        try:
            send_json(self._worker.connection, b"Q", request)
            gathered = 0
            while gathered < _FIRST_BYTES:
                chunk = self._next()
                if chunk is None:
                    self.length = gathered
                    return
                gathered += len(chunk)
                self._first.append(chunk)
        except OSError:
            self._lose()
        finally:
            if sys.exc_info()[0] is not None:
                self._end(usable=False)

    def body(self) -> Iterator[bytes]:
        try:
            while self._first:
                yield self._first.popleft()
            while self._worker and (chunk := self._next()) is not None:
                yield chunk
        finally:
            self._end(usable=False)

    def _next(self) -> bytes | None:
        """Return the next bytes, or None after the last; the worker is then free again."""
        try:
            tag, payload = self._receive()
        except EOFError:
            self._lose()
        if tag == b"D":
            return payload
        said = json.loads(payload)
        self._end(usable=not said.pop("retires", False))
        if tag == b"F":
            raise QueryError(said["message"], said["line"], said["column"])
        self.facts.update(said)
        return None

    def _receive(self) -> tuple[bytes, bytes]:
        assert self._worker is not None  # noqa: S101 - narrows the type
        connection = self._worker.connection
        while True:
            left = self._deadline - time.monotonic()
            if left <= 0 or self._gone():
                self._end(usable=False)
                raise QueryTimeout(self._limit_s) if left <= 0 else ClientGone
            connection.settimeout(min(left, _LOOK_UP_S))
            try:
                connection.recv(1, socket.MSG_PEEK)
            except TimeoutError:
                continue
            connection.settimeout(max(left, _LOOK_UP_S))
            try:
                return receive(connection)
            except TimeoutError:
                self._end(usable=False)
                raise QueryTimeout(self._limit_s) from None

    def _lose(self) -> NoReturn:
        """Raise what the worker's end means: out of memory, out of processor time, or a fault of the engine."""
        status = self._end(usable=False)
        if status == -signal.SIGXCPU:
            raise QueryTimeout(self._limit_s)
        raise WorkerLost(out_of_memory=status in _OUT_OF_MEMORY)

    def _end(self, *, usable: bool) -> int:
        worker, self._worker = self._worker, None
        return self._engine.give_back(worker, usable=usable) if worker else 0


class _Places:
    """A bounded number of places, and a bounded number of queries that wait for one."""

    def __init__(self, places: int, queue: int) -> None:
        self._condition = threading.Condition()
        self._places = places
        self._free = places
        self._queue = queue
        self._waiting = 0
        self._on_empty: Callable[[], object] | None = None

    def enter(self, deadline: float, limit_s: float, gone: Callable[[], bool]) -> None:
        """Take a place, waiting in the queue until the deadline; raises EngineBusy, and ClientGone."""
        with self._condition:
            if self._free == 0 and self._waiting >= self._queue:
                raise EngineBusy(limit_s)
            self._waiting += 1
            try:
                while self._free == 0:
                    left = deadline - time.monotonic()
                    if left <= 0:
                        raise EngineBusy(limit_s)
                    if gone():
                        raise ClientGone
                    self._condition.wait(min(left, _LOOK_UP_S))
            finally:
                self._waiting -= 1
            self._free -= 1

    def leave(self) -> None:
        with self._condition:
            self._free += 1
            self._condition.notify()
            on_empty = self._on_empty if self._free == self._places else None
        if on_empty:
            on_empty()

    def when_empty(self, call: Callable[[], object]) -> None:
        with self._condition:
            self._on_empty = call
            empty = self._free == self._places
        if empty:
            call()


class _Nursery:
    """The nursery process and the lock around its control socket."""

    def __init__(self, files: Sequence[Path], union: bool, memory_bytes: int) -> None:
        self._lock = threading.Lock()
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        order = {
            "control": theirs.fileno(),
            "files": [str(path) for path in files],
            "union": union,
            "memory_bytes": memory_bytes,
        }
        self._process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "ecp_graph.engine.isolation.nursery", json.dumps(order)],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            env={**os.environ, **_MALLOC},
        )
        theirs.close()
        self._control.settimeout(_START_LIMIT_S)
        greeting = self._control.recv(65_536)
        said = json.loads(greeting) if greeting else {}
        if "quads" not in said:
            self._process.wait()
            if failure := said.get("failed"):
                raise InputSyntaxError(Path(failure["path"]), failure["reason"], failure["line"])
            raise ReleaseError(f"The data cannot be loaded: the loading process ended with {self._process.returncode}.")
        self.quads: int = said["quads"]

    def fork(self) -> _Worker:
        with self._lock:
            self._control.send(b"fork")
            message, descriptors, _, _ = socket.recv_fds(self._control, 100, 1)
        return _Worker(int(message), socket.socket(fileno=descriptors[0]))

    def end(self, worker: _Worker) -> int:
        """Kill the worker and return how it had ended, if by itself."""
        worker.connection.close()
        with self._lock, contextlib.suppress(ProcessLookupError):
            os.kill(worker.pid, signal.SIGKILL)
        with self._lock:
            self._control.send(b"wait %d" % worker.pid)
            return int(self._control.recv(100))

    def close(self) -> None:
        self._control.close()
        self._process.wait()
