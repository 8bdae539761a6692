"""Which addresses are public, and that a name is resolved once and reached at what was looked at."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from typing import Any

import pytest

from ecp_graph.addresses import normalised
from ecp_graph.engine.federation.addresses import is_public, resolver
from ecp_graph.engine.federation.allowed import Allowed
from ecp_graph.engine.remote import RemoteEngine
from ecp_graph.errors import EndpointError
from tests.engines.faulty import answer, faulty_server

PUBLIC = ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "2a00:1450:4001::1", "::ffff:8.8.8.8", "64:ff9b::808:808",
          "2002:808:808::1", "2a00::5efe:808:808"]  # fmt: skip
NOT_PUBLIC = {
    "0.0.0.0": "this host",
    "10.1.2.3": "private",
    "172.16.0.1": "private",
    "172.31.255.255": "private",
    "192.168.0.1": "private",
    "100.64.0.1": "shared by a provider",
    "127.0.0.1": "loopback",
    "127.255.0.1": "loopback",
    "169.254.169.254": "link-local, where clouds answer",
    "192.0.0.8": "for protocols",
    "192.0.2.1": "documentation",
    "198.18.0.1": "benchmarks",
    "198.51.100.1": "documentation",
    "203.0.113.9": "documentation",
    "192.88.99.1": "relays of 6to4",
    "224.0.0.1": "multicast",
    "239.1.1.1": "multicast",
    "240.0.0.1": "reserved",
    "255.255.255.255": "broadcast",
    "::": "unspecified",
    "::1": "loopback",
    "::127.0.0.1": "made of an IPv4 address",
    "::8.8.8.8": "made of an IPv4 address",
    "::ffff:127.0.0.1": "mapped",
    "::ffff:10.0.0.1": "mapped",
    "::ffff:169.254.169.254": "mapped",
    "64:ff9b::7f00:1": "NAT64 of loopback",
    "64:ff9b::a00:1": "NAT64 of a private one",
    "64:ff9b:1::808:808": "NAT64 of a network's own",
    "2002:7f00:1::1": "6to4 of loopback",
    "2002:c0a8:1::1": "6to4 of a private one",
    "2001:0:808:808::1": "Teredo",
    "2a00::5efe:a00:1": "ISATAP of a private one",
    "2a00::200:5efe:a00:1": "ISATAP of a private one",
    "2001:db8::1": "documentation",
    "3fff::1": "documentation",
    "100::1": "discard",
    "fc00::1": "unique local",
    "fd12:3456::1": "unique local",
    "fe80::1": "link-local",
    "fe80::1%eth0": "link-local with a zone",
    "fec0::1": "site-local",
    "ff02::1": "multicast",
    "ff0e::1": "multicast",
    "4000::1": "not given out",
    "localhost": "no address",
    "": "nothing",
}


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_passes(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(("address", "why"), NOT_PUBLIC.items())
def test_every_other_is_refused(address: str, why: str) -> None:
    assert not is_public(address), why


ROWS = b'{"head": {"vars": ["x"]}, "results": {"bindings": []}}'


@pytest.fixture
def resolved(monkeypatch: pytest.MonkeyPatch) -> list[Sequence[str]]:
    """The answers of the system's resolver, of which each is given once."""
    answers: list[Sequence[str]] = []
    find = socket.getaddrinfo

    def found(host: str, *more: Any, **options: Any) -> list[Any]:
        """Leave literal addresses, of which a connection is made, to the system."""
        if host != "name.test":
            return list(find(host, *more, **options))
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0)) for address in answers.pop(0)]

    monkeypatch.setattr(socket, "getaddrinfo", found)
    return answers


@pytest.mark.parametrize("hosts", [("127.0.0.1",), ("8.8.8.8", "10.0.0.1"), ("10.0.0.1", "8.8.8.8")])
def test_one_address_that_is_not_public_is_one_too_many(resolved: list[Sequence[str]], hosts: tuple[str, ...]) -> None:
    resolved += [hosts, hosts]
    with pytest.raises(OSError, match="an address that is not public"):
        resolver(may_be_private=False)("name.test")
    assert resolver(may_be_private=True)("name.test") == list(hosts)


def test_a_name_is_resolved_once_and_reached_where_that_led(resolved: list[Sequence[str]]) -> None:
    """A resolver that gives another address at the second question gets no second question."""
    with faulty_server(answer(ROWS)) as server:
        resolved += [["127.0.0.1"], ["8.8.8.8"]]
        address = f"http://name.test:{server.port}/sparql"
        RemoteEngine(address, resolve=resolver(may_be_private=True)).query("SELECT ?x {}", timeout_s=60)
        assert f"Host: name.test:{server.port}\r\n".encode() in server.requests[0]
    assert resolved == [["8.8.8.8"]]


def test_the_next_address_is_tried_when_one_does_not_answer(resolved: list[Sequence[str]]) -> None:
    with faulty_server(answer(ROWS)) as server:
        resolved += [["127.0.0.2", "127.0.0.1"], ["127.0.0.2", "127.0.0.3"]]
        engine = RemoteEngine(f"http://name.test:{server.port}/sparql", resolve=resolver(may_be_private=True))
        assert engine.query("SELECT ?x {}", timeout_s=60).read() == ROWS
        with pytest.raises(EndpointError, match=r"it cannot be reached \(Connection refused\)"):
            engine.query("SELECT ?x {}", timeout_s=60)
        assert server.connections == 1
    assert resolved == []


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("HTTPS://Example.ORG/sparql", "https://example.org/sparql"),
        ("https://example.org:443", "https://example.org/"),
        ("http://example.org:80/a?b=c", "http://example.org/a?b=c"),
        ("http://[::1]:7878/query", "http://[::1]:7878/query"),
    ],
)
def test_addresses_are_compared_in_one_form(written: str, same: str) -> None:
    assert normalised(written) == same
    assert Allowed([written]).find(same) == Allowed([same]).find(written) is not None


@pytest.mark.parametrize(
    "other",
    [
        "http://example.org/sparql",
        "https://example.org/sparql/",
        "https://example.org/SPARQL",
        "https://example.org/sparql?x=1",
        "https://example.org:444/sparql",
        "https://example.org.evil.test/sparql",
        "https://evil.test/https://example.org/sparql",
        "https://example.org@evil.test/sparql",
        "https://example.org/sparql#x",
        "https://example.org/a/../sparql",
        "https://example.org./sparql",
        "sparql",
        "//example.org/sparql",
        "https:///sparql",
        "https://[/sparql",
        "",
    ],
)
def test_another_address_is_not_on_the_list(other: str) -> None:
    assert Allowed(["https://example.org/sparql"]).find(other) is None


@pytest.mark.parametrize(
    "address",
    ["ftp://x/", "example.org", "https://a:b@x/", "https://x/#f", "https://x/#", "http://x:y/", "http://a b/"],
)
def test_what_is_no_address_cannot_be_put_on_the_list(address: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Allowed([address])


def test_the_list_is_empty_by_itself() -> None:
    assert not Allowed()
    assert Allowed(["https://x/"])
