"""Each store is started once for all tests that use it, and skipped by name where it is not installed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from .stores import Store, oxigraph_program, oxigraph_server, virtuoso_program, virtuoso_server

NO_OXIGRAPH = "no Oxigraph server: PyPI package oxigraph"
NO_VIRTUOSO = "no virtuoso-t: Debian package virtuoso-opensource"


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep a proxy of whoever runs the tests out of them: everything here is on the loopback."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.fixture(scope="session")
def oxigraph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    if oxigraph_program() is None:
        pytest.skip(NO_OXIGRAPH)
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
