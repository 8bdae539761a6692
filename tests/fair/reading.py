"""Reading what a host answers, and the faults that are planted in it."""

from __future__ import annotations

import functools
import gzip
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import pyoxigraph as ox
from rdflib import OWL, RDF, Graph, URIRef
from selectolax.lexbor import LexborHTMLParser
from werkzeug.datastructures import Headers

from tests.bundled import BASE, DATASET
from tests.fair.hosts import Answer, Fault, Host

__all__ = ["Practice", "absent", "changed", "dump", "is_page", "path_of", "rdf", "tree", "values", "without_header"]

SYNTAXES: Final = {
    "ttl": "text/turtle",
    "nt": "application/n-triples",
    "jsonld": "application/ld+json",
    "rdf": "application/rdf+xml",
}


@dataclass(frozen=True)
class Practice:
    """One practice: where it is asked for, what is looked at, a check, a fault that must fail it.

    ``gaps`` has, by the name of a host, why that host does not have it.
    """

    source: str
    id: str
    name: str
    check: Callable[[Host], bool]
    fault: Fault
    gaps: dict[str, str] = field(default_factory=dict)


def path_of(iri: str) -> str:
    """Return the path at which a host has what is published under an own IRI."""
    assert iri.startswith(BASE), iri
    return "/" + iri.removeprefix(BASE).partition("#")[0]


def is_page(answer: Answer) -> bool:
    """Return whether a response is a page of HTML with a title and a heading."""
    if answer.status != 200 or answer.media_type != "text/html":
        return False
    page = tree(answer)
    return page.css_first("title") is not None and page.css_first("h1") is not None


def tree(answer: Answer) -> LexborHTMLParser:
    """Return the page of a response."""
    return _tree(answer.body)


@functools.lru_cache(maxsize=32)
def _tree(body: bytes) -> LexborHTMLParser:
    return LexborHTMLParser(body.decode("utf-8", "replace"))


def rdf(answer: Answer, media_type: str = "text/turtle") -> Graph:
    """Return the statements of a response in a syntax; none when it is no good response or cannot be read."""
    if answer.status != 200:
        return Graph()
    return _graph(answer.body, media_type)


@functools.lru_cache(maxsize=128)
def _graph(body: bytes, media_type: str) -> Graph:
    graph = Graph()
    try:
        plain = ox.serialize(
            ox.parse(body, format=ox.RdfFormat.from_media_type(media_type)), format=ox.RdfFormat.N_TRIPLES
        )
    except (SyntaxError, ValueError):
        return graph
    assert plain is not None
    return graph.parse(data=plain, format="nt")


def dump(host: Host, name: str) -> list[ox.Quad]:
    """Return the statements of a dump that is compressed; none when there is no such dump."""
    answer = host.get(f"/dumps/{name}")
    return _quads(answer.body) if answer.status == 200 else []


@functools.lru_cache(maxsize=16)
def _quads(body: bytes) -> list[ox.Quad]:
    try:
        return list(ox.parse(gzip.decompress(body), format=ox.RdfFormat.N_QUADS))
    except (OSError, SyntaxError):
        return []


def values(graph: Graph, subject: str, *predicates: str) -> list[str]:
    """Return the values of any of the properties of a thing."""
    return sorted(str(o) for p in predicates for o in graph.objects(URIRef(subject), URIRef(p)))


def about(host: Host) -> Graph:
    """Return the description of the dataset."""
    return rdf(host.get("/dataset.ttl"))


def described(host: Host, *predicates: str) -> list[str]:
    """Return what the description says of the dataset with any of some properties."""
    return values(about(host), DATASET, *predicates)


def ontology(host: Host) -> Graph:
    """Return the ontology."""
    return rdf(host.get("/ontology.ttl"))


def ontology_iri(host: Host) -> str:
    """Return the IRI of the ontology; an empty text without a header."""
    return min((str(one) for one in ontology(host).subjects(RDF.type, OWL.Ontology)), default="")


def version_iri(host: Host) -> str:
    """Return the version IRI of the ontology, an empty text when there is none of its own space."""
    found = [iri for iri in values(ontology(host), ontology_iri(host), str(OWL.versionIRI)) if iri.startswith(BASE)]
    return found[0] if found else ""


# ------------------------------------------------------------------ planted faults


def absent(*prefixes: str) -> Fault:
    """Plant: what stands at a path that begins so is gone."""
    gone = Answer(404, Headers({"Content-Type": "text/plain"}), b"not found")
    return lambda path, answer: gone if path.startswith(prefixes) else answer


def changed(pattern: str, by: str, *, at: str = "/") -> Fault:
    """Plant: a pattern is replaced in what a path that begins so answers, inside gzip as well."""

    def fault(path: str, answer: Answer) -> Answer:
        if not path.startswith(at):
            return answer
        packed = answer.body.startswith(b"\x1f\x8b")
        text = gzip.decompress(answer.body) if packed else answer.body
        text = re.sub(pattern.encode(), by.encode(), text)
        return Answer(answer.status, answer.headers, gzip.compress(text, 1, mtime=0) if packed else text)

    return fault


def without_header(name: str, at: str = "/") -> Fault:
    """Plant: a header is stripped."""

    def fault(path: str, answer: Answer) -> Answer:
        kept = [(key, value) for key, value in answer.headers if key.lower() != name.lower()]
        return Answer(answer.status, Headers(kept), answer.body) if path.startswith(at) else answer

    return fault


def status(number: int, at: str = "/") -> Fault:
    """Plant: another status."""
    return lambda path, answer: Answer(number, answer.headers, answer.body) if path.startswith(at) else answer


def typed(media_type: str, at: str = "/") -> Fault:
    """Plant: another media type."""

    def fault(path: str, answer: Answer) -> Answer:
        headers = Headers(answer.headers)
        headers["Content-Type"] = media_type
        return Answer(answer.status, headers, answer.body) if path.startswith(at) else answer

    return fault
