"""What a document leaves open, as readers found it and as the checks of the data tell it, for a briefing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from ecp_graph.briefs.asking import Rows, Source
from ecp_graph.briefs.model import Line, Run, Sentence, line
from ecp_graph.briefs.placing import stated_in
from ecp_graph.briefs.wording import wording
from ecp_graph.validation.report import Report, mentions

__all__ = ["DISCREPANCIES", "checks_by_thing", "checks_on", "points_of"]

#: The query whose rows are passed.
DISCREPANCIES: Final = "contradictions"


def points_of(rows: Rows) -> Iterator[Sentence]:
    """Yield the discrepancies of the rows of `DISCREPANCIES`, those first that an officer has to settle first."""
    order = {kind: place for place, kind in enumerate(wording().discrepancies)}

    def rank(kinds: str) -> int:
        return min((order.get(kind, len(order)) for kind in kinds.split(", ")), default=len(order))

    for row in sorted(rows, key=lambda row: rank(row["kinds"])):
        told = row["explanation"] or f"{row['name']}."
        yield Sentence(line(told), stated_in(row["stated"]), row["discrepancy"])


def checks_by_thing(report: Report) -> dict[str, list[str]]:
    """Return what the findings of a report say of things, by IRI, without what a briefing tells anyway."""
    found: dict[str, list[str]] = {}
    for finding in report.findings:
        if finding.focus and finding.shape not in wording().told_elsewhere:
            found.setdefault(finding.focus, []).append(finding.message)
    return found


def checks_on(source: Source, things: Iterable[tuple[Line, str]]) -> Iterator[Sentence]:
    """Yield what the checks of the data say of things, given as they are named and by their IRIs."""
    for named, thing in things:
        for told in source.checks.get(thing, ()):
            yield Sentence(line(named, ": ", _with_names(source, told)))


def _with_names(source: Source, sentence: str) -> Line:
    """Return a sentence with the things that it mentions by an IRI or a curie called by their names."""
    found = list(mentions(sentence))
    names = source.names(iri for _, _, iri in found) if found else {}
    parts: list[str | Run] = []
    at = 0
    for start, end, iri in found:
        if iri in names:
            parts += [sentence[at:start], Run(names[iri], iri)]
            at = end
    return line(*parts, sentence[at:])
