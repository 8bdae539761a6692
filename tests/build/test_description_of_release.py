"""The description inside a real release: counted again from its file by other means, and checked as DCAT-AP."""

from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path

import pytest
from pyshacl import validate
from rdflib import DCAT, DCTERMS, RDF, SH, Graph, Literal, URIRef

from ecp_graph.release.release import Release
from tests.bundled import BASE, ID, PREFIXES

LINE = re.compile(r"(?P<s><[^>]*>|_:\S+) (?P<p><[^>]*>) (?P<o>.*?) (?P<g><[^>]*>) \.$")
VOCABULARIES = "ECP_VOCAB_DIR"
TYPE = f"<{RDF.type}>"

Row = tuple[str, str, str, str]


@pytest.fixture(scope="module")
def rows(release: Release) -> list[Row]:
    lines = release.dataset.read_text(encoding="utf-8").splitlines()
    found = [LINE.match(line) for line in lines]
    assert all(found)
    return [(m["s"], m["p"], m["o"], m["g"]) for m in found if m]


@pytest.fixture(scope="module")
def description(release: Release) -> Graph:
    return Graph().parse(release.description)


def test_the_counts_are_those_of_the_file(rows: list[Row], description: Graph) -> None:
    triples = {row[:3] for row in rows}
    own = {s for s, _, _ in triples if s.startswith(f"<{ID}")}
    counted = {
        "triples": len(triples),
        "entities": len(own),
        "distinctSubjects": len({s for s, _, _ in triples}),
        "distinctObjects": len({o for _, _, o in triples}),
        "classes": len({o for s, p, o in triples if p == TYPE and s[0] == o[0] == "<"}),
        "properties": len({p for _, p, _ in triples}),
    }
    assert counted["triples"] > 10_000
    dataset = URIRef(BASE + "dataset")
    said = {name: int(str(description.value(dataset, URIRef(PREFIXES["void"] + name)))) for name in counted}
    assert said == counted


def test_the_manifest_counts_the_same(release: Release, description: Graph) -> None:
    said = description.value(URIRef(BASE + "dataset"), URIRef(PREFIXES["void"] + "triples"))
    assert int(str(said)) == release.manifest["triples"]


def test_the_partitions_are_those_of_the_file(rows: list[Row], description: Graph) -> None:
    triples = {row[:3] for row in rows}
    classes = Counter(o for s, p, o in triples if p == TYPE and s[0] == o[0] == "<")
    properties = Counter(p for _, p, _ in triples)
    assert len(classes) > 50
    assert len(properties) > 100
    for partition, term, number, counted in (
        ("classPartition", "class", "entities", classes),
        ("propertyPartition", "property", "triples", properties),
    ):
        void = {name: URIRef(PREFIXES["void"] + name) for name in (partition, term, number)}
        said = {
            f"<{description.value(part, void[term])}>": int(str(description.value(part, void[number])))
            for part in description.objects(URIRef(BASE + "dataset"), void[partition])
        }
        assert said == dict(counted)


def test_link_sets_hold_the_identifiers_of_the_external_graph_alone(rows: list[Row], description: Graph) -> None:
    """Outside identifiers are stated in graphs of certainty external, and nowhere else."""
    matches = [row for row in rows if row[1] == f"<{PREFIXES['schema']}sameAs>" and not row[2].startswith(f"<{BASE}")]
    assert len(matches) == 2
    assert all(graph.startswith(f"<{BASE}graph/external/") for *_, graph in matches)
    void = PREFIXES["void"]
    links = list(description.subjects(RDF.type, URIRef(void + "Linkset")))
    assert [int(str(description.value(one, URIRef(void + "triples")))) for one in links] == [len(matches)]


@pytest.fixture(scope="module")
def dcat_ap() -> Graph:
    """The DCAT-AP 3.0.1 shapes, but for those property shapes that the published file names and does not hold."""
    folder = os.environ.get(VOCABULARIES)
    path = Path(folder or ".") / "dcat-ap-SHACL.ttl"
    if not folder or not path.is_file():
        pytest.skip(f"no DCAT-AP shapes: {VOCABULARIES} names no folder with dcat-ap-SHACL.ttl (SEMIC, DCAT-AP 3.0.1)")
    shapes = Graph().parse(path)
    empty = [(s, o) for s, o in shapes.subject_objects(SH.property) if (o, SH.path, None) not in shapes]
    assert len(empty) == 2
    for shape, part in empty:
        shapes.remove((shape, SH.property, part))
    return shapes


def test_it_is_dcat_ap(dcat_ap: Graph, description: Graph) -> None:
    targets = {
        thing for kind in dcat_ap.objects(None, SH.targetClass) for thing in description.subjects(RDF.type, kind)
    }
    assert len(targets) > 20
    conforms, _, text = validate(description, shacl_graph=dcat_ap)
    assert conforms, text


@pytest.mark.parametrize("lost", [DCTERMS.title, DCAT.accessURL, DCTERMS.publisher])
def test_dcat_ap_would_miss_a_statement(dcat_ap: Graph, description: Graph, lost: URIRef) -> None:
    damaged = Graph()
    for triple in description:
        if triple[1] != lost:
            damaged.add(triple)
    conforms, report, _ = validate(damaged, shacl_graph=dcat_ap)
    assert not conforms
    assert isinstance(report, Graph)
    assert lost in set(report.objects(None, SH.resultPath))


def test_dcat_ap_would_find_a_text_where_a_thing_belongs(dcat_ap: Graph, description: Graph) -> None:
    damaged = Graph() + description
    damaged.add((URIRef(BASE + "dataset"), DCTERMS.conformsTo, Literal("a standard")))
    assert not validate(damaged, shacl_graph=dcat_ap)[0]
