"""Asking one app for addresses of the site, and writing what it answers into files.

A document is asked for in all of its forms in a row, so that its data are read once.
"""

from __future__ import annotations

import ctypes
import gc
import json
import re
import resource
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit

from flask import Flask

from ecp_graph.sparql.results import Table, Term
from ecp_graph.twin.markup import Markup, page_of_twin, svg_of_twin
from ecp_graph.twin.names import file_of
from ecp_graph.web.http.errors import ERROR_HEADER, OUT_OF_RESOURCES, TIMEOUT, TOO_LARGE, UNFIT
from ecp_graph.web.show.names import KEPT as NAMES
from ecp_graph.web.state.site import EXTENSION

__all__ = ["NOT_FOUND", "Visit", "Visitor"]

#: The page that file servers show for an address that is none.
NOT_FOUND: Final = "/404.html"

#: The host that the site is crawled as; addresses on it are written as those of the static site.
_HOST: Final = "http://twin.invalid"
#: Addresses whose query string the browser reads by itself; a part that stands alone is a page of its own.
_RUNS: Final = re.compile(r"(?:/sparql|/search|/queries/[^/?]+)\?(?!embed=1$).*")
#: What only a running server can say. So is an answer for chosen values: the page of its query gives it in the browser.
_LEFT_OUT: Final = re.compile(
    r"/health|/metrics|/openapi\.json|/search\.json|/api/queries(?:/[^.?]+)?|/api/.*\?.*|/id/.*"
)
_LINK: Final = re.compile(r"<([^>]*)>[^<]*")
_OWN: Final = re.compile(re.escape(_HOST) + r"(/[^\s\"'<>)\\]*)?")
_NAME: Final = b"twin.invalid"
_SITEMAP: Final = re.compile(r"/sitemap(-\d+)?\.xml")
#: The ending of a picture of what a page shows.
_PICTURE: Final = "svg"
#: Files of a release, which go into the static site as they are, without ever being in memory as a whole.
_WHOLE: Final = re.compile(r"(/release/[^/]+)?/dumps/(tables/)?[^/]+")
_TEXTS: Final = (
    "text/",
    "image/svg+xml",
    "application/xml",
    "application/atom+xml",
    "application/json",
    "application/ld+json",
)
#: What is said of too much, and of characters that RDF/XML or XML cannot have.
_REFUSALS: Final = frozenset({TOO_LARGE, TIMEOUT, OUT_OF_RESOURCES, UNFIT})
_MARKUP: Final = Markup(
    runs=lambda address: _RUNS.fullmatch(address) is not None,
    left_out=lambda address: _LEFT_OUT.fullmatch(address) is not None,
)


@dataclass(frozen=True)
class Visit:
    """An address and the other forms of what stands there: files and bytes written, what failed, and links found."""

    files: int = 0
    bytes: int = 0
    broken: tuple[tuple[str, int], ...] = ()
    found: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Written(Visit):
    """One file; ``forms`` are the other forms of the document, by its Link header (RFC 8288), and a picture of it."""

    forms: tuple[str, ...] = ()


