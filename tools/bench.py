"""Prints how long building and asking take, and how the server compares with others, side by side in one run.

Times drift between machines; the ratios are the point. Nothing here is asserted. The load comes from wrk (Debian
package wrk); a server that is not installed is left out by name.

    python tools/bench.py            everything
    python tools/bench.py commands   build and query commands only
    python tools/bench.py servers    requests per second only
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ecp_graph.build.release import open_release
from ecp_graph.engine.opening import release_engine
from ecp_graph.queries.catalogue import load_catalogue
from ecp_graph.queries.parameters import bind
from ecp_graph.workspace import bundled_workspace

COMMAND = [sys.executable, "-m", "ecp_graph.cli"]
QUERIES = {"trivial": "bodies-established", "medium": "actions", "heavy": "overlap-bodies"}
SECONDS = 4
ACCEPT = "application/sparql-results+json"
LATENCIES = ("p50 ms", "p95 ms", "p99 ms")
#: wrk prints no 95th percentile by itself.
REPORT = """
done = function(summary, latency, requests)
  io.write(string.format("RESULT %f %f %f %f %d\\n", summary.requests / (summary.duration / 1e6),
    latency:percentile(50) / 1000, latency:percentile(95) / 1000, latency:percentile(99) / 1000,
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout))
end
"""


@dataclass(frozen=True)
class Server:
    """A running server: its name, the address of its endpoint, and headers to ask with."""

    name: str
    endpoint: str
    headers: tuple[str, ...] = ()


def main() -> None:
    """Run what the command line asks for."""
    wanted = sys.argv[1:] or ["commands", "servers"]
    with tempfile.TemporaryDirectory() as folder:
        os.environ["ECP_GRAPH_RELEASES"] = folder
        if "commands" in wanted:
            time_commands(Path(folder))
        else:
            run("build")
        if "servers" in wanted:
            compare_servers(Path(folder))


def run(*arguments: str) -> float:
    """Return the seconds that a command takes, start to end."""
    started = time.perf_counter()
    subprocess.run([*COMMAND, *arguments], check=True, capture_output=True)
    return time.perf_counter() - started


def time_commands(releases: Path) -> None:
    """Print the times of the build and of named queries."""
    builds = []
    for _ in range(3):
        shutil.rmtree(releases)
        builds.append(run("build"))
    print(f"ecp-graph build                   {statistics.median(builds):6.2f} s  (median of {len(builds)})")
    for name in QUERIES.values():
        times = [run("query", name, "--format", "csv") for _ in range(5)]
        print(f"ecp-graph query {name:<18}{statistics.median(times):6.2f} s  (median of {len(times)})")


def compare_servers(releases: Path) -> None:
    """Print requests per second and latencies of every server for three catalogue queries, at concurrency 1 and 16."""
    if shutil.which("wrk") is None:
        print("The servers are not compared: wrk is not installed (Debian package wrk).")
        return
    queries = catalogue_texts(releases)
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(REPORT)
        script.flush()
        print(
            f"\n{'query':9}{'clients':>8}  {'server':26}{'requests/s':>11}", *(f"{p:>8}" for p in LATENCIES), " errors"
        )
        for start in (ours_uncached, ours_cached, ours_not_modified, oxigraph_server, virtuoso, rdflib_endpoint):
            with start(releases) as server:
                if server is None:
                    continue
                for query, text in queries.items():
                    for clients in (1, 16):
                        print_row(query, clients, server, text, script.name)


def catalogue_texts(releases: Path) -> dict[str, str]:
    """Return each query with its defaults bound; the catalogue's queries declare their prefixes themselves."""
    catalogue, engine = load_catalogue(bundled_workspace()), release_engine(open_release(releases))
    return {kind: bind(catalogue[name], {}, engine) for kind, name in QUERIES.items()}


def print_row(query: str, clients: int, server: Server, text: str, script: str) -> None:
    """Ask one server for a few seconds and print a row."""
    url = f"{server.endpoint}?{urllib.parse.urlencode({'query': text})}"
    headers = [f"Accept: {ACCEPT}", *server.headers]
    if "{etag}" in "".join(headers):
        tag = urllib.request.urlopen(urllib.request.Request(url, headers={"Accept": ACCEPT})).headers["ETag"]
        headers = [header.replace("{etag}", tag) for header in headers]
    options = [part for header in headers for part in ("-H", header)]
    command = ["wrk", "-t1", f"-c{clients}", f"-d{SECONDS}", "--timeout", "30", "-s", script, *options, url]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.search(r"RESULT (\S+) (\S+) (\S+) (\S+) (\d+)", printed)
    assert found, printed
    rate, p50, p95, p99 = (float(number) for number in found.groups()[:4])
    print(f"{query:9}{clients:8}  {server.name:26}{rate:11.1f}{p50:9.2f}{p95:9.2f}{p99:9.2f}  {found[5]}", flush=True)


