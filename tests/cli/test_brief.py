"""``ecp-graph brief`` over the bundled graph."""

from __future__ import annotations

import io
from importlib import import_module
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from docx import Document

from ecp_graph.cli import cli


@pytest.fixture
def runner(releases: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("ECP_GRAPH_RELEASES", str(releases))
    return CliRunner()


def _ask(runner: CliRunner, *arguments: str) -> Result:
    return runner.invoke(cli, ["brief", *arguments])


def test_stdout_has_the_paper_alone(runner: CliRunner) -> None:
    result = _ask(runner, "PTC")
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("# Permanent Technical Committee (PTC)\n")
    assert "Workspace:" in result.stderr


def test_a_file_is_written_in_the_form_that_it_is_named_for(runner: CliRunner, tmp_path: Path) -> None:
    for ending, start in (("docx", b"PK"), ("html", b"<!doctype html>"), ("md", b"# ")):
        file = tmp_path / f"brief.{ending}"
        assert _ask(runner, "ecp-action-plan-3", "--output", str(file)).exit_code == 0
        assert file.read_bytes().startswith(start)
    assert Document(io.BytesIO((tmp_path / "brief.docx").read_bytes())).tables


def test_word_may_be_redirected_and_is_kept_from_a_terminal(runner: CliRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _ask(runner, "PTC", "--format", "docx").stdout_bytes.startswith(b"PK")
    monkeypatch.setattr(import_module("ecp_graph.cli.common"), "is_terminal", lambda: True)
    refused = _ask(runner, "PTC", "--format", "docx")
    assert refused.exit_code == 2
    assert "--output FILE" in refused.stderr
    assert not refused.stdout


def test_an_unknown_name_is_refused_with_the_nearest(runner: CliRunner) -> None:
    result = _ask(runner, "PTK")
    assert result.exit_code == 2
    assert "Did you mean PTC?" in result.stderr
