"""A site of other plans, in French, shows nothing of the bundled one, but what ontology and shapes themselves say."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextvars import Context
from pathlib import Path
from typing import Final
from urllib.request import Request

import pytest

from ecp_graph.pipeline import build
from ecp_graph.release.opening import release_engine
from ecp_graph.release.release import Release, open_release
from ecp_graph.settings import Settings
from ecp_graph.web.app import create_app
from ecp_graph.workspace import Workspace
from tests.serving import serving
from tests.worlds import world

from .crawler import Fetched, Site, crawl
from .test_server import BROWSER, HOST

#: What only the bundled plan has: its IRIs, its document, codes and labels.
FORBIDDEN: Final = re.compile(
    r"w3id\.org/ecp-graph/(?!ontology\b|shapes\b|id/(?:concept|scheme)/)[a-z]\S*"
    r"|(?i:pc0457e1)|\b(?:PTC|TFAWG|ECP|WCO)\b|(?i:\btransit\b|\bcustoms\b)"
)
#: The ontology and the shapes are the package's: their pages, graphs and files, and the files that hold everything.
VOCABULARY: Final = re.compile(r"/(ontology|shapes|graph/(ontology|shapes)|dumps|release/\w+/dumps)\b")
#: The remedies of the shapes give examples from the bundled plan, and this query lists them.
EXAMPLES: Final = re.compile(r"/(api/)?queries/shapes\b")
#: What the ontology is called, where the dataset says what it conforms to.
ONTOLOGY: Final = "ECP action plan ontology"
BASE: Final = "https://cantines.example/plan/"
TITLE: Final = "Cantines scolaires du Val-de-Lierre"
#: What no link leads to.
OTHERS: Final = (
    "/openapi.json",
    "/sparql/terms.json",
    "/sparql/examples.json",
    "/search-index.json",
    "/releases.atom",
    "/feed.atom",
    "/context.jsonld",
    "/health",
    "/metrics",
    "/robots.txt",
    "/doc/body/nobody",
)


def traces(pages: Mapping[str, bytes]) -> list[str]:
    """Return where a page shows something of the bundled plan."""
    found = []
    for address, body in sorted(pages.items()):
        if body.startswith(b"PK"):  # packed: a workbook has the rows of the CSV beside it
            continue
        text = body.decode("utf-8", "replace").replace(ONTOLOGY, "")
        if not VOCABULARY.match(address) and not EXAMPLES.match(address) and (trace := FORBIDDEN.search(text)):
            found.append(f"{address}: {trace[0]}")
    return found


def with_sitemap(fetch: Callable[[str], Fetched], host: str) -> tuple[Site, dict[str, bytes]]:
    """Return the site that a crawl finds, and what each address answers, those of the sitemap and `OTHERS` included."""
    pages: dict[str, bytes] = {}

    def kept(address: str) -> Fetched:
        got = fetch(address)
        pages[address] = got.body
        return got

    site = crawl(kept, host)
    listed = re.findall(r"<loc>([^<]*)</loc>", kept("/sitemap.xml").body.decode())
    assert len(listed) > 50
    for address in (*(address.removeprefix(host) for address in listed), *OTHERS):
        if address not in pages:
            kept(address)
    return site, pages


@pytest.fixture(scope="module")
def workspace() -> Workspace:
    return world("ecoles")


@pytest.fixture(scope="module")
def release(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Release:
    """Built where no names are in use, as in a process of its own."""
    result = Context().run(build, workspace, tmp_path_factory.mktemp("other"))
    assert result.release is not None, [finding.message for finding in result.report.findings]
    return result.release


def _crawled(release: Release, workspace: Workspace) -> tuple[Site, dict[str, bytes]]:
    client = create_app(Settings(workspace=workspace.root, releases=release.path.parent, timeout=60)).test_client()

    def fetch(address: str) -> Fetched:
        with client.get(address, headers={"Accept": BROWSER}, follow_redirects=True) as response:
            links = tuple(response.headers.getlist("Link"))
            return Fetched(response.status_code, response.mimetype or "", response.get_data(), links)

    return with_sitemap(fetch, HOST)


@pytest.fixture(scope="module")
def crawled(release: Release, workspace: Workspace) -> tuple[Site, dict[str, bytes]]:
    return Context().run(_crawled, release, workspace)


def test_no_page_shows_anything_of_the_bundled_plan(crawled: tuple[Site, dict[str, bytes]]) -> None:
    site, pages = crawled
    assert site.broken == {}
    assert len(pages) > 500
    assert traces(pages) == []


def test_a_plan_without_chapters_has_no_broken_link(tmp_path: Path) -> None:
    workspace = world("coast")
    release = Context().run(build, workspace, tmp_path).release
    assert release is not None
    site, pages = Context().run(_crawled, release, workspace)
    assert site.broken == {}
    assert traces(pages) == []
    assert "Rebuild the dunes at Longsand" in pages["/"].decode()
    assert "0 chapters" not in pages["/"].decode()


@pytest.mark.parametrize(
    "trace",
    [
        "<a href='https://w3id.org/ecp-graph/id/body/ptc'>",
        "GRAPH <https://w3id.org/ecp-graph/graph/derived>",
        "PREFIX%20graph%3A%20%3Chttps://w3id.org/ecp-graph/graph/%3E",
        "https://w3id.org/ecp-graph/dataset",
        "a row of PTC",
        "The ECP plan",
        "graph:pc0457e1",
    ],
)
def test_a_trace_would_be_found(trace: str) -> None:
    assert len(traces({"/queries/x": trace.encode(), "/ontology": b"PTC"})) == 1


def test_pages_and_files_have_the_names_of_the_workspace(crawled: tuple[Site, dict[str, bytes]]) -> None:
    _, pages = crawled
    assert "Peser les restes" in pages["/"].decode()
    assert f"<{BASE}id/action/cantines-1-1>" in pages["/doc/action/cantines-1-1.nt"].decode()
    assert "action:cantines-1-1" in pages["/doc/action/cantines-1-1.ttl"].decode()
    assert "Cantines scolaires du Val-de-Lierre" in pages["/dataset"].decode()
    held = json.loads(pages["/sparql/terms.json"])
    assert held["base"] == BASE
    assert held["prefixes"]["milestone"] == f"{BASE}id/milestone/"
    assert "passage" not in held["prefixes"]
    assert json.loads(pages["/context.jsonld"])["@context"]["reading"] == f"{BASE}graph/cantines/"


def test_a_release_opens_without_its_workspace(release: Release, tmp_path: Path) -> None:
    moved = tmp_path / "releases"
    moved.mkdir()
    (moved / release.id).symlink_to(release.path)
    opened = open_release(moved, release.id)
    assert (opened.names.base, opened.names.language) == (BASE, "fr")
    assert opened.manifest["title"] == TITLE
    assert opened.manifest["from_package"] == ["ontology", "shapes", "queries"]
    assert opened.manifest["ontology"] == "1.0.0"
    engine = release_engine(opened)
    asked = engine.query("SELECT ?name { action:cantines-2-2-1 skos:prefLabel ?name }", fmt="csv").read()
    engine.close()
    assert asked.decode().split() == ["name", "Peser", "les", "restes"]


@pytest.fixture(scope="module")
def served(release: Release, workspace: Workspace) -> Iterator[Callable[[str], Fetched]]:
    place = ["--workspace", str(workspace.root), "--releases", str(release.path.parent)]
    with serving(*place, environment={"ECP_GRAPH_ACCESS_LOG": "no"}) as server:
        assert f"Workspace: {workspace.root} ({TITLE})" in server.log()

        def fetch(address: str) -> Fetched:
            request = Request(server.url + address.lstrip("/"), headers={"Accept": BROWSER})
            reply = server.open(request)
            media_type = reply.headers.get("content-type", "").partition(";")[0]
            return Fetched(reply.status, media_type, reply.body)

        yield fetch


def test_a_server_in_a_process_of_its_own_shows_nothing_either(served: Callable[[str], Fetched]) -> None:
    pages = {
        address: served(address).body
        for address in ("/", "/actions", "/overlap", "/plans", "/timeline", "/dataset", "/search?q=menus", *OTHERS)
    }
    pages["/doc/body/nutrition"] = served("/doc/body/nutrition").body
    query = "/sparql?format=ttl&query=CONSTRUCT+WHERE+%7B+action:cantines-2-2-1+?p+?o+%7D"
    pages[query] = served(query).body
    assert traces(pages) == []
    assert b"action:cantines-2-2-1" in pages[query]
    assert "Comité de nutrition scolaire" in pages["/doc/body/nutrition"].decode()
