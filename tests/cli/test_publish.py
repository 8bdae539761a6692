"""What ``ecp-graph publish`` says while it works."""

from __future__ import annotations

import pytest

from ecp_graph.cli.publish import progress_lines


def test_progress_is_a_line_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    now_s = 0.0
    progress = progress_lines(15, clock=lambda: now_s)
    for second in range(40):
        now_s = float(second)
        progress(100 * second, 5_000)
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.splitlines() == [
        "1,500 files are written, of 5,000 known so far.",
        "3,000 files are written, of 5,000 known so far.",
    ]
