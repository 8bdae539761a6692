"""The pages on overlap over the bundled graph, and over one whose names mean harm."""

from __future__ import annotations

import io
import re
from pathlib import Path
from xml.etree.ElementTree import fromstring

import openpyxl
import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from ecp_graph.engine.embedded import EmbeddedEngine
from ecp_graph.settings import Settings
from ecp_graph.web.app import create_app
from ecp_graph.web.state.source import FixedEngine
from tests.watched import Watched
from tests.web.conftest import BROWSER
from tests.web.test_pages import _Page

STANDARD = [
    "/overlap",
    "/overlap/body-body",
    "/overlap/body-instrument",
    "/overlap/body-topic",
    "/overlap/programme-programme",
    "/overlap/programme-goal",
    "/overlap/instrument-phase",
    "/overlap/action-action",
]
CELLS = [
    "/overlap/body-body/imsc/ptc",
    "/overlap/body-instrument/tfawg/transit-guidelines",
    "/overlap/body-timeframe/ptc/timeframe-deadline",
    "/overlap/body-body/council/pscg",
    "/overlap/on/instrument/transit-guidelines",
    "/overlap/on/topic/e-commerce?secretariat=with",
]
#: Where the foot of each page leads.
OWN = ("https://w3id.org/ecp-graph/", "https://creativecommons.org/licenses/", "http://localhost/overlap/")
BAD = {
    "/overlap/body-colour": 404,
    "/overlap/body": 404,
    "/overlap/body-body.pdf": 404,
    "/overlap/body-body/ptc/nobody": 404,
    "/overlap/on/body/nobody": 404,
    "/overlap?grade=Z": 400,
    "/overlap?secretariat=perhaps": 400,
    "/overlap/body-body?on=colour": 400,
    "/overlap/body-instrument?tie=A": 400,
    "/overlap?rows=body": 404,
}


@pytest.fixture(scope="module")
def bundled(releases: Path) -> FlaskClient:
    return create_app(Settings(releases=releases, timeout=60)).test_client()


def get(client: FlaskClient, url: str) -> tuple[int, str]:
    response = client.get(url, headers={"Accept": BROWSER})
    return response.status_code, response.get_data(as_text=True)


def cell_texts(text: str) -> dict[tuple[str, str], str]:
    """The cells of the matrix of a page by the code of their row and column, as a screen reader says them."""
    table = text[text.index('<table class="matrix') : text.index("</table>")]
    table = re.sub(r'<span aria-hidden="true">.*?</span></span>', "", table, flags=re.DOTALL)
    lines = [re.findall(r"<(?:th|td)[^>]*>(.*?)</(?:th|td)>", line, re.DOTALL) for line in table.split("<tr>")[1:]]
    full = re.compile(r'<span class="full">.*?</span>', re.DOTALL)
    plain = [[" ".join(re.sub("<[^>]+>", "", full.sub("", cell)).split()) for cell in line] for line in lines]
    heads = plain[0][1:]
    return {(line[0], head): cell for line in plain[1:] for head, cell in zip(heads, line[1:], strict=True)}


