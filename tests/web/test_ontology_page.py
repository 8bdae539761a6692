"""``/ontology``: every term has an entry that its IRI leads to; versions; the drawing."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from ecp_graph.linked_data.vocabulary import Vocabulary, read_vocabulary
from ecp_graph.namespaces import ECP
from ecp_graph.release.release import Release
from ecp_graph.web.http.release_rdf import parse_turtle
from ecp_graph.web.pages.ontology.diagram import class_diagram
from tests.bundled import BASE
from tests.web.conftest import BROWSER


@pytest.fixture(scope="module")
def vocabulary(release: Release) -> Vocabulary:
    return read_vocabulary(parse_turtle(release.ontology.read_bytes()))


@pytest.fixture
def text(client: FlaskClient) -> str:
    return client.get("/ontology.html").get_data(as_text=True)


def test_each_term_of_the_file_has_an_entry_with_its_definition(release: Release, text: str) -> None:
    """The terms are found in the file by other means than the page's own reader."""
    lines = release.dataset.read_text(encoding="utf-8").splitlines()
    terms = {m[1] for line in lines if (m := re.match(rf"<{ECP}(\w+)> <[^>]*isDefinedBy> <{BASE}ontology>", line))}
    assert len(terms) > 140
    anchors = set(re.findall(r'<article class="term" id="(\w+)"', text))
    assert anchors == terms


def test_links_inside_the_page_lead_somewhere(text: str) -> None:
    targets = set(re.findall(r'href="#([^"]+)"', text))
    places = set(re.findall(r'\bid="([^"]+)"', text))
    assert len(targets) > 140
    assert targets <= places


def test_an_entry_says_what_the_ontology_says(text: str) -> None:
    entry = text.partition('id="worksOn"')[2].partition("</article>")[0]
    assert "follows from the chain" in entry
    assert re.search(r'#responsibleFor">[^<]*</a> → <a href="#concernsInstrument"', entry)
    assert '<a href="#Body">body</a>' in entry
    action = text.partition('id="Action"')[2].partition("</article>")[0]
    assert "One numbered row of planned work" in action
    assert "never a prov:Activity" in action
    assert "p-plan:Step" in action
    assert "told apart by" in action


def test_examples_come_from_the_data(text: str, release: Release) -> None:
    entry = text.partition('id="responsibleBody"')[2].partition("</article>")[0]
    example = entry.partition("for example")[2]
    names = re.findall(r">([^<>]{4,})</a>", example)
    assert len(names) == 2
    data = release.dataset.read_text(encoding="utf-8")
    assert all(f'prefLabel> "{name}"' in data for name in names)


def test_every_value_of_a_list_is_shown(text: str, vocabulary: Vocabulary) -> None:
    concepts = [concept for scheme in vocabulary.schemes for concept in scheme.concepts]
    assert len(concepts) > 30
    for concept in concepts:
        assert f"<code>{concept.notation}</code>" in text


def test_the_version_iri_leads_to_the_version(client: FlaskClient, vocabulary: Vocabulary) -> None:
    path = vocabulary.header["owl:versionIRI"].removeprefix(BASE.rstrip("/"))
    assert path == "/ontology/0.1.0"
    assert client.get(path, headers={"Accept": BROWSER}).mimetype == "text/html"
    turtle = client.get(path, headers={"Accept": "text/turtle"})
    assert turtle.mimetype == "text/turtle"
    assert turtle.data == client.get("/ontology.ttl").data == client.get(path + ".ttl").data
    missing = client.get("/ontology/0.0.9")
    assert missing.status_code == 404
    assert "0.1.0" in missing.get_json()["error"]["message"]


def test_the_first_version_is_said_to_be_the_first(text: str) -> None:
    assert "0.1.0 is the first version that is kept here" in text


def test_the_drawing_has_each_class_once_and_joins_what_properties_join(vocabulary: Vocabulary) -> None:
    drawing = class_diagram(vocabulary)
    names = [row.term.iri for row in drawing.rows]
    assert len(names) == len(set(names)) == len(vocabulary.of_kind("owl:Class")) > 30
    assert len({row.y for row in drawing.rows}) == len(names)
    arcs = {arc.ends: arc.title for arc in drawing.arcs}
    joined = {frozenset((d, r)) for p in vocabulary.of_kind("owl:ObjectProperty") for d in p.domains for r in p.ranges}
    assert {frozenset(ends) for ends in arcs} == {ends for ends in joined if all(iri in names for iri in ends)}
    assert any("has timeframe" in title for title in arcs.values())
    assert all(0 <= row.x < drawing.width and 0 <= row.y <= drawing.height for row in drawing.rows)


def test_a_circle_of_classes_is_drawn_too() -> None:
    turtle = f"""
        @prefix ecp: <{ECP}> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
        @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
        ecp:A a owl:Class ; rdfs:label "a" ; rdfs:subClassOf ecp:B .
        ecp:B a owl:Class ; rdfs:label "b" ; rdfs:subClassOf ecp:A .
        ecp:C a owl:Class ; rdfs:subClassOf ecp:C ."""
    drawing = class_diagram(read_vocabulary(parse_turtle(turtle.encode())))
    assert sorted(row.term.anchor for row in drawing.rows) == ["A", "B", "C"]


def test_the_drawing_is_well_formed(text: str) -> None:
    svg = text[text.index("<svg class") : text.index("</svg>") + len("</svg>")]
    drawn = ElementTree.fromstring(svg)
    assert len(drawn.findall("a")) > 30
    assert " style=" not in svg


def test_the_rdf_is_the_graph_of_the_ontology(client: FlaskClient, release: Release) -> None:
    def canonical(quads: object) -> set[str]:
        found = ox.Dataset(quads)  # type: ignore[arg-type]
        found.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
        return set(map(str, found))

    target = ox.NamedNode(BASE + "graph/ontology")
    quads = ox.parse(release.dataset.read_bytes(), format=ox.RdfFormat.N_QUADS)
    stated = [ox.Quad(q.subject, q.predicate, q.object) for q in quads if q.graph_name == target]
    served = ox.parse(client.get("/ontology.rdf").data, format=ox.RdfFormat.RDF_XML)
    assert len(stated) > 1_500
    assert canonical(served) == canonical(stated)
