"""The editor of the SPARQL page: writing, completing, running, cancelling, sharing, leaving; and its plain form."""

from __future__ import annotations

import re
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

Open = Callable[..., Any]
Axe = Callable[[Any], list[str]]

BUILD = Path(__file__).resolve().parents[2] / "ecp_graph" / "web" / "static" / "build"
SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
TERMS = "SELECT ?thing ?label { ?thing skos:prefLabel ?label } ORDER BY ?thing"


@pytest.fixture(autouse=True)
def _bundle() -> None:
    assert (BUILD / "editor.js").exists(), "run `make assets`"


def write(page: Any, text: str) -> None:
    """Put a text into the editor as a paste does; brackets are not closed as one types."""
    page.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)


def text_of(page: Any) -> str:
    return "\n".join(page.locator(".cm-line").all_inner_texts()).replace("\n\n", "\n")


def run(page: Any, text: str) -> str:
    """Run a query with the keyboard; return what the page says of it."""
    write(page, text)
    page.keyboard.press("Control+Enter")
    page.locator("#result:not([aria-busy])").wait_for(state="attached")
    return str(page.locator("main form [role=status]").inner_text())


def test_a_query_is_written_and_run(open_page: Open) -> None:
    page = open_page("/sparql")
    assert re.fullmatch(r"14 rows · \d+ ms · 1\.\d kB", run(page, "SELECT ?body { ?body a ecp:Body }"))
    assert page.locator("#result tbody tr").count() == 14
    assert page.get_by_role("link", name="Permanent Technical Committee").get_attribute("title") == "body:ptc"
    page.get_by_role("button", name="IRIs", exact=True).click()
    assert page.get_by_role("link", name="body:ptc").get_attribute("title") == "Permanent Technical Committee"
    assert run(page, "ASK {}").startswith("an answer")
    assert page.locator("#result .answer").inner_text() == "Yes."
    assert run(page, "DESCRIBE body:ptc").startswith("a graph")
    assert "Permanent Technical Committee" in page.locator("#result pre").inner_text()
    assert "No rows" in (run(page, "SELECT * { ?x a <u:x> }") and page.locator("#result").inner_text())


def test_a_query_that_finds_nothing_gets_a_hint_that_leads_to_its_place(open_page: Open, axe: Axe) -> None:
    page = open_page("/sparql")
    run(page, "SELECT ?a {\n  ?o ecp:member ?a\n}")
    page.locator(".hints li").wait_for()
    told = page.locator(".hints li").inner_text()
    assert told.startswith("Line 2, column 6: The graph has no property ecp:member. Did you mean ecp:overlapMember")
    page.locator(".hints button").click()
    assert page.evaluate("document.activeElement.className") == "query-field"
    assert axe(page) == []
    run(page, "SELECT ?a { ?a a ecp:Body }")
    assert page.locator(".hints").count() == 0


@pytest.mark.parametrize("javascript", [True, False])
def test_long_names_stay_in_their_cells(open_page: Open, javascript: bool) -> None:
    query = "SELECT ?action ?body { ?action ecp:responsibleBody ?body }"
    page = open_page(f"/sparql?format=html&query={query.replace('?', '%3F')}", javascript=javascript)
    cells = page.locator("#result tbody td")
    assert cells.count() > 40
    wider = """cells => cells.filter((cell) =>
      cell.firstElementChild?.getBoundingClientRect().right > cell.getBoundingClientRect().right + 1).length"""
    assert cells.evaluate_all(wider) == 0


def test_a_name_is_completed_by_what_it_is_called_and_its_prefix_declared(open_page: Open) -> None:
    page = open_page("/sparql")
    write(page, "SELECT * { ?a ?b  }")
    for _ in range(2):
        page.keyboard.press("ArrowLeft")
    page.keyboard.type("permanent")
    page.get_by_role("option").first.filter(has_text=re.compile("^body:ptc")).wait_for()
    page.wait_for_timeout(150)  # the list takes keys only once a reader could have seen it
    page.keyboard.press("Enter")
    assert text_of(page) == ("PREFIX body: <https://w3id.org/ecp-graph/id/body/>\nSELECT * { ?a ?b body:ptc }")
    page.keyboard.type(". ?a a ecp:")
    assert text_of(page).startswith(
        "PREFIX body: <https://w3id.org/ecp-graph/id/body/>\nPREFIX ecp: <https://w3id.org/ecp-graph/ontology#>\nSELECT"
    )
    page.keyboard.type("Act")
    page.get_by_role("option").first.filter(has_text=re.compile("^ecp:Action")).wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+z")
    assert "ecp:Act" not in text_of(page)


