"""Long trials of a real server on the loopback, whose short versions are in tests/hostile/; prints what was measured.

    python tools/endurance.py siege         every hostile request, and what a well-behaved client notices of them
    python tools/endurance.py stream        a SELECT of five million rows, and the server's memory meanwhile
    python tools/endurance.py connections   200 half-open connections for a minute beside a good client
    python tools/endurance.py publishes     100 publishes under 50 readers
    python tools/endurance.py kills         200 builds killed at work
    python tools/endurance.py damage        100 releases with a flipped or cut file
    python tools/endurance.py files [N]     `serve` of N triples (default: a million) from N-Quads

Exits with 1 when something was not as it has to be. Times are printed, and judged only where a limit is promised.
"""

from __future__ import annotations

import json
import random
import signal
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import pyoxigraph as ox

from ecp_graph.pipeline import build
from ecp_graph.release.release import CURRENT, open_release, verify_release
from ecp_graph.workspace import bundled_workspace
from tests.build.conftest import write_workspace
from tests.build.test_release import count, endless_builds
from tests.hostile.attacks import attacks
from tests.hostile.damage import damage
from tests.hostile.readers import MARKER, Readers, publish
from tests.hostile.siege import MemoryWatch, besiege, canary, family
from tests.hostile.streams import GROWTH_LIMIT, ROWS, query_of, read_stream
from tests.serving import Served, serving

LIMIT_S = 2.0
GOOD_QUERY = "SELECT ?code ?name { ?body skos:notation ?code ; skos:prefLabel ?name } ORDER BY ?code"


def main() -> int:
    """Run the trials that the command line names; return the exit code."""
    trials: dict[str, Callable[[Path], bool]] = {
        "siege": siege,
        "stream": stream,
        "connections": connections,
        "publishes": publishes,
        "kills": kills,
        "damage": damages,
        "files": files,
    }
    names = [name for name in sys.argv[1:] if not name.isdigit()] or list(trials)
    good = True
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            print(f"{name}:", flush=True)
            passed = trials[name](Path(folder))
            print(f"  {'as it has to be' if passed else 'FAILED'}", flush=True)
            good &= passed
    return 0 if good else 1


class GoodClient:
    """Asks an uncached question every fifth of a second and notes how long the answer takes."""

    def __init__(self, served: Served) -> None:
        self._served = served
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._ask)
        self.times_ms: list[float] = []
        self.refused: Counter[int] = Counter()

    def run(self, seconds: float) -> GoodClient:
        """Ask for so long."""
        with self.asking():
            time.sleep(seconds)
        return self

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Ask while the block runs."""
        self._thread.start()
        yield
        self._done.set()
        self._thread.join()

    def _ask(self) -> None:
        while not self._done.wait(0.2):
            reply = self._served.get(f"{GOOD_QUERY} # {time.monotonic()}")
            if reply.status == 200:
                self.times_ms.append(reply.seconds * 1000)
            else:
                self.refused[reply.status] += 1

    @property
    def p95_ms(self) -> float:
        """The 95th percentile of the answers' times."""
        return statistics.quantiles(self.times_ms, n=20)[-1]

    def __str__(self) -> str:
        middle = statistics.median(self.times_ms)
        refused = f", refused {dict(self.refused)}" if self.refused else ""
        return f"{len(self.times_ms)} answers, p50 {middle:.0f} ms, p95 {self.p95_ms:.0f} ms{refused}"


@contextmanager
def bundled(folder: Path, timeout_s: float, **environment: str) -> Iterator[Served]:
    """Serve the bundled graph."""
    build(bundled_workspace(), folder / "releases")
    place = ["--workspace", str(bundled_workspace().root), "--releases", str(folder / "releases")]
    with serving(*place, "--timeout", str(timeout_s), environment=environment) as served:
        served.get(GOOD_QUERY)
        yield served


