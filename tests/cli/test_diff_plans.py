"""``ecp-graph diff`` of two plans: in each format, and what is asked for by which name."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path
from typing import Final

import duckdb
import pytest
from click.testing import CliRunner, Result
from docx import Document

from ecp_graph.cli import cli
from ecp_graph.release.release import open_release
from ecp_graph.workspace import Workspace, default_releases

HEAD: Final = "No.,Action,Chapter,Responsible,Timeframe"
BEFORE: Final = (
    "1,Draft guidance on digital certificates of origin,Tools,PTC,July 2031",
    "2,Train customs officers in rules of origin,Training,PTC,December 2031",
    "3,Publish an annual report on release times,Other,PTC,December 2031",
    "4,Repair the signboards at northern crossings,Other,PTC,May 2031",
)
AFTER: Final = (
    "1,Train customs officers in rules of origin,Training,PTC,December 2031",
    "2,Prepare guidance on digital certificates of origin,Tools,PTC,July 2032",
    "3,Evaluate the annual report on release times,Other,PTC,December 2031",
    "4,Repair the signboards at northern crossings,Training,PTC,May 2031",
)
TOLD: Final = {
    ("dropped", ("3",), ()),
    ("added", (), ("3",)),
    ("reworded", ("1",), ("2",)),
    ("rescheduled", ("1",), ("2",)),
    ("moved", ("4",), ("4",)),
    ("unchanged", ("2",), ("1",)),
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with two phases of a plan, built."""
    root = tmp_path_factory.mktemp("phases") / "world"
    _done("init", str(root), "--with", "bundled", "--title", "Phases")
    for slug, rows in (("phase-1", BEFORE), ("phase-2", AFTER)):
        document = root.parent / f"{slug}.csv"
        document.write_text("\n".join([HEAD, *rows]), encoding="utf-8")
        _done("import", str(document), "--plan", slug, "--into", str(root), "--title", f"The {slug}", "--yes")
    _done("build", "--workspace", str(root))
    return root


