"""Write the table in docs/ways.md: how the site and a command answer the questions of a policy officer.

python -m tools.ways_docs          writes the file
python -m tools.ways_docs --check  exits with 1 if the file is out of date
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import yaml

__all__ = ["PAGE", "page"]

ROOT: Final = Path(__file__).resolve().parent.parent
PAGE: Final = ROOT / "docs" / "ways.md"
_QUESTIONS: Final = ROOT / "tests" / "browser" / "questions.yaml"
_MARK: Final = "<!-- Below this line: python -m tools.ways_docs -->\n"
_SEARCH: Final = "search "


def page(text: str) -> str:
    """Return the text of the page with its table made again."""
    questions = yaml.safe_load(_QUESTIONS.read_text(encoding="utf-8"))
    return text.partition(_MARK)[0] + _MARK + "\n" + "\n".join(_lines(questions)) + "\n"


def _lines(questions: list[dict[str, Any]]) -> Iterator[str]:
    yield "| question | clicks | from the first page | command |"
    yield "|---|---|---|---|"
    for asked in questions:
        steps = " → ".join(map(_step, asked["clicks"])) or "on the first page"
        yield f"| {asked['question']} | {len(asked['clicks'])} | {steps} | `ecp-graph {asked['command']}` |"


def _step(step: str) -> str:
    return f"search `{step.removeprefix(_SEARCH)}`" if step.startswith(_SEARCH) else f"“{step}”"


def main() -> int:
    """Write the page, or check it."""
    text = PAGE.read_text(encoding="utf-8")
    made = page(text)
    if "--check" in sys.argv[1:]:
        return int(made != text)
    PAGE.write_text(made, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
