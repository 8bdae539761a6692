"""Alignments: each term of another vocabulary exists there, and what follows from them is true of the individuals."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest
from rdflib import RDFS, BNode, Graph, Namespace, URIRef

from ecp_graph.namespaces import CONCEPTS, ECP, PREFIXES
from ecp_graph.rdf.terms import to_graph
from ecp_graph.reasoning.reason import Inferred, by_joins, infer
from ecp_graph.reasoning.reference import by_owlrl
from tests.ontology.checks.vocabularies import defines, namespace_of
from tests.quads import to_quads

ROOT = Path(__file__).resolve().parents[2]
TERM, CONCEPT, THING = Namespace(ECP), Namespace(CONCEPTS), Namespace("https://plans.example/id/")
ORG, PROV, FRBR, SKOS = (Namespace(PREFIXES[name]) for name in ("org", "prov", "frbr", "skos"))

#: Where terms were looked up whose vocabulary has no file in ECP_VOCAB_DIR; the tests here know only their names.
LOOKED_UP = {
    "http://creativecommons.org/ns#": "https://creativecommons.org/ns",
    "http://schema.org/": "https://github.com/schemaorg/schemaorg at cc71c8e064859e912aac8b11ec06e6bc53255b6a, "
    "data/schema.ttl and data/ext/meta/meta.ttl",
}

DATA = f"""
@prefix c: <{CONCEPTS}> . @prefix e: <{ECP}> . @prefix : <{THING}> .
:founding a e:Event ; e:eventKind c:event-establishment ; e:eventStatus c:event-reported ; e:establishesBody :group .
:wished a e:Event ; e:eventKind c:event-establishment ; e:eventStatus c:event-requested .
:session a e:Event ; e:eventKind c:event-meeting ; e:eventStatus c:event-reported .
:group a e:Body .
:club a e:Body ; e:bodyOf :port .
:release-time a e:Instrument ; e:instrumentKind c:instrument-method .
:one a e:StrategicGoal ; e:goalOfPlan :plan .
:passage a e:SourcePassage ; e:passageOf :paper .
:reading a e:Reading ; e:readingOf :passage .
:work a e:Action ; e:exampleTopic :trade ; e:namesAsExample :release-time ; e:responsibleBody :group .
:programme e:coversAction :work . :work e:mayContributeTo :one .
"""


@pytest.fixture(scope="module")
def ontology() -> Graph:
    graph = Graph()
    for path in sorted((ROOT / "ontology").rglob("*.ttl")):
        graph.parse(path, format="turtle")
    return graph


@pytest.fixture(scope="module")
def inferred(ontology: Graph) -> Graph:
    found = followed(DATA, ontology)
    assert found.contradictions == ()
    return to_graph(found.quads)


def followed(data: str, ontology: Graph) -> Inferred:
    """Return what follows, which is the same by joins and by owlrl."""
    stated = to_quads(Graph().parse(data=data, format="turtle"), f"{THING}graph")
    axioms = to_quads(ontology, f"{THING}ontology")
    ours = infer(stated, axioms, closure=by_joins)
    assert set(ours.quads) == set(infer(stated, axioms, closure=by_owlrl).quads)
    return ours


def aligned(ontology: Graph) -> Iterator[URIRef]:
    """Yield the terms of other vocabularies that stand above own ones."""
    for predicate in (RDFS.subClassOf, RDFS.subPropertyOf):
        for narrow, broad in ontology.subject_objects(predicate):
            own = isinstance(narrow, BNode) or str(narrow).startswith(ECP)
            if own and isinstance(broad, URIRef) and not str(broad).startswith(ECP):
                yield broad


def test_every_term_of_an_alignment_exists(ontology: Graph) -> None:
    terms = set(aligned(ontology))
    assert len(terms) > 30
    assert [str(term) for term in terms if defines(str(term)) is not True] == []
    assert defines(str(PROV.wasInventedBy)) is False, "a term that does not exist would be found"


def test_what_was_looked_up_elsewhere_says_where(ontology: Graph) -> None:
    spec = importlib.util.spec_from_file_location("terms_tool", ROOT / "tools" / "vocabulary_terms.py")
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    assert set(tool.BY_HAND) == set(LOOKED_UP)
    assert {namespace_of(str(term)) for term in aligned(ontology)} <= {*tool.NAMESPACES, *tool.BY_HAND}


def test_a_reported_establishment_is_a_change_and_a_past_activity(inferred: Graph) -> None:
    kinds = {name: set(inferred.objects(THING[name])) for name in ("founding", "wished", "session")}
    assert {ORG.ChangeEvent, PROV.Activity} <= kinds["founding"]
    assert PROV.Activity in kinds["session"]
    assert ORG.ChangeEvent not in kinds["session"]
    assert not {ORG.ChangeEvent, PROV.Activity} & kinds["wished"]
    assert (THING.group, ORG.resultedFrom, THING.founding) in inferred


def test_what_was_claimed_too_much_does_not_follow(inferred: Graph) -> None:
    every = set(inferred.objects())
    assert ORG.OrganizationalUnit not in every
    assert FRBR.Work not in every
    predicates = set(inferred.predicates())
    assert PROV.wasQuotedFrom not in predicates
    assert PROV.wasDerivedFrom in predicates
    assert set(inferred.objects(THING.one)) & {SKOS.Concept} == set()
    assert not list(inferred.objects(THING.work, URIRef(PREFIXES["dcterms"] + "subject")))
    assert not list(inferred.objects(THING.group, TERM.worksOn))


def test_a_modal_goal_stays_modal(inferred: Graph) -> None:
    assert (THING.programme, TERM.programmeMayCoverGoal, THING.one) in inferred
    assert (THING.programme, TERM.programmeCoversGoal, THING.one) not in inferred


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        (":group e:reportsTo :group .", "reportsTo"),
        (":group e:reportsTo :club . :club e:reportsTo :group .", "reportsTo"),
        (":session e:takesPlaceAt :session .", "takesPlaceAt"),
        (":plan e:previousPhase :plan .", "previousPhase"),
        (":a e:comesAfter :b . :b e:comesAfter :a .", "comesAfter"),
        (":a e:dependsOn :a .", "dependsOn"),
        (":a e:partOfAction :a .", "partOfAction"),
    ],
)
def test_a_link_to_itself_or_back_is_a_contradiction(wrong: str, word: str, ontology: Graph) -> None:
    found = followed(DATA + wrong, ontology)
    assert len(found.contradictions) == 1
    assert all(word in one.sentence for one in found.contradictions)
