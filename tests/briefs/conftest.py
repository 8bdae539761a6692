"""Briefings over the release of the bundled plan, and over those of worlds."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ecp_graph.briefs.asking import Source
from ecp_graph.briefs.making import brief_of, source_over, subject_of
from ecp_graph.briefs.model import Brief
from ecp_graph.engine import Engine
from ecp_graph.queries.catalogue import load_catalogue
from ecp_graph.release.release import Release
from ecp_graph.workspace import bundled_workspace

Briefing = Callable[[str], Brief]


@pytest.fixture
def source(engine: Engine, release: Release) -> Source:
    """Where the briefings on the bundled plan come from."""
    return source_over(engine, load_catalogue(bundled_workspace()), release)


@pytest.fixture
def briefing(source: Source, engine: Engine) -> Briefing:
    """The function that returns the whole briefing on what a name stands for."""
    return lambda name: brief_of(source, subject_of(name, engine))
