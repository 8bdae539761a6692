"""Writes docs/mutations.md: mistakes made in the bundled data on purpose, and what catches each."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "mutations.md"
_HEAD = """# Mutations

Mistakes made in the bundled data on purpose, one at a time, to see which rule of [shapes/](../shapes/README.md) catches
them. A violation stops a release, a warning does not; the reasoner finds what contradicts the ontology. The mistakes
are data in `tests/shapes/mutations/`: numbers 1 to 54 come from a review of the data, the others were added with the
rules. `tests/shapes/test_mutations.py` makes each mistake and looks for its finding; `python -m tools.mutation_docs`
writes this page.

| no. | mistake | caught by | or why not |
|---|---|---|---|
"""


def page() -> str:
    """Return the page: a row for each mistake, and how many are caught."""
    sys.path.insert(0, str(ROOT))
    from tests.shapes.mutations import REASONER, mutations

    every = mutations()
    rows = [f"| {one.number} | {one.slip} | {_catcher(one.caught_by, REASONER)} | {one.uncaught} |" for one in every]
    caught = sum(one.caught_by is not None for one in every)
    return f"{_HEAD}{chr(10).join(rows)}\n\n{caught} of {len(every)} mistakes are caught.\n"


def _catcher(rule: str | None, reasoner: str) -> str:
    if rule is None:
        return "nothing"
    return "the reasoner (violation)" if rule == reasoner else f"`{rule}` ({_severity(rule)})"


def _severity(rule: str) -> str:
    from rdflib import SH, URIRef

    from ecp_graph.namespaces import SHAPES
    from tests.shapes.harness import shapes_graph

    severity = shapes_graph().value(URIRef(SHAPES + rule), SH.severity)
    return str(severity).removeprefix(str(SH)).lower()


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
