"""3,000 rows of a workbook are read, matched and written within 500 MB."""

from __future__ import annotations

import subprocess
import sys
from itertools import cycle, islice
from pathlib import Path

import pytest
from openpyxl import Workbook

from ecp_graph.pipeline.workspaces import create_workspace
from ecp_graph.workspace import bundled_workspace

ROWS = 3_000
#: The command, with the most memory that its process had as the last line of stderr, in kilobytes.
_MEASURED = """
import re, sys
from pathlib import Path
from ecp_graph.cli import main
try:
    main()
finally:
    print(re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1], file=sys.stderr)
"""
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
    command = [sys.executable, "-c", _MEASURED, "import", "large.xlsx", "--plan", "large", "--into", "own", *how]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"large.xlsx: {ROWS} actions")
    assert int(done.stderr.splitlines()[-1]) < 500_000
    written = workspace.root / ("data/large/plan.trig" if how else "drafts/large.xlsx")
    assert written.stat().st_size > 100_000
