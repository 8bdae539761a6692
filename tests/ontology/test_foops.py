"""Each FOOPS! test: a planted fault fails it (and those that ask the same), the clean ontology passes all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rdflib import Graph

from tests.ontology.checks import FOOPS_CHECKS, FOOPS_STRICT_CHECKS, Check, parses, run

LICENCE = "dcterms:license <https://creativecommons.org/licenses/by/4.0/> ;"
CREATOR = "dcterms:creator <https://w3id.org/example/ann> ;"
PUBLISHER = "dcterms:publisher <https://w3id.org/example/ann> ;"
VERSION_IRI = "owl:versionIRI <https://w3id.org/example/library/1.0>"
NAMESPACE = 'vann:preferredNamespaceUri "https://w3id.org/example/library#" ;'
HEADER = "<https://w3id.org/example/library>"
TITLE = 'dcterms:title "Library"@en ;'
PREFIX = 'vann:preferredNamespacePrefix "lib" ;'


def fault(**change: Any) -> dict[str, Any]:
    return change


# what is planted, and the tests that fail: several ask for a licence, a creator, a publisher, a prefix
PLANTED = {
    "no prefix": (fault(remove=PREFIX), {"FIND1", "OM2"}),
    "no title": (fault(remove=TITLE), {"OM1"}),
    "an empty title": (fault(replace=(TITLE, 'dcterms:title " " ;')), {"OM1"}),
    "no description": (fault(remove='dcterms:description "Terms for a small library."@en ;'), {"OM1"}),
    "no namespace": (fault(remove=NAMESPACE), {"OM1"}),
    "no citation": (fault(remove='dcterms:bibliographicCitation "Ann: Library, 2024."@en ;'), {"OM2"}),
    "no version": (fault(remove='owl:versionInfo "1.0" ;'), {"OM2"}),
    "no status": (fault(remove="bibo:status <http://purl.org/ontology/bibo/status/draft> ;"), {"OM3"}),
    "no source": (fault(remove="dcterms:source <https://w3id.org/example/shelf> ;"), {"OM3"}),
    "no licence": (fault(remove=LICENCE), {"OM1", "OM4.1"}),
    "no creator": (fault(remove=CREATOR), {"OM1", "OM5.1"}),
    "no date of creation": (fault(remove='dcterms:created "2024-01-01"^^xsd:date ;'), {"OM2", "OM5.1"}),
    "no publisher": (fault(remove=PUBLISHER), {"OM3", "OM5.2"}),
    "no date of issue": (fault(remove='dcterms:issued "2024-01-02"^^xsd:date ;'), {"OM3", "OM5.2"}),
    "no version IRI": (fault(replace=(f";\n    {VERSION_IRI}", "")), {"OM1", "VER1"}),
    "its own version IRI": (fault(replace=(VERSION_IRI, f"owl:versionIRI {HEADER}")), {"VER1"}),
    "a version IRI in quotes": (fault(replace=(VERSION_IRI, 'owl:versionIRI "1.0"')), {"VER1"}),
    "a term of another ontology": (
        fault(add=":Book rdfs:isDefinedBy <https://w3id.org/example/other> ."),
        {"URI2"},
    ),
    "a second header": (
        fault(add=f"<https://w3id.org/example/other> a owl:Ontology ; {TITLE} owl:versionIRI <http://x.example/1> ."),
        {"URI2"},
    ),
    "another namespace": (
        fault(replace=(NAMESPACE, NAMESPACE.replace("library#", "lib#")), add="@prefix l: <https://w3id.org/example/lib#>"
        " . l:Loan a rdfs:Class ; rdfs:label 'loan' ; rdfs:comment 'What is lent.' ."),
        {"URI2"},
    ),
    "an address that may vanish": (fault(replace=("w3id.org/example", "library.example")), {"PURL1"}),
    "no label": (fault(remove='rdfs:label "map"@en ;'), {"VOC3"}),
    "an empty label": (fault(replace=('rdfs:label "map"@en', 'rdfs:label ""@en')), {"VOC3"}),
    "no definition": (fault(remove='; skos:definition "A drawing of a place."@en'), {"VOC4"}),
}  # fmt: skip


@pytest.mark.parametrize("case", PLANTED)
def test_a_planted_fault_fails_its_tests_and_no_other(case: str, plant: Callable[..., Graph]) -> None:
    change, expected = PLANTED[case]
    results = {result.check_id: result for result in run(FOOPS_STRICT_CHECKS, plant(**change))}
    failed = {name: result for name, result in results.items() if result.findings}
    assert set(failed) == expected
    for name, result in failed.items():
        assert result.looked_at > 0
        for finding in result.findings:
            assert finding.check_id == name
            assert finding.term is not None
            assert ": " in finding.message
            assert finding.message.endswith((".", "…"))


@pytest.mark.parametrize("check", FOOPS_STRICT_CHECKS, ids=lambda check: check.id)
def test_the_clean_ontology_passes_and_was_looked_at(check: Check, clean_graph: Graph) -> None:
    result = check.run(clean_graph)
    assert result.findings == ()
    assert result.looked_at > 0


@pytest.mark.parametrize("remove", ['bibo:doi "10.1234/library" ;', "foaf:logo <https://w3id.org/example/logo> ;"])
def test_doi_and_logo_are_asked_for_by_the_strict_set_alone(remove: str, plant: Callable[..., Graph]) -> None:
    graph = plant(remove=remove)
    strict = {result.check_id for result in run(FOOPS_STRICT_CHECKS, graph) if result.findings}
    assert strict == {"OM3"}
    assert not [result for result in run(FOOPS_CHECKS, graph) if result.findings]


def test_an_identifier_that_is_no_doi_does_not_count_as_one(plant: Callable[..., Graph]) -> None:
    graph = plant(replace=('bibo:doi "10.1234/library"', 'dcterms:identifier "library"'))
    (finding,) = [finding for result in run(FOOPS_STRICT_CHECKS, graph) for finding in result.findings]
    assert "has no DOI" in finding.message


def test_metadata_in_the_language_alone_fails_voc1(prefixed: Callable[[str], Graph]) -> None:
    graph = prefixed('<https://w3id.org/example/bare> a owl:Ontology ; rdfs:label "bare" ; owl:versionInfo "1" .')
    (result,) = [result for result in run(FOOPS_CHECKS, graph) if result.check_id == "VOC1"]
    assert result.looked_at == 1
    assert [finding.term for finding in result.findings] == ["https://w3id.org/example/bare"]


def test_an_ontology_of_own_terms_alone_fails_voc2(plant: Callable[..., Graph], clean_turtle: str) -> None:
    own = clean_turtle
    for reuse in ("prov:Entity a owl:Class .", "foaf:Agent a owl:Class .", "rdfs:subClassOf prov:Entity ;",
                  "rdfs:subClassOf foaf:Agent ;"):  # fmt: skip
        assert reuse in own
        own = own.replace(reuse, "")
    results = run(FOOPS_CHECKS, Graph().parse(data=own, format="turtle"))
    assert [result.check_id for result in results if result.findings] == ["VOC2"]


def test_without_a_header_the_metadata_are_missed() -> None:
    results = {result.check_id: result for result in run(FOOPS_CHECKS, Graph())}
    assert "no ontology header" in results["OM1"].findings[0].message
    assert results["VER1"].looked_at == 0


def test_the_sets_hold_each_test_of_the_catalogue_once() -> None:
    offline = ["FIND1", "OM1", "OM2", "OM3", "OM4.1", "OM5.1", "OM5.2", "VER1", "URI2", "PURL1",
               "VOC1", "VOC2", "VOC3", "VOC4"]  # fmt: skip
    assert [check.id for check in FOOPS_CHECKS] == offline
    assert [check.id for check in FOOPS_STRICT_CHECKS] == offline


@pytest.mark.parametrize(
    ("name", "text", "fault_in_it"),
    [
        ("good.ttl", "<http://x.example/a> a <http://x.example/B> .", None),
        ("good.nt", "<http://x.example/a> <http://x.example/p> <http://x.example/B> .\n", None),
        ("good.owl", '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><r:Seq/></r:RDF>', None),
        ("broken.ttl", "<http://x.example/a> a\n nonsense .", "line 2"),
        ("broken.owl", "<r:RDF", "cannot be read as RDF"),
        ("empty.ttl", "", "no statement"),
        ("table.csv", "a,b", "its name does not say"),
    ],
)
def test_rdf1_reads_the_file(name: str, text: str, fault_in_it: str | None, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    result = parses(path)
    assert result.looked_at == 1
    messages = [finding.message for finding in result.findings]
    assert (messages == []) if fault_in_it is None else (fault_in_it in messages[0] and name in messages[0])


def test_rdf1_names_a_file_that_is_not_there(tmp_path: Path) -> None:
    (finding,) = parses(tmp_path / "absent.ttl").findings
    assert "absent.ttl" in finding.message
