"""``ecp-graph build`` and ``validate``: what they print, and how they exit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ecp_graph.cli import cli
from ecp_graph.release.release import current_id
from ecp_graph.workspace import bundled_workspace
from tests.bundled import messages, with_workspace_file


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments), catch_exceptions=False)


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A workspace whose only data contradict a shape of its own."""
    root = with_workspace_file(tmp_path / "broken").root
    for name in ("ontology", "data", "shapes", "queries"):
        (root / name).mkdir(parents=True)
    (root / "shapes" / "s.ttl").write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ecpsh: <https://w3id.org/ecp-graph/shapes#> .\n"
        "ecpsh:Named a sh:NodeShape ; sh:targetClass <http://x/Thing> ;\n"
        "  sh:property [ sh:path <http://x/name> ; sh:minCount 1 ; sh:message 'The thing has no name.' ] .\n"
    )
    (root / "ontology" / "o.ttl").write_text("<http://x/Thing> a <http://www.w3.org/2002/07/owl#Class> .\n")
    (root / "data" / "d.trig").write_text("<http://x/g> { <http://x/a> a <http://x/Thing> }\n")
    return root


def test_build_says_what_it_does_on_stderr(releases: Path) -> None:
    before = current_id(releases)
    result = _run("build", "--workspace", str(bundled_workspace().root), "--releases", str(releases))
    assert (result.exit_code, result.stdout) == (0, "")
    assert f"Release {before} is in" in result.stderr  # the same workspace gives the same release


def test_build_of_data_that_do_not_conform(broken: Path, tmp_path: Path) -> None:
    result = _run("build", "--workspace", str(broken), "--releases", str(tmp_path / "releases"))
    assert (result.exit_code, result.stdout) == (1, "")
    assert "The thing has no name." in result.stderr
    assert "no release was made" in result.stderr
    assert current_id(tmp_path / "releases") is None


def test_a_query_without_a_release_builds_one_first_and_fails_with_1(broken: Path, tmp_path: Path) -> None:
    (broken / "queries" / "q.rq").write_text("#+ summary: x\nASK {}")
    result = _run("query", "q", "--workspace", str(broken), "--releases", str(tmp_path / "releases"))
    assert (result.exit_code, result.stdout) == (1, "")
    assert "There is no release in" in result.stderr
    assert "The thing has no name." in result.stderr


def test_a_query_without_a_release_builds_one_first(broken: Path, tmp_path: Path) -> None:
    (broken / "shapes" / "s.ttl").unlink()
    (broken / "queries" / "q.rq").write_text("#+ summary: x\nASK { <http://x/a> a <http://x/Thing> }")
    arguments = ("query", "q", "--workspace", str(broken), "--releases", str(tmp_path / "releases"))
    result = _run(*arguments)
    assert (result.exit_code, result.stdout) == (0, "true")
    assert "There is no release in" in result.stderr
    again = _run(*arguments)
    assert (again.exit_code, again.stdout, messages(again.stderr)) == (0, "true", "")


def test_validate_the_workspace(broken: Path) -> None:
    result = _run("validate", "--workspace", str(broken))
    assert result.exit_code == 1
    assert "The thing has no name." in result.stdout
    (broken / "data" / "d.trig").write_text("<http://x/g> { <http://x/a> a <http://x/Thing> ; <http://x/name> 'A' }\n")
    assert "The thing has no name." not in _run("validate", "--workspace", str(broken)).stdout


def test_validate_files(broken: Path, tmp_path: Path) -> None:
    good, bad, wrong = (tmp_path / f"{name}.trig" for name in ("good", "bad", "wrong"))
    good.write_text("<http://x/g> { <http://x/b> a <http://x/Thing> ; <http://x/name> 'B' }\n")
    bad.write_text("<http://x/g> { <http://x/b> a <http://x/Thing> }\n")
    wrong.write_text("<http://x/g> { <http://x/b> a }\n")
    assert _run("validate", str(good), "--workspace", str(broken)).exit_code == 0
    result = _run("validate", str(bad), "--workspace", str(broken), "--format", "json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)
    result = _run("validate", str(wrong), "--workspace", str(broken))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "wrong.trig:1" in result.stderr
    assert _run("validate", str(tmp_path / "nothing.ttl"), "--workspace", str(broken)).exit_code == 2


@pytest.mark.parametrize(
    ("fmt", "begins"), [("text", ""), ("html", "<!doctype html>"), ("json", "{"), ("turtle", "@prefix")]
)
def test_every_format_of_the_report(broken: Path, fmt: str, begins: str) -> None:
    result = _run("validate", "--workspace", str(broken), "--format", fmt)
    assert result.exit_code == 1
    assert "The thing has no name." in result.stdout
    assert result.stdout.lower().startswith(begins)


def test_a_folder_that_is_no_workspace(tmp_path: Path) -> None:
    for command in ("build", "validate", "queries"):
        result = _run(command, "--workspace", str(tmp_path))
        assert result.exit_code == 2
        assert "is not a workspace" in result.stderr


def test_a_command_says_once_which_workspace_it_uses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    bundled = bundled_workspace()
    assert _run("queries", "overlap-bodies").stderr == f"Workspace: {bundled.root} ({bundled.about.title})\n"
    port = tmp_path / "port"
    (port / "data" / "deep").mkdir(parents=True)
    (port / "workspace.toml").write_text('title = "The port"', encoding="utf-8")
    monkeypatch.chdir(port / "data" / "deep")
    listed = _run("queries", "bodies-load")
    assert listed.stderr == f"Workspace: {port} (The port)\n"
    assert "bodies-load" in listed.stdout  # the package's


def test_a_faulty_workspace_file_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "workspace.toml").write_text('titel = "The port"', encoding="utf-8")
    result = _run("queries", "--workspace", str(tmp_path))
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"Error: {tmp_path / 'workspace.toml'}:1: there is no key 'titel'")
