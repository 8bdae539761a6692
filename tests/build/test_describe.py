"""graph/dataset: its counts are counted again here, in another way."""

from __future__ import annotations

from collections import Counter

import pyoxigraph as ox
import pytest

from ecp_graph.build.complete import complete
from ecp_graph.build.derive import merged_store
from ecp_graph.build.describe import DATASET, describe
from ecp_graph.build.load import load
from ecp_graph.namespaces import DATASET_GRAPH, ID, PREFIXES
from ecp_graph.workspace import Workspace


@pytest.fixture
def quads(workspace: Workspace) -> list[ox.Quad]:
    return complete(load(workspace), workspace.rule_files).quads


@pytest.fixture
def description(quads: list[ox.Quad]) -> list[ox.Quad]:
    return describe(merged_store(quads))


def values(description: list[ox.Quad], name: str, subject: str = DATASET) -> list[str]:
    prefix, _, local = name.partition(":")
    predicate = ox.NamedNode(PREFIXES[prefix] + local)
    found = (quad for quad in description if quad.subject == ox.NamedNode(subject) and quad.predicate == predicate)
    return [quad.object.value for quad in found]  # type: ignore[union-attr]


def test_totals_equal_a_recount(description: list[ox.Quad], quads: list[ox.Quad]) -> None:
    triples = {(quad.subject, quad.predicate, quad.object) for quad in quads}
    own = {subject for subject, _, _ in triples if isinstance(subject, ox.NamedNode) and subject.value.startswith(ID)}
    assert values(description, "void:triples") == [str(len(triples))]
    assert values(description, "void:entities") == [str(len(own))]
    assert values(description, "void:distinctSubjects") == [str(len({subject for subject, _, _ in triples}))]
    assert values(description, "void:distinctObjects") == [str(len({object_ for _, _, object_ in triples}))]
    assert len(triples) < len(quads)  # body:ptc a ecp:Body is stated twice


def test_partitions_equal_a_recount(description: list[ox.Quad], quads: list[ox.Quad]) -> None:
    triples = {(quad.subject, quad.predicate, quad.object) for quad in quads}
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
    again = describe(merged_store(complete(load(workspace), workspace.rule_files).quads))
    assert again == description
    assert {quad.graph_name for quad in again} == {ox.NamedNode(DATASET_GRAPH)}
