"""The sandbox of a worker: no network, files or new processes, and limited memory and processor time.

`ecp_graph.sparql.guard` already refuses queries that reach outside. The sandbox does not depend on it: a worker cannot
open any file descriptor, so neither a socket nor a file, whatever the query asks for.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
from collections.abc import Iterable
from itertools import count, islice
from typing import Final

from ecp_graph.confined import mapped_bytes

__all__ = ["allow_cpu", "enter_sandbox", "leave_network", "limit_memory", "open_descriptors"]

_PR_SET_PDEATHSIG: Final = 1
_PR_SET_DUMPABLE: Final = 4
_PR_SET_NO_NEW_PRIVS: Final = 38
_CLONE_NEWUSER: Final = 0x10000000
_CLONE_NEWNET: Final = 0x40000000


def enter_sandbox(memory_bytes: int, keep: Iterable[int], *, spare: int = 0) -> None:
    """Confine this process to the descriptors in ``keep`` and to ``memory_bytes`` of additional address space.

    ``spare`` is the number of further descriptors it may open; 0 alone rules out sockets and files. Raises OSError if a
    limit cannot be set.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)  # again: a change of credentials (a new namespace) resets it
    libc.prctl(_PR_SET_DUMPABLE, 0)
    _silence()
    _close_all_but(set(keep))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    limit_memory(memory_bytes)
    most = _numbers_with(spare)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def leave_network() -> None:
    """Move this process, which must be single-threaded, into an empty network namespace if the system allows it.

    This is a second line of defence and is skipped where it is not allowed: `enter_sandbox` alone rules out sockets.
    From here on no thread of the process can gain privileges.
    """
    libc = ctypes.CDLL(None)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)


def limit_memory(memory_bytes: int) -> None:
    """Limit the address space of this process to ``memory_bytes`` more than it has mapped already."""
    most = mapped_bytes() + memory_bytes
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def allow_cpu(seconds: float) -> None:
    """Allow this process that many more seconds of processor time, after which the kernel kills it."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime + seconds) + 1
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (limit, hard))


def _silence() -> None:
    """Discard what the engine prints when memory runs out: the server reports it better."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    os.close(nowhere)


def open_descriptors() -> set[int]:
    """Return the file descriptors that this process has open."""
    named = os.listdir("/proc/self/fd")  # noqa: PTH208 - with the descriptor of the list itself, closed by now
    return {int(name) for name in named if os.path.lexists(f"/proc/self/fd/{name}")}


def _numbers_with(spare: int) -> int:
    """Return the RLIMIT_NOFILE value, a bound on descriptor numbers, that leaves ``spare`` of them free."""
    taken = open_descriptors()
    free = (number for number in count() if number not in taken)
    return next(islice(free, spare - 1, None)) + 1 if spare else 0


def _close_all_but(keep: set[int]) -> None:
    for descriptor in open_descriptors() - keep:
        if descriptor > 2:
            os.close(descriptor)
