"""The workspace of the demo, made and built once."""

from __future__ import annotations

import pytest

from demo.__main__ import make_demo
from ecp_graph.workspace import Workspace


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return Workspace(make_demo(tmp_path_factory.mktemp("demo")).resolve())
