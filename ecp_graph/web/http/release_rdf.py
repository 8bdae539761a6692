"""The graphs that a release describes itself with, and the response with one of them."""

from __future__ import annotations

from collections.abc import Hashable

import pyoxigraph as ox
from flask import Response

from ecp_graph.errors import ReleaseError
from ecp_graph.namespaces import names
from ecp_graph.rdf.writing import write_rdf
from ecp_graph.release.release import Release
from ecp_graph.sparql.formats import Format
from ecp_graph.web.http.document_headers import licence
from ecp_graph.web.http.errors import HttpError
from ecp_graph.web.http.negotiation import GRAPH_FORMATS
from ecp_graph.web.http.responses import content, open_to_all
from ecp_graph.web.state.site import site

__all__ = [
    "alternates",
    "current_release",
    "description_triples",
    "ontology_triples",
    "parse_turtle",
    "rdf_response",
]


def rdf_response(key: Hashable, triples: list[ox.Triple], fmt: Format) -> Response:
    """Return the triples in a syntax, with an entity tag; ``key`` identifies them among others of the same release."""
    body = site().keep(("rdf", key, fmt.name), lambda: write_rdf(triples, fmt))
    return open_to_all(content(body, fmt.content_type))


def alternates(response: Response, path: str) -> Response:
    """Add a Link header with the other forms of what is at a path, and the licence (RFC 8288)."""
    links = [f'<{path}.{name}>; rel="alternate"; type="{fmt.media_type}"' for name, fmt in GRAPH_FORMATS.items()]
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
