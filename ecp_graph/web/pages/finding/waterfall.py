"""The parts of a score as bars, each of which begins where the one before it ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ecp_graph.tables.lists.reading import Part

__all__ = ["Bar", "bars"]


@dataclass(frozen=True)
class Bar:
    """A part with the place of its bar: where it begins and how long it is, in thousandths of the whole width."""

    part: Part
    begin: int
    length: int


def bars(parts: Sequence[Part]) -> list[Bar]:
    """Return the bars of parts that add up to at most 1000 and to 0 at least."""
    found, end = [], 0
    for part in parts:
        begin, end = end, end + part.points
        found.append(Bar(part, min(begin, end), abs(part.points)))
    return found
