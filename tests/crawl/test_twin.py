"""The static site on Python's own file server passes the crawler of the server, and the same checks."""

from __future__ import annotations

import re
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from ecp_graph.twin.names import file_of

from .crawler import Fetched, Site, crawl, own_addresses
from .test_server import (  # noqa: F401 - the same tests, on the site below
    test_every_format_says_the_same,
    test_no_link_is_broken,
    test_no_link_leads_to_an_undeclared_host,
    test_rdflib_reads_every_document_alike,
)


@pytest.fixture(scope="module")
def host(twin: Path) -> Iterator[str]:
    """The address of the twin on ``python -m http.server``."""
    command = [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", str(twin)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    try:
        port = re.search(r"port (\d+)", process.stdout.readline())
        assert port is not None
        yield f"http://127.0.0.1:{port[1]}"
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


@pytest.fixture(scope="module")
def site(host: str) -> Site:
    return crawl(lambda address: fetched(host, address), host)


def test_a_file_that_is_gone_is_noticed(host: str) -> None:
    def without_one(address: str) -> Fetched:
        if address == "/index.html":
            return fetched(host, address)
        return Fetched(404 if address == "/timeline.html" else 200, "", b"")

    found = crawl(without_one, host, "/index.html")
    assert found.broken == {"/timeline.html": "404, linked from /index.html"}
    assert len(found.pages) > 20


def test_every_identifier_in_the_data_has_a_document(site: Site, twin: Path) -> None:
    own = own_addresses(site)
    assert len(own) > 400
    files = {address: file_of(re.sub("^/id/", "/doc/", address)) for address in own}
    assert {address for address, file in files.items() if not (twin / file).is_file()} == set()


def fetched(host: str, address: str) -> Fetched:
    try:
        with urllib.request.urlopen(host + address, timeout=60) as response:
            return Fetched(response.status, response.headers.get_content_type(), response.read())
    except urllib.error.HTTPError as refused:
        with refused:
            return Fetched(refused.code, "", b"")
