"""The pages of the releases, over two of them."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient
from rdflib import Graph, URIRef

from ecp_graph.pipeline import build
from ecp_graph.release.release import Release
from ecp_graph.settings import Settings
from ecp_graph.web.app import create_app
from ecp_graph.web.state.bounds import Bounds
from tests.build.conftest import ONTOLOGY, write_workspace
from tests.bundled import BASE, PREFIXES

Versions = tuple[Path, Path, Release, Release]
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def client(two_releases: Versions) -> FlaskClient:
    workspace, releases, *_ = two_releases
    return create_app(Settings(workspace=workspace, releases=releases, workers=1)).test_client()


def test_the_list_has_both_and_leads_to_what_changed(client: FlaskClient, two_releases: Versions) -> None:
    *_, before, after = two_releases
    text = client.get("/releases").get_data(as_text=True)
    assert text.index(after.id) < text.index(f"/release/{before.id}")
    assert f'href="/releases/{before.id}..{after.id}"' in text
    assert "the first that is kept" in text


def test_an_older_release_stays_as_it_was(client: FlaskClient, two_releases: Versions) -> None:
    *_, before, after = two_releases
    for release in (before, after):
        page = client.get(f"/release/{release.id}", headers={"Accept": "text/html"}).get_data(as_text=True)
        assert release.manifest["workspace"] in page
        dump = client.get(f"/release/{release.id}/dumps/dataset.nq", buffered=True)
        assert dump.data == release.dataset.read_bytes()
        graph = Graph().parse(data=client.get(f"/release/{release.id}.ttl").data, format="turtle")
        iri = URIRef(f"{BASE}release/{release.id}")
        assert (iri, URIRef(PREFIXES["dcat"] + "isVersionOf"), URIRef(BASE + "dataset")) in graph
    assert client.get("/dumps/dataset.nq", buffered=True).data == after.dataset.read_bytes()


def test_what_changed_is_told_in_things(client: FlaskClient, two_releases: Versions) -> None:
    *_, before, after = two_releases
    text = client.get(f"/releases/{before.id}..{after.id}").get_data(as_text=True)
    assert "Actions: 1 added, 2 changed." in text
    assert "<del>PTC; SEC</del> → <ins>SEC</ins>" in text
    assert "=Burn the guide&lt;b&gt;" in text
    assert "<b>" not in text
    same = client.get(f"/releases/{after.id}..{after.id}").get_data(as_text=True)
    assert "No differences." in same


@pytest.mark.parametrize(
    "path",
    ["/release/000000000000", "/releases/a..b", "/release/..", "/release/current", "/release/x/dumps/dataset.nq"],
)
def test_what_is_not_kept_is_404(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_the_feed_tells_what_changed(client: FlaskClient, two_releases: Versions) -> None:
    *_, before, after = two_releases
    response = client.get("/releases.atom")
    assert response.mimetype == "application/atom+xml"
    feed = ElementTree.fromstring(response.data)
    entries = feed.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}id") for entry in entries] == [f"{BASE}release/{one.id}" for one in (after, before)]
    assert entries[0].findtext(f"{ATOM}summary") == "Actions: 1 added, 2 changed."
    assert feed.findtext(f"{ATOM}updated") == entries[0].findtext(f"{ATOM}updated") == "2023-11-14T22:14:20+00:00"
    assert client.get("/releases.atom", headers={"If-None-Match": response.headers["ETag"]}).status_code == 304


def test_releases_that_are_too_large_are_not_compared(two_releases: Versions) -> None:
    workspace, releases, before, after = two_releases
    settings = Settings(workspace=workspace, releases=releases, workers=1)
    client = create_app(settings, bounds=Bounds(page_bytes=100)).test_client()
    for _ in range(2):  # found out, and known
        refused = client.get(f"/releases/{before.id}..{after.id}", headers={"Accept": "application/json"})
        assert (refused.status_code, refused.get_json()["error"]["code"]) == (400, "result-too-large")
    feed = ElementTree.fromstring(client.get("/releases.atom").data)
    summaries = [entry.findtext(f"{ATOM}summary") or "" for entry in feed.findall(f"{ATOM}entry")]
    assert "too large to compare" in summaries[0]
    assert "first release" in summaries[1]


def test_a_new_version_of_the_ontology_lists_its_changes(tmp_path: Path) -> None:
    releases = tmp_path / "releases"
    later = ONTOLOGY.replace('owl:versionInfo "1"', 'owl:versionInfo "2"').replace(
        "ecp:OpenBodyGroup a owl:Class .", 'ecp:OpenBodyGroup a owl:Class ; skos:definition "A group."@en .'
    )
    later += "\necp:Novelty a owl:Class .\n"
    for ontology in (ONTOLOGY, later):
        workspace = write_workspace(tmp_path / "w", {"ontology/main.ttl": ontology})
        assert build(workspace, releases).release is not None
    client = create_app(Settings(workspace=tmp_path / "w", releases=releases, workers=1)).test_client()
    page = client.get("/ontology/2", headers={"Accept": "text/html"}).get_data(as_text=True)
    changes = page.partition('id="changes"')[2]
    assert '<a href="#Novelty">' in changes.partition('id="changes-added"')[2].partition("</ul>")[0]
    assert 'id="changes-removed"' not in changes
    assert "definition" in changes.partition("OpenBodyGroup")[2].partition("</li>")[0]
    assert changes.partition("<footer>")[0].count("<li>") == 2
    old = client.get("/ontology/1", headers={"Accept": "text/html"}).get_data(as_text=True)
    assert "This is version 1." in old
    assert 'id="Novelty"' not in old
    assert b"Novelty" not in client.get("/ontology/1.ttl").data
    assert b"Novelty" in client.get("/ontology/2.ttl").data
