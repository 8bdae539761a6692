"""The engine that answers SERVICE clauses first: against endpoints that fail in every way, and one that does not."""

from __future__ import annotations

import contextvars
import json
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from ecp_graph.engine import Asker, Question, never
from ecp_graph.engine.asking import ask_table
from ecp_graph.engine.embedded import EmbeddedEngine
from ecp_graph.engine.federation.allowed import Allowed
from ecp_graph.engine.federation.engine import FederatedEngine, ServiceLimits
from ecp_graph.errors import (
    ClientGone,
    EcpGraphError,
    EndpointError,
    EndpointTimeout,
    EngineBusy,
    QueryError,
    QueryTimeout,
    ServiceRefused,
    ServiceUnusable,
)
from tests.engines.faulty import FaultyServer, Script, answer, drip, faulty_server
from tests.waiting import wait_for

LIMITS = ServiceLimits(rows=50, bytes=20_000, places=1)
_LITERAL = {"type": "literal", "value": "one"}
_IRI = {"type": "uri", "value": "u:1"}


def _rows(*rows: dict[str, Any], names: tuple[str, ...] = ("s", "n")) -> bytes:
    return json.dumps({"head": {"vars": list(names)}, "results": {"bindings": rows}}).encode()


@contextmanager
def federated(
    script: Script,
    limits: ServiceLimits = LIMITS,
    allow: Callable[[str], Allowed] = lambda url: Allowed(private=[url]),
) -> Iterator[tuple[FederatedEngine, FaultyServer]]:
    """An engine over three numbered things, beside an endpoint that runs a script; it may be asked unless told else."""
    store = ox.Store()
    for number in range(1, 4):
        store.add(ox.Quad(ox.NamedNode(f"u:{number}"), ox.NamedNode("u:p"), ox.Literal(number)))
    with faulty_server(script) as server:
        yield FederatedEngine(EmbeddedEngine(store, name="test"), allow(server.url), limits), server


def _csv(engine: FederatedEngine, query: str, **more: Any) -> list[str]:
    asker = Asker(gone=more.get("gone", never))
    return engine.answer(Question(query, "csv", more.get("timeout_s", 60)), asker).read().decode().splitlines()


def _query(server: FaultyServer, silent: str = "") -> str:
    return f"SELECT ?s ?n {{ ?s <u:p> ?k SERVICE {silent} <{server.url}> {{ ?s <u:name> ?n }} }} ORDER BY ?s"


GOOD = answer(_rows({"s": _IRI, "n": _LITERAL}, {"s": {"type": "uri", "value": "u:9"}}))


def test_rows_of_an_endpoint_are_joined() -> None:
    with federated(GOOD) as (engine, server):
        answered = engine.query(_query(server), fmt="csv", timeout_s=60)
        assert answered.read() == b"s,n\r\nu:1,one\r\n"
        assert answered.facts["service_rows"] == 2
        [request] = server.requests
        assert b"SELECT+%3Fn+%3Fs+WHERE" in request
        assert b"SERVICE" not in request


@pytest.mark.parametrize(
    ("pattern", "rows"),
    [
        ("?s <u:p> ?k OPTIONAL { SERVICE E { ?s <u:name> ?n } }", ["u:1,1,one", "u:2,2,", "u:3,3,"]),
        ("?s <u:p> ?k MINUS { SERVICE E { ?s <u:name> ?n } }", ["u:2,2,", "u:3,3,"]),
        ("?s <u:p> ?k FILTER EXISTS { SERVICE E { ?s <u:name> ?n } }", ["u:1,1,"]),
        ("?s <u:p> ?k FILTER NOT EXISTS { SERVICE E { ?s <u:name> ?n } }", ["u:2,2,", "u:3,3,"]),
        ("{ ?s <u:p> ?k } UNION { SERVICE E { ?s <u:name> ?n } }", ["u:1,,one", "u:1,1,", "u:2,2,", "u:3,3,", "u:9,,"]),
        ("?s <u:p> ?k { SELECT ?s { SERVICE E { ?s <u:name> ?n } } }", ["u:1,1,"]),
        ("SERVICE E { ?s <u:name> ?n } SERVICE E { ?s <u:name> ?n } ?s <u:p> ?k", ["u:1,1,one"]),
    ],
)
def test_a_clause_may_stand_in_every_kind_of_group(pattern: str, rows: list[str]) -> None:
    with federated(GOOD) as (engine, server):
        query = f"SELECT ?s ?k ?n {{ {pattern.replace('E {', f'<{server.url}> {{')} }} ORDER BY ?s"
        assert sorted(_csv(engine, query)[1:]) == rows
        assert server.connections == 1, "the same clause is asked once"


