"""Addresses that answer with a page or with RDF: by the suffix, else by the Accept header."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Final

import pyoxigraph as ox
from flask import Response, request

from ecp_graph.engine.embedded import GRAPH_SYNTAXES
from ecp_graph.errors import ReleaseError
from ecp_graph.namespaces import names
from ecp_graph.rdf.syntaxes import with_prefixes
from ecp_graph.rdf.xml_text import checked_xml
from ecp_graph.release.release import Release
from ecp_graph.sparql.formats import Format, formats_of
from ecp_graph.web.http.document_headers import licence
from ecp_graph.web.http.errors import HttpError
from ecp_graph.web.http.responses import cacheable
from ecp_graph.web.state.site import site

__all__ = [
    "SYNTAXES",
    "alternates",
    "current_release",
    "description_triples",
    "ontology_triples",
    "parse_turtle",
    "rdf_response",
    "split_suffix",
    "wanted",
]

_HTML: Final = "text/html"
#: The syntaxes of a single graph, by extension; TriG has it as its default graph (RDF 1.1 TriG, section 2.1).
SYNTAXES: Final[Mapping[str, Format]] = {
    fmt.extension: fmt for fmt in formats_of("graph") if fmt.name in {"ttl", "nt", "jsonld", "rdf", "trig"}
}


def split_suffix(name: str) -> tuple[str, str]:
    """Return a name without its suffix, and the suffix, which is empty when it is none that is served."""
    stem, dot, suffix = name.rpartition(".")
    return (stem, suffix) if dot and (suffix in SYNTAXES or suffix == "html") else (name, "")


def wanted(suffix: str = "", *, default: str = _HTML) -> Format | None:
    """Return the syntax that a request wants, or None for the page.

    Raises HttpError: 404 for a suffix that is not served, 406 for an Accept header that nothing fits. Who accepts
    everything gets the ``default``: the page, or a syntax by its extension.
    """
    if suffix:
        if suffix != "html" and suffix not in SYNTAXES:
            known = ", ".join(f".{name}" for name in SYNTAXES)
            raise HttpError(404, "unknown-format", f"This does not come as .{suffix}, but as {known} and .html.")
        return SYNTAXES.get(suffix)
    offers: dict[str, Format | None] = {fmt.media_type: fmt for fmt in SYNTAXES.values()}
    for fmt in SYNTAXES.values():
        offers.update({media_type: fmt for media_type in fmt.also if media_type not in offers})
    first = SYNTAXES[default].media_type if default in SYNTAXES else _HTML
    offers = {first: offers.get(first), _HTML: None, **offers}
    if not request.headers.get("Accept", "").strip():
        return offers[first]
    best = request.accept_mimetypes.best_match(list(offers))  # of equals the one offered first
    if best is not None:
        return offers[best]
    offered = ", ".join(fmt.media_type for fmt in SYNTAXES.values())
    raise HttpError(406, "not-acceptable", f"Nothing that is accepted can be sent. This comes as {_HTML}, {offered}.")


def rdf_response(key: Hashable, triples: list[ox.Triple], fmt: Format) -> Response:
    """Return the triples in a syntax, with an entity tag; ``key`` tells them from others of the same release."""
    body = site().keep(("rdf", key, fmt.name), lambda: _serialised(triples, fmt))
    response = Response(body, headers={"Content-Type": fmt.content_type, "Cache-Control": "public, no-cache"})
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.vary.add("Accept")
    return cacheable(response)


def alternates(response: Response, path: str) -> Response:
    """Add a Link header with the other forms of what stands at a path, and the licence (RFC 8288)."""
    links = [f'<{path}.{name}>; rel="alternate"; type="{fmt.media_type}"' for name, fmt in SYNTAXES.items()]
    if known := licence():
        links.append(f'<{known}>; rel="license"')
    response.headers.add("Link", ", ".join(links))
    return response


def current_release() -> Release | None:
    """Return the release that is served, or None when something else is."""
    return site().current.opened


def description_triples() -> list[ox.Triple]:
    """Return graph/dataset: from the release's own file, else from the engine. Raises HttpError when there is none."""
    return site().keep(("description",), lambda: _graph(names().dataset_graph, "description.ttl"))


def ontology_triples() -> list[ox.Triple]:
    """Return graph/ontology: from the release's own file, else from the engine. Raises HttpError when there is none."""
    return site().keep(("ontology",), lambda: _graph(names().ontology_graph, "ontology.ttl"))


def parse_turtle(text: bytes) -> list[ox.Triple]:
    """Return the triples of a Turtle file of a release."""
    return [quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE)]


def _graph(name: str, file: str) -> list[ox.Triple]:
    release = site().current.opened
    try:
        if release is not None and (release.path / file).is_file():
            return parse_turtle((release.path / file).read_bytes())
    except OSError as reason:
        raise ReleaseError(
            f"The file {file} of the release cannot be read ({reason.strerror}); run `ecp-graph build`."
        ) from reason
    sparql = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{name}> {{ ?s ?p ?o }} }}"
    body = site().engine.query(sparql, fmt="nt", timeout_s=site().settings.timeout).read()
    found = [quad.triple for quad in ox.parse(body, format=ox.RdfFormat.N_TRIPLES)]
    if not found:
        raise HttpError(404, "no-description", f"What is served here has no graph {name}. It is not a release.")
    return found


def _serialised(triples: list[ox.Triple], fmt: Format) -> bytes:
    plain: bytes = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""
    if fmt.name == "nt":
        return plain
    text = with_prefixes(triples, plain, GRAPH_SYNTAXES[fmt.name])
    return checked_xml(text, fmt) if fmt.name == "rdf" else text
