"""What is inferred, what is left out, and what counts as a contradiction."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from owlrl.OWLRL import OWLRL_Semantics
from rdflib import OWL, RDF, Graph, Literal, URIRef

from ecp_graph.namespaces import ECP, compact
from ecp_graph.rdf.load import load
from ecp_graph.rdf.terms import to_graph
from ecp_graph.reasoning.reason import Inferred, _Usefulness, infer
from ecp_graph.workspace import Workspace
from tests.bundled import ID, PREFIXES

from .conftest import HEADER, ONTOLOGY

SKOS = PREFIXES["skos"]


def turtle(text: str) -> Graph:
    return to_graph(ox.parse((HEADER + text).encode(), ox.RdfFormat.TURTLE))


def inferred(data: str, axioms: str = "") -> Inferred:
    return infer(turtle(data), turtle(ONTOLOGY + axioms))


def sentences(data: str, axioms: str = "") -> list[str]:
    return [one.sentence for one in inferred(data, axioms).contradictions]


def triples(graph: Graph) -> set[str]:
    return {" ".join(compact(str(term)) for term in triple) for triple in graph}


def test_the_closure_of_a_small_graph_is_exactly_this() -> None:
    result = inferred("action:a ecp:responsibleBody body:b ; ecp:develops instrument:i .")
    assert result.contradictions == ()
    assert triples(result.graph) == {
        "action:a ecp:concernsInstrument instrument:i",
        "body:b ecp:responsibleFor action:a",
        "body:b ecp:worksOn instrument:i",
        "body:b rdf:type ecp:Body",
        "body:b rdf:type ecp:PlanningEntity",
        "instrument:i rdf:type ecp:PlanningEntity",
        "instrument:i rdf:type ecp:Instrument",
    }


AXIOMS = """
ecp:partOf a owl:ObjectProperty , owl:TransitiveProperty ; rdfs:domain ecp:PlanningEntity .
ecp:linkedTo a owl:ObjectProperty , owl:SymmetricProperty .
ecp:Chosen a owl:Class ; owl:equivalentClass [ a owl:Restriction ; owl:onProperty ecp:linkedTo ; owl:hasValue body:b ] .
ecp:Both a owl:Class ; owl:equivalentClass [ owl:intersectionOf ( ecp:Chosen ecp:PlanningEntity ) ] .
ecp:Some a owl:Class .
[ a owl:Restriction ; owl:onProperty ecp:partOf ; owl:someValuesFrom ecp:Both ] rdfs:subClassOf ecp:Some .
ecp:label2 a owl:DatatypeProperty ; owl:equivalentProperty ecp:label1 .
ecp:label1 a owl:DatatypeProperty .
"""
FACTS = """
passage:p a ecp:SourcePassage ; ecp:locator "row" ; ecp:linkedTo body:b .
action:a a ecp:Action ; ecp:responsibleBody body:b ; ecp:develops instrument:i ;
    ecp:inPlan plan:p ; ecp:actionNumber 1 .