def test_nothing_is_completed_inside_a_comment(open_page: Open) -> None:
    page = open_page("/sparql")
    write(page, "SELECT * {} # ")
    page.keyboard.type("ecp:Bod")
    page.wait_for_timeout(500)
    assert page.get_by_role("option").count() == 0
    assert "PREFIX" not in text_of(page)


def test_a_query_is_cancelled_and_its_worker_freed(open_page: Open, address: str) -> None:
    def hung_up() -> float:
        text = urllib.request.urlopen(f"{address}/metrics", timeout=5).read().decode()
        found = re.search(r'requests_total\{status="499"\} ([\d.]+)', text)
        return float(found[1]) if found else 0

    page = open_page("/sparql")
    cancel = page.get_by_role("button", name="Cancel")
    assert cancel.is_disabled()
    before = hung_up()
    write(page, SLOW)
    page.get_by_role("button", name="Run").click()
    page.wait_for_timeout(700)
    assert page.locator("main form [role=status]").inner_text() == "Running …"
    cancel.click()
    assert re.fullmatch(r"Cancelled after [\d,]+ ms", page.locator("main form [role=status]").inner_text())
    deadline = time.monotonic() + 5
    while hung_up() == before and time.monotonic() < deadline:
        time.sleep(0.1)
    assert hung_up() == before + 1
    assert run(page, "ASK {}").startswith("an answer")


def test_a_later_run_takes_the_place_of_an_earlier_one(open_page: Open) -> None:
    page = open_page("/sparql")
    write(page, SLOW)
    page.keyboard.press("Control+Enter")
    assert run(page, "SELECT ?body { ?body a ecp:Body }").startswith("14 rows")
    page.wait_for_timeout(300)
    assert page.locator("main form [role=status]").inner_text().startswith("14 rows")


def test_the_address_is_the_query(open_page: Open) -> None:
    page = open_page("/sparql")
    query = 'SELECT ?x { ?x skos:prefLabel "a+b & c%"@en }'
    run(page, query)
    assert parse_qs(urlsplit(page.url).query) == {"query": [query]}
    run(page, "ASK { ?a ?b ?c }")
    page.go_back()
    page.locator("#result:not([aria-busy])").wait_for(state="attached")
    assert text_of(page) == query
    page.reload()
    assert text_of(page).strip() == query
    write(page, "ASK {}")
    page.get_by_role("button", name="Copy link").click()
    page.wait_for_url("**/sparql?query=ASK*")
    other = open_page(urlsplit(page.url).path + "?" + urlsplit(page.url).query)
    assert other.locator("#result .answer").inner_text() == "Yes."


@pytest.mark.parametrize(
    ("query", "line", "column", "marked"),
    [
        ("SELECT * {\n  ?s foo:p ?o\n}", 2, 6, "foo:p"),
        ('SELECT * { ?s ?p "\N{GRINNING FACE}" . ?s bar:p ?o }', 1, 27, "bar:p"),
        ("SELECT * { ?s ?p ?o", 1, 10, "{"),
    ],
)
def test_a_fault_is_shown_at_its_place(open_page: Open, query: str, line: int, column: int, marked: str) -> None:
    page = open_page("/sparql")
    assert run(page, query).startswith("Refused after")
    assert page.locator(".cm-faulty").inner_text() == marked
    assert f"Line {line}, column {column}:" in page.get_by_role("alert").inner_text()
    page.get_by_role("button", name=f"Go to line {line}, column {column}").click()
    assert page.evaluate("document.activeElement.className") == "query-field"
    page.keyboard.press("End")
    page.keyboard.type(" ")
    assert page.locator(".cm-faulty").count() == 0
    # a link to a query with a fault shows it as well
    assert (
        open_page(urlsplit(page.url).path + "?" + urlsplit(page.url).query).locator(".cm-faulty").inner_text() == marked
    )


