"""Dereferencing: every name leads to the document about it, in the form asked for, with the headers it needs."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib
from flask import Flask
from flask.testing import FlaskClient

from ecp_graph.engine import Engine
from ecp_graph.engine.asking import ask_table
from ecp_graph.engine.embedded import EmbeddedEngine
from ecp_graph.release.release import Release
from ecp_graph.settings import Settings
from ecp_graph.web.app import create_app
from ecp_graph.web.state.source import FixedEngine
from ecp_graph.workspace import bundled_workspace
from tests.bundled import BASE, GRAPH, ID
from tests.watched import Watched
from tests.web.conftest import BROWSER

FORMS = {
    "html": "text/html",
    "ttl": "text/turtle",
    "nt": "application/n-triples",
    "jsonld": "application/ld+json",
    "rdf": "application/rdf+xml",
    "trig": "application/trig",
    "nq": "application/n-quads",
}
RDFLIB = {"turtle": "ttl", "nt": "nt", "json-ld": "jsonld", "xml": "rdf"}
#: What clients send, as they were seen to send it, and the suffix of the form that they are to get.
ACCEPT = {
    "Chrome": (
        "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,"
        "application/signed-exchange;v=b3;q=0.7",
        "html",
    ),
    "Firefox": ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "html"),
    "Firefox with images": (
        "text/html,application/xhtml+xml,application/xml;q=0.9,image/png,image/svg+xml,*/*;q=0.8",
        "html",
    ),
    "curl, wget": ("*/*", "ttl"),
    "no header": ("", "ttl"),
    "rdflib, RDF/XML": ("application/rdf+xml, */*;q=0.1", "rdf"),
    "rdflib, Turtle": ("text/turtle, application/x-turtle, */*;q=0.1", "ttl"),
    "rdflib, N-Triples": ("text/plain, */*;q=0.1", "nt"),
    "rdflib, JSON-LD": ("application/ld+json, application/json;q=0.9, */*;q=0.1", "jsonld"),
    "rdflib, TriG": ("application/trig, */*;q=0.1", "trig"),
    "rdflib, N3": ("text/n3, */*;q=0.1", "ttl"),
    "Jena, graph": (
        "text/turtle,application/n-triples;q=0.9,application/ld+json;q=0.8,application/rdf+xml;q=0.7,*/*;q=0.3",
        "ttl",
    ),
    "Jena, dataset": (
        "application/trig,application/n-quads;q=0.9,text/turtle;q=0.8,application/n-triples;q=0.8,*/*;q=0.3",
        "trig",
    ),
    "rapper, RDF/XML": ("application/rdf+xml, text/rdf;q=0.6, */*;q=0.1", "rdf"),
    "rapper, Turtle": (
        "text/turtle, application/x-turtle, application/turtle, text/n3;q=0.3, text/rdf+n3;q=0.3, "
        "application/rdf+n3;q=0.3, */*;q=0.1",
        "ttl",
    ),
    "rapper, guessing": (
        "application/rdf+xml, text/rdf;q=0.6, application/n-triples, text/plain;q=0.1, text/turtle, "
        "application/x-turtle, application/turtle, text/n3;q=0.3, text/rdf+n3;q=0.3, application/rdf+n3;q=0.3, "
        "application/x-trig, application/rss;q=0.8, application/rss+xml;q=0.8, text/rss;q=0.8, application/xml;q=0.3, "
        "text/xml;q=0.3, "
        "application/atom+xml;q=0.3, text/html;q=0.2, application/xhtml+xml;q=0.4, text/html;q=0.6, "
        "application/xhtml+xml;q=0.8, application/json;q=0.1, text/json;q=0.1, text/x-nquads, */*;q=0.1",
        "ttl",
    ),
    "RDF/XML wanted more": ("text/turtle;q=0.4, application/rdf+xml;q=0.8, text/html;q=0.3", "rdf"),
    "no Turtle": ("text/turtle;q=0, application/n-triples;q=0.2", "nt"),
    "some text": ("text/*;q=0.5, image/*", "ttl"),
    "Google": (
        "text/html,application/xhtml+xml,application/signed-exchange;v=b3,application/xml;q=0.9,*/*;q=0.8",
        "html",
    ),
}


@pytest.fixture(scope="module")
def app(releases: Path) -> Flask:
    return create_app(Settings(workspace=bundled_workspace().root, releases=releases, timeout=60))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def individuals(engine: Engine) -> list[str]:
    query = f'SELECT DISTINCT ?thing {{ ?thing ?p ?o FILTER(STRSTARTS(STR(?thing), "{ID}")) }} ORDER BY ?thing'
    return [row[0].value.removeprefix(ID) for row in ask_table(engine, query).rows if row[0]]


def graphs(engine: Engine) -> list[str]:
    query = "SELECT DISTINCT ?graph { GRAPH ?graph { ?s ?p ?o } } ORDER BY ?graph"
    return [row[0].value.removeprefix(GRAPH) for row in ask_table(engine, query).rows if row[0]]


def link_header(header: str) -> dict[str, list[str]]:
    """Relation to the targets of a Link header."""
    found: dict[str, list[str]] = {}
    for target, relation in re.findall(r'<([^>]*)>; rel="([^"]+)"', header):
        found.setdefault(relation, []).append(target)
    return found


def triples(body: bytes, form: str) -> set[str]:
    return {str(quad.triple) for quad in ox.parse(body, ox.RdfFormat.from_extension(form), base_iri="urn:none:")}


@pytest.mark.parametrize("client_name", ACCEPT)
def test_a_name_leads_to_the_document_that_the_client_wants(client: FlaskClient, client_name: str) -> None:
    accept, suffix = ACCEPT[client_name]
    headers = {"Accept": accept} if accept else {}
    response = client.get("/id/body/ptc", headers=headers)
    assert response.status_code == 303
    assert "Accept" in response.vary
    assert response.headers["Location"] == ("/doc/body/ptc" if suffix == "html" else f"/doc/body/ptc.{suffix}")
    followed = client.get(response.headers["Location"], headers=headers)
    asked_directly = client.get("/doc/body/ptc", headers=headers)
    for answer in (followed, asked_directly):
        assert answer.status_code == 200
        assert answer.mimetype == FORMS[suffix]
        assert "Accept" in answer.vary
    assert asked_directly.headers["Content-Location"] == f"/doc/body/ptc.{suffix}"
    assert followed.data == asked_directly.data


@pytest.mark.parametrize("suffix", FORMS)
def test_suffixes(client: FlaskClient, suffix: str) -> None:
    response = client.get(f"/id/body/ptc.{suffix}", headers={"Accept": "image/png"})
    assert (response.status_code, response.headers["Location"]) == (303, f"/doc/body/ptc.{suffix}")
    document = client.get(f"/doc/body/ptc.{suffix}", headers={"Accept": "image/png"})
    assert (document.status_code, document.mimetype) == (200, FORMS[suffix])
    passage = client.get(f"/graph/pc0457e1/para-9.{suffix}")
    assert (passage.status_code, passage.mimetype) == (200, FORMS[suffix])


@pytest.mark.parametrize("path", ["/id/body/ptc", "/doc/body/ptc", "/graph/pc0457e1/para-9"])
@pytest.mark.parametrize("accept", ["image/png", "text/csv, application/pdf;q=0.3", "text/turtle;q=0"])
def test_what_cannot_be_had_is_406(client: FlaskClient, path: str, accept: str) -> None:
    response = client.get(path, headers={"Accept": accept})
    assert response.status_code == 406
    assert response.get_json()["error"]["code"] == "not-acceptable"
    assert all(media_type in response.get_json()["error"]["message"] for media_type in FORMS.values())
    assert "Accept" in response.vary


def test_the_headers_of_a_document(client: FlaskClient) -> None:
    response = client.get("/doc/body/ptc", headers={"Accept": "text/turtle"})
    links = link_header(response.headers["Link"])
    assert links["alternate"] == [f"/doc/body/ptc.{suffix}" for suffix in FORMS]
    assert links["canonical"] == [BASE + "doc/body/ptc"]
    assert links["license"] == ["https://creativecommons.org/licenses/by/4.0/"]
    assert links["describes"] == [ID + "body/ptc"]
    assert links["describedby"] == ["/.well-known/void"]
    assert "https://w3id.org/ecp-graph/ontology#Body" in links["type"]
    assert response.last_modified is not None
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    for name, value in (
        ("If-None-Match", response.headers["ETag"]),
        ("If-Modified-Since", response.headers["Last-Modified"]),
    ):
        again = client.get("/doc/body/ptc", headers={"Accept": "text/turtle", name: value})
        assert (again.status_code, again.data) == (304, b"")
    html = client.get("/doc/body/ptc", headers={"Accept": BROWSER, "If-None-Match": response.headers["ETag"]})
    assert html.status_code == 200
    assert link_header(html.headers["Link"]) == links
    head = client.head("/doc/body/ptc", headers={"Accept": "text/turtle"})
    assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", response.headers["ETag"])


@pytest.mark.parametrize(
    "path",
    ["/doc/body/wgec", "/doc/overlap/body-pc--body-wgec--event-establishment-wgec", "/graph/codes", "/graph/inferred"],
)
def test_every_form_says_the_same(client: FlaskClient, path: str) -> None:
    said = {suffix: triples(client.get(f"{path}.{suffix}").data, suffix) for suffix in FORMS if suffix != "html"}
    assert len(said) == 6
    assert len(said["ttl"]) > 10
    assert all(found == said["ttl"] for found in said.values())
    read = {
        form: set(rdflib.Graph().parse(client.get(f"{path}.{suffix}").data, format=form))
        for form, suffix in RDFLIB.items()
    }
    assert all(found == read["turtle"] for found in read.values())
    assert len(read["turtle"]) == len(said["ttl"])


def test_a_document_describes_both_ways_and_keeps_the_passages(client: FlaskClient) -> None:
    store = ox.Store()
    store.load(client.get("/doc/body/wgec.trig").data, ox.RdfFormat.TRIG)
    body = ox.NamedNode(ID + "body/wgec")
    about, pointing = list(store.quads_for_pattern(body, None, None)), list(store.quads_for_pattern(None, None, body))
    assert len(about) > 10
    assert len(pointing) > 3
    names = {quad.graph_name.value.removeprefix(GRAPH) for quad in about if isinstance(quad.graph_name, ox.NamedNode)}
    assert {"inferred", "derived", "codes", "pc0457e1/para-18"} <= names
    # the document says of itself what it is, and each passage where it stands
    document = ox.NamedNode(BASE + "doc/body/wgec")
    topic = ox.NamedNode("http://xmlns.com/foaf/0.1/primaryTopic")
    assert [quad.object for quad in store.quads_for_pattern(document, topic, None)] == [body]
    locator = ox.NamedNode("https://w3id.org/ecp-graph/ontology#locator")
    assert [
        q.object for q in store.quads_for_pattern(ox.NamedNode(ID + "passage/ecp-graph-codes/codes"), locator, None)
    ]


def test_a_name_that_is_nearly_right_is_answered_with_the_right_one(client: FlaskClient) -> None:
    for path in ("/id/body/ptcc", "/doc/body/ptcc.ttl", "/doc/body/ptcc"):
        response = client.get(path)
        assert response.status_code == 404
        error = response.get_json()["error"]
        assert error["code"] == "unknown-thing"
        assert "body:ptc" in error["message"]
    page = client.get("/doc/body/permanent-technical-committee", headers={"Accept": BROWSER})
    assert page.status_code == 404
    assert 'href="/doc/body/ptc"' in page.get_data(as_text=True)
    assert client.get("/doc/nothing/like-this").status_code == 404
    assert client.get("/graph/pc0457e1/para-99").status_code == 404
    assert client.get('/doc/body/a b<>"{}|\\^`').status_code == 404


def test_the_page_of_a_passage(client: FlaskClient) -> None:
    text = client.get("/graph/pc0457e1/ch-2-intro", headers={"Accept": BROWSER}).get_data(as_text=True)
    assert "<h1>Annex, introduction of chapter 2</h1>" in text
    assert 'href="/doc/document/pc0457e1"' in text
    assert "verbatim" in text
    assert 'href="/graph/pc0457e1/ch-2-intro-normalised"' in text
    assert 'href="/doc/programme/mercator"' in text


def test_a_long_graph_comes_in_pages(client: FlaskClient) -> None:
    first = client.get("/graph/inferred.html").get_data(as_text=True)
    assert "Statements 1 to 200 of " in first
    assert 'href="/graph/inferred?page=2" rel="next"' in first
    second = client.get("/graph/inferred?page=2", headers={"Accept": BROWSER}).get_data(as_text=True)
    assert "Statements 201 to 400" in second
    for page in ("0", "99", "x", "²"):
        assert client.get(f"/graph/inferred.html?page={page}").status_code == 404


class _Page:
    """What a page embeds."""

    def __init__(self, text: str) -> None:
        found = re.search(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
        assert found
        self.block = found[1]
        self.data: list[dict[str, Any]] = json.loads(self.block)


def test_the_page_embeds_its_data(client: FlaskClient) -> None:
    page = _Page(client.get("/doc/body/ptc.html").get_data(as_text=True))
    nodes = {node["@id"]: node for node in page.data}
    assert set(nodes) == {ID + "body/ptc", BASE + "doc/body/ptc"}
    names = nodes[ID + "body/ptc"]["http://www.w3.org/2004/02/skos/core#prefLabel"]
    assert names == [{"@language": "en", "@value": "Permanent Technical Committee"}]


def test_every_individual_and_every_graph_has_a_page(client: FlaskClient, engine: Engine) -> None:
    paths = [*(f"/doc/{name}" for name in individuals(engine)), *(f"/graph/{name}" for name in graphs(engine))]
    assert len(paths) > 600
    for path in paths:
        response = client.get(path, headers={"Accept": BROWSER}, follow_redirects=True)
        text = response.get_data(as_text=True)
        assert response.status_code == 200, path
        assert text.count("<h1>") == 1
        assert len(gzip.compress(response.data)) < 50_000


def test_a_page_asks_as_few_questions_however_much_is_said(engine: Engine, release: Release) -> None:
    watched = Watched(engine)
    client = create_app(Settings(), source=FixedEngine.of_release(watched, release)).test_client()
    sample = ["body/sec", "body/ptc", "plan/ecp-action-plan-3", *individuals(engine)[::40]]
    assert len(sample) > 12
    client.get("/doc/body/wgec.html")  # what is kept for every page of a release: the rules, the licence
    asked = {}
    for name in sample:
        watched.asked.clear()
        assert client.get(f"/doc/{name}.html", follow_redirects=True).status_code == 200
        asked[name] = len(watched.asked)
    assert {name: number for name, number in asked.items() if number > 22} == {}


HOSTILE = f"""
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix ecp: <https://w3id.org/ecp-graph/ontology#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
<{GRAPH}one> {{
  <{ID}body/evil> a ecp:Body ; skos:prefLabel "</script><script>alert(1)</script>\u202e" ;
    skos:definition "<img src=x onerror=alert(1)> {{{{7*7}}}}" ; ecp:reportsTo <javascript:alert(1)> ;
    ecp:invites <{ID}group/a%3Fb> , <{ID}group/a?b#c> , <{ID}group/plain.ttl> .
  <{GRAPH}one> a ecp:Reading ; ecp:readingOf <{ID}passage/one> .
  <{ID}passage/one> a ecp:SourcePassage ; ecp:locator "<b>here</b>" .
  <{ID}group/a?b#c> skos:prefLabel "query" . <{ID}group/a%3Fb> skos:prefLabel "percent" .
  <{ID}group/plain.ttl> skos:prefLabel "suffix" .
  <{ID}body/old> owl:deprecated true ; dcterms:isReplacedBy <{ID}body/evil> .
  <{ID}body/older> owl:deprecated true .
  <{ID}body/split> owl:deprecated true ; dcterms:isReplacedBy <{ID}body/evil> , <{ID}body/old> .
}}
"""


@pytest.fixture(scope="module")
def hostile() -> FlaskClient:
    store = ox.Store()
    store.load(HOSTILE.encode(), ox.RdfFormat.TRIG)
    store.extend([ox.Quad(q.subject, q.predicate, q.object) for q in store])
    source = FixedEngine(EmbeddedEngine(store, name="hostile"), is_fixed=True)
    return create_app(Settings(workspace=bundled_workspace().root), source=source).test_client()


def test_hostile_text_does_nothing(hostile: FlaskClient) -> None:
    text = hostile.get("/doc/body/evil.html").get_data(as_text=True)
    assert text.count("<script") <= 2  # the site's own and the block of data
    assert "alert(1)</script>" not in text
    assert "<img" not in text
    assert "49" not in re.sub(r'"[^"]*"', "", text)
    assert "\u202e" not in text.replace(_Page(text).block, "")
    assert "<" not in _Page(text).block
    assert 'href="javascript' not in text
    values = json.dumps(_Page(text).data)
    assert "</script><script>alert(1)</script>" in values
    assert "&lt;b&gt;here" in hostile.get("/graph/one.html").get_data(as_text=True)


def _hrefs(text: str) -> Iterable[str]:
    return (href.replace("&amp;", "&") for href in re.findall(r'href="([^"]*)"', text))


def test_any_iri_gets_an_address_of_its_own(hostile: FlaskClient) -> None:
    links = [
        href for href in _hrefs(hostile.get("/doc/body/evil.html").get_data(as_text=True)) if "/doc/group/" in href
    ]
    assert sorted(set(links)) == ["/doc/group/a%253Fb", "/doc/group/a%3Fb%23c", "/doc/group/plain.ttl"]
    headings = [
        re.findall("<h1>(.*)</h1>", hostile.get(h, headers={"Accept": BROWSER}).get_data(as_text=True))
        for h in sorted(set(links))
    ]
    assert headings == [["percent"], ["query"], ["suffix"]]


@pytest.mark.parametrize("path", ["/id/body/old", "/doc/body/old", "/doc/body/old.ttl", "/id/body/old.html"])
def test_what_is_deprecated_leads_to_what_replaces_it(hostile: FlaskClient, path: str) -> None:
    for accept in ("application/json", BROWSER):
        response = hostile.get(path, headers={"Accept": accept})
        assert response.status_code == 301
        assert response.headers["Location"] == path.replace("old", "evil")


def test_what_two_things_replace_is_gone_and_names_them(hostile: FlaskClient) -> None:
    response = hostile.get("/id/body/split", headers={"Accept": "application/json"})
    assert response.status_code == 410
    assert response.get_json()["error"]["message"] == (
        "body:split is no longer used. It is replaced by body:evil, body:old."
    )
    page = hostile.get("/doc/body/split", headers={"Accept": BROWSER})
    assert page.status_code == 410
    assert 'href="/doc/body/evil"' in page.get_data(as_text=True)


def test_what_is_gone_without_successor_says_so(hostile: FlaskClient) -> None:
    assert hostile.get("/id/body/older").get_json()["error"]["message"] == "body:older is no longer used."


def test_files_alone_have_no_documents(releases: Path) -> None:
    source = FixedEngine(EmbeddedEngine(ox.Store(), name="no files"), is_fixed=True)
    client = create_app(Settings(), source=source, with_catalogue=False).test_client()
    for path in ("/id/body/ptc", "/doc/body/ptc", "/graph/codes"):
        assert client.get(path).status_code == 404


def test_a_time_without_words_goes_by_its_action(releases: Path) -> None:
    client = create_app(Settings(releases=releases)).test_client()
    blank = client.get("/doc/timeframe/ecp3-16", headers={"Accept": BROWSER}).get_data(as_text=True)
    assert "<h1>time of action 16</h1>" in blank
    action = client.get("/doc/action/ecp3-16", headers={"Accept": BROWSER}).get_data(as_text=True)
    assert '<a href="/doc/timeframe/ecp3-16">time of action 16</a>' in action
    assert "timeframe:ecp3-" not in re.sub(r"<script.*?</script>|<code>.*?</code>", "", action, flags=re.DOTALL)


def test_what_the_build_named_has_no_list_of_names(releases: Path) -> None:
    client = create_app(Settings(releases=releases)).test_client()
    found = client.get("/doc/overlap/body-pc--body-wgec--event-establishment-wgec", headers={"Accept": BROWSER})
    assert 'id="names"' not in found.get_data(as_text=True)
    assert 'id="names"' in client.get("/doc/body/ptc", headers={"Accept": BROWSER}).get_data(as_text=True)


def test_another_reading_is_called_by_its_place(releases: Path) -> None:
    client = create_app(Settings(releases=releases)).test_client()
    text = client.get("/graph/pc0457e1/ch-2-intro", headers={"Accept": BROWSER}).get_data(as_text=True)
    assert '<a href="/graph/pc0457e1/ch-2-intro-normalised">Annex, introduction of chapter 2</a>' in text
