"""If a publishing process is killed, the publication ends with an error and leaves the old site in place."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from flask import Flask

from ecp_graph.errors import PublishError
from ecp_graph.release.release import Release
from ecp_graph.twin.publish import MARK, publish, twin_app
from ecp_graph.workspace import Workspace, bundled_workspace


def ends(release: Release, workspace: Workspace, answers: Path, timeout_s: float) -> Flask:
    """An app whose process ends at the site map."""
    from flask import request

    app = twin_app(release, workspace, answers, timeout_s)

    def end() -> None:
        if request.path == "/sitemap.xml":
            os._exit(9)

    app.before_request(end)
    return app


def test_it_says_so(release: Release, tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / MARK).write_text("{}")
    with pytest.raises(PublishError, match="was killed"):
        publish(release, bundled_workspace(), site, base_url="https://example.org/", processes=1, make_app=ends)
    assert [path.name for path in site.iterdir()] == [MARK]
    assert list(tmp_path.iterdir()) == [site]
