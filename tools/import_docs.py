"""Writes the table of docs/import.md: for each oddity and format, how many values of a document are read right."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "import.md"
_BEGIN = "<!-- made by python -m tools.import_docs -->\n"
_END = "<!-- end of what is made -->\n"


def with_table(page: str) -> str:
    """Return the page with the table made anew."""
    before, _, rest = page.partition(_BEGIN)
    return f"{before}{_BEGIN}\n{table()}\n{_END}{rest.partition(_END)[2]}"


def table() -> str:
    """Return the table: a row for each oddity, values read right of all values for each format."""
    sys.path.insert(0, str(ROOT))
    from tests.plans.reading.measured import every
    from tests.plans.reading.oddities import ODDITIES
    from tests.plans.reading.oddity import FORMATS

    lines = [f"| what is odd | {' | '.join(FORMATS)} |", f"|---|{'---|' * len(FORMATS)}"]
    found = every()
    for oddity in ODDITIES:
        results = [found.get((oddity.name, format_)) for format_ in FORMATS]
        cells = [f"{one.count - len(one.wrong)} of {one.count}" if one else "–" for one in results]
        lines.append(f"| {oddity.name} | {' | '.join(cells)} |")
    count = sum(one.count for one in found.values())
    right = count - sum(len(one.wrong) for one in found.values())
    return "\n".join([*lines, "", f"{right:,} of {count:,} values are read right.", ""])


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
