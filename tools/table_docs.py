"""Write the list of tables in docs/tables.md from the headers of queries/tables/.

python tools/table_docs.py          writes the file
python tools/table_docs.py --check  exits with 1 if the file is out of date
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from ecp_graph.tables.definitions import Definition, read_definitions
from ecp_graph.workspace import bundled_workspace

PAGE: Final = Path(__file__).resolve().parent.parent / "docs" / "tables.md"
_MARK: Final = "<!-- Below this line: python tools/table_docs.py -->\n"


def page(before: str) -> str:
    """Return the text of the page: what it has above the mark, and the tables below it."""
    head, mark, _ = before.partition(_MARK)
    if not mark:
        raise SystemExit(f"{PAGE.name} has no line '{_MARK.strip()}'.")
    return head + mark + "".join(_sections(read_definitions(bundled_workspace())))


def _sections(definitions: Iterable[Definition]) -> Iterable[str]:
    for each in definitions:
        yield f"\n### {each.name}\n\n{each.summary}. Key: {', '.join(f'`{name}`' for name in each.key)}.\n"
        if each.description:
            yield f"{each.description}\n"
        yield "\n| column | type | meaning |\n|---|---|---|\n"
        for column in each.columns:
            target = f" → [{column.to}](#{column.to})" if column.to else ""
            yield f"| `{column.name}` | {column.type} | {column.meaning}{target} |\n"


def main() -> int:
    """Write the page, or compare it; return the exit code."""
    before = PAGE.read_text(encoding="utf-8")
    if "--check" in sys.argv[1:]:
        if before == page(before):
            return 0
        print(f"{PAGE.name} is not up to date; run: python tools/table_docs.py", file=sys.stderr)
        return 1
    PAGE.write_text(page(before), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
