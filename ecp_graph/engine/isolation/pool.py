"""The server's side of isolation: an engine whose queries run in workers, each within a deadline.

A worker that overruns is killed and a fresh one, forked ahead of need, takes its place. When every slot is taken a
query waits in a bounded queue; past that it is refused at once, so that the server never piles up work.
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
from ecp_graph.engine.isolation.crew import Crew, Worker
from ecp_graph.engine.isolation.run import Run
from ecp_graph.engine.isolation.slots import Slots
from ecp_graph.engine.loading import open_store
from ecp_graph.errors import ReleaseError, WorkerLost
from ecp_graph.namespaces import names
from ecp_graph.processors import usable_processors
from ecp_graph.sparql.guard import refuse_service

__all__ = ["IsolatedEngine", "Limits"]

#: Queries of clients leave the processors to pages and to the server itself.
_NICENESS: Final = 10


@dataclass(frozen=True)
class Limits:
    """What queries may use: seconds for one, slots for all, waiting queries, and memory for one in bytes.

    ``reserved`` is the number of slots, besides ``workers``, for the questions of pages and of the catalogue; with 0
    they share the others.
    """

    timeout_s: float = 10.0
    workers: int = usable_processors()
    queue: int = 64
    memory_bytes: int = 512 * 1024 * 1024
    reserved: int = 0


@dataclass(frozen=True)
class _Lane:
    """Slots, and the niceness of the workers that answer in them."""

    slots: Slots
    niceness: int


class IsolatedEngine(Engine):
    """Answers queries in killable workers."""

    def __init__(self, files: Sequence[Path], *, name: str, union: bool, limits: Limits | None = None) -> None:
        """Load files into memory; queries may use the prefixes of the names that are in use now.

        Raises InputSyntaxError for a file that cannot be parsed, and ReleaseError when loading ends the process.
        """
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
        self._limits = limits = limits or Limits()
        niceness = _NICENESS if limits.reserved else 0
        self._shared = _Lane(Slots(limits.workers, limits.queue, part=max(1, limits.workers // 2)), niceness)
        self._reserved = _Lane(Slots(limits.reserved, limits.queue), 0) if limits.reserved else self._shared
        sizes = {0: limits.reserved + 1, niceness: limits.workers + 1}
        self.crew = Crew({**data, "prefixes": dict(names().prefixes)}, memory_bytes=limits.memory_bytes, sizes=sizes)
        self._is_closed = False
        # An engine that is forgotten without being closed takes its processes along.
        self._cleanup = weakref.finalize(self, _close_aside, self.crew)

    def answer(self, question: Question, asker: Asker = NOBODY) -> Answer:
        """Return the answer; its first bytes have come by then, so what fails early is raised here.

        Raises what `Engine.answer` raises, EngineBusy when no slot comes free, and WorkerLost when the query needs more
        memory than it may have.
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
        """Return ``Oxigraph in isolated workers, release 3f2a9c01b7de`` or what else was given as the name."""
        return f"Oxigraph in isolated workers, {self._name}"

    def problem(self) -> str:
        """Return why no query is answered at present; empty when they are."""
        return "The data are being loaded again after a fault." if self.crew.is_restarting else ""

    def close(self) -> None:
        """Let queries under way finish, then end the workers and the nursery."""
        self._is_closed = True
        self._shared.slots.when_empty(lambda: self._reserved.slots.when_empty(self._cleanup))

    def _take(self, lane: _Lane, asker: Asker, deadline: float, limit_s: float) -> Worker:
        if self._is_closed:
            raise ReleaseError("The engine is closed.")
        lane.slots.enter(asker, deadline, limit_s)
        try:
            return self.crew.take(lane.niceness)
        except BaseException:
            lane.slots.leave(asker.client)
            raise

    def _give_back(self, lane: _Lane, client: str, worker: Worker, is_usable: bool) -> int:
        """Take a worker back and return how it ended, or 0 when it goes on; one that is not usable is killed."""
        try:
            return self.crew.give_back(worker, usable=is_usable)
        finally:
            lane.slots.leave(client)


def _close_aside(crew: Crew) -> None:
    """End the processes in a thread: whoever forgets an engine last, perhaps the event loop, need not wait."""
    try:
        threading.Thread(target=crew.close, name="close").start()
    except RuntimeError:  # the interpreter is about to end
        crew.close()
