"""How long a page takes: from the cache, without it, and beside clients that ask nothing but slow queries."""

from __future__ import annotations

import http.client
import itertools
import statistics
import threading
import time
import urllib.parse
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from benchmarks.servers import our_server

__all__ = ["time_pages"]

PAGE = "/doc/body/ptc"
#: A cross product, which takes longer than any time limit.
SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
SECONDS = 8.0
#: What is aimed at, in milliseconds, and how many times the quiet 95th percentile a page may take beside attackers.
CACHED_P95_MS, UNCACHED_MEDIAN_MS, ATTACKED = 50.0, 150.0, 3.0
_PROXY = {"ECP_GRAPH_TRUSTED_PROXIES": "127.0.0.1"}


def time_pages() -> None:
    """Print the times of a page, and beside them what is aimed at."""
    print(f"\n{PAGE:42}{'clients':>8}{'median ms':>11}{'p95 ms':>9}{'failed':>8}  aim")
    with our_server(cache_mb=64) as port:
        row("from the cache", 16, _load(port, 16, fresh=False), f"p95 {CACHED_P95_MS:g}")
    with our_server(cache_mb=0, timeout_s=10, **_PROXY) as port:
        _load(port, 1, fresh=True)  # so that the quiet times are those of a server that is warm
        quiet = _load(port, 1, fresh=True)
        row("without the cache", 1, quiet, f"median {UNCACHED_MEDIAN_MS:g}")
        for attackers, addresses in ((1, 1), (2, 1), (4, 1), (4, 4)):
            with _attack(port, attackers, addresses):
                times = _load(port, 1, fresh=True)
            ratio = _p95(times) / _p95(quiet)
            row(
                f"beside {attackers} hostile from {addresses}",
                1,
                times,
                f"{ratio:.2f} times the quiet p95 of {ATTACKED:g}",
            )


def row(name: str, clients: int, times_ms: list[float], aim: str) -> None:
    """Print the figures of one run; a request that failed has an infinite time."""
    failed = sum(time_ms == float("inf") for time_ms in times_ms)
    median, p95 = statistics.median(times_ms), _p95(times_ms)
    print(f"{name:42}{clients:8}{median:11.1f}{p95:9.1f}{failed:8}  {aim}", flush=True)


def _p95(times_ms: list[float]) -> float:
    return sorted(times_ms)[int(len(times_ms) * 0.95)]


def _load(port: int, clients: int, *, fresh: bool) -> list[float]:
    """Return the milliseconds of each request that so many clients send in `SECONDS`, one after the other."""
    numbers, until = itertools.count(time.monotonic_ns()), time.monotonic() + SECONDS

    def ask(_: int) -> list[float]:
        times, line = list[float](), http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while time.monotonic() < until:
            path = f"{PAGE}?fresh={next(numbers)}" if fresh else PAGE
            started = time.perf_counter()
            line.request("GET", path, headers={"Accept": "text/html"})
            response = line.getresponse()
            response.read()
            times.append(1000 * (time.perf_counter() - started) if response.status == 200 else float("inf"))
        return times

    with ThreadPoolExecutor(clients) as threads:
        return [each for times in threads.map(ask, range(clients)) for each in times]


@contextmanager
def _attack(port: int, clients: int, addresses: int) -> Iterator[None]:
    """Ask slow queries all through the block, each client again as soon as it has its answer."""
    stop = threading.Event()

    def attack(number: int) -> None:
        headers = {"X-Forwarded-For": f"10.0.0.{number % addresses}"}
        while not stop.is_set():
            line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            line.request("GET", f"/sparql?{urllib.parse.urlencode({'query': SLOW})}", headers=headers)
            line.getresponse().read()
            line.close()

    with ThreadPoolExecutor(clients) as threads:
        attacks = [threads.submit(attack, number) for number in range(clients)]
        time.sleep(1)
        try:
            yield
        finally:
            stop.set()
            for each in attacks:
                each.result()
