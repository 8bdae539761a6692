"""What every written form of a briefing has: legible texts, the foot, and what is said of rows that were left out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ecp_graph.briefs.model import Brief, Line, Run, Section, text_of
from ecp_graph.briefs.wording import counted, day_in_words

__all__ = ["confidential_in_words", "foot_of", "left_out_of", "legible", "plain", "runs_of"]

#: Joins letters in some scripts, and shows nothing itself.
_JOINERS: Final = "\u200c\u200d"


def legible(text: str) -> str:
    """Return a text in which characters that steer a reader, or that a file cannot hold, are replaced."""
    return "".join(map(_shown, text))


def _shown(char: str) -> str:
    if char.isprintable() or char in _JOINERS:
        return char
    return " " if char.isspace() else "\N{REPLACEMENT CHARACTER}"


def plain(found: Line) -> str:
    """Return a line as legible text."""
    return legible(text_of(found))


def runs_of(found: Iterable[Run]) -> list[Run]:
    """Return the runs of a line with legible texts."""
    return [Run(legible(run.text), run.iri) for run in found]


def foot_of(brief: Brief) -> list[str]:
    """Return the parts of the foot: the date of the data, their version, and the address of the thing."""
    dated = f"Data of {day_in_words(brief.dated)}" if brief.dated else ""
    version = f"release {brief.version}" if brief.version else ""
    return [part for part in (dated, version, legible(brief.address or brief.iri)) if part]


def left_out_of(section: Section) -> str:
    """Return the sentence that says how much of a section was left out; empty where nothing was."""
    rows = section.table.left_out if section.table else 0
    if not rows and not section.points_left_out:
        return ""
    told = [counted(rows, "further row")] if rows else []
    told += [counted(section.points_left_out, "further point")] if section.points_left_out else []
    number = rows + section.points_left_out
    return f"{' and '.join(told)} {'is' if number == 1 else 'are'} left out here; the address in the foot leads to all."


def confidential_in_words(brief: Brief) -> str:
    """Return the warning that a briefing must not leave the machine; empty where it may."""
    if not brief.confidential:
        return ""
    return legible(f"Confidential: this briefing has content of {', '.join(brief.confidential)}.")
