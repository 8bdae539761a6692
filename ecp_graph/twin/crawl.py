"""Crawls every page and document of the site that can be reached, and writes each to its file.

Several processes ask at once: each has an app and an engine of its own, and returns only the addresses that it found.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from multiprocessing import resource_tracker
from multiprocessing.pool import Pool
from pathlib import Path
from typing import Final

from flask import Flask

import ecp_graph.web
from ecp_graph.errors import PublishError
from ecp_graph.twin.visit import NOT_FOUND, Visit, Visitor

__all__ = ["CrawlReport", "crawl"]

#: Where the crawl begins: the first page, and what no page links to.
_SEEDS: Final = ("/", "/sitemap.xml", "/.well-known/void", NOT_FOUND)
#: What all processes together should take; one that has outgrown its share lets go of what it keeps.
_MEMORY_BYTES: Final = 1_000_000_000
#: Addresses that a process takes at a time.
_BATCH: Final = 16
#: Seconds after which the processes are looked at when nothing comes from them.
_LOOK_S: Final = 1
_ENDED: Final = (
    "A process that writes the site was killed, probably because the system ran out of memory. "
    "Free some memory and publish again."
)


@dataclass
class CrawlReport:
    """How many files were written, in bytes too, and the addresses that did not answer with one, with the status.

    ``refused`` are those for which the data are too many, take too much time or memory, or do not fit the format: a
    page or a sheet says so in words, any other file in the JSON shape of errors.
    """

    files: int = 0
    bytes: int = 0
    broken: dict[str, int] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)


def crawl(
    make_app: Callable[[], Flask],
    folder: Path,
    *,
    base_url: str,
    dataset: str,
    processes: int,
    also: Iterable[str] = (),
    progress: Callable[[int, int], None],
) -> CrawlReport:
    """Write the site into an existing folder and return what was written.

    ``make_app``, which has to be picklable, is called once in each process. ``base_url`` is where the static site will
    be; ``dataset`` the file that queries in the browser are asked of; ``also`` are addresses to which no page links.
    ``progress`` is told the number of addresses done and known. Raises PublishError when a process is ended from
    outside.
    """
    report = CrawlReport()
    known: dict[str, None] = dict.fromkeys([*_SEEDS, *_bundle(), *also])
    waiting = list(known)
    done = 0
    with _processes(make_app, folder, base_url, dataset, processes) as pool:
        while waiting:
            round_, waiting = waiting, []
            for visit in _visits(pool, round_):
                done += 1
                report.files += visit.files
                report.bytes += visit.bytes
                report.refused += visit.refused
                report.broken.update(
                    (address, status) for address, status in visit.broken if address not in _SEEDS or status != 404
                )
                new = [address for address in visit.found if address not in known]
                known.update(dict.fromkeys(new))
                waiting += new
                progress(done, len(known))
    return report


def _bundle() -> Iterator[str]:
    """Yield the addresses of the front-end bundle: scripts load some of its files by themselves."""
    folder = Path(ecp_graph.web.__file__).parent / "static" / "build"
    return (f"/static/build/{path.name}" for path in sorted(folder.glob("[!.]*")))


def _visits(pool: Pool, addresses: list[str]) -> Iterator[Visit]:
    """Yield the visits to some addresses as they end; a process that was ended leaves its own undone for ever."""
    processes = multiprocessing.active_children()
    size = _BATCH if len(addresses) > 64 else 1
    batches = [addresses[at : at + size] for at in range(0, len(addresses), size)]
    found = pool.imap_unordered(_visit_all, batches)
    for _ in batches:
        while True:
            try:
                visits = found.next(timeout=_LOOK_S)
                break
            except multiprocessing.TimeoutError:
                if any(process.exitcode is not None for process in processes):
                    raise PublishError(_ENDED) from None
        yield from visits


@contextmanager
def _processes(
    make_app: Callable[[], Flask], folder: Path, base_url: str, dataset: str, processes: int
) -> Iterator[Pool]:
    # Not forked: a lock that another thread holds at that moment would stay locked in the new process for ever.
    context = multiprocessing.get_context("spawn")
    resource_tracker.ensure_running()  # which lets interrupts through again when it is started
    with ExitStack() as ending:
        with _interrupts_held_back():
            most_bytes = _MEMORY_BYTES // processes
            pool = context.Pool(processes, _begin, (make_app, folder, base_url, dataset, most_bytes))
            ending.callback(pool.join)
            ending.callback(pool.terminate)
        yield pool


@contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """Keep Ctrl-C from the processes that are started meanwhile; the parent alone answers it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    usual = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, usual)


#: What asks in this process, if it is one that the crawl has started.
_visitor: Visitor


def _begin(make_app: Callable[[], Flask], folder: Path, base_url: str, dataset: str, most_bytes: int) -> None:
    """Set up one process, which ends when its parent has ended, however that came."""
    global _visitor
    threading.Thread(target=_end_with_parent, daemon=True).start()
    os.nice(1)
    _visitor = Visitor(make_app(), folder, base_url=base_url, dataset=dataset, most_bytes=most_bytes)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None  # noqa: S101 - narrows the type
    parent.join()
    os._exit(1)


def _visit_all(addresses: list[str]) -> list[Visit]:
    return [_visitor.visit(address) for address in addresses]
