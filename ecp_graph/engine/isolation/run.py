"""One query running in one worker; its answer can be read by a thread or by an event loop as it arrives."""

from __future__ import annotations

import asyncio
import json
import select
import signal
import socket
import sys
import threading
import time
import weakref
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final, NoReturn

from ecp_graph.engine import Question
from ecp_graph.engine.isolation.frames import Decoder, send_json
from ecp_graph.engine.isolation.slots import LOOK_UP_S
from ecp_graph.engine.isolation.workers import Worker
from ecp_graph.errors import (
    ClientGone,
    EcpGraphError,
    FormatUnfit,
    FunctionUnknown,
    QueryError,
    QueryTimeout,
    WorkerLost,
)

__all__ = ["FIRST_BYTES", "Run", "loss"]

#: A response starts only after this many bytes have arrived, so that a failure before then gets its own HTTP status.
FIRST_BYTES: Final = 262_144
_READ_BYTES: Final = 262_144
_SEND_LIMIT_S: Final = 5.0
#: Exit statuses of a worker that ran out of memory: Rust aborts, a deep stack overflows, or the kernel kills it.
_OUT_OF_MEMORY: Final = frozenset({-signal.SIGABRT, -signal.SIGSEGV, -signal.SIGBUS, -signal.SIGKILL})
_REPORTED: Final = {kind.__name__: kind for kind in (FormatUnfit, FunctionUnknown)}


class Run(Iterator[bytes], AsyncIterator[bytes]):
    """The body of an answer; a thread iterates over it with ``for``, an event loop with ``async for``, and only once.

    The worker is released after the last byte, at the first failure, at the deadline (even if nobody is reading), or
    when the run is closed or garbage-collected: an answer that is never read must not hold a worker. ``give_back`` is
    called with the worker and whether it can be reused, and returns its exit status.
    """

    def __init__(
        self,
        worker: Worker,
        give_back: Callable[[Worker, bool], int],
        *,
        deadline: float,
        limit_s: float,
        gone: Callable[[], bool],
    ) -> None:
        self._worker: Worker | None = worker
        self._give_back = give_back
        self._deadline = deadline
        self._limit_s = limit_s
        self._gone = gone
        self._frames = Decoder()
        self._first: deque[bytes] = deque()
        self._lock = threading.RLock()
        self._clock: threading.Timer | None = None
        self._is_waiting = False
        self._overran = False
        #: The length of the answer in bytes, once all of it has arrived.
        self.length: int | None = None
        self.facts: dict[str, object] = {}

    def start(self, question: Question) -> None:
        """Send the question and collect the first bytes of the answer, or all of a short one.

        Raises QueryError, FormatUnfit, QueryTimeout, ClientGone and WorkerLost.
        """
        assert self._worker is not None  # noqa: S101 - narrows the type
        try:
            self._send(self._worker.connection, question)
            first, gathered = deque[bytes](), 0
            while gathered < FIRST_BYTES:
                chunk = next(self, None)
                if chunk is None:
                    self.length = gathered
                    break
                gathered += len(chunk)
                first.append(chunk)
        except BaseException:
            self.close()
            raise
        self._first = first
        if self.length is None:
            self._clock = threading.Timer(self._deadline - time.monotonic(), _overrun, [weakref.ref(self)])
            self._clock.daemon = True
            self._clock.start()

    def __next__(self) -> bytes:
        while (chunk := self._taken()) is None:
            with self._waiting() as (connection, seconds):
                poll = select.poll()
                poll.register(connection, select.POLLIN)
                poll.poll(1000 * seconds)
        if not chunk:
            raise StopIteration
        return chunk

    async def __anext__(self) -> bytes:
        while (chunk := self._taken()) is None:
            with self._waiting() as (connection, seconds):
                await _readable(connection, seconds)
        if not chunk:
            raise StopAsyncIteration
        return chunk

    def close(self) -> None:
        """Release the worker, even if it is still running; the rest of the answer is lost.

        A running worker is killed and replaced; an event loop does not wait for that.
        """
        if worker := self._detach():
            if _is_in_loop():
                self._kill_aside(worker)
            else:
                self._give_back(worker, False)

    def __del__(self) -> None:
        # Garbage collection can start anywhere, even while this thread holds the lock of the slots.
        # When the interpreter shuts down, a thread never starts, or cannot: the workers end with their fork server.
        if (worker := self._detach()) and not sys.is_finalizing():
            with suppress(RuntimeError):
                self._kill_aside(worker)

    def _kill_aside(self, worker: Worker) -> None:
        threading.Thread(target=self._give_back, args=(worker, False), name="kill", daemon=True).start()

    def _send(self, connection: socket.socket, question: Question) -> None:
        connection.settimeout(_SEND_LIMIT_S)
        try:
            send_json(connection, b"Q", question.as_dict())
        except OSError:
            self._lose()
        connection.setblocking(False)

    def _taken(self) -> bytes | None:
        """Return the next bytes, None if none have arrived, or ``b""`` after the last, when the worker is released."""
        if self._first:
            return self._first.popleft()
        with self._lock:
            if self._worker is None:
                if self._overran:
                    raise QueryTimeout(self._limit_s)
                return b""
            if (found := self._frames.next()) is None and (data := _received(self._worker.connection)) is not None:
                if not data:
                    self._lose()
                self._frames.feed(data)
                found = self._frames.next()
            return None if found is None else self._understood(*found)

    def _understood(self, tag: bytes, payload: bytes) -> bytes:
        """Return the payload of a data frame, or ``b""`` for the last frame; raises the error that a worker reports."""
        if tag == b"D":
            return payload
        said: dict[str, Any] = json.loads(payload)
        self._free(usable=not said.pop("retires", False))
        if tag == b"F":
            raise _failure(said)
        self.facts.update(said)
        return b""

    @contextmanager
    def _waiting(self) -> Iterator[tuple[socket.socket, float]]:
        """Yield the connection to wait for, and for how long; the worker is not taken away in the meantime.

        Raises QueryTimeout at the deadline, and ClientGone soon after the client has disconnected.
        """
        with self._lock:
            left = self._deadline - time.monotonic()
            if self._worker is None or left <= 0:
                self.close()
                raise QueryTimeout(self._limit_s)
            self._is_waiting = True
            connection = self._worker.connection
        try:
            if self._gone():
                raise ClientGone
            yield connection, min(left, LOOK_UP_S)
        except BaseException:
            self._is_waiting = False
            self.close()
            raise
        self._is_waiting = False

    def overrun(self) -> None:
        """Release the worker at the deadline if the reader of the answer is not there to notice."""
        with self._lock:
            if self._worker and not self._is_waiting:
                self._overran = True
                self.close()

    def _lose(self) -> NoReturn:
        """Raise the error that explains why the worker ended."""
        raise loss(self._free(usable=False), self._limit_s)

    def _free(self, *, usable: bool) -> int:
        worker = self._detach()
        return self._give_back(worker, usable) if worker else 0

    def _detach(self) -> Worker | None:
        with self._lock:
            worker, self._worker = self._worker, None
            if self._clock:
                self._clock.cancel()
        return worker


