"""One workspace with planted pairs, and its release, for all modules here."""

from __future__ import annotations

import pytest

from ecp_graph.pipeline import build
from ecp_graph.release.release import Release
from ecp_graph.workspace import Workspace

from .plans import made


@pytest.fixture(scope="package")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return made(tmp_path_factory.mktemp("pairs") / "w", "north", "south", "west")


@pytest.fixture(scope="package")
def release(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Release:
    result = build(workspace, tmp_path_factory.mktemp("releases"))
    assert result.release is not None
    return result.release
