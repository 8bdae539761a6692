"""What a site says of itself: the page about it, its publisher on every page, and where a wrong address leads on."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from ecp_graph.engine import Engine
from ecp_graph.engine.asking import ask_table
from ecp_graph.errors import InputSyntaxError
from ecp_graph.namespaces import using
from ecp_graph.settings import Settings
from ecp_graph.web.app import create_app
from ecp_graph.workspace import bundled_workspace
from ecp_graph.workspace_file import read_workspace_file
from tests.bundled import ID, NAMES
from tests.web.conftest import BROWSER

SITE = """\
title = "The harbour"
base = "https://w3id.org/ecp-graph/"

[site]
name = "Harbour <watch>"
logo = "mark.svg"
contact = "watch@harbour.example"
licence = "Free to read"
notice = "Made up & told so."
about = "about.md"
"""
ABOUT = "The *harbour* has a [committee](body:ptc), <script>alert(1)</script> and [more](javascript:alert(2))."
PAGES = ("/", "/about", "/bodies", "/doc/body/ptc", "/doc/action/ecp3-3", "/queries", "/sparql", "/validation")


@pytest.fixture(scope="module")
def client(releases: Path) -> FlaskClient:
    return create_app(Settings(workspace=bundled_workspace().root, releases=releases)).test_client()


@pytest.fixture(scope="module")
def harbour(releases: Path, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A client of a site that says all of itself."""
    root = tmp_path_factory.mktemp("harbour")
    (root / "workspace.toml").write_text(SITE, encoding="utf-8")
    (root / "mark.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>", encoding="utf-8")
    (root / "about.md").write_text(ABOUT, encoding="utf-8")
    (root / "data").mkdir()
    return create_app(Settings(workspace=root, releases=releases)).test_client()


def page(client: FlaskClient, path: str, status: int = 200) -> str:
    response = client.get(path, headers={"Accept": BROWSER})
    assert response.status_code == status
    return response.get_data(as_text=True)


def values(engine: Engine, query: str) -> set[str]:
    with using(NAMES):
        return {row[0].value for row in ask_table(engine, query).rows if row[0]}


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_the_publisher(path: str, harbour: FlaskClient) -> None:
    found = page(harbour, path)
    assert "– Harbour &lt;watch&gt;</title>" in found
    assert '<img class="logo" src="/logo"' in found
    assert "Made up &amp; told so." in found
    footer = found.partition("<footer>")[2]
    assert 'href="mailto:watch@harbour.example"' in footer
    assert "Free to read" in footer
    assert 'href="/about"' in footer


def test_the_logo_is_served_and_cannot_run_a_script(harbour: FlaskClient, client: FlaskClient) -> None:
    response = harbour.get("/logo")
    assert (response.status_code, response.mimetype) == (200, "image/svg+xml")
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert client.get("/logo").status_code == 404
    assert '<img class="logo"' not in page(client, "/about")


def test_the_own_text_leads_to_things_and_is_no_html(harbour: FlaskClient) -> None:
    found = page(harbour, "/about")
    assert '<a href="/doc/body/ptc">committee</a>' in found
    assert "<em>harbour</em>" in found
    assert "<script>alert(1)" not in found
    assert 'href="javascript' not in found


def test_the_bundled_text_says_what_the_graph_says(client: FlaskClient, engine: Engine) -> None:
    text = (bundled_workspace().root / "data" / "about.md").read_text(encoding="utf-8")
    own = page(client, "/about").partition('<div class="own">')[2].partition("</div>")[0]
    links = re.findall(r'href="(/[^"]*)"', own)
    assert len(links) == len(re.findall(r"\]\(", text)) > 8
    for link in links:
        page(client, link)
    for thing, name in (
        ("organization/wco", "World Customs Organization"),
        ("package/ecp", "Economic Competitiveness"),
    ):
        called = values(engine, f"SELECT ?name {{ <{ID}{thing}> skos:altLabel ?name }}")
        assert any(name in each for each in called)
        assert name in " ".join(text.split())
    assert values(engine, "SELECT (COUNT(?a) AS ?n) { ?a a ecp:Action }") == {"28"}
    assert "[28 actions]" in text


