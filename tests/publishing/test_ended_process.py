"""If a publishing process is killed, the publication ends with an error and leaves the old site in place."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

import pytest
from flask import Flask

from ecp_graph.errors import PublishError
from ecp_graph.release.release import Release
from ecp_graph.twin import crawl as crawling
from ecp_graph.twin import publish as publishing
from ecp_graph.workspace import Workspace, bundled_workspace


def ends(release: Release, workspace: Workspace, answers: Path) -> Flask:
    """An app whose process ends at the site map."""
    from flask import request

    app = publishing._app(release, workspace, answers, 60)

    def end() -> None:
        if request.path == "/sitemap.xml":
            os._exit(9)

    app.before_request(end)
    return app


def test_it_says_so(release: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = crawling.crawl
    monkeypatch.setattr(
        publishing,
        "crawl",
        lambda _, folder, **how: real(partial(ends, release, bundled_workspace(), tmp_path / "answers"), folder, **how),
    )
    monkeypatch.setattr(crawling, "_LOOK_S", 1)
    site = tmp_path / "site"
    site.mkdir()
    (site / publishing.MARK).write_text("{}")
    with pytest.raises(PublishError, match="was killed"):
        publishing.publish(release, bundled_workspace(), site, base_url="https://example.org/", processes=1)
    assert [path.name for path in site.iterdir()] == [publishing.MARK]
    assert list(tmp_path.iterdir()) == [site]
