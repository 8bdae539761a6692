"""``/robots.txt`` and ``/sitemap.xml``; and ``/404.html`` for file servers, in the static site alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import pyoxigraph as ox
from flask import Blueprint, Response, current_app, render_template, request, url_for
from werkzeug.exceptions import NotFound

from ecp_graph.errors import EcpGraphError
from ecp_graph.namespaces import names
from ecp_graph.release.versions import releases_beside
from ecp_graph.web.http.errors import HttpError
from ecp_graph.web.http.responses import content, page
from ecp_graph.web.pages import navigation
from ecp_graph.web.pages.optional import OPTIONAL_PAGES
from ecp_graph.web.pages.overlap.asked import offered
from ecp_graph.web.pages.overlap.page import ENTRY as OVERLAP
from ecp_graph.web.show.elsewhere import others
from ecp_graph.web.show.terms import local_path
from ecp_graph.web.state.site import site

__all__ = ["blueprint"]

blueprint = Blueprint("crawling", __name__)

_XML: Final = "application/xml; charset=utf-8"
#: The things and the passages; what is distinct is found first, because a text is looked up for each row of a filter.
_NAMED: Final = """SELECT ?thing {{
  {{ SELECT DISTINCT ?thing {{ ?thing ?p ?o }} }} FILTER(isIRI(?thing) && ({starts}))
}}"""
_GRAPHS: Final = """SELECT ?thing {{
  {{ SELECT DISTINCT ?thing {{ GRAPH ?thing {{ ?s ?p ?o }} }} }} FILTER({starts})
}}"""
#: Pages that have an address of their own and no place in the navigation.
_PAGES: Final = ("home.index", "about.index", "releases.index", "queries.index")


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Everything may be read but for what a crawler could ask without an end."""
    sitemap = request.url_root + "sitemap.xml"
    rules = ("/sparql?", "/api/", "/search", "/metrics")
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in rules), "", f"Sitemap: {sitemap}", ""]
    return Response("\n".join(lines), content_type="text/plain; charset=utf-8")


@blueprint.get("/sitemap.xml")
def sitemap() -> Response:
    """The addresses of all pages and documents; of the files that have them, when one would be too long."""
    paths, most = _paths(), site().bounds.addresses
    if len(paths) <= most:
        return _rendered("crawling/sitemap.xml", paths)
    files = [f"/sitemap-{number}.xml" for number in range(1, -(-len(paths) // most) + 1)]
    return _rendered("crawling/sitemap-index.xml", files)


@blueprint.get("/sitemap-<int:number>.xml")
def part(number: int) -> Response:
    """One of the files of a sitemap that is in several."""
    paths, most = _paths(), site().bounds.addresses
    found = paths[(number - 1) * most : number * most] if number > 0 else []
    if not found or len(paths) <= most:
        raise HttpError(404, "not-found", f"There is no sitemap {number}. /sitemap.xml has what there is.")
    return _rendered("crawling/sitemap.xml", found)


@blueprint.get("/404.html")
def not_found() -> Response:
    """The page that a file server shows for a wrong address; this server has its own."""
    if not current_app.config["TWIN"]:
        raise NotFound
    return page("crawling/not-found.html")


def _rendered(template: str, paths: list[str]) -> Response:
    text = render_template(template, paths=paths, here=request.url_root.rstrip("/"))
    return content(text, _XML)


def _paths() -> list[str]:
    return site().keep(("crawling", "paths"), _make_paths)


def _make_paths() -> list[str]:
    """Return the path of every page and document, each once."""
    entries = [entry.endpoint for entry in navigation()]
    known = [name for name in (*_PAGES, *entries) if name in current_app.view_functions]
    paths = [url_for(name) for name in known]
    paths += [url_for("queries.page", name=name) for name in site().catalogue or ()]
    if opened := site().current.opened:
        paths += [url_for("releases.release", name=one.id) for one in releases_beside(opened)]
    try:
        paths += [url_for(name) for name, is_there in OPTIONAL_PAGES.items() if is_there()]
        if OVERLAP.endpoint in known:
            paths += [url_for("overlap.matrix", pair=sides.path) for sides in offered()]
        every = (names(), *others())
        queries = (
            _NAMED.format(starts=_begins_with(each.id for each in every)),
            _GRAPHS.format(starts=_begins_with(each.graph for each in every)),
        )
        things = sorted(thing for query in queries for thing in _iris(query))
    except (EcpGraphError, HttpError):  # a store elsewhere that is slow has the pages alone in its sitemap
        things = []
    paths += filter(None, map(local_path, things))
    return list(dict.fromkeys(paths))


def _begins_with(starts: Iterable[str]) -> str:
    """Return the condition that a thing's IRI begins with one of some texts."""
    return " || ".join(f"STRSTARTS(STR(?thing), {ox.Literal(start)})" for start in starts)


def _iris(query: str) -> Iterator[str]:
    """Yield the IRIs that a query of one column finds, as they come: a large graph has more than a page may hold."""
    here, rest = site(), b""
    for chunk in here.engine.query(query, fmt="tsv", timeout_s=here.settings.timeout).body:
        *lines, rest = (rest + chunk).split(b"\n")
        yield from (line[1:-1].decode("utf-8") for line in lines if line.startswith(b"<"))
    if rest.startswith(b"<"):
        yield rest.strip()[1:-1].decode("utf-8")
