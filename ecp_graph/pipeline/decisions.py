"""Decisions on findings: those of a workspace for a build, and new ones on what a release has found."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from ecp_graph.errors import ParameterError, ReleaseError
from ecp_graph.namespaces import compact, expand, names
from ecp_graph.overlap.decided import Decisions, Tellings
from ecp_graph.overlap.decisions import (
    DECISIONS,
    OverlapDecision,
    evidence_parts,
    read_decisions,
    written_decisions,
)
from ecp_graph.pipeline.staging import install_files
from ecp_graph.tables.tidy import connected, literal
from ecp_graph.workspace import DECISIONS as FILE
from ecp_graph.workspace import Workspace

__all__ = ["Asked", "decide", "decisions_of"]

#: What needs a body that leads.
_LED: Final = "coordinate"
_NEAREST: Final = 3
_FINDINGS: Final = "SELECT iri, evidence FROM read_parquet({findings}) ORDER BY iri"
_PARTS: Final = (
    "SELECT finding, part, value, told FROM read_parquet({evidence}) WHERE finding IN (SELECT unnest($iris))"
)
_BODIES: Final = "SELECT iri, code, name FROM read_parquet({bodies}) ORDER BY iri"


@dataclass(frozen=True)
class Asked:
    """What somebody wants to decide; ``place`` is where it is written, such as a cell, for what is wrong with it."""

    finding: str
    decision: str
    reason: str
    lead: str = ""
    place: str = ""


def decisions_of(workspace: Workspace, reopened: frozenset[str] | None = None) -> Decisions:
    """Return the decisions of a workspace, and how it tells of those who decided.

    Raises InputSyntaxError for decisions that cannot be read. For ``reopened`` see `Decisions`.
    """
    rows = read_decisions(workspace.root / FILE)
    telling = workspace.about.publish.get("decisions", "roles")
    return Decisions(rows, next(known for known in Tellings if known == telling), reopened)


def decide(
    workspace: Workspace, tables: Path, asked: Sequence[Asked], *, by: str, role: str = ""
) -> tuple[OverlapDecision, ...]:
    """Write decisions on findings of a release into the workspace, in place of earlier ones, and return them.

    ``tables`` is the folder of the release's tables. All of them are written or none. Raises ParameterError for a
    finding or body that is not there, with the nearest, and for a decision that lacks something; ReleaseError for a
    release without evidence of findings; InputSyntaxError for decisions that cannot be read.
    """
    if not by.strip():
        raise ParameterError("Nobody is named who decides. Give --by WHO.")
    known = _Known.of(tables)
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    new = {}
    for each in asked:
        _check(each)
        finding = known.finding(each)
        if finding in new:
            raise ParameterError(f"{_at(each)}{compact(finding)} has two decisions. Keep one of them.")
        new[finding] = OverlapDecision(
            finding=finding,
            decision=each.decision,
            reason=" ".join(each.reason.split()),
            by=by.strip(),
            date=now,
            evidence=known.findings[finding],
            lead=known.body(each) if each.lead else "",
            role=role.strip(),
        )
    parts = known.parts(new)
    decided = [OverlapDecision(**{**vars(one), "parts": parts[one.finding]}) for one in new.values()]
    kept = [one for one in read_decisions(workspace.root / FILE) if one.finding not in new]
    install_files(workspace.root, {workspace.root / FILE: written_decisions([*kept, *decided])})
    return tuple(decided)


@dataclass(frozen=True)
class _Known:
    """What a release has: its findings with the hashes of their evidence, and its bodies by all they are called."""

    tables: Path
    findings: Mapping[str, str]
    bodies: Mapping[str, str]

    @classmethod
    def of(cls, tables: Path) -> _Known:
        missing = [name for name in ("findings", "finding_evidence", "bodies") if not _path(tables, name).is_file()]
        if missing:
            raise ReleaseError(f"The release has no table {', '.join(missing)}. Run `ecp-graph build`.")
        findings = dict(_asked(tables, _FINDINGS, "findings"))
        if not all(findings.values()):
            raise ReleaseError("The release has findings without evidence. Run `ecp-graph build`.")
        called = {}
        for iri, code, name in reversed(_asked(tables, _BODIES, "bodies")):
            called.update({text.casefold(): iri for text in (iri, compact(iri), _end(iri), name, code) if text})
        return cls(tables, findings, called)

    def finding(self, asked: Asked) -> str:
        """Return the IRI of a finding that is given by it, by its CURIE or by its end."""
        given = asked.finding.strip()
        for iri in (expand(given), f"{names().id}overlap/{given}"):
            if iri in self.findings:
                return iri
        ends = {_end(iri): iri for iri in self.findings}
        near = difflib.get_close_matches(_end(given), ends, n=_NEAREST, cutoff=0.6)
        nearest = f" The nearest: {', '.join(near)}." if near else " `ecp-graph overlap` lists the findings."
        raise ParameterError(f"{_at(asked)}There is no finding '{given}' in the current release.{nearest}")

    def body(self, asked: Asked) -> str:
        """Return the IRI of the body that leads, given by its code, its name or its IRI."""
        given = asked.lead.strip()
        iri = self.bodies.get(given.casefold())
        if iri is None:
            near = difflib.get_close_matches(given.casefold(), self.bodies, n=_NEAREST)
            nearest = (
                f" The nearest: {', '.join(dict.fromkeys(_end(self.bodies[name]) for name in near))}." if near else ""
            )
            raise ParameterError(f"{_at(asked)}There is no body '{given}' in the current release.{nearest}")
        return iri

    def parts(self, findings: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Return the evidence of findings, in parts."""
        found: dict[str, list[tuple[str, str, str]]] = {finding: [] for finding in findings}
        for finding, *part in _asked(self.tables, _PARTS, "finding_evidence", iris=list(found)):
            found[finding].append((part[0], part[1], part[2] or ""))
        return {finding: evidence_parts(rows) for finding, rows in found.items()}


def _check(asked: Asked) -> None:
    if asked.decision not in DECISIONS:
        raise ParameterError(f"{_at(asked)}'{asked.decision}' is not a decision; use one of {', '.join(DECISIONS)}.")
    if not asked.reason.strip():
        raise ParameterError(f"{_at(asked)}The decision on {asked.finding} has no reason. Give one.")
    if asked.decision == _LED and not asked.lead.strip():
        raise ParameterError(
            f"{_at(asked)}Who is to coordinate {asked.finding} is not stated. Name the body that leads."
        )


def _at(asked: Asked) -> str:
    return f"{asked.place}: " if asked.place else ""


def _end(iri: str) -> str:
    return iri.rstrip("/").rpartition("/")[2].rpartition(":")[2]


def _path(tables: Path, name: str) -> Path:
    return tables / f"{name}.parquet"


def _asked(tables: Path, select: str, table: str, **values: Any) -> list[tuple[Any, ...]]:
    files = {table.removeprefix("finding_"): literal(str(_path(tables, table)))}
    with connected(tables) as connection:
        return connection.execute(select.format(**files), values or None).fetchall()
