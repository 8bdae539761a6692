"""A finding that is a row of the tables has the document of a node; pages, downloads and commands count it alike."""

from __future__ import annotations

import csv
import io
import re
import shutil
from pathlib import Path
from urllib.parse import unquote_plus

import duckdb
import pyoxigraph as ox
import pytest
import rdflib
from click.testing import CliRunner, Result
from flask import Flask
from flask.testing import FlaskClient

from ecp_graph.cli import cli
from ecp_graph.engine.embedded import EmbeddedEngine
from ecp_graph.namespaces import PREFIXES
from ecp_graph.overlap.rows import REMARK
from ecp_graph.pipeline import build
from ecp_graph.release.release import Release
from ecp_graph.settings import Settings
from ecp_graph.web.app import create_app
from ecp_graph.web.state.source import FixedEngine
from ecp_graph.workspace import Workspace, bundled_workspace
from tests.bundled import BASE, ID, with_workspace_file
from tests.serving import serving
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
    return create_app(Settings(workspace=workspace.root, releases=rows.path.parent, timeout=60)).test_client()


@pytest.fixture(scope="module")
def of_nodes(releases: Path) -> FlaskClient:
    settings = Settings(workspace=bundled_workspace().root, releases=releases, timeout=60)
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


def places(workspace: Workspace, rows: Release) -> tuple[str, ...]:
    return ("--workspace", str(workspace.root), "--releases", str(rows.path.parent))


def told(workspace: Workspace, rows: Release, *arguments: str) -> Result:
    return CliRunner().invoke(cli, [*arguments, *places(workspace, rows)], catch_exceptions=False)


def number_on(page: str) -> int:
    """Return the number of rows that the page of a query tells."""
    found = re.search(r"([\d,]+) rows?\b", re.sub(r"<[^>]+>", "", page[page.index('class="count"') :]))
    assert found
    return int(found[1].replace(",", ""))


#: Queries that read findings, with values.
QUERIES = [
    ("overlap-actions", {}),
    ("overlap-bodies", {}),
    ("overlap-bodies", {"body": "TFAWG", "grade": "D"}),
    ("overlap-body-pairs", {}),
    ("overlap-evidence", {}),
    ("overlap-members", {}),
    ("overlap-on-instruments", {"secretariat": "with"}),
    ("overlap-on-thing", {"thing": "coordinated-border-management"}),
    ("overlap-programme-pairs", {}),
    ("overlap-programmes", {}),
]


@pytest.mark.parametrize(("name", "given"), QUERIES, ids=str)
def test_a_page_its_download_and_the_command_give_the_rows_of_all_findings(
    name: str,
    given: dict[str, str],
    client: FlaskClient,
    of_nodes: FlaskClient,
    workspace: Workspace,
    rows: Release,
) -> None:
    expected = of_nodes.get(f"/api/queries/{name}.csv", query_string=given).get_data(as_text=True)
    assert len(expected.splitlines()) > 2
    download = client.get(f"/api/queries/{name}.csv", query_string=given).get_data(as_text=True)
    assert download == expected
    options = [part for key, value in given.items() for part in ("--param", f"{key}={value}")]
    for command in (["query", name], ["overlap", name.removeprefix("overlap-")]):
        printed = told(workspace, rows, *command, *options, "--format", "csv")
        assert printed.stdout_bytes.decode() == expected
        assert "left out" not in printed.stderr
    page = client.get(f"/queries/{name}", query_string=given, headers={"Accept": BROWSER}).get_data(as_text=True)
    assert "weak findings of the release that are not in the graph" in page
    assert number_on(page) == len(list(csv.reader(io.StringIO(expected)))) - 1


