"""Prints how long building and asking take, and how the server compares with others, side by side in one run.

Times drift between machines; the ratios are the point, and they stand below each table beside what the project aims at.
Nothing here is asserted. The load comes from wrk (Debian package wrk); a server that is not installed is left out by
name. Every server has to give the same number of rows, or its line says so.

    python -m tools.bench               everything, in about fifteen minutes
    python -m tools.bench commands      build and query commands only
    python -m tools.bench pages         a page from the cache and without it, and beside hostile clients
    python -m tools.bench bundled       requests per second on the bundled plan
    python -m tools.bench generated     … and on a generated graph of 100,000 triples
"""

from __future__ import annotations

import json
import math
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from pathlib import Path

from ecp_graph.engine.embedded import EmbeddedEngine
from ecp_graph.queries.binding import bind
from ecp_graph.queries.catalogue import load_catalogue
from ecp_graph.release.release import Release, open_release
from ecp_graph.workspace import bundled_workspace
from tools.bench_pages import time_pages
from tools.bench_servers import COMMAND, SERVERS, Data, Server
from tools.large_plan import write_release

Question = tuple[str, Mapping[str, str]]
#: Requests per second, then `FIGURES`.
Row = tuple[float, ...]

BUNDLED: dict[str, Question] = {
    "trivial": ("bodies-established", {}),
    "medium": ("actions", {}),
    "heavy": ("overlap-bodies", {}),
}
GENERATED: dict[str, Question] = {
    "trivial": ("bodies-established", {}),
    "medium": ("bodies", {}),
    "heavy": ("actions-by-timeframe", {}),
}
GENERATED_ACTIONS = 4_500
CLIENTS = (1, 16)
#: Seconds of load, how many answers they are stretched for where one takes long, and how often it is done.
SECONDS, ANSWERS, ROUNDS = float(os.environ.get("BENCH_SECONDS", "3")), 4, 2
#: A server that needs longer for one answer is not put under load with that query.
PATIENCE_S = 20.0
ACCEPT = "application/sparql-results+json"
FIGURES = ("CPU ms", "p50 ms", "p95 ms", "p99 ms", "errors")
#: What is aimed at: query, our server, the other one, and at least how many times its requests per second.
TARGETS = (
    ("trivial", "ecp-graph, cache off", "Oxigraph server", 0.2),
    ("medium", "ecp-graph, cache off", "Oxigraph server", 1.5),
    ("medium", "ecp-graph, cache off", "Virtuoso", 1.0),
    ("medium", "ecp-graph, cache off", "rdflib-endpoint", 50.0),
)
#: wrk prints no 95th percentile by itself.
REPORT = """
done = function(summary, latency, requests)
  io.write(string.format("RESULT %f %d %f %f %f %d\\n", summary.requests / (summary.duration / 1e6), summary.requests,
    latency:percentile(50) / 1000, latency:percentile(95) / 1000, latency:percentile(99) / 1000,
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout))
end
"""


