"""An app over the release of the tests, and a client for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ecp_graph.settings import Settings
from ecp_graph.web.app import create_app

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.fixture(scope="session")
def settings(asking_workspace: Path, releases: Path) -> Settings:
    return Settings(workspace=asking_workspace, releases=releases, page_rows=5, timeout=60)


@pytest.fixture(scope="session")
def app(settings: Settings) -> Flask:
    return create_app(settings)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
