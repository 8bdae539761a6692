"""``/search``: search in names and in the queries of the catalogue; ``/search.json``: suggestions while typing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Final

from flask import Blueprint, Response, request

from ecp_graph.errors import EcpGraphError, QueryTimeout, ResultTooLarge
from ecp_graph.sparql.results import Term
from ecp_graph.web.http.errors import HttpError, status_of
from ecp_graph.web.http.responses import content, data, page
from ecp_graph.web.pages.search.index import Entry, Found, Hit, Search, SearchIndex, as_objects, entry_of
from ecp_graph.web.pages.search.offline import asking_data
from ecp_graph.web.pages.search.questions import entry_of_question, page_entries, questions_for
from ecp_graph.web.pages.search.stored import StoredNames
from ecp_graph.web.show.names import names
from ecp_graph.web.show.terms import link
from ecp_graph.web.state.site import site

__all__ = ["TOO_MANY", "blueprint", "search_index"]

blueprint = Blueprint("search", __name__)

_MOST_HITS: Final = 200
_MOST_SUGGESTED: Final = 8
#: Nobody searches for more; a longer text is cut.
_LONGEST: Final = 200
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
        size=search_index().size,
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
    """The whole index, with what fills in questions, for a page that searches without a server; an error when the names
    cannot be had."""
    if reason := _why_partial():
        status, code = status_of(reason)
        raise HttpError(status, code, f"{TOO_MANY} Ask for them with SPARQL, or take them from the dumps.")
    base = request.host_url
    told = {**search_index().as_data(base), "asking": asking_data(base, _address)}
    return content(json.dumps(told, ensure_ascii=False, separators=(",", ":")), "application/json")


def search_index() -> Search:
    """Return the search index of the release: everything with a name, and the queries of the catalogue.

    If the names cannot be loaded, only the queries.
    """
    lists = site().lists
    if lists is not None and lists.has_names:
        return site().keep(("search-index",), lambda: StoredNames(lists, _questions(), _address))
    return site().keep(("search-index", _why_partial() is None), lambda: SearchIndex([*_named(), *_questions()]))


def _why_partial() -> EcpGraphError | None:
    """Return why the index has no names, or None when it has them."""
    lists = site().lists
    if lists is not None and lists.has_names:
        return None
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
    found = _with_questions(index.find(asked, most=most), questions_for(asked, index), most)
    return asked, found, index.nearest(asked) if asked and not found.total else []


def _with_questions(found: Found, questions: list[Hit], most: int) -> Found:
    """Return the hits with questions that a text means before them, each address once."""
    named = found.hits if not questions else [hit for hit in found.hits if hit.entry.url not in _urls(questions)]
    more = len(questions) - len(_urls(questions) & _urls(found.hits))
    return Found((*questions, *named)[:most], found.total + more, found.is_cut)


def _urls(hits: Sequence[Hit]) -> set[str]:
    return {hit.entry.url for hit in hits}


def _named() -> Iterator[Entry]:
    try:
        found = names()
    except (ResultTooLarge, QueryTimeout):
        return
    for iri, named in found.items():
        if target := _address(iri):
            yield entry_of(named, target)


def _address(iri: str) -> str | None:
    """Return where a thing is shown; one that nothing can open is not worth finding."""
    return link(Term("iri", iri))


def _questions() -> list[Entry]:
    return [*map(entry_of_question, (site().catalogue or {}).values()), *page_entries()]
