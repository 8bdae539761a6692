"""Where it stands: the places of a sentence in few words, those apart that are not what the words of a document say."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from ecp_graph.briefs.asking import Row
from ecp_graph.briefs.model import Line, Run, line
from ecp_graph.briefs.wording import wording

__all__ = ["places", "places_of", "split_place", "stated_in"]

_BETWEEN: Final = "; "
#: A place that ends in a number, such as ``Annex, table row of action 3``.
_NUMBERED: Final = re.compile(r"(?P<stem>.*\D )(?P<number>\d{1,9})")


def split_place(place: str) -> tuple[str, str]:
    """Return a place without the number at its end, and that number; an empty one where it has none."""
    found = _NUMBERED.fullmatch(place)
    return (found["stem"].rstrip(), found["number"]) if found else (place, "")


def places(found: Iterable[Run]) -> Line:
    """Return places in one line, each once; those that differ in a number share the words: ``paragraph 9, 12``."""
    by_stem: dict[str, dict[str, Run]] = {}
    for run in found:
        if run.text:
            stem, number = split_place(run.text)
            by_stem.setdefault(stem, {}).setdefault(number, run)
    told: list[Run] = []
    for stem, numbered in by_stem.items():
        for place, number in enumerate(sorted(numbered, key=lambda number: int(number or 0))):
            words = f"{stem} {number}".rstrip() if not place else number
            told += [Run(", " if place else _BETWEEN), Run(words, numbered[number].iri)]
    return tuple(told[1:])


def places_of(rows: Iterable[Row]) -> Line:
    """Return the places of rows; behind them those of interpretations, and those outside the document."""
    words = wording().certainties
    by_certainty: dict[str, list[Run]] = {"": []}
    for row in rows:
        told = words.get(row["certainty"], "")
        by_certainty.setdefault(told, []).append(Run(row["locator"], row.get("reading", "")))
    parts = [line(f"{told}: " if told else "", places(runs)) for told, runs in by_certainty.items() if runs]
    joined: list[Run] = []
    for part in parts:
        joined += [Run(_BETWEEN), *part] if joined else part
    return tuple(joined)


def stated_in(stated: str) -> Line:
    """Return the places of a cell that joins them by semicolons."""
    return places(Run(place) for place in stated.split(_BETWEEN))