def siege(folder: Path) -> bool:
    """Send every attack, two at a time beside a good client on a server with a place to spare."""
    with canary() as bird, bundled(folder, LIMIT_S, ECP_GRAPH_WORKERS="4") as served:
        sent = attacks(bird.url, "file:///etc/passwd")
        quiet = GoodClient(served).run(15)
        print(f"  quiet:  {quiet}", flush=True)
        with MemoryWatch(lambda: family(served.process.pid)) as memory:
            loud = GoodClient(served)
            with loud.asking():
                outcomes = besiege(served.port, sent, at_once=2, secret=b"root:", patience_s=15)
        print(f"  loud:   {loud}; p95 {loud.p95_ms / quiet.p95_ms:.1f} times the quiet one")
        late = [one.attack.name for one in outcomes if one.seconds > LIMIT_S + 1 + memory.lag_s]
        told = Counter(one.status for one in outcomes)
        print(f"  {len(outcomes)} attacks: {dict(told)}, {sum(one.cut for one in outcomes)} streams cut")
        print(
            f"  slowest {max(one.seconds for one in outcomes):.1f} s, late: {late or 'none'} (lag {memory.lag_s:.1f} s)"
        )
        print(f"  memory of all processes at most {memory.peak / 1e6:.0f} MB; the canary was called {bird.calls} times")
        fine = all(status == 503 or 200 <= status < 500 for status in told)
        alive = served.process.poll() is None and "Traceback" not in served.log()
        leaked = any(one.leaked for one in outcomes)
        return fine and alive and not leaked and not late and not bird.calls and memory.peak < 1_500_000_000


def stream(folder: Path) -> bool:
    """Read five million rows, in the leanest format and in the richest."""
    data = folder / "data.ttl"
    data.write_text("<http://x/a> <http://x/b> 1 .\n", encoding="utf-8")
    good = True
    with serving(str(data), "--timeout", "600") as served:
        for fmt in ("csv", "json"):
            with MemoryWatch(lambda: [served.process.pid], every_s=0.1) as memory:
                got = read_stream(served.port, query_of(ROWS), fmt)
            grown = memory.peak - memory.first
            print(f"  {fmt}: {got.rows:,} rows, {got.size / 1e6:.0f} MB in {got.seconds:.0f} s", end="; ")
            print(f"the serving process grew by {grown / 1e6:.1f} MB from {memory.first / 1e6:.0f} MB")
            good &= got.whole and got.rows == ROWS and grown < GROWTH_LIMIT
    return good


def connections(folder: Path, *, seconds: float = 60, half_open: int = 200) -> bool:
    """Hold connections on which a request has begun and does not go on; those let go are opened again."""
    begun = (
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nContent-Length: 50\r\n\r\nASK"
    )
    with bundled(folder, 10) as served:
        quiet = GoodClient(served).run(10)
        print(f"  quiet: {quiet}", flush=True)
        loud, opened, lines = GoodClient(served), 0, []
        deadline = time.monotonic() + seconds
        with loud.asking():
            while time.monotonic() < deadline:
                while len(lines) < half_open:
                    line = socket.create_connection(("127.0.0.1", served.port))
                    line.sendall(begun[: random.Random(opened).randrange(1, len(begun))])
                    line.setblocking(False)
                    lines.append(line)
                    opened += 1
                time.sleep(0.2)
                lines = [line for line in lines if not _is_over(line)]
        for line in lines:
            line.close()
        print(f"  beside {half_open} half-open connections ({opened} in all, for {seconds:.0f} s): {loud}")
        return loud.p95_ms < 250 and not loud.refused


def _is_over(line: socket.socket) -> bool:
    try:
        over = line.recv(65_536) == b"" or True
    except BlockingIOError:
        return False
    except OSError:
        over = True
    line.close()
    return over


@contextmanager
def moving(folder: Path) -> Iterator[tuple[Served, Path]]:
    """Serve small releases that are published while it runs."""
    publish(folder / "workspaces", folder / "releases", 0)
    for name in ("ontology", "data", "queries"):
        (folder / "place" / name).mkdir(parents=True)
    place = ["--workspace", str(folder / "place"), "--releases", str(folder / "releases"), "--timeout", "20"]
    with serving(*place, environment={"ECP_GRAPH_QUEUE": "200", "ECP_GRAPH_ACCESS_LOG": "no"}) as served:
        yield served, folder / "releases"


def _wait(served: Served, key: str, value: str) -> float:
    started = time.monotonic()
    while json.loads(served.open(served.url + "health").body)[key] != value:
        if time.monotonic() - started > 60:
            return float("inf")
        time.sleep(0.05)
    return time.monotonic() - started


