"""The servers that the benchmark compares, each started on a free port of the loopback for the length of a block."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from ecp_graph.linked_data.push.contents import merged, pieces, read_contents
from ecp_graph.linked_data.push.graph_store import GraphStore
from ecp_graph.linked_data.push.push import merged_graph
from ecp_graph.namespaces import using
from ecp_graph.release.release import Release

__all__ = ["COMMAND", "SERVERS", "Data", "Server", "our_server"]

COMMAND = [sys.executable, "-m", "ecp_graph.cli"]
_START_S = 120
_RDFLIB = """
import sys, uvicorn, rdflib; from rdflib_endpoint import SparqlEndpoint
source = rdflib.Dataset(); source.parse(sys.argv[1], format='nquads')
graph = rdflib.Graph()
for s, p, o, _ in source.quads((None, None, None, None)): graph.add((s, p, o))
uvicorn.run(SparqlEndpoint(graph=graph), host='127.0.0.1', port=int(sys.argv[2]), log_level='error')
"""


@dataclass(frozen=True)
class Data:
    """What is served, the current release of the environment, and the queries by their kind."""

    name: str
    release: Release
    queries: Mapping[str, str]


@dataclass(frozen=True)
class Server:
    """A running server: its name, the address of its endpoint, and headers to ask with."""

    name: str
    endpoint: str
    headers: tuple[str, ...] = ()


@contextmanager
def our_server(*, cache_mb: int, timeout_s: float = 60, **settings: str) -> Iterator[int]:
    """Run ``ecp-graph serve`` over the release of the environment, and give its port."""
    port = _free_port()
    environment = {**os.environ, **settings, "ECP_GRAPH_CACHE_MB": str(cache_mb), "ECP_GRAPH_ACCESS_LOG": "no"}
    command = [*COMMAND, "serve", "--port", str(port), "--timeout", str(timeout_s)]
    with _process(command, f"http://127.0.0.1:{port}/health", environment):
        yield port


@contextmanager
def _ours(name: str, cache_mb: int, *headers: str) -> Iterator[Server]:
    with our_server(cache_mb=cache_mb) as port:
        yield Server(name, f"http://127.0.0.1:{port}/sparql", headers)


def uncached(data: Data) -> AbstractContextManager[Server | None]:
    """Our server without its cache."""
    return _ours("ecp-graph, cache off", 0)


def cached(data: Data) -> AbstractContextManager[Server | None]:
    """Our server with its cache."""
    return _ours("ecp-graph, cache on", 64)


def not_modified(data: Data) -> AbstractContextManager[Server | None]:
    """Our server, asked by a client that has the answer already."""
    return _ours("ecp-graph, 304", 64, "If-None-Match: {etag}")


@contextmanager
def oxigraph_server(data: Data) -> Iterator[Server | None]:
    """The Oxigraph server on the store of the release, read-only."""
    program = shutil.which("oxigraph", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")
    if program is None:
        print("left out: the Oxigraph server (PyPI package oxigraph)")
        yield None
        return
    port = _free_port()
    command = [program, "serve-read-only", "--location", str(data.release.store), "--bind", f"127.0.0.1:{port}"]
    with _process(command, f"http://127.0.0.1:{port}/query?query=ASK%7B%7D"):
        yield Server("Oxigraph server", f"http://127.0.0.1:{port}/query")


@contextmanager
def virtuoso(data: Data) -> Iterator[Server | None]:
    """Virtuoso, started as the tests of the engines do, with the merge of the release's graphs in one graph."""
    from tests.engines.stores import virtuoso_program, virtuoso_server

    if virtuoso_program() is None:
        print("left out: Virtuoso (Debian package virtuoso-opensource)")
        yield None
        return
    with tempfile.TemporaryDirectory() as folder, virtuoso_server(Path(folder), threads=20) as store:
        # The merge alone, which is what the queries ask: a push would bring thousands of small graphs as well.
        writer = GraphStore(store.graph_store, login=store.login, limit_s=300)
        with using(data.release.names):
            graph = merged_graph()
        for piece in pieces(merged(read_contents(data.release.dataset), graph), 4_000_000):
            writer.post(graph, piece)
        yield Server("Virtuoso", f"{store.endpoint}?default-graph-uri={graph}")


@contextmanager
def rdflib_endpoint(data: Data) -> Iterator[Server | None]:
    """rdflib-endpoint over the merge of the graphs in rdflib's own store."""
    if importlib.util.find_spec("rdflib_endpoint") is None:
        print("left out: rdflib-endpoint (pip install 'ecp-graph[bench]')")
        yield None
        return
    port = _free_port()
    command = [sys.executable, "-c", _RDFLIB, str(data.release.dataset), str(port)]
    with _process(command, f"http://127.0.0.1:{port}/?query=ASK%7B%7D"):
        yield Server("rdflib-endpoint", f"http://127.0.0.1:{port}/")


#: In the order in which they are measured.
SERVERS: tuple[Callable[[Data], AbstractContextManager[Server | None]], ...] = (
    uncached,
    cached,
    not_modified,
    oxigraph_server,
    virtuoso,
    rdflib_endpoint,
)


@contextmanager
def _process(command: list[str], ready: str, environment: dict[str, str] | None = None) -> Iterator[None]:
    """Run a server from the moment it answers at an address to the end of the block."""
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    try:
        deadline = time.monotonic() + _START_S
        while not _answers(ready):
            if running.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{' '.join(command[:4])} … did not start")
            time.sleep(0.1)
        yield
    finally:
        running.terminate()
        try:
            running.wait(10)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()


def _answers(address: str) -> bool:
    try:
        urllib.request.urlopen(address, timeout=5).close()
    except urllib.error.HTTPError as answer:
        answer.close()
    except OSError:
        return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
