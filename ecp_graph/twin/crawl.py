"""Crawls every page and document of the site that can be reached, and writes each to its file.

Several processes work in parallel, each with its own app and engine; they return only the addresses that they found. A
document is requested in all its formats by one process in sequence, so that its data are read once.
"""

from __future__ import annotations

import ctypes
import gc
import json
import multiprocessing
import os
import re
import resource
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from multiprocessing import resource_tracker
from multiprocessing.pool import Pool
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit

from flask import Flask
from flask.testing import FlaskClient

import ecp_graph.web
from ecp_graph.errors import PublishError
from ecp_graph.sparql.results import Table, Term
from ecp_graph.twin.markup import Markup, page_of_twin, svg_of_twin
from ecp_graph.twin.names import file_of
from ecp_graph.web.http.errors import ERROR_HEADER, OUT_OF_RESOURCES, TIMEOUT, TOO_LARGE, UNFIT
from ecp_graph.web.show.names import KEPT as NAMES
from ecp_graph.web.state.site import EXTENSION

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
_NAME: Final = b"twin.invalid"
_SITEMAP: Final = re.compile(r"/sitemap(-\d+)?\.xml")
#: Files of a release, which go into the twin as they are, without ever being in memory as a whole.
_WHOLE: Final = re.compile(r"(/release/[^/]+)?/dumps/[^/]+")
_TEXTS: Final = ("text/", "application/xml", "application/atom+xml", "application/json", "application/ld+json")
#: What is said of too much, and of characters that RDF/XML or XML cannot have.
_REFUSALS: Final = frozenset({TOO_LARGE, TIMEOUT, OUT_OF_RESOURCES, UNFIT})
#: What all processes together should take; one that has outgrown its share lets go of what it keeps.
_MEMORY_BYTES: Final = 1_000_000_000
#: Addresses that a process takes at a time.
_BATCH: Final = 16
#: Seconds after which the processes are looked at when nothing comes from them.
_LOOK_S: Final = 5
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


@dataclass(frozen=True)
class _Visit:
    """An address and the other forms of what stands there: files and bytes written, what failed, and links found."""

    files: int = 0
    bytes: int = 0
    broken: tuple[tuple[str, int], ...] = ()
    found: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


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

    ``make_app``, which has to be picklable, is called once in each process. ``base_url`` is where the twin will be;
    ``dataset`` the file that queries in the browser are asked of. ``progress`` is told the number of addresses done and
    known. Raises PublishError when a process is ended from outside.
    """
    report = CrawlReport()
    known: dict[str, None] = dict.fromkeys([*_SEEDS, *_bundle()])
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


def _visits(pool: Pool, addresses: list[str]) -> Iterator[_Visit]:
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
            pool = context.Pool(processes, _begin, (make_app, folder, base_url, dataset, processes))
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


_client: FlaskClient
_most_bytes: int
_folder: Path
_base_url: str
_dataset: str
_markup: Final = Markup(
    runs=lambda path: _RUNS.fullmatch(path) is not None,
    left_out=lambda address: _LEFT_OUT.fullmatch(address) is not None,
)


def _begin(make_app: Callable[[], Flask], folder: Path, base_url: str, dataset: str, processes: int) -> None:
    """Set up one process, which ends when its parent has ended, however that came."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    os.nice(1)
    _set_up(make_app, folder, base_url, dataset, processes)


def _set_up(make_app: Callable[[], Flask], folder: Path, base_url: str, dataset: str, processes: int = 1) -> None:
    global _client, _folder, _base_url, _dataset, _most_bytes
    _most_bytes = _MEMORY_BYTES // processes
    _client, _folder, _base_url, _dataset = make_app().test_client(), folder, base_url, dataset


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None  # noqa: S101 - narrows the type
    parent.join()
    os._exit(1)


def _visit_all(addresses: list[str]) -> list[_Visit]:
    return [_visit(address) for address in addresses]


def _visit(address: str) -> _Visit:
    """Write what an address answers with, and the other forms of the same document."""
    first = _written(address)
    _stay_small()
    if not first.forms:
        return _Visit(first.files, first.bytes, first.broken, first.found, first.refused)
    others = [_written(form) for form in first.forms]
    forms = {address, f"{address}.html", *first.forms}
    return _Visit(
        first.files + sum(one.files for one in others),
        first.bytes + sum(one.bytes for one in others),
        tuple(fault for one in (first, *others) for fault in one.broken),
        tuple(dict.fromkeys(link for one in (first, *others) for link in one.found if link not in forms)),
        tuple(address for one in (first, *others) for address in one.refused),
    )


