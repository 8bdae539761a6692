"""A command watched from outside: processor time, wall time and memory of it and all it starts, step by step.

A step ends with a line on stderr, where `ecp-graph` writes its progress. Processor time is that of the whole tree of
processes, memory is the sum of their proportional shares, so that pages which forked processes share count once.
A process that outlives the one that started it, as Spark's does, is adopted here, so that its time still counts when it
has ended. All this is read from /proc, and so on Linux only.
"""

from __future__ import annotations

import ctypes
import os
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Final

__all__ = ["Failed", "Step", "processor_s", "watch"]

_EVERY_S: Final = 0.2
#: PR_SET_CHILD_SUBREAPER of linux/prctl.h.
_ADOPT: Final = 36
_TICKS: Final = os.sysconf("SC_CLK_TCK")


class Failed(Exception):
    """A command that ended with another code than 0; its text is what it wrote."""


@dataclass(frozen=True)
class Step:
    """What went on up to one line on stderr, or, the line being empty, from the last one to the end."""

    line: str
    wall_s: float
    processor_s: float
    peak_mb: float


def watch(command: Sequence[str]) -> list[Step]:
    """Run a command, and return its steps; raises Failed."""
    steps: list[Step] = []
    others = _children(_processes())
    wall, processor = time.perf_counter(), 0.0
    with (
        _adopting(others),
        subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process,
    ):
        assert process.stderr is not None
        with _peaks(others) as peak:
            for line in chain(process.stderr, [""]):
                last_wall, last_processor = wall, processor
                wall, processor = time.perf_counter(), _seconds(_watched(others)) if line else processor
                steps.append(Step(line.strip(), wall - last_wall, processor - last_processor, peak()))
    if process.returncode:
        raise Failed("\n".join(step.line for step in steps))
    return steps


def processor_s(root: int) -> float:
    """Return the processor seconds that a process and all that it started have taken."""
    return _seconds(_tree({root}, _processes()))


@contextmanager
def _adopting(others: Set[int]) -> Iterator[None]:
    """Be the parent of each process below this one whose own parent has ended, and wait for it but for the others."""
    prctl = ctypes.CDLL(None).prctl
    prctl(_ADOPT, 1, 0, 0, 0)
    try:
        yield
    finally:
        prctl(_ADOPT, 0, 0, 0, 0)
        for pid in _children(_processes()) - others:
            with suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)


@contextmanager
def _peaks(others: Set[int]) -> Iterator[Peak]:
    peak, ended = Peak(), threading.Event()

    def sample() -> None:
        while not ended.wait(_EVERY_S):
            peak.see(sum(map(_memory_mb, _watched(others))))

    sampling = threading.Thread(target=sample)
    sampling.start()
    try:
        yield peak
    finally:
        ended.set()
        sampling.join()


class Peak:
    """The most memory that was seen since it was last asked."""

    def __init__(self) -> None:
        self._seen = [0.0]

    def see(self, memory_mb: float) -> None:
        """Take note of a sample."""
        self._seen.append(memory_mb)

    def __call__(self) -> float:
        """Return the greatest sample since the last call, the last one of that time included."""
        seen, self._seen = self._seen, self._seen[-1:]
        return max(seen)


def _processes() -> dict[int, tuple[int, int]]:
    """Return the parent of each process, and the ticks of it and of those children of it that have ended."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            after_name = path.read_text().rpartition(")")[2].split()
            found[int(path.parent.name)] = int(after_name[1]), sum(map(int, after_name[11:15]))
    return found


def _tree(roots: Set[int], processes: Mapping[int, tuple[int, int]]) -> dict[int, int]:
    """Return the ticks of some processes and of all that they started."""
    tree = roots & processes.keys()
    while found := {pid for pid, (parent, _) in processes.items() if parent in tree} - tree:
        tree |= found
    return {pid: processes[pid][1] for pid in tree}


def _watched(others: Set[int]) -> dict[int, int]:
    """Return the ticks of what runs below this process, but for some of its children."""
    processes = _processes()
    return _tree(_children(processes) - others, processes)


def _children(processes: Mapping[int, tuple[int, int]]) -> set[int]:
    return {pid for pid, (parent, _) in processes.items() if parent == os.getpid()}


def _seconds(ticks: Mapping[int, int]) -> float:
    return sum(ticks.values()) / _TICKS


def _memory_mb(pid: int) -> float:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0
