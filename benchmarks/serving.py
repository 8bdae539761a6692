"""How long commands and pages take, and how the server compares with others, side by side in one run.

Times drift between machines; the ratios are the point, and they stand below each table beside what the project aims at.
Nothing here is asserted. The load comes from wrk (Debian package wrk); a server that is not installed is left out by
name. Every server has to give the same number of rows, or its line says so.
"""

from __future__ import annotations

import json
import math
import os
import re
import shutil
import statistics
import subprocess
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Collection, Mapping
from contextlib import ExitStack
from pathlib import Path

from benchmarks.pages import time_pages
from benchmarks.servers import COMMAND, SERVERS, Data, Server
from benchmarks.watching import processor_s
from benchmarks.workspace import write_workspace
from ecp_graph.namespaces import using
from ecp_graph.queries.binding import bind
from ecp_graph.queries.catalogue import load_catalogue
from ecp_graph.release.opening import release_engine
from ecp_graph.release.release import Release, open_release
from ecp_graph.workspace import bundled_workspace

__all__ = ["PARTS", "measure"]

#: What can be measured: commands; a page; the servers on the bundled plan, and on generated ones.
PARTS = ("commands", "pages", "bundled", "generated")
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
GENERATED_PLANS = 13
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


def measure(parts: Collection[str]) -> None:
    """Print the figures of some of `PARTS`."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["ECP_GRAPH_RELEASES"] = str(folder / "releases")
        if "commands" in parts:
            time_commands(folder / "releases")
        else:
            run("build")
        if "pages" in parts:
            time_pages()
        if {"bundled", "generated"} & set(parts) and shutil.which("wrk") is None:
            print("The servers are not compared: wrk is not installed (Debian package wrk).")
            return
        if "bundled" in parts:
            compare_servers(data("the bundled plan", folder / "releases", BUNDLED))
        if "generated" in parts:
            workspace, releases = folder / "workspace", folder / "generated"
            write_workspace(workspace, GENERATED_PLANS)
            run("build", "--workspace", str(workspace), "--releases", str(releases))
            compare_servers(data("generated plans", releases, GENERATED))


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
    with using(release.names):
        catalogue, engine = load_catalogue(bundled_workspace()), release_engine(release)
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
    engine = release_engine(asked.release)
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
    before_s = processor_s(os.getpid())
    printed = subprocess.run([*command, request.full_url], capture_output=True, text=True, check=True).stdout
    spent_s = processor_s(os.getpid()) - before_s
    found = re.search(r"RESULT (\S+) (\S+) (\S+) (\S+) (\S+) (\d+)", printed)
    assert found, printed
    rate, answers, *latencies, errors = (float(number) for number in found.groups())
    return rate, 1000 * spent_s / answers if answers else math.inf, *latencies, errors


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
