"""Each store is started once for all tests that use it; Virtuoso is skipped where it is not installed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from ecp_graph.linked_data.push.push import merged_graph, push
from ecp_graph.release.release import Release

from .stores import Store, oxigraph_server, virtuoso_program, virtuoso_server

NO_VIRTUOSO = "no virtuoso-t: Debian package virtuoso-opensource"


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep a proxy of whoever runs the tests out of them: everything here is on the loopback."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.fixture(scope="session")
def oxigraph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with oxigraph_server(tmp_path_factory.mktemp("oxigraph")) as store:
        yield store


@pytest.fixture(scope="session")
def virtuoso(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    if virtuoso_program() is None:
        pytest.skip(NO_VIRTUOSO)
    with virtuoso_server(tmp_path_factory.mktemp("virtuoso")) as store:
        yield store


@pytest.fixture(params=["oxigraph", "virtuoso"])
def store(request: pytest.FixtureRequest) -> Any:
    """One of the stores; what earlier tests left in it is in the ledger, so a push replaces it."""
    return request.getfixturevalue(request.param)


def _pushed(store: Store, release: Release) -> Store:
    """The store with the release pushed into it, under the address at which it then answers as the release does."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("no_proxy", "127.0.0.1")
        report = push(release, store.endpoint, login=store.login)
    assert len(report.pushed) > 100
    address = store.endpoint
    if report.has(merged_graph()):
        address += f"?default-graph-uri={merged_graph()}"
    return replace(store, endpoint=address)


@pytest.fixture(scope="session")
def pushed_oxigraph(tmp_path_factory: pytest.TempPathFactory, release: Release) -> Iterator[Store]:
    """An Oxigraph server of its own that holds the bundled release; tests read it and leave it as it is."""
    with oxigraph_server(tmp_path_factory.mktemp("pushed-oxigraph")) as store:
        yield _pushed(store, release)


@pytest.fixture(scope="session")
def pushed_virtuoso(tmp_path_factory: pytest.TempPathFactory, release: Release) -> Iterator[Store]:
    """A Virtuoso of its own that holds the bundled release; tests read it and leave it as it is."""
    if virtuoso_program() is None:
        pytest.skip(NO_VIRTUOSO)
    with virtuoso_server(tmp_path_factory.mktemp("pushed-virtuoso")) as store:
        yield _pushed(store, release)


@pytest.fixture(scope="session", params=["oxigraph", "virtuoso"])
def pushed(request: pytest.FixtureRequest) -> Any:
    """One of the stores that hold the bundled release."""
    return request.getfixturevalue(f"pushed_{request.param}")
