"""Pages for people: every address answers, nothing is run or loaded from elsewhere, everything is escaped."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from ecp_graph.settings import Settings
from ecp_graph.web.app import create_app
from ecp_graph.web.state.source import FixedEngine
from tests.web.conftest import BROWSER

_PAGES = [
    "/",
    "/search",
    "/search?q=echo",
    "/validation",
    "/queries",
    "/queries/list-bodies",
    "/queries/body-facts",
    "/queries/body-facts?body=PTC",
    "/queries/overlap-bodies",
    "/queries/echo?text=a&number=3",
    "/sparql",
    "/sparql?example=echo",
    "/sparql?query=SELECT+*+%7B+%3Fs+a+ecp%3ABody+%7D",
    "/sparql?query=ASK+%7B%7D",
    "/sparql?query=DESCRIBE+body%3Aptc",
]
_BAD_PAGES = {
    "/nothing": 404,
    "/queries/nothing": 404,
    "/queries/body-facts?body=nobody": 400,
    "/queries/echo?day=tomorrow": 400,
    "/queries/echo?colour=red": 400,
    "/sparql?query=SELECT": 400,
    "/sparql?query=DROP+ALL": 403,
    "/sparql?example=nothing": 404,
}


class _Page(HTMLParser):
    """Collects what a page links to and loads, its labels and fields, and whether its elements close."""

    VOID = frozenset({"meta", "link", "input", "br"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)
        assert self.open == [], self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def values(self, tag: str, attribute: str) -> list[str]:
        return [str(attrs[attribute]) for name, attrs in self.tags if name == tag and attribute in attrs]


def _get(client: FlaskClient, url: str) -> tuple[int, str]:
    response = client.get(url, headers={"Accept": BROWSER})
    assert response.content_type == "text/html; charset=utf-8"
    return response.status_code, response.get_data(as_text=True)


@pytest.mark.parametrize("url", [*_PAGES, *_BAD_PAGES])
def test_every_page(client: FlaskClient, url: str) -> None:
    status, text = _get(client, url)
    assert status == _BAD_PAGES.get(url, 200)
    page = _Page(text)
    assert '<html lang="en">' in text
    assert len([1 for tag, _ in page.tags if tag == "h1"]) == 1
    # Nothing runs or is styled in place, nothing comes from elsewhere.
    assert not [tag for tag, attrs in page.tags if tag in {"style", "img", "iframe"} or "style" in attrs]
    run = [attrs for tag, attrs in page.tags if tag == "script" and attrs.get("type") != "application/ld+json"]
    scripts = [attrs.get("src") or "" for attrs in run]
    assert all(source.startswith("/static/build/") for source in scripts)
    assert "></script>" in text or not scripts
    assert not [name for _, attrs in page.tags for name in attrs if name.startswith("on")]
    assert all(href.startswith("/static/") for href in page.values("link", "href"))
    # Every field has a label, every id is one element's.
    ids = [str(attrs["id"]) for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    fields = [
        str(attrs.get("id"))
        for tag, attrs in page.tags
        if tag in {"input", "select", "textarea"} and not attrs.get("aria-label") and attrs.get("type") != "hidden"
    ]
    assert set(fields) <= set(page.values("label", "for"))


def test_the_links_of_the_pages_lead_somewhere(client: FlaskClient) -> None:
    seen: set[str] = set()
    for url in _PAGES:
        for href in _Page(_get(client, url)[1]).values("a", "href"):
            if href.startswith("/"):
                seen.add(href)
    assert len(seen) > 20
    for href in sorted(seen):
        status = client.get(href, headers={"Accept": BROWSER}).status_code
        assert status in {200, 302}, href


@pytest.mark.parametrize("url", ["/queries", "/sparql?query=ASK{}", "/nothing", "/static/style.css", "/health"])
def test_headers_that_protect(client: FlaskClient, url: str) -> None:
    response = client.get(url)
    headers = response.headers
    response.close()
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"


_EVIL = "\"><script>alert(1)</script>'{{7*7}}"


def test_what_comes_from_outside_is_escaped(client: FlaskClient) -> None:
    quoted = _EVIL.replace('"', '\\"')
    for url, params in (
        ("/queries/echo", {"text": _EVIL}),
        ("/queries/echo", {"day": _EVIL}),
        ("/queries/echo", {_EVIL: "x"}),
        ("/queries/body-facts", {"body": _EVIL}),
        ("/queries/" + _EVIL.replace("/", ""), {}),
        ("/sparql", {"query": _EVIL}),
        ("/sparql", {"query": f'SELECT ("{quoted}" AS ?x) {{}}'}),
        ("/sparql", {"query": f'CONSTRUCT {{ <u:a> <u:b> "{quoted}" }} {{}}'}),
        ("/sparql", {"example": _EVIL}),
        ("/search", {"q": _EVIL}),
    ):
        response = client.get(url, query_string=params, headers={"Accept": BROWSER})
        text = response.get_data(as_text=True)
        assert "<script>" not in text, url
        assert "49" not in re.findall(r"'(\d+)", text)
        assert "&lt;script" in text


def test_links_never_run_anything(client: FlaskClient) -> None:
    query = "SELECT ?x { VALUES ?x { <javascript:alert(1)> <https://example.org/> <data:text/html,x> body:ptc } }"
    page = _Page(_get(client, "/sparql?query=" + query.replace(" ", "%20"))[1])
    hrefs = page.values("a", "href")
    assert "https://example.org/" in hrefs
    assert not [href for href in hrefs if href.startswith(("javascript:", "data:"))]
    assert any(href.startswith(("/doc/body/ptc", "/sparql?query=DESCRIBE")) for href in hrefs)


def test_a_long_result_says_what_is_left_out(client: FlaskClient) -> None:
    status, text = _get(client, "/queries/list-bodies")
    assert status == 200
    assert "The first 5 of 12 rows; the downloads have all of them." in text
    assert text.count("<tr>") == 6
    assert client.get("/api/queries/list-bodies.csv").data.count(b"\r\n") == 13


def test_no_rows_is_said(client: FlaskClient) -> None:
    assert (
        "No rows: nothing in the graph matches." in _get(client, "/sparql?query=SELECT+*+%7B+%3Fs+a+%3Cu:x%3E+%7D")[1]
    )


def test_a_form_keeps_what_was_given_and_links_carry_it(client: FlaskClient) -> None:
    _, text = _get(client, "/queries/body-facts?body=PTC")
    assert '<option value="PTC" selected>Permanent Technical Committee (PTC)</option>' in text
    page = _Page(text)
    assert "/api/queries/body-facts.ttl?body=PTC" in page.values("a", "href")
    assert any("VALUES" in href for href in page.values("a", "href"))
    assert "body:ptc skos:" in text
    _, text = _get(client, "/queries/body-facts?body=nobody")
    assert "is not an ecp:Body in this graph" in text
    assert "<option selected>nobody</option>" in text


def test_a_form_without_its_required_value_asks_for_nothing(client: FlaskClient) -> None:
    status, text = _get(client, "/queries/body-facts")
    assert status == 200
    assert 'role="alert"' not in text
    assert "Download" not in text


def test_the_editor_shows_the_fault_and_keeps_the_text(client: FlaskClient) -> None:
    status, text = _get(client, "/sparql?query=SELECT+*+%7B+%3Fs+foo:p+%3Fo+%7D")
    assert status == 400
    assert "Line 1, column 15: the prefix &#39;foo:&#39; is not declared" in text
    assert "SELECT * { ?s foo:p ?o }</textarea>" in text


def test_the_home_page_does_with_the_queries_that_there_are(client: FlaskClient) -> None:
    status, text = _get(client, "/")
    assert status == 200
    assert "/queries#topic-bodies" in text
    assert "panel-foot" not in text  # none of its own questions is in this catalogue


def test_the_style_sheet_names_nothing_outside() -> None:
    import ecp_graph.web

    folder = Path(ecp_graph.web.__file__).parent
    sheet = (folder / "static" / "style.css").read_text()
    assert len(sheet) > 1000
    assert "url(" not in sheet
    assert "@import" not in sheet
    assert "prefers-color-scheme: dark" in sheet


def test_files_alone_have_no_catalogue(settings: Settings) -> None:
    import pyoxigraph as ox

    from ecp_graph.engine.embedded import EmbeddedEngine

    engine = EmbeddedEngine(ox.Store(), name="no files")
    client = create_app(settings, source=FixedEngine(engine, is_fixed=True), with_catalogue=False).test_client()
    assert client.get("/").headers["Location"] == "/sparql"
    assert client.get("/queries").status_code == 404
    status, text = _get(client, "/sparql")
    assert status == 200
    assert "Queries</a>" not in text
    assert client.get("/sparql?query=ASK{}").get_json() == {"head": {}, "boolean": True}
    assert client.get("/health").get_json()["engine"] == "Oxigraph, no files"
