"""Engines over the worlds, each built once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

import pytest

from ecp_graph.engine import Engine
from ecp_graph.pipeline import build
from ecp_graph.release.opening import release_engine
from tests.worlds import world


@pytest.fixture(scope="session")
def world_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Engine]]:
    """The function that returns the engine over the release of a world."""
    engines: list[Engine] = []

    @cache
    def engine_of(name: str) -> Engine | None:
        result = build(world(name), tmp_path_factory.mktemp(name))
        if result.release:
            engines.append(release_engine(result.release))
        return engines[-1] if result.release else None

    def asked(name: str) -> Engine:
        engine = engine_of(name)
        assert engine is not None, f"{name} does not conform"
        return engine

    yield asked
    for engine in engines:
        engine.close()
