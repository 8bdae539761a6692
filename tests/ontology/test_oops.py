"""Each OOPS! check: a planted pitfall fires it and no other, the clean ontology is silent, and it was looked at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rdflib import Graph

from tests.ontology.checks import OOPS_CHECKS, OOPS_CRITICAL, OOPS_IMPORTANT, OOPS_MINOR, Check, run

BY_ID = {check.id: check for check in OOPS_CHECKS}


def fault(**change: Any) -> dict[str, Any]:
    return change


def described(name: str, label: str, axioms: str) -> str:
    return f':{name} {axioms} ; rdfs:label "{label}"@en ; skos:definition "Planted."@en .'


def relation(name: str, label: str, axioms: str = "rdfs:domain :Work ; rdfs:range :Work") -> str:
    return described(name, label, f"a owl:ObjectProperty ; {axioms}")


def work(name: str, label: str, axioms: str = "rdfs:subClassOf :Work") -> str:
    return described(name, label, f"a owl:Class ; {axioms}")


WRITTEN_BY = "rdfs:domain :Work ; rdfs:range :Person"
SYMMETRIC = "SymmetricProperty ; rdfs:domain :Work ; rdfs:range :Work"
TRANSITIVE = "TransitiveProperty ; rdfs:domain :Work ; rdfs:range :Work"
CITES = ":cites a owl:ObjectProperty ; rdfs:domain :Work ;"
CITES_ANYTHING = ":cites a owl:ObjectProperty ;"
TO_PERSON = ("rdfs:range :Work", "rdfs:range :Person")
TOME = "<http://unheard.example/ns#Tome>"
LICENCE = "dcterms:license <https://creativecommons.org/licenses/by/4.0/> ;"
HEADER = "<https://w3id.org/example/library>"

# the check, what is planted, and how the IRI of the term that must be named ends
PLANTED = [
    ("P03", fault(add=relation("isA", "is a")), "isA"),
    ("P05", fault(replace=(WRITTEN_BY, "rdfs:domain :Work ; rdfs:range :Work")), "writes"),
    ("P05", fault(replace=(WRITTEN_BY, "rdfs:domain :Map ; rdfs:range :Person")), "writes"),
    ("P06", fault(add=":Work rdfs:subClassOf :Book ."), "Book"),
    ("P06", fault(add=":Work rdfs:subClassOf :Part . " + work("Part", "part", "rdfs:subClassOf :Book")), "Book"),
    ("P19", fault(add=":pageCount rdfs:domain :Person ."), "pageCount"),
    ("P19", fault(add=":cites rdfs:range :Book ."), "cites"),
    (
        "P27",
        fault(
            add=relation("authors", "authors", "owl:equivalentProperty :writes ; rdfs:domain :Map ; rdfs:range :Work")
        ),
        "authors",
    ),
    ("P28", fault(replace=(SYMMETRIC, SYMMETRIC.replace(*TO_PERSON))), "relatedTo"),
    ("P29", fault(replace=(TRANSITIVE, TRANSITIVE.replace(*TO_PERSON))), "partOf"),
    ("P31", fault(add=":Book owl:equivalentClass :Map ; owl:disjointWith :Map ."), "Book"),
    ("P31", fault(add=":Work owl:equivalentClass :Book ."), "Book"),
    ("P31", fault(add=work("RoadMap", "road map", "owl:equivalentClass :Map")), "Map"),
    ("P40", fault(add="prov:Thingamajig a owl:Class . :Book rdfs:subClassOf prov:Thingamajig ."), "Thingamajig"),
    ("P40", fault(add=":Book skos:definition 'Planted.'^^xsd:strong ."), "strong"),
    ("P40", fault(replace=("bibo/status/draft", "bibo/status/dreaft")), "dreaft"),
    ("P40", fault(add=f"{TOME} a owl:Class . :Book rdfs:subClassOf {TOME} ."), "Tome"),
    ("P10", fault(remove=":Work owl:disjointWith :Person ."), "library"),
    ("P11", fault(replace=(CITES, CITES_ANYTHING)), "cites"),
    ("P11", fault(remove="rdfs:range xsd:integer ;"), "pageCount"),
    (
        "P12",
        fault(
            add=described("pages", "Page count", "a owl:DatatypeProperty ; rdfs:domain :Work ; rdfs:range xsd:integer")
        ),
        "pageCount",
    ),
    ("P12", fault(add="bibo:cites a owl:ObjectProperty ."), "cites"),
    (
        "P24",
        fault(add=":Book rdfs:subClassOf [ a owl:Restriction ; owl:onProperty :cites ; owl:allValuesFrom :Book ] ."),
        "Book",
    ),
    ("P24", fault(add=":partOf owl:propertyChainAxiom ( :partOf :cites ) ."), "partOf"),
    ("P24", fault(add=":Book rdfs:subClassOf :Book ."), "Book"),
    ("P25", fault(add=":relatedTo owl:inverseOf :relatedTo ."), "relatedTo"),
    ("P26", fault(add=":relatedTo owl:inverseOf :partOf ."), "relatedTo"),
    ("P30", fault(add="foaf:Person a owl:Class ."), "Person"),
    ("P30", fault(add="schema:CreativeWork a owl:Class ; rdfs:label 'Work'@en ."), "Work"),
    ("P35", fault(add=":Book skos:note 'Planted.'@en ."), "note"),
    ("P35", fault(add=":writes rdfs:subPropertyOf foaf:made ."), "made"),
    ("P35", fault(add=":cites owl:propertyChainAxiom ( :partOf :mentions ) ."), "mentions"),
    ("P38", fault(remove="a owl:Ontology ;"), None),
    ("P41", fault(remove=LICENCE), "library"),
    ("P04", fault(add=work("Stray", "stray", "owl:disjointWith :Person")), "Stray"),
    ("P08", fault(remove='; skos:definition "A drawing of a place."@en'), "Map"),
    ("P08", fault(remove='rdfs:label "cites"@en ;'), "cites"),
    ("P21", fault(add=work("OtherWork", "remaining work")), "OtherWork"),
    ("P21", fault(add=work("Pamphlet", "misc papers")), "Pamphlet"),
    ("P22", fault(add=work("map_sheet", "sheet")), "map_sheet"),
    ("P22", fault(add=relation("Quotes", "quotes")), "Quotes"),
    ("P32", fault(add=work("Volume", "Book")), "Book"),
    ("P33", fault(add=":cites owl:propertyChainAxiom ( :relatedTo ) ."), "cites"),
    ("P34", fault(add=":Book rdfs:subClassOf foaf:Document ."), "Document"),
    (
        "P34",
        fault(
            replace=(CITES, CITES_ANYTHING),
            add=":cites rdfs:domain [ a owl:Class ; owl:unionOf ( :Work :Letter ) ] .",
        ),
        "Letter",
    ),
    ("P36", fault(replace=(HEADER, HEADER.replace("library", "library.owl"))), "library.owl"),
]


@pytest.mark.parametrize(("check_id", "planted", "term"), PLANTED, ids=[row[0] for row in PLANTED])
def test_a_planted_pitfall_fires_its_check_and_no_other(
    check_id: str, planted: dict[str, Any], term: str | None, plant: Callable[..., Graph]
) -> None:
    results = {result.check_id: result for result in run(OOPS_CHECKS, plant(**planted))}
    assert {name for name, result in results.items() if result.findings} == {check_id}
    assert results[check_id].looked_at > 0
    (finding,) = results[check_id].findings
    assert finding.check_id == check_id
    assert (finding.term is None) if term is None else (finding.term or "").endswith(term)
    assert finding.message.endswith(".")
    assert ": " in finding.message or ", and " in finding.message, "the sentence does not say how to fix it"
    assert term is None or check_id == "P10" or term in finding.message


@pytest.mark.parametrize("check", OOPS_CHECKS, ids=lambda check: check.id)
def test_the_clean_ontology_is_silent_and_was_looked_at(check: Check, clean_graph: Graph) -> None:
    result = check.run(clean_graph)
    assert result.findings == ()
    assert result.looked_at > 0


def test_every_check_has_a_planted_pitfall() -> None:
    assert {row[0] for row in PLANTED} == set(BY_ID)


def test_the_catalogue_has_each_check_once_with_its_importance() -> None:
    assert len(BY_ID) == len(OOPS_CHECKS)
    assert (*OOPS_CRITICAL, *OOPS_IMPORTANT, *OOPS_MINOR) == OOPS_CHECKS
    assert " ".join(check.id for check in OOPS_CRITICAL) == "P03 P05 P06 P19 P27 P28 P29 P31 P40"


SILENT = {
    "P05: the same union, written twice": (
        "P05",
        fault(
            add=":keeps a owl:ObjectProperty ; owl:inverseOf :keptBy ; "
            "rdfs:domain [ a owl:Class ; owl:unionOf ( :Work :Person ) ] ; rdfs:range :Work . "
            ":keptBy a owl:ObjectProperty ; rdfs:domain :Work ; "
            "rdfs:range [ a owl:Class ; owl:unionOf ( :Person :Work ) ] ."
        ),
    ),
    "P11: the superproperty has both": (
        "P11",
        fault(add=":quotes a owl:ObjectProperty ; rdfs:subPropertyOf :cites ."),
    ),
    "P11: the inverse has both": ("P11", fault(add=":citedBy a owl:ObjectProperty ; owl:inverseOf :cites .")),
    "P11: what the ends are meant for is said": (
        "P11",
        fault(
            replace=(CITES, CITES_ANYTHING.replace(" ;", " ; schema:domainIncludes :Work , :Person ;")),
            add="schema:domainIncludes a owl:AnnotationProperty .",
        ),
    ),
    "P11: annotation properties have neither": ("P11", fault(add=":remark a owl:AnnotationProperty .")),
    "P12: a subproperty may keep the name": (
        "P12",
        fault(add="bibo:cites a owl:ObjectProperty . :cites rdfs:subPropertyOf bibo:cites ."),
    ),
    "P24: a cycle of two is P06": ("P24", fault(add=":Work rdfs:subClassOf :Book .")),
    "P30: a subclass may keep the name": (
        "P30",
        fault(add="foaf:Person a owl:Class . :Person rdfs:subClassOf foaf:Person ."),
    ),
    "P31: two names for one class": (
        "P31",
        fault(add="schema:Book a owl:Class . :Book owl:equivalentClass schema:Book ."),
    ),
    "P32: same label in another language": ("P32", fault(add=":Map rdfs:label 'book'@nl .")),
    "P40: container members": ("P40", fault(add="[] rdf:_1 :Book .")),
    "P40: a namespace is not a term": ("P40", fault(add=":Book rdfs:isDefinedBy <http://purl.org/dc/terms/> .")),
}


@pytest.mark.parametrize("case", SILENT)
def test_what_is_not_a_pitfall_is_let_be(case: str, plant: Callable[..., Graph]) -> None:
    check_id, change = SILENT[case]
    result = BY_ID[check_id].run(plant(**change))
    assert result.findings == ()
    assert result.looked_at > 0


def test_p11_needs_each_end_from_somewhere(plant: Callable[..., Graph]) -> None:
    graph = plant(add=":quotes a owl:ObjectProperty ; rdfs:subPropertyOf bibo:quote . bibo:quote rdfs:domain :Work .")
    (finding,) = BY_ID["P11"].run(graph).findings
    assert "no range" in finding.message
    assert "domain" not in finding.message
