"""The page of a draft in a real browser: pointing at a cell lights what was read of it; links do without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ecp_graph.pipeline.imports import begin_import
from ecp_graph.pipeline.workspaces import create_workspace
from ecp_graph.plans.draft.model import Given
from ecp_graph.workspace import bundled_workspace
from tests.plans.annex import annex, as_workbook


@pytest.fixture(scope="module")
def draft(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("page")
    workspace = create_workspace(folder / "own", "Own", register_of=bundled_workspace())
    begin_import(workspace, as_workbook(annex(), folder / "annex.xlsx"), Given("annex")).write_draft()
    return (workspace.root / "drafts" / "annex.html").as_uri()


@pytest.fixture(params=[True, False], ids=["scripts", "no scripts"])
def page(request: pytest.FixtureRequest, chromium: Any, draft: str) -> Iterator[Any]:
    faults: list[str] = []
    context = chromium.new_context(java_script_enabled=request.param)
    page = context.new_page()
    page.on("console", lambda message: faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda made: faults.append(made.url) if made.url.startswith("http") else None)
    page.goto(draft)
    page.scripts = request.param
    yield page
    context.close()
    assert faults == []


def test_a_cell_and_what_was_read_of_it_belong_together(page: Any) -> None:
    assert page.locator("article").count() == 28
    page.hover("#cell-Plan-C7")
    lit = page.locator("article .lit")
    if page.scripts:
        assert lit.count() == 3  # two bodies and an open group
        assert "WCO Secretariat" in lit.first.inner_text()
        page.hover("article .lit >> nth=0")
        assert "lit" in page.locator("#cell-Plan-C7").get_attribute("class")
    else:
        assert lit.count() == 0
    page.click("#a3 a.cell >> text=Plan!C7")
    assert page.locator("#cell-Plan-C7:target").count() == 1
    page.click("th.n a >> text='4'")
    assert page.locator("#a4:target").count() == 1
