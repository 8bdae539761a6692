"""``/dataset``, the dumps, ``/.well-known/void``, robots and the sitemap."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest
from flask import Flask, render_template
from flask.testing import FlaskClient
from rdflib import Graph

from ecp_graph.linked_data.dumps import DUMPS, FOLDER
from ecp_graph.release.release import Release
from ecp_graph.settings import Settings
from ecp_graph.web.app import create_app
from ecp_graph.web.state.bounds import Bounds
from ecp_graph.workspace import bundled_workspace
from tests.bundled import BASE
from tests.web.conftest import BROWSER
from tests.web.listed import pages_linked, unlisted

SYNTAXES = {
    "text/turtle": (".ttl", "turtle"),
    "application/n-triples": (".nt", "nt"),
    "application/ld+json": (".jsonld", "json-ld"),
    "application/rdf+xml": (".rdf", "xml"),
}


@pytest.mark.parametrize("path", ["/dataset", "/ontology"])
@pytest.mark.parametrize("media_type", SYNTAXES)
def test_rdf_by_accept_and_by_suffix_is_the_same(client: FlaskClient, path: str, media_type: str) -> None:
    suffix, parser = SYNTAXES[media_type]
    negotiated = client.get(path, headers={"Accept": f"text/html;q=0.5, {media_type}"})
    by_suffix = client.get(path + suffix, headers={"Accept": BROWSER})
    assert negotiated.status_code == by_suffix.status_code == 200
    assert negotiated.mimetype == by_suffix.mimetype == media_type
    assert negotiated.data == by_suffix.data
    assert "Accept" in negotiated.vary
    assert f'<{path}{suffix}>; rel="alternate"; type="{media_type}"' in negotiated.headers["Link"]
    turtle = Graph().parse(data=client.get(path + ".ttl").data, format="turtle")
    assert len(Graph().parse(data=negotiated.data, format=parser)) == len(turtle) > 500


@pytest.mark.parametrize("path", ["/dataset", "/ontology"])
@pytest.mark.parametrize("accept", [BROWSER, "", "*/*"])
def test_a_browser_and_who_does_not_mind_get_the_page(client: FlaskClient, path: str, accept: str) -> None:
    response = client.get(path, headers={"Accept": accept})
    assert (response.status_code, response.mimetype) == (200, "text/html")


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("application/n-quads, text/turtle;q=0.9", "text/turtle"),
        ("application/rdf+xml, application/xhtml+xml;q=0.3, text/xml;q=0.2, text/html;q=0.3", "application/rdf+xml"),
        ("text/turtle;q=0, */*", "text/html"),
        ("text/plain", "application/n-triples"),
        ("application/json", "application/ld+json"),
        ("text/html;q=0.2, application/ld+json;q=0.4, text/turtle;q=0.3", "application/ld+json"),
        ("text/*", "text/html"),
    ],
)
def test_of_what_is_accepted_the_best_that_there_is(client: FlaskClient, accept: str, media_type: str) -> None:
    response = client.get("/ontology", headers={"Accept": accept})
    assert (response.status_code, response.mimetype) == (200, media_type)


@pytest.mark.parametrize("path", ["/dataset", "/ontology", "/.well-known/void"])
def test_what_cannot_be_had_is_406(client: FlaskClient, path: str) -> None:
    response = client.get(path, headers={"Accept": "image/png"})
    assert response.status_code == 406
    assert response.get_json()["error"]["code"] == "not-acceptable"


def test_an_unknown_suffix_is_404(client: FlaskClient) -> None:
    assert client.get("/dataset.png").status_code == 404


@pytest.mark.parametrize(
    ("accept", "place"),
    [("", "/dataset.ttl"), ("*/*", "/dataset.ttl"), (BROWSER, "/dataset"), ("application/rdf+xml", "/dataset.rdf")],
)
def test_void_is_well_known(client: FlaskClient, accept: str, place: str) -> None:
    response = client.get("/.well-known/void", headers={"Accept": accept})
    assert (response.status_code, response.headers["Location"]) == (302, place)
    assert response.headers["Vary"] == "Accept"


@pytest.mark.parametrize(
    "path",
    [
        "/sitemap.xml",
        "/releases.atom",
        "/feed.atom",
        "/search.json?q=ptc",
        "/search-index.json",
        "/validation/report.ttl",
    ],
)
def test_what_the_release_settles_has_a_tag_and_is_304_for_who_has_it(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    etag = response.headers["ETag"]
    assert response.headers["Cache-Control"] == "public, no-cache"
    assert etag.startswith('W/"'), "it may be compressed"
    assert client.get(path, headers={"If-None-Match": etag}).status_code == 304
    assert client.get(path, headers={"If-None-Match": 'W/"other"'}).status_code == 200


def test_a_description_that_the_client_has_is_304(client: FlaskClient) -> None:
    etag = client.get("/dataset.ttl").headers["ETag"]
    assert client.get("/dataset.ttl", headers={"If-None-Match": etag}).status_code == 304
    assert client.get("/dataset.nt", headers={"If-None-Match": etag}).status_code == 200


def test_the_page_lists_every_dump_with_its_size(client: FlaskClient, release: Release) -> None:
    text = client.get("/dataset.html").get_data(as_text=True)
    for dump in DUMPS:
        assert f'href="/dumps/{dump.name}"' in text
    assert "creativecommons.org/licenses/by/4.0" in text
    assert "Cite as" in text
    assert release.id in text


@pytest.mark.parametrize("dump", DUMPS, ids=lambda dump: dump.name)
def test_each_dump_is_served_as_it_is(client: FlaskClient, release: Release, dump: object) -> None:
    name, media_type = dump.name, dump.media_type  # type: ignore[attr-defined]
    response = client.get(f"/dumps/{name}", headers={"Accept-Encoding": "gzip"}, buffered=True)
    digest = hashlib.sha256(response.data).hexdigest()
    assert digest == release.manifest["files"][f"{FOLDER}/{name}"]["sha256"]
    assert response.headers["ETag"] == f'"{digest}"'
    assert response.mimetype == ("application/gzip" if name.endswith(".gz") else media_type)
    assert "Content-Encoding" not in response.headers
    assert response.headers.get("Content-Type", "").count("charset") <= 1


def test_a_part_of_a_dump_and_the_rest_are_the_whole(client: FlaskClient) -> None:
    whole = client.get("/dumps/dataset.nq", buffered=True).data
    first = client.get("/dumps/dataset.nq", headers={"Range": "bytes=0-999"}, buffered=True)
    rest = client.get(
        "/dumps/dataset.nq", headers={"Range": "bytes=1000-", "If-Range": first.headers["ETag"]}, buffered=True
    )
    assert (first.status_code, rest.status_code) == (206, 206)
    assert first.data + rest.data == whole
    changed = client.get("/dumps/dataset.nq", headers={"Range": "bytes=1000-", "If-Range": '"another"'}, buffered=True)
    assert (changed.status_code, changed.data) == (200, whole)
    assert client.get("/dumps/dataset.nq", headers={"Range": "bytes=99999999-"}, buffered=True).status_code == 416
    etag = first.headers["ETag"]
    assert client.get("/dumps/dataset.nq", headers={"If-None-Match": etag}, buffered=True).status_code == 304


def test_a_range_in_an_unknown_unit_is_ignored(client: FlaskClient) -> None:
    whole = client.get("/dumps/dataset.nq", buffered=True)
    for asked in ("lines=1-2", "lines", "Lines = 0-"):
        response = client.get("/dumps/dataset.nq", headers={"Range": asked}, buffered=True)
        assert (response.status_code, response.data) == (200, whole.data), asked
        assert response.headers["Accept-Ranges"] == "bytes"
    known = {"Range": "lines=1-2", "If-None-Match": whole.headers["ETag"]}
    assert client.get("/dumps/dataset.nq", headers=known, buffered=True).status_code == 304
    assert client.get("/dumps/dataset.nq", headers={"Range": "Bytes=0-9"}, buffered=True).status_code == 206


@pytest.mark.parametrize(
    "name", ["nope.nq", "..%2fmanifest.json", "../manifest.json", "dataset.nq%00", "%2e%2e/report.ttl"]
)
def test_nothing_else_of_a_release_can_be_read(client: FlaskClient, name: str) -> None:
    response = client.get(f"/dumps/{name}", buffered=True)
    assert response.status_code == 404
    assert response.get_json()["error"]["message"]


def test_the_context_is_published(client: FlaskClient, release: Release) -> None:
    response = client.get("/context.jsonld", buffered=True)
    assert response.mimetype == "application/ld+json"
    context = response.get_json(force=True)["@context"]
    inside = json.loads((release.path / FOLDER / "dataset.jsonld").read_text(encoding="utf-8"))["@context"]
    assert context == inside
    assert context["responsibleBody"] == {"@id": "ecp:responsibleBody", "@type": "@id"}


class _Scripts(HTMLParser):
    """Collects the text of JSON-LD scripts as a browser would see it."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag == "script" and ("type", "application/ld+json") in attrs

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.found.append(data)

    def handle_endtag(self, tag: str) -> None:
        self._inside = False


