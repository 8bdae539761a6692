"""What changed between two plans: of one release or two, or of documents that are not in the graph."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ecp_graph.errors import MissingExtra
from ecp_graph.overlap.changes import Change, PlanRow, changes_between
from ecp_graph.overlap.changes.answers import ChangedAnswer, changed_answers
from ecp_graph.overlap.changes.paper import changes_paper
from ecp_graph.overlap.changes.reading import NamedPlan, bodies_in, plan_rows
from ecp_graph.overlap.likeness import Meaning, open_meaning
from ecp_graph.papers import Paper
from ecp_graph.pipeline.draft_rows import document_rows
from ecp_graph.pipeline.release_names import names_in_release
from ecp_graph.queries.catalogue import Catalogue
from ecp_graph.release.opening import release_engine
from ecp_graph.release.release import Release
from ecp_graph.workspace import Workspace

__all__ = ["PlanDifference", "compare_plans"]

Side = NamedPlan | Path


@dataclass(frozen=True)
class PlanDifference:
    """The changes from one plan to another, and the answers of the catalogue that differ of the ``asked`` queries.

    ``before`` and ``after`` are slugs, or names of documents; ``titles`` are what people call them; ``notes`` are
    sentences on how they were compared; ``releases`` are the ids of those that the plans are of.
    """

    before: str
    after: str
    releases: tuple[str, str]
    titles: tuple[str, str]
    changes: tuple[Change, ...]
    answers: tuple[ChangedAnswer, ...] = ()
    asked: int = 0
    notes: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether no action changed but for its number."""
        return all(change.kind == "unchanged" for change in self.changes)

    def as_json(self) -> dict[str, Any]:
        """Return the whole as JSON."""
        return {
            "before": self.before,
            "after": self.after,
            "releases": list(self.releases),
            "changes": [change.as_json() for change in self.changes],
            "answers": [answer.as_json() for answer in self.answers],
            "notes": list(self.notes),
        }

    def paper(self) -> Paper:
        """Return the whole as a paper for people."""
        return changes_paper(self.titles, self.changes, self.answers, asked=self.asked, notes=self.notes)


def compare_plans(
    before: Side,
    after: Side,
    *,
    workspace: Workspace,
    releases: tuple[Release, Release],
    catalogue: Catalogue,
    timeout_s: float | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> PlanDifference:
    """Return what changed from one plan to another; a path is that of a document, which is read and not stored.

    ``releases`` are those that the plans are of; a document is read by the names that its release knows. The catalogue
    is asked where both are plans. Raises what the reading of tables, documents and answers raises.
    """
    sides = tuple(zip((before, after), releases, strict=True))
    rows = [_rows(side, workspace, release.tables, progress) for side, release in sides]
    notes = [f"{_title(side)} has no actions." for side, found in zip((before, after), rows, strict=True) if not found]
    meaning = _meaning()
    if meaning is None:
        notes.append("Titles were compared by their words, as the encoder that compares meanings is not installed.")
    changes = changes_between(*rows, meaning=meaning, names_in=names_in_release(releases[1].tables))
    answers: tuple[ChangedAnswer, ...] = ()
    asked, is_one = 0, releases[0].id == releases[1].id
    if isinstance(before, NamedPlan) and isinstance(after, NamedPlan):
        progress("Asking the catalogue about both plans")
        engine = release_engine(releases[0])
        other = engine if is_one else release_engine(releases[1])
        sides_asked = (engine, before.iri), (other, after.iri)
        answers, asked = changed_answers(catalogue, *sides_asked, timeout_s=timeout_s)
    titles = [_title(side) + ("" if is_one else f" in release {release.id}") for side, release in sides]
    ids = (releases[0].id, releases[1].id)
    return PlanDifference(
        _name(before), _name(after), ids, (titles[0], titles[1]), changes, answers, asked, tuple(notes)
    )


def _rows(side: Side, workspace: Workspace, tables: Path, progress: Callable[[str], None]) -> Sequence[PlanRow]:
    if isinstance(side, Path):
        progress(f"Reading {side}")
        return document_rows(workspace, side, bodies_in(tables), progress=progress)
    return plan_rows(side.iri, tables)


def _meaning() -> Meaning | None:
    try:
        return open_meaning()
    except MissingExtra:
        return None


def _name(side: Side) -> str:
    return side.name if isinstance(side, Path) else side.slug


def _title(side: Side) -> str:
    return side.name or side.slug if isinstance(side, NamedPlan) else side.name
