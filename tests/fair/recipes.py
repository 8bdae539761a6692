"""The Best Practice Recipes for Publishing RDF Vocabularies (W3C Working Group Note, 28 August 2008).

The ontology and the shapes are hash namespaces with content negotiation (recipe 3), the things are a slash namespace
with a document for each (recipe 5).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from rdflib import URIRef

from ecp_graph.namespaces import ECP
from tests.bundled import BASE, ID
from tests.fair.hosts import Host
from tests.fair.reading import (
    SYNTAXES,
    Practice,
    absent,
    changed,
    described,
    is_page,
    ontology,
    path_of,
    rdf,
    status,
    tree,
    typed,
    version_iri,
    without_header,
)

__all__ = ["PRACTICES"]

_SOURCE: Final = "Recipes"
_RULES: Final = {"files": "it needs the redirect rules"}
_BROWSER: Final = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
_WEIGHTED: Final = "text/html;q=0.5, text/turtle"
_VOID: Final = "http://rdfs.org/ns/void#"


def _html_at(path: str) -> Callable[[Host], bool]:
    return lambda host: all(is_page(host.follow(path, accept)) for accept in ("text/html", _BROWSER))


def _rdf_at(path: str, *media_types: str) -> Callable[[Host], bool]:
    def check(host: Host) -> bool:
        answers = [(host.follow(path, media_type), media_type) for media_type in media_types]
        return all(answer.media_type == wanted and len(rdf(answer, wanted)) > 0 for answer, wanted in answers)

    return check


def _varies(path: str) -> Callable[[Host], bool]:
    def check(host: Host) -> bool:
        answers = [host.get(path, accept) for accept in ("text/turtle", _BROWSER, "*/*")]
        return all(answer.status < 400 and "Accept" in answer.headers.get("Vary", "") for answer in answers)

    return check


def _has_default(host: Host) -> bool:
    return all(host.follow("/ontology", accept).status == 200 for accept in ("", "*/*"))


def _files_are_typed(host: Host) -> bool:
    return all(host.get(f"/ontology.{suffix}").media_type == kind for suffix, kind in SYNTAXES.items())


def _terms_are_there(host: Host) -> bool:
    graph = rdf(host.follow("/ontology", "text/turtle"))
    terms = {str(term) for term in ontology(host).subjects() if str(term).startswith(ECP)}
    return len(terms) > 50 and all((URIRef(term), None, None) in graph for term in terms)


def _version_negotiates(host: Host) -> bool:
    path = path_of(version_iri(host) or BASE + "none")
    return is_page(host.follow(path, "text/html")) and _rdf_at(path, "text/turtle", "application/rdf+xml")(host)


def _things(host: Host) -> list[str]:
    """Return things that the description of the dataset gives as examples."""
    return [iri for iri in described(host, _VOID + "exampleResource") if iri.startswith(ID)]


def _every_thing(holds: Callable[[Host, str], bool]) -> Callable[[Host], bool]:
    def check(host: Host) -> bool:
        things = _things(host)
        return len(things) > 2 and all(holds(host, iri) for iri in things)

    return check


def _sees_other(host: Host, iri: str, accept: str) -> bool:
    return host.get(path_of(iri), accept).status == 303


def _thing_page(host: Host, iri: str) -> bool:
    return _sees_other(host, iri, _BROWSER) and is_page(host.follow(path_of(iri), _BROWSER))


def _thing_rdf(host: Host, iri: str) -> bool:
    found = [(host.follow(path_of(iri), kind), kind) for kind in SYNTAXES.values() if _sees_other(host, iri, kind)]
    return len(found) == len(SYNTAXES) and all(
        answer.media_type == kind and (URIRef(iri), None, None) in rdf(answer, kind) for answer, kind in found
    )


def _thing_varies(host: Host, iri: str) -> bool:
    return _varies(path_of(iri))(host)


def _page_leads_to_rdf(host: Host, iri: str) -> bool:
    page = host.page(path_of(iri).replace("/id/", "/doc/", 1))
    links = tree(page).css('link[rel="alternate"]') if is_page(page) else []
    return set(SYNTAXES.values()) <= {link.attrs.get("type") for link in links}


def _weighs(host: Host) -> bool:
    return host.follow("/ontology", _WEIGHTED).media_type == "text/turtle"


def _refuses(host: Host) -> bool:
    return host.follow("/ontology", "audio/mpeg").status == 406


_PICKS_NAMES: Final = "rules of a file host look for names of media types and know no weights"
_NEVER: Final = "a host of files sends what it has"

PRACTICES: Final = [
    Practice(_SOURCE, "3", "Hash namespace: HTML for a browser", _html_at("/ontology"), absent("/ontology"), _RULES),
    Practice(_SOURCE, "3", "Hash namespace: RDF/XML", _rdf_at("/ontology", "application/rdf+xml"),
             typed("text/html", at="/ontology"), _RULES),
    Practice(_SOURCE, "3", "Hash namespace: Turtle, N-Triples, JSON-LD", _rdf_at("/ontology", *SYNTAXES.values()),
             typed("text/html", at="/ontology"), _RULES),
    Practice(_SOURCE, "3", "Hash namespace: who names no form gets one", _has_default, absent("/ontology"), _RULES),
    Practice(_SOURCE, "3", "Hash namespace: Vary says that Accept decides", _varies("/ontology"),
             without_header("Vary"), _RULES),
    Practice(_SOURCE, "3", "Hash namespace: what it gives describes every own term", _terms_are_there,
             absent("/ontology"), _RULES),
    Practice(_SOURCE, "3", "Each file has the media type of its syntax", _files_are_typed,
             typed("application/octet-stream"), {"files": "it needs the media types of the rules"}),
    Practice(_SOURCE, "3", "The IRI of a version negotiates as well", _version_negotiates, absent("/ontology/"),
             _RULES),
    Practice(_SOURCE, "3", "The shapes negotiate as well", lambda host: _html_at("/shapes")(host)
             and _rdf_at("/shapes", "text/turtle", "application/rdf+xml")(host), absent("/shapes"), _RULES),
    Practice(_SOURCE, "5", "Slash namespace: 303 to a page about the thing", _every_thing(_thing_page),
             status(200, at="/id/"), _RULES),
    Practice(_SOURCE, "5", "Slash namespace: 303 to RDF that describes the thing, in each syntax",
             _every_thing(_thing_rdf), changed("ecp-graph/id/", "ecp-graph/other/", at="/doc/"), _RULES),
    Practice(_SOURCE, "5", "Slash namespace: Vary on the 303", _every_thing(_thing_varies), without_header("Vary"),
             _RULES),
    Practice(_SOURCE, "5", "The page says where its RDF is", _every_thing(_page_leads_to_rdf),
             changed('rel="alternate"', 'rel="x"')),
    Practice(_SOURCE, "negotiation", "Weights (q-values) decide", _weighs, typed("text/html"),
             {"rules": _PICKS_NAMES, "files": _PICKS_NAMES}),
    Practice(_SOURCE, "negotiation", "406 for who accepts nothing of what there is", _refuses, status(200),
             {"rules": _NEVER, "files": _NEVER}),
]  # fmt: skip