def test_it_names_its_sources_and_whom_to_tell(client: FlaskClient, engine: Engine) -> None:
    found = html.unescape(page(client, "/about"))
    read = values(engine, "SELECT DISTINCT ?d { ?r ecp:readingOf/ecp:passageOf ?d }")
    assert read
    assert {iri for iri in read if f'href="/doc/{iri.removeprefix(ID)}"' not in found} == set()
    assert "69 passages read" in found
    assert 'Report it to <a href="https://w3id.org/ecp-graph/"' in found
    assert "Unofficial: this is not a site of the World Customs Organization." in found


def test_the_glossary_is_that_of_the_ontology(client: FlaskClient, engine: Engine) -> None:
    found = html.unescape(page(client, "/about")).partition('id="glossary"')[2]
    for scheme in ("certainties", "evidence-grades", "overlap-kinds", "timeframe-kinds", "plan-statuses"):
        definitions = values(
            engine, f"SELECT ?text {{ ?c skos:inScheme <{ID}scheme/{scheme}> ; skos:definition ?text }}"
        )
        assert definitions
        assert {text for text in definitions if text not in found} == set(), scheme
    assert "A piece of work that a plan sets out" in found


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/transit-guidlines", "Transit Guidelines"),
        ("/bodies/permanent-technical-committee", "Permanent Technical Committee"),
        ("/doc/bodys/safe-working-group", "SAFE Working Group"),
    ],
)
def test_a_wrong_address_leads_to_the_nearest_names(path: str, name: str, client: FlaskClient) -> None:
    found = page(client, path, 404)
    assert f">{name}</a>" in found
    main = found.partition("<main")[2]
    assert {'href="/"', 'href="/actions"', 'action="/search"'} <= set(re.findall(r'(?:href|action)="[^"]*"', main))


def test_a_wrong_address_without_a_near_name_leads_on_too(client: FlaskClient) -> None:
    found = page(client, "/zzzz-qqqq", 404)
    assert "Perhaps you want" not in found
    assert 'value="zzzz qqqq"' in found
    assert client.get("/404.html").status_code == 404
    assert client.get("/zzzz", headers={"Accept": "application/json"}).get_json()["error"]["code"] == "not-found"


def test_a_site_whose_logo_is_missing_does_not_start(tmp_path: Path) -> None:
    (tmp_path / "workspace.toml").write_text("[site]\nlogo = 'none.png'\n", encoding="utf-8")
    with pytest.raises(InputSyntaxError, match=r"there is no file .*none.png, which .* names as 'logo'"):
        create_app(Settings(workspace=tmp_path))


def test_a_workspace_that_says_nothing_has_the_plain_name(releases: Path, tmp_path: Path) -> None:
    (tmp_path / "workspace.toml").write_text('base = "https://w3id.org/ecp-graph/"\n', encoding="utf-8")
    (tmp_path / "data").mkdir()
    plain = create_app(Settings(workspace=tmp_path, releases=releases)).test_client()
    found = page(plain, "/about")
    assert "– ecp-graph</title>" in found
    assert "The\npublisher names no contact" in found
    assert "publisher-notice" not in found


def test_a_site_without_a_name_has_the_title_of_its_workspace(tmp_path: Path) -> None:
    workspace = tmp_path / "workspace.toml"
    workspace.write_text('title = "Plans of the harbour"\n', encoding="utf-8")
    assert read_workspace_file(workspace).publisher.name == "Plans of the harbour"
    workspace.write_text('title = "Plans of the harbour"\n[site]\nname = "Harbour"\n', encoding="utf-8")
    assert read_workspace_file(workspace).publisher.name == "Harbour"
