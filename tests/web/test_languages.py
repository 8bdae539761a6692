"""The main language of a workspace, and text in another one than the page."""

from __future__ import annotations

import shutil
from pathlib import Path

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from ecp_graph.languages import preference
from ecp_graph.linked_data.vocabulary import read_vocabulary
from ecp_graph.namespaces import using
from ecp_graph.pipeline import build
from ecp_graph.queries.names import gather
from ecp_graph.rdf.jsonld import context_of
from ecp_graph.release.release import open_release
from ecp_graph.settings import Settings
from ecp_graph.web.app import create_app
from ecp_graph.web.http.release_rdf import parse_turtle
from ecp_graph.workspace import Workspace, bundled_workspace
from tests.bundled import ID, PREFIXES, with_workspace_file
from tests.web.conftest import BROWSER
from tests.web.test_search import _names

FRENCH = """
graph:codes {
    body:ptc skos:prefLabel "Comité technique permanent"@fr .
    body:council skos:altLabel "Conseil"@fr .
}
"""
OVERLAP = ID + "overlap/body-ptc--body-tfawg--topic-coordinated-border-management"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    root = tmp_path_factory.mktemp("french") / "workspace"
    for folder in ("ontology", "data", "queries"):
        shutil.copytree(bundled_workspace().root / folder, root / folder)
    header = "\n".join(f"@prefix {name}: <{namespace}> ." for name, namespace in PREFIXES.items())
    (root / "data/french.trig").write_text(header + FRENCH, encoding="utf-8")
    return with_workspace_file(root)


def built(workspace: Workspace, releases: Path) -> tuple[FlaskClient, str]:
    """Return a client of the workspace's site, and the label of one overlap."""
    assert build(workspace, releases).release is not None
    lines = open_release(releases).dataset.read_text(encoding="utf-8").splitlines()
    (label,) = [line for line in lines if line.startswith(f"<{OVERLAP}> <{PREFIXES['skos']}prefLabel>")]
    return create_app(Settings(workspace=workspace.root, releases=releases, timeout=60)).test_client(), label


def page(client: FlaskClient, url: str) -> str:
    response = client.get(url, headers={"Accept": BROWSER})
    assert response.status_code == 200
    return response.get_data(as_text=True)


def test_english_comes_first_and_other_languages_are_marked(workspace: Workspace, tmp_path: Path) -> None:
    client, label = built(workspace, tmp_path)
    assert '"PTC and TFAWG on Coordinated Border Management"@en' in label
    text = page(client, "/doc/body/ptc")
    assert "<h1>Permanent Technical Committee (PTC)</h1>" in text
    assert '<span lang="fr">Comité technique permanent</span>' in text
    assert text.count(' lang="') == 1 + text.count(' lang="fr"')
    assert '<td lang="fr">Conseil</td>' in page(client, "/sparql?query=SELECT+?n+{body:council+skos:altLabel+?n}")


def test_another_main_language_comes_first(workspace: Workspace, tmp_path: Path) -> None:
    shutil.copytree(workspace.root, tmp_path / "workspace")
    file = tmp_path / "workspace/workspace.toml"
    file.write_text(file.read_text(encoding="utf-8").replace('"en"', '"fr"'), encoding="utf-8")
    french = Workspace(tmp_path / "workspace")
    client, label = built(french, tmp_path / "releases")
    assert '"PTC – TFAWG: Coordinated Border Management"@fr' in label
    text = page(client, "/doc/body/ptc")
    assert '<h1 lang="fr">Comité technique permanent</h1>' in text
    with using(french.names):
        rows = [
            ("body", "preferred", ox.Literal(name, language=tag), "u:a") for name, tag in (("A", "en"), ("Un", "fr-CA"))
        ]
        assert gather(_names(*rows))["u:a"].label == "Un"
        assert context_of([])["skos:prefLabel"]["@language"] == "fr"
        terms = (
            'ecp:Body a owl:Class ; rdfs:label "body"@en , "organe"@fr . ecp:Plan a owl:Class ; rdfs:label "plan"@en .'
        )
        header = "".join(f"@prefix {name}: <{PREFIXES[name]}> . " for name in ("ecp", "owl", "rdfs"))
        assert [term.label for term in read_vocabulary(parse_turtle((header + terms).encode())).terms] == [
            "organe",
            "plan",
        ]


def test_the_order_of_languages() -> None:
    assert [preference(tag) for tag in ("en", "EN-gb", "", None, "fr", "enm")] == [0, 0, 1, 1, 2, 2]
