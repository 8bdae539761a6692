"""Runs a call in a separate process with limits on memory and time.

A file of one kilobyte can make a parser use up all memory or overflow the stack, which kills the process without a
message. The process is a new Python interpreter, not a fork, so it inherits nothing and can be started from a server
with many threads.
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

#: The error message for a file that exceeds the limits.
GREEDY: Final = "it needs far more memory or time than its size justifies, or is nested too deeply."
#: Loading takes about 4 bytes of memory for each byte of N-Quads, and a second for 20 MB.
_LOADING_BYTES: Final = 1 << 30
_LOADING_BYTES_PER_BYTE: Final = 40
_LOADING_CPU_S: Final = 30
_LOADING_BYTES_PER_CPU_S: Final = 1_000_000
#: On other systems the memory limit is missing or has no effect.
_CAN_CONFINE: Final = sys.platform == "linux"
_PR_SET_PDEATHSIG: Final = 1
_START: Final = "from ecp_graph.confined import serve_call; serve_call()"

_tell: Callable[[Path], None] = lambda _: None  # noqa: E731 - replaced in a process that serves a call


@dataclass(frozen=True)
class Limits:
    """Limits on memory (in addition to what a process has at its start), processor time, and elapsed time."""

    memory_bytes: int
    cpu_s: int
    clock_s: float = 600

    @classmethod
    def of_files(cls, size_bytes: int) -> Limits:
        """Return generous limits for loading files of that total size."""
        cpu_s = _LOADING_CPU_S + size_bytes // _LOADING_BYTES_PER_CPU_S
        memory_bytes = _LOADING_BYTES + _LOADING_BYTES_PER_BYTE * size_bytes
        return cls(min(memory_bytes, _machine_bytes()), cpu_s, max(cls.clock_s, 4 * cpu_s))


class LimitReached(Exception):
    """A call reached its limits or its process died; carries the file that was being read, if it was reported."""

    def __init__(self, path: Path | None) -> None:
        super().__init__(path)
        self.path = path


def confined(
    call: Callable[..., Result], *arguments: Any, limits: Limits, nice: int = 0, scratch: Path | None = None
) -> Result:
    """Call a module-level function in a separate process with limits, and return its result.

    All of them have to be picklable. The names in use are in use there too. Temporary files go to ``scratch``, which
    whoever gives it clears. Raises what the function raises, LimitReached when it needs more than it may have, and
    OSError when no such process starts. Where no limits can be set it is called here.
    """
    if not _CAN_CONFINE:
        return call(*arguments)
    order = json.dumps({**asdict(limits), "nice": nice})
    # Only this interpreter's module path: the working directory may contain untrusted files.
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
    """Report to the caller of `confined` which file is being read, so that an error can name it if the process dies."""
    _tell(path)


@contextmanager
def limited(limits: Limits) -> Iterator[None]:
    """Apply the limits on memory and processor time to this process.

    It is killed without a message when it reaches them; the parent process reports the reason.
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
    """Return the size in bytes of the address space that this process has mapped."""
    with open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123
        return int(statm.read().split()[0]) * resource.getpagesize()


def serve_call() -> None:
    """Make the pickled call read from stdin; write to stdout which files it reads, and its result or error."""
    global _tell
    order = json.loads(sys.argv[1])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent handles Ctrl-C for both
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    os.nice(order.pop("nice"))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with os.fdopen(os.dup(1), "wb") as told, limited(Limits(**order)):
        os.dup2(2, 1)  # discard anything else that is printed
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
    """Return the result in a tuple, or the exception to raise."""
    assert process.stdin is not None  # noqa: S101
    assert process.stdout is not None  # noqa: S101
    with contextlib.suppress(BrokenPipeError), process.stdin:
        # Written directly to the pipe, so that a server's other threads can run between writes.
        pickle.dump(order, process.stdin)
    path: Path | None = None
    started = False
    try:
        while isinstance(message := pickle.load(process.stdout), Path | None):  # noqa: S301 - written by our own child
            path, started = message, True
    except (EOFError, pickle.UnpicklingError):
        if not started:
            return OSError(f"A process with limits could not be started (exit status {process.wait()}).")
        return LimitReached(path)
    return message


def _machine_bytes() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if _CAN_CONFINE else sys.maxsize
