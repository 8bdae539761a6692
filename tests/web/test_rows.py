"""A finding that is a row of the tables has the document that it would have as a node, which says that it is none."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import duckdb
import pyoxigraph as ox
import pytest
import rdflib
from click.testing import CliRunner, Result
from flask.testing import FlaskClient

from ecp_graph.cli import cli
from ecp_graph.namespaces import PREFIXES
from ecp_graph.overlap.rows import REMARK
from ecp_graph.pipeline import build
from ecp_graph.release.release import Release
from ecp_graph.settings import Settings
from ecp_graph.web.app import create_app
from ecp_graph.workspace import Workspace, bundled_workspace
from tests.bundled import BASE, ID, with_workspace_file
from tests.web.conftest import BROWSER

ROW = "overlap/body-ptc--body-tfawg--topic-coordinated-border-management"
COMMENT = ox.NamedNode(PREFIXES["rdfs"] + "comment")
RDFLIB = {"ttl": "turtle", "nt": "nt", "jsonld": "json-ld", "rdf": "xml"}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The bundled plan, none of whose findings that only share a theme are nodes."""
    root = tmp_path_factory.mktemp("rows") / "workspace"
    for folder in ("ontology", "data"):
        shutil.copytree(bundled_workspace().root / folder, root / folder)
    with (with_workspace_file(root).root / "workspace.toml").open("a", encoding="utf-8") as file:
        file.write("\n[overlaps]\nthemes = 0\n")
    return Workspace(root)


@pytest.fixture(scope="module")
def rows(workspace: Workspace) -> Release:
    release = build(workspace, workspace.root / "releases").release
    assert release is not None
    return release


@pytest.fixture(scope="module")
def client(workspace: Workspace, rows: Release) -> FlaskClient:
    return create_app(Settings(workspace=workspace.root, releases=rows.path.parent, timeout=10)).test_client()


@pytest.fixture(scope="module")
def of_nodes(releases: Path) -> FlaskClient:
    settings = Settings(workspace=bundled_workspace().root, releases=releases, timeout=10)
    return create_app(settings).test_client()


def quads(client: FlaskClient, path: str) -> tuple[set[ox.Quad], list[str]]:
    """What a document says, without what it remarks on itself, and these remarks."""
    response = client.get(f"/doc/{path}.trig")
    assert response.status_code == 200, path
    every = set(ox.parse(response.get_data(), format=ox.RdfFormat.TRIG))
    remarks = {quad for quad in every if quad.predicate == COMMENT and quad.graph_name == ox.DefaultGraph()}
    return every - remarks, [quad.object.value for quad in remarks]


def test_a_row_has_the_document_of_a_node_but_for_the_remark(
    client: FlaskClient, of_nodes: FlaskClient, rows: Release
) -> None:
    table = rows.tables / "findings.parquet"
    found = duckdb.sql(f"SELECT iri FROM '{table}' WHERE NOT is_node ORDER BY iri").fetchall()
    assert len(found) > 20
    for path in (iri.removeprefix(ID) for (iri,) in found):
        told, remarks = quads(client, path)
        expected, none = quads(of_nodes, path)
        assert told == expected, path
        assert (len(expected) > 20, remarks, none) == (True, [REMARK], [])


@pytest.mark.parametrize("suffix", RDFLIB)
def test_each_syntax_has_the_same_triples(suffix: str, client: FlaskClient, of_nodes: FlaskClient) -> None:
    def graph(of: FlaskClient) -> rdflib.Graph:
        return rdflib.Graph().parse(data=of.get(f"/doc/{ROW}.{suffix}").get_data(), format=RDFLIB[suffix])

    found, expected = graph(client), graph(of_nodes)
    remark = (rdflib.URIRef(f"{BASE}doc/{ROW}"), rdflib.RDFS.comment, rdflib.Literal(REMARK, lang="en"))
    assert set(found) - set(expected) == {remark}
    assert set(expected) < set(found)


def test_its_iri_leads_to_its_page_which_says_what_it_is(client: FlaskClient, of_nodes: FlaskClient) -> None:
    there = client.get(f"/id/{ROW}", headers={"Accept": BROWSER})
    assert (there.status_code, there.location) == (303, f"/doc/{ROW}")
    page, node = (
        of.get(there.location, headers={"Accept": BROWSER}).get_data(as_text=True) for of in (client, of_nodes)
    )
    assert REMARK in page
    assert REMARK not in node
    assert "<h1>PTC and TFAWG on Coordinated Border Management</h1>" in page
    assert "queries/derive/" in page, "the rule that found it"
    assert set(re.findall(r'href="/(?:doc|graph)/[^".]+"', node)) == set(
        re.findall(r'href="/(?:doc|graph)/[^".]+"', page)
    )
    assert "/queries/thing-statements" not in page, "a query of the graph, which does not have it"


def test_lists_lead_to_rows_and_what_is_none_stays_unknown(client: FlaskClient) -> None:
    topic = client.get("/doc/topic/coordinated-border-management", headers={"Accept": BROWSER}).get_data(as_text=True)
    rows = set(re.findall(r'href="(/doc/overlap/[^"]+)"', topic))
    assert f"/doc/{ROW}" in rows
    assert {client.get(row, headers={"Accept": BROWSER}).status_code for row in rows} == {200}
    assert client.get("/id/overlap/body-ptc--body-tfawg--topic-none").status_code == 404


def test_a_row_is_explained_like_a_node(workspace: Workspace, rows: Release, releases: Path) -> None:
    def explained(root: Path, of: Path) -> Result:
        arguments = ["explain", ID + ROW, "overlapCause", "topic:coordinated-border-management"]
        return CliRunner().invoke(cli, [*arguments, "--workspace", str(root), "--releases", str(of)])

    row = explained(workspace.root, rows.path.parent)
    node = explained(bundled_workspace().root, releases)
    assert (row.exit_code, row.stdout) == (0, node.stdout)
    assert REMARK in row.stderr
    assert REMARK not in node.stderr
