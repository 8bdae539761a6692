"""What is sent compressed is what is sent otherwise: a page, a file of the static folder, an answer, a stream."""

from __future__ import annotations

import gzip
from pathlib import Path
from urllib.parse import urlencode

import pytest

from ecp_graph.settings import Settings
from tests.web.asgi import serving

LONG = urlencode({"query": "SELECT ?s ?p ?o { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 3000", "format": "csv"})
SHORT = urlencode({"query": "ASK {}", "format": "csv"})


@pytest.mark.parametrize("cache_mb", [0, 64])
@pytest.mark.parametrize(
    ("path", "is_compressed"),
    [
        ("/static/style.css", True),
        ("/static/icon.svg", None),
        ("/shapes", True),
        (f"/sparql?{LONG}", True),
        (f"/sparql?{SHORT}", False),
    ],
)
def test_a_client_gets_the_same_with_gzip_and_without(
    releases: Path, asking_workspace: Path, path: str, is_compressed: bool | None, cache_mb: int
) -> None:
    server = serving(Settings(workspace=asking_workspace, releases=releases, access_log=False, cache_mb=cache_mb))
    plain = server.send("GET", path, accept="text/html")
    packed = [server.send("GET", path, accept="text/html", accept_encoding="gzip") for _ in range(2)]
    assert {plain.status, *(each.status for each in packed)} == {200}
    for each in packed:
        coding = each.headers.get("content-encoding")
        assert is_compressed is None or (coding == "gzip") is is_compressed
        assert (gzip.decompress(each.body) if coding else each.body) == plain.body
        assert "accept-encoding" in each.headers["vary"].lower()
    assert "content-encoding" not in plain.headers
