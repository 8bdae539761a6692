"""What is sent to an endpoint: by which proxy, with which login and dataset, and to which addresses nothing at all."""

from __future__ import annotations

import httpx
import pytest

from ecp_graph.engine import Question
from ecp_graph.engine.asking import ask_table
from ecp_graph.engine.client import Client
from ecp_graph.engine.login import Login
from ecp_graph.engine.remote import RemoteEngine
from ecp_graph.errors import EndpointError, QueryError, ServiceRefused, UpdateRefused

from .faults import ROWS, forever
from .faulty import answer, faulty_server, head


def test_the_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ALL_PROXY", "socks://127.0.0.1:9")
    with faulty_server(answer(ROWS)) as proxy:
        monkeypatch.setenv("http_proxy", f"127.0.0.1:{proxy.port}")
        assert RemoteEngine("http://name.test/sparql").query("SELECT ?x {}", timeout_s=60).read() == ROWS
        assert proxy.requests[0].startswith(b"POST http://name.test/sparql HTTP/1.1\r\n")
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        with faulty_server(answer(ROWS)) as server:
            assert RemoteEngine(server.url).query("SELECT ?x {}", timeout_s=60).read() == ROWS
            assert server.connections == 1
        assert proxy.connections == 1


@pytest.mark.parametrize("proxy", ["socks://127.0.0.1:9", "http://127.0.0.1:port"])
def test_a_proxy_of_another_kind_is_an_error(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.setenv("http_proxy", proxy)
    with pytest.raises(EndpointError, match="the proxy set in the environment cannot be used"):
        RemoteEngine("http://name.test/").query("ASK {}", timeout_s=60)


@pytest.mark.parametrize(
    "challenge",
    [
        'Basic realm="x"',
        'Digest realm="x", nonce="n", qop="auth"',
        'Digest realm="x", nonce="n", qop="auth-int"',
        'Digest realm="x", nonce="n", algorithm=ROT13',
        'Digest realm="x"',
        "Digest realm",
        "Bearer",
        "Digest",
        "@",
    ],
)
def test_a_login_that_is_never_accepted(challenge: str) -> None:
    with faulty_server(answer(b"no", "401 No", media_type="text/plain", WWW_Authenticate=challenge)) as server:
        engine = RemoteEngine(server.url, login=Login("user", "secret"))
        with pytest.raises(EndpointError) as caught:
            engine.query("ASK {}", timeout_s=60)
    assert 1 <= server.connections <= 2
    assert "secret" not in str(caught.value) + repr(caught.value.__cause__)
    assert b"Authorization" not in server.requests[0]


@pytest.mark.parametrize(
    ("challenge", "scheme"), [("Basic realm=x", b"Basic "), ('Digest realm="x", nonce="n"', b"Digest ")]
)
def test_a_challenge_is_answered_once_and_remembered(challenge: str, scheme: bytes) -> None:
    """What comes with it is not waited for, though it has no end."""
    challenged = forever(head("401 No", WWW_Authenticate=challenge), b"no")
    scripts = iter([challenged, answer(ROWS), answer(ROWS)])
    with faulty_server(lambda connection: next(scripts)(connection)) as server:
        client = Client(server.url, Login("user", "secret"))
        for _ in range(2):
            request = httpx.Request("PUT", server.url, content=b"a body")
            client.exchange(request, lambda response: response.read(), limit_s=60)
        first, *others = server.requests
    assert b"Authorization" not in first
    assert len(others) == 2
    assert all(b"Authorization: " + scheme in sent and sent.endswith(b"a body") for sent in others)


def test_the_password_goes_to_no_other_server() -> None:
    with (
        faulty_server(answer(b"no", "401 No", WWW_Authenticate="Basic realm=x")) as other,
        faulty_server(answer(b"", "302 Found", location=other.url)) as server,
        pytest.raises(EndpointError, match="redirects"),
    ):
        RemoteEngine(server.url, login=Login("user", "secret")).query("ASK {}", timeout_s=60)
    assert other.connections == 0


@pytest.mark.parametrize("address", ["http://user:geheim@127.0.0.1/", "http://user@127.0.0.1/"])
def test_a_password_in_the_address_is_refused_and_not_shown(address: str) -> None:
    with pytest.raises(EndpointError, match="contains a user name or a password") as caught:
        RemoteEngine(address)
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize(
    "address",
    ["", "x", "file:///x", "http:///x", "http://h:port/", "http://h:99999/", "http://h/a b", "http://h/\n", "http://["],
)
def test_an_address_that_is_none(address: str) -> None:
    with pytest.raises(EndpointError, match="must begin with http:// or https://"):
        RemoteEngine(address)


def test_what_is_no_query_is_never_sent() -> None:
    with faulty_server(answer(ROWS)) as server:
        engine = RemoteEngine(server.url)
        with pytest.raises(UpdateRefused):
            engine.query("INSERT DATA { <urn:a> <urn:b> <urn:c> }")
        with pytest.raises(ServiceRefused):
            engine.query("SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }")
        with pytest.raises(QueryError, match="no SPARQL query"):
            engine.query('define get:soft "soft" SELECT * { ?s ?p ?o }')
        assert server.connections == 0


def test_the_dataset_of_the_address_and_of_the_request() -> None:
    with faulty_server(answer(ROWS)) as server:
        engine = RemoteEngine(f"{server.url}?x=1&default-graph-uri=urn%3Ad&named-graph-uri=urn:n#frag")
        ask_table(engine, "SELECT ?x {}", timeout_s=60)
        engine.answer(Question("SELECT ?x {}", limit_s=60, named_graphs=["urn:m"]))
        first, second = server.requests
    assert first.startswith(b"POST /sparql?x=1 HTTP/1.1\r\n")
    assert b"default-graph-uri=urn%3Ad" in first
    assert b"named-graph-uri=urn%3An" in first
    assert b"default-graph-uri" not in second
    assert b"named-graph-uri=urn%3Am" in second


def test_prefixes_are_declared_once() -> None:
    with faulty_server(answer(ROWS)) as server:
        text = (
            "# a comment\nPREFIX ecp: <https://w3id.org/ecp-graph/ontology#>\nSELECT ?x { ?x a ecp:Body, skos:Concept }"
        )
        RemoteEngine(server.url).query(text, timeout_s=60)
    assert server.requests[0].count(b"PREFIX+ecp") == 1
    assert server.requests[0].count(b"PREFIX+skos") == 1
    assert b"PREFIX+dcterms" not in server.requests[0]
