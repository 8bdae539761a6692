"""What each type of page costs the server, and how much of it travels: ``python -m tools.page_costs``.

Prints a table. CPU is that of the server's process: for the first answer of a new app, for the first answer of an app
that was made ready as the server does at its start, and as the median of later answers. The cache of whole answers that
the server keeps is not in use. The weight is that of the page alone, as gzip sends it.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path
from typing import Final

from flask.testing import FlaskClient

from ecp_graph.pipeline import build
from ecp_graph.settings import Settings
from ecp_graph.web.app import create_app
from ecp_graph.web.serving.warming import set_aside, warm
from ecp_graph.workspace import bundled_workspace
from tests.browser.test_every_page import PAGES

_HEADERS: Final = {"Accept": "text/html", "Accept-Encoding": "gzip"}


def main() -> None:
    """Build a release in a folder of its own, unless one is given, and print the table."""
    parser = argparse.ArgumentParser(description="Print what each type of page costs.")
    parser.add_argument("--releases", type=Path, help="folder with a release; else one is built")
    parser.add_argument("--runs", type=int, default=9, help="answers after the first, of which the median is printed")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        releases = arguments.releases or Path(folder)
        if arguments.releases is None:
            build(bundled_workspace(), releases)
        ready = create_app(Settings(releases=releases))
        warm(ready)
        set_aside()
        print(f"{'page':28} {'new ms':>9} {'first ms':>9} {'later ms':>9} {'kB':>7} {'kB gzip':>8}")
        for name, path in PAGES.items():
            new = new_ms(releases, path)
            first, later, plain, packed = costs(ready.test_client(), path, arguments.runs)
            sizes = f"{plain / 1_000:7.1f} {packed / 1_000:8.1f}"
            print(f"{name:28} {new:9.1f} {first:9.1f} {later:9.1f} {sizes}", flush=True)


def new_ms(releases: Path, path: str) -> float:
    """Return the CPU time in ms of the first answer that a new app gives."""
    client = create_app(Settings(releases=releases)).test_client()
    client.get("/health")  # the release is opened before the clock starts
    return _timed(client, path)[0]


def costs(client: FlaskClient, path: str, runs: int) -> tuple[float, float, int, int]:
    """Return the CPU time of the first answer and the median of later ones in ms, and the bytes, plain and packed."""
    first, packed = _timed(client, path)
    later = [_timed(client, path)[0] for _ in range(runs)]
    plain = len(client.get(path, headers={"Accept": "text/html"}).data)
    return first, statistics.median(later), plain, packed


def _timed(client: FlaskClient, path: str) -> tuple[float, int]:
    started = time.process_time()
    size = len(client.get(path, headers=_HEADERS).data)
    return (time.process_time() - started) * 1_000, size


if __name__ == "__main__":
    main()
