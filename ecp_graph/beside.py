"""A second processor for a step of the build: one call made in a forked process while this one goes on."""

from __future__ import annotations

import os
import pickle
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from ecp_graph.processors import usable_processors

__all__ = ["beside"]

Result = TypeVar("Result")


@contextmanager
def beside(call: Callable[[], Result]) -> Iterator[Callable[[], Result]]:
    """Begin a call in a process of its own and give what waits for its result.

    The call must have no effect but its result, which must be picklable, and on files that a second call makes anew.
    Where it is not safe or no use to fork (other threads run, or there is one processor), and where the process fails,
    the call is made here when its result is asked for; so errors are raised as if there had been no other process.
    """
    if not hasattr(os, "fork") or _threads() > 1 or usable_processors() < 2:
        yield call
        return
    end, process = _begin(call)
    try:
        yield lambda: _result(end, call)
    finally:
        os.close(end)
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)


def _threads() -> int:
    """Return the number of threads of this process: on Linux with those that are not Python's."""
    try:
        return sum(1 for _ in Path("/proc/self/task").iterdir())
    except OSError:
        return threading.active_count()


def _begin(call: Callable[[], Result]) -> tuple[int, int]:
    """Return the reading end of a pipe that gets the pickled result, and the process that writes it."""
    ours, theirs = os.pipe()
    process = os.fork()
    if process:
        os.close(theirs)
        return ours, process
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent answers Ctrl-C, for both
        os.close(ours)
        with os.fdopen(theirs, "wb") as stream:
            pickle.dump(call(), stream)
    finally:
        os._exit(0)  # also on an exception: nothing of the parent's is flushed or cleaned up twice


def _result(end: int, call: Callable[[], Result]) -> Result:
    with os.fdopen(end, "rb", closefd=False) as stream:
        pickled = stream.read()
    try:
        result: Result = pickle.loads(pickled)  # noqa: S301 - written by our own fork
    except (EOFError, pickle.UnpicklingError):
        return call()
    return result
