"""The catalogue entry (DCAT 3) and provenance (PROV-O) of a release in graph/dataset."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

import pyoxigraph as ox

from ecp_graph import __version__
from ecp_graph.linked_data.dumps import DUMPS, GZIP, Dump
from ecp_graph.namespaces import names
from ecp_graph.tables.definitions import FOLDER as TABLES
from ecp_graph.tables.definitions import MEDIA_TYPE as PARQUET
from ecp_graph.tables.definitions import Definition, file_name

__all__ = ["Facts", "Header", "catalogue", "iri", "release", "release_iri", "titles", "types"]

_MEDIA_TYPES: Final = "https://www.iana.org/assignments/media-types/"

Term: TypeAlias = ox.NamedNode | ox.BlankNode | ox.Literal
#: Subject, curie of the property, object.
Facts: TypeAlias = Iterator[tuple[str, str, Term]]


@dataclass(frozen=True)
class Header:
    """The IRI of the ontology, the first value of each property in its header by curie, and its publisher's names.

    ``title`` is that of the workspace where the values are not those of the ontology.
    """

    ontology: str
    values: Mapping[str, Term]
    publisher_names: list[Term]
    title: str = ""


def release_iri(release_id: str) -> str:
    """Return the IRI of a release: the version of the dataset that one build made."""
    return f"{names().base}release/{release_id}"


def catalogue(header: Header, tables: Iterable[Definition] = ()) -> Facts:
    """Yield the catalogue, its distributions and its data service (DCAT 3, sections 6.3, 6.8 and 6.9)."""
    dataset, address = names().dataset, names().base + "sparql"
    node, service = f"{dataset}#catalogue", f"{dataset}#sparql"
    yield from types(node, "dcat:Catalog")
    yield from titles(node, header, before="Catalogue of the ")
    yield node, "dcat:dataset", iri(dataset)
    yield node, "dcat:service", iri(service)
    publisher, license_ = header.values.get("dcterms:publisher"), header.values.get("dcterms:license")
    if publisher:
        yield node, "dcterms:publisher", publisher
        yield from types(publisher.value, "foaf:Agent")
        for name in header.publisher_names:
            yield publisher.value, "foaf:name", name
    if license_:
        yield node, "dcterms:license", license_
        yield from types(license_.value, "dcterms:LicenseDocument")
    for dump in DUMPS:
        yield dataset, "dcat:distribution", iri(_dump_iri(dump))
        yield from _distribution(_dump_iri(dump), dump.name, dump.title, dump.media_type, license_)
        if dump.compressed:
            yield _dump_iri(dump), "dcat:compressFormat", iri(_MEDIA_TYPES + GZIP)
            yield from types(_MEDIA_TYPES + GZIP, "dcterms:MediaType")
    for table in tables:
        node, file = f"{dataset}#table-{table.name}", f"{TABLES}/{file_name(table.name)}"
        yield dataset, "dcat:distribution", iri(node)
        yield from _distribution(node, file, f"Table (Parquet): {table.summary}", PARQUET, license_)
    yield from types(service, "dcat:DataService")
    yield service, "dcterms:title", ox.Literal("SPARQL endpoint", language="en")
    yield service, "dcat:endpointURL", iri(address)
    yield service, "dcat:endpointDescription", iri(address)
    yield service, "dcat:servesDataset", iri(dataset)
    if license_:
        yield service, "dcterms:license", license_


def release(header: Header, release_id: str, workspace_hash: str, triples: int) -> Facts:
    """Yield the release as a version of the dataset, and the build that made it: software and authored files.

    Nobody is named, and no time: who ran the build, and when, is not known to it.
    """
    if not release_id:
        return
    version = release_iri(release_id)
    build, software, files = (f"{version}#{part}" for part in ("build", "software", "workspace"))
    yield names().dataset, "dcat:hasVersion", iri(version)
    yield from types(version, "dcat:Dataset", "prov:Entity")
    yield from titles(version, header, after=f", release {release_id}")
    yield version, "dcat:isVersionOf", iri(names().dataset)
    yield version, "prov:specializationOf", iri(names().dataset)
    yield version, "dcat:version", ox.Literal(release_id)
    yield version, "dcterms:identifier", ox.Literal(version)
    yield version, "void:triples", ox.Literal(triples)
    for name in ("license", "publisher", "creator"):
        if value := header.values.get(f"dcterms:{name}"):
            yield version, f"dcterms:{name}", value
    yield version, "prov:wasGeneratedBy", iri(build)
    yield version, "prov:wasDerivedFrom", iri(files)
    yield from types(build, "prov:Activity")
    yield build, "rdfs:label", ox.Literal(f"Build of release {release_id}", language="en")
    yield build, "prov:used", iri(files)
    yield build, "prov:wasAssociatedWith", iri(software)
    yield from types(software, "prov:SoftwareAgent")
    yield software, "rdfs:label", ox.Literal(f"ecp-graph {__version__}", language="en")
    yield software, "foaf:name", ox.Literal(f"ecp-graph {__version__}")
    yield from types(files, "prov:Entity", "prov:Collection")
    yield files, "rdfs:label", ox.Literal("The authored files of the workspace", language="en")
    yield files, "dcterms:identifier", ox.Literal(f"sha256:{workspace_hash}")


def titles(node: str, header: Header, *, before: str = "", after: str = "") -> Facts:
    """Yield a title, made of that of the workspace or the ontology, and the ontology's description or the title."""
    ontology = header.values.get("dcterms:title")
    data = f"data described with the {ontology.value if ontology is not None else 'ontology of the workspace'}"
    text = before + (header.title or data) + after
    text = text[:1].upper() + text[1:]
    yield node, "dcterms:title", ox.Literal(text, language="en")
    yield node, "dcterms:description", header.values.get("dcterms:description") or ox.Literal(text, language="en")


def types(node: str, *classes: str) -> Facts:
    """Yield the classes of a node."""
    yield from ((node, "rdf:type", iri(name)) for name in classes)


def iri(name: str) -> ox.NamedNode:
    """Return the node of a curie or an IRI."""
    prefix, _, local = name.partition(":")
    known = names().prefixes
    return ox.NamedNode(known[prefix] + local if prefix in known else name)


def _distribution(node: str, file: str, title: str, kind: str, license_: Term | None) -> Facts:
    address, media_type = f"{names().base}dumps/{file}", _MEDIA_TYPES + kind
    yield from types(node, "dcat:Distribution")
    yield node, "dcterms:title", ox.Literal(title, language="en")
    yield node, "dcat:accessURL", iri(address)
    yield node, "dcat:downloadURL", iri(address)
    yield node, "dcat:mediaType", iri(media_type)
    yield from types(media_type, "dcterms:MediaType")
    if license_:
        yield node, "dcterms:license", license_


def _dump_iri(dump: Dump) -> str:
    return f"{names().dataset}#dump-{dump.name.replace('.', '-')}"
