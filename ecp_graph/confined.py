"""Calls that may ask for any amount of memory and time, each in a process of its own with limits on both.

A file of a kilobyte can make a parser take all memory, or overflow the stack, which ends a process without a word. The
process is a fresh Python, not a fork: it may be started from a server with many threads, and inherits nothing.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Timer
from typing import IO, Any, Final, TypeVar

from ecp_graph.namespaces import names_or_none, using

if sys.platform != "win32":
    import resource

__all__ = ["GREEDY", "LimitReached", "Limits", "confined", "limited", "mapped_bytes", "now_reading", "serve_call"]

Result = TypeVar("Result")

#: What is wrong with a file that reaches the limits.
GREEDY: Final = "it asks for far more memory or time than a file of its size needs, or nests too deep."
#: Loading takes about 4 bytes of memory for each byte of N-Quads, and a second for 20 MB.
_LOADING_BYTES: Final = 1 << 30
_LOADING_BYTES_PER_BYTE: Final = 40
_LOADING_CPU_S: Final = 30
_LOADING_BYTES_PER_CPU_S: Final = 1_000_000
#: Elsewhere the limit on memory does not hold, or there is none.
_CAN_CONFINE: Final = sys.platform == "linux"
_PR_SET_PDEATHSIG: Final = 1
_START: Final = "from ecp_graph.confined import serve_call; serve_call()"

_tell: Callable[[Path], None] = lambda _: None  # noqa: E731 - replaced in a process that serves a call


@dataclass(frozen=True)
class Limits:
    """Bytes of memory beyond what a process has at its start, seconds of processor time, and seconds by the clock."""

    memory_bytes: int
    cpu_s: int
    clock_s: float = 600

    @classmethod
    def of_files(cls, size_bytes: int) -> Limits:
        """Return the limits for files of that size: what they take to load, with much to spare."""
        cpu_s = _LOADING_CPU_S + size_bytes // _LOADING_BYTES_PER_CPU_S
        memory_bytes = _LOADING_BYTES + _LOADING_BYTES_PER_BYTE * size_bytes
        return cls(min(memory_bytes, _machine_bytes()), cpu_s, max(cls.clock_s, 4 * cpu_s))


class LimitReached(Exception):
    """A call ended at its limits, or with its process; carries the file that it was reading, if it told one."""

    def __init__(self, path: Path | None) -> None:
        super().__init__(path)
        self.path = path


def confined(
    call: Callable[..., Result], *arguments: Any, limits: Limits, nice: int = 0, scratch: Path | None = None
) -> Result:
    """Return what a function of a module returns for the arguments, called in a process within the limits.

    All of them have to be picklable. The names in use are in use there too. Temporary files go to ``scratch``, which
    whoever gives it clears. Raises what the function raises, LimitReached when it needs more than it may have, and
    OSError when no such process starts. Where no limits can be set it is called here.
    """
    if not _CAN_CONFINE:
        return call(*arguments)
    order = json.dumps({**asdict(limits), "nice": nice})
    # Python's own path for modules, and not the working directory, which may hold anybody's files.
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONSAFEPATH": "1"}
    environment |= {"TMPDIR": str(scratch)} if scratch else {}
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", _START, order],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
    )
    timer = Timer(limits.clock_s, process.kill)
    timer.daemon = True
    with process:
        timer.start()
        try:
            outcome = _outcome(process, (call, arguments, names_or_none()))
        finally:
            timer.cancel()
            process.kill()
    timer.join()
    if isinstance(outcome, BaseException):
        raise outcome
    result: Result = outcome[0]
    return result


def now_reading(path: Path) -> None:
    """Tell whoever made a confined call which file is being read, so that an end without a word can name it."""
    _tell(path)


@contextmanager
def limited(limits: Limits) -> Iterator[None]:
    """Hold this process to the limits on memory and processor time.

    It ends at them without a word: whoever started it says why.
    """
    most = {resource.RLIMIT_AS: mapped_bytes() + limits.memory_bytes, resource.RLIMIT_CPU: limits.cpu_s}
    before = {kind: resource.getrlimit(kind) for kind in most}
    for kind, limit in most.items():
        hard = before[kind][1]
        resource.setrlimit(kind, (limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard))
    stderr, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(stderr, 2)
        for descriptor in (stderr, nowhere):
            os.close(descriptor)
        for kind, limits_before in before.items():
            resource.setrlimit(kind, limits_before)


def mapped_bytes() -> int:
    """Return the address space that this process has mapped."""
    with open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123
        return int(statm.read().split()[0]) * resource.getpagesize()


def serve_call() -> None:
    """Make the call that comes on stdin, pickled, and write to stdout what it is reading and what it comes to."""
    global _tell
    order = json.loads(sys.argv[1])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent answers Ctrl-C, for both
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    os.nice(order.pop("nice"))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with os.fdopen(os.dup(1), "wb") as told, limited(Limits(**order)):
        os.dup2(2, 1)  # what else is printed goes nowhere
        _tell = lambda path: _write(told, path)  # noqa: E731
        _write(told, None)
        _write(told, _called(sys.stdin.buffer))


def _called(stream: IO[bytes]) -> tuple[Any] | Exception:
    try:
        call, arguments, chosen = pickle.load(stream)  # noqa: S301 - written by the process that started this one
        with using(chosen) if chosen else contextlib.nullcontext():
            return (call(*arguments),)
    except (MemoryError, RecursionError):
        os._exit(1)
    except Exception as error:
        return error


def _write(stream: IO[bytes], message: object) -> None:
    pickle.dump(message, stream)
    stream.flush()


def _outcome(process: subprocess.Popen[bytes], order: tuple[Any, ...]) -> Any:
    """Return the result in a tuple, or what is to be raised."""
    assert process.stdin is not None  # noqa: S101
    assert process.stdout is not None  # noqa: S101
    with contextlib.suppress(BrokenPipeError), process.stdin:
        # Into the pipe, not into a string first: the other threads of a server go on between two writes.
        pickle.dump(order, process.stdin)
    path: Path | None = None
    started = False
    try:
        while isinstance(message := pickle.load(process.stdout), Path | None):  # noqa: S301 - written by our own child
            path, started = message, True
    except (EOFError, pickle.UnpicklingError):
        if not started:
            return OSError(f"A process that should have limits does not start (it ended with {process.wait()}).")
        return LimitReached(path)
    return message


def _machine_bytes() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if _CAN_CONFINE else sys.maxsize