def _is_in_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _received(connection: socket.socket) -> bytes | None:
    """Return the bytes that can be read without blocking: None if none yet, ``b""`` if the other side has closed."""
    try:
        return connection.recv(_READ_BYTES)
    except BlockingIOError:
        return None
    except OSError:
        return b""


async def _readable(connection: socket.socket, seconds: float) -> None:
    """Wait until there is something to read, so many seconds at most."""
    loop = asyncio.get_running_loop()
    readable = loop.create_future()

    def settle() -> None:
        if not readable.done():
            readable.set_result(None)

    loop.add_reader(connection, settle)
    clock = loop.call_later(seconds, settle)
    try:
        await readable
    finally:
        clock.cancel()
        loop.remove_reader(connection)


def _failure(said: dict[str, Any]) -> EcpGraphError:
    """Return the error that a worker reported for a query."""
    if kind := _REPORTED.get(said["what"]):
        return kind(said["message"])
    return QueryError(said["message"], said["line"], said["column"])


def loss(status: int, limit_s: float) -> EcpGraphError:
    """Return the error for a worker's exit status: out of memory, out of processor time, or a fault of the engine."""
    if status == -signal.SIGXCPU:
        return QueryTimeout(limit_s)
    return WorkerLost(out_of_memory=status in _OUT_OF_MEMORY)


def _overrun(run: weakref.ref[Run]) -> None:
    if (found := run()) is not None:
        found.overrun()