def test_search_engines_find_the_dataset(client: FlaskClient) -> None:
    scripts = _Scripts()
    scripts.feed(client.get("/dataset.html").get_data(as_text=True))
    (facts,) = [json.loads(text) for text in scripts.found]
    assert (facts["@type"], facts["@id"]) == ("Dataset", BASE + "dataset")
    assert facts["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert len(facts["distribution"]) == len(DUMPS)
    assert all(one["contentUrl"].startswith("http://localhost/dumps/") for one in facts["distribution"])


def test_a_text_of_the_data_cannot_end_the_script(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    hostile = {"name": "</script><script>alert(1)</script><!--"}
    monkeypatch.setitem(app.jinja_env.globals, "schema_dataset", lambda: hostile)
    with app.test_request_context("/"):
        text = render_template("dataset/schema-org.html")
    assert text.count("<script") == text.count("</script") == 1
    scripts = _Scripts()
    scripts.feed(text)
    assert json.loads("".join(scripts.found)) == hostile


def test_robots_are_led_to_the_sitemap(client: FlaskClient) -> None:
    text = client.get("/robots.txt").get_data(as_text=True)
    assert "Sitemap: http://localhost/sitemap.xml" in text
    assert "Disallow: /sparql?" in text


def _locations(content: bytes) -> list[str]:
    return [found.text or "" for found in ElementTree.fromstring(content).iter() if found.tag.endswith("}loc")]


def test_the_sitemap_has_the_pages_and_they_are_there(client: FlaskClient, release: Release) -> None:
    found = _locations(client.get("/sitemap.xml").data)
    assert len(found) == len(set(found)) > 5
    assert {"http://localhost/dataset", "http://localhost/ontology", "http://localhost/releases"} <= set(found)
    assert f"http://localhost/release/{release.id}" in found
    for address in found[:12]:
        path = address.removeprefix("http://localhost")
        assert client.get(path, follow_redirects=True).status_code == 200, path


def test_what_the_home_page_leads_to_is_in_the_sitemap(client: FlaskClient, releases: Path) -> None:
    assert len(pages_linked(client)) > 10
    assert unlisted(client) == set()
    bundled = create_app(Settings(workspace=bundled_workspace().root, releases=releases)).test_client()
    listed = _locations(bundled.get("/sitemap.xml").data)
    assert "http://localhost/check" in listed
    assert "http://localhost/overlap/plans" not in listed, "one plan alone is compared with none"


def test_a_page_that_the_sitemap_lacks_is_found(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.web.listed.pages_linked", lambda _: {"/about", "/nowhere", "/search?q=x"})
    assert unlisted(client) == {"/nowhere"}


def test_a_long_sitemap_comes_in_parts(settings: Settings) -> None:
    whole = _locations(create_app(settings).test_client().get("/sitemap.xml").data)
    client = create_app(settings, bounds=Bounds(addresses=4)).test_client()
    parts = _locations(client.get("/sitemap.xml").data)
    assert len(parts) == -(-len(whole) // 4) > 1
    paths = [address.removeprefix("http://localhost") for address in parts]
    contents = [_locations(client.get(path).data) for path in paths]
    assert [address for part in contents for address in part] == whole
    assert client.get(f"/sitemap-{len(parts) + 1}.xml").status_code == 404
    assert client.get("/sitemap-0.xml").status_code == 404


def test_over_plain_files_there_is_no_description(release: Release, settings: Settings, tmp_path: Path) -> None:
    from ecp_graph.engine.embedded import EmbeddedEngine
    from ecp_graph.web.state.source import FixedEngine

    engine = EmbeddedEngine(ox.Store(), name="nothing")
    client = create_app(settings, source=FixedEngine(engine, is_fixed=True)).test_client()
    for path in ("/dataset", "/ontology", "/dumps/dataset.nq", "/releases", "/releases.atom", "/release/0123456789ab"):
        response = client.get(path)
        assert response.status_code == 404, path
        assert not re.search("Traceback", response.get_data(as_text=True))


def test_over_a_store_elsewhere_the_description_is_asked_for(release: Release, settings: Settings) -> None:
    from ecp_graph.engine.embedded import EmbeddedEngine
    from ecp_graph.web.state.source import FixedEngine

    engine = EmbeddedEngine.open(release.store, name="a store")
    client = create_app(settings, source=FixedEngine(engine, is_fixed=False)).test_client()
    text = client.get("/dataset", headers={"Accept": BROWSER}).get_data(as_text=True)
    assert "so it has no files to download" in text
    assert len(Graph().parse(data=client.get("/ontology.ttl").data, format="turtle")) > 1_000


def test_compressed_dumps_are_not_compressed_again(client: FlaskClient) -> None:
    packed = client.get("/dumps/dataset.ttl.gz", headers={"Accept-Encoding": "gzip"}, buffered=True).data
    assert gzip.decompress(packed) == client.get("/dumps/dataset.ttl", buffered=True).data
