"""Runs one call in a forked process, so that a step of the build can use a second processor."""

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

__all__ = ["forked_call"]

Result = TypeVar("Result")


@contextmanager
def forked_call(call: Callable[[], Result]) -> Iterator[Callable[[], Result]]:
    """Start a call in a forked process and yield a function that waits for its result.

    The result must be picklable, and the call must be repeatable: it may write files, but has no other side effects.
    Where forking is unsafe (other threads are running) or useless (one processor), or if the process fails, the call
    is made in this process when its result is requested, so errors are raised as if nothing had been forked.
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
    """Return the number of threads of this process; on Linux this includes threads that Python did not start."""
    try:
        return sum(1 for _ in Path("/proc/self/task").iterdir())
    except OSError:
        return threading.active_count()


def _begin(call: Callable[[], Result]) -> tuple[int, int]:
    """Return the read end of a pipe that receives the pickled result, and the id of the process that writes it."""
    ours, theirs = os.pipe()
    process = os.fork()
    if process:
        os.close(theirs)
        return ours, process
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent handles Ctrl-C for both
        os.close(ours)
        with os.fdopen(theirs, "wb") as stream:
            pickle.dump(call(), stream)
    finally:
        os._exit(0)  # even after an exception: the parent's buffers and cleanup handlers must not run twice


def _result(end: int, call: Callable[[], Result]) -> Result:
    with os.fdopen(end, "rb", closefd=False) as stream:
        pickled = stream.read()
    try:
        result: Result = pickle.loads(pickled)  # noqa: S301 - written by our own fork
    except (EOFError, pickle.UnpicklingError):
        return call()
    return result
