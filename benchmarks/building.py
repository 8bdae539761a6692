"""The steps of a build: processor time, wall time and memory, ours and the reference, at growing numbers of plans.

Prints Markdown, as it stands in docs/scale.md. What is run is the command `ecp-graph build`, watched from outside.
"""

from __future__ import annotations

import argparse
import math
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from benchmarks.watching import Failed, Step, watch
from benchmarks.workspace import write_workspace

__all__ = ["Measured", "add_options", "exponent", "measure", "tables"]

#: The first word of the line with which `ecp-graph build` ends a step, and what the step is called here.
_STEPS: Final = {
    "Read": "load",
    "Inferred": "reason",
    "Derived": "overlaps",
    "Wrote": "write",
    "Validated": "validate",
}
#: To which step that belongs what comes after the last of these lines, and the name of all steps together.
_LAST, _WHOLE = "write", "whole"
#: What takes less processor time than this cannot be told from 0 between two ticks of the clock.
_TOLD_S: Final = 0.05
_VERSIONS: Final = ("duckdb", "pyoxigraph", "shacl", "pyshacl", "owlrl", "rdflib", "pyspark")
#: From so many plans on, what is the same for every plan, such as the ontology, no longer tells in the exponent.
_GROWING: Final = 13
_Builds = dict[tuple[str, int], "Measured"]


