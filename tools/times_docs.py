"""Write the table of texts in docs/times.md: what is read from each, beside what a careful reader takes from it.

python -m tools.times_docs          writes the file
python -m tools.times_docs --check  exits with 1 if the file is out of date
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from ecp_graph.plans.times import TimeReading, read_time

ROOT: Final = Path(__file__).resolve().parent.parent
PAGE: Final = ROOT / "docs" / "times.md"
_TEXTS: Final = ROOT / "tests" / "plans" / "times" / "texts.yaml"
_MARK: Final = "<!-- Below this line: python -m tools.times_docs -->\n"
_OPTIONS: Final = ("hemisphere", "financial_year_start")


@dataclass(frozen=True)
class Case:
    """A text with what a careful reader takes from it; ``options`` are what is known of the plan."""

    language: str
    text: str
    kind: str
    from_: str
    until: str
    options: Mapping[str, Any] = field(default_factory=dict)

    def read(self) -> TimeReading:
        """Return what the grammar reads."""
        return read_time(self.text, **self.options)

    def verdict(self) -> str:
        """Return right, unsure (as the reader is too), missed, or wrong."""
        reading = self.read()
        if (reading.kind, reading.from_ or "", reading.until or "") == (self.kind, self.from_, self.until):
            return "unsure" if self.kind == "not-understood" else "right"
        return "missed" if reading.kind == "not-understood" else "wrong"


def cases() -> list[Case]:
    """Return the texts in the order of their file."""
    return list(_cases(yaml.safe_load(_TEXTS.read_text(encoding="utf-8"))))


def _cases(groups: Sequence[Mapping[str, Any]]) -> Iterator[Case]:
    for group in groups:
        options = {name: group[name] for name in _OPTIONS if name in group}
        for text, kind, from_, until in group["texts"]:
            yield Case(group["language"], text, kind, from_, until, options)


def page(before: str) -> str:
    """Return the text of the page: what it has above the mark, and the table below it."""
    head, mark, _ = before.partition(_MARK)
    if not mark:
        raise SystemExit(f"{PAGE.name} has no line '{_MARK.strip()}'.")
    return head + mark + "".join(_table(cases()))


def _table(every: Sequence[Case]) -> Iterator[str]:
    count = Counter(case.verdict() for case in every)
    share = 100 * (count["unsure"] + count["missed"]) / len(every)
    yield (
        f"\n{len(every)} texts: {count['right']} read as by the reader, {count['wrong']} otherwise, and {share:.0f} % "
        f"not understood: {count['unsure']} of which the reader is not sure either, and {count['missed']} that the "
        "reader understands.\n"
    )
    yield "\n| language | text | kind | from | until | EDTF | why not |\n|---|---|---|---|---|---|---|\n"
    for case in every:
        reading = case.read()
        why = reading.why if reading.kind == "not-understood" else ""
        known = ", ".join(f"{name.replace('_', ' ')}: {value}" for name, value in case.options.items())
        cells = (
            f"{case.language} ({known})" if known else case.language,
            f"`{case.text}`" if case.text else "(empty)",
            reading.kind,
            reading.from_ or "",
            reading.until or "",
            f"`{reading.edtf}`" if reading.edtf else "",
            why,
        )
        yield f"| {' | '.join(cells)} |\n"


def main() -> int:
    """Write the page, or compare it; return the exit code."""
    before = PAGE.read_text(encoding="utf-8")
    if "--check" in sys.argv[1:]:
        if before == page(before):
            return 0
        print(f"{PAGE.name} is not up to date; run: python -m tools.times_docs", file=sys.stderr)
        return 1
    PAGE.write_text(page(before), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
