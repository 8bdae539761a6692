"""Every page, drawing and file over a workspace that means harm: nothing fails, no mark-up and no formula gets out."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree

import openpyxl
import pytest
from flask.testing import FlaskClient

from ecp_graph.pipeline import build
from ecp_graph.queries.catalogue import load_catalogue
from ecp_graph.settings import Settings
from ecp_graph.web.app import create_app
from ecp_graph.workspace import Workspace
from tests.bundled import ID
from tests.hostile_workspace import (
    FORMULAS,
    LONG,
    PAGES,
    PAYLOADS,
    SLUGS,
    STRANGE,
    address_of,
    write_hostile_workspace,
)
from tests.web.conftest import BROWSER

pytestmark = pytest.mark.slow

#: Attributes that hold an address.
_ADDRESSES = {"href", "src", "action", "formaction", "xlink:href", "data", "poster", "srcset", "background"}
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")
#: What the payloads with a product come to; the label of a blank node, which is hexadecimal, and a coordinate of a
#: drawing may have it by chance.
_FILLED_IN = re.compile('(?<![0-9a-f".])1337(?![0-9a-f])')
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return Workspace(write_hostile_workspace(tmp_path_factory.mktemp("hostile")))


@pytest.fixture(scope="module")
def client(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    releases = tmp_path_factory.mktemp("hostile-releases")
    result = build(workspace, releases)
    assert result.release is not None
    assert len(result.report.findings) >= len(PAYLOADS)
    return create_app(Settings(workspace=workspace.root, releases=releases, timeout=60)).test_client()


class _Markup(HTMLParser):
    """Collects the elements of a page with their attributes, the texts outside scripts, and the scripts."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.scripts: list[str] = []
        self.texts: list[str] = []
        self._in_script = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag == "script":
            self._in_script = True
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._in_script = False

    def handle_data(self, data: str) -> None:
        if self._in_script:
            self.scripts[-1] += data
        else:
            self.texts.append(data)


def faults(text: str) -> list[str]:
    """What in a page or drawing would run, leave the host by another scheme, or turn the text; one sentence each."""
    markup = _Markup(text)
    assert markup.elements, "no mark-up was found"
    found = []
    for tag, attributes in markup.elements:
        if tag in {"img", "iframe", "object", "embed", "base"} or (tag == "script" and _runs(attributes)):
            found.append(f"<{tag}> {attributes}")
        for name, value in attributes.items():
            if name.startswith("on") or name in {"style", "srcdoc", "autofocus"}:
                found.append(f"{name}={value}")
            if name in _ADDRESSES and urlsplit(value.strip()).scheme not in {"", "http", "https"}:
                found.append(f"{name}={value}")
            if name in _ADDRESSES and value.startswith("//"):
                found.append(f"{name}={value}")
    found += [f"text direction: {text[:60]!r}" for text in markup.texts if _BIDI.search(text)]
    if _FILLED_IN.search(text):
        found.append("a template was filled in")
    for script, (_, attributes) in zip(markup.scripts, [e for e in markup.elements if e[0] == "script"], strict=True):
        if attributes.get("type") == "application/ld+json":
            json.loads(script)
    return found


def _runs(attributes: dict[str, str]) -> bool:
    return attributes.get("type") != "application/ld+json" and not attributes.get("src", "").startswith("/static/")


def things() -> Iterator[str]:
    for kind in ("action", "body", "instrument", "timeframe", "event", "goal", "discrepancy", "plan", "topic"):
        for at, _ in enumerate(PAYLOADS):
            if kind in {"action", "body"} or at % len(PAYLOADS) in range(4):
                yield address_of(f"{ID}{kind}/e{at}-{SLUGS[at % len(SLUGS)]}")


def test_the_look_finds_what_it_is_for() -> None:
    for hostile in (
        "<p><script>1</script>",
        '<p><a href="javascript:x">x</a>',
        '<p><a href=" data:text/html,x">x</a>',
        '<p><a href="//evil.example/">x</a>',
        "<p><img src=x onerror=x>",
        "<p onclick=x>",
        "<p>\u202eturned",
        "<p>1337",
    ):
        assert faults(hostile), hostile
    assert faults("<td>_:9f1337c0") == []
    assert faults('<p title="onclick=1"><a href="/doc/x">&lt;script&gt;</a><script src="/static/a.js"></script>') == []


@pytest.mark.parametrize("name", PAGES)
def test_each_type_of_page(client: FlaskClient, name: str) -> None:
    response = client.get(PAGES[name], headers={"Accept": BROWSER})
    assert response.status_code == 200
    assert response.mimetype == "text/html"
    assert faults(response.text) == []
    assert "script-src 'self'" in response.headers["Content-Security-Policy"]


def test_a_query_that_means_harm_is_refused_as_text(client: FlaskClient) -> None:
    query = "</textarea></pre><script>window.owned=1</script>"
    response = client.get("/sparql", query_string={"format": "html", "query": query}, headers={"Accept": BROWSER})
    assert response.status_code == 400
    assert faults(response.text) == []