def main() -> None:
    """Run what the command line asks for."""
    wanted = sys.argv[1:] or ["commands", "pages", "bundled", "generated"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["ECP_GRAPH_RELEASES"] = str(folder / "releases")
        if "commands" in wanted:
            time_commands(folder / "releases")
        else:
            run("build")
        if "pages" in wanted:
            time_pages()
        if {"bundled", "generated"} & set(wanted) and shutil.which("wrk") is None:
            print("The servers are not compared: wrk is not installed (Debian package wrk).")
            return
        if "bundled" in wanted:
            compare_servers(data("the bundled plan", folder / "releases", BUNDLED))
        if "generated" in wanted:
            releases = folder / "generated"
            write_release(GENERATED_ACTIONS, releases)
            compare_servers(data("a made-up plan", releases, GENERATED))


def run(*arguments: str) -> float:
    """Return the seconds that a command takes, start to end."""
    started = time.perf_counter()
    subprocess.run([*COMMAND, *arguments], check=True, capture_output=True)
    return time.perf_counter() - started


def time_commands(releases: Path) -> None:
    """Print the times of the build and of named queries."""
    builds = []
    for _ in range(3):
        shutil.rmtree(releases, ignore_errors=True)
        builds.append(run("build"))
    print(f"ecp-graph build                   {statistics.median(builds):6.2f} s  (median of {len(builds)})")
    for name, _ in BUNDLED.values():
        times = [run("query", name, "--format", "csv") for _ in range(5)]
        print(f"ecp-graph query {name:<18}{statistics.median(times):6.2f} s  (median of {len(times)})")


def data(name: str, releases: Path, questions: Mapping[str, Question]) -> Data:
    """Return the current release of a folder with the queries to ask of it."""
    release = open_release(releases)
    os.environ["ECP_GRAPH_RELEASES"] = str(releases)
    return Data(f"{name}, {release.manifest['triples']:,} triples", release, texts(questions, release))


def texts(questions: Mapping[str, Question], release: Release) -> dict[str, str]:
    """Return each query with its values bound; the catalogue's queries declare their prefixes themselves."""
    catalogue, engine = load_catalogue(bundled_workspace()), EmbeddedEngine.open(release.store, name="store")
    return {kind: bind(catalogue[name], given, engine) for kind, (name, given) in questions.items()}


def compare_servers(asked: Data) -> None:
    """Print requests per second and latencies of every server for three queries, then the ratios.

    All servers run at the same time and are asked in turn, several times, and the best time of each counts: other work
    on the machine then touches all of them alike. The processor time that a server takes for a request says more than
    its rate where the machine is busy.
    """
    rows: dict[tuple[str, str, int], Row] = {}
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script, ExitStack() as running:
        script.write(REPORT)
        script.flush()
        servers = start_all(asked, running)
        print(f"\nOn {asked.name}; {', '.join(f'{kind} {size} kB' for kind, size in sizes(asked).items())}")
        print(f"{'query':9}{'clients':>8}  {'server':22}{'requests/s':>11}", *(f"{p:>8}" for p in FIGURES))
        for kind, text in asked.queries.items():
            firsts = first_answers(servers, kind, text)
            for clients in CLIENTS:
                best: dict[str, Row] = {}
                for _ in range(ROUNDS):
                    for server, first_s in firsts:
                        seconds = max(SECONDS, min(first_s, PATIENCE_S / ANSWERS) * ANSWERS)
                        row = load(server, text, clients, script.name, seconds)
                        best[server.name] = max(row, best.get(server.name, row))
                for name, row in best.items():
                    told = "".join(f"{figure:9.2f}" for figure in row[1:])
                    print(f"{kind:9}{clients:8}  {name:22}{row[0]:11.1f}{told}", flush=True)
                rows |= {(kind, name, clients): row for name, row in best.items()}
    print_ratios(rows)


def start_all(asked: Data, running: ExitStack) -> dict[Server, ExitStack]:
    """Return the servers that are installed, started, each with what stops it."""
    servers = {}
    for start in SERVERS:
        stop = running.enter_context(ExitStack())
        if server := stop.enter_context(start(asked)):
            servers[server] = stop
    return servers


def first_answers(servers: dict[Server, ExitStack], kind: str, text: str) -> list[tuple[Server, float]]:
    """Ask each server once; stop one that does not answer as the first one does, lest it goes on computing."""
    rows: dict[str, int] = {}
    firsts = []
    for server, stop in list(servers.items()):
        try:
            firsts.append((server, first_answer(server, kind, text, rows)))
        except Unfit as problem:
            print(f"{kind:9}{'':8}  {server.name:22}  {problem}; left out from here on", flush=True)
            del servers[server]
            stop.close()
    return firsts


def sizes(asked: Data) -> dict[str, int]:
    """Return the kilobytes of the answers."""
    engine = EmbeddedEngine.open(asked.release.store, name="store")
    return {kind: len(engine.query(text, fmt="json").read()) // 1000 for kind, text in asked.queries.items()}


class Unfit(Exception):
    """A server that does not answer a query, not in time, or otherwise than the first one."""


def first_answer(server: Server, kind: str, text: str, rows: dict[str, int]) -> float:
    """Ask once, which also warms up, and return the seconds; the first server's number of rows counts for all."""
    started = time.perf_counter()
    try:
        with urllib.request.urlopen(asking(server, text), timeout=PATIENCE_S) as response:
            found = len(json.load(response)["results"]["bindings"])
    except TimeoutError:
        raise Unfit(f"no answer within {PATIENCE_S:g} s") from None
    except OSError as reason:
        raise Unfit(f"no answer ({reason})") from reason
    if found != rows.setdefault(kind, found):
        raise Unfit(f"{found} rows and not {rows[kind]}")
    return time.perf_counter() - started


def asking(server: Server, text: str) -> urllib.request.Request:
    """Return the request of a query."""
    separator = "&" if "?" in server.endpoint else "?"
    address = f"{server.endpoint}{separator}{urllib.parse.urlencode({'query': text})}"
    return urllib.request.Request(address, headers={"Accept": ACCEPT})


def load(server: Server, text: str, clients: int, script: str, seconds: float) -> Row:
    """Ask one server for some seconds, and return what came of it."""
    request = asking(server, text)
    headers = [f"Accept: {ACCEPT}", *server.headers]
    if "{etag}" in "".join(headers):
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as response:
            headers = [header.replace("{etag}", response.headers["ETag"]) for header in headers]
    options = [part for header in headers for part in ("-H", header)]
    command = ["wrk", "-t1", f"-c{clients}", f"-d{math.ceil(seconds)}", "--timeout", "60", "-s", script, *options]
    before_s = cpu_s()
    printed = subprocess.run([*command, request.full_url], capture_output=True, text=True, check=True).stdout
    spent_s = cpu_s() - before_s
    found = re.search(r"RESULT (\S+) (\S+) (\S+) (\S+) (\S+) (\d+)", printed)
    assert found, printed
    rate, answers, *latencies, errors = (float(number) for number in found.groups())
    return rate, 1000 * spent_s / answers if answers else math.inf, *latencies, errors


def cpu_s() -> float:
    """Return the processor seconds that all servers have taken; the difference is that of the one that was asked."""
    facts = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            after_name = path.read_text().rpartition(")")[2].split()
            facts[int(path.parent.name)] = int(after_name[1]), sum(map(int, after_name[11:15]))
    tree, ticks = {os.getpid()}, 0
    while found := {pid for pid, (parent, _) in facts.items() if parent in tree} - tree:
        tree |= found
        ticks += sum(facts[pid][1] for pid in found)
    return ticks / os.sysconf("SC_CLK_TCK")


def print_ratios(rows: Mapping[tuple[str, str, int], Row]) -> None:
    """Print how many times the requests of another server ours answers, by rate and by processor time."""
    print(f"\n{'query':9}{'clients':>8}  {'ours':22}{'other':18}{'by rate':>9}{'by CPU':>9}{'target':>8}")
    for kind, ours, other, target in TARGETS:
        for clients in CLIENTS:
            one, two = rows.get((kind, ours, clients)), rows.get((kind, other, clients))
            if one and two and two[0]:
                by_rate, by_cpu = one[0] / two[0], two[1] / one[1] if one[1] else math.inf
                told = "met" if by_rate >= target else "missed"
                print(
                    f"{kind:9}{clients:8}  {ours:22}{other:18}{by_rate:9.2f}{by_cpu:9.2f}{target:8g}  {told}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
