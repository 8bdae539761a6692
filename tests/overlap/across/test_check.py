"""A draft is compared with the plans of a release, and nothing of it is kept."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from docx import Document
from openpyxl import load_workbook

from ecp_graph.cli import cli
from ecp_graph.cli.check import _KINDS
from ecp_graph.overlap.across.kinds import RANKED
from ecp_graph.release.release import Release
from ecp_graph.workspace import Workspace

DRAFT = """Number,Action,Lead,Partner,Instrument,Timeframe
D1,Hold training for customs officers on the rules of origin,WGEC,,,2031
D2,Simplify procedures in line with the Transit Guidelines,PTC,,Transit Guidelines,2031
D3,Plant trees along the canal,PTC,,,sometime
D4,Enhance cooperation with the Policy Commission,PTC,,,2031
"""


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    path = tmp_path / "secret.csv"
    path.write_text(DRAFT, encoding="utf-8")
    return path


def check(workspace: Workspace, release: Release, draft: Path, *options: str) -> Result:
    where = ("--workspace", str(workspace.root), "--releases", str(release.path.parent))
    return CliRunner().invoke(cli, ["check", str(draft), *options, *where], catch_exceptions=False)


def files(*folders: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file()}


def test_findings_come_with_reasons_and_the_cells_of_both_sides(
    workspace: Workspace, release: Release, draft: Path
) -> None:
    done = check(workspace, release, draft, "--format", "json")
    assert done.exit_code == 0
    told: dict[str, Any] = json.loads(done.stdout)
    found = {(each["draft"]["number"], each["other"]["plan_name"]): each for each in told["findings"]}
    train = found["D1", "Northern Rivers Programme"]
    assert train["kind"] == "duplication"
    assert sum(part["points"] for part in train["parts"]) == train["score"]
    assert {"what": "lead", "text": "WGEC", "locator": "line 2 column 3"} in train["draft"]["cells"]
    assert {"what": "responsible", "text": "PTC", "locator": "line 2 column 3"} in train["other"]["cells"]
    assert train["questions"] == ["two leads: WGEC and PTC"]
    assert "D3" not in {number for number, _ in found}
    assert {each["kind"] for (number, _), each in found.items() if number == "D4"} <= {"possible"}
    kinds = [RANKED.index(each["kind"]) for each in told["findings"]]
    assert kinds == sorted(kinds)
    assert told["gaps"] == ["1 time not understood"]


def test_findings_of_a_kind_fail_a_pipeline(workspace: Workspace, release: Release, draft: Path) -> None:
    assert _KINDS == RANKED
    assert check(workspace, release, draft, "--fail-on", "duplication").exit_code == 1
    assert check(workspace, release, draft, "--fail-on", "duplication", "--against", "west").exit_code == 0
    assert check(workspace, release, draft, "--fail-on", "possible", "--against", "west").exit_code == 1
    unknown = check(workspace, release, draft, "--against", "east")
    assert unknown.exit_code == 2
    assert "It has: north, south, west" in unknown.stderr


def test_nothing_is_stored_and_no_content_told(
    workspace: Workspace, release: Release, draft: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "cache"
    cache.mkdir()
    monkeypatch.setenv("ECP_GRAPH_CACHE", str(cache))
    other = tmp_path / "other.csv"
    other.write_text("Number,Action\n1,Count the swans\n", encoding="utf-8")
    assert check(workspace, release, other).exit_code == 0
    before = files(workspace.root, release.path, cache)
    assert [path for path in before if path.suffix == ".npz"]  # of the actions of the release
    done = check(workspace, release, draft)
    assert "rules of origin" in done.stdout
    assert files(workspace.root, release.path, cache) == before
    for words in ("Hold training", "sometime", "canal"):
        assert words not in done.stderr


def test_it_comes_as_a_page_a_word_file_and_a_workbook(
    workspace: Workspace, release: Release, draft: Path, tmp_path: Path
) -> None:
    for fmt in ("html", "docx", "xlsx"):
        assert check(workspace, release, draft, "--format", fmt, "--output", str(tmp_path / fmt)).exit_code == 0
    assert "Duplication (" in (tmp_path / "html").read_text(encoding="utf-8")
    document = Document(io.BytesIO((tmp_path / "docx").read_bytes()))
    assert any("Hold training" in cell.text for table in document.tables for row in table.rows for cell in row.cells)
    book = load_workbook(io.BytesIO((tmp_path / "xlsx").read_bytes()))
    assert book.sheetnames == ["findings", "parts", "not understood"]
    assert book["findings"]["A2"].value == "duplication"