def _done(*arguments: str) -> None:
    result = CliRunner().invoke(cli, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.stderr


def _diff(world: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["diff", *arguments, "--workspace", str(world)], catch_exceptions=False)


def test_json_has_the_changes_with_numbers_as_written_and_the_answers_that_differ(world: Path) -> None:
    result = _diff(world, "phase-1", "plan:phase-2", "--format", "json")
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    assert (found["before"], found["after"]) == ("phase-1", "phase-2")
    assert all(set(change) == {"kind", "old", "new", "what"} for change in found["changes"])
    assert {(each["kind"], tuple(each["old"]), tuple(each["new"])) for each in found["changes"]} == TOLD
    (moved,) = (each for each in found["changes"] if each["kind"] == "moved")
    assert moved["what"] == "“Repair the signboards at northern crossings”: Other → Training"
    queries = {answer["query"] for answer in found["answers"]}
    assert "actions-in-time" in queries
    assert "plan-documents" not in queries, "both plans have documents of their own, which are no difference"


def test_a_plan_does_not_differ_from_itself(world: Path) -> None:
    result = _diff(world, "phase-2", "phase-2", "--format", "json")
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert [change["kind"] for change in found["changes"]] == ["unchanged"] * 4
    assert found["answers"] == []


def test_people_get_text_a_page_and_a_word_file(world: Path, tmp_path: Path) -> None:
    text = _diff(world, "phase-1", "phase-2").stdout
    assert "The phase-1 and The phase-2: what changed\n" in text
    assert "In another chapter\n  4  4  “Repair the signboards at northern crossings”: Other → Training\n" in text
    page = _diff(world, "phase-1", "phase-2", "--format", "html").stdout
    assert page.startswith("<!DOCTYPE html>")
    assert "<td>Evaluate the annual report on release times</td>" in page
    target = tmp_path / "changes.docx"
    assert _diff(world, "phase-1", "phase-2", "--format", "docx", "--output", str(target)).exit_code == 1
    cells = [cell.text for table in Document(str(target)).tables for row in table.rows for cell in row.cells]
    assert "Evaluate the annual report on release times" in cells
    lines = list(csv.reader(io.StringIO(_diff(world, "phase-1", "phase-2", "--format", "csv").stdout)))
    assert lines[0] == ["kind", "old", "new", "what"]
    assert {(kind, old, new) for kind, old, new, _ in lines[1:]} == {
        (kind, "".join(old), "".join(new)) for kind, old, new in TOLD
    }


def test_a_document_that_is_not_in_the_graph_is_compared_as_an_import_would_read_it(world: Path) -> None:
    document = world.parent / "phase-2.csv"
    found = json.loads(_diff(world, "phase-1", str(document), "--format", "json").stdout)
    assert {(each["kind"], tuple(each["old"]), tuple(each["new"])) for each in found["changes"]} == TOLD
    same = json.loads(_diff(world, str(document), "phase-2", "--format", "json").stdout)
    assert {change["kind"] for change in same["changes"]} == {"unchanged"}


@pytest.fixture(scope="module")
def updated(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace with its first plan updated in place, and built again."""
    root = tmp_path_factory.mktemp("updated") / "world"
    shutil.copytree(world, root)
    document = root.parent / "phase-1.csv"
    document.write_text("\n".join([HEAD, *AFTER]), encoding="utf-8")
    _done("import", str(document), "--plan", "phase-1", "--into", str(root), "--title", "The phase-1", "--yes")
    _done("build", "--workspace", str(root))
    return root


def test_a_plan_is_compared_with_itself_in_an_earlier_release(updated: Path) -> None:
    result = _diff(updated, "phase-1", "--from", "previous", "--format", "json")
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    assert {(each["kind"], tuple(each["old"]), tuple(each["new"])) for each in found["changes"]} == TOLD
    assert (found["before"], found["after"]) == ("phase-1", "phase-1")
    earlier, current = found["releases"]
    assert earlier != current
    assert "actions-in-time" in {answer["query"] for answer in found["answers"]}
    back = json.loads(_diff(updated, "phase-1", "--from", current, "--to", earlier, "--format", "json").stdout)
    assert back["releases"] == [current, earlier]
    assert {(tuple(each["new"]), tuple(each["old"])) for each in back["changes"]} == {told[1:] for told in TOLD}
    assert _diff(updated, "phase-1", "--from", earlier, "--to", earlier).exit_code == 0
    text = _diff(updated, "phase-1", "--from", earlier[:6]).stdout
    assert text.startswith(f"The phase-1 in release {earlier} and The phase-1 in release {current}: what changed\n")


def test_a_plan_that_stayed_is_the_same_in_both_releases(updated: Path) -> None:
    result = _diff(updated, "plan:phase-2", "--from", "release:previous", "--format", "json")
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert [change["kind"] for change in found["changes"]] == ["unchanged"] * 4
    answers = {answer["query"] for answer in found["answers"]}
    assert answers, "the plan with which it overlaps has changed"
    assert all(name.startswith("overlap-") for name in answers)
    other = _diff(updated, "phase-1", "phase-2", "--from", "previous", "--format", "json")
    assert {
        (each["kind"], tuple(each["old"]), tuple(each["new"])) for each in json.loads(other.stdout)["changes"]
    } == TOLD


def test_a_release_that_another_version_built_is_refused_in_a_sentence(updated: Path, tmp_path: Path) -> None:
    release = open_release(default_releases(Workspace(updated)))
    other = tmp_path / release.id
    shutil.copytree(release.path, other)
    actions = other / "tables" / "actions.parquet"
    duckdb.sql(f"COPY (SELECT * EXCLUDE responsible_text FROM '{release.tables}/actions.parquet') TO '{actions}'")
    assert _diff(updated, "phase-1", "--from", str(release.path)).exit_code == 0
    result = _diff(updated, "phase-1", "--from", str(other))
    assert result.exit_code == 2
    assert "was written by another version of ecp-graph" in result.stderr
    assert "responsible_text" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("phase-1",), "ecp-graph diff phase-1 --from previous"),
        (("phase-9", "--from", "previous"), "has no plan 'phase-9'. The plans with the most similar names: phase-"),
        (("phase-1", "phase-9", "--from", "previous"), "has no plan 'phase-9'."),
        (("phase-1", "--from", "2030"), "There is no release '2030'"),
        (("phase-1", "--from", "previous", "--to", "2030"), "There is no release '2030'"),
        (("phase-1", "--to", "previous"), "Give --from RELEASE beside --to"),
    ],
)
def test_an_earlier_release_or_its_plan_that_there_is_not(
    updated: Path, arguments: tuple[str, ...], message: str
) -> None:
    result = _diff(updated, *arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (
            ("phase-1", "current"),
            "phase-1 is a plan and current is not: give two plans, two releases, or a plan and --from RELEASE.",
        ),
        (("plan:phase-9", "phase-1"), "There is no plan 'phase-9'. The plans with the most similar names: phase-"),
        (("phase-1", "fase-2"), "The plans with the most similar names: phase-2"),
        (("release:phase-1", "current"), "There is no release 'phase-1'"),
    ],
)
def test_a_name_that_is_none_is_refused_with_the_nearest(world: Path, names: tuple[str, str], message: str) -> None:
    result = _diff(world, *names)
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stdout == ""
