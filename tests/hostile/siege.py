"""Sending attacks to a server, several at a time, while its memory and an outside witness are watched."""

from __future__ import annotations

import http.client
import os
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .attacks import Attack

__all__ = ["Canary", "MemoryWatch", "Outcome", "besiege", "canary", "family", "is_at_work", "memory_of", "tree"]


@dataclass(frozen=True)
class Outcome:
    """What became of an attack: status, seconds, bytes, whether the stream was cut, and whether it held the secret."""

    attack: Attack
    status: int
    seconds: float
    size: int
    cut: bool
    leaked: bool
    start: bytes


@dataclass
class Canary:
    """A listener on the loopback that nobody should call; ``calls`` counts the connections."""

    port: int
    calls: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"


@contextmanager
def canary() -> Iterator[Canary]:
    """Listen; every caller is counted and turned away."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        bird = Canary(listener.getsockname()[1])

        def listen() -> None:
            while True:
                try:
                    line, _ = listener.accept()
                except OSError:
                    return
                bird.calls += 1
                with line:
                    line.settimeout(1)
                    try:
                        line.recv(65_536)
                        line.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                    except OSError:
                        pass

        threading.Thread(target=listen, daemon=True).start()
        yield bird
        listener.shutdown(socket.SHUT_RDWR)


def besiege(port: int, attacks: Iterable[Attack], *, at_once: int, secret: bytes, patience_s: float) -> list[Outcome]:
    """Send all attacks, so many at a time; a reply that does not come within the patience has status 0."""
    with ThreadPoolExecutor(at_once) as threads:
        return list(threads.map(lambda attack: _send(port, attack, secret, patience_s), attacks))


def _send(port: int, attack: Attack, secret: bytes, patience_s: float) -> Outcome:
    started = time.monotonic()
    status, size, cut, tail, start, leaked = 0, 0, False, b"", b"", False
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=patience_s)
    try:
        line.request(attack.method, attack.path, body=attack.body or None, headers=attack.headers)
        response = line.getresponse()
        status = response.status
        while chunk := response.read(65_536):
            size += len(chunk)
            start = start or chunk[:300]
            leaked = leaked or secret in tail + chunk
            tail = chunk[-len(secret) :]
            if time.monotonic() - started > patience_s:
                raise TimeoutError
    except TimeoutError:
        status = 0
    except (OSError, http.client.HTTPException, ValueError):
        cut = True
    finally:
        line.close()
    return Outcome(attack, status, time.monotonic() - started, size, cut, leaked, start)


def family(pid: int) -> list[int]:
    """Return the process and all below it."""
    parents: dict[int, int] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                parents[int(folder.name)] = int(_stat(int(folder.name))[1])
            except (OSError, IndexError):
                continue
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return sorted(found)


def memory_of(pid: int) -> int:
    """Return the bytes of memory that are a process's own share (PSS); its resident bytes where that is not told."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except PermissionError:
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGESIZE")
    except OSError:
        return 0  # it has just ended
    return 0


def tree(pid: int) -> list[int]:
    """Return the fork server of a process, and the workers below it."""
    parents = {child: int(_stat(child)[1]) for child in family(pid) if child != pid}
    fork_server = next(child for child, parent in parents.items() if parent == pid)
    return [fork_server, *(child for child, parent in parents.items() if parent == fork_server)]


def is_at_work(pid: int) -> bool:
    """Whether a worker of a process computes, and does not only wait."""
    try:
        before = {worker: _ticks(worker) for worker in tree(pid)[1:]}
        time.sleep(0.2)
        return any(_ticks(worker) > ticks + 1 for worker, ticks in before.items())
    except (OSError, StopIteration):  # one has just ended, or none has begun
        return False


def _ticks(pid: int) -> int:
    """Return how much processor time a process has had, in hundredths of a second."""
    fields = _stat(pid)
    return int(fields[11]) + int(fields[12])


def _stat(pid: int) -> list[str]:
    """Return what the system tells of a process, behind its name: state, parent, and so on."""
    return Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(") ")[2].split()


class MemoryWatch:
    """Takes the memory of processes again and again; ``peak`` is the most that they had together.

    ``lag_s`` is how much later than asked for it was woken at the worst: what a busy machine adds to every time.
    """

    def __init__(self, processes: Callable[[], Iterable[int]], *, every_s: float = 0.2) -> None:
        self._processes = processes
        self._every_s = every_s
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.first = self.peak = self._now()
        self.looks = 1
        self.lag_s = 0.0

    def __enter__(self) -> MemoryWatch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while True:
            asked = time.monotonic()
            if self._done.wait(self._every_s):
                return
            self.lag_s = max(self.lag_s, time.monotonic() - asked - self._every_s)
            self.peak = max(self.peak, self._now())
            self.looks += 1

    def _now(self) -> int:
        return sum(memory_of(pid) for pid in self._processes())
