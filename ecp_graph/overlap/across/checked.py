"""What a draft has in common with the plans of a release: findings with the cells of both sides, as data or a paper."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from ecp_graph.overlap.across.kinds import RANKED
from ecp_graph.overlap.likeness import Part
from ecp_graph.papers import Paper, Section
from ecp_graph.sparql.results import Table, Term, printable
from ecp_graph.sparql.spreadsheet import workbook_of

__all__ = ["Checked", "CheckedCell", "CheckedPlan", "Finding", "Side"]

#: The cells that stand first.
_IN_HEAD: Final = frozenset({"number", "title"})
_INTEGER: Final = "http://www.w3.org/2001/XMLSchema#integer"


@dataclass(frozen=True)
class CheckedCell:
    """A cell as its document writes it: what it tells, its text, and where it stands."""

    what: str
    text: str
    locator: str = ""


@dataclass(frozen=True)
class Side:
    """One of two actions: its number and title, and its cells; ``action`` and ``plan`` are IRIs, empty for a draft."""

    number: str
    title: str
    cells: tuple[CheckedCell, ...] = ()
    action: str = ""
    plan: str = ""
    plan_name: str = ""


@dataclass(frozen=True)
class Finding:
    """What an action of the draft has in common with one of a plan.

    ``kind``, ``grade`` and ``certainty`` are notations; ``score`` is in thousandths and the sum of ``parts``. ``why``
    gave the kind, ``differs`` speaks against it, ``questions`` are for those who decide; ``shared`` is what both are
    about.
    """

    kind: str
    grade: str
    certainty: str
    score: int
    parts: tuple[Part, ...]
    why: tuple[str, ...]
    differs: tuple[str, ...]
    questions: tuple[str, ...]
    shared: str
    draft: Side
    other: Side


@dataclass(frozen=True)
class CheckedPlan:
    """A plan that a draft was compared with: its actions, and what they leave unstated or was not understood."""

    iri: str
    name: str
    actions: int
    gaps: tuple[str, ...] = ()


@dataclass(frozen=True)
class Checked:
    """A draft compared with plans: the findings, the strongest first, and what was not read or not understood of it."""

    document: str
    actions: int
    plans: tuple[CheckedPlan, ...]
    findings: tuple[Finding, ...]
    gaps: tuple[str, ...] = ()

    def reaches(self, kind: str) -> bool:
        """Return whether a finding is of this kind or a stronger one."""
        return any(RANKED.index(each.kind) <= RANKED.index(kind) for each in self.findings)

    @property
    def summary(self) -> str:
        """What was found, in a sentence."""
        counts = Counter(each.kind for each in self.findings)
        found = ", ".join(f"{counts[kind]} {kind}" for kind in RANKED if counts[kind]) or "no findings"
        plans = "1 plan" if len(self.plans) == 1 else f"{len(self.plans)} plans"
        others = sum(plan.actions for plan in self.plans)
        return f"{self.actions} actions of {self.document} and {others} of {plans}: {found}."

    def as_json(self) -> dict[str, Any]:
        """Return all of it as JSON has it."""
        findings = [{**asdict(each), "parts": [_part_json(part) for part in each.parts]} for each in self.findings]
        return {**asdict(self), "findings": findings}

    def paper(self) -> Paper:
        """Return it as a paper for people."""
        sections = [
            Section(f"{kind.capitalize()} ({len(found)})", "", ("draft", "plan", "why", "score"), list(_told(found)))
            for kind in RANKED
            if (found := [each for each in self.findings if each.kind == kind])
        ]
        rows = [(self.document, str(self.actions), "; ".join(self.gaps) or "nothing")]
        rows += [(plan.name, str(plan.actions), "; ".join(plan.gaps) or "nothing") for plan in self.plans]
        gaps = Section(
            "Not stated or not understood",
            "Where nothing was found, there may be something in what is listed here.",
            ("plan", "actions", "what"),
            rows,
        )
        return Paper(f"{self.document}: what other plans do", self.summary, [*sections, gaps])

    def workbook(self) -> bytes:
        """Return it as a workbook: findings, the parts of their scores, and what was not understood."""
        columns = ("kind", "score", "grade", "certainty", "number", "action", "cells", "plan", "other number")
        findings = Table(
            (*columns, "other action", "other cells", "shared", "why", "differs", "questions", "finding on"),
            tuple(_row(each) for each in self.findings),
        )
        parts = Table(
            ("number", "plan", "other number", "part", "points", "because"),
            tuple(
                (*_texts(each.draft.number, each.other.plan_name, each.other.number, part.name), *_part(part))
                for each in self.findings
                for part in each.parts
            ),
        )
        rows = [(self.document, self.actions, gap) for gap in self.gaps]
        rows += [(plan.name, plan.actions, gap) for plan in self.plans for gap in plan.gaps]
        gaps = Table(
            ("plan", "actions", "not stated or not understood"),
            tuple((_text(name), _number(actions), _text(gap)) for name, actions, gap in rows),
        )
        return workbook_of({"findings": findings, "parts": parts, "not understood": gaps})


def _part_json(part: Part) -> dict[str, Any]:
    return {"part": part.name, "points": part.value, "because": part.because}


def _told(findings: Sequence[Finding]) -> Iterator[tuple[str, str, str, str]]:
    for each in findings:
        reasons = [*each.why, *(f"but {text}" for text in each.differs), *(f"question: {q}" for q in each.questions)]
        yield _side(each.draft), f"{each.other.plan_name}: {_side(each.other)}", "; ".join(reasons), str(each.score)


def _side(side: Side) -> str:
    """Return an action in a line: number and title with the place of the title, then what its other cells say."""
    place = next((cell.locator for cell in side.cells if cell.what == "title"), "")
    others = [f"{cell.what}: {cell.text} [{cell.locator}]" for cell in side.cells if cell.what not in _IN_HEAD]
    head = f"{side.number} {side.title}".strip() + (f" [{place}]" if place else "")
    return printable("; ".join([head, *others]))


def _cells(side: Side) -> str:
    return printable("; ".join(f"{cell.what}: {cell.text} [{cell.locator}]" for cell in side.cells if cell.text))


def _row(each: Finding) -> tuple[Term | None, ...]:
    texts = (each.grade, each.certainty, each.draft.number, each.draft.title, _cells(each.draft), each.other.plan_name)
    others = (each.other.number, each.other.title, _cells(each.other), each.shared)
    reasons = ("; ".join(part) for part in (each.why, each.differs, each.questions))
    return (_text(each.kind), _number(each.score), *_texts(*texts, *others, *reasons), Term("iri", each.other.action))


def _part(part: Part) -> tuple[Term, Term]:
    return _number(part.value), _text(part.because)


def _texts(*texts: str) -> tuple[Term, ...]:
    return tuple(map(_text, texts))


def _text(text: str) -> Term:
    return Term("literal", text)


def _number(number: int) -> Term:
    return Term("literal", str(number), _INTEGER)
