"""A worker process: receives one query at a time over its socket, evaluates it, and sends the answer in frames."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import socket
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from ecp_graph.engine import Question
from ecp_graph.engine.embedded import evaluate
from ecp_graph.engine.isolation.frames import MAX_DATA_BYTES, frame, receive, send, send_json
from ecp_graph.engine.isolation.rows import RowCounter
from ecp_graph.engine.isolation.sandbox import allow_cpu, enter_sandbox, leave_network, open_descriptors
from ecp_graph.engine.loading import TABLE_ENDING
from ecp_graph.engine.merge import Stores
from ecp_graph.errors import EcpGraphError, QueryError

__all__ = ["run_worker"]

#: The parser is recursive: 2,208 nested braces overflow the stack of an ordinary thread.
_STACK_BYTES: Final = 256 * 1024 * 1024
#: For speed, a worker does not return memory to the system; once it has grown by this much, it is replaced.
_RETIRE_AT_KB: Final = 128 * 1024
_first_peak_kb = 0


def run_worker(
    connection: socket.socket, opened: Callable[[], Stores], order: Mapping[str, Any], niceness: int
) -> None:
    """Serve queries of the stores that `opened` returns until the other side closes; never returns.

    The fork server passes the memory that a query may use, and the prefixes predeclared in it.
    The higher its niceness, the more readily it leaves the processors to others.
    """
    global _first_peak_kb
    os.nice(niceness)
    leave_network()  # while there is only one thread
    before = open_descriptors()
    stores = opened()
    store_files = open_descriptors() - before
    _first_peak_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    threading.stack_size(_STACK_BYTES)
    thread = threading.Thread(target=_serve, args=(connection, stores, order["prefixes"]), daemon=True)
    left = stores.files - sum(Path(f"/proc/self/fd/{one}").readlink().suffix == TABLE_ENDING for one in store_files)
    enter_sandbox(order["memory_bytes"] + _STACK_BYTES, keep={connection.fileno(), *store_files}, spare=max(0, left))
    thread.start()
    thread.join()
    os._exit(0)


def _serve(connection: socket.socket, stores: Stores, prefixes: Mapping[str, str]) -> None:
    while True:
        try:
            _, request = receive(connection)
        except (EOFError, OSError):
            return
        try:
            _answer(connection, stores, Question(**json.loads(request)), prefixes)
        except _ServerGone:
            return


def _answer(connection: socket.socket, stores: Stores, question: Question, prefixes: Mapping[str, str]) -> None:
    allow_cpu(question.limit_s or 0)
    started = time.perf_counter()
    sink = _Sink(connection, RowCounter(question.format))
    try:
        store = stores.whole if question.has_dataset else stores.for_query(question.text)
        evaluate(store, question, sink, prefixes)
        rest = sink.rest()
    except _ServerGone:
        raise
    except MemoryError:
        os.abort()  # as the engine itself does; there may be too little memory left to report it
    except EcpGraphError as error:
        _report(connection, error)
        return
    except Exception as error:  # for example from SERVICE without a network
        _report(connection, QueryError(f"The query cannot be evaluated: {error}."))
        return
    facts: dict[str, Any] = {"query_ms": round((time.perf_counter() - started) * 1000, 2), "retires": _retires()}
    if sink.counter.rows is not None:
        facts["rows"] = sink.counter.rows
    # sent together with the last data, so that the server is woken only once
    with contextlib.suppress(OSError):
        connection.sendall(rest + frame(b"E", json.dumps(facts).encode()))


def _report(connection: socket.socket, error: EcpGraphError) -> None:
    place = (error.line, error.column) if isinstance(error, QueryError) else (None, None)
    what = type(error).__name__
    said = {"what": what, "message": str(error), "line": place[0], "column": place[1], "retires": _retires()}
    send_json(connection, b"F", said)


def _retires() -> bool:
    """Return whether this worker has grown so much that it should be replaced."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - _first_peak_kb > _RETIRE_AT_KB


class _ServerGone(Exception):
    """The server has disconnected."""


class _Sink:
    """The file that the engine writes to; collects small writes into frames."""

    def __init__(self, connection: socket.socket, counter: RowCounter) -> None:
        self._connection = connection
        self._pending = bytearray()
        self.counter = counter

    def write(self, data: bytes) -> int:
        self._pending += data
        if len(self._pending) >= MAX_DATA_BYTES // 4:
            self.flush()
        return len(data)

    def rest(self) -> bytes:
        """Return the last frame, if any, to be sent together with the end frame."""
        if len(self._pending) > MAX_DATA_BYTES:
            self.flush()
        rest = bytes(self._pending)
        self._pending.clear()
        self.counter.feed(rest)
        return frame(b"D", rest) if rest else b""

    def flush(self) -> None:
        self.counter.feed(bytes(self._pending))
        for start in range(0, len(self._pending), MAX_DATA_BYTES):
            try:
                send(self._connection, b"D", bytes(self._pending[start : start + MAX_DATA_BYTES]))
            except OSError as reason:
                raise _ServerGone from reason
        self._pending.clear()
