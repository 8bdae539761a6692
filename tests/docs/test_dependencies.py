"""docs/decisions.md says what each dependency of the package is for."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def undescribed(requirements: list[str], text: str) -> list[str]:
    """The names of requirements that the table of dependencies does not have."""
    table = text.partition("\n## Dependencies\n")[2].lower()
    named = set(
        re.findall(r"[a-z0-9][a-z0-9-]*", " ".join(row.split("|")[1] for row in table.splitlines() if "|" in row))
    )
    return [name for line in requirements if (name := re.split(r"[<>=;\[ ]", line)[0].lower()) not in named]


def test_each_dependency_is_described() -> None:
    requirements = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    text = (ROOT / "docs" / "decisions.md").read_text(encoding="utf-8")
    assert len(requirements) > 20
    assert undescribed(["left-pad>=1"], text) == ["left-pad"]
    assert undescribed(requirements, text) == []
