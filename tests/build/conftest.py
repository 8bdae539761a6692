"""A workspace small enough to read, with one of everything that the build deals with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import pytest

from ecp_graph.workspace import Workspace
from tests.bundled import PREFIXES, with_workspace_file

HEADER = "\n".join(f"@prefix {name}: <{namespace}> ." for name, namespace in PREFIXES.items()) + "\n"

ONTOLOGY = """
<https://w3id.org/ecp-graph/ontology> a owl:Ontology ;
    dcterms:title "Small ontology"@en ; dcterms:description "For tests."@en ; dcterms:modified "2026-01-02"^^xsd:date ;
    dcterms:license <https://example.org/licence> ; dcterms:publisher <https://example.org/us> ; owl:versionInfo "1" .
<https://example.org/us> foaf:name "Us" .

ecp:PlanningEntity a owl:Class .
ecp:Action a owl:Class ; rdfs:subClassOf ecp:PlanningEntity ; owl:hasKey ( ecp:inPlan ecp:actionNumber ) .
ecp:Body a owl:Class ; rdfs:subClassOf ecp:PlanningEntity ; owl:disjointWith ecp:OpenBodyGroup .
ecp:OpenBodyGroup a owl:Class .
ecp:Plan a owl:Class ; rdfs:subClassOf ecp:PlanningEntity .
ecp:Instrument a owl:Class ; rdfs:subClassOf ecp:PlanningEntity .
ecp:Overlap a owl:Class ; rdfs:subClassOf ecp:PlanningEntity .
ecp:SourcePassage a owl:Class .
ecp:actionNumber a owl:DatatypeProperty , owl:FunctionalProperty ; rdfs:range xsd:integer .
ecp:inPlan a owl:ObjectProperty ; rdfs:range ecp:Plan .
ecp:responsibleBody a owl:ObjectProperty ; rdfs:range ecp:Body ; owl:inverseOf ecp:responsibleFor .
ecp:responsibleFor a owl:ObjectProperty .
ecp:develops a owl:ObjectProperty ; rdfs:subPropertyOf ecp:concernsInstrument .
ecp:concernsInstrument a owl:ObjectProperty ; rdfs:range ecp:Instrument .
ecp:worksOn a owl:ObjectProperty ; owl:propertyChainAxiom ( ecp:responsibleFor ecp:concernsInstrument ) .
ecp:passageOf a owl:ObjectProperty .
ecp:locator a owl:DatatypeProperty , owl:FunctionalProperty .
skos:prefLabel a owl:AnnotationProperty .
skos:notation a owl:DatatypeProperty .
concept:grade-a skos:inScheme scheme:evidence-grades ; skos:notation "A" .
concept:grade-b skos:inScheme scheme:evidence-grades ; skos:notation "B" .
concept:overlap-joint skos:inScheme scheme:overlap-kinds ; skos:notation "joint" .
"""

DATA = """
reading:list {
    reading:list a ecp:SourcePassage ; ecp:passageOf document:paper ; ecp:locator "list" .
    body:ptc a ecp:Body ; skos:prefLabel "Permanent Technical Committee"@en ; skos:notation "PTC" .
    body:sec a ecp:Body ; skos:prefLabel "Secretariat"@en ; skos:notation "SEC" .
    plan:p a ecp:Plan ; skos:prefLabel "Plan"@en .
    instrument:guide a ecp:Instrument ; skos:prefLabel "Guide"@en .
}
reading:action-1 {
    reading:action-1 a ecp:SourcePassage ; ecp:passageOf document:paper ; ecp:locator "row 1" .
    action:a1 a ecp:Action ; skos:prefLabel "Write the guide"@en ; ecp:inPlan plan:p ; ecp:actionNumber 1 ;
        ecp:responsibleBody body:ptc , body:sec ; ecp:develops instrument:guide .
}
reading:action-2 {
    reading:action-2 a ecp:SourcePassage ; ecp:passageOf document:paper ; ecp:locator "row 2" .
    action:a2 a ecp:Action ; skos:prefLabel "Read the guide"@en ; ecp:inPlan plan:p ; ecp:actionNumber 2 ;
        ecp:responsibleBody body:ptc ; ecp:concernsInstrument instrument:guide .
    body:ptc a ecp:Body .
}
"""

SHAPES = """
ecpsh:Action a sh:NodeShape ; sh:targetClass ecp:Action ;
    sh:property [
        sh:path ecp:responsibleBody ; sh:minCount 1 ;
        sh:message "The action has nobody responsible."@en ; ecpsh:remedy "Name the body of the row."@en ] ;
    sh:property [
        sh:path ecp:develops ; sh:minCount 1 ; sh:severity sh:Info ; sh:message "The action develops nothing."@en ] .
ecpsh:Overlap a sh:NodeShape ; sh:targetClass ecp:Overlap ;
    sh:property [ sh:path ecp:overlapMember ; sh:minCount 2 ; sh:message "An overlap has two members."@en ] .
ecpsh:StatementHasPassage a sh:NodeShape ; ecpsh:onStatements true ; sh:targetClass ecpsh:Statement ;
    sh:property [
        sh:path ecp:statedIn ; sh:minCount 1 ;
        sh:message "The statement stands in no named graph."@en ; ecpsh:remedy "Put it in a passage."@en ] ;
    sh:property [
        sh:path ( ecp:statedIn ecp:locator ) ; sh:minCount 1 ; sh:message "The passage is not described."@en ] .
"""

RULE = """
SELECT ?memberA ?memberB ("joint" AS ?kind) (?action AS ?cause) ?on ?grade ?action ?reading WHERE {
  GRAPH ?reading { ?action ecp:responsibleBody ?memberA , ?memberB }
  ?reading ecp:locator ?place .
  ?action ecp:concernsInstrument ?on
  BIND("A" AS ?grade)
}
"""

FILES = {
    "ontology/main.ttl": ONTOLOGY,
    "data/main.trig": DATA,
    "shapes/main.ttl": SHAPES,
    "queries/derive/same-row.rq": RULE,
}

MakeWorkspace = Callable[..., Workspace]


def write_workspace(root: Path, changes: Mapping[str, str | None] | None = None) -> Workspace:
    """Write the small workspace; ``changes`` replaces or adds files by their path, and None leaves one out."""
    for name, text in {**FILES, **(changes or {})}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if text is not None:
            path.write_text(HEADER + text if path.suffix in {".ttl", ".trig"} else text, encoding="utf-8")
    return with_workspace_file(root)


def line_of(text: str, part: str) -> int:
    """The line on which a part of a file's text stands, below the header of prefixes that `write_workspace` adds."""
    before, found, _ = (HEADER + text).partition(part)
    assert found
    return before.count("\n") + 1


@pytest.fixture
def make_workspace(tmp_path: Path) -> MakeWorkspace:
    return partial(write_workspace, tmp_path / "workspace")


@pytest.fixture
def workspace(make_workspace: MakeWorkspace) -> Workspace:
    return make_workspace()
