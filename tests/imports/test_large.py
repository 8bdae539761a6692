"""3,000 rows of a workbook are read, matched and written within 30 seconds of a processor and 500 MB."""

from __future__ import annotations

import resource
import subprocess
import sys
from itertools import cycle, islice
from pathlib import Path

import pytest
from openpyxl import Workbook

from ecp_graph.pipeline.workspaces import create_workspace
from ecp_graph.workspace import bundled_workspace

ROWS = 3_000
BODIES = ("WCO Secretariat", "PTC", "SAFE Working Group", "Ministry of Trade", "Port Authority", "Police")
TIMES = ("July 2017", "2018", "Q3 2019", "Continuous activity", "by March 2020", "PTC sessions", "2019-2021", "")


@pytest.mark.slow
@pytest.mark.parametrize("how", [("--yes",), ()])
def test_a_large_workbook_is_brought_in(how: tuple[str, ...], tmp_path: Path) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Plan")
    sheet.append(["No.", "Action", "Responsible body", "Partners", "Programme", "Timeframe"])
    for number, time in enumerate(islice(cycle(TIMES), ROWS), 1):
        bodies = f"{BODIES[number % 6]}; {BODIES[(number * 5 + 1) % 6]}"
        title = f"Update the Transit Guidelines for border office {number}"
        sheet.append([str(number), title, bodies, f"Unit {number % 200} of the police", "PTC Work Programme", time])
    book.save(tmp_path / "large.xlsx")
    workspace = create_workspace(tmp_path / "own", "Own", register_of=bundled_workspace())
    command = [sys.executable, "-m", "ecp_graph.cli", "import", "large.xlsx", "--plan", "large", "--into", "own", *how]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"large.xlsx: {ROWS} actions")
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 30
    assert after.ru_maxrss < 500_000  # kilobytes, the most that any process of this test run had
    written = workspace.root / ("data/large/plan.trig" if how else "drafts/large.xlsx")
    assert written.stat().st_size > 100_000
