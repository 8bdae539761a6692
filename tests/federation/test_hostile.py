"""The attacks of `tests.hostile` that call out, on a server that may ask some endpoint."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ecp_graph.engine.federation.allowed import Allowed
from ecp_graph.engine.federation.engine import FederatedEngine
from ecp_graph.engine.isolation.pool import IsolatedEngine, Limits
from ecp_graph.errors import EcpGraphError, ServiceRefused
from tests.hostile.attacks import queries_that_call_out
from tests.hostile.siege import Canary, canary


@pytest.fixture(scope="module")
def isolated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[IsolatedEngine]:
    data = tmp_path_factory.mktemp("data") / "data.ttl"
    data.write_text("<http://x/a> <http://x/b> 1 .\n", encoding="utf-8")
    engine = IsolatedEngine([data], name="test", union=False, limits=Limits(timeout_s=60, workers=1))
    yield engine
    engine.close()


@pytest.fixture
def bird() -> Iterator[Canary]:
    with canary() as bird:
        yield bird


def _said(engine: FederatedEngine, query: str) -> str:
    try:
        return engine.query(query, timeout_s=60).read().decode()
    except EcpGraphError as refusal:
        return type(refusal).__name__


def test_an_endpoint_that_is_not_listed_is_never_called(isolated: IsolatedEngine, bird: Canary) -> None:
    engine = FederatedEngine(isolated, Allowed(["https://example.org/sparql"], [f"{bird.url}other"]))
    attacks = queries_that_call_out(bird.url, "file:///etc/hostname")
    said = {name: _said(engine, query) for name, query in attacks.items() if name.startswith("SERVICE")}
    assert len(said) >= 25
    assert set(said.values()) <= {"ServiceRefused", "QueryError", "UpdateRefused"}, said
    assert bird.calls == 0


def test_one_that_is_listed_is_called_by_plain_clauses_alone(isolated: IsolatedEngine, bird: Canary) -> None:
    """Escapes, variables, names and other schemes are refused though the address is on the list."""
    engine = FederatedEngine(isolated, Allowed(private=[bird.url]))
    attacks = queries_that_call_out(bird.url, "file:///etc/hostname")
    odd = ("escape", "variable", "name", "relative", "ftp", "https", "file")
    chosen = {name: query for name, query in attacks.items() if any(word in name for word in odd)}
    assert len(chosen) >= 10
    said = {name: _said(engine, query) for name, query in chosen.items() if name.startswith("SERVICE")}
    assert len(said) >= 8
    assert set(said.values()) <= {"ServiceRefused", "QueryError"}, said
    assert bird.calls == 0
    with pytest.raises(ServiceRefused):
        engine.query(attacks["SERVICE of a variable"])
    assert _said(engine, attacks["SERVICE"]) == "EndpointError"
    assert bird.calls == 1
