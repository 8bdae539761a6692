"""What changed from one plan to another, as a paper for people."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Final

from ecp_graph.overlap.changes.answers import ChangedAnswer
from ecp_graph.overlap.changes.telling import KINDS, Change
from ecp_graph.papers import Paper, Section
from ecp_graph.sparql.results import FORMULA_STARTS, printable

__all__ = ["changes_csv", "changes_paper"]

_HEADINGS: Final = {
    "dropped": "Dropped",
    "added": "Added",
    "split": "Split into several",
    "merged": "Merged into one",
    "reworded": "Reworded",
    "moved": "In another chapter",
    "reassigned": "With another body",
    "rescheduled": "At another time",
    "unchanged": "Unchanged",
}


def changes_paper(
    names: tuple[str, str],
    changes: Sequence[Change],
    answers: Sequence[ChangedAnswer],
    *,
    asked: int,
    notes: Sequence[str],
) -> Paper:
    """Return the changes by kind, and the answers of the catalogue that differ of the ``asked`` queries.

    ``names`` are those of the two plans; ``notes`` are sentences on how they were compared.
    """
    sections = [*_by_kind(changes)]
    if asked:
        rows = [(*map(str, (each.before, each.after, each.gone, each.new)), each.title) for each in answers]
        told = f"{len(answers)} of {asked} questions of the catalogue that take a plan are answered otherwise."
        told += " Before each: its rows before and after, and how many of them are gone and new."
        sections.append(Section("Answers", told, ("before", "after", "gone", "new", "question"), rows))
    lead = " ".join([_summary(changes), *notes])
    return Paper(f"{names[0]} and {names[1]}: what changed", lead, sections)


def changes_csv(changes: Sequence[Change]) -> str:
    """Return CSV with a row for each change; several numbers in a cell are separated by semicolons."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(["kind", "old", "new", "what"])
    for change in changes:
        cells = (change.kind, "; ".join(change.old), "; ".join(change.new), change.what)
        writer.writerow([f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell for cell in map(printable, cells)])
    return stream.getvalue()


def _summary(changes: Sequence[Change]) -> str:
    counts = {kind: sum(change.kind == kind for change in changes) for kind in KINDS}
    told = [f"{count} {kind}" for kind, count in counts.items() if count]
    return f"Changes: {', '.join(told)}." if told else "Neither plan has an action."


def _by_kind(changes: Sequence[Change]) -> Iterator[Section]:
    for kind in KINDS:
        rows = [
            (printable(", ".join(each.old)), printable(", ".join(each.new)), printable(each.what))
            for each in changes
            if each.kind == kind
        ]
        if rows and kind == "unchanged":
            renumbered = [row for row in rows if row[0] != row[1]]
            text = f"{len(rows)} actions, {len(renumbered)} of them with another number."
            yield Section(_HEADINGS[kind], text, ("old", "new", "action"), renumbered)
        elif rows:
            yield Section(_HEADINGS[kind], "", ("old", "new", "change"), rows)
