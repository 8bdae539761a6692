"""The built wheel works by itself: it brings the graph along, builds it, and answers, far from the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a process that has the wheel's files, and not the checkout, as the package."""
    target = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    home = tmp_path_factory.mktemp("home")
    return {**os.environ, "PYTHONPATH": str(target), "HOME": str(home), "XDG_DATA_HOME": str(home / "data")}


def run(installed: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        env=installed,
        cwd=installed["HOME"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_wheel_holds_the_whole_workspace(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    written = [
        path.relative_to(ROOT)
        for folder, suffixes in (("ontology", "*.ttl"), ("data", "*.trig"), ("shapes", "*.ttl"), ("queries", "*.rq"))
        for path in (ROOT / folder).rglob(suffixes)
    ]
    assert len(written) > 90
    written.append(Path("workspace.toml"))
    assert [path for path in written if f"ecp_graph/_workspace/{path}" not in held] == []
    assert not [name for name in held if name.startswith("tests/")]
    assert "ecp_graph/py.typed" in held


def test_the_package_is_that_of_the_wheel(installed: dict[str, str]) -> None:
    shown = run(installed, "-c", "import ecp_graph; print(ecp_graph.__file__)").stdout
    assert shown.startswith(installed["PYTHONPATH"])


def test_a_first_question_builds_the_graph_and_answers(installed: dict[str, str]) -> None:
    asked = run(installed, "-m", "ecp_graph.cli", "query", "bodies-without-action", "--format", "csv")
    assert asked.returncode == 0, asked.stderr
    assert "ICAC" in asked.stdout
    assert list(Path(installed["XDG_DATA_HOME"]).rglob("manifest.json"))


def test_the_bundled_data_conform(installed: dict[str, str]) -> None:
    checked = run(installed, "-m", "ecp_graph.cli", "validate")
    assert checked.returncode == 0, checked.stderr
    assert "ecp3-16" in checked.stdout


def test_the_wheel_holds_the_pages_and_the_front_end(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    web = "ecp_graph/web"
    assert {f"{web}/templates/shared/base.html", f"{web}/static/style.css"} <= held
    bundle = {"site.js", "editor.js", "question.js", "wasm-engine.js", "web_bg.wasm"}
    assert {f"{web}/static/build/{name}" for name in bundle} <= held
