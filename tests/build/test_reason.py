"""What is inferred, what is left out, and what counts as a contradiction."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

import pyoxigraph as ox
import pytest
from owlrl.OWLRL import OWLRL_Semantics
from rdflib import OWL, Literal

from ecp_graph.errors import UncoveredAxiom
from ecp_graph.namespaces import ECP, compact
from ecp_graph.rdf.load import load
from ecp_graph.rdf.terms import to_graph
from ecp_graph.reasoning.reason import Closure, Inferred, by_joins, infer
from ecp_graph.reasoning.reference import by_owlrl
from ecp_graph.workspace import Workspace
from tests.bundled import ID, INFERRED_GRAPH, PREFIXES
from tests.quads import to_quads

from .conftest import HEADER, ONTOLOGY

SKOS = PREFIXES["skos"]


def turtle(text: str) -> list[ox.Quad]:
    return list(ox.parse((HEADER + text).encode(), ox.RdfFormat.TURTLE))


def inferred(data: str, axioms: str = "", closure: Closure = by_joins) -> Inferred:
    return infer(turtle(data), turtle(ONTOLOGY + axioms), closure=closure)


def sentences(data: str, axioms: str = "", closure: Closure = by_joins) -> list[str]:
    return [one.sentence for one in inferred(data, axioms, closure).contradictions]


def triples(result: Inferred) -> set[str]:
    parts = ((quad.subject, quad.predicate, quad.object) for quad in result.quads)
    return {" ".join(compact(term.value) for term in triple) for triple in parts}  # type: ignore[union-attr]


BUILT_IN = tuple(PREFIXES[name] for name in ("owl", "rdf", "rdfs"))
TYPE = ox.NamedNode(PREFIXES["rdf"] + "type")


class _Usefulness:
    """Selects the inferred triples worth publishing: about an individual, with a term that the ontology declares."""

    def __init__(self, data: Iterable[ox.Quad], ontology: Iterable[ox.Quad], readings: Collection[str]) -> None:
        kinds = [(quad.subject, getattr(quad.object, "value", "")) for quad in ontology if quad.predicate == TYPE]
        declared = {owl: {term for term, kind in kinds if kind == PREFIXES["owl"] + owl} for owl in _DECLARED}
        self._classes = {term for term in declared["Class"] if not _is_built_in(term)}
        self._properties = declared["ObjectProperty"] | declared["DatatypeProperty"]
        terms = {term for term, kind in kinds if kind.startswith(BUILT_IN)}
        named = {term for quad in data for term in (quad.subject, quad.object) if isinstance(term, ox.NamedNode)}
        self._individuals = named - terms - {ox.NamedNode(reading) for reading in readings}

    def __call__(self, triple: tuple[object, object, object]) -> bool:
        subject, predicate, object_ = triple
        if subject not in self._individuals:
            return False
        if predicate == TYPE:
            return object_ in self._classes
        return predicate in self._properties and not isinstance(object_, ox.BlankNode)


_DECLARED: Final = ("Class", "ObjectProperty", "DatatypeProperty")


def _is_built_in(term: object) -> bool:
    return not isinstance(term, ox.NamedNode) or term.value.startswith(BUILT_IN)


#: Axioms that only the reference knows.
NOT_IN_JOINS = ("maxCardinality", "distinctMembers", "owl:sameAs")


def test_the_closure_of_a_small_graph_is_exactly_this() -> None:
    result = inferred("action:a ecp:responsibleBody body:b ; ecp:develops instrument:i .")
    assert result.contradictions == ()
    assert triples(result) == {
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


#: The same without what the joins refuse.
PLAIN_FACTS = FACTS.replace(" , owl:sameAs <https://example.org/e>", "").replace(
    " ; owl:sameAs <https://example.org/e>", ""
)


def test_nothing_is_lost_by_what_our_closure_leaves_out() -> None:
    """owlrl as it is, without keys (it merges by part of a key), and the same filter, give the same graph."""
    data, ontology = turtle(PLAIN_FACTS), turtle(ONTOLOGY + AXIOMS)
    readings = [PREFIXES["passage"] + "p"]
    whole = to_graph([*data, *ontology])
    whole.remove((None, OWL.hasKey, None))
    OWLRL_Semantics(whole, axioms=True, daxioms=True).closure()
    useful = _Usefulness(data, ontology, readings)
    stated = {quad.triple for quad in (*data, *ontology)}
    for subject in {subject for subject in whole.subjects() if isinstance(subject, Literal)}:
        whole.remove((subject, None, None))
    closed = (quad.triple for quad in to_quads(whole, INFERRED_GRAPH))
    expected = {
        triple
        for triple in closed
        if triple not in stated and useful((triple.subject, triple.predicate, triple.object))
    }
    assert len(expected) > 20
    for closure in (by_joins, by_owlrl):
        ours = infer(data, ontology, readings=readings, closure=closure)
        assert {quad.triple for quad in ours.quads} == expected
        assert ours.contradictions == ()


def test_the_inferred_statements_hold_no_noise() -> None:
    result = inferred(PLAIN_FACTS, AXIOMS)
    assert len(result.quads) > 20
    assert all(isinstance(quad.subject, ox.NamedNode) for quad in result.quads)
    assert not any(quad.subject.value.startswith((ECP, SKOS)) for quad in result.quads)  # type: ignore[union-attr]
    kinds = {quad.object.value for quad in result.quads if quad.predicate.value == PREFIXES["rdf"] + "type"}  # type: ignore[union-attr]
    assert not any(kind.startswith((PREFIXES["owl"], PREFIXES["rdfs"])) for kind in kinds)
    stated = {quad.triple for quad in turtle(PLAIN_FACTS)}
    assert not [quad for quad in result.quads if quad.triple in stated]
    assert not any(isinstance(quad.object, ox.BlankNode) for quad in result.quads)


def test_readings_are_left_out() -> None:
    data, ontology = turtle("passage:p ecp:linkedTo body:b ."), turtle(ONTOLOGY + AXIOMS)
    assert "passage:p rdf:type ecp:Chosen" in triples(infer(data, ontology))
    without = infer(data, ontology, readings=[PREFIXES["passage"] + "p"])
    assert triples(without) == {"body:b ecp:linkedTo passage:p"}


@pytest.mark.parametrize("axiom", ["ecp:a owl:complementOf ecp:b .", "ecp:C owl:oneOf ( body:a ) ."])
def test_an_axiom_that_the_joins_do_not_cover_is_named(axiom: str) -> None:
    name = axiom.split()[1]
    with pytest.raises(UncoveredAxiom, match=f"{axiom.split()[0]}: {name}"):
        inferred("", axiom)
    assert isinstance(inferred("", axiom, by_owlrl), Inferred)
    with pytest.raises(UncoveredAxiom, match="body:a: owl:sameAs"):
        inferred("body:a owl:sameAs body:b .")


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
            "body:a has body:b as ecp:q and as ecp:r, which exclude each other; take one of the two statements out.",
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
            'action:a ecp:responsibleBody "PTC" .',
            "",
            '"PTC", the ecp:responsibleBody of action:a, is a literal where a thing is due; '
            "write the IRI of the thing, without quotation marks.",
        ),
        (
            "body:a skos:notation body:b .",
            "",
            "body:b, the skos:notation of body:a, is a thing where a literal is due; "
            "write the value itself, in quotation marks or as a number.",
        ),
        (
            'action:a ecp:from "2017-01-01"^^xsd:date .',
            "ecp:from a owl:DatatypeProperty ; rdfs:range xsd:dateTime .",
            '"2017-01-01", the ecp:from of action:a, has the datatype xsd:date, not xsd:dateTime.',
        ),
    ],
)  # fmt: skip
def test_a_contradiction_is_a_sentence_with_its_axiom_and_individuals(data: str, axioms: str, expected: str) -> None:
    assert expected in sentences(data, axioms, by_owlrl)
    if not any(word in data + axioms for word in NOT_IN_JOINS):
        assert sentences(data, axioms) == sentences(data, axioms, by_owlrl)


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
        ('body:a ecp:any "text" , body:b .', "ecp:any a owl:ObjectProperty , owl:DatatypeProperty ."),
    ],
)  # fmt: skip
def test_what_is_no_contradiction(data: str, axioms: str) -> None:
    assert sentences(data, axioms, by_owlrl) == []
    if not any(word in data + axioms for word in NOT_IN_JOINS):
        assert sentences(data, axioms) == []


def test_no_individual_is_merged_with_another() -> None:
    clash = inferred(
        "action:a a ecp:Action ; ecp:inPlan plan:p ; ecp:actionNumber 3 . "
        "action:b a ecp:Action ; ecp:inPlan plan:p ; ecp:actionNumber 3 ; ecp:responsibleBody body:b ."
    )
    assert len(clash.contradictions) == 1
    both = (ID + "action/a", ID + "body/b")
    assert not [quad for quad in clash.quads if {quad.subject.value, getattr(quad.object, "value", "")} == set(both)]  # type: ignore[union-attr]


def test_the_sources_of_a_workspace_can_be_reasoned_over(workspace: Workspace) -> None:
    sources = load(workspace)
    result = infer(sources.data, sources.ontology, readings=sources.readings)
    assert "body:sec ecp:worksOn instrument:guide" in triples(result)
    assert result.contradictions == ()
