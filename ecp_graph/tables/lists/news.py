"""The findings of a release that a feed tells of, out of its lists."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

__all__ = ["Noted", "noted_findings"]

#: Those that are nodes: others only share a theme, or are only possible.
_NOTED: Final = """
SELECT finding.iri, finding.name, finding.kind, grade, coalesce(decision, ''), coalesce(change, ''), place
FROM finding LEFT JOIN mark ON scheme = 'kind' AND notation = finding.kind
WHERE is_node ORDER BY place, grade, score DESC, finding.iri"""


@dataclass(frozen=True)
class Noted:
    """A finding with the notations of its kind, its grade and its decision, and how its evidence has changed."""

    iri: str
    name: str
    kind: str
    grade: str
    decision: str
    change: str


def noted_findings(path: Path) -> list[Noted] | None:
    """Return the findings of the lists in a file, the strongest first; None for lists of an earlier version."""
    if not path.is_file():
        return None
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as lists:
            return [Noted(*row[:-1]) for row in lists.execute(_NOTED)]
    except sqlite3.OperationalError:
        return None
