"""A chart or a table alone may stand in a frame of another page; everything else may not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from ecp_graph.settings import Settings
from ecp_graph.web.app import create_app
from tests.web.conftest import BROWSER

ALONE = {
    "/overlap/body-body?embed=1&grade=B": 'class="matrix',
    "/timeline?embed=1&body=PTC": "<svg",
    "/queries/overlap-body-pairs?embed=1": "<svg",
    "/queries/actions?embed=1&body=PTC": "<table",
}
FRAMED = "frame-ancestors *"


@pytest.fixture(scope="module")
def client(releases: Path) -> FlaskClient:
    return create_app(Settings(releases=releases, timeout=60)).test_client()


@pytest.mark.parametrize("address", ALONE)
def test_a_part_stands_alone_and_may_be_framed(client: FlaskClient, address: str) -> None:
    response = client.get(address, headers={"Accept": BROWSER})
    text = response.get_data(as_text=True)
    assert response.status_code == 200
    assert FRAMED in response.headers["Content-Security-Policy"]
    assert "'unsafe" not in response.headers["Content-Security-Policy"]
    assert ALONE[address] in text
    assert "<nav" not in text
    assert "<form" not in text
    assert '<base target="_top">' in text
    page = re.sub(r"embed=1&?", "", address).rstrip("?")
    assert f'href="http://localhost{page}"'.replace("&", "&amp;") in text
    assert "Source: ECP Action Plan for Phase III" in text
    whole = client.get(page, headers={"Accept": BROWSER}).get_data(as_text=True)
    assert "&lt;iframe src=" in whole
    assert "embed=1" in whole


@pytest.mark.parametrize("address", ["/", "/overlap", "/timeline", "/queries", "/actions?embed=1", "/sparql?embed=1"])
def test_nothing_else_may_be_framed(client: FlaskClient, address: str) -> None:
    response = client.get(address, headers={"Accept": BROWSER})
    assert response.status_code == 200
    assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]


def test_another_value_is_refused(client: FlaskClient) -> None:
    response = client.get("/timeline?embed=yes", headers={"Accept": BROWSER})
    assert response.status_code == 400
    assert "Use 1, or leave it out." in response.get_data(as_text=True)
    assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
