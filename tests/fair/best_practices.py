"""The practices 1 to 11 of Data on the Web Best Practices (W3C Recommendation, 31 January 2017) that requests can test.

Metadata, licence, provenance, quality, versions, identifiers.
"""

from __future__ import annotations

from typing import Final

import pyoxigraph as ox
from rdflib import DCTERMS, PROV, URIRef

from tests.bundled import DATASET, ID, OWN_GRAPHS
from tests.fair.dwbp import DC, DCAT, RULES, VOID, everywhere, practice, results, says, things, twin
from tests.fair.hosts import Host
from tests.fair.reading import (
    about,
    absent,
    changed,
    described,
    dump,
    is_page,
    ontology,
    path_of,
    rdf,
    tree,
    values,
    version_iri,
    without_header,
)

__all__ = ["PRACTICES"]

_NO_CONTACT: Final = "the header of the ontology names no contact; who publishes adds dcat:contactPoint"
_NO_HEADERS: Final = "a host of files sends no Link header; each file holds its licence"


def _metadata(host: Host) -> bool:
    page, home = host.page("/dataset"), host.page("/")
    blocks = [node.text() for node in tree(home).css('script[type="application/ld+json"]')]
    for_search = any('"Dataset"' in block and DATASET in block for block in blocks)
    return is_page(page) and len(about(host)) > 100 and for_search


def _well_known(host: Host) -> bool:
    return (URIRef(DATASET), None, None) in rdf(host.follow("/.well-known/void", "text/turtle"))


def _structure(host: Host) -> bool:
    conforms = described(host, str(DCTERMS.conformsTo))
    parts = described(host, VOID + "classPartition"), described(host, VOID + "propertyPartition")
    shapes = rdf(host.get("/shapes.ttl"))
    return bool(conforms) and min(map(len, parts)) > 20 and len(ontology(host)) > 100 and len(shapes) > 100


def _licences(host: Host) -> bool:
    graph = about(host)
    things = [DATASET, *described(host, str(DCAT.distribution))]
    found = [values(graph, thing, str(DCTERMS.license)) for thing in things]
    return len(found) > 8 and all(found)


def _licence_link(host: Host) -> bool:
    paths = ["/doc/action/ecp3-1", "/graph/ontology", "/ontology", "/dataset", "/shapes"]
    links = [host.get(path, "text/turtle").headers.get("Link", "") for path in paths]
    return all('rel="license"' in link for link in links)


def _licence_in_documents(host: Host) -> bool:
    things = [iri for iri in described(host, VOID + "exampleResource") if iri.startswith(ID)]
    graphs = [rdf(host.get(path_of(iri).replace("/id/", "/doc/", 1) + ".ttl")) for iri in things]
    return len(graphs) > 2 and all(any(graph.subject_objects(DCTERMS.license)) for graph in graphs)


def _provenance(host: Host) -> bool:
    graph = about(host)
    builds = [values(graph, release, str(PROV.wasGeneratedBy)) for release in described(host, str(DCAT.hasVersion))]
    return bool(builds) and all(builds) and bool(described(host, str(PROV.wasDerivedFrom)))


def _statement_provenance(host: Host) -> bool:
    """Every statement that is not the build's own stands in the graph of a reading of a passage."""
    quads = dump(host, "asserted.nq.gz")
    readings = {q.subject.value for q in quads if q.predicate.value.endswith("#readingOf")}  # type: ignore[union-attr]
    graphs = {q.graph_name.value for q in quads if isinstance(q.graph_name, ox.NamedNode)} - OWN_GRAPHS
    return len(readings) > 50 and bool(graphs) and graphs <= readings


def _quality(host: Host) -> bool:
    page = host.page("/validation")
    listed, told = tree(page).css('li[id^="finding-"]'), results(host)
    return is_page(page) and len(listed) == len(told) > 10


def _version(host: Host) -> bool:
    graph = about(host)
    releases = described(host, str(DCAT.hasVersion))
    return says(str(DCAT.version))(host) and bool(releases) and all(
        values(graph, release, str(DCAT.version)) for release in releases
    )  # fmt: skip


def _history(host: Host) -> bool:
    feed = host.get("/releases.atom")
    return is_page(host.page("/releases")) and feed.status == 200 and b"<entry" in feed.body


def _persistent(iri: str) -> bool:
    return iri.startswith("https://w3id.org/")


def _dataset_iri(host: Host) -> bool:
    return _persistent(DATASET) and (URIRef(DATASET), None, None) in rdf(host.follow(path_of(DATASET), "text/turtle"))


def _inner_iris(host: Host) -> bool:
    known = things(host)
    some = known[:: max(1, len(known) // 20)]
    return len(known) > 100 and all(host.follow(path_of(iri), "text/turtle").status == 200 for iri in some)


def _version_iris(host: Host) -> bool:
    releases = described(host, str(DCAT.hasVersion))
    answers = [rdf(host.follow(path_of(iri), "text/turtle")) for iri in [*releases, version_iri(host)] if iri]
    return len(answers) == len(releases) + 1 > 1 and all(len(graph) > 100 for graph in answers)


PRACTICES: Final = [
    practice(1, "Metadata: a page, RDF, and schema.org in the home page", _metadata, changed("ld.json", "x")),
    practice(1, "Metadata at `/.well-known/void`", _well_known, absent("/.well-known"), None),
    practice(2, "Title, description, publisher, dates of issue and change",
              says(*(DC + name for name in ("title", "description", "publisher", "issued", "modified"))),
              changed("dcterms:publisher", "dcterms:relation")),
    practice(2, "Keywords and languages", says(str(DCAT.keyword), DC + "language"),
              changed("dcat:keyword", "dcterms:relation")),
    practice(2, "A contact point", says(str(DCAT.contactPoint)), absent("/dataset"), everywhere(_NO_CONTACT)),
    practice(3, "Structure: the ontology, partitions by class and property, shapes", _structure, absent("/shapes")),
    practice(4, "A licence for the dataset and for each distribution", _licences,
              changed("dcterms:license", "dcterms:relation")),
    practice(4, "The licence in the Link header of each document", _licence_link, without_header("Link"),
              twin(_NO_HEADERS)),
    practice(4, "The licence inside each document", _licence_in_documents, changed("dcterms:license", "dcterms:type")),
    practice(5, "Sources, and the build that made the release", _provenance,
              changed("prov:wasGeneratedBy", "prov:wasInfluencedBy")),
    practice(5, "Each stated statement in the graph of a reading", _statement_provenance,
              changed("#readingOf", "#other")),
    practice(6, "What is known to be wrong with the data", _quality, absent("/validation")),
    practice(7, "A version of the dataset and of each release", _version, changed("dcat:version ", "dcat:x ")),
    practice(8, "A list of the releases, and a feed of what changed", _history, absent("/releases.atom")),
    practice(9, "The dataset's IRI is persistent and can be resolved", _dataset_iri, absent("/dataset"), RULES),
    practice(10, "IRIs inside the dataset are persistent and can be resolved", _inner_iris, absent("/doc/"), RULES),
    practice(11, "Each version has an IRI that can be resolved", _version_iris, absent("/release/"), RULES),
]  # fmt: skip