class Visitor:
    """One app of the site, asked as a browser would, and the folder that its answers are written into.

    ``base_url`` is where the static site will be, ``dataset`` the file that queries in the browser are asked of. When
    the process takes more memory than ``most_bytes``, what the app has cached is released.
    """

    def __init__(self, app: Flask, folder: Path, *, base_url: str, dataset: str, most_bytes: int) -> None:
        self._app = app
        self._client = app.test_client()
        self._folder = folder
        self._base_url = base_url
        # a file server shows that page at any address, so its links cannot be relative
        self._from_root = replace(_MARKUP, root=urlsplit(base_url).path or "/")
        self._dataset = dataset
        self._most_bytes = most_bytes

    def visit(self, address: str) -> Visit:
        """Write what an address answers with, and the other forms of the same document."""
        first = self._written(address)
        self._stay_small()
        if not first.forms:
            return Visit(first.files, first.bytes, first.broken, first.found, first.refused)
        others = [self._written(form) for form in first.forms]
        forms = {address, f"{address}.html", *first.forms}
        return Visit(
            first.files + sum(one.files for one in others),
            first.bytes + sum(one.bytes for one in others),
            tuple(fault for one in (first, *others) for fault in one.broken),
            tuple(dict.fromkeys(link for one in (first, *others) for link in one.found if link not in forms)),
            tuple(address for one in (first, *others) for address in one.refused),
        )

    def _written(self, address: str) -> _Written:
        """Ask for one address and write what comes, following redirects on the site."""
        accept = {"Accept": _accept(address)}
        with self._client.get(address, base_url=_HOST, headers=accept, follow_redirects=True) as response:
            file, status = file_of(address), response.status_code
            code = response.headers.get(ERROR_HEADER)
            is_refused = code in _REFUSALS or (status == 200 and code is not None)  # a page without one of its parts
            if status != 200 and not is_refused:
                return _Written(broken=((address, status),))
            path = self._folder / file
            is_new = not path.exists()
            path.parent.mkdir(parents=True, exist_ok=True)
            alternates = [link for header in response.headers.getlist("Link") for link in _from_header(header)]
            found: list[str] = []
            if _WHOLE.fullmatch(address):
                with path.open("wb") as out:
                    out.writelines(response.iter_encoded())
            else:
                body, found = self._of_twin(address, file, response.mimetype, response.get_data())
                path.write_bytes(_refusing_sheet(body) if is_refused and file.endswith(".xlsx") else body)
        # the page of a document has the ending .html as another address, and one file
        forms = tuple(one for one in alternates if _is_form(one, address) and file_of(one) != file)
        forms += tuple(one for one in dict.fromkeys(found) if one == f"{address}.{_PICTURE}")
        wanted = (one for one in (*alternates, *found) if file_of(one) != file)
        size = path.stat().st_size
        links = tuple(dict.fromkeys(_wanted(wanted)))
        return _Written(int(is_new), size if is_new else 0, (), links, (address,) if is_refused else (), forms)

    def _of_twin(self, address: str, file: str, media_type: str | None, body: bytes) -> tuple[bytes, list[str]]:
        """Return the content of a file of the static site, and the addresses of the site that it links to."""
        page = urlsplit(address).path
        found: list[str] = []
        if media_type == "text/html":
            markup = _MARKUP if page != NOT_FOUND else self._from_root
            body, found = page_of_twin(body, page, file, markup, self._dataset)
        elif media_type == "image/svg+xml":
            body = svg_of_twin(body, page, file, _MARKUP)
        is_map = _SITEMAP.fullmatch(address) is not None
        if _NAME in body and media_type and media_type.startswith(_TEXTS):
            text = body.decode("utf-8")
            found += [_path(own[1]) for own in _OWN.finditer(text)] if is_map else []
            body = _OWN.sub(lambda own: self._base_url + quote(file_of(_path(own[1]))), text).encode("utf-8")
        return body, found

    def _stay_small(self) -> None:
        """Drop what the app has cached when this process has outgrown its share: few pages ask for the same again."""
        if _own_bytes() < self._most_bytes:
            return
        self._app.extensions[EXTENSION].forget(but={NAMES})
        gc.collect()
        if trim := getattr(ctypes.CDLL(None), "malloc_trim", None):
            trim(0)
        self._most_bytes = max(self._most_bytes, _own_bytes() * 5 // 4)  # what is left is needed, and asked for at once


def _refusing_sheet(error: bytes) -> bytes:
    """Return a sheet that says what an error in the JSON shape says."""
    from ecp_graph.sparql.spreadsheet import workbook

    message = str(json.loads(error)["error"]["message"])
    return workbook(Table(("problem",), ((Term("literal", message),),)))


def _is_form(address: str, of: str) -> bool:
    """Whether an address is that of another form of a document, by its ending."""
    return address.startswith(of + ".") and not address.endswith(".html") and "/" not in address[len(of) :]


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
