"""graph/dataset: its counts are counted again here, in another way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pyoxigraph as ox
import pytest

from ecp_graph import __version__
from ecp_graph.linked_data.describe import describe
from ecp_graph.linked_data.dumps import DUMPS
from ecp_graph.pipeline.complete import complete
from ecp_graph.rdf.load import load
from ecp_graph.tables.statements import Statements
from ecp_graph.workspace import Workspace
from tests.build.conftest import DATA, MakeWorkspace
from tests.bundled import BASE, DATASET, DATASET_GRAPH, GRAPH, ID, PREFIXES

FOAF_PERSON = PREFIXES["foaf"] + "Person"


@pytest.fixture
def quads(workspace: Workspace) -> list[ox.Quad]:
    return complete(load(workspace), workspace.rule_files).quads


@pytest.fixture
def description(quads: list[ox.Quad]) -> list[ox.Quad]:
    return describe(tables(quads), release_id=RELEASE, workspace_hash="aa" * 32)


def tables(quads: Iterable[ox.Quad]) -> Statements:
    """Return statements as tables, those of the ontology's graph in its layer."""
    statements = Statements()
    layers: dict[str, list[ox.Quad]] = {"ontology": [], "shapes": [], "derived": [], "data": []}
    for quad in quads:
        graph = getattr(quad.graph_name, "value", "").removeprefix(GRAPH)
        layers[graph if graph in layers else "data"].append(quad)
    for layer, own in layers.items():
        statements.put(layer, own)
    return statements


def with_itself(description: list[ox.Quad], quads: list[ox.Quad]) -> set[tuple[object, ox.NamedNode, object]]:
    return {(quad.subject, quad.predicate, quad.object) for quad in [*quads, *description]}


RELEASE = "0123456789ab"


def values(description: list[ox.Quad], name: str, subject: str = DATASET) -> list[str]:
    prefix, _, local = name.partition(":")
    predicate = ox.NamedNode(PREFIXES[prefix] + local)
    found = (quad for quad in description if quad.subject == ox.NamedNode(subject) and quad.predicate == predicate)
    return [quad.object.value for quad in found]  # type: ignore[union-attr]


def test_totals_equal_a_recount(description: list[ox.Quad], quads: list[ox.Quad]) -> None:
    triples = with_itself(description, quads)
    own = {subject for subject, _, _ in triples if isinstance(subject, ox.NamedNode) and subject.value.startswith(ID)}
    assert values(description, "void:triples") == [str(len(triples))]
    assert values(description, "void:entities") == [str(len(own))]
    assert values(description, "void:distinctSubjects") == [str(len({subject for subject, _, _ in triples}))]
    assert values(description, "void:distinctObjects") == [str(len({object_ for _, _, object_ in triples}))]
    assert len(triples) < len(quads) + len(description)  # body:ptc a ecp:Body is stated twice


def test_literals_that_a_store_holds_in_one_form_count_once(make_workspace: MakeWorkspace) -> None:
    forms = 'reading:list { body:ptc ecp:size 1.5 , "1.50"^^xsd:decimal , "01.5"^^xsd:decimal , "1.50" . }'
    quads = complete(load(make_workspace({"data/forms.trig": forms})), ()).quads
    description = describe(tables(quads))
    store = ox.Store()
    store.extend(ox.Quad(quad.subject, quad.predicate, quad.object) for quad in [*quads, *description])
    assert len(store) < len(with_itself(description, quads))
    assert values(description, "void:triples") == [str(len(store))]
    assert values(description, "void:distinctObjects") == [str(len({quad.object for quad in store}))]


def test_partitions_equal_a_recount(description: list[ox.Quad], quads: list[ox.Quad]) -> None:
    triples = with_itself(description, quads)
    kind = ox.NamedNode(PREFIXES["rdf"] + "type")
    named = [(s, o) for s, p, o in triples if p == kind and isinstance(s, ox.NamedNode) and isinstance(o, ox.NamedNode)]
    classes = Counter(o.value for _, o in named)
    properties = Counter(predicate.value for _, predicate, _ in triples)
    for partition, term, count, expected in (
        ("void:classPartition", "void:class", "void:entities", classes),
        ("void:propertyPartition", "void:property", "void:triples", properties),
    ):
        parts = values(description, partition)
        found = {values(description, term, part)[0]: int(values(description, count, part)[0]) for part in parts}
        assert found == dict(expected)
        assert len(found) > 5


def test_what_is_told_comes_from_the_header_of_the_ontology(description: list[ox.Quad]) -> None:
    assert values(description, "dcterms:title") == ["Data described with the Small ontology"]
    assert values(description, "dcterms:description") == ["For tests."]
    assert values(description, "dcterms:license") == ["https://example.org/licence"]
    assert values(description, "dcterms:modified") == ["2026-01-02"]
    assert values(description, "foaf:name", "https://example.org/us") == ["Us"]
    assert values(description, "prov:wasDerivedFrom") == [ID + "document/paper"]
    examples = values(description, "void:exampleResource")
    assert ID + "action/a1" in examples
    assert all(example.startswith(ID) for example in examples)


def test_it_is_a_function_of_the_workspace_alone(workspace: Workspace, description: list[ox.Quad]) -> None:
    completed = complete(load(workspace), workspace.rule_files).quads
    again = describe(tables(completed), release_id=RELEASE, workspace_hash="aa" * 32)
    assert again == description
    assert {quad.graph_name for quad in again} == {ox.NamedNode(DATASET_GRAPH)}