@dataclass(frozen=True)
class _Written(_Visit):
    """One file; ``forms`` are the other addresses of the same document, as its Link header has them (RFC 8288)."""

    forms: tuple[str, ...] = ()


def _written(address: str) -> _Written:
    """Ask for one address and write what comes, following redirects on the site."""
    accept = {"Accept": _accept(address)}
    with _client.get(address, base_url=_HOST, headers=accept, follow_redirects=True) as response:
        file, status = file_of(address), response.status_code
        code = response.headers.get(ERROR_HEADER)
        is_refused = code in _REFUSALS or (status == 200 and code is not None)  # a page without one of its parts
        if status != 200 and not is_refused:
            return _Written(broken=((address, status),))
        path = _folder / file
        is_new = not path.exists()
        path.parent.mkdir(parents=True, exist_ok=True)
        alternates = [link for header in response.headers.getlist("Link") for link in _from_header(header)]
        found: list[str] = []
        if _WHOLE.fullmatch(address):
            with path.open("wb") as out:
                out.writelines(response.iter_encoded())
        else:
            body, found = _of_twin(address, file, response.mimetype, response.get_data())
            path.write_bytes(_refusing_sheet(body) if is_refused and file.endswith(".xlsx") else body)
    # the page of a document has the ending .html as another address, and one file
    forms = tuple(one for one in alternates if _is_form(one, address) and file_of(one) != file)
    wanted = (one for one in (*alternates, *found) if file_of(one) != file)
    size = path.stat().st_size
    links = tuple(dict.fromkeys(_wanted(wanted)))
    return _Written(int(is_new), size if is_new else 0, (), links, (address,) if is_refused else (), forms)


def _refusing_sheet(error: bytes) -> bytes:
    """Return a sheet that says what an error in the JSON shape says."""
    from ecp_graph.sparql.spreadsheet import workbook

    message = str(json.loads(error)["error"]["message"])
    return workbook(Table(("problem",), ((Term("literal", message),),)))


def _of_twin(address: str, file: str, media_type: str | None, body: bytes) -> tuple[bytes, list[str]]:
    """Return the content of a file of the twin, and the addresses of the site that it links to."""
    page = urlsplit(address).path
    found: list[str] = []
    if media_type == "text/html":
        body, found = page_of_twin(body, page, file, _markup, _dataset)
    elif media_type == "image/svg+xml":
        body = svg_of_twin(body, page, file, _markup)
    is_map = _SITEMAP.fullmatch(address) is not None
    if _NAME in body and media_type and media_type.startswith(_TEXTS):
        text = body.decode("utf-8")
        found += [_path(own[1]) for own in _OWN.finditer(text)] if is_map else []
        body = _OWN.sub(lambda own: _base_url + quote(file_of(_path(own[1]))), text).encode("utf-8")
    return body, found


def _is_form(address: str, of: str) -> bool:
    """Whether an address is that of another form of a document, by its ending."""
    return address.startswith(of + ".") and not address.endswith(".html") and "/" not in address[len(of) :]


def _stay_small() -> None:
    """Let go of what the app keeps when this process has outgrown its share: few pages ask for the same again."""
    global _most_bytes
    if _own_bytes() < _most_bytes:
        return
    _client.application.extensions[EXTENSION].forget(but={NAMES})
    gc.collect()
    if trim := getattr(ctypes.CDLL(None), "malloc_trim", None):
        trim(0)
    _most_bytes = max(_most_bytes, _own_bytes() * 5 // 4)  # what is left is needed, and asked for at once


def _own_bytes() -> int:
    """Return the memory that this process takes and shares with no other, roughly; 0 where the system does not tell."""
    try:
        _, resident, shared, *_ = Path("/proc/self/statm").read_text().split()
    except OSError:
        return 0
    return (int(resident) - int(shared)) * resource.getpagesize()


def _accept(address: str) -> str:
    if address == "/.well-known/void":
        return "text/turtle"
    is_page = file_of(address).endswith(".html")  # whatever else is refused says so in the JSON shape
    return "text/html, */*;q=0.5" if is_page else "application/json, */*;q=0.5"


def _from_header(header: str) -> Iterator[str]:
    """Yield the addresses of the alternates that a Link header names (RFC 8288)."""
    for part in re.split(r",\s*(?=<)", header):
        if 'rel="alternate"' in part and (match := _LINK.match(part)):
            yield match[1].removeprefix(_HOST)


def _path(found: str | None) -> str:
    return (found or "/").replace("&amp;", "&")


def _wanted(addresses: Iterable[str]) -> Iterator[str]:
    return (address for address in addresses if address.startswith("/") and not _LEFT_OUT.fullmatch(address))