def test_links_of_the_pages_lead_somewhere(client: FlaskClient) -> None:
    found: dict[str, None] = {}
    for name in ("home", "overlap of two dimensions", "timeline", "action", "passage", "search"):
        page = client.get(PAGES[name], headers={"Accept": BROWSER}).text
        hrefs = [attributes["href"] for tag, attributes in _Markup(page).elements if tag == "a"]
        local = [href.partition("#")[0] for href in hrefs if href.startswith("/") and "window" in href]
        found |= dict.fromkeys(local[:25])
    assert len(found) > 40
    for href in found:
        assert client.get(href, headers={"Accept": BROWSER}).status_code == 200, href[:200]


def test_each_thing_has_its_page_and_its_data(client: FlaskClient) -> None:
    looked_at = 0
    for path in things():
        response = client.get(path, headers={"Accept": BROWSER})
        assert response.status_code == 200, path[:100]
        assert faults(response.text) == [], path[:100]
        data = client.get(path, headers={"Accept": "application/ld+json"})
        assert data.status_code == 200
        assert json.loads(data.text)
        looked_at += 1
    assert looked_at > 60


def test_each_passage_has_its_page(client: FlaskClient) -> None:
    for at, text in enumerate(PAYLOADS):
        path = "/graph/evil/" + quote(f"p{at}-{SLUGS[at % len(SLUGS)]}", safe="/")
        response = client.get(path, headers={"Accept": BROWSER})
        assert response.status_code == 200, text[:40]
        assert faults(response.text) == [], text[:40]


def test_addresses_from_the_data_come_back_as_links_or_not_at_all(client: FlaskClient) -> None:
    text = client.get(address_of(f"{ID}instrument/e0-{SLUGS[0]}"), headers={"Accept": BROWSER}).text
    for strange in STRANGE:
        assert strange.partition(":")[0].casefold() in text.casefold()  # it is shown
    assert not re.search(r'href="\s*(?!http)[a-z]+:', text, re.IGNORECASE)


@pytest.mark.parametrize("text", [text for text in PAYLOADS if text != LONG])
def test_search_takes_each_text(client: FlaskClient, text: str) -> None:
    for path in ("/search", "/actions"):
        response = client.get(path, query_string={"q": text, "words": text, "body": text}, headers={"Accept": BROWSER})
        assert response.status_code in {200, 400}
        assert faults(response.text) == []
    assert client.get("/search/suggest", query_string={"q": text}).status_code < 500


@pytest.mark.parametrize(
    "path", ["/timeline.svg", "/overlap/body-body.svg", "/overlap/body-instrument.svg", "/overlap/action-topic.svg"]
)
def test_drawings(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 200
    drawing = ElementTree.fromstring(response.data)
    assert len(list(drawing.iter())) > 20
    assert not [e for e in drawing.iter() if e.tag.endswith(("}script", "}foreignObject", "}image"))]
    assert faults(response.text) == []


def _tables(workspace: Workspace) -> list[str]:
    queries = load_catalogue(workspace).values()
    free = [q.name for q in queries if q.kind == "table" and not any(p.required for p in q.parameters)]
    assert len(free) > 30
    return [f"/api/queries/{name}" for name in free] + ["/overlap/body-body", "/overlap/body-instrument"]


def test_no_cell_of_a_csv_for_a_sheet_is_a_formula(client: FlaskClient) -> None:
    """The sheets of the pages; SPARQL's own CSV is for programs and gives values as they are (CSV results, 3)."""
    cells = 0
    for path in ("/actions.csv", "/overlap/body-body.csv", "/overlap/body-instrument.csv"):
        response = client.get(path)
        assert response.status_code == 200, path
        csv.field_size_limit(10_000_000)
        for row in csv.reader(io.StringIO(response.text, newline="")):
            cells += len(row)
            assert [cell for cell in row if cell.startswith(_FORMULA)] == [], path
    assert cells > 100


def test_no_cell_of_a_workbook_is_a_formula(client: FlaskClient, workspace: Workspace) -> None:
    seen: set[str] = set()
    for path in _tables(workspace):
        response = client.get(path + ".xlsx")
        assert response.status_code == 200, path
        with zipfile.ZipFile(io.BytesIO(response.data)) as parts:
            for name in parts.namelist():
                if name.startswith("xl/worksheets/"):
                    assert b"<f>" not in parts.read(name), path
        book = openpyxl.load_workbook(io.BytesIO(response.data))
        for cell in (cell for sheet in book for row in sheet.iter_rows() for cell in row):
            assert cell.data_type != "f", path
            if isinstance(cell.value, str) and cell.value.startswith(_FORMULA):
                assert cell.quotePrefix, path
                seen.add(cell.value[:4])
    assert {text[:4] for text in FORMULAS if text[0] in "=+@-"} <= seen


def test_every_other_format_of_every_query(client: FlaskClient, workspace: Workspace) -> None:
    for path in _tables(workspace)[:-2]:
        for extension in ("json", "csv"):
            response = client.get(f"{path}.{extension}")
            assert response.status_code == 200, path
            if extension == "json":
                json.loads(response.text)
            assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_names_of_files_hold_nothing_of_the_data(client: FlaskClient) -> None:
    for path in (*things(), "/actions.csv", "/overlap/body-body.xlsx"):
        headers = client.get(path).headers
        assert not any("\r" in value or "\n" in value for _, value in headers)
        assert "Set-Cookie" not in headers
