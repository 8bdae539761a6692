"""A command watched from outside: processor time, wall time and memory of it and all it starts, step by step.

A step ends with a line on stderr, where `ecp-graph` writes its progress. Processor time is that of the whole tree of
processes, memory is the sum of their proportional shares, so that pages which forked processes share count once.
It is read from /proc, and so on Linux only.
"""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Final

__all__ = ["Failed", "Step", "processor_s", "watch"]

_EVERY_S: Final = 0.2
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
    wall, processor = time.perf_counter(), 0.0
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        with _peaks(process.pid) as peak:
            for line in chain(process.stderr, [""]):
                last_wall, last_processor = wall, processor
                wall, processor = time.perf_counter(), processor_s(process.pid) if line else processor
                steps.append(Step(line.strip(), wall - last_wall, processor - last_processor, peak()))
    if process.returncode:
        raise Failed("\n".join(step.line for step in steps))
    return steps


def processor_s(root: int) -> float:
    """Return the processor seconds that a process and all that it started have taken."""
    return sum(ticks for _, ticks in _tree(root)) / _TICKS


@contextmanager
def _peaks(root: int) -> Iterator[Peak]:
    peak, ended = Peak(), threading.Event()

    def sample() -> None:
        while not ended.wait(_EVERY_S):
            peak.see(sum(_memory_mb(pid) for pid, _ in _tree(root)))

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


def _tree(root: int) -> list[tuple[int, int]]:
    """Return each process of a tree, with the ticks of it and of those children of it that have ended."""
    facts = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            after_name = path.read_text().rpartition(")")[2].split()
            facts[int(path.parent.name)] = int(after_name[1]), sum(map(int, after_name[11:15]))
    tree = {root} & facts.keys()
    while found := {pid for pid, (parent, _) in facts.items() if parent in tree} - tree:
        tree |= found
    return [(pid, facts[pid][1]) for pid in tree]


def _memory_mb(pid: int) -> float:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0
