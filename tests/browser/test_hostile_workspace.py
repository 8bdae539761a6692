"""Every type of page over a workspace that means harm, in a real browser: nothing runs, nothing sticks out."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ecp_graph.pipeline import build
from ecp_graph.workspace import Workspace
from tests.hostile_workspace import PAGES, write_hostile_workspace

_OWNED = "window.owned === undefined"


@pytest.fixture(scope="module")
def hostile_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of ``ecp-graph serve`` over the hostile workspace, without a slash at its end."""
    root, releases = (tmp_path_factory.mktemp(name) for name in ("hostile", "hostile-releases"))
    assert build(Workspace(write_hostile_workspace(root)), releases).release is not None
    environment = {
        **os.environ,
        "ECP_GRAPH_WORKSPACE": str(root),
        "ECP_GRAPH_RELEASES": str(releases),
        "ECP_GRAPH_ACCESS_LOG": "no",
    }
    command = [sys.executable, "-m", "ecp_graph.cli", "serve", "--port", "0"]
    here = Path(__file__).resolve().parents[2]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment, cwd=here)
    assert process.stderr is not None
    try:
        line = next(line for line in process.stderr if "http://" in line)
        yield "http://" + line.partition("http://")[2].split()[0].strip("/.,")
    finally:
        process.terminate()
        process.wait(15)
        process.stderr.close()


@pytest.fixture(scope="module")
def hostile_page(chromium: Any, hostile_address: str) -> Iterator[tuple[Any, list[str]]]:
    """A narrow page, and the list to which it writes each dialog and each request to another host."""
    context = chromium.new_context(viewport={"width": 320, "height": 900}, base_url=hostile_address)
    faults: list[str] = []

    def guard(route: Any) -> None:
        url = route.request.url
        if url.startswith(hostile_address + "/"):
            route.continue_()
        else:
            faults.append(f"asked {url}")
            route.abort()

    def dismiss(dialog: Any) -> None:
        faults.append(f"dialog {dialog.message}")
        dialog.dismiss()

    context.route("**/*", guard)
    page = context.new_page()
    page.on("dialog", dismiss)
    page.on("console", lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None)
    yield page, faults
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_nothing_runs_and_nothing_sticks_out(hostile_page: tuple[Any, list[str]], name: str) -> None:
    page, faults = hostile_page
    faults.clear()
    response = page.goto(PAGES[name])
    assert response.status == 200
    assert page.locator("main h1").count() == 1
    page.mouse.move(160, 300)
    page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
    assert page.evaluate(_OWNED)
    assert faults == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("text", ["<script>", "onerror", "owned", "hyperlink"])
def test_suggestions_are_text(hostile_page: tuple[Any, list[str]], text: str) -> None:
    page, faults = hostile_page
    faults.clear()
    page.goto("/")
    page.get_by_role("combobox").or_(page.get_by_role("searchbox")).first.press_sequentially(text)
    page.locator("[role=option]").first.wait_for()
    assert page.locator(".suggestions script, .suggestions img").count() == 0
    assert page.evaluate(_OWNED)
    assert faults == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_the_look_would_see_a_script_that_runs(hostile_page: tuple[Any, list[str]]) -> None:
    page, faults = hostile_page
    page.goto("/releases")
    page.evaluate("window.owned = 1; document.querySelector('main').innerHTML += '<img src=x onerror=\"1\">'")
    assert not page.evaluate(_OWNED)
    page.wait_for_timeout(200)
    assert faults
    faults.clear()