def publishes(folder: Path, *, times: int = 100, readers: int = 50) -> bool:
    """Publish again and again while readers ask."""
    with moving(folder) as (served, releases):
        crowd = Readers(served.port, readers).start()
        waits = []
        with MemoryWatch(lambda: family(served.process.pid)) as memory:
            for number in range(1, times + 1):
                waits.append(_wait(served, "release", publish(folder / "workspaces", releases, number).id))
            crowd.stop()
        print(f"  {times} publishes, {readers} readers, {crowd.answers:,} answers from {len(crowd.seen)} releases")
        print(f"  failed or mixed: {len(crowd.faults)} {crowd.faults[:3] or ''}; slowest {crowd.slowest_s:.1f} s")
        print(f"  in use after {statistics.median(waits):.1f} s at the median, {max(waits):.1f} s at most", end="; ")
        print(f"memory at most {memory.peak / 1e6:.0f} MB")
        return not crowd.faults and max(waits) < 60 and served.process.poll() is None


def kills(folder: Path, *, times: int = 200) -> bool:
    """Kill builds at work; what is current afterwards has to be whole."""
    workspace, releases = write_workspace(folder / "workspace"), folder / "releases"
    chance, unfinished, whole, found = random.Random(20161006), 0, 0, set()
    for attempt in range(times):
        process = endless_builds(workspace, releases, attempt * 1000)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(chance.uniform(0, 0.2))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        unfinished += any(releases.glob(".building-*"))
        release = open_release(releases)
        store = ox.Store.read_only(str(release.store))
        whole += not verify_release(release) and count(store, "?s ?p ?o") == release.manifest["triples"]
        found.add(release.id)
    print(f"  {times} kills, {unfinished} of them with a build half-way; the current release was whole {whole} times")
    return whole == times and unfinished > times / 10 and len(found) > times / 2


def damages(folder: Path, *, times: int = 100) -> bool:
    """Make damaged releases current under a server; the last good one has to go on answering."""
    chance, told = random.Random(20161006), 0
    kinds: Counter[str] = Counter()
    with moving(folder) as (served, releases):
        good = open_release(releases)
        for number in range(times):
            broken = damage(good, f"{number:012x}", chance)
            kinds[broken.kind] += 1
            for name, state in ((broken.id, "stale"), (good.id, "ok")):
                (releases / "new").write_text(name)
                (releases / "new").replace(releases / CURRENT)
                noticed = _wait(served, "status", state) < 60
                answer = served.get(MARKER)
                right = (
                    answer.body == f"id\r\n{good.id}\r\n".encode() and answer.headers["ecp-graph-release"] == good.id
                )
                told += noticed and right
    print(f"  {times} damaged releases ({dict(kinds)}): noticed, and the good one served, {told // 2} times")
    return told == 2 * times


def files(folder: Path) -> bool:
    """Serve a large file as it is."""
    triples = next((int(word) for word in sys.argv[2:] if word.isdigit()), 1_000_000)
    path = folder / "data.nq"
    with path.open("w", encoding="utf-8") as out:
        for number in range(triples):
            subject, graph = f"<http://x/action/{number // 17}>", f"<http://x/passage/{number // 170}>"
            value = f'"title {number}"@en' if number % 2 else f"<http://x/body/{number % 5_003}>"
            out.write(f"{subject} <http://x/p{number % 17}> {value} {graph} .\n")
    good = True
    for mode, default in (("own", 0), ("union", triples)):
        started = time.monotonic()
        with (
            serving(str(path), "--default-graph", mode, "--timeout", "60", start_limit_s=900) as served,
        ):
            started_s = time.monotonic() - started
            memory = MemoryWatch(lambda: family(served.process.pid)).first
            inside = served.get("SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }", timeout=90)
            outside = served.get("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", timeout=90)
            one = served.get("SELECT ?o { GRAPH ?g { <http://x/action/7> <http://x/p1> ?o } }")
            print(
                f"  {triples:,} triples, {mode}: serving after {started_s:.0f} s with {memory / 1e6:.0f} MB", end="; "
            )
            print(f"a look-up {one.seconds * 1000:.0f} ms, a count of all {inside.seconds:.1f} s")
            good &= inside.body == f"n\r\n{triples}\r\n".encode() and outside.body == f"n\r\n{default}\r\n".encode()
            good &= one.body.count(b"\n") == 2
    return good


if __name__ == "__main__":
    sys.exit(main())
