"""A crawler that follows every link of a site, in pages, headers and RDF; it is handed what fetches an address."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

import pyoxigraph as ox
from selectolax.lexbor import LexborHTMLParser

from tests.bundled import BASE

__all__ = ["RDF", "Fetched", "Site", "crawl", "own_addresses", "triples"]

#: The syntaxes of RDF by the endings of documents.
RDF = {
    "ttl": (ox.RdfFormat.TURTLE, "turtle"),
    "nt": (ox.RdfFormat.N_TRIPLES, "nt"),
    "jsonld": (ox.RdfFormat.JSON_LD, "json-ld"),
    "rdf": (ox.RdfFormat.RDF_XML, "xml"),
    "trig": (ox.RdfFormat.TRIG, "trig"),
    "nq": (ox.RdfFormat.N_QUADS, "nquads"),
}
#: Query strings that are followed for one path.
_CHOICES = 3
#: Downloads of a whole release are not documents of one thing.
_DUMP = re.compile(r"/dumps/|/api/|/release/[^/]+/dumps/")
_LINK = re.compile(r"<([^>]*)>([^<]*)")


@dataclass(frozen=True)
class Fetched:
    """What an address answers with, after redirects."""

    status: int
    media_type: str
    body: bytes
    links: tuple[str, ...] = ()


@dataclass
class Site:
    """What a crawl has seen: each address with what it answered, links that lead away, and RDF documents."""

    pages: dict[str, Fetched] = field(default_factory=dict)
    outside: dict[str, str] = field(default_factory=dict)
    rdf: dict[str, bytes] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)


def crawl(fetch: Callable[[str], Fetched], host: str, first: str = "/") -> Site:
    """Return what can be reached from the first page; ``host`` is the beginning of every address of the site.

    Links inside of what is live (forms and choices) are left out, because they have no end. Of addresses that differ in
    their query string alone, a few are asked for.
    """
    site, waiting, seen = Site(), [(first, "the beginning")], {first}
    chosen: Counter[str] = Counter()
    while waiting:
        address, source = waiting.pop()
        got = fetch(address)
        if got.status != 200:
            site.broken[address] = f"{got.status}, linked from {source}"
            continue
        ending = urlsplit(address).path.rpartition(".")[2]
        if ending in RDF and not _DUMP.match(address):
            site.rdf[address] = got.body
        site.pages[address] = Fetched(got.status, got.media_type, b"", got.links)
        for link in _links(got):
            absolute = urljoin(host + address, link)
            if not absolute.startswith(host):
                if absolute.startswith(("http://", "https://")):
                    site.outside.setdefault(absolute, address)
                continue
            target = absolute.removeprefix(host).partition("#")[0]
            if target not in seen:
                seen.add(target)
                path, choice, _ = target.partition("?")
                chosen[path] += bool(choice)
                if chosen[path] > _CHOICES:
                    continue
                waiting.append((target, address))
    return site


def triples(body: bytes, ending: str) -> set[ox.Triple]:
    """Return the triples of a document, whatever graphs they are in."""
    return {quad.triple for quad in ox.parse(body, RDF[ending][0], base_iri=BASE)}


def own_addresses(site: Site) -> set[str]:
    """Return where the host answers for each of the project's own IRIs that the documents name."""
    return {
        "/" + term.value.removeprefix(BASE).partition("#")[0]
        for path, body in site.rdf.items()
        if path.endswith(".nt")
        for triple in triples(body, "nt")
        for term in (triple.subject, triple.object)
        if isinstance(term, ox.NamedNode) and term.value.startswith(BASE)
    }


def _links(got: Fetched) -> Iterator[str]:
    for header in got.links:
        for target, parameters in _LINK.findall(header):
            if 'rel="alternate"' in parameters:
                yield target
    if got.media_type == "text/html":
        tree = LexborHTMLParser(got.body.decode("utf-8"))
        for node in tree.css(".live:not([data-twin])"):
            node.decompose()
        for node in tree.css("a[href], link[href], script[src], img[src]"):
            yield _address(node)
    elif got.media_type == "image/svg+xml":
        yield from re.findall(r'\shref="(/[^"]*)"', got.body.decode("utf-8"))


def _address(node: Any) -> str:
    return node.attrs.get("href") or node.attrs.get("src") or ""
