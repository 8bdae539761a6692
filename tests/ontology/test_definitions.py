"""What the ontology says of its terms: a label, a definition in the field's words, and an example of each."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from rdflib import RDF, RDFS, SKOS, Graph, URIRef

from ecp_graph.namespaces import CONCEPTS, ECP
from tests.ontology.checks import Ontology

ROOT = Path(__file__).resolve().parents[2]

#: Words that say how one document is laid out, or that the field has a term for.
FOREIGN = re.compile(
    r"\b(rows?|cells?|columns?|tables?|organs?|tools?|line of work|(?:high-level )?policy instrument)\b", re.I
)
#: Where such a word is the very subject: places in a document, and instruments that it calls by no other name.
MEANT = {
    ECP + name
    for name in ("SourcePassage", "cellReference", "columnNumber", "rowNumber", "tableNumber", "sheetName")
} | {CONCEPTS + "passage-cell", CONCEPTS + "passage-row", CONCEPTS + "instrument-tool"}  # fmt: skip


@pytest.fixture(scope="module")
def ontology() -> Graph:
    graph = Graph()
    for path in sorted((ROOT / "ontology").rglob("*.ttl")):
        graph.parse(path, format="turtle")
    return graph


def foreign_words(graph: Graph) -> list[tuple[str, str]]:
    """Return the terms and concepts whose label, definition or scope note has a word that it should not have."""
    texts = (SKOS.definition, SKOS.prefLabel, SKOS.scopeNote, RDFS.label)
    found = {
        (str(term), match[0].lower())
        for predicate in texts
        for term, text in graph.subject_objects(predicate)
        for match in FOREIGN.finditer(str(text))
    }
    return sorted(pair for pair in found if pair[0].startswith((ECP, CONCEPTS)) and pair[0] not in MEANT)


def without(graph: Graph, predicate: URIRef) -> list[str]:
    """Return the own terms of an ontology that have no text of one kind."""
    terms = Ontology(graph).terms
    assert len(terms) > 0
    return [str(term) for term in terms if not any(str(text).strip() for text in graph.objects(term, predicate))]


@pytest.mark.parametrize("predicate", [RDFS.label, SKOS.definition, SKOS.example, RDFS.isDefinedBy])
def test_every_term_has_its_texts(predicate: URIRef, ontology: Graph) -> None:
    assert len(Ontology(ontology).terms) > 200
    assert without(ontology, predicate) == []


def test_a_term_without_an_example_would_be_found(ontology: Graph) -> None:
    planted = Graph() + ontology
    planted.remove((URIRef(ECP + "Action"), SKOS.example, None))
    assert without(planted, SKOS.example) == [ECP + "Action"]


def test_definitions_use_the_words_of_the_field(ontology: Graph) -> None:
    assert foreign_words(ontology) == []


def test_a_definition_by_rows_and_organs_would_be_found() -> None:
    planted = Graph().parse(
        data=f"""<{ECP}a> <{SKOS.definition}> "Links a row to an organ." .
                 <{ECP}rowNumber> <{SKOS.definition}> "A row." .
                 <{CONCEPTS}b> <{SKOS.prefLabel}> "same row" . <{ECP}c> <{SKOS.definition}> "A growing arrow." .""",
        format="turtle",
    )
    assert foreign_words(planted) == [(CONCEPTS + "b", "row"), (ECP + "a", "organ"), (ECP + "a", "row")]


def test_concepts_have_a_notation_of_their_own_list(ontology: Graph) -> None:
    seen: dict[tuple[str, str], str] = {}
    for concept in ontology.subjects(RDF.type, SKOS.Concept):
        scheme, notation = ontology.value(concept, SKOS.inScheme), ontology.value(concept, SKOS.notation)
        assert str(concept).endswith("-" + str(notation).lower())
        assert seen.setdefault((str(scheme), str(notation)), str(concept)) == str(concept)
        for broader in ontology.objects(concept, SKOS.broader):
            assert (broader, SKOS.inScheme, scheme) in ontology
    assert len(seen) > 100
