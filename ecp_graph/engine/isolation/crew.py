"""The server's side of the processes: the nursery, the workers that wait for a query, and fresh ones for those killed.

A nursery that dies (the kernel, short of memory, may take it for the culprit) is started again in the background.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ecp_graph.confined import GREEDY
from ecp_graph.errors import EcpGraphError, InputSyntaxError, ReleaseError

__all__ = ["READING", "Crew", "Worker"]

#: What the nursery writes before the name of each file that it begins to load.
READING: Final = b"reading "

_START_LIMIT_S: Final = 600.0
_STOP_LIMIT_S: Final = 5.0
#: A nursery that does not fork or end a worker within this is taken for dead.
_REPLY_LIMIT_S: Final = 5.0
#: How a nursery ends that loads a file which asks for too much; see `ecp_graph.confined.limited`.
_AT_LIMITS: Final = frozenset({-signal.SIGXCPU, -signal.SIGABRT, -signal.SIGSEGV, -signal.SIGBUS})
#: glibc hands memory back to the system after each query and takes it again for the next, which halves the speed of a
#: worker; these keep it, and a worker that has kept much retires.
_MALLOC: Final = {
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": str(1 << 30),
    "MALLOC_TOP_PAD_": str(16 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(256 << 20),
}


@dataclass(frozen=True)
class Worker:
    """A worker process and the socket to it."""

    pid: int
    connection: socket.socket
    niceness: int = 0

    def is_alive(self) -> bool:
        """Whether it still waits for a query at the other end; leaves the socket without blocking."""
        self.connection.setblocking(False)
        try:
            self.connection.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False


class Crew:
    """Workers to take and to give back; raises as `_Nursery` does when the data do not load.

    ``sizes`` says how many there are to be of each niceness, which is how readily they leave the processors to others.
    """

    def __init__(self, data: Mapping[str, object], *, memory_bytes: int, sizes: Mapping[int, int]) -> None:
        self._order = {**data, "memory_bytes": memory_bytes}
        self._lock = threading.Lock()
        self._closed = False
        self._nursery = _Nursery(self._order)
        self._sizes = sizes
        self._idle: dict[int, deque[Worker]] = {niceness: deque() for niceness in sizes}
        #: Whether the data are being loaded again.
        self.is_restarting = False
        self._hire()

    @property
    def idle(self) -> list[Worker]:
        """The workers that wait for a query."""
        return [worker for idle in self._idle.values() for worker in idle]

    def take(self, niceness: int) -> Worker:
        """Return a worker; raises ReleaseError when there is none, because the data are being loaded again."""
        try:
            while not (worker := self._next(niceness)).is_alive():
                self._nursery.end(worker)
        except OSError:
            self._restart(self._nursery)
            raise ReleaseError("The data are being loaded again after a fault; try again in a moment.") from None
        return worker

    def give_back(self, worker: Worker, *, usable: bool) -> int:
        """Take a worker back and return how it ended, or 0 when it goes on; one that is not usable is killed."""
        if usable and not self._closed:
            self._idle[worker.niceness].append(worker)
            return 0
        nursery = self._nursery
        try:
            status = nursery.end(worker)
            if not self._closed:
                self._idle[worker.niceness].append(nursery.fork(worker.niceness))
        except OSError:
            self._restart(nursery)
            return 1
        if self._closed:  # meanwhile
            self._dismiss()
        return status

    def close(self) -> None:
        """End all processes."""
        with self._lock:
            self._closed = True
            self._dismiss()
        self._nursery.close()

    def _next(self, niceness: int) -> Worker:
        try:
            return self._idle[niceness].pop()  # the one that was busy last has its memory at hand
        except IndexError:
            return self._nursery.fork(niceness)

    def _hire(self) -> None:
        for niceness, size in self._sizes.items():
            for _ in range(size):
                self._idle[niceness].append(self._nursery.fork(niceness))

    def _restart(self, dead: _Nursery) -> None:
        with self._lock:
            if self._closed or self.is_restarting or self._nursery is not dead:
                return
            self.is_restarting = True
        threading.Thread(target=self._load_again, args=(dead,), name="nursery", daemon=True).start()

    def _load_again(self, dead: _Nursery) -> None:
        try:
            dead.close()
            fresh = _Nursery(self._order)
            with self._lock:
                self._dismiss()
                self._nursery = fresh
                closed = self._closed
            if closed:
                fresh.close()
            else:
                self._hire()
        except (EcpGraphError, OSError) as problem:
            print(f"The data do not load again. {problem}", file=sys.stderr, flush=True)
        finally:
            self.is_restarting = False

    def _dismiss(self) -> None:
        for idle in self._idle.values():
            while idle:
                idle.pop().connection.close()


class _Nursery:
    """The nursery process and the lock around its control socket; its methods raise OSError when it is gone."""

    def __init__(self, order: dict[str, object]) -> None:
        self._lock = threading.Lock()
        self._is_dead = False
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603
                [
                    sys.executable,
                    "-m",
                    "ecp_graph.engine.isolation.nursery",
                    json.dumps({**order, "control": theirs.fileno()}),
                ],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                env={**os.environ, **_MALLOC},
            )
        self._control.settimeout(_START_LIMIT_S)
        try:
            self._greeted()
        except BaseException:
            self.close()
            raise

    def _greeted(self) -> None:
        """Wait until the data are loaded; raises InputSyntaxError for a file at fault, else ReleaseError."""
        reading = ""
        try:
            while (greeting := self._control.recv(65_536)).startswith(READING):
                reading = f"{os.fsdecode(greeting.removeprefix(READING))}: "
        except TimeoutError:
            raise ReleaseError(f"The data did not load within {_START_LIMIT_S:g} s.") from None
        if not greeting:
            ended = self._process.wait()
            why = GREEDY if ended in _AT_LIMITS else f"the loading process ended with {ended}."
            raise ReleaseError(f"The data cannot be loaded. {reading}{why}")
        if failure := json.loads(greeting).get("failed"):
            raise InputSyntaxError(Path(failure["path"]), failure["reason"], failure["line"])
        self._control.settimeout(_REPLY_LIMIT_S)

    def fork(self, niceness: int) -> Worker:
        message, descriptors = self._ask(b"fork %d" % niceness)
        return Worker(int(message), socket.socket(fileno=descriptors[0]), niceness)

    def end(self, worker: Worker) -> int:
        """Kill the worker and return how it had ended, if by itself."""
        worker.connection.close()
        return int(self._ask(b"end %d" % worker.pid)[0])

    def _ask(self, request: bytes) -> tuple[bytes, list[int]]:
        """Return the reply to a request, and the descriptors that come with it; without a reply it counts as dead."""
        with self._lock:
            try:
                if self._is_dead:
                    raise BrokenPipeError
                self._control.send(request)
                message, descriptors, _, _ = socket.recv_fds(self._control, 100, 1)
                if not message:
                    raise BrokenPipeError
            except OSError:
                self._is_dead = True
                raise
        return message, descriptors

    def close(self) -> None:
        """End the process, which takes the workers along."""
        self._control.close()
        try:
            self._process.wait(0 if self._is_dead else _STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
