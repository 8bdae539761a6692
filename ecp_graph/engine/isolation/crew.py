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

from ecp_graph.errors import EcpGraphError, InputSyntaxError, ReleaseError

__all__ = ["Crew", "Worker"]

_START_LIMIT_S: Final = 600.0
_STOP_LIMIT_S: Final = 5.0
_GREEDY: Final = "a file asks for far more memory than its size needs, or nests too deep"
#: What the end of a nursery means that loads; see `ecp_graph.engine.isolation.sandbox.limited_loading`.
_ENDS: Final = {
    -signal.SIGXCPU: "a file takes far more time than its size needs",
    -signal.SIGABRT: _GREEDY,
    -signal.SIGSEGV: _GREEDY,
    -signal.SIGBUS: _GREEDY,
}
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
    """Workers to take and to give back, with one to spare; raises as `_Nursery` does when the data do not load."""

    def __init__(self, data: Mapping[str, object], *, memory_bytes: int, workers: int) -> None:
        self._order = {**data, "memory_bytes": memory_bytes}
        self._lock = threading.Lock()
        self._closed = False
        self._restarting = False
        self._nursery = _Nursery(self._order)
        self._idle: deque[Worker] = deque()
        self._size = workers + 1
        self._hire()

    def take(self) -> Worker:
        """Return a worker; raises ReleaseError when there is none, because the data are being loaded again."""
        try:
            while not (worker := self._next()).is_alive():
                self._nursery.end(worker)
        except OSError:
            self._restart(self._nursery)
            raise ReleaseError("The data are being loaded again after a fault; try again in a moment.") from None
        return worker

    def take_idle(self) -> Worker | None:
        """Return a worker at once, or None when the caller has to `take` one, which may have to be forked first."""
        try:
            worker = self._idle.pop()
        except IndexError:
            return None
        if worker.is_alive():
            return worker
        self._idle.append(worker)
        return None

    def give_back(self, worker: Worker, *, usable: bool) -> int:
        """Take a worker back and return how it ended, or 0 when it goes on; one that is not usable is killed."""
        if usable and not self._closed:
            self._idle.append(worker)
            return 0
        nursery = self._nursery
        try:
            status = nursery.end(worker)
            if not self._closed:
                self._idle.append(nursery.fork())
        except OSError:
            self._restart(nursery)
            return 1
        return status

    def close(self) -> None:
        """Let all processes go."""
        with self._lock:
            self._closed = True
            self._dismiss()
        self._nursery.close()

    def _next(self) -> Worker:
        try:
            return self._idle.pop()  # the one that was busy last has its memory at hand
        except IndexError:
            return self._nursery.fork()

    def _hire(self) -> None:
        for _ in range(self._size):
            self._idle.append(self._nursery.fork())

    def _restart(self, dead: _Nursery) -> None:
        with self._lock:
            if self._closed or self._restarting or self._nursery is not dead:
                return
            self._restarting = True
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
            self._restarting = False

    def _dismiss(self) -> None:
        while self._idle:
            self._idle.pop().connection.close()


class _Nursery:
    """The nursery process and the lock around its control socket; its methods raise OSError when it is gone."""

    def __init__(self, order: dict[str, object]) -> None:
        self._lock = threading.Lock()
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
        try:
            greeting = self._control.recv(65_536)
        except TimeoutError:
            raise ReleaseError(f"The data did not load within {_START_LIMIT_S:g} s.") from None
        if not greeting:
            ended = self._process.wait()
            why = _ENDS.get(ended, f"the loading process ended with {ended}")
            raise ReleaseError(f"The data cannot be loaded: {why}.")
        if failure := json.loads(greeting).get("failed"):
            raise InputSyntaxError(Path(failure["path"]), failure["reason"], failure["line"])

    def fork(self) -> Worker:
        with self._lock:
            self._control.send(b"fork")
            message, descriptors, _, _ = socket.recv_fds(self._control, 100, 1)
        if not message:
            raise BrokenPipeError
        return Worker(int(message), socket.socket(fileno=descriptors[0]))

    def end(self, worker: Worker) -> int:
        """Kill the worker and return how it had ended, if by itself."""
        worker.connection.close()
        with self._lock:
            self._control.send(b"end %d" % worker.pid)
            status = self._control.recv(100)
        if not status:
            raise BrokenPipeError
        return int(status)

    def close(self) -> None:
        """End the process, which takes the workers along."""
        self._control.close()
        try:
            self._process.wait(_STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
