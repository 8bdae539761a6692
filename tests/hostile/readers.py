"""Many readers of a server while releases change under it; each answer has to be of one release, and say of which."""

from __future__ import annotations

import http.client
import threading
import time
import urllib.parse
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from ecp_graph.namespaces import using
from ecp_graph.pipeline.complete import complete
from ecp_graph.pipeline.contents import release_id, write_contents
from ecp_graph.rdf.load import load
from ecp_graph.release.release import Release
from ecp_graph.release.swap import install
from ecp_graph.validation.report import Report
from ecp_graph.workspace import Workspace
from tests.build.conftest import write_workspace

__all__ = ["MARKER", "Readers", "publish", "release_name"]

#: Finds in a release what was put there to tell it from others: its own id.
MARKER = "SELECT ?id { body:ptc ecp:marker ?id }"


def release_name(number: int) -> str:
    """Return an id that a release may have."""
    return release_id(str(number))


def workspace_for(folder: Path, number: int) -> Workspace:
    """Return a small workspace whose data hold the id of the release to be."""
    marker = f'passage:list {{ body:ptc ecp:marker "{release_name(number)}" . }}'
    return write_workspace(folder, {"data/marker.trig": marker})


def publish(folder: Path, releases: Path, number: int) -> Release:
    """Build a release that holds its own id, and make it the current one."""
    workspace, seed = workspace_for(folder / str(number), number), str(number)
    with using(workspace.names):
        write = partial(
            write_contents,
            completed=complete(load(workspace), ()),
            report=Report,
            workspace=workspace,
            workspace_hash=seed,
            facts={},
        )
        return install(releases, release_id(seed), write, kept=3)


@dataclass
class Readers:
    """So many clients, each of which asks again and again for the marker; ``stop`` ends them."""

    port: int
    count: int
    answers: int = 0
    seen: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)
    slowest_s: float = 0.0
    _done: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self) -> Readers:
        self._threads = [threading.Thread(target=self._read, args=(number,)) for number in range(self.count)]
        for thread in self._threads:
            thread.start()
        return self

    def stop(self) -> None:
        self._done.set()
        for thread in self._threads:
            thread.join()

    def _read(self, number: int) -> None:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        asked = 0
        while not self._done.is_set():
            asked += 1
            # Every other one can be kept by the server, the rest cannot.
            query = MARKER + (f" # {number} {asked}" if asked % 2 else "")
            started = time.monotonic()
            target = "/sparql?" + urllib.parse.urlencode({"query": query, "format": "csv"})
            try:
                try:
                    line.request("GET", target)
                    response = line.getresponse()
                except (http.client.RemoteDisconnected, ConnectionError):
                    # A kept connection may end between two requests; a client then opens another (RFC 9112, 9.3.1).
                    line.close()
                    line.request("GET", target)
                    response = line.getresponse()
                body = response.read().decode()
                self.note(response.status, response.headers["Ecp-Graph-Release"], body, time.monotonic() - started)
            except (OSError, http.client.HTTPException) as problem:
                with self._lock:
                    self.faults.append(repr(problem))
                line.close()
            self._done.wait(0.02)
        line.close()

    def note(self, status: int, release: str | None, body: str, seconds: float) -> None:
        """Judge an answer to the marker."""
        with self._lock:
            self.answers += 1
            self.slowest_s = max(self.slowest_s, seconds)
            if status != 200 or body != f"id\r\n{release}\r\n":
                self.faults.append(f"{status}, release {release}: {body[:200]}")
            else:
                self.seen.add(str(release))
