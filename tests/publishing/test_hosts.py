"""The redirect rules on the hosts that they are for: Apache with .htaccess, as w3id.org has it, and nginx."""

from __future__ import annotations

import contextlib
import http.client
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from ecp_graph.twin.redirects import redirect_files
from tests.ports import free_ports

NO_APACHE = "no Apache: Debian package apache2-bin"
NO_NGINX = "no nginx: Debian package nginx-light"
_MODULES = Path("/usr/lib/apache2/modules")
_START_S = 60

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8"
#: What clients send, and the ending of the document that fits.
ACCEPTS = {
    BROWSER: "html",
    "*/*": "html",
    "text/turtle": "ttl",
    "text/turtle, application/rdf+xml;q=0.8": "ttl",
    "application/ld+json": "jsonld",
    "application/rdf+xml": "rdf",
    "application/n-triples": "nt",
    "application/trig": "trig",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A twin of two documents, with the rules for a host whose root it is."""
    folder = tmp_path_factory.mktemp("host") / "site"
    for name, text in redirect_files("http://127.0.0.1/").items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    for ending in ("html", "ttl", "jsonld", "rdf", "nt", "trig"):
        for stem in ("doc/action/ecp3-3", "graph/pc0457e1/para-9", "ontology", "ontology/0.1.0", "release/0a1b"):
            (folder / f"{stem}.{ending}").parent.mkdir(parents=True, exist_ok=True)
            (folder / f"{stem}.{ending}").write_text("x")
    (folder / "404.html").write_text("There is nothing at this address.")
    return folder


@pytest.fixture(scope="module")
def apache(site: Path) -> Iterator[int]:
    if shutil.which("apache2") is None:
        pytest.skip(NO_APACHE)
    with apache_of(site, site.parent) as port:
        yield port


@contextlib.contextmanager
def apache_of(site: Path, home: Path) -> Iterator[int]:
    """Give the port of an Apache that serves a folder and reads its rules; ``home`` is for its own files."""
    names = ("mpm_event", "authz_core", "mime", "dir", "rewrite", "headers")
    modules = "\n".join(f"LoadModule {name}_module {_MODULES}/mod_{name}.so" for name in names)
    [port] = free_ports(1)
    (home / "apache.conf").write_text(
        f"ServerRoot {home}\nServerName localhost\nListen 127.0.0.1:{port}\nPidFile {home}/apache.pid\n{modules}\n"
        f"ErrorLog {home}/apache.log\nTypesConfig /dev/null\nDocumentRoot {site}\n"
        f"<Directory {site}>\nAllowOverride All\nRequire all granted\n</Directory>\n"
    )
    with running(["apache2", "-X", "-f", str(home / "apache.conf")], port):
        yield port


@pytest.fixture(scope="module")
def nginx(site: Path) -> Iterator[int]:
    if shutil.which("nginx") is None:
        pytest.skip(NO_NGINX)
    [port], home = free_ports(1), site.parent
    (home / "nginx.conf").write_text(
        f"daemon off;\nuser root;\npid {home}/nginx.pid;\nerror_log {home}/nginx.log;\nevents {{}}\nhttp {{\n"
        f"access_log off;\nclient_body_temp_path {home}/t1; proxy_temp_path {home}/t2; fastcgi_temp_path {home}/t3;\n"
        f"uwsgi_temp_path {home}/t4; scgi_temp_path {home}/t5;\ninclude {site}/redirects/nginx-http.conf;\n"
        f"server {{\nlisten 127.0.0.1:{port};\nroot {site};\ninclude {site}/redirects/nginx-server.conf;\n}}\n}}\n"
    )
    with running(["nginx", "-e", str(home / "nginx.log"), "-c", str(home / "nginx.conf")], port):
        yield port


@pytest.fixture(params=["apache", "nginx"])
def port(request: pytest.FixtureRequest) -> int:
    return int(request.getfixturevalue(request.param))


@pytest.mark.parametrize("accept", ACCEPTS)
def test_the_redirect_says_that_accept_decides(port: int, accept: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    with contextlib.closing(connection):
        for path in ("/id/action/ecp3-3", "/ontology", "/release/0a1b"):
            connection.request("GET", path, headers={"Accept": accept})
            response = connection.getresponse()
            response.read()
            assert (response.status, response.getheader("Vary")) == (303, "Accept")


@pytest.mark.parametrize("accept", ACCEPTS)
def test_an_identifier_leads_to_the_document_that_fits(port: int, accept: str) -> None:
    assert ask(port, "/id/action/ecp3-3", accept)[:2] == (303, f"/doc/action/ecp3-3.{ACCEPTS[accept]}")
    assert ask(port, "/graph/pc0457e1/para-9", accept)[:2] == (303, f"/graph/pc0457e1/para-9.{ACCEPTS[accept]}")
    for place in ("/ontology", "/ontology/0.1.0", "/release/0a1b"):
        assert ask(port, place, accept)[:2] == (303, f"{place}.{ACCEPTS[accept]}")


def test_an_ending_names_the_format(port: int) -> None:
    assert ask(port, "/id/action/ecp3-3.nt", BROWSER)[:2] == (303, "/doc/action/ecp3-3.nt")


def test_documents_have_their_media_types(port: int) -> None:
    types = {
        ending: ask(port, f"/doc/action/ecp3-3.{ending}", "*/*") for ending in ("ttl", "jsonld", "rdf", "nt", "trig")
    }
    assert {status for status, _, _ in types.values()} == {200}
    assert ask(port, "/ontology/0.1.0.ttl", "text/html")[:2] == (200, "")
    assert types["ttl"][2].startswith("text/turtle")
    assert types["jsonld"][2].startswith("application/ld+json")
    assert types["rdf"][2].startswith("application/rdf+xml")


def test_what_is_not_there_is_not_there(port: int) -> None:
    assert ask(port, "/doc/action/none.ttl", "*/*")[0] == 404
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/no/such/place", timeout=60)
    with refused.value as response:
        assert (response.status, "There is nothing at this address." in response.read().decode()) == (404, True)


def ask(port: int, path: str, accept: str) -> tuple[int, str, str]:
    """Return status, path of the Location, and content type."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path, headers={"Accept": accept})
        response = connection.getresponse()
        location = response.getheader("Location", "").partition("://")[2].partition("/")[2]
        return response.status, f"/{location}" if location else "", response.getheader("Content-Type", "")
    finally:
        connection.close()


@contextlib.contextmanager
def running(command: list[str], port: int) -> Iterator[None]:
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert process.stdout is not None
    try:
        deadline = time.monotonic() + _START_S
        while True:
            assert process.poll() is None, process.stdout.read()
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(60)
        process.stdout.close()
