"""Every picture that can be saved says what it shows, from where, of when and at which address."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from ecp_graph.settings import Settings
from ecp_graph.twin.visit import Visitor
from ecp_graph.web.app import create_app
from ecp_graph.web.drawings.frame import Caption, framed

SVG = "{http://www.w3.org/2000/svg}"
PICTURES = {
    "/overlap/body-body.svg?grade=B": ("Bodies with bodies, grade B or better", "/overlap/body-body?grade=B"),
    "/overlap/body-instrument.svg": ("Bodies and instruments", "/overlap/body-instrument"),
    "/timeline.svg?body=PTC": ("Actions in time", "/timeline?body=PTC"),
    "/queries/overlap-body-pairs.svg?secretariat=with": (
        "Which pairs of bodies overlap most, on how many actions, sessions and themes?",
        "/queries/overlap-body-pairs?secretariat=with",
    ),
    "/doc/body/ptc.svg": ("Permanent Technical Committee", "/doc/body/ptc"),
}


@pytest.fixture(scope="module")
def client(releases: Path) -> FlaskClient:
    return create_app(Settings(releases=releases, timeout=60)).test_client()


@pytest.mark.parametrize("address", PICTURES)
def test_a_picture_has_title_source_date_and_address(client: FlaskClient, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 200
    assert response.content_type == "image/svg+xml; charset=utf-8"
    svg = ET.fromstring(response.data)
    title, page = PICTURES[address]
    texts = [element.text or "" for element in svg.iter(f"{SVG}text")]
    assert svg.findtext(f"{SVG}title") == title
    assert texts[0] == title
    assert "Source: ECP Action Plan for Phase III (doc. PC0457E1, Annex, Cover paper)" in texts
    assert any(re.fullmatch(r"Release [0-9a-f]{12}, \d+ [A-Z][a-z]+ \d{4}", text) for text in texts)
    assert texts[-1] == f"http://localhost{page}"


def test_what_has_no_picture_is_told(client: FlaskClient) -> None:
    for address, sentence in {
        "/queries/actions.svg": "suits no bar chart",
        "/queries/findings-as-graph.svg": "suits no bar chart",
        "/doc/body/nobody.svg": "",
    }.items():
        response = client.get(address)
        assert response.status_code == 404
        assert sentence in response.get_data(as_text=True)


def test_a_frame_breaks_what_is_too_long() -> None:
    caption = Caption("A long title " * 30, ("how to read it " * 40,), "s" * 400, "today", "http://x/" + "y" * 300)
    frame = framed(caption, 300, 100)
    assert len(frame.title) > 1
    for line, _ in frame.title:
        assert len(line) * 9 <= frame.width
    for line, _ in frame.foot:
        assert len(line) * 6 <= frame.width
    heights = [y for _, y in (*frame.title, *frame.foot)]
    assert heights == sorted(heights)
    assert heights[-1] < frame.height
    assert frame.foot[0][1] > frame.top + 100


def test_in_the_twin_a_picture_has_the_address_of_the_twin(releases: Path, tmp_path: Path) -> None:
    app = create_app(Settings(releases=releases, timeout=60))
    visitor = Visitor(app, tmp_path, base_url="https://twin.example/g/", dataset="d.nq", most_bytes=10**10)
    for address in ("/overlap/body-body.svg", "/timeline.svg"):
        assert visitor.visit(address).broken == ()
        text = (tmp_path / address[1:]).read_text(encoding="utf-8")
        assert "twin.invalid" not in text
        assert f"https://twin.example/g/{address[1:].removesuffix('.svg')}.html" in text
