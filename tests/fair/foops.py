"""The tests of FOOPS!, asked of what a host answers for the ontology.

Those that an ontology can answer by itself are the checks of `tests.ontology.checks.foops`, run over the file that is
published. Left out: FIND2, FIND3, FIND_3_BIS and OM4.2, which ask registries and other hosts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from rdflib import OWL

from ecp_graph.namespaces import ECP
from tests.fair.hosts import Host
from tests.fair.reading import (
    SYNTAXES,
    Practice,
    absent,
    changed,
    is_page,
    ontology,
    ontology_iri,
    path_of,
    rdf,
    tree,
    typed,
    values,
    version_iri,
)
from tests.ontology.checks import FOOPS_CHECKS, FOOPS_STRICT_CHECKS, Check

__all__ = ["PRACTICES"]

_SOURCE: Final = "FOOPS!"
_RULES: Final = {"files": "it needs the redirect rules"}
_VOCABULARIES: Final = r"https?://(?!www\.w3\.org/(?:1999|2000/01|2001|2002)|w3id\.org/ecp-graph)[a-z./]*[/#]"

#: For each check over the file: what is renamed in it, and into what.
_FAULTS: Final = {
    "FIND1": ("preferredNamespacePrefix", "prefix"),
    "OM1": ("dcterms:title", "dcterms:alternative"),
    "OM2": ("dcterms:bibliographicCitation", "dcterms:references"),
    "OM3": ("dcterms:source", "dcterms:relation"),
    "OM4.1": ("dcterms:license", "dcterms:rights"),
    "OM5.1": ("dcterms:created", "dcterms:available"),
    "OM5.2": ("dcterms:publisher", "dcterms:contributor"),
    "VER1": ("owl:versionIRI", "rdfs:seeAlso"),
    "URI2": ('ontology#"', 'other#"'),
    "PURL1": ("w3id.org", "plan.example"),
    "VOC1": ("http://purl.org/|http://www.w3.org/2004/02/skos/", "http://vocabulary.example/"),
    "VOC2": (_VOCABULARIES, ECP + "x-"),
    "VOC3": ("rdfs:label", "rdfs:seeAlso"),
    "VOC4": ("skos:definition", "skos:note"),
}


def _passes(check: Check) -> Callable[[Host], bool]:
    def asked(host: Host) -> bool:
        graph = ontology(host)
        result = check.run(graph)
        return len(graph) > 0 and result.looked_at > 0 and not result.findings

    return asked


def _named(host: Host, iri: str, accept: str) -> bool:
    """Return whether the address of an IRI answers with RDF of the media type."""
    answer = host.follow(path_of(iri), accept)
    return answer.media_type == accept and len(rdf(answer, accept)) > 0


def _negotiates(host: Host) -> bool:
    iri = ontology_iri(host)
    return bool(iri) and all(_named(host, iri, media_type) for media_type in SYNTAXES.values())


def _documented(host: Host) -> bool:
    return is_page(host.follow("/ontology", "text/html"))


def _documents_terms(host: Host) -> bool:
    page = host.page("/ontology")
    named = {str(term).removeprefix(ECP) for term in ontology(host).subjects() if str(term).startswith(ECP)}
    anchors = {node.attrs.get("id") for node in tree(page).css("[id]")}
    return is_page(page) and bool(named) and named <= anchors


def _resolves(host: Host) -> bool:
    iri = ontology_iri(host)
    return bool(iri) and host.follow(path_of(iri), "*/*").status == 200


def _version_resolves(host: Host) -> bool:
    iri = version_iri(host)
    if not iri:
        return False
    answer = host.follow(path_of(iri), "text/turtle")
    return iri in values(rdf(answer), ontology_iri(host), str(OWL.versionIRI)) and answer.media_type == "text/turtle"


def _open_protocol(host: Host) -> bool:
    return ontology_iri(host).startswith(("http://", "https://"))


def _parses(host: Host) -> bool:
    read = [rdf(host.get(f"/ontology.{suffix}"), media_type) for suffix, media_type in SYNTAXES.items()]
    return all(len(graph) > 100 for graph in read) and len({len(graph) for graph in read}) == 1


_WEB: Final = [
    Practice(_SOURCE, "CN1", "The ontology's IRI gives RDF/XML, Turtle, N-Triples and JSON-LD by Accept", _negotiates,
             typed("text/plain"), _RULES),
    Practice(_SOURCE, "DOC1", "The ontology's IRI gives HTML", _documented, absent("/ontology"), _RULES),
    Practice(_SOURCE, "DOC1", "The page explains every own term, each with an anchor", _documents_terms,
             changed(' id="ActionPlan"', "", at="/ontology")),
    Practice(_SOURCE, "HTTP1", "The IRI is one of HTTP", _open_protocol,
             changed("https://w3id.org/ecp-graph/ontology>", "urn:x:ontology>")),
    Practice(_SOURCE, "RDF1", "The files are RDF, and the same in each syntax", _parses,
             changed(r" \.\n", "\n", at="/ontology.nt")),
    Practice(_SOURCE, "URI1", "The ontology's IRI can be resolved", _resolves, absent("/ontology"), _RULES),
    Practice(_SOURCE, "VER2", "The version IRI can be resolved", _version_resolves, absent("/ontology/"), _RULES),
]  # fmt: skip
_STRICT: Final = next(check for check in FOOPS_STRICT_CHECKS if check.id == "OM3")
_NO_DOI: Final = "there is no DOI and no logo"

PRACTICES: Final = sorted(
    [
        *_WEB,
        *(Practice(_SOURCE, one.id, one.title, _passes(one), changed(*_FAULTS[one.id])) for one in FOOPS_CHECKS),
        Practice(_SOURCE, "OM3", "Detailed metadata as FOOPS! scores it", _passes(_STRICT), absent("/ontology"),
                 {"server": _NO_DOI, "rules": _NO_DOI, "files": _NO_DOI}),
    ],
    key=lambda practice: practice.id,
)  # fmt: skip
