"""The worker pool on the server's side: starts the fork server, keeps idle workers, and replaces killed ones.

A fork server that dies (the kernel may pick it when memory runs out) is restarted in the background.
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

__all__ = ["READING", "Worker", "WorkerPool"]

#: Prefix of the message by which the fork server names each file it starts to load.
READING: Final = b"reading "

_START_LIMIT_S: Final = 600.0
_STOP_LIMIT_S: Final = 5.0
#: A fork server that does not fork or end a worker within this time counts as dead.
_REPLY_LIMIT_S: Final = 5.0
#: Exit statuses of a fork server that hit its limits while loading; see `ecp_graph.confined.limited`.
_AT_LIMITS: Final = frozenset({-signal.SIGXCPU, -signal.SIGABRT, -signal.SIGSEGV, -signal.SIGBUS})
#: By default glibc returns memory to the system after each query and requests it again for the next, which halves the
#: speed of a worker. These settings make it hold on to the memory; a worker that has grown large is replaced.
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
        """Whether the worker is still waiting for a query; puts the socket into non-blocking mode."""
        self.connection.setblocking(False)
        try:
            self.connection.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False


class WorkerPool:
    """A pool of idle workers; raises what `_ForkServer` raises if the data cannot be loaded.

    ``sizes`` maps a niceness (scheduling priority, as in ``nice``) to the number of workers that run with it.
    """

    def __init__(self, data: Mapping[str, object], *, memory_bytes: int, sizes: Mapping[int, int]) -> None:
        self._order = {**data, "memory_bytes": memory_bytes}
        self._lock = threading.Lock()
        self._closed = False
        self._fork_server = _ForkServer(self._order)
        self._sizes = sizes
        self._idle: dict[int, deque[Worker]] = {niceness: deque() for niceness in sizes}
        #: Whether the fork server is being restarted, which reloads the data.
        self.is_restarting = False
        self._fill()

    @property
    def idle(self) -> list[Worker]:
        """The workers that are waiting for a query."""
        return [worker for idle in self._idle.values() for worker in idle]

    def take(self, niceness: int) -> Worker:
        """Take a worker out of the pool; raises ReleaseError if there is none because the data are being reloaded."""
        try:
            while not (worker := self._next(niceness)).is_alive():
                self._fork_server.end(worker)
        except OSError:
            self._restart(self._fork_server)
            raise ReleaseError("The data are being reloaded after a fault. Try again in a few seconds.") from None
        return worker

    def give_back(self, worker: Worker, *, usable: bool) -> int:
        """Return a worker to the pool, or kill it if it is not usable; returns its exit status, or 0 if it lives on."""
        if usable and not self._closed:
            self._idle[worker.niceness].append(worker)
            return 0
        fork_server = self._fork_server
        try:
            status = fork_server.end(worker)
            if not self._closed:
                self._idle[worker.niceness].append(fork_server.fork(worker.niceness))
        except OSError:
            self._restart(fork_server)
            return 1
        if self._closed:  # in the meantime
            self._disconnect()
        return status

    def close(self) -> None:
        """Stop all processes."""
        with self._lock:
            self._closed = True
            self._disconnect()
        self._fork_server.close()

    def _next(self, niceness: int) -> Worker:
        try:
            return self._idle[niceness].pop()  # the most recently used one, whose memory is still in the caches
        except IndexError:
            return self._fork_server.fork(niceness)

    def _fill(self) -> None:
        for niceness, size in self._sizes.items():
            for _ in range(size):
                self._idle[niceness].append(self._fork_server.fork(niceness))

    def _restart(self, dead: _ForkServer) -> None:
        with self._lock:
            if self._closed or self.is_restarting or self._fork_server is not dead:
                return
            self.is_restarting = True
        threading.Thread(target=self._reload, args=(dead,), name="fork server", daemon=True).start()

    def _reload(self, dead: _ForkServer) -> None:
        try:
            dead.close()
            fresh = _ForkServer(self._order)
            with self._lock:
                self._disconnect()
                self._fork_server = fresh
                closed = self._closed
            if closed:
                fresh.close()
            else:
                self._fill()
        except (EcpGraphError, OSError) as problem:
            print(f"The data cannot be reloaded. {problem}", file=sys.stderr, flush=True)
        finally:
            self.is_restarting = False

    def _disconnect(self) -> None:
        for idle in self._idle.values():
            while idle:
                idle.pop().connection.close()


class _ForkServer:
    """The fork server process and the lock on its control socket; its methods raise OSError once it is gone."""

    def __init__(self, order: dict[str, object]) -> None:
        self._lock = threading.Lock()
        self._is_dead = False
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603
                [
                    sys.executable,
                    "-m",
                    "ecp_graph.engine.isolation.fork_server",
                    json.dumps({**order, "control": theirs.fileno()}),
                ],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                env={**os.environ, **_MALLOC},
            )
        self._control.settimeout(_START_LIMIT_S)
        try:
            self._wait_until_loaded()
        except BaseException:
            self.close()
            raise

    def _wait_until_loaded(self) -> None:
        """Wait until the data are loaded; raises InputSyntaxError for a malformed file, otherwise ReleaseError."""
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
        """Kill the worker, and return its exit status if it had already ended by itself."""
        worker.connection.close()
        return int(self._ask(b"end %d" % worker.pid)[0])

    def _ask(self, request: bytes) -> tuple[bytes, list[int]]:
        """Return the reply and the file descriptors sent with it; without a reply, the fork server counts as dead."""
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
        """Stop the process, and with it its workers."""
        self._control.close()
        try:
            self._process.wait(0 if self._is_dead else _STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
