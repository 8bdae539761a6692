"""What the pages of the twin have of the site's own: the publisher, the indexes with all rows, a 404.html."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from ecp_graph.release.release import Release
from ecp_graph.settings import Settings
from ecp_graph.twin.visit import NOT_FOUND, Visitor
from ecp_graph.web.app import create_app
from ecp_graph.workspace import bundled_workspace

MakeVisitor = Callable[[str], Visitor]


@pytest.fixture
def visitor_at(release: Release, tmp_path: Path) -> MakeVisitor:
    """Makes a visitor for a twin at an address, which writes into ``tmp_path``."""

    def make(base_url: str) -> Visitor:
        app = create_app(Settings(workspace=bundled_workspace().root, releases=release.path.parent, page_rows=5))
        app.config["TWIN"] = True
        return Visitor(app, tmp_path, base_url=base_url, dataset="d.nq.gz", most_bytes=10**12)

    return make


@pytest.mark.parametrize("root", ["/", "/plans/ecp/"])
def test_the_page_for_wrong_addresses_has_links_from_the_root(
    root: str, visitor_at: MakeVisitor, tmp_path: Path
) -> None:
    visit = visitor_at(f"https://example.org{root}").visit(NOT_FOUND)
    assert visit.broken == ()
    page = (tmp_path / "404.html").read_text(encoding="utf-8")
    links = [link for link in re.findall(r'(?:href|src)="([^"#]+)', page) if "://" not in link]
    assert len(links) > 10
    assert [link for link in links if not link.startswith(root)] == []
    assert {f"{root}index.html", f"{root}actions.html", f"{root}static/style.css"} <= set(links)
    assert f'content="{root}d.nq.gz"' in page
    assert {"/", "/actions"} <= set(visit.found)


def test_other_pages_have_links_from_where_they_stand(visitor_at: MakeVisitor, tmp_path: Path) -> None:
    visitor_at("https://example.org/plans/").visit("/doc/body/ptc")
    page = (tmp_path / "doc" / "body" / "ptc.html").read_text(encoding="utf-8")
    assert 'href="../../about.html"' in page
    assert 'href="/plans/' not in page


def test_an_index_in_a_file_has_all_rows_and_nothing_that_needs_a_server(
    visitor_at: MakeVisitor, tmp_path: Path
) -> None:
    visitor = visitor_at("https://example.org/")
    visitor.visit("/instruments")
    page = (tmp_path / "instruments.html").read_text(encoding="utf-8")
    assert page.count('<td class="name">') == 34
    assert "<form" not in page.partition("<main")[2]
    assert ">Name</span>" in page
    assert "?sort=" not in page
    assert "Unofficial: this is not a site of the World Customs Organization." in page
    visitor.visit("/instruments.csv")
    assert len((tmp_path / "instruments.csv").read_text(encoding="utf-8").splitlines()) == 35
