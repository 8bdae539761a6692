"""The README says what is so: its commands run, its links lead somewhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
#: A text of the site, whose links lead to its pages and not to files; tests/web/test_about.py follows them.
OF_THE_SITE = ROOT / "data" / "about.md"
PAGES = [
    path
    for path in sorted(ROOT.rglob("*.md"))
    if not {".venv", "releases", "node_modules", "dist"} & set(path.relative_to(ROOT).parts) and path != OF_THE_SITE
]
BLOCKS = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
#: Exit codes of the commands that are meant to say no.
EXPECTED = {"ecp-graph validate /tmp/broken.trig": 1}


def commands() -> list[str]:
    """The commands of the README that need no server: what starts with ecp-graph, or is piped into it."""
    lines = [line.split("  #")[0].strip() for block in BLOCKS for line in block.replace("\\\n", " ").splitlines()]
    return [line for line in lines if "ecp-graph " in line and not line.startswith(("#", "make", "pip"))]


@pytest.fixture(scope="module")
def place(releases: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], Path]:
    """An environment with an ``ecp-graph`` that is this one, and a folder in place of /tmp, with the broken file."""
    folder = tmp_path_factory.mktemp("tour")
    script = folder / "ecp-graph"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m ecp_graph.cli "$@"\n', encoding="utf-8")
    script.chmod(0o755)
    table = (ROOT / "data" / "pc0457e1" / "annex-3.trig").read_text(encoding="utf-8")
    assert "actionNumber 16" in table
    (folder / "broken.trig").write_text(table.replace("actionNumber 16", "actionNumber 15"), encoding="utf-8")
    path = f"{folder}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "ECP_GRAPH_RELEASES": str(releases)}, folder


def _run(command: str, place: tuple[dict[str, str], Path]) -> subprocess.CompletedProcess[str]:
    environment, folder = place
    shell = ["sh", "-c", command.replace("/tmp/", f"{folder}/")]
    return subprocess.run(shell, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)


def test_the_readme_has_commands() -> None:
    assert len(commands()) >= 7


@pytest.mark.parametrize("command", commands())
def test_command_runs(command: str, place: tuple[dict[str, str], Path]) -> None:
    done = _run(command, place)
    assert done.returncode == EXPECTED.get(command, 0), done.stderr
    assert done.stdout.strip()


def test_the_broken_file_is_explained(place: tuple[dict[str, str], Path]) -> None:
    done = _run("ecp-graph validate /tmp/broken.trig", place)
    assert done.returncode == 1
    assert "broken.trig:" in done.stdout
    assert "ecp3-16" in done.stdout


@pytest.mark.parametrize("page", PAGES, ids=[str(path.relative_to(ROOT)) for path in PAGES])
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8"))
    local = [link for link in links if "://" not in link]
    assert [link for link in local if not (page.parent / link).exists()] == []


def test_there_are_pages_with_links() -> None:
    assert len(PAGES) >= 9


def test_the_index_of_the_documentation_has_every_page() -> None:
    index = ROOT / "docs" / "README.md"
    linked = set(re.findall(r"\]\(([\w-]+\.md)\)", index.read_text(encoding="utf-8")))
    pages = {path.name for path in index.parent.glob("*.md")} - {index.name}
    assert pages - linked == set()
    assert len(pages) > 20