def test_a_page_says_where_only_the_graph_is_asked(client: FlaskClient, workspace: Workspace, rows: Release) -> None:
    def page(app: Flask, name: str) -> str:
        return app.test_client().get(f"/queries/{name}", headers={"Accept": BROWSER}).get_data(as_text=True)

    settings = Settings(workspace=workspace.root, releases=rows.path.parent, timeout=10)
    store = FixedEngine(EmbeddedEngine.open(rows.store, name="a store"), is_fixed=False)
    lacking, other = "tables alone, and left out here", "your browser asks the graph"
    elsewhere = create_app(settings, source=store)
    assert lacking in page(elsewhere, "overlap-bodies")
    assert lacking not in page(elsewhere, "bodies")
    twin = create_app(settings)
    twin.config["TWIN"], twin.jinja_env.globals["has_asset"] = True, lambda name: True
    assert other in page(twin, "overlap-bodies")
    here = page(client.application, "overlap-bodies")
    assert lacking not in here
    assert other not in here


@pytest.mark.parametrize("fmt", ["csv", "json", "tsv", "xml"])
def test_each_format_has_the_bytes_of_the_engine(fmt: str, client: FlaskClient, of_nodes: FlaskClient) -> None:
    address = f"/api/queries/overlap-on-thing.{fmt}"
    found, asked = client.get(address), of_nodes.get("/sparql", query_string=text_of(of_nodes, fmt))
    assert found.get_data() == asked.get_data()
    assert found.content_type == asked.content_type
    assert client.get(address, headers={"If-None-Match": found.headers["ETag"]}).status_code == 304


def text_of(client: FlaskClient, fmt: str) -> dict[str, str]:
    page = client.get("/queries/overlap-on-thing", headers={"Accept": BROWSER}).get_data(as_text=True)
    found = re.search(r'href="/sparql\?query=([^"&]+)', page)
    assert found
    return {"query": unquote_plus(found[1]), "format": fmt}


@pytest.mark.parametrize("pair", ["action-action", "body-body", "programme-programme"])
def test_a_matrix_has_the_same_numbers_on_its_page_and_from_the_command(
    pair: str, client: FlaskClient, of_nodes: FlaskClient, workspace: Workspace, rows: Release
) -> None:
    address = f"/overlap/{pair}.csv"
    printed = told(workspace, rows, "overlap", pair, "--format", "csv")
    assert printed.stdout_bytes == client.get(address).get_data() == of_nodes.get(address).get_data()
    assert "left out" not in printed.stderr


def test_a_page_says_what_its_query_does_not_find_in_the_editor(client: FlaskClient, of_nodes: FlaskClient) -> None:
    told = "(of findings in the graph alone)"
    assert told in client.get("/overlap/body-body", headers={"Accept": BROWSER}).text
    assert told not in of_nodes.get("/overlap/body-body", headers={"Accept": BROWSER}).text


def test_over_an_endpoint_commands_say_what_they_leave_out(workspace: Workspace, rows: Release) -> None:
    with serving(*places(workspace, rows)) as served:
        endpoint = ["--endpoint", f"{served.url}sparql", "--format", "csv"]
        for command in (["overlap", "body-body"], ["overlap", "bodies"], ["query", "overlap-bodies"]):
            here, there = told(workspace, rows, *command, "--format", "csv"), told(workspace, rows, *command, *endpoint)
            assert len(there.stdout) < len(here.stdout)
            assert "left out here" in there.stderr
        assert "left out" not in told(workspace, rows, "query", "bodies", *endpoint).stderr


def test_another_text_of_a_query_counts_nodes_and_says_so(workspace: Workspace, rows: Release, tmp_path: Path) -> None:
    shutil.copytree(workspace.root, tmp_path / "own", ignore=shutil.ignore_patterns("releases"))
    shutil.copytree(bundled_workspace().root / "queries", tmp_path / "own" / "queries")
    changed = tmp_path / "own" / "queries" / "overlap" / "overlap-bodies.rq"
    changed.write_text(changed.read_text(encoding="utf-8") + "# another\n", encoding="utf-8")
    printed = told(Workspace(tmp_path / "own"), rows, "overlap", "bodies", "--format", "csv")
    assert ",D," not in printed.stdout
    assert "findings are no nodes of the graph and left out" in printed.stderr
