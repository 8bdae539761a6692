"""The house style of shapes/: every rule explains itself, and uses only terms that exist."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pyoxigraph as ox
import pytest
from pyshacl import validate
from rdflib import RDF, RDFS, SH, Graph, Literal, URIRef

from ecp_graph.namespaces import ECP, SHAPES
from ecp_graph.rdf.load import parse_file
from ecp_graph.rdf.terms import to_graph
from ecp_graph.workspace import bundled_workspace
from tests.bundled import ID
from tests.shapes.harness import name_of, named_shapes, profile_rules, rules, shapes_graph

REMEDY = URIRef(SHAPES + "remedy")
#: What XML 1.0 cannot hold, so that RDF/XML with it would not be read (section 2.2, Char).
NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
WORKSPACE = bundled_workspace()
README = (WORKSPACE.root / "shapes" / "README.md").read_text(encoding="utf-8")


def _quads(paths: list[Path]) -> list[ox.Quad]:
    return [quad for path in paths for quad in parse_file(path)]


ONTOLOGY = to_graph(_quads(WORKSPACE.ontology_files))
DATA = to_graph(_quads(WORKSPACE.data_files))


@pytest.mark.parametrize("rule", sorted(rules()))
def test_rule_explains_itself(rule: str) -> None:
    graph, shape = shapes_graph(), rules()[rule]
    (severity,) = graph.objects(shape, SH.severity)
    assert severity in {SH.Violation, SH.Warning, SH.Info}
    label, message, remedy = (_english(shape, kind) for kind in (RDFS.label, SH.message, REMEDY))
    assert message == "{?value}" or re.fullmatch(r"[A-Z{].*[.]", message), "no sentence"
    assert re.fullmatch(r"[A-Z].*[.]", remedy), "no sentence"
    assert re.fullmatch(r"[A-Z].*[^.]", label), "a label has no full stop"


def _english(shape: URIRef, predicate: URIRef) -> str:
    (text,) = shapes_graph().objects(shape, predicate)
    assert isinstance(text, Literal)
    assert text.language == "en"
    return str(text)


def test_labels_of_rules_are_unique() -> None:
    labels = [str(label) for shape in named_shapes() for label in shapes_graph().objects(shape, RDFS.label)]
    assert len(labels) == len(set(labels)) == len(named_shapes())


@pytest.mark.parametrize("rule", sorted(rules()))
def test_message_uses_only_what_its_query_gives(rule: str) -> None:
    graph, shape = shapes_graph(), rules()[rule]
    message = str(graph.value(shape, SH.message))
    used = set(re.findall(r"\{[?$](\w+)\}", message))
    select = graph.value(graph.value(shape, SH.sparql), SH.select)
    given = set(re.findall(r"[?$](\w+)", str(select).split("WHERE")[0])) if select else set()
    assert used <= given, "SHACL fills in variables only of a query"


def test_every_text_of_the_shapes_can_stand_in_xml() -> None:
    texts = [str(text) for text in shapes_graph().objects() if isinstance(text, Literal)]
    assert len(texts) > 500
    assert NOT_XML.search("one\x01two")
    assert [text for text in texts if NOT_XML.search(text)] == []


def test_value_shapes_are_used_and_report_nothing_themselves() -> None:
    graph = shapes_graph()
    lookups = named_shapes() - set(rules().values())
    assert lookups
    for shape in lookups:
        assert set(graph.subjects(None, shape)), f"{name_of(shape)} is not used"
        assert (shape, SH.severity, None) not in graph
        assert (shape, SH.message, None) not in graph


def test_each_class_that_the_data_use_has_a_node_shape_of_its_name_or_of_the_class_above() -> None:
    used = {str(kind) for kind in DATA.objects(None, RDF.type)} | {ECP + "Overlap"}
    classes = {URIRef(kind) for kind in used if kind.startswith(ECP)}
    assert len(classes) > 20
    graph = shapes_graph()
    for kind in classes:
        above = [one for one in ONTOLOGY.transitive_objects(kind, RDFS.subClassOf) if isinstance(one, URIRef)]
        shapes = [(URIRef(SHAPES + one.removeprefix(ECP)), one) for one in above]
        assert any((shape, SH.targetClass, one) in graph for shape, one in shapes), f"{kind} has no node shape"
        assert all((shape, RDF.type, SH.PropertyShape) not in graph for shape, _ in shapes)


def test_shapes_are_well_formed() -> None:
    shapes = Graph()
    for triple in shapes_graph():
        shapes.add(triple)
    rules_of_shacl = Graph().parse(str(files("pyshacl") / "assets" / "shacl-shacl.ttl"))
    conforms, _, text = validate(shapes, shacl_graph=rules_of_shacl, max_validation_depth=40)
    assert conforms, text
    wrong = Graph()
    wrong.add((URIRef("urn:shape"), SH.targetClass, URIRef("urn:class")))
    wrong.add((URIRef("urn:shape"), SH.nodeKind, Literal("IRI")))
    assert not validate(wrong, shacl_graph=rules_of_shacl)[0], "it overlooks a wrong node kind"


def test_shapes_use_only_declared_terms() -> None:
    graph = shapes_graph()
    terms = {term for triple in graph for term in triple if isinstance(term, URIRef)}
    queries = " ".join(str(text) for text in graph.objects(None, SH.select))
    terms |= {URIRef(ECP + name) for name in re.findall(r"\becp:(\w+)", queries)}
    profiled = list(graph.objects(None, URIRef(SHAPES + "profileOf")))
    assert all((document, RDF.type, URIRef(ECP + "SourceDocument")) in DATA for document in profiled)
    terms |= {URIRef(ID + "concept/" + name) for name in re.findall(r"\bconcept:([\w-]+)", queries)}
    own = {term for term in terms if term.startswith(ECP) or term.startswith(ID)} - set(profiled)
    assert len(own) > 100
    assert not [term for term in own if (term, RDF.type, None) not in ONTOLOGY]
    assert not [term for term in terms if term.startswith(str(SH)) and term not in SH]
    shapes = {term for term in terms if term.startswith(SHAPES)}
    assert not [term for term in shapes if (term, None, None) not in graph]
    assert not [term for term in terms if term.startswith("http://datashapes.org/")], "pySHACL leaves DASH out"


def test_queries_parse_in_a_second_engine() -> None:
    graph = shapes_graph()
    header = URIRef(SHAPES.removesuffix("#"))
    prefixes = {
        str(graph.value(one, SH.prefix)): str(graph.value(one, SH.namespace))
        for one in graph.objects(header, SH.declare)
    }
    queries = [str(text).replace("$this", "?this") for text in graph.objects(None, SH.select)]
    assert len(queries) > 10
    for query in queries:
        assert set(re.findall(r"\b([a-z]+):[a-zA-Z]", query)) <= set(prefixes), query
        ox.Store().query(query, prefixes=prefixes)


def test_readme_is_a_linked_index() -> None:
    for path in [*WORKSPACE.shape_files, *WORKSPACE.profile_files]:
        name = path.relative_to(WORKSPACE.root / "shapes").as_posix()
        assert f"[{name}]({name})" in README


def test_readme_names_every_rule_that_is_no_violation() -> None:
    graph = shapes_graph()
    lenient = {name for name, shape in rules().items() if (shape, SH.severity, SH.Violation) not in graph}
    naming = {name for name in lenient if name[0].isupper()}
    assert not [name for name in lenient - naming if f"`{name}`" not in README]
    assert "naming law" in README


def test_rules_for_any_plan_speak_of_no_plan_and_no_layout() -> None:
    graph, of_profiles = shapes_graph(), frozenset[URIRef]().union(*profile_rules().values())
    # Selectors of passages name parts of a layout; overlaps are found in whatever rows there are.
    core = [
        rule
        for name, rule in rules().items()
        if rule not in of_profiles and not name.startswith(("passage", "overlap"))
    ]
    texts = [
        str(text) for rule in core for kind in (RDFS.label, SH.message, REMEDY) for text in graph.objects(rule, kind)
    ]
    assert len(texts) > 600
    layout = re.compile(r"\b(PTC|PC0457E1|rows?|cells?|organs?)\b")
    assert layout.search("the cell of the row")
    assert [text for text in texts if layout.search(text)] == []


def test_a_profile_is_named_after_its_document_and_holds_rules() -> None:
    graph = shapes_graph()
    documents = [str(document) for document in graph.objects(None, URIRef(SHAPES + "profileOf"))]
    assert sorted(profile_rules()) == sorted(document.rpartition("/")[2] for document in documents)
    assert all(len(found) > 10 for found in profile_rules().values())
