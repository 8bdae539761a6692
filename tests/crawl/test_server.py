"""From the home page, every link of the site and of its RDF leads somewhere, and every format says the same."""

from __future__ import annotations

import warnings
from collections import defaultdict
from pathlib import Path
from urllib.parse import urlsplit

import pyoxigraph as ox
import pytest
import rdflib
from flask import Flask

from ecp_graph.settings import Settings
from ecp_graph.web.app import create_app

from .crawler import RDF, Fetched, Site, crawl, own_addresses, triples

HOST = "http://localhost"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
#: Hosts that pages may link to: where vocabularies, licences and outside identifiers live.
OUTSIDE = {
    "creativecommons.org",
    "data.europa.eu",
    "id.loc.gov",
    "purl.org",
    "spdx.org",
    "w3id.org",
    "www.apache.org",
    "www.iana.org",
    "www.w3.org",
    "www.wcoomd.org",
    "www.wikidata.org",
    "xmlns.com",
    "rdfs.org",
    "schema.org",
}
#: What can be had as Turtle alone, because it is a selection and not the document of a thing.
DOWNLOADS = {"/actions", "/validation/report"}


@pytest.fixture(scope="module")
def app(releases: Path) -> Flask:
    return create_app(Settings(releases=releases, timeout=60))


@pytest.fixture(scope="module")
def site(app: Flask) -> Site:
    client = app.test_client()

    def fetch(address: str) -> Fetched:
        with client.get(address, headers={"Accept": BROWSER}, follow_redirects=True) as response:
            links = tuple(response.headers.getlist("Link"))
            return Fetched(response.status_code, response.mimetype or "", response.get_data(), links)

    return crawl(fetch, HOST)


def test_no_link_is_broken(site: Site) -> None:
    assert site.broken == {}
    assert len(site.pages) > 1500


def test_no_link_leads_to_an_undeclared_host(site: Site) -> None:
    strange = {url: page for url, page in site.outside.items() if urlsplit(url).hostname not in OUTSIDE}
    assert strange == {}
    assert site.outside


def test_every_format_says_the_same(site: Site) -> None:
    documents: dict[str, dict[str, set[ox.Triple]]] = defaultdict(dict)
    for address, body in site.rdf.items():
        stem, _, ending = address.rpartition(".")
        documents[stem][ending] = triples(body, ending)
    assert {stem for stem, formats in documents.items() if len(formats) == 1} == DOWNLOADS
    assert len(documents) > 300
    for stem in documents.keys() - DOWNLOADS:
        formats = documents[stem]
        assert len(formats) >= 4, stem
        first, *others = (_without_names(found) for found in formats.values())
        assert first, stem
        assert all(other == first for other in others), stem


def test_rdflib_reads_every_document_alike(site: Site) -> None:
    for address, body in site.rdf.items():
        ending = address.rpartition(".")[2]
        graph = rdflib.Dataset(default_union=True) if ending in {"trig", "nq"} else rdflib.Graph()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            graph.parse(data=body, format=RDF[ending][1])
        assert len({tuple(row[:3]) for row in graph}) == len(triples(body, ending)), address


def test_every_identifier_in_the_data_is_answered(site: Site, app: Flask) -> None:
    own = own_addresses(site)
    assert len(own) > 400
    client = app.test_client()

    def status(address: str) -> int:
        with client.get(address, headers={"Accept": BROWSER}, follow_redirects=True) as response:
            return response.status_code

    assert [address for address in sorted(own - site.pages.keys()) if status(address) != 200] == []


def _without_names(found: set[ox.Triple]) -> set[tuple[str, str, str]]:
    """Return the triples with their blank nodes nameless: each syntax names them anew."""
    return {
        tuple("_:" if isinstance(term, ox.BlankNode) else str(term) for term in triple)  # type: ignore[misc]
        for triple in found
    }
