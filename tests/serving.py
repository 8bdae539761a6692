"""A real server process for tests that look at what goes over the wire, and raw sockets to it."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ecp_graph.settings import environment_name
from ecp_graph.web.serving.patience import Patience

__all__ = ["Reply", "Served", "serving", "serving_with"]


@dataclass(frozen=True)
class Reply:
    """One response: status, headers by lower-case name, the body, and whether the connection ended it properly."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float
    cut: bool = False


@dataclass(frozen=True)
class Served:
    """A server that runs: its port and its process."""

    port: int
    process: subprocess.Popen[bytes]
    log_path: Path

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}/"

    def log(self) -> str:
        """Return all that the server wrote to stderr."""
        return self.log_path.read_text(encoding="utf-8", errors="replace")

    def get(self, query: str, *, timeout: float = 120, accept: str = "text/csv", **more: str) -> Reply:
        """Ask a query."""
        address = f"{self.url}sparql?{urllib.parse.urlencode({'query': query, **more})}"
        return self.open(urllib.request.Request(address, headers={"Accept": accept}), timeout)

    def open(self, request: urllib.request.Request | str, timeout: float = 120) -> Reply:
        """Send a request; a response that breaks off is returned with ``cut`` set."""
        started = time.monotonic()
        try:
            response = urllib.request.urlopen(request, timeout=timeout)
        except urllib.error.HTTPError as refusal:
            response = refusal
        with response:
            try:
                body, cut = response.read(), False
            except (OSError, ValueError, http.client.HTTPException):
                body, cut = b"", True
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Reply(response.status, headers, body, time.monotonic() - started, cut)

    def raw(self, sent: bytes, *, timeout: float = 60) -> bytes:
        """Send bytes and return all that comes back until the server closes, or nothing more comes for that long."""
        got = bytearray()
        with socket.create_connection(("127.0.0.1", self.port), timeout=timeout) as line:
            try:
                line.sendall(sent)
                while chunk := line.recv(65_536):
                    got += chunk
            except (TimeoutError, ConnectionError):
                pass
        return bytes(got)


_COMMAND: Final = "from ecp_graph.cli import main; main()"
_IMPATIENT: Final = """
import sys
from ecp_graph.settings import settings_from
from ecp_graph.web.app import create_app
from ecp_graph.web.serving.patience import Patience
from ecp_graph.web.serving.server import serve_app

settings = settings_from()
say = lambda address: print("Serving at", address, file=sys.stderr, flush=True)
serve_app(create_app(settings), settings, on_start=say, patience={patience!r})
"""


@contextmanager
def serving(
    *arguments: str, environment: Mapping[str, str] | None = None, start_limit_s: float = 60
) -> Iterator[Served]:
    """Run ``ecp-graph serve`` on a free port."""
    with _running(_COMMAND, ["serve", "--port", "0", *arguments], environment or {}, start_limit_s) as served:
        yield served


@contextmanager
def serving_with(patience: Patience, **settings: object) -> Iterator[Served]:
    """Serve on a free port with settings by their names, and wait no longer for clients than told."""
    environment = {environment_name(name): str(value) for name, value in {"port": 0, **settings}.items()}
    with _running(_IMPATIENT.format(patience=patience), [], environment, 60) as served:
        yield served


@contextmanager
def _running(code: str, arguments: list[str], environment: Mapping[str, str], start_limit_s: float) -> Iterator[Served]:
    with tempfile.TemporaryDirectory() as folder:
        log_path = Path(folder) / "log"
        with log_path.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-c", code, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                env={**os.environ, **environment},
            )
        try:
            yield Served(_port(process, log_path, start_limit_s), process, log_path)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _port(process: subprocess.Popen[bytes], log_path: Path, limit_s: float) -> int:
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline:
        for line in log_path.read_text(encoding="utf-8").splitlines():
            if line.startswith("Serving at http://"):
                return int(line.split("/")[2].rpartition(":")[2])
        if process.poll() is not None:
            break
        time.sleep(0.05)
    raise AssertionError(f"the server did not start: {log_path.read_text(encoding='utf-8')[-2000:]}")