@pytest.mark.parametrize(
    "url", [*STANDARD, *CELLS, *BAD, "/overlap/topic-chapter", "/overlap?secretariat=with&grade=A"]
)
def test_every_page(bundled: FlaskClient, url: str) -> None:
    status, text = get(bundled, url)
    assert status == BAD.get(url, 200)
    page = _Page(text)
    assert len([1 for tag, _ in page.tags if tag == "h1"]) == 1
    assert not [tag for tag, attrs in page.tags if tag in {"style", "img", "iframe"} or "style" in attrs]
    ids = [str(attrs["id"]) for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    assert len(text) < 150_000


@pytest.mark.parametrize("url", [*STANDARD, *CELLS])
def test_links_lead_somewhere(bundled: FlaskClient, url: str) -> None:
    hrefs = {href for href in _Page(get(bundled, url)[1]).values("a", "href") if href.startswith(("/overlap", "/api"))}
    assert hrefs
    for href in sorted(hrefs)[:40]:
        assert bundled.get(href, headers={"Accept": BROWSER}).status_code == 200, href


def test_the_first_matrix_is_bodies_with_bodies_without_the_secretariat(bundled: FlaskClient) -> None:
    _, text = get(bundled, "/overlap")
    words = re.sub(r"\s+", " ", text)
    assert "7 of 78 pairs of bodies meet on something: 1 of peers, 6 where one answers to the other" in words
    assert "WCO Secretariat is left out: 26 of 28 actions name it." in words
    cells = cell_texts(text)
    assert cells["PTC", "TFA WG"] == "PTC and TFA WG: 3 rows, 1 joint session, 1 theme, grade B, programme"
    assert cells["TFA WG", "PTC"] == "TFA WG and PTC: 3 rows, 1 joint session, 1 theme, grade B, programme"
    assert cells["IMSC", "PTC"] == "IMSC and PTC: 1 row, grade A, joint"
    assert cells["PTC", "PTC"] == "–"
    assert cells["IMSC", "WGEC"] == ""
    assert not [pair for pair in cells if "SEC" in pair]
    assert ("SEC", "PTC") in cell_texts(get(bundled, "/overlap?secretariat=with")[1])


def test_ties_are_told_where_no_row_names_both(bundled: FlaskClient) -> None:
    cells = cell_texts(get(bundled, "/overlap/body-instrument")[1])
    assert cells["TFA WG", "Transit Guidelines"] == "TFA WG and Transit Guidelines: 1, by programme"
    study = next(column for row, column in cells if column.startswith("study report on the roles"))
    assert cells["SAFE WG", study].endswith(": 1, by action")
    named = cell_texts(get(bundled, "/overlap/body-instrument?tie=action")[1])
    assert not named.get(("TFA WG", "Transit Guidelines"))
    assert named["SAFE WG", study]
    goals = cell_texts(get(bundled, "/overlap/programme-goal")[1])
    assert goals["DC-WP", "goal 5"] == "DC-WP and goal 5: 3, by may"


def test_a_table_has_heads_scope_and_caption(bundled: FlaskClient) -> None:
    _, text = get(bundled, "/overlap")
    page = _Page(text)
    scopes = [attrs.get("scope") for tag, attrs in page.tags if tag == "th"]
    assert scopes.count("row") >= 8
    assert scopes.count("col") >= 8
    assert '<caption id="matrix-caption"' in text
    frame = next(attrs for tag, attrs in page.tags if "matrix-frame" in (attrs.get("class") or ""))
    assert (frame["tabindex"], frame["role"]) == ("0", "region")


def test_gaps_are_listed(bundled: FlaskClient) -> None:
    _, text = get(bundled, "/overlap")
    gaps = re.sub(
        r"\s+",
        " ",
        re.sub("<[^>]+>", "", text[text.index("The empty cells") : text.index("to which nothing is joined")]),
    )
    assert "No finding joins IMSC and" in gaps
    assert re.search(r"No finding joins PTC and PC, RKC-VWG, RKCMC( or|,) WCO", gaps)
    lone = re.sub("<[^>]+>", "", text[text.index("to which nothing is joined") :])
    assert "COUNCIL, ICAC, PSCG" in lone


def test_a_form_that_names_two_sides_leads_there(bundled: FlaskClient) -> None:
    response = bundled.get("/overlap?rows=chapter&columns=topic&tie=action&secretariat=")
    assert (response.status_code, response.headers["Location"]) == (302, "/overlap/chapter-topic?tie=action")


def test_forms_are_inside_what_a_static_twin_drops(bundled: FlaskClient) -> None:
    _, text = get(bundled, "/overlap")
    live = text.index('<div class="live">')
    assert live < text.index('<form class="choose"')
    hrefs = _Page(text).values("a", "href")
    assert not [href for href in hrefs if href.startswith("/overlap") and "?" in href]


def test_a_cell_shows_what_is_shared_the_rows_the_passages_and_the_query(bundled: FlaskClient) -> None:
    _, text = get(bundled, "/overlap/body-body/imsc/ptc")
    words = re.sub(r"\s+", " ", re.sub("<[^>]+>", "", text))
    assert "Information Management Sub-Committee and Permanent Technical Committee meet on 1 row." in words
    assert "Joint: 1 row" in words
    assert "1 at grade A" in words
    assert "1 verbatim" in words
    assert "One action or one session names both members: declared work together." in words
    assert "One action names it all, or each of the actions does." in words.replace("one action", "One action")
    assert "The document names no lead for row 16." in words
    assert "IMSC reports to PTC (external). What looks like double work may be a mandate." in words
    assert re.search(r"12 rows also name bodies that they leave open, such as .*other related", words)
    assert "WCO Secretariat, IMSC, PTC" in words
    assert "Annex, table row of action 16" in words
    assert "verbatim" in words
    assert "VALUES (?member) { (&lt;https://w3id.org/ecp-graph/id/body/imsc&gt;) }" in text
    assert 'href="/api/queries/overlap-between.xlsx?' in text
    _, turned = get(bundled, "/overlap/body-body/ptc/imsc")
    assert "meet on 1 row" in re.sub(r"\s+", " ", turned)


def test_counts_are_of_causes_and_told_with_what_else_joins_the_two(bundled: FlaskClient) -> None:
    _, text = get(bundled, "/overlap")
    words = re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", text))
    legend = words[words.index("Grade how directly") : words.index("PTC Permanent")]
    assert "A stated by the actions; B through a programme or an instrument; C stated in prose" in legend
    assert "parallel each member has an action of its own on the same thing" in legend
    assert "duplication" not in legend  # no finding is of that kind
    assert "In an empty cell no row names both, and no session or theme joins them. 12 rows also name bodies" in words
    peers = words[words.index("Between peers") : words.index("Where one answers to the other, or was")]
    assert "TFA WG and IMSC 1 theme related: 1 theme D 1 normalised 1" in peers
    others = words[words.index("Where one answers to the other, or was") :]
    assert "PTC and TFA WG 3 rows, 1 joint session, 1 theme joint: 1 joint session programme: 3 rows" in others
    assert "PC and WGEC 1 decision descent: 1 decision C 1 verbatim 1 WGEC was set up by PC (verbatim)" in others


def test_one_plan_can_be_chosen_and_an_unknown_one_is_refused(bundled: FlaskClient) -> None:
    cells = cell_texts(get(bundled, "/overlap?plan=ecp-action-plan-3")[1])
    assert cells["PTC", "TFA WG"] == "PTC and TFA WG: 3 rows, 1 theme, grade B, programme"  # without the joint session
    assert ("PC", "WGEC") not in cells
    assert "ECP Action Plan for Phase III" in bundled.get("/overlap/body-body.svg?plan=ecp-action-plan-3").text
    status, text = get(bundled, "/overlap/body-instrument?plan=nonsense")
    assert status == 400
    assert "'nonsense' is not valid for 'plan'. Use one of: ecp-action-plan-3." in text.replace("&#39;", "'")


def test_a_gap_has_a_page_too(bundled: FlaskClient) -> None:
    status, text = get(bundled, "/overlap/body-body/council/pscg")
    assert status == 200
    assert "No finding joins COUNCIL and PSCG." in text
    words = re.sub(r"\s+", " ", text)
    assert (
        "No row names both, and no session or theme joins them. 12 rows also name bodies that they leave open" in words
    )
    assert "a gap" not in words


def test_who_shares_the_transit_guidelines(bundled: FlaskClient) -> None:
    _, text = get(bundled, "/overlap/on/instrument/transit-guidelines")
    words = re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", text))
    assert "1 pair of bodies overlaps on it" in words
    assert (
        "Permanent Technical Committee TFA Working Group through a programme action: Develop new Transit Guidelines"
        in words
    )
    assert "B: through a programme or an instrument normalised 3" in words
    assert "Cover paper, paragraph 19" in words
    assert "paragraph 9 TFA WG reports to PTC (external) All" in words
    href = next(h for h in _Page(text).values("a", "href") if "overlap-on-thing.xlsx" in h and "body" in h)
    sheet = openpyxl.load_workbook(io.BytesIO(bundled.get(href).data)).active
    assert [cell.value for cell in sheet[2]][1:4] == ["Permanent Technical Committee", "TFA Working Group", "programme"]
    assert sheet.max_row == 2
    assert "/overlap/body-body/ptc/tfawg" in _Page(text).values("a", "href")
    with_all = get(bundled, "/overlap/on/instrument/transit-guidelines?secretariat=with")[1]
    assert "3 pairs of bodies overlap" in re.sub(r"\s+", " ", with_all)


def test_downloads_of_a_matrix(bundled: FlaskClient) -> None:
    svg = bundled.get("/overlap/body-body.svg")
    assert svg.content_type == "image/svg+xml; charset=utf-8"
    texts = [element.text for element in fromstring(svg.data).iter("{http://www.w3.org/2000/svg}text")]
    assert texts[0] == "Bodies with bodies"
    assert texts.count("B programme") == 2
    assert "xlink" not in svg.text
    lines = bundled.get("/overlap/body-body.csv?grade=A").text.splitlines()
    assert lines[0].startswith("body \\ body,")
    assert len(lines) == 3
    book = openpyxl.load_workbook(io.BytesIO(bundled.get("/overlap/body-body.xlsx").data))
    assert book.sheetnames == ["about", "matrix", "cells"]
    about = {row[0].value: row[1].value for row in book["about"].iter_rows(min_row=3, max_col=2)}
    assert about["Source"].startswith("ECP Action Plan for Phase III (doc. PC0457E1")
    assert about["Address"] == "http://localhost/overlap/body-body"
    heads = [cell.value for cell in book["cells"][1]]
    assert {"Body (one)", "Best grade", "Rows", "Joint sessions", "Kind programme"} <= set(heads)
    assert (book["cells"].freeze_panes, book["cells"].auto_filter.ref[:3]) == ("A2", "A1:")
    assert [cell.value for cell in book["cells"][2]][:4] == [
        "PTC Permanent Technical Committee",
        "TFA WG TFA Working Group",
        5,
        "B",
    ]
    assert book["matrix"].max_row >= 9


def test_pages_are_kept(bundled: FlaskClient) -> None:
    etag = bundled.get("/overlap").headers["ETag"]
    assert bundled.get("/overlap", headers={"If-None-Match": etag}).status_code == 304


EVIL = """\
PREFIX ecp: <https://w3id.org/ecp-graph/ontology#>
PREFIX id: <https://w3id.org/ecp-graph/id/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
INSERT DATA {
  <javascript:alert(1)> a ecp:Body , ecp:PlanningEntity ; skos:prefLabel "<script>alert(1)</script>" ;
    skos:notation "=1+1" .
  <https://else.example/b/x> a ecp:Body , ecp:PlanningEntity ; skos:prefLabel "\\u202Eturned{{7*7}}" .
  <https://else.example/c/x> a ecp:Body , ecp:PlanningEntity ; skos:prefLabel "\\"onload=alert(1) x" .
  id:action\\/one a ecp:Action , ecp:PlanningEntity ; ecp:actionNumber 1 ;
    skos:prefLabel "<img src=x onerror=alert(1)>" ;
    ecp:responsibleBody <javascript:alert(1)> , <https://else.example/b/x> , <https://else.example/c/x> ;
    ecp:concernsInstrument <data:text/html,x> .
  <data:text/html,x> a ecp:Instrument , ecp:Deliverable , ecp:PlanningEntity ; skos:prefLabel "=cmd" .
}
"""


@pytest.fixture(scope="module")
def hostile() -> FlaskClient:
    store = ox.Store()
    store.update(EVIL)
    engine = EmbeddedEngine(store, name="a hostile graph")
    return create_app(Settings(timeout=60), source=FixedEngine(engine, is_fixed=True)).test_client()


def test_nothing_runs_whatever_the_names_are(hostile: FlaskClient) -> None:
    seen = 0
    urls = ["/overlap", "/overlap/body-instrument"]
    urls += [
        h for h in _Page(get(hostile, "/overlap/body-instrument")[1]).values("a", "href") if "/body-instrument/" in h
    ]
    for url in dict.fromkeys(urls):
        status, text = get(hostile, url)
        assert status == 200, url
        page = _Page(text)
        seen += text.count("&lt;script&gt;") + text.count("&lt;img")
        assert "<script>" not in text
        assert "\u202e" not in text
        assert "turned49" not in text
        assert not [
            href for href in page.values("a", "href") if not href.startswith(("/", "#", "https://else.example/", *OWN))
        ]
        assert not [name for _, attrs in page.tags for name in attrs if name.startswith("on")]
    assert seen > 0
    assert len(urls) >= 5


def test_downloads_of_hostile_names(hostile: FlaskClient) -> None:
    text = hostile.get("/overlap/body-instrument.csv").text
    assert "'=cmd" in text
    assert not [cell for line in text.splitlines() for cell in line.split(",") if cell.startswith("=")]
    svg = fromstring(hostile.get("/overlap/body-instrument.svg").data)
    assert "=cmd" in [element.text for element in svg.iter()]


def test_things_of_one_name_have_their_own_pages(hostile: FlaskClient) -> None:
    _, text = get(hostile, "/overlap/body-body")
    cells = [href for href in _Page(text).values("a", "href") if href.startswith("/overlap/body-body/")]
    assert len(set(cells)) == 3
    assert {get(hostile, href)[0] for href in cells} == {200}


def test_a_page_over_an_endpoint_asks_each_query_once() -> None:
    store = ox.Store()
    store.update(EVIL)
    watched = Watched(EmbeddedEngine(store, name="a remote store"))
    client = create_app(Settings(timeout=60), source=FixedEngine(watched, is_fixed=False)).test_client()
    for _ in range(2):  # nothing is kept for the next request: the store may have changed
        watched.asked.clear()
        assert get(client, "/overlap/body-body")[0] == 200
        joins = [text for text in watched.texts if "?evidenceGrade" in text]
        assert joins
        assert len(joins) == len(set(joins))


def test_a_graph_without_anything_says_so() -> None:
    engine = EmbeddedEngine(ox.Store(), name="nothing")
    client = create_app(Settings(timeout=60), source=FixedEngine(engine, is_fixed=True)).test_client()
    status, text = get(client, "/overlap")
    assert status == 404
    assert "The graph holds no bodies, actions or tools that could overlap." in text


def test_a_large_matrix_says_what_it_leaves_out_and_can_be_narrowed_down() -> None:
    ecp = "https://w3id.org/ecp-graph/ontology#"
    lines = [f"PREFIX ecp: <{ecp}> PREFIX id: <https://w3id.org/ecp-graph/id/>", "INSERT DATA {"]
    label = "<http://www.w3.org/2004/02/skos/core#prefLabel>"
    for at in range(70):
        lines.append(f'id:b{at} a ecp:Body ; {label} "Body {at:02}" .')
        lines.append(f'id:i{at} a ecp:Instrument ; {label} "Tool {at:02}" .')
        lines.append(f'id:a{at} a ecp:Action ; {label} "Row {at}" ; ecp:responsibleBody id:b{at} ;')
        lines.append(f"  ecp:concernsInstrument id:i{at} .")
    store = ox.Store()
    store.update("\n".join([*lines, "}"]))
    engine = EmbeddedEngine(store, name="many")
    client = create_app(Settings(timeout=60), source=FixedEngine(engine, is_fixed=True)).test_client()
    text = " ".join(get(client, "/overlap/body-instrument")[1].split())
    assert (
        "The 60 rows and 60 columns with the most overlaps are shown. To see some of the other 10 rows and 10 columns"
        in text
    )
    assert text.count('class="heat-5"') == 60
    narrowed = " ".join(get(client, "/overlap/body-instrument?row=body+6")[1].split())
    assert narrowed.count('class="heat-5"') == 10
    assert 'value="body 6"' in narrowed
    assert "Body 61" in narrowed
    assert "10 rows" not in client.get("/overlap/body-instrument.svg?row=Body+6&column=Tool+6").text
    assert "had no room" in client.get("/overlap/body-instrument.svg").text