action:c a ecp:Action ; ecp:inPlan plan:p ; ecp:actionNumber 2 ; skos:prefLabel "C"@en .
body:c ecp:partOf body:d ; ecp:label1 "x" ; rdfs:seeAlso <https://example.org/> .
body:d ecp:partOf body:e ; ecp:linkedTo body:b .
body:e ecp:linkedTo body:b ; owl:sameAs <https://example.org/e> .
"""


def test_nothing_is_lost_by_what_our_closure_leaves_out() -> None:
    """owlrl as it is, without keys (it merges by part of a key), and the same filter, give the same graph."""
    data, ontology = turtle(FACTS), turtle(ONTOLOGY + AXIOMS)
    ours = infer(data, ontology, readings=[PREFIXES["passage"] + "p"])
    whole = data + ontology
    whole.remove((None, OWL.hasKey, None))
    OWLRL_Semantics(whole, axioms=True, daxioms=True).closure()
    useful = _Usefulness(data, ontology, [PREFIXES["passage"] + "p"])
    expected = {triple for triple in whole if triple not in data and triple not in ontology and useful(triple)}
    assert set(ours.graph) == expected
    assert len(expected) == 27
    assert ours.contradictions == ()


def test_the_inferred_graph_holds_no_noise() -> None:
    result = inferred(FACTS, AXIOMS).graph
    subjects, kinds = set(result.subjects()), set(result.objects(None, RDF.type))
    assert len(result) > 20
    assert all(isinstance(subject, URIRef) for subject in subjects)
    assert not any(str(subject).startswith((ECP, SKOS)) for subject in subjects)
    assert not any(str(kind).startswith((str(OWL), PREFIXES["rdfs"])) for kind in kinds)
    assert OWL.sameAs not in set(result.predicates())
    assert not [triple for triple in turtle(FACTS) if triple in result]
    assert all(isinstance(term, URIRef | Literal) for term in result.objects())


def test_passages_are_left_out() -> None:
    data = "passage:p ecp:linkedTo body:b ."
    with_passage = infer(turtle(data), turtle(ONTOLOGY + AXIOMS))
    without = infer(turtle(data), turtle(ONTOLOGY + AXIOMS), readings=[PREFIXES["passage"] + "p"])
    assert "passage:p rdf:type ecp:Chosen" in triples(with_passage.graph)
    assert triples(without.graph) == {"body:b ecp:linkedTo passage:p"}


@pytest.mark.parametrize(
    ("data", "axioms", "expected"),
    [
        (
            "action:a ecp:responsibleBody group:g . group:g a ecp:OpenBodyGroup .",
            "",
            "group:g is in two classes that exclude each other: ecp:Body (it is the ecp:responsibleBody of action:a), "
            "and ecp:OpenBodyGroup (stated).",
        ),
        (
            "body:b a ecp:Committee , ecp:Plan .",
            "ecp:Committee rdfs:subClassOf ecp:Body . "
            "[] a owl:AllDisjointClasses ; owl:members ( ecp:Action ecp:Body ecp:Plan ) .",
            "body:b is in two classes that exclude each other: ecp:Body (it is stated to be an ecp:Committee), "
            "and ecp:Plan (stated).",
        ),
        (
            "action:a ecp:actionNumber 1 , 2 .",
            "",
            'action:a has two values for ecp:actionNumber, which can have only one: "1" and "2".',
        ),
        (
            "action:a a ecp:Action ; ecp:inPlan plan:p ; ecp:actionNumber 3 . "
            'action:b a ecp:Action ; ecp:inPlan plan:p ; ecp:actionNumber "03"^^xsd:integer .',
            "",
            'Two IRIs name one thing: action:a and action:b share the key of ecp:Action (ecp:inPlan plan:p, '
            'ecp:actionNumber "3"); give one of them another value, or merge them.',
        ),
        (
            'body:a skos:notation "X" . body:b skos:notation "X" .',
            "skos:notation a owl:InverseFunctionalProperty .",
            'Two IRIs name one thing: body:a and body:b share "X" as skos:notation, which only one thing can have.',
        ),
        (
            "body:a a ecp:Single ; ecp:reportsTo body:b , body:c .",
            "ecp:Single rdfs:subClassOf [ a owl:Restriction ; owl:onProperty ecp:reportsTo ; owl:maxCardinality 1 ] .",
            "It follows that body:b and body:c are the same thing, but every IRI must name a different thing.",
        ),
        (
            "body:a ecp:reportsTo body:a .",
            "ecp:reportsTo a owl:IrreflexiveProperty .",
            "body:a has itself as ecp:reportsTo, which never links a thing to itself; name another one.",
        ),
        (
            "body:a ecp:reportsTo body:b . body:b ecp:reportsTo body:a .",
            "ecp:reportsTo a owl:AsymmetricProperty .",
            "body:a and body:b are linked both ways by ecp:reportsTo, which holds one way only; "
            "take one of the two statements out.",
        ),
        (
            "body:a ecp:r body:b ; ecp:q body:b .",
            "[] a owl:AllDisjointProperties ; owl:members ( ecp:p ecp:q ecp:r ) .",
            "Erroneous usage of disjoint properties ecp:q and ecp:r on body:a and body:b.",
        ),
        (
            "body:b owl:sameAs body:c .",
            "[] a owl:AllDifferent ; owl:distinctMembers ( body:a body:b body:c ) .",
            "'sameAs' and 'differentFrom' cannot be used on the same subject-object pair: (body:b, body:c).",
        ),
        (
            'action:a ecp:actionNumber "three"^^xsd:integer .',
            "",
            '"three", the ecp:actionNumber of action:a, is typed as xsd:integer but is not a valid one.',
        ),
        (
            'action:a ecp:actionNumber "1"^^xsd:boolean .',
            "",
            '"1", the ecp:actionNumber of action:a, has the datatype xsd:boolean, not xsd:integer.',
        ),
        (
            'action:a ecp:actionNumber "1"@en .',
            "",
            '"1", the ecp:actionNumber of action:a, has the datatype rdf:langString, not xsd:integer.',
        ),
        (
            'action:a ecp:from "2017-01-01"^^xsd:date .',
            "ecp:from a owl:DatatypeProperty ; rdfs:range xsd:dateTime .",
            '"2017-01-01", the ecp:from of action:a, has the datatype xsd:date, not xsd:dateTime.',
        ),
    ],
)  # fmt: skip
def test_a_contradiction_is_a_sentence_with_its_axiom_and_individuals(data: str, axioms: str, expected: str) -> None:
    assert expected in sentences(data, axioms)


def test_contradictions_name_their_individuals() -> None:
    result = inferred("action:a a ecp:Action ; ecp:inPlan plan:p ; ecp:actionNumber 3 . "
                      "action:b a ecp:Action ; ecp:inPlan plan:p ; ecp:actionNumber 3 .")  # fmt: skip
    assert [one.individuals for one in result.contradictions] == [(ID + "action/a", ID + "action/b")]
    for value in ('"1"^^xsd:boolean', '"three"^^xsd:integer', '"1"'):
        wrong = inferred(f"action:a ecp:actionNumber {value} .").contradictions
        assert [one.individuals for one in wrong] == [(ID + "action/a",)]


@pytest.mark.parametrize(
    ("data", "axioms"),
    [
        # One plan, two numbers; one number, two plans.
        ("action:a a ecp:Action ; ecp:inPlan plan:p ; ecp:actionNumber 1 . "
         "action:b a ecp:Action ; ecp:inPlan plan:p ; ecp:actionNumber 2 . "
         "action:c a ecp:Action ; ecp:inPlan plan:q ; ecp:actionNumber 2 .", ""),
        ('action:a ecp:actionNumber 1 , "01"^^xsd:integer .', ""),
        ("action:a a ecp:Action ; ecp:inPlan plan:p ; ecp:actionNumber 3 ; owl:sameAs action:b . "
         "action:b a ecp:Action ; ecp:inPlan plan:p ; ecp:actionNumber 3 .", ""),
        ("body:a ecp:reportsTo body:b , body:c . body:c owl:sameAs body:d . body:d owl:sameAs body:b .",
         "ecp:reportsTo a owl:FunctionalProperty ."),
        ('action:a ecp:actionNumber "1"^^xsd:positiveInteger ; ecp:text "a"^^xsd:token .',
         "ecp:text rdfs:range xsd:string ."),
        ("body:a a ecp:Body . group:g a ecp:OpenBodyGroup .", ""),
    ],
)  # fmt: skip
def test_what_is_no_contradiction(data: str, axioms: str) -> None:
    assert sentences(data, axioms) == []


def test_no_individual_is_merged_with_another() -> None:
    clash = inferred(
        "action:a a ecp:Action ; ecp:inPlan plan:p ; ecp:actionNumber 3 . "
        "action:b a ecp:Action ; ecp:inPlan plan:p ; ecp:actionNumber 3 ; ecp:responsibleBody body:b ."
    )
    assert len(clash.contradictions) == 1
    assert not [
        triple for triple in clash.graph if URIRef(ID + "action/a") in triple and URIRef(ID + "body/b") in triple
    ]


def test_the_sources_of_a_workspace_can_be_reasoned_over(workspace: Workspace) -> None:
    sources = load(workspace)
    result = infer(to_graph(sources.data), to_graph(sources.ontology), readings=sources.readings)
    assert "body:sec ecp:worksOn instrument:guide" in triples(result.graph)
    assert result.contradictions == ()