def test_a_row_stays_what_it_is() -> None:
    odd = 'a"b\\c\\u0041\n\r\t\x01} # SERVICE <u:x>'
    terms = [
        {"type": "literal", "value": odd},
        {"type": "literal", "value": "Zoll", "xml:lang": "de"},
        {"type": "typed-literal", "value": "7", "datatype": "http://www.w3.org/2001/XMLSchema#integer"},
        {"type": "uri", "value": "http://x/é(a)#b"},
    ]
    with federated(answer(_rows(*({"s": _IRI, "n": term} for term in terms)))) as (engine, server):
        table = ask_table(engine, _query(server), timeout_s=60)
    cells = {(cell.value, cell.language, cell.datatype[-7:], cell.kind) for _, cell in table.rows if cell}
    assert cells == {
        (odd, "", "", "literal"),
        ("Zoll", "de", "", "literal"),
        ("7", "", "integer", "literal"),
        ("http://x/é(a)#b", "", "", "iri"),
    }


def test_an_answer_without_columns_counts_its_rows() -> None:
    for rows, told in ((({},), "true"), ((), "false")):
        with federated(answer(_rows(*rows, names=()))) as (engine, server):
            assert _csv(engine, f"ASK {{ SERVICE <{server.url}> {{ <u:a> <u:b> <u:c> }} }}") == [told]


#: What would never end, and ends at the limit.
_ENDLESS_FAULTS = {"a drip", "silence"}
_FAULTS: dict[str, tuple[Script, str]] = {
    "an error": (answer(b"<b>Overloaded</b>", "500 No", media_type="text/html"), r"HTTP 500\): Overloaded"),
    "a redirect": (answer(b"", "302 Found", location="http://127.0.0.1:1/"), "redirects are not followed"),
    "a page": (answer(b"<html>", media_type="text/html"), "but returned text/html"),
    "broken JSON": (answer(_rows({"s": _IRI})[:-9]), "broken JSON"),
    "half an answer": (answer(_rows(), content_length="999"), "connection broke"),
    "a part": (answer(_rows(), x_sql_state="S1TAT"), "only part of the answer"),
    "a yes": (answer(b'{"head": {}, "boolean": true}'), "a boolean instead"),
    "other columns": (answer(_rows(names=("s", "x"))), r"asked for the columns \?n, \?s but returned \?s, \?x"),
    "too few columns": (answer(_rows(names=("s",))), r"but returned \?s\."),
    "no IRI": (answer(_rows({"s": {"type": "uri", "value": "u:a> } #"}})), "cannot be read"),
    "a relative IRI": (answer(_rows({"s": {"type": "uri", "value": "a"}})), "cannot be read"),
    "no language": (answer(_rows({"n": {**_LITERAL, "xml:lang": "e n"}})), "cannot be read"),
    "an unknown term": (answer(_rows({"n": {**_LITERAL, "type": "x"}})), "cannot be read"),
    "a hang-up": (lambda connection: None, "the connection broke"),
    "a drip": (lambda connection: drip(b" ", connection), "within|broke|no HTTP"),
    "silence": (lambda connection: time.sleep(60), "did not answer in full within"),
}


@pytest.mark.parametrize("fault", _FAULTS)
def test_an_endpoint_that_fails_is_named_and_silent_is_an_empty_row(fault: str) -> None:
    script, said = _FAULTS[fault]
    limit_s = 1.5 if fault in _ENDLESS_FAULTS else 60
    with federated(script) as (engine, server):
        with pytest.raises(EndpointError, match=said) as caught:
            _csv(engine, _query(server), timeout_s=limit_s)
        assert caught.value.endpoint == server.url
        assert _csv(engine, _query(server, "SILENT"), timeout_s=limit_s)[1:] == ["u:1,", "u:2,", "u:3,"]
        assert _csv(engine, "ASK {}") == ["true"]


def test_an_endpoint_that_is_not_there_is_named() -> None:
    with federated(GOOD) as (engine, server):
        query = _query(server)
        silent = _query(server, "SILENT")
        server.stop()
        with pytest.raises(EndpointError, match="cannot be reached"):
            _csv(engine, query)
        assert _csv(engine, silent)[1:] == ["u:1,", "u:2,", "u:3,"]


