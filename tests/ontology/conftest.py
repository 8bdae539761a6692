"""A clean little ontology, in which every check of tests.ontology.checks is silent, and a way to plant faults in it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from rdflib import Graph

PREFIXES = """
@prefix : <https://w3id.org/example/library#> .
@prefix bibo: <http://purl.org/ontology/bibo/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <http://schema.org/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix vann: <http://purl.org/vocab/vann/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""

CLEAN = (
    PREFIXES
    + """
<https://w3id.org/example/library> a owl:Ontology ;
    dcterms:title "Library"@en ;
    dcterms:description "Terms for a small library."@en ;
    dcterms:license <https://creativecommons.org/licenses/by/4.0/> ;
    dcterms:creator <https://w3id.org/example/ann> ;
    dcterms:created "2024-01-01"^^xsd:date ;
    dcterms:issued "2024-01-02"^^xsd:date ;
    dcterms:publisher <https://w3id.org/example/ann> ;
    dcterms:source <https://w3id.org/example/shelf> ;
    dcterms:bibliographicCitation "Ann: Library, 2024."@en ;
    vann:preferredNamespacePrefix "lib" ;
    vann:preferredNamespaceUri "https://w3id.org/example/library#" ;
    bibo:status <http://purl.org/ontology/bibo/status/draft> ;
    bibo:doi "10.1234/library" ;
    foaf:logo <https://w3id.org/example/logo> ;
    owl:versionInfo "1.0" ;
    owl:versionIRI <https://w3id.org/example/library/1.0> .

dcterms:title a owl:AnnotationProperty .
dcterms:description a owl:AnnotationProperty .
dcterms:license a owl:AnnotationProperty .
dcterms:creator a owl:AnnotationProperty .
dcterms:created a owl:AnnotationProperty .
dcterms:issued a owl:AnnotationProperty .
dcterms:publisher a owl:AnnotationProperty .
dcterms:source a owl:AnnotationProperty .
dcterms:bibliographicCitation a owl:AnnotationProperty .
vann:preferredNamespacePrefix a owl:AnnotationProperty .
vann:preferredNamespaceUri a owl:AnnotationProperty .
bibo:status a owl:AnnotationProperty .
bibo:doi a owl:AnnotationProperty .
foaf:logo a owl:AnnotationProperty .
skos:definition a owl:AnnotationProperty .
prov:Entity a owl:Class .
foaf:Agent a owl:Class .

:Work a owl:Class ; rdfs:subClassOf prov:Entity ;
    rdfs:label "work"@en ; skos:definition "Something that can be read."@en .
:Book a owl:Class ; rdfs:subClassOf :Work ;
    rdfs:label "book"@en ; skos:definition "Bound sheets with text."@en .
:Map a owl:Class ; rdfs:subClassOf :Work ;
    rdfs:label "map"@en ; skos:definition "A drawing of a place."@en .
:Person a owl:Class ; rdfs:subClassOf foaf:Agent ;
    rdfs:label "person"@en ; skos:definition "Someone who reads or writes."@en .
:Work owl:disjointWith :Person .

:writes a owl:ObjectProperty ; rdfs:domain :Person ; rdfs:range :Work ;
    rdfs:label "writes"@en ; skos:definition "Links someone to what they wrote."@en .
:writtenBy a owl:ObjectProperty ; owl:inverseOf :writes ; rdfs:domain :Work ; rdfs:range :Person ;
    rdfs:label "is written by"@en ; skos:definition "Links a text to who wrote it."@en .
:relatedTo a owl:ObjectProperty , owl:SymmetricProperty ; rdfs:domain :Work ; rdfs:range :Work ;
    rdfs:label "is related to"@en ; skos:definition "Links two texts on one matter."@en .
:partOf a owl:ObjectProperty , owl:TransitiveProperty ; rdfs:domain :Work ; rdfs:range :Work ;
    rdfs:label "is part of"@en ; skos:definition "Links a text to one that holds it."@en .
:cites a owl:ObjectProperty ; rdfs:domain :Work ; rdfs:range :Work ;
    rdfs:label "cites"@en ; skos:definition "Links a text to one that it names."@en .
:pageCount a owl:DatatypeProperty ; rdfs:domain :Work ; rdfs:range xsd:integer ;
    rdfs:label "page count"@en ; skos:definition "How many sides a text has."@en .
"""
)


def plant_text(add: str = "", remove: str = "", replace: tuple[str, str] = ("", "")) -> str:
    """Return the clean ontology with one fault; what is taken out must be there, or the fault is not planted."""
    for gone in (remove, replace[0]):
        assert gone in CLEAN, f"{gone!r} is not in the clean ontology"
    text = CLEAN.replace(remove, "") if remove else CLEAN
    text = text.replace(*replace) if replace[0] else text
    return f"{text}\n{add}\n"


@pytest.fixture(scope="session")
def clean_turtle() -> str:
    return CLEAN


@pytest.fixture(scope="session")
def clean_graph() -> Graph:
    return Graph().parse(data=CLEAN, format="turtle")


@pytest.fixture(scope="session")
def plant() -> Callable[..., Graph]:
    def planted(**fault: object) -> Graph:
        return Graph().parse(data=plant_text(**fault), format="turtle")  # type: ignore[arg-type]

    return planted


@pytest.fixture(scope="session")
def prefixed() -> Callable[[str], Graph]:
    def parsed(turtle: str) -> Graph:
        return Graph().parse(data=PREFIXES + turtle, format="turtle")

    return parsed
