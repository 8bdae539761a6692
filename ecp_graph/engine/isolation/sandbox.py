"""What a worker gives up before it sees a query: network, files, new processes, memory, processor time.

The policy in front (`ecp_graph.sparql.guard`) refuses what reaches outside. This sandbox holds without it: with no
file descriptor left to open, neither a socket nor a file can be had, whatever the query asks.
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
    """Leave this process with the descriptors in ``keep``, ``memory_bytes`` more address space, and nothing to reach.

    ``spare`` is how many descriptors it may have besides: with 0 that limit alone stops sockets and files. Raises
    OSError when a limit cannot be set.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)  # a change of credentials, as in a new namespace, would undo it
    libc.prctl(_PR_SET_DUMPABLE, 0)
    _silence()
    _close_all_but(set(keep))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    limit_memory(memory_bytes)
    most = _numbers_with(spare)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def leave_network() -> None:
    """Move this process, which has to have one thread only, to an empty network, where the system allows that.

    A second wall, and skipped where it does not: `enter_sandbox` stops sockets by itself. From here on no thread of
    it can gain a privilege.
    """
    libc = ctypes.CDLL(None)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)


def limit_memory(memory_bytes: int) -> None:
    """Let this process map no more than ``memory_bytes`` beyond what it has mapped already."""
    most = mapped_bytes() + memory_bytes
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def allow_cpu(seconds: float) -> None:
    """Let this process compute for that many seconds more; the kernel kills it after that, should the server hang."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime + seconds) + 1
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (limit, hard))


def _silence() -> None:
    """Turn away what the engine's last words would print when memory runs out: the server tells it better."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    os.close(nowhere)


def open_descriptors() -> set[int]:
    """Return the descriptors that this process has open."""
    named = os.listdir("/proc/self/fd")  # noqa: PTH208 - with the descriptor of the list itself, closed by now
    return {int(name) for name in named if os.path.lexists(f"/proc/self/fd/{name}")}


def _numbers_with(spare: int) -> int:
    """Return the limit of descriptors, which holds for their numbers, that leaves so many free."""
    taken = open_descriptors()
    free = (number for number in count() if number not in taken)
    return next(islice(free, spare - 1, None)) + 1 if spare else 0


def _close_all_but(keep: set[int]) -> None:
    for descriptor in open_descriptors() - keep:
        if descriptor > 2:
            os.close(descriptor)
