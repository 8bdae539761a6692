"""``/ontology``: every term has an entry that its IRI leads to; versions; the drawing."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from ecp_graph.linked_data.vocabulary import Vocabulary, read_vocabulary
from ecp_graph.namespaces import ECP
from ecp_graph.release.release import Release
from ecp_graph.web.http.release_rdf import parse_turtle
from ecp_graph.web.pages.ontology.overview import draws_all
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
    assert "A piece of work that a plan sets out" in action
    assert "For example: Action 3, &#39;Develop new Transit Guidelines" in action
    assert "never a prov:Activity" in action
    assert "p-plan:Step" in action
    assert "identified by" in action
    assert "#numberText" in action, "what it is meant for is listed as well"


def test_examples_come_from_the_data(text: str, release: Release) -> None:
    entry = text.partition('id="responsibleBody"')[2].partition("</article>")[0]
    example = entry.partition("in the data")[2]
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
    assert path == "/ontology/1.0.0"
    assert client.get(path, headers={"Accept": BROWSER}).mimetype == "text/html"
    turtle = client.get(path, headers={"Accept": "text/turtle"})
    assert turtle.mimetype == "text/turtle"
    assert turtle.data == client.get("/ontology.ttl").data == client.get(path + ".ttl").data
    missing = client.get("/ontology/0.0.9")
    assert missing.status_code == 404
    assert "0.1.0" in missing.get_json()["error"]["message"]


def test_an_open_end_says_what_it_is_meant_for(text: str) -> None:
    entry = text.partition('id="measures"')[2].partition("</article>")[0]
    assert "meant to lead to" in entry
    assert '<a href="#Indicator">' in entry
    assert "<dt>to</dt>" not in entry


def test_what_changed_since_the_version_before_is_listed(text: str, client: FlaskClient) -> None:
    changes = text.partition('id="changes"')[2]
    assert 'Version <a href="/ontology/0.1.0">0.1.0</a> to version 1.0.0.' in changes
    lists = dict(re.findall(r'id="changes-(\w+)">(.*?)</ul>', changes, re.DOTALL))
    assert list(lists) == ["removed", "added", "changed"]
    assert re.findall(r"<code>(ecp:\w+)</code>", lists["removed"]) == ["ecp:PlanningEntity", "ecp:TimedEntity"]
    assert '<a href="#Reading">' in lists["added"]
    assert re.search(r'<a href="#goalOfPlan">[^<]*</a> <span class="soft">[^<]*ranges', lists["changed"])
    assert "show ecp:numberText and sort by ecp:position" in changes, "what its users have to change"
    assert 'id="PlanningEntity"' in client.get("/ontology/0.1.0.html").get_data(as_text=True)


def test_an_earlier_version_that_the_package_keeps_is_served(client: FlaskClient) -> None:
    page = client.get("/ontology/0.1.0", headers={"Accept": BROWSER}).get_data(as_text=True)
    assert "This is version 0.1.0. The version in use is" in page
    assert "0.1.0 is the first version that is kept here" in page
    turtle = client.get("/ontology/0.1.0.ttl")
    assert b"ontology/0.1.0>" in turtle.data
    assert len(parse_turtle(turtle.data)) > 1_500


def test_the_drawing_is_well_formed_and_leads_to_entries_only(text: str, vocabulary: Vocabulary) -> None:
    svg = text[text.index('<svg class="overview"') : text.index("</svg>") + len("</svg>")]
    drawn = ElementTree.fromstring(svg)
    assert len(drawn.findall("rect")) == 10
    assert " style=" not in svg
    links = re.findall(r'href="#(\w+)"', svg)
    assert len(links) > 25
    assert set(links) <= {term.anchor for term in vocabulary.terms}


def test_the_drawing_is_left_out_where_the_ontology_has_other_terms(
    client: FlaskClient, vocabulary: Vocabulary
) -> None:
    assert draws_all(vocabulary)
    fewer = tuple(term for term in vocabulary.terms if term.anchor != "Reading")
    assert not draws_all(replace(vocabulary, terms=fewer))
    assert "<svg class=" not in client.get("/ontology/0.1.0.html").get_data(as_text=True).partition("<main")[2]


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
