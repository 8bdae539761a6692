"""The dataset's description of itself, graph/dataset: VoID for its counts, DCAT for catalogues, PROV for its sources.

It is a pure function of the workspace: dates come from the header of the ontology, and nothing tells when it was built.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import pyoxigraph as ox

from ecp_graph.namespaces import BASE, DATASET_GRAPH, ECP, ID, ONTOLOGY_GRAPH, PREFIXES, compact, sparql_prologue

__all__ = ["DATASET", "describe"]

DATASET: Final = BASE + "dataset"

_GRAPH: Final = ox.NamedNode(DATASET_GRAPH)
_NQUADS: Final = "https://www.iana.org/assignments/media-types/application/n-quads"
_HEADER: Final = f"""
    SELECT ?property ?value WHERE {{
      GRAPH <{ONTOLOGY_GRAPH}> {{ ?ontology a owl:Ontology ; ?property ?value }}
    }} ORDER BY ?ontology ?property ?value"""
_CLASSES: Final = f"""
    SELECT ?class (COUNT(DISTINCT ?thing) AS ?count) (MIN(?local) AS ?example) WHERE {{
      ?thing a ?class FILTER(isIRI(?class) && isIRI(?thing))
      BIND(IF(STRSTARTS(STR(?thing), "{ID}"), STR(?thing), ?none) AS ?local)
    }} GROUP BY ?class ORDER BY ?class"""
_PROPERTIES: Final = """
    SELECT ?property (COUNT(*) AS ?count) WHERE { ?s ?property ?o } GROUP BY ?property ORDER BY ?property"""
_TOTALS: Final = f"""
    SELECT (COUNT(*) AS ?triples) (COUNT(DISTINCT ?s) AS ?subjects) (COUNT(DISTINCT ?o) AS ?objects)
           (COUNT(DISTINCT ?entity) AS ?entities)
    WHERE {{ ?s ?p ?o BIND(IF(STRSTARTS(STR(?s), "{ID}"), ?s, ?none) AS ?entity) }}"""
_DOCUMENTS: Final = "SELECT DISTINCT ?document WHERE { ?passage ecp:passageOf ?document } ORDER BY ?document"
_COPIED: Final = ("license", "publisher", "creator", "issued", "modified")

_Term = ox.NamedNode | ox.BlankNode | ox.Literal
_Facts = Iterator[tuple[str, str, _Term]]


def describe(store: ox.Store) -> list[ox.Quad]:
    """Return the quads of graph/dataset for a store whose default graph is the merge of all other graphs.

    ``void:triples`` is the number of triples in that default graph; ``void:entities`` counts the subjects under id/.
    """
    header = _header(store)
    facts = (*_dataset(store, header), *_catalogue(store, header), *_partitions(store))
    return list(dict.fromkeys(ox.Quad(_iri(s), _iri(p), o, _GRAPH) for s, p, o in facts))


def _header(store: ox.Store) -> dict[str, _Term]:
    """Return the first value of each property in the header of the ontology."""
    header: dict[str, _Term] = {}
    for row in _select(store, _HEADER):
        header.setdefault(row["property"].value, row["value"])
    return header


def _dataset(store: ox.Store, header: dict[str, _Term]) -> _Facts:
    totals = next(iter(_select(store, _TOTALS)))
    yield from _types(DATASET, "void:Dataset", "dcat:Dataset", "prov:Entity")
    yield from _titles(DATASET, header, "Data described with the {title}")
    for name in _COPIED:
        if value := header.get(PREFIXES["dcterms"] + name):
            yield DATASET, f"dcterms:{name}", value
    if version := header.get(PREFIXES["owl"] + "versionInfo"):
        yield DATASET, "dcat:version", version
    for name, variable in (("triples", "triples"), ("entities", "entities")):
        yield DATASET, f"void:{name}", totals[variable]
    yield DATASET, "void:distinctSubjects", totals["subjects"]
    yield DATASET, "void:distinctObjects", totals["objects"]
    yield DATASET, "void:uriSpace", ox.Literal(ID)
    yield DATASET, "void:sparqlEndpoint", _iri(BASE + "sparql")
    yield DATASET, "void:dataDump", _iri(BASE + "dumps/dataset.nq")
    for row in _select(store, _DOCUMENTS):
        yield DATASET, "prov:wasDerivedFrom", row["document"]


def _catalogue(store: ox.Store, header: dict[str, _Term]) -> _Facts:
    catalogue, dump, service = BASE + "catalogue", BASE + "dataset#nquads", BASE + "dataset#sparql"
    yield from _types(catalogue, "dcat:Catalog")
    yield from _titles(catalogue, header, "Catalogue of the data described with the {title}")
    yield catalogue, "dcat:dataset", _iri(DATASET)
    yield catalogue, "dcat:service", _iri(service)
    if publisher := header.get(PREFIXES["dcterms"] + "publisher"):
        yield catalogue, "dcterms:publisher", publisher
        yield from _types(publisher.value, "foaf:Agent")
        for quad in store.quads_for_pattern(publisher, _iri("foaf:name"), None, ox.DefaultGraph()):  # type: ignore[arg-type]
            yield publisher.value, "foaf:name", quad.object  # type: ignore[misc]
    yield DATASET, "dcat:distribution", _iri(dump)
    yield from _types(dump, "dcat:Distribution")
    yield dump, "dcterms:title", ox.Literal("All statements with their passages, as N-Quads", language="en")
    yield dump, "dcat:accessURL", _iri(BASE + "dumps/dataset.nq")
    yield dump, "dcat:downloadURL", _iri(BASE + "dumps/dataset.nq")
    yield dump, "dcat:mediaType", _iri(_NQUADS)
    yield from _types(_NQUADS, "dcterms:MediaType")
    if license_ := header.get(PREFIXES["dcterms"] + "license"):
        yield dump, "dcterms:license", license_
        yield from _types(license_.value, "dcterms:LicenseDocument")
    yield from _types(service, "dcat:DataService")
    yield service, "dcterms:title", ox.Literal("SPARQL endpoint", language="en")
    yield service, "dcat:endpointURL", _iri(BASE + "sparql")
    yield service, "dcat:servesDataset", _iri(DATASET)


def _partitions(store: ox.Store) -> _Facts:
    classes, properties = list(_select(store, _CLASSES)), list(_select(store, _PROPERTIES))
    yield DATASET, "void:classes", ox.Literal(len(classes))
    yield DATASET, "void:properties", ox.Literal(len(properties))
    terms = [row["class"].value for row in classes] + [row["property"].value for row in properties]
    for namespace in sorted({re.sub(r"[^/#]*$", "", term) for term in terms}):
        yield DATASET, "void:vocabulary", _iri(namespace)
    own = [row for row in classes if row["class"].value.startswith(ECP) and row["example"] is not None]
    for row in sorted(own, key=lambda row: -int(row["count"].value))[:5]:
        yield DATASET, "void:exampleResource", _iri(row["example"].value)
    for row in classes:
        part = _part("class", row["class"].value)
        yield DATASET, "void:classPartition", _iri(part)
        yield part, "void:class", row["class"]
        yield part, "void:entities", row["count"]
    for row in properties:
        part = _part("property", row["property"].value)
        yield DATASET, "void:propertyPartition", _iri(part)
        yield part, "void:property", row["property"]
        yield part, "void:triples", row["count"]


def _titles(node: str, header: dict[str, _Term], title: str) -> _Facts:
    ontology = header.get(PREFIXES["dcterms"] + "title")
    text = title.format(title=ontology.value if ontology is not None else "ontology of the workspace")
    yield node, "dcterms:title", ox.Literal(text, language="en")
    description = header.get(PREFIXES["dcterms"] + "description") or ox.Literal(text, language="en")
    yield node, "dcterms:description", description


def _types(node: str, *classes: str) -> _Facts:
    yield from ((node, "rdf:type", _iri(name)) for name in classes)


def _part(kind: str, term: str) -> str:
    return f"{DATASET}#{kind}-" + re.sub(r"[^\w.-]+", "-", compact(term))


def _iri(name: str) -> ox.NamedNode:
    prefix, _, local = name.partition(":")
    return ox.NamedNode(PREFIXES[prefix] + local if prefix in PREFIXES else name)


def _select(store: ox.Store, query: str) -> ox.QuerySolutions:
    return store.query(sparql_prologue(query) + "\n" + query)  # type: ignore[return-value]
