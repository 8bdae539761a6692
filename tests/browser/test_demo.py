"""Overlap between plans, from a Word file to a dismissed finding that comes back, with a browser and commands."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docx
import pytest

from demo.__main__ import make_demo
from tests.serving import serving

from .test_every_page import BROKEN_WORDS, LOOKS

pytestmark = pytest.mark.slow

FINDING = "action-customs-12--action-ports-b-3--concept-cause-similar-work"
PAGES = {
    "plans with plans": "/overlap/plans",
    "plan against plan": "/overlap/plans/customs/ports",
    "finding between plans": f"/doc/overlap/{FINDING}",
    "finding in the tables": "/doc/overlap/action-customs-2--action-ports-a-2--concept-cause-similar-work",
    "form for a draft": "/check",
}


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the documents and the workspace of the demo."""
    made = tmp_path_factory.mktemp("demo")
    make_demo(made)
    return made


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    """The address of a server over the demo."""
    with serving("--workspace", str(folder / "velmora")) as served:
        yield served.url.rstrip("/")


@pytest.mark.parametrize("name", PAGES, scope="module")
def test_the_pages_can_be_read_by_everybody(
    name: str, show: Callable[..., Any], axe: Callable[[Any], list[str]]
) -> None:
    for width, dark in LOOKS:
        page = show(PAGES[name], width=width, dark=dark)
        assert axe(page) == [], f"{width} px, {'dark' if dark else 'light'}"
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(BROKEN_WORDS) == [], f"{width} px"


def test_a_draft_is_checked(open_page: Callable[..., Any], axe: Callable[[Any], list[str]], folder: Path) -> None:
    page = open_page("/check")
    page.set_default_timeout(60_000)
    page.set_input_files("#file", folder / "documents" / "ports.xlsx")
    page.get_by_label("Programme de travail de l'Agence du commerce de Velmora").uncheck()
    page.get_by_label("Programme of the Ports Authority of Velmora").uncheck()
    page.get_by_role("button", name="Compare").click()
    told = page.locator(".lead[role=status]").inner_text()
    assert re.fullmatch(r"17 actions of ports\.xlsx and 18 of 1 plan: 4 duplication, .*", told)
    assert page.locator("h2", has_text="Duplication").count() == 1
    assert axe(page) == []


def test_a_dismissed_finding_comes_back_when_its_evidence_changes(open_page: Callable[..., Any], folder: Path) -> None:
    workspace = str(folder / "velmora")
    page = open_page("/overlap/plans")
    page.get_by_role("link", name="15 duplication").first.click()
    page.locator("li", has_text="Revise the manual").get_by_role("link", name="Why, and what proves it").first.click()
    assert "table 3 row 4 column 2" in page.locator("section", has=page.locator("#proof")).inner_text()
    assert "Nobody has decided" in decision(page)

    told = page.get_by_label("A decision on the command line").inner_text()
    assert told == f'ecp-graph decide {FINDING} dismissed --reason "…"'
    run("decide", FINDING, "dismissed", "--reason", "One is for brokers", "--by", "A. Tester", "--workspace", workspace)
    run("build", "--workspace", workspace)
    page.reload()
    assert "Dismissed. Decided on" in decision(page)
    assert "One is for brokers" in decision(page)
    assert "A. Tester" not in page.content(), "roles are published, names are not"
    page.goto("/overlap/plans/customs/ports")
    assert "Decided: dismissed" in page.locator("li", has_text="Revise the manual").first.inner_text()

    reword(folder / "documents" / "customs.docx", "Revise the manual on the clearance of containers", "in ports")
    run("import", str(folder / "documents" / "customs.docx"), "--plan", "customs", "--into", workspace, "--yes")
    run("build", "--workspace", workspace)
    page.goto(PAGES["finding between plans"])
    assert "Reopened. Its evidence has changed since the decision." in decision(page)
    assert "Revise the manual on the clearance of containers in ports" in page.locator("main").inner_text()
    rows = run("overlap", "actions", "--between", "customs", "ports", "--format", "csv", "--workspace", workspace)
    assert re.search(rf",reopened,\S*{FINDING}\s", rows)


def decision(page: Any) -> str:
    """What the page of a finding says was decided."""
    told: str = page.locator("section", has=page.locator("#decision")).inner_text()
    return told


def reword(path: Path, text: str, more: str) -> None:
    """Add words to a cell of a Word file, as somebody would who edits it."""
    document = docx.Document(str(path))
    (cell,) = (cell for table in document.tables for row in table.rows for cell in row.cells if cell.text == text)
    cell.text = f"{text} {more}"
    document.save(str(path))


def run(*arguments: str) -> str:
    """The output of a command, which succeeds."""
    done = subprocess.run(
        [sys.executable, "-m", "ecp_graph.cli", *arguments], capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
