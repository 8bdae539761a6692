"""The navigation has the pages that answer: those whose queries the catalogue has, by which alone they answer."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from ecp_graph.settings import Settings
from ecp_graph.web.app import create_app
from ecp_graph.web.pages import NAVIGATION
from ecp_graph.workspace import bundled_workspace
from tests.bundled import with_workspace_file
from tests.web.conftest import BROWSER


def test_a_page_is_in_the_navigation_where_the_catalogue_has_its_queries_and_answers_by_these_alone(
    app: Flask, releases: Path, tmp_path: Path
) -> None:
    entries = [entry for entry in app.extensions[NAVIGATION] if entry.queries]
    paths = {rule.endpoint: rule.rule for rule in app.url_map.iter_rules()}
    assert len(entries) >= 6
    for entry in entries:
        path = paths[entry.endpoint]
        client = _client(tmp_path / entry.area / "all", releases, entry.queries)
        assert f'href="{path}"' in _text(client, "/")
        assert client.get(path, headers={"Accept": BROWSER}).status_code == 200, entry
        client = _client(tmp_path / entry.area / "but-one", releases, entry.queries[:-1])
        assert f'href="{path}"' not in _text(client, "/"), entry


def _client(folder: Path, releases: Path, queries: Iterable[str]) -> FlaskClient:
    """Return a client of a site whose catalogue has these queries of the package alone."""
    root = with_workspace_file(folder).root
    (root / "queries").mkdir()
    package = bundled_workspace()
    known = {path.stem: path for path in package.query_files if path not in package.table_files}
    for name in queries:
        shutil.copy(known[name], root / "queries")
    return create_app(Settings(workspace=root, releases=releases)).test_client()


def _text(client: FlaskClient, path: str) -> str:
    response = client.get(path, headers={"Accept": BROWSER})
    assert response.status_code == 200, response.get_data(as_text=True)
    return response.get_data(as_text=True)
