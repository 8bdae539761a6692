"""How long the pages of a release take a server, and how much memory it takes: ``python -m tools.page_times``.

Starts a server over the releases of a workspace and prints a table, a line for each type of page: the first answer
after the start; then, of other addresses of the same type, which nobody has asked for before, the median and the 95th
percentile; their mean processor time, in all processes of the server; and the same address again, which comes from the
cache. All but the processor time are times of the wall clock, for which the machine should have nothing else to do.
What was refused is counted.
"""

from __future__ import annotations

import argparse
import os
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice, pairwise
from pathlib import Path
from typing import Final
from urllib.parse import quote

from ecp_graph.release.release import Release, open_release
from ecp_graph.tables.lists.news import noted_findings
from ecp_graph.tables.lists.reading import Lists
from ecp_graph.tables.lists.wanted import Wanted

_WORDS: Final = ("transit", "guidelines", "committee", "trade facilitation", "e-commerce", "tfa", "action 3", "single")
_PAIRS: Final = ("body-body", "body-instrument", "body-topic", "programme-programme", "action-action", "topic-topic")
_WAIT_S: Final = 600.0


def main() -> None:
    """Start the server, ask for the pages, and print the table."""
    parser = argparse.ArgumentParser(description="Print how long pages take, and the memory of the server.")
    parser.add_argument("--workspace", type=Path, required=True)
    parser.add_argument("--releases", type=Path, required=True)
    parser.add_argument("--runs", type=int, default=20, help="other addresses of a type that are asked for")
    arguments = parser.parse_args()
    release = open_release(arguments.releases)
    with _server(arguments.workspace, arguments.releases) as (root, process):
        print(f"{'page':22} {'first ms':>9} {'median':>8} {'p95':>8} {'processor':>9} {'cached':>8} {'refused':>8}")
        for name, addresses in _addresses(release, arguments.runs).items():
            first = _ask(root, addresses[0])
            spent = _processor_ms(process.pid)
            others = [_ask(root, address) for address in addresses[1:]]
            spent = (_processor_ms(process.pid) - spent) / max(1, len(others))
            again = _ask(root, addresses[0])
            times = sorted(ms for ms, _ in others) or [first[0]]
            p95 = times[min(len(times) - 1, round(0.95 * len(times)))]
            refused = sum(not is_good for _, is_good in (first, *others, again))
            row = f"{first[0]:9.0f} {statistics.median(times):8.0f} {p95:8.0f} {spent:9.0f} {again[0]:8.1f} {refused:8}"
            print(f"{name:22} {row}", flush=True)
        print(f"memory of the server: {_memory_mb(process.pid):.0f} MB")


def _addresses(release: Release, most: int) -> dict[str, list[str]]:
    """Return addresses by type of page; the things of a type are spread over all that there are."""
    lists, things = Lists(release.lists), release.names.id
    kinds: dict[str, list[str]] = {}
    for each in lists.entries():
        if each.iri.startswith(things):
            kinds.setdefault(each.kind, []).append(quote(each.iri.removeprefix(things)))
    pairs = islice(((each.member_a, each.member_b) for each in lists.alike(Wanted("body"))), 0, None, 7)
    cells = [f"{a.rpartition('/')[2]}/{b.rpartition('/')[2]}" for a, b in islice(dict.fromkeys(pairs), most)]
    bodies, plans = ([path.rpartition("/")[2] for path in kinds.get(kind, [])] for kind in ("body", "action plan"))
    found = {
        "home": ["/"],
        "lists": ["/bodies", "/instruments", "/plans"],
        "search": [f"/search?q={quote(word)}" for word in _WORDS],
        "actions": ["/actions", *(f"/actions?page={page}" for page in range(2, most))],
        "actions, chosen": [
            f"/actions?topic={path.rpartition('/')[2]}" for path in _spread(kinds.get("topic", []), most)
        ],
        "timeline": ["/timeline", *(f"/timeline?page={page}" for page in range(2, most))],
        "timeline, chosen": [f"/timeline?body={body}" for body in _spread(bodies, most)],
        "overlap": ["/overlap"],
        "matrix": [f"/overlap/{pair}" for pair in _PAIRS],
        "cell of a matrix": [f"/overlap/body-body/{cell}" for cell in cells],
        "plans with plans": ["/overlap/plans"],
        "plan with plan": [f"/overlap/plans/{one}/{other}" for one, other in pairwise(_spread(plans, most + 1))],
        "who meets on a topic": [f"/overlap/on/{path}" for path in _spread(kinds.get("topic", []), most)],
    }
    for kind in ("body", "topic", "instrument", "action", "action plan"):
        found[f"a thing: {kind}"] = [f"/doc/{path}" for path in _spread(kinds.get(kind, []), most)]
    findings = [finding.iri.removeprefix(things) for finding in noted_findings(release.lists) or ()]
    found["a finding"] = [f"/doc/{quote(path)}" for path in _spread(findings, most)]
    return {name: addresses for name, addresses in found.items() if addresses}


def _spread(values: list[str], most: int) -> list[str]:
    return values[:: max(1, len(values) // most)][:most]


def _ask(root: str, address: str) -> tuple[float, bool]:
    """Return the milliseconds of an answer, and whether it was one."""
    started = time.perf_counter()
    request = urllib.request.Request(root + address, headers={"Accept": "text/html"})
    try:
        with urllib.request.urlopen(request, timeout=_WAIT_S) as response:
            response.read()
            is_good = True
    except urllib.error.HTTPError as problem:
        is_good = problem.code == 404
    return (time.perf_counter() - started) * 1_000, is_good


@contextmanager
def _server(workspace: Path, releases: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    places = ["--workspace", str(workspace), "--releases", str(releases)]
    command = [sys.executable, "-m", "ecp_graph.cli", "serve", "--port", str(port), *places]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    root = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + _WAIT_S
        while time.monotonic() < deadline and not _is_up(root):
            time.sleep(0.2)
        yield root, process
    finally:
        process.terminate()
        process.wait()


def _is_up(root: str) -> bool:
    try:
        with urllib.request.urlopen(f"{root}/health", timeout=_WAIT_S):
            return True
    except OSError:
        return False


def _processor_ms(pid: int) -> float:
    """Return the processor time of a process, its children, and those of them that have ended."""
    stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(") ")[2].split()
    own = sum(map(int, stat[11:15])) * 1_000 / os.sysconf("SC_CLK_TCK")
    return own + sum(_processor_ms(int(child)) for child in _children(pid))


def _children(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()


def _memory_mb(pid: int) -> float:
    """Return what a process and its children hold for themselves, with its share of what they hold together."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    own = next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")) / 1_000
    return own + sum(_memory_mb(int(child)) for child in _children(pid))


if __name__ == "__main__":
    main()