_TRIPLE = {"type": "triple", "value": dict.fromkeys(("subject", "predicate", "object"), _IRI)}
_UNUSABLE = {
    "rows": (answer(_rows(*({"s": _IRI} for _ in range(51)))), "more than 50 rows"),
    "bytes": (answer(_rows({"n": {**_LITERAL, "value": "x" * 20_000}})), r"larger than 0\.02 MB"),
    "a blank node": (answer(_rows({"s": {"type": "bnode", "value": "b"}})), r"a blank node in \?s"),
    "a triple": (answer(_rows({"n": _TRIPLE})), r"a triple in \?n"),
}


@pytest.mark.parametrize("what", _UNUSABLE)
@pytest.mark.parametrize("silent", ["", "SILENT"])
def test_what_cannot_be_joined_is_told_even_in_silence(what: str, silent: str) -> None:
    script, said = _UNUSABLE[what]
    with federated(script) as (engine, server), pytest.raises(ServiceUnusable, match=said):
        _csv(engine, _query(server, silent))


def test_as_many_rows_as_allowed_are_taken() -> None:
    with federated(answer(_rows(*({"s": _IRI} for _ in range(50))))) as (engine, server):
        assert len(_csv(engine, _query(server))) == 51


def test_a_literal_that_spells_a_clause_is_refused() -> None:
    literal = {"type": "literal", "value": "SERVICE <http://127.0.0.1:1/> {"}
    with federated(answer(_rows({"s": _IRI, "n": literal}))) as (engine, server), pytest.raises(EcpGraphError):
        _csv(engine, _query(server))


@pytest.mark.parametrize(
    ("query", "error", "said"),
    [
        ("SELECT * { SERVICE <URL> { ?s <u:name> ?n } FILTER(?n }", QueryError, "Line 1, column"),
        ("SELECT * {\n SERVICE <URL> { ?s nix:name ?n } }", QueryError, "Line 2, column .*nix:"),
        ("SELECT * { SERVICE <URL> { ?s ?p ?n BIND(1 AS ?n) } }", QueryError, "."),
        ("SELECT * { SERVICE <URL> { ?s ?p ?n } BIND(1 AS ?n) }", QueryError, "."),
        ("SELECT * { _:b ?p ?n . SERVICE <URL> { _:b ?q ?n } }", QueryError, "."),
        ("SELECT * { SERVICE <URL> { ?s ?p ?n } SERVICE <http://127.0.0.1:1/> { ?s ?p ?n } }", ServiceRefused, "list"),
        ("SELECT * { SERVICE <URL/> { ?s ?p ?n } }", ServiceRefused, "not on the server's list"),
        ("SELECT * { SERVICE SILENT <URLx> { ?s ?p ?n } }", ServiceRefused, "not on the server's list"),
        ("BASE <URL> SELECT * { SERVICE <> { ?s ?p ?n } }", ServiceRefused, "not on the server's list"),
        ("SELECT * { VALUES ?e { <URL> } SERVICE ?e { ?s ?p ?n } }", ServiceRefused, "written in full"),
        ("SELECT * { SERVICE <URL> { ?s ?p ?n } ?s ?p trueSERVICE <URL> {} }", ServiceRefused, "."),
        ("SELECT * { SERVICE <URL> { SERVICE <URL> { ?s ?p ?n } } }", ServiceRefused, "nested in another one"),
    ],
)
def test_nothing_is_sent_for_a_query_that_is_malformed_or_refused(
    query: str, error: type[EcpGraphError], said: str
) -> None:
    with federated(GOOD) as (engine, server):
        with pytest.raises(error, match=said):
            _csv(engine, query.replace("URL", server.url))
        assert server.connections == 0


def test_places_of_a_fault_are_those_of_the_users_text() -> None:
    with federated(GOOD) as (engine, server):
        query = f"SELECT * {{\n  SERVICE <{server.url}> {{ ?s <u:name> ?n }} . ?s nix:p ?o\n}}"
        with pytest.raises(QueryError) as caught:
            _csv(engine, query)
    assert caught.value.line == 2
    assert query.split("\n")[1][(caught.value.column or 0) - 1 :].startswith("nix:p")


def test_an_empty_list_refuses_and_sends_nothing() -> None:
    with federated(GOOD, allow=lambda url: Allowed()) as (closed, server):
        with pytest.raises(ServiceRefused):
            _csv(closed, _query(server))
        assert server.connections == 0