@dataclass(frozen=True)
class Measured:
    """The builds of one workspace by one engine: how many statements it read, and the steps of each run by name."""

    statements: int
    runs: tuple[Mapping[str, Step], ...]

    def median(self, step: str, figure: str) -> float:
        """Return the median of one figure of a step, the name of a field, over the runs."""
        return statistics.median(float(getattr(run[step], figure)) for run in self.runs)

    @property
    def steps(self) -> list[str]:
        """The names of the steps, and of all of them together."""
        return list(self.runs[0])


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this part to a command line."""
    options = parser.add_argument_group("options of build")
    options.add_argument("--plans", type=int, nargs="+", default=[1, 4, 13, 43, 200, 430], help="sizes (%(default)s)")
    options.add_argument("--actions", type=int, default=28, help="actions of each plan (%(default)s)")
    options.add_argument("--engines", nargs="+", default=["local", "reference"], help="engines (%(default)s)")
    options.add_argument("--up-to", type=int, default=43, help="most plans for engines but the first (%(default)s)")
    options.add_argument("--processors", type=int, help="how many a build has; with 1 no step runs beside another")
    options.add_argument("--runs", type=int, default=3, help="builds of each, of which the median counts (%(default)s)")


def measure(given: argparse.Namespace) -> None:
    """Build every size with every engine, and print the tables; what is being done goes to stderr."""
    builds: _Builds = {}
    if given.processors:
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: given.processors])
    with tempfile.TemporaryDirectory() as name:
        for plans in given.plans:
            workspace = Path(name) / f"plans-{plans}"
            write_workspace(workspace, plans, actions=given.actions)
            for engine in given.engines:
                if engine == given.engines[0] or plans <= given.up_to:
                    builds[engine, plans] = _measured(workspace, engine, given.runs)
            shutil.rmtree(workspace)
    print("\n".join([*_header(given), "", *tables(builds)]))


def _measured(workspace: Path, engine: str, runs: int) -> Measured:
    done = []
    releases = workspace.with_name("releases")
    command = [sys.executable, "-m", "ecp_graph.cli", "build", "--workspace", str(workspace)]
    for number in range(1, runs + 1):
        shutil.rmtree(releases, ignore_errors=True)
        print(f"{workspace.name}, {engine}, build {number} of {runs}", file=sys.stderr, flush=True)
        done.append(watch([*command, "--releases", str(releases), "--engine", engine]))
    shutil.rmtree(releases, ignore_errors=True)
    read = [match for step in done[0] if (match := re.match(r"Read ([\d,]+) statements", step.line))]
    return Measured(int(read[0][1].replace(",", "")), tuple(map(_by_step, done)))


def _by_step(steps: Sequence[Step]) -> dict[str, Step]:
    """Return the steps of one build by their names; lines that end none of `_STEPS` belong to the next."""
    found: dict[str, list[Step]] = {}
    parts: list[Step] = []
    for step in steps:
        parts.append(step)
        name = _LAST if step is steps[-1] else _STEPS.get(step.line.partition(" ")[0])
        if name:
            found.setdefault(name, []).extend(parts)
            parts = []
    if missing := set(_STEPS.values()) - found.keys():
        raise Failed(f"No line of the build ends the step {', '.join(sorted(missing))}.")
    return {name: _together(name, some) for name, some in found.items()} | {_WHOLE: _together(_WHOLE, steps)}


def _together(name: str, parts: Sequence[Step]) -> Step:
    wall_s, processor_s = sum(one.wall_s for one in parts), sum(one.processor_s for one in parts)
    return Step(name, wall_s, processor_s, max(one.peak_mb for one in parts))


def tables(builds: Mapping[tuple[str, int], Measured]) -> Iterator[str]:
    """Yield the lines of the tables: one for each engine, then how many times as long the others take as the first."""
    engines = list(dict.fromkeys(engine for engine, _ in builds))
    for engine in engines:
        yield from _of_engine(engine, {plans: one for (name, plans), one in builds.items() if name == engine})
    for other in engines[1:]:
        yield from _ratios(builds, engines[0], other)


def _of_engine(engine: str, sizes: Mapping[int, Measured]) -> Iterator[str]:
    yield f"`--engine {engine}`: processor seconds (wall seconds; peak memory)"
    yield ""
    yield from _head("step", [*map(_plans, sizes), "exponent"])
    yield _row("statements read", [*(f"{one.statements:,}" for one in sizes.values()), ""])
    for step in next(iter(sizes.values())).steps:
        yield _row(step, [*(_figures(one, step) for one in sizes.values()), _grown(sizes, step)])
    yield ""


def _figures(one: Measured, step: str) -> str:
    processor_s, wall_s, peak_mb = (one.median(step, figure) for figure in ("processor_s", "wall_s", "peak_mb"))
    return f"{processor_s:.2f} ({wall_s:.2f}; {peak_mb:,.0f} MB)"


def _ratios(builds: Mapping[tuple[str, int], Measured], ours: str, other: str) -> Iterator[str]:
    shared = [plans for name, plans in builds if name == other]
    yield f"How many times the processor time of `{ours}` is that of `{other}`:"
    yield ""
    yield from _head("step", map(_plans, shared))
    for step in builds[ours, shared[0]].steps:
        pairs = [[builds[name, plans].median(step, "processor_s") for name in (other, ours)] for plans in shared]
        yield _row(step, [f"{one / two:.1f}" if two >= _TOLD_S else "–" for one, two in pairs])
    yield ""


def exponent(small: tuple[float, float], large: tuple[float, float]) -> float:
    """Return how a cost grows between two sizes, each given with its cost: 1 in proportion, 2 with the square."""
    return math.log(large[1] / small[1]) / math.log(large[0] / small[0])


def _grown(sizes: Mapping[int, Measured], step: str) -> str:
    """Return the exponent from 13 plans to the most, if there are two such sizes and the costs can be told from 0."""
    growing = [(one.statements, one.median(step, "processor_s")) for plans, one in sizes.items() if plans >= _GROWING]
    if len(growing) < 2 or min(growing)[1] < _TOLD_S:
        return "–"
    return f"{exponent(min(growing), max(growing)):.2f}"


def _plans(number: int) -> str:
    return f"{number:,} plans" if number > 1 else "1 plan"


def _head(first: str, columns: Iterable[str]) -> Iterator[str]:
    columns = list(columns)
    yield _row(first, columns)
    yield "|---" * (len(columns) + 1) + "|"


def _row(first: str, cells: Sequence[str]) -> str:
    return f"| {' | '.join([first, *cells])} |"


def _header(given: argparse.Namespace) -> Iterator[str]:
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    processors = f"{len(os.sched_getaffinity(0))} of {os.cpu_count()} processors, {memory_gb:.0f} GB"
    yield f"Median of {given.runs}, {given.actions} actions a plan, {processors}; "
    yield ", ".join([f"Python {platform.python_version()}", *_versions()]) + "."


def _versions() -> Iterator[str]:
    for name in _VERSIONS:
        try:
            yield f"{name} {version(name)}"
        except PackageNotFoundError:
            continue
    if java := shutil.which("java"):
        told = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
        yield f"Java {told.partition(chr(34))[2].partition(chr(34))[0]}"
