"""Engines over three thousand triples, with one worker."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from ecp_graph.engine.isolation.pool import IsolatedEngine, Limits

from .asking import TRIPLES


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("data") / "data.ttl"
    path.write_text(TRIPLES, encoding="utf-8")
    return path


@pytest.fixture
def engine(data: Path) -> Iterator[IsolatedEngine]:
    limits = Limits(timeout_s=60, workers=1, queue=1, memory_bytes=200 * 1024 * 1024)
    engine = IsolatedEngine([data], name="test", union=False, limits=limits)
    yield engine
    engine.close()


@pytest.fixture
def on_disk(data: Path, tmp_path: Path) -> Iterator[IsolatedEngine]:
    store = ox.Store(str(tmp_path / "store"))
    store.load(path=str(data), format=ox.RdfFormat.TURTLE)
    store.optimize()
    del store
    limits = Limits(timeout_s=60, workers=1, memory_bytes=200 * 1024 * 1024)
    engine = IsolatedEngine.on_disk(tmp_path / "store", name="test", limits=limits)
    yield engine
    engine.close()
