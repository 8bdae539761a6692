"""The tests of FOOPS! that an ontology can answer by itself.

FOOPS! (https://w3id.org/foops/; catalogue https://w3id.org/foops/catalogue) asks how FAIR an ontology is. Ids and
lists of accepted properties are those of its test descriptions, https://w3id.org/foops/test/<id>, version 0.0.1:

======================  ===========================================================================================
FIND1                   a preferred namespace prefix
OM1, OM2, OM3           minimum, recommended and detailed metadata
OM4.1                   a licence
OM5.1, OM5.2            basic and detailed provenance
VER1                    a version IRI of its own
URI2                    one id, the same wherever the ontology names itself
PURL1                   a persistent IRI
VOC1, VOC2              reuse of vocabularies, for metadata and for terms
VOC3, VOC4              labels and definitions
RDF1                    the file is RDF (`parses`, which takes a path)
======================  ===========================================================================================

Left out: what a host has to answer (CN1, DOC1, HTTP1, URI1, VER2; docs/fair.md has the results), and what asks
registries (FIND2, FIND3, FIND_3_BIS, OM4.2).
Two tests are stricter here: VOC1 does not count rdfs: and owl:, without which nobody can write an ontology, and URI2
also reads vann:preferredNamespaceUri and rdfs:isDefinedBy.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from pyoxigraph import RdfFormat, parse
from rdflib import (
    DC,
    DCTERMS,
    DOAP,
    FOAF,
    OWL,
    PROV,
    RDFS,
    SKOS,
    VANN,
    Graph,
    Literal,
    Namespace,
    URIRef,
)

from tests.ontology.checks.model import Check, CheckResult, Finding, Ontology, every, is_built_in

__all__ = ["FOOPS_CHECKS", "FOOPS_STRICT_CHECKS", "LICENCE_PROPERTIES", "parses"]

_BIBO: Final = Namespace("http://purl.org/ontology/bibo/")
_CC: Final = Namespace("http://creativecommons.org/ns#")
_MOD: Final = Namespace("https://w3id.org/mod#")
_PAV: Final = Namespace("http://purl.org/pav/")
_SCHEMAS: Final = (Namespace("https://schema.org/"), Namespace("http://schema.org/"))


def _schema(*names: str) -> tuple[URIRef, ...]:
    return tuple(schema[name] for schema in _SCHEMAS for name in names)


#: Properties by which a licence may be given (OM1, OM4.1; also OOPS! P41).
LICENCE_PROPERTIES: Final = (DCTERMS.license, *_schema("license"), DOAP.license, _CC.license)


@dataclass(frozen=True)
class _Metadata:
    """One piece of metadata: what it is, the properties that may carry it (the first is proposed), a test of values."""

    name: str
    properties: Sequence[URIRef]
    fits: Callable[[str], bool] = bool


def _is_doi(value: str) -> bool:
    return re.search(r"\b10\.\d{4,}/", value) is not None


_TITLE: Final = _Metadata("title", (DCTERMS.title, DC.title, *_schema("name")))
_DESCRIPTION: Final = _Metadata(
    "description",
    (
        DCTERMS.description,
        DCTERMS.abstract,
        DC.description,
        *_schema("description"),
        RDFS.comment,
        DOAP.description,
        DOAP.shortdesc,
        SKOS.note,
    ),
)
_LICENCE: Final = _Metadata("licence", LICENCE_PROPERTIES)
_VERSION_IRI: Final = _Metadata("version IRI", (OWL.versionIRI,))
_AUTHOR: Final = _Metadata(
    "creator",
    (DCTERMS.creator, DC.creator, _PAV.createdBy, _PAV.authoredBy, *_schema("creator"), DOAP.developer),
)
_CREATOR: Final = _Metadata("creator", (*_AUTHOR.properties, PROV.wasAttributedTo))
_NAMESPACE: Final = _Metadata("namespace IRI", (VANN.preferredNamespaceUri,))
_PREFIX: Final = _Metadata("namespace prefix", (VANN.preferredNamespacePrefix,))
_VERSION: Final = _Metadata("version", (OWL.versionInfo, *_schema("schemaVersion")))
_CREATED: Final = _Metadata(
    "date of creation",
    (DCTERMS.created, *_schema("dateCreated"), DOAP.created, PROV.generatedAtTime, _PAV.createdOn),
)
_CITATION: Final = _Metadata("citation", (DCTERMS.bibliographicCitation,))
_PUBLISHER: Final = _Metadata("publisher", (DCTERMS.publisher, DC.publisher, *_schema("publisher")))
_STATUS: Final = _Metadata("status", (_BIBO.status, _MOD.status))
_SOURCE: Final = _Metadata("source", (DCTERMS.source, PROV.hadPrimarySource))
_ISSUED: Final = _Metadata("date of issue", (DCTERMS.issued, DCTERMS.dateSubmitted, *_schema("datePublished")))
_DOI: Final = _Metadata("DOI", (_BIBO.doi, *_schema("identifier"), DCTERMS.identifier), _is_doi)
_LOGO: Final = _Metadata("logo", (FOAF.logo, *_schema("logo")))


def _lacks(ontology: Ontology, wanted: _Metadata) -> str | None:
    if ontology.iri is None:
        return f"The graph has no ontology header to hold a {wanted.name}: add an owl:Ontology with one."
    values = (str(value).strip() for prop in wanted.properties for value in ontology.graph.objects(ontology.iri, prop))
    if any(wanted.fits(value) for value in values):
        return None
    return f"<{ontology.iri}> has no {wanted.name}: add one with {ontology.short(wanted.properties[0])}."


def _of_header(ontology: Ontology, _: object) -> str | None:
    return ontology.iri


def _metadata(check_id: str, title: str, *wanted: _Metadata) -> Check:
    return every(check_id, title, lambda _: wanted, _lacks, about=_of_header)


def _version_iri_is_other(ontology: Ontology, header: URIRef) -> str | None:
    versions = set(ontology.graph.objects(header, OWL.versionIRI))
    if not versions:
        return f"<{header}> has no version IRI: add owl:versionIRI with the ontology's IRI and its version."
    if header in versions:
        return f"<{header}> is its own version IRI: give each version an IRI of its own."
    if any(isinstance(version, Literal) for version in versions):
        return f"<{header}> has a text as its version IRI: write it as an IRI, between < and >."
    return None


def _names_itself(ontology: Ontology) -> list[URIRef]:
    return [*ontology.headers, *ontology.terms]


def _id_differs(ontology: Ontology, term: URIRef) -> str | None:
    own = ontology.iri
    if term not in ontology.headers:
        definers = ontology.named(term, RDFS.isDefinedBy)
        if own is None or not definers - {own}:
            return None
        return (
            f"{ontology.short(term)} says that <{min(definers - {own})}> defines it, not <{own}>: make both the same."
        )
    if term != own:
        return f"<{term}> is a second ontology beside <{own}>: keep one header."
    if ontology.namespace.rstrip("#/") != own.rstrip("#/"):
        return f"<{own}> prefers the namespace {ontology.namespace}, which is not its own IRI: make both the same."
    return None


_PERSISTENT: Final = re.compile(r"(^|\.)(w3id\.org|purl\.[a-z.]+|doi\.org|w3\.org)$")


def _may_vanish(_: Ontology, header: URIRef) -> str | None:
    if _PERSISTENT.search(urlsplit(header).hostname or ""):
        return None
    return f"<{header}> is not a persistent IRI: use a name under w3id.org, purl.org or doi.org that redirects to it."


_METADATA_SPACES: Final = tuple(
    map(str, (DC, DCTERMS, *_SCHEMAS, VANN, PROV, _BIBO, _PAV, FOAF, DOAP, _MOD, _CC, SKOS))
)


def _reuses_no_metadata(ontology: Ontology, header: URIRef) -> str | None:
    if any(str(prop).startswith(_METADATA_SPACES) for prop in ontology.graph.predicates(header)):
        return None
    return f"<{header}> is described without any metadata vocabulary: use dcterms:title, vann:preferredNamespaceUri …"


_AXIOMS: Final = (
    RDFS.subClassOf,
    RDFS.subPropertyOf,
    RDFS.domain,
    RDFS.range,
    OWL.equivalentClass,
    OWL.equivalentProperty,
    OWL.inverseOf,
    OWL.imports,
)


def _reuses_nothing(graph: Graph) -> CheckResult:
    ontology = Ontology(graph)
    named = {term for axiom in _AXIOMS for term in graph.objects(None, axiom) if isinstance(term, URIRef)}
    terms = {*named, *ontology.all_classes, *ontology.all_relations} - {ontology.iri}
    if any(not ontology.is_own(term) and not is_built_in(term) for term in terms):
        return CheckResult("VOC2", len(terms), ())
    message = "No term of another vocabulary is reused: align the top classes with well-known ones, or import some."
    return CheckResult("VOC2", len(terms), (Finding("VOC2", ontology.iri, message),))


def _terms(ontology: Ontology) -> Iterable[URIRef]:
    return ontology.terms


def _unlabelled(ontology: Ontology, term: URIRef) -> str | None:
    if any(str(text).strip() for prop in (RDFS.label, SKOS.prefLabel) for text in ontology.graph.objects(term, prop)):
        return None
    return f"{ontology.short(term)} has no label: add rdfs:label."


def _undefined(ontology: Ontology, term: URIRef) -> str | None:
    wanted = (SKOS.definition, RDFS.comment)
    if any(str(text).strip() for prop in wanted for text in ontology.graph.objects(term, prop)):
        return None
    return f"{ontology.short(term)} has no definition: add skos:definition."


def parses(path: Path) -> CheckResult:
    """Return the result of RDF1 for a file: no finding when it is RDF in the format that its name promises."""
    suffix = path.suffix.removeprefix(".").lower()
    rdf_format = RdfFormat.RDF_XML if suffix == "owl" else RdfFormat.from_extension(suffix)
    if rdf_format is None:
        return _unreadable(
            path, "its name does not say which format it is in; end it in .ttl, .rdf, .owl, .nt or .jsonld"
        )
    try:
        triples = sum(1 for _ in parse(path=str(path), format=rdf_format, base_iri=path.absolute().as_uri()))
    except (OSError, SyntaxError) as error:
        return _unreadable(path, f"{error}; fix the file there")
    return CheckResult("RDF1", 1, ()) if triples else _unreadable(path, "it holds no statement at all")


def _unreadable(path: Path, reason: str) -> CheckResult:
    return CheckResult("RDF1", 1, (Finding("RDF1", None, f"{path} cannot be read as RDF: {reason}."),))


def _headers(ontology: Ontology) -> Iterable[URIRef]:
    return ontology.headers


_BEFORE: Final = (
    _metadata("FIND1", "The preferred prefix is declared", _PREFIX),
    _metadata("OM1", "Minimum metadata", _TITLE, _DESCRIPTION, _LICENCE, _VERSION_IRI, _CREATOR, _NAMESPACE),
    _metadata("OM2", "Recommended metadata", _PREFIX, _VERSION, _CREATED, _CITATION),
)
_AFTER: Final = (
    _metadata("OM4.1", "A licence is declared", _LICENCE),
    _metadata("OM5.1", "Basic provenance", _AUTHOR, _CREATED),
    _metadata("OM5.2", "Detailed provenance", _ISSUED, _PUBLISHER),
    every("VER1", "The version has an IRI of its own", _headers, _version_iri_is_other),
    every("URI2", "One ontology id throughout", _names_itself, _id_differs),
    every("PURL1", "The IRI is persistent", _headers, _may_vanish),
    every("VOC1", "Metadata vocabularies are reused", _headers, _reuses_no_metadata),
    Check("VOC2", "Terms of other vocabularies are reused", _reuses_nothing),
    every("VOC3", "Every term has a label", _terms, _unlabelled),
    every("VOC4", "Every term has a definition", _terms, _undefined),
)
_DETAILED: Final = (_PUBLISHER, _STATUS, _SOURCE, _ISSUED)

#: The tests, with a DOI and a logo left to choice in OM3.
FOOPS_CHECKS: Final = (*_BEFORE, _metadata("OM3", "Detailed metadata", *_DETAILED), *_AFTER)

#: The tests as FOOPS! scores them: OM3 asks for a DOI and a logo as well.
FOOPS_STRICT_CHECKS: Final = (
    *_BEFORE,
    _metadata("OM3", "Detailed metadata", *_DETAILED, _DOI, _LOGO),
    *_AFTER,
)