def test_links_to_other_data_sets_are_counted_by_property_and_target(make_workspace: MakeWorkspace) -> None:
    linked = (
        DATA
        + """
external:ids {
    external:ids a ecp:SourcePassage ; ecp:passageOf document:paper ; ecp:locator "ids" .
    body:ptc skos:exactMatch <http://other.example/id/1> , <http://other.example/id/2> , body:sec ;
        rdfs:seeAlso <http://third.example/page> .
    <http://other.example/id/1> skos:exactMatch <http://other.example/id/3> .
}
""".replace("external:", "graph:ids-")
    )
    workspace = make_workspace({"data/main.trig": linked})
    description = describe(tables(complete(load(workspace), workspace.rule_files).quads))
    found = {
        (
            values(description, "void:linkPredicate", links)[0],
            values(description, "void:uriSpace", values(description, "void:objectsTarget", links)[0])[0],
            values(description, "void:triples", links)[0],
        )
        for links in values(description, "void:subset")
    }
    assert found == {
        (PREFIXES["skos"] + "exactMatch", "http://other.example/id/", "2"),
        (PREFIXES["rdfs"] + "seeAlso", "http://third.example/", "1"),
    }


def test_iris_without_a_slash_are_described_like_others(make_workspace: MakeWorkspace) -> None:
    """``<org:Odd>`` is an IRI of the scheme ``org``, not a name with the prefix of that name."""
    odd = (
        DATA
        + """
graph:ids-odd {
    body:ptc <u:is> 1 ; a <org:Odd> ; rdfs:seeAlso <mailto:someone> , <urn:isbn:1> .
}
"""
    )
    workspace = make_workspace({"data/main.trig": odd})
    quads = complete(load(workspace), workspace.rule_files).quads
    description = describe(tables(quads))
    assert {"u:", "org:"} <= set(values(description, "void:vocabulary"))
    assert values(description, "void:property", f"{DATASET}#property-u-is") == ["u:is"]
    assert values(description, "void:class", f"{DATASET}#class-org-Odd") == ["org:Odd"]
    assert PREFIXES["org"] + "Odd" not in {getattr(quad.object, "value", "") for quad in description}
    spaces = {
        values(description, "void:uriSpace", values(description, "void:objectsTarget", links)[0])[0]
        for links in values(description, "void:subset")
    }
    assert spaces == {"mailto:", "urn:isbn:"}


def test_without_links_there_is_no_link_set(description: list[ox.Quad]) -> None:
    assert values(description, "void:subset") == []


def test_a_release_tells_what_made_it_and_from_what(description: list[ox.Quad]) -> None:
    version = f"{BASE}release/{RELEASE}"
    assert values(description, "dcat:hasVersion") == [version]
    assert values(description, "dcat:isVersionOf", version) == [DATASET]
    (build,) = values(description, "prov:wasGeneratedBy", version)
    (files,) = values(description, "prov:used", build)
    (software,) = values(description, "prov:wasAssociatedWith", build)
    assert values(description, "dcterms:identifier", files) == ["sha256:" + "aa" * 32]
    assert values(description, "rdfs:label", software) == [f"ecp-graph {__version__}"]
    agents = {
        quad.subject for quad in description if str(quad.object) in {f"<{PREFIXES['prov']}Agent>", f"<{FOAF_PERSON}>"}
    }
    assert agents == set()


def test_every_dump_is_listed(description: list[ox.Quad]) -> None:
    dumps = {f"{BASE}dumps/{dump.name}" for dump in DUMPS}
    assert len(dumps) == 16
    assert set(values(description, "void:dataDump")) == dumps
    listed = {values(description, "dcat:downloadURL", one)[0] for one in values(description, "dcat:distribution")}
    assert listed == dumps


def test_topics_are_keywords_and_the_languages_of_names_are_those_of_the_dataset(make_workspace: MakeWorkspace) -> None:
    topics = (
        DATA
        + """
reading:action-9 {
    action:a1 dcterms:subject topic:transit .
    topic:transit a ecp:Topic ; skos:prefLabel "transit"@en , "le transit"@fr-CH .
    topic:unused a ecp:Topic ; skos:prefLabel "nobody deals with it"@en .
}
"""
    )
    quads = complete(load(make_workspace({"data/main.trig": topics})), ()).quads
    description = describe(tables(quads), release_id=RELEASE, workspace_hash="aa" * 32)
    assert values(description, "dcat:keyword") == ["le transit", "transit"]
    spaces = "http://id.loc.gov/vocabulary/iso639-1/"
    assert values(description, "dcterms:language") == [f"{spaces}en", f"{spaces}fr"]
    assert values(description, "dcat:contactPoint") == []


def test_the_contact_of_the_header_is_that_of_the_dataset(quads: list[ox.Quad]) -> None:
    ontology = next(q for q in quads if q.predicate.value.endswith("versionInfo")).subject
    contact = ox.NamedNode("mailto:plan@example.org")
    graph = ox.NamedNode(f"{BASE}graph/ontology")
    stated = ox.Quad(ontology, ox.NamedNode(PREFIXES["dcat"] + "contactPoint"), contact, graph)
    described = describe(tables([*quads, stated]), release_id=RELEASE, workspace_hash="aa" * 32)
    assert values(described, "dcat:contactPoint") == ["mailto:plan@example.org"]
