"""What ``ecp-graph publish`` says while it works."""

from __future__ import annotations

from pathlib import Path

import pytest

import ecp_graph.web
from ecp_graph.cli.publish import has_scripts, progress_lines


def test_progress_is_a_line_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    now_s = 0.0
    progress = progress_lines(15, clock=lambda: now_s)
    for second in range(40):
        now_s = float(second)
        progress(100 * second, 5_000)
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.splitlines() == [
        "1,500 files written, of 5,000 known so far.",
        "3,000 files written, of 5,000 known so far.",
    ]


def test_missing_scripts_are_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ecp_graph.web, "__file__", str(tmp_path / "__init__.py"))
    assert not has_scripts()
    bundle = tmp_path / "static" / "build"
    bundle.mkdir(parents=True)
    (bundle / "editor.js").touch()
    assert has_scripts()
