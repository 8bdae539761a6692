"""What people decided on findings of overlap: ``decisions/overlaps.tsv``, one decision a line, sorted.

The columns are `COLUMNS`; docs/decide.md says what each holds. A finding has one decision; earlier ones are in the
history of the file.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from ecp_graph.errors import InputSyntaxError
from ecp_graph.inputs import read_input
from ecp_graph.namespaces import compact, expand

__all__ = ["COLUMNS", "DECISIONS", "OverlapDecision", "evidence_parts", "read_decisions", "written_decisions"]

#: What can be decided.
DECISIONS: Final = ("confirmed", "dismissed", "coordinate", "merge", "unsure")
COLUMNS: Final = ("finding", "decision", "lead", "reason", "by", "role", "date", "evidence", "parts")
_NEEDED: Final = ("finding", "decision", "reason", "by", "date", "evidence")
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_HASH: Final = re.compile(r"[0-9a-f]{64}")
_SEPARATOR: Final = "; "
#: So many digits of a hash tell texts apart for people.
_DIGITS: Final = 12


@dataclass(frozen=True)
class OverlapDecision:
    """What was decided on a finding: by whom, when (UTC, ``YYYY-MM-DDThh:mm:ssZ``), why, and on what evidence.

    ``finding`` and ``lead`` are IRIs. ``role`` is in what role ``by`` decided. ``evidence`` is the hash of the
    evidence, ``parts`` what it was, as `evidence_parts` has it. ``path`` and ``line`` are where it stands, if it was
    read.
    """

    finding: str
    decision: str
    reason: str
    by: str
    date: str
    evidence: str
    lead: str = ""
    role: str = ""
    parts: tuple[str, ...] = ()
    path: Path = field(default=Path(), compare=False)
    line: int = field(default=0, compare=False)

    @property
    def slug(self) -> str:
        """The end of the IRI of the finding."""
        return self.finding.rpartition("/")[2]


def evidence_parts(rows: Iterable[tuple[str, str, str]]) -> tuple[str, ...]:
    """Return evidence as a short list: ``kind=duplication``, ``on=id:topic/transit``, ``text=0f3a… row 3 of table 1``.

    ``rows`` are the parts of one finding as (part, value, told). Members are left out, which never change.
    """
    found = []
    for part, value, told in sorted(rows):
        if part != "member":
            short = value[:_DIGITS] if _HASH.fullmatch(value) else compact(value)
            found.append(" ".join(f"{part}={short} {told}".replace(";", ",").split()))
    return tuple(found)


def read_decisions(path: Path) -> tuple[OverlapDecision, ...]:
    """Return the decisions of a file in their order; none where there is no file.

    Raises InputSyntaxError, with the line, for one that cannot be read and for two on one finding.
    """
    if not path.exists():
        return ()
    try:
        text = read_input(path).decode("utf-8-sig")
    except UnicodeDecodeError as reason:
        raise InputSyntaxError(path, f"it is not UTF-8 ({reason}).") from reason
    first: dict[str, OverlapDecision] = {}
    for decision in _decisions(path, text):
        before = first.setdefault(decision.finding, decision)
        if before is not decision:
            reason_ = f"lines {before.line} and {decision.line} are on one finding, {compact(decision.finding)}."
            raise InputSyntaxError(path, f"{reason_} Delete one of them.", decision.line)
    return tuple(first.values())


def written_decisions(decisions: Iterable[OverlapDecision]) -> bytes:
    """Return the file of decisions: a line for each, in the order of the findings."""
    target = io.StringIO()
    writer = csv.writer(target, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
    writer.writerow(COLUMNS)
    writer.writerows(sorted(_row(decision) for decision in decisions))
    return target.getvalue().encode()


def _decisions(path: Path, text: str) -> Iterator[OverlapDecision]:
    reader = csv.reader(text.splitlines(), delimiter="\t")
    try:
        columns = next(reader, [])
        if missing := [name for name in _NEEDED if name not in columns]:
            raise InputSyntaxError(path, f"the columns {', '.join(missing)} are missing.", 1)
        for row in reader:
            if len(row) > len(columns):
                what = f"the line has {len(row)} cells, and the head {len(columns)}."
                raise InputSyntaxError(path, what, reader.line_num)
            if any(cell.strip() for cell in row):
                yield _decision(path, reader.line_num, dict(zip(columns, row, strict=False)))
    except csv.Error as reason:
        raise InputSyntaxError(path, f"the line cannot be read: {reason}.", reader.line_num) from reason


def _decision(path: Path, line: int, cells: Mapping[str, str]) -> OverlapDecision:
    text = {name: cells.get(name, "").strip() for name in COLUMNS}
    if empty := [name for name in _NEEDED if not text[name]]:
        raise InputSyntaxError(path, f"{', '.join(empty)} is empty; a decision says who decided, when and why.", line)
    if text["decision"] not in DECISIONS:
        what = f"the decision is '{text['decision']}', but must be one of {', '.join(DECISIONS)}."
        raise InputSyntaxError(path, what, line)
    if not _DATE.fullmatch(text["date"]):
        raise InputSyntaxError(path, f"the date is '{text['date']}'; write it as 2031-05-01T09:30:00Z.", line)
    if not _HASH.fullmatch(text["evidence"]):
        what = "the evidence is no SHA-256; decide again with `ecp-graph decide`, which writes it."
        raise InputSyntaxError(path, what, line)
    return OverlapDecision(
        finding=_iri(path, line, "finding", text["finding"]),
        decision=text["decision"],
        reason=text["reason"],
        by=text["by"],
        date=text["date"],
        evidence=text["evidence"],
        lead=_iri(path, line, "lead", text["lead"]) if text["lead"] else "",
        role=text["role"],
        parts=tuple(filter(None, text["parts"].split(_SEPARATOR))),
        path=path,
        line=line,
    )


def _iri(path: Path, line: int, column: str, text: str) -> str:
    try:
        return ox.NamedNode(expand(text)).value
    except ValueError as reason:
        what = f"the {column} is '{text}', which is neither an IRI nor a CURIE of the workspace."
        raise InputSyntaxError(path, what, line) from reason


def _row(decision: OverlapDecision) -> tuple[str, ...]:
    cells = {
        "finding": compact(decision.finding),
        "decision": decision.decision,
        "lead": compact(decision.lead) if decision.lead else "",
        "reason": decision.reason,
        "by": decision.by,
        "role": decision.role,
        "date": decision.date,
        "evidence": decision.evidence,
        "parts": _SEPARATOR.join(decision.parts),
    }
    return tuple(" ".join(cells[name].split()) for name in COLUMNS)