@contextmanager
def ours(name: str, cache_mb: int, *headers: str) -> Iterator[Server]:
    """Serve the release with our server."""
    port = free_port()
    environment = {**os.environ, "ECP_GRAPH_CACHE_MB": str(cache_mb), "ECP_GRAPH_ACCESS_LOG": "no"}
    with process([*COMMAND, "serve", "--port", str(port)], f"http://127.0.0.1:{port}/health", environment):
        yield Server(name, f"http://127.0.0.1:{port}/sparql", headers)


@contextmanager
def ours_uncached(_: Path) -> Iterator[Server | None]:
    """Our server without its cache."""
    with ours("ecp-graph, cache off", 0) as server:
        yield server


@contextmanager
def ours_cached(_: Path) -> Iterator[Server | None]:
    """Our server with its cache."""
    with ours("ecp-graph, cache on", 64) as server:
        yield server


@contextmanager
def ours_not_modified(_: Path) -> Iterator[Server | None]:
    """Our server, asked by a client that has the answer already."""
    with ours("ecp-graph, 304", 64, "If-None-Match: {etag}") as server:
        yield server


@contextmanager
def oxigraph_server(releases: Path) -> Iterator[Server | None]:
    """The Oxigraph server on the store of the release."""
    binary = shutil.which("oxigraph") or shutil.which("oxigraph", path=str(Path(sys.executable).parent))
    if binary is None:
        print("left out: the Oxigraph server (PyPI package oxigraph)")
        yield None
        return
    port = free_port()
    store = open_release(releases).store
    command = [binary, "serve-read-only", "--location", str(store), "--bind", f"127.0.0.1:{port}"]
    with process(command, f"http://127.0.0.1:{port}/query?query=ASK%7B%7D"):
        yield Server("Oxigraph server", f"http://127.0.0.1:{port}/query")


@contextmanager
def virtuoso(releases: Path) -> Iterator[Server | None]:
    """Virtuoso, started as the tests of the engines do, with the release pushed into it."""
    if shutil.which("virtuoso-t") is None:
        print("left out: Virtuoso (Debian package virtuoso-opensource)")
        yield None
        return
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    from tests.engines.servers import running_virtuoso

    with tempfile.TemporaryDirectory() as folder, running_virtuoso(Path(folder), open_release(releases)) as endpoint:
        yield Server("Virtuoso", endpoint)


@contextmanager
def rdflib_endpoint(releases: Path) -> Iterator[Server | None]:
    """rdflib-endpoint over the release in rdflib's own store."""
    try:
        import rdflib_endpoint as installed
    except ImportError:
        print("left out: rdflib-endpoint (PyPI packages rdflib-endpoint and uvicorn)")
        yield None
        return
    del installed
    port = free_port()
    code = (
        "import sys, uvicorn, rdflib; from rdflib_endpoint import SparqlEndpoint\n"
        "source = rdflib.Dataset(); source.parse(sys.argv[1], format='nquads')\n"
        "graph = rdflib.Graph()\n"
        "for s, p, o, _ in source.quads((None, None, None, None)): graph.add((s, p, o))\n"
        "uvicorn.run(SparqlEndpoint(graph=graph), host='127.0.0.1', port=int(sys.argv[2]), log_level='error')"
    )
    command = [sys.executable, "-c", code, str(open_release(releases).dataset), str(port)]
    with process(command, f"http://127.0.0.1:{port}/?query=ASK%7B%7D"):
        yield Server("rdflib-endpoint", f"http://127.0.0.1:{port}/")


@contextmanager
def process(command: list[str], ready_url: str, environment: dict[str, str] | None = None) -> Iterator[None]:
    """Run a server until it answers at an address, and end it afterwards."""
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(ready_url, timeout=5).close()
                break
            except OSError:
                time.sleep(0.1)
        yield
    finally:
        running.terminate()
        running.wait(10)


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