def test_a_long_result_is_paged_and_sorted(open_page: Open) -> None:
    page = open_page("/sparql")
    assert int(run(page, TERMS).split()[0].replace(",", "")) > 200
    assert page.locator("#result tbody tr").count() == 100
    first = page.locator("#result tbody tr").first.inner_text()
    page.get_by_role("button", name="Next").click()
    assert page.locator(".pager [role=status]").inner_text().startswith("Rows 101 to 200")
    assert page.locator("#result tbody tr").first.inner_text() != first
    label = page.locator("#result th", has_text="label")
    for direction in ("ascending", "descending", None):
        label.get_by_role("button").click()
        assert label.get_attribute("aria-sort") == direction
        labels = page.locator("#result tbody tr td:nth-child(2)").all_inner_texts()
        if direction:
            expected = sorted(labels, key=str.casefold, reverse=direction == "descending")
            assert [text[0].casefold() for text in labels] == [text[0].casefold() for text in expected]
    assert page.locator("#result tbody tr").first.inner_text() == first
    page.get_by_role("button", name="As it came").click()
    assert '"bindings"' in page.locator("#result pre").inner_text()
    with page.expect_response(lambda response: "format=csv" in response.url) as answer:
        page.evaluate("fetch(document.querySelector('#result .downloads a[href*=csv]').href)")
    assert answer.value.headers["content-type"] == "text/csv; charset=utf-8"


def test_hostile_values_stay_text(open_page: Open) -> None:
    page = open_page("/sparql")
    query = 'SELECT * { VALUES (?a ?b) { ("<img src=x onerror=alert(1)>" <javascript:alert(1)>) ("\u202eevil" 1) } }'
    run(page, query)
    assert page.locator("#result img").count() == 0
    assert page.locator("#result tbody a").count() == 0
    assert "<img src=x" in page.locator("#result tbody").inner_text()
    assert "\u202e" not in page.locator("#result tbody").inner_text()


def test_the_keyboard_leaves_the_field(open_page: Open) -> None:
    page = open_page("/sparql")
    write(page, "ASK {}")
    page.keyboard.press("Tab")
    assert text_of(page).startswith("  ASK")
    assert page.evaluate("document.activeElement.className") == "query-field"
    page.keyboard.press("Escape")
    page.wait_for_timeout(2500)  # there is time to read what follows
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Run"
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.className") == "query-field"
    page.keyboard.press("Escape")
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.className") != "query-field"


def test_an_example_fills_the_editor_and_can_be_undone(open_page: Open) -> None:
    page = open_page("/sparql")
    write(page, "ASK {}")
    page.locator("summary", has_text="same work done twice").click()
    page.locator('a[data-example="overlap-bodies"]').click()
    page.get_by_text("is in the editor. Undo brings").wait_for()
    assert text_of(page).startswith("# ")
    assert page.url.endswith("/sparql")
    page.keyboard.press("Control+z")
    assert text_of(page) == "ASK {}"


def test_runs_are_listed_in_the_tab_alone(open_page: Open) -> None:
    page = open_page("/sparql")
    run(page, "# first\nASK {}")
    run(page, "SELECT * {}")
    page.locator("summary", has_text="Queries run in this tab").click()
    assert page.locator(".runs button").all_inner_texts() == ["SELECT * {}", "ASK {}"]
    page.locator(".runs button").last.click()
    assert text_of(page) == "# first\nASK {}"
    assert page.context.cookies() == []
    assert page.evaluate("localStorage.length") == 0
    assert open_page("/sparql").locator(".runs").is_hidden()


def test_axe_finds_nothing_in_the_editor(open_page: Open, axe: Axe) -> None:
    for width, dark in ((320, False), (1440, True)):
        page = open_page("/sparql", width=width, dark=dark)
        run(page, TERMS)
        assert axe(page) == [], (width, dark, "a result")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        run(page, "SELECT")
        assert axe(page) == [], (width, dark, "a fault")
        write(page, "SELECT * { ?a a ")
        page.keyboard.type("ecp:B")
        page.get_by_role("option").first.wait_for()
        assert axe(page) == [], (width, dark, "a list of completions")


def test_only_the_sparql_page_loads_the_editor_and_it_is_light(open_page: Open) -> None:
    import gzip

    assert len(gzip.compress((BUILD / "editor.js").read_bytes())) < 150_000
    assert open_page("/sparql").locator("script[src*=editor]").count() == 1
    assert open_page("/queries").locator("script[src*=editor]").count() == 0


def test_without_javascript_the_form_asks(open_page: Open) -> None:
    page = open_page("/sparql", javascript=False)
    page.get_by_label("Query", exact=True).fill("SELECT ?body { ?body a ecp:Body }")
    page.get_by_role("button", name="Ask").click()
    assert page.locator("#result tbody tr").count() == 14
    page.get_by_label("Query", exact=True).fill("SELECT * { ?s foo:p 1 }")
    page.get_by_role("button", name="Ask").click()
    assert "Line 1, column 15" in page.get_by_role("alert").inner_text()