def test_an_address_of_this_machine_needs_the_mark() -> None:
    with federated(GOOD, allow=lambda url: Allowed(public=[url])) as (unmarked, server):
        with pytest.raises(EndpointError, match="not public"):
            _csv(unmarked, _query(server))
        assert server.connections == 0
    with federated(GOOD) as (marked, server):
        assert len(_csv(marked, _query(server))) == 2


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with faulty_server(GOOD) as proxy, federated(GOOD) as (engine, server):
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        monkeypatch.delenv("no_proxy", raising=False)
        assert len(_csv(engine, _query(server))) == 2
        assert (proxy.connections, server.connections) == (0, 1)


def test_the_endpoint_gets_the_prefixes_that_it_needs() -> None:
    with federated(GOOD) as (engine, server):
        query = f"PREFIX own: <u:> SELECT * {{ ?s a ecp:Body SERVICE <{server.url}> {{ ?s own:name ?n }} }}"
        _csv(engine, query)
        [request] = server.requests
    assert b"PREFIX+own" in request
    assert b"ecp" not in request.split(b"\r\n\r\n")[1]


def test_a_client_that_hangs_up_ends_the_wait() -> None:
    with federated(lambda connection: time.sleep(60)) as (engine, server):
        with pytest.raises(ClientGone):  # and no timeout
            _csv(engine, _query(server), gone=lambda: server.connections > 0)
        server.script = GOOD
        assert len(_csv(engine, _query(server))) == 2, "its place is free again"


def test_no_more_queries_wait_for_endpoints_than_there_are_places() -> None:
    may_answer = threading.Event()

    def slow(connection: socket.socket) -> None:
        may_answer.wait(60)
        GOOD(connection)

    with federated(slow) as (engine, server), ThreadPoolExecutor(1) as thread:
        in_use = contextvars.copy_context()  # the names of the workspace
        first = thread.submit(in_use.run, _csv, engine, _query(server), timeout_s=60)
        wait_for(lambda: server.connections)
        with pytest.raises(EngineBusy, match="slots are in use"):
            _csv(engine, _query(server))
        assert server.connections == 1
        may_answer.set()
        assert len(first.result()) == len(_csv(engine, _query(server))) == 2


_ENDLESS = "?a <u:p> ?a0 . " + " ".join(f"VALUES ?v{n} {{ 1 2 3 4 5 6 7 8 9 }}" for n in range(9))


def test_the_time_limit_is_one_for_endpoints_and_engine() -> None:
    with federated(lambda connection: (time.sleep(1), GOOD(connection))[0]) as (engine, server):
        with pytest.raises(EndpointTimeout):
            _csv(engine, _query(server), timeout_s=0.5)
        slow = f"SELECT (COUNT(*) AS ?n) {{ SERVICE <{server.url}> {{ ?s <u:name> ?n }} {_ENDLESS} }}"
        with pytest.raises(QueryTimeout) as caught:
            _csv(engine, slow, timeout_s=4)
    assert caught.value.limit_s < 4, "the endpoint has had its part"


def _certificate(folder: Path, host: str) -> Path:
    """A file with a key and a certificate for a host, which signs itself."""
    path = folder / f"{host}.pem"
    made = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={host}"]
    names = ["-addext", f"subjectAltName=DNS:{host}", "-keyout", str(path), "-out", str(folder / "only.pem")]
    subprocess.run(["openssl", *made, *names], check=True, capture_output=True)
    path.write_text(path.read_text() + (folder / "only.pem").read_text())
    return path


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl to make a certificate with")
@pytest.mark.parametrize("named", ["endpoint.test", "another.test"])
def test_the_certificate_has_to_be_that_of_the_name(
    named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection goes to the address that was looked at; what is verified is the name on the list."""
    certificate = _certificate(tmp_path, named)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def script(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as line:
            got = b""
            while b"query=" not in got and (more := line.recv(65_536)):
                got += more
            GOOD(line)

    found = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *more, **options: found("127.0.0.1", *more, **options))
    with faulty_server(script, reads=False) as server:
        address = f"https://endpoint.test:{server.port}/q"
        engine = FederatedEngine(EmbeddedEngine(ox.Store(), name="test"), Allowed(private=[address]))
        query = f"SELECT ?n {{ SERVICE <{address}> {{ ?s <u:name> ?n }} }}"
        if named == "endpoint.test":
            assert _csv(engine, query) == ["n", "one", ""]
        else:
            with pytest.raises(EndpointError, match="certificate"):
                _csv(engine, query)
