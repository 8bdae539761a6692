"""Asking the site for every page and document that can be reached, and writing each into its file.

Several processes ask at once: each has an app and an engine of its own, and returns only the addresses that it found.
"""

from __future__ import annotations

import multiprocessing
import os
import re
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.pool import Pool
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit

from flask import Flask
from flask.testing import FlaskClient

import ecp_graph.web
from ecp_graph.publishing.twin.markup import Markup, page_of_twin, svg_of_twin
from ecp_graph.publishing.twin.names import file_of

__all__ = ["CrawlReport", "crawl"]

#: Where the crawl begins: the first page, and what no page links to.
_SEEDS: Final = ("/", "/sitemap.xml", "/.well-known/void")
#: The host that the site is crawled as; addresses on it are written as those of the twin.
_HOST: Final = "http://twin.invalid"
#: Pages whose query string the browser reads by itself.
_RUNS: Final = re.compile(r"/sparql|/search|/queries/[^/]+")
#: What only a running server can say. So is an answer for chosen values: the page of its query gives it in the browser.
_LEFT_OUT: Final = re.compile(
    r"/health|/metrics|/openapi\.json|/search\.json|/api/queries(?:/[^.?]+)?|/api/.*\?.*|/id/.*"
)
_LINK: Final = re.compile(r"<([^>]*)>[^<]*")
_OWN: Final = re.compile(re.escape(_HOST) + r"(/[^\s\"'<>)\\]*)?")
_TEXTS: Final = ("text/", "application/xml", "application/atom+xml", "application/json", "application/ld+json")
#: Addresses that a process takes at a time.
_BATCH: Final = 16


@dataclass
class CrawlReport:
    """How many files were written, in bytes too, and the addresses that did not answer with one, with the status."""

    files: int = 0
    bytes: int = 0
    broken: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class _Visit:
    address: str
    status: int
    size: int
    found: tuple[str, ...]


def crawl(
    make_app: Callable[[], Flask],
    folder: Path,
    *,
    base_url: str,
    dataset: str,
    processes: int,
    progress: Callable[[int, int], None],
) -> CrawlReport:
    """Write the site into an existing folder and return what was written.

    ``make_app`` is called once in each process. ``base_url`` is where the twin will be; ``dataset`` the file that
    queries in the browser are asked of. ``progress`` is told the number of addresses done and known.
    """
    report = CrawlReport()
    known: dict[str, None] = dict.fromkeys([*_SEEDS, *_bundle()])
    waiting = list(known)
    done = 0
    with _processes(make_app, folder, base_url, dataset, processes) as pool:
        while waiting:
            round_, waiting = waiting, []
            for visit in pool.imap_unordered(_visit, round_, chunksize=_BATCH if len(round_) > 64 else 1):
                done += 1
                if visit.status == 200:
                    report.files += 1
                    report.bytes += visit.size
                elif visit.address not in _SEEDS or visit.status != 404:
                    report.broken[visit.address] = visit.status
                new = [address for address in visit.found if address not in known]
                known.update(dict.fromkeys(new))
                waiting += new
                progress(done, len(known))
    return report


def _bundle() -> Iterator[str]:
    """Yield the addresses of the front-end bundle: scripts load some of its files by themselves."""
    folder = Path(ecp_graph.web.__file__).parent / "static" / "build"
    return (f"/static/build/{path.name}" for path in sorted(folder.glob("[!.]*")))


@contextmanager
def _processes(
    make_app: Callable[[], Flask], folder: Path, base_url: str, dataset: str, processes: int
) -> Iterator[Pool]:
    context = multiprocessing.get_context("fork")
    pool = context.Pool(processes, _begin, (make_app, folder, base_url, dataset))
    try:
        yield pool
    finally:
        pool.terminate()
        pool.join()


_client: FlaskClient
_folder: Path
_base_url: str
_dataset: str
_markup: Final = Markup(
    runs=lambda path: _RUNS.fullmatch(path) is not None,
    left_out=lambda address: _LEFT_OUT.fullmatch(address) is not None,
)


def _begin(make_app: Callable[[], Flask], folder: Path, base_url: str, dataset: str) -> None:
    """Set up one process; the parent alone answers Ctrl-C."""
    global _client, _folder, _base_url, _dataset
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(1)
    _client, _folder, _base_url, _dataset = make_app().test_client(), folder, base_url, dataset


def _visit(address: str) -> _Visit:
    """Ask for one address and write what comes, following redirects on the site."""
    response = _client.get(address, base_url=_HOST, headers={"Accept": _accept(address)}, follow_redirects=True)
    with response:
        body, status, kind = response.get_data(), response.status_code, response.mimetype
        links = response.headers.getlist("Link")
    if status != 200:
        return _Visit(address, status, 0, ())
    file, page = file_of(address), urlsplit(address).path
    found = [link for header in links for link in _from_header(header)]
    if kind == "text/html":
        body, linked = page_of_twin(body, page, file, _markup, _dataset)
        found += linked
    elif kind == "image/svg+xml":
        body = svg_of_twin(body, page, file, _markup)
    if kind and kind.startswith(_TEXTS):
        text = body.decode("utf-8")
        found += [_path(own[1]) for own in _OWN.finditer(text)] if address == "/sitemap.xml" else []
        body = _OWN.sub(lambda own: _base_url + quote(file_of(_path(own[1]))), text).encode("utf-8")
    path = _folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    return _Visit(address, status, len(body), tuple(dict.fromkeys(_wanted(found))))


def _accept(address: str) -> str:
    return "text/turtle" if address == "/.well-known/void" else "text/html, */*;q=0.5"


def _from_header(header: str) -> Iterator[str]:
    """Yield the addresses of the alternates that a Link header names (RFC 8288)."""
    for part in re.split(r",\s*(?=<)", header):
        if 'rel="alternate"' in part and (match := _LINK.match(part)):
            yield match[1].removeprefix(_HOST)


def _path(found: str | None) -> str:
    return (found or "/").replace("&amp;", "&")


def _wanted(addresses: Iterable[str]) -> Iterator[str]:
    return (address for address in addresses if address.startswith("/") and not _LEFT_OUT.fullmatch(address))
