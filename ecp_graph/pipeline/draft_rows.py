"""The actions of a document that is not in the graph, as they are compared with those of a plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from ecp_graph.namespaces import using
from ecp_graph.overlap.changes.reading import party_of
from ecp_graph.overlap.changes.rows import Party, PlanRow, PlanTime
from ecp_graph.pipeline.imports import begin_import
from ecp_graph.plans.draft.model import Draft, DraftName, DraftRow, Given
from ecp_graph.plans.writing.timeframes import deadline, first_second, last_second, stated_time
from ecp_graph.workspace import Workspace

__all__ = ["document_rows"]

#: What the plan of a document that nobody imports is called while it is read.
_SLUG: Final = "document"
#: The length of YYYY-MM-DD.
_DAY: Final = 10


def document_rows(
    workspace: Workspace, path: Path, bodies: Mapping[str, Party], *, progress: Callable[[str], None] = lambda _: None
) -> tuple[PlanRow, ...]:
    """Return the actions of a document, read as an import would read it, and its doubts to ``progress``.

    ``bodies`` are those that are known, by their IRIs. Nothing is stored. Raises what `begin_import` raises for a
    document that cannot be read.
    """
    with using(workspace.names):
        draft = begin_import(workspace, path, Given(_SLUG), progress=progress).draft
    for problem in draft.problems:
        progress(f"Not understood: {problem.sentence}")
    return tuple(_row(row, draft, bodies) for row in draft.accepted)


def _row(row: DraftRow, draft: Draft, bodies: Mapping[str, Party]) -> PlanRow:
    time = stated_time(row.time)
    begins = first_second(time.start).value if time.start else ""
    ends = ""
    if time.end:
        ends = (deadline(time.end, row.time.text) if time.kind == "deadline" else last_second(time.end)).value
    things = (name.iri for field in ("instruments", "topics") for name in row.named(field) if name.is_sure)
    return PlanRow(
        number=row.number,
        title=row.title,
        language=draft.language or "en",
        chapter=row.chapter,
        parties=tuple(_party(name, bodies) for name in row.named("responsible") if not name.is_in_title),
        time=PlanTime(row.time.text, time.kind, (begins[:_DAY], ends[:_DAY])),
        things=frozenset(things),
    )


def _party(name: DraftName, bodies: Mapping[str, Party]) -> Party:
    """Return who is named: a known body by its own name, others as they are written."""
    role = name.role or ""
    known = bodies.get(name.iri) if name.is_sure else None
    return party_of(known.key, known.name, role) if known else party_of(name.text, name.text, role)
