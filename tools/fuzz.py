"""Sends malformed requests to a real server on the loopback, 30,000 or as many as the command line says.

    python tools/fuzz.py [REQUESTS] [SEED]

Exits with 1 when one was answered with a 5xx that is no documented limit, with a stack trace, or not at all.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from ecp_graph.pipeline import build
from ecp_graph.workspace import bundled_workspace
from tests.hostile.fuzz import PATIENCE, Fuzz
from tests.hostile.siege import MemoryWatch, family
from tests.serving import Served, serving_with

BATCH = 1_000


def main() -> int:
    """Run, print what came back, and return the exit code."""
    requests, seed = (
        int(sys.argv[place]) if len(sys.argv) > place else usual for place, usual in ((1, 30_000), (2, 1))
    )
    with tempfile.TemporaryDirectory() as folder:
        build(bundled_workspace(), Path(folder))
        settings = {"workspace": bundled_workspace().root, "releases": folder, "timeout": 1, "queue": 200}
        with serving_with(PATIENCE, **settings) as served:
            told, faults, slowest_s = Counter[int](), list[str](), 0.0
            with MemoryWatch(lambda: family(served.process.pid)) as memory, ProcessPoolExecutor(4) as pool:
                sizes = [min(BATCH, requests - start) for start in range(0, requests, BATCH)]
                seeds = range(seed, seed + len(sizes))
                for part in pool.map(_batch, [served.port] * len(seeds), seeds, sizes):
                    told += part[0]
                    faults += part[1]
                    slowest_s = max(slowest_s, part[2])
                    print(f"{sum(told.values()):,} requests, {len(faults)} faults", flush=True)
            alive = served.process.poll() is None
            if "Traceback" in (log := served.log()):
                faults.append(log[log.index("Traceback") - 500 :][:4_000])
    print(f"{sum(told.values()):,} requests: {dict(sorted(told.items()))} (0: closed without an answer)")
    print(f"slowest {slowest_s:.1f} s; memory of all processes at most {memory.peak / 1e6:.0f} MB")
    print(f"{len(faults)} faults", *faults[:10], sep="\n  ")
    return 0 if alive and not faults else 1


def _batch(port: int, seed: int, requests: int) -> tuple[Counter[int], list[str], float]:
    fuzz = Fuzz(Served(port, None, Path()))  # type: ignore[arg-type]
    fuzz.run(requests, seed=seed)
    return fuzz.told, fuzz.faults, fuzz.slowest_s


if __name__ == "__main__":
    sys.exit(main())
