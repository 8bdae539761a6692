"""``/search``: search in names and in the queries of the catalogue; ``/search.json``: suggestions while typing."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, request, url_for

from ecp_graph.errors import EcpGraphError, QueryTimeout, ResultTooLarge
from ecp_graph.sparql.results import Term
from ecp_graph.web.http.errors import HttpError, status_of
from ecp_graph.web.http.responses import content, data, page
from ecp_graph.web.pages.search.index import Entry, Found, Hit, SearchIndex, as_objects, entry_of
from ecp_graph.web.show.names import known_names, names
from ecp_graph.web.show.terms import link
from ecp_graph.web.state.site import site

__all__ = ["TOO_MANY", "blueprint", "search_index"]

blueprint = Blueprint("search", __name__)

_MOST_HITS: Final = 200
_MOST_SUGGESTED: Final = 8
#: Nobody searches for more; a longer text is cut.
_LONGEST: Final = 200
_QUESTION: Final = "question"
#: Said where the names cannot be had.
TOO_MANY: Final = "This graph has more names than the site can search through."
#: What finds a thing by a word of its name there.
_EXAMPLE: Final = """SELECT ?thing ?name WHERE {
  ?thing skos:prefLabel ?name .
  FILTER (CONTAINS(LCASE(STR(?name)), "guide"))
}
ORDER BY ?name
LIMIT 100"""


@blueprint.get("/search")
def index() -> Response:
    """The hits for ``q`` by kind, or the page to search on."""
    asked, found, near = _search(_MOST_HITS)
    why_partial = _why_partial()
    kinds: dict[str, list[Hit]] = {}
    for hit in found.hits:
        kinds.setdefault(hit.entry.kind, []).append(hit)
    return page(
        "search/search.html",
        searched=asked,
        found=found,
        kinds=kinds,
        near=near,
        size=len(search_index().entries),
        too_many=TOO_MANY if why_partial else "",
        is_passing=isinstance(why_partial, QueryTimeout),
        example=_EXAMPLE,
    )


@blueprint.get("/search.json")
def suggest() -> Response:
    """The best hits for ``q`` as JSON: ``query``, ``total``, ``hits``, and ``near`` when there are none."""
    asked, found, near = _search(_MOST_SUGGESTED)
    facts = {"query": asked, "total": found.total, "hits": as_objects(found), "near": near}
    return data(facts, is_passing=isinstance(_why_partial(), QueryTimeout))


@blueprint.get("/search-index.json")
def whole() -> Response:
    """The whole index, for a page that searches without a server; an error when the names cannot be had."""
    if reason := _why_partial():
        status, code = status_of(reason)
        raise HttpError(status, code, f"{TOO_MANY} Ask for them with SPARQL, or take them from the dumps.")
    return content(search_index().as_json(request.host_url), "application/json")


def search_index() -> SearchIndex:
    """Return the search index of the release: everything with a name, and the queries of the catalogue.

    If the names cannot be loaded, only the queries.
    """
    return site().keep(("search-index", _why_partial() is None), lambda: SearchIndex(_entries()))


def _why_partial() -> EcpGraphError | None:
    """Return why the index has no names, or None when it has them."""
    try:
        names()
    except (ResultTooLarge, QueryTimeout) as reason:
        return reason
    return None


def _search(most: int) -> tuple[str, Found, list[str]]:
    if site().catalogue is None:
        raise HttpError(
            404, "no-catalogue", "This server has no search, because it only serves RDF files. Use /sparql."
        )
    asked = request.args.get("q", "").strip()[:_LONGEST]
    index = search_index()
    found = index.find(asked, most=most)
    return asked, found, index.nearest(asked) if asked and not found.total else []


def _entries() -> list[Entry]:
    found = [
        entry_of(named, target)
        for iri, named in known_names().items()
        if (target := link(Term("iri", iri)))  # an IRI that nothing can open is not worth finding
    ]
    catalogue = site().catalogue
    if catalogue is not None:
        for query in catalogue.values():
            url = url_for("queries.page", name=query.name)
            found.append(Entry(_QUESTION, query.summary, url, others=(query.name,)))
    return found
