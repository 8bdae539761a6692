"""An engine that evaluates queries in worker processes, each with a deadline.

A worker that exceeds its deadline is killed and replaced by one forked in advance. When all slots are in use, a query
waits in a bounded queue; when the queue is full, it is refused at once, so work never piles up.
"""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

from ecp_graph.engine import NOBODY, Answer, Asker, Engine, Question
from ecp_graph.engine.isolation.run import Run
from ecp_graph.engine.isolation.slots import Slots
from ecp_graph.engine.isolation.workers import Worker, WorkerPool
from ecp_graph.engine.loading import open_store
from ecp_graph.errors import ReleaseError, WorkerLost
from ecp_graph.namespaces import names
from ecp_graph.processors import usable_processors
from ecp_graph.sparql.guard import refuse_service

__all__ = ["IsolatedEngine", "Limits"]

#: Clients' queries run at a lower priority than pages and the server itself.
_NICENESS: Final = 10


@dataclass(frozen=True)
class Limits:
    """Resource limits: seconds and bytes of memory for each query, the number of slots, and the length of the queue.

    ``reserved`` is the number of additional slots for queries of pages and of the catalogue; with 0, these share the
    ``workers`` slots.
    """

    timeout_s: float = 10.0
    workers: int = usable_processors()
    queue: int = 64
    memory_bytes: int = 512 * 1024 * 1024
    reserved: int = 0


@dataclass(frozen=True)
class _Lane:
    """A set of slots, and the niceness of the workers that serve them."""

    slots: Slots
    niceness: int


class IsolatedEngine(Engine):
    """An engine that answers queries in worker processes that can be killed."""

    def __init__(self, files: Sequence[Path], *, name: str, union: bool, limits: Limits | None = None) -> None:
        """Load files into memory; queries may use the prefixes of the names that are in use now.

        Raises InputSyntaxError for a file that cannot be parsed, and ReleaseError when loading ends the process.
        """
        self._begin({"files": [str(path) for path in files], "union": union}, name, limits)

    @classmethod
    def on_disk(cls, folder: Path, *, name: str, limits: Limits | None = None) -> IsolatedEngine:
        """Return an engine over a store on disk, which needs little memory; raises ReleaseError if it cannot be opened.

        It is half as fast as one in memory, except for queries that look up a few things (`docs/engines.md`).
        """
        open_store(folder)  # raises an error that says what is wrong with it
        engine = cls.__new__(cls)
        engine._begin({"store": str(folder)}, name, limits)
        try:
            engine.query("ASK {}").read()
        except WorkerLost:
            engine.close()
            raise ReleaseError(
                f"A worker cannot open the store {folder}. Its files must belong to the user who runs this command, or "
                "be readable by everyone."
            ) from None
        return engine

    def _begin(self, data: Mapping[str, object], name: str, limits: Limits | None) -> None:
        self._name = name
        self._limits = limits = limits or Limits()
        niceness = _NICENESS if limits.reserved else 0
        self._shared = _Lane(Slots(limits.workers, limits.queue, part=max(1, limits.workers // 2)), niceness)
        self._reserved = _Lane(Slots(limits.reserved, limits.queue), 0) if limits.reserved else self._shared
        sizes = {0: limits.reserved + 1, niceness: limits.workers + 1}
        self.worker_pool = WorkerPool(
            {**data, "prefixes": dict(names().prefixes)}, memory_bytes=limits.memory_bytes, sizes=sizes
        )
        self._is_closed = False
        # An engine that is garbage-collected without being closed stops its processes.
        self._cleanup = weakref.finalize(self, _close_aside, self.worker_pool)

    def answer(self, question: Question, asker: Asker = NOBODY) -> Answer:
        """Return the answer once its first bytes have arrived, so early failures are raised here.

        Raises what `Engine.answer` raises, EngineBusy if no slot becomes free, and WorkerLost if the query exceeds its
        memory limit.
        """
        refuse_service(question.text)
        kind, wanted = question.kind, question.format
        limit_s = min(question.limit_s or self._limits.timeout_s, self._limits.timeout_s)
        deadline = time.monotonic() + limit_s
        lane = self._reserved if asker.is_reserved else self._shared
        worker = self._take(lane, asker, deadline, limit_s)
        give_back = partial(self._give_back, lane, asker.client)
        run = Run(worker, give_back, deadline=deadline, limit_s=limit_s, gone=asker.gone)
        run.start(replace(question, fmt=wanted.name, limit_s=limit_s))
        return Answer(kind, wanted, run, run.length, run.facts)

    def describe(self) -> str:
        """Return a description such as ``Oxigraph in isolated workers, release 3f2a9c01b7de``."""
        return f"Oxigraph in isolated workers, {self._name}"

    def problem(self) -> str:
        """Return why queries cannot be answered at present, or an empty string if they can."""
        return "The data are being reloaded after a fault." if self.worker_pool.is_restarting else ""

    def close(self) -> None:
        """Let running queries finish, then stop the workers and the fork server."""
        self._is_closed = True
        self._shared.slots.when_empty(lambda: self._reserved.slots.when_empty(self._cleanup))

    def _take(self, lane: _Lane, asker: Asker, deadline: float, limit_s: float) -> Worker:
        if self._is_closed:
            raise ReleaseError("The engine is closed.")
        lane.slots.enter(asker, deadline, limit_s)
        try:
            return self.worker_pool.take(lane.niceness)
        except BaseException:
            lane.slots.leave(asker.client)
            raise

    def _give_back(self, lane: _Lane, client: str, worker: Worker, is_usable: bool) -> int:
        """Return a worker to the pool, or kill it if it is not usable; returns its exit status, or 0 if it lives on."""
        try:
            return self.worker_pool.give_back(worker, usable=is_usable)
        finally:
            lane.slots.leave(client)


def _close_aside(worker_pool: WorkerPool) -> None:
    """Stop the processes in a thread, so that whoever drops the last reference (the event loop, say) need not wait."""
    try:
        threading.Thread(target=worker_pool.close, name="close").start()
    except RuntimeError:  # the interpreter is shutting down
        worker_pool.close()
