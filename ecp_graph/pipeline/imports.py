"""Bringing a plan in: its draft reading, a dry run of what would be written, and its acceptance into the workspace.

::

    read        document → rows                                 plans/reading
    draft       rows, register, times → Draft                   plans/draft
    compare     earlier actions → IRIs kept, changes, orphans   plans/draft/again.py
    accept      edited workbook → Draft                         plans/draft/accepting.py
    write       Draft → statements, each in its reading         plans/writing
    dry run     the shapes on the workspace with them           validation of one file
    install     all files, or none                              staging.py
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from ecp_graph.errors import ImportRefused
from ecp_graph.namespaces import using
from ecp_graph.pipeline.files import validate_files
from ecp_graph.pipeline.staging import install_files
from ecp_graph.pipeline.surroundings import ORPHANED, PLAN_FILE, Around, headed, orphan_list
from ecp_graph.pipeline.workspaces import is_slug
from ecp_graph.plans.draft.accepting import Decided, accepted_draft
from ecp_graph.plans.draft.again import compared
from ecp_graph.plans.draft.edited import read_edited
from ecp_graph.plans.draft.making import Readers, make_draft
from ecp_graph.plans.draft.model import Draft, Given
from ecp_graph.plans.draft.workbook import draft_workbook
from ecp_graph.plans.rows import DocumentRows
from ecp_graph.plans.writing.names import OwnThing
from ecp_graph.plans.writing.plan import Surroundings, Written, write_plan
from ecp_graph.plans.writing.timeframes import first_second
from ecp_graph.plans.writing.trig import trig
from ecp_graph.validation.report import Report
from ecp_graph.workspace import Workspace
from ecp_graph.workspace_file import WORKSPACE_FILE

__all__ = ["DRAFTS", "Import", "Imported", "begin_import"]

DRAFTS: Final = "drafts"
SOURCES: Final = "sources"


@dataclass(frozen=True)
class Imported:
    """What an import wrote: its files relative to the workspace, the actions, and the things of the plan's own."""

    paths: tuple[Path, ...]
    actions: int
    own: tuple[OwnThing, ...]


@dataclass(frozen=True)
class Import:
    """The import of one document: its draft reading, and what can be done with it."""

    around: Around
    source: Path
    draft: Draft
    decided: tuple[Decided, ...] = ()

    @property
    def workspace(self) -> Workspace:
        """The workspace that it is brought into."""
        return self.around.workspace

    def edited(self, workbook: Path) -> Import:
        """Return the import with what a person decided in the draft's workbook; raises as `read_edited` and others."""
        with using(self.workspace.names):
            draft, decided = accepted_draft(self.draft, read_edited(workbook), self.around.resolve)
        return replace(self, draft=draft, decided=decided)

    def write_draft(self, page: Callable[[Draft], str], *, overwrite: bool = False) -> tuple[Path, ...]:
        """Write the draft as a workbook and as a page, and return where; raises ImportRefused where there is one."""
        root = self.workspace.root
        slug = self.draft.given.plan
        workbook, html = (root / DRAFTS / f"{slug}{suffix}" for suffix in (".xlsx", ".html"))
        found = [path for path in (workbook, html) if path.exists()]
        if found and not overwrite:
            raise ImportRefused(
                f"There is a draft already: {found[0]}. Take it with --accept, remove it, or write a new one over it "
                "with --replace."
            )
        install_files(root, {workbook: draft_workbook(self.draft), html: page(self.draft).encode()})
        return workbook.relative_to(root), html.relative_to(root)

    def dry_run(self) -> Report:
        """Return the report on the plan as an import would write it; nothing in the workspace is touched."""
        with using(self.workspace.names):
            written = self._written()
        with _copy(self.workspace, self.around.plan_file) as copy:
            path = copy.root / "data" / self.draft.given.plan / PLAN_FILE
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(self._text(written))
            return validate_files([path], copy)

    def accept(self, *, overwrite: bool = False) -> Imported:
        """Write the accepted rows into the workspace and copy the document there, or do nothing of it.

        Raises ImportRefused for a folder that no import wrote or, unless told to overwrite it, that was edited since.
        """
        if not overwrite or not self.around.has_plan:
            self.around.refuse_foreign_plan()
        if not self.draft.accepted:
            raise ImportRefused(f"{self.draft.path} gives no action, so there is nothing to write.")
        with using(self.workspace.names):
            written = self._written()
        root, slug = self.workspace.root, self.draft.given.plan
        source = root / SOURCES / (slug + ("" if self.source.is_dir() else self.source.suffix.lower()))
        files: dict[Path, bytes | Path] = {source: self.source}
        gone = [path for path in _documents(root / SOURCES, slug) if path != source]
        orphaned = self.around.folder / ORPHANED
        if self.draft.orphans:
            files[orphaned] = orphan_list(self.draft.orphans)
        elif orphaned.exists():
            gone.append(orphaned)
        files[self.around.plan_file] = self._text(written)
        install_files(root, files, without=gone)
        paths = tuple(path.relative_to(root) for path in files)
        return Imported(paths, len(written.actions), written.own)

    def _written(self) -> Written:
        given = self.draft.given
        around = self.around
        follows = around.plan_iri(given.follows) if given.follows else ""
        if follows and given.start and first_second(given.start).value <= around.last_until(follows):
            raise ImportRefused(
                f"The plan begins on {given.start}, before {given.follows}, which it follows, has ended "
                f"({around.last_until(follows)[:10]}). Correct --from or --follows."
            )
        body = around.resolve(given.body, "body") if given.body else None
        iri = body[0] if body else ""
        return write_plan(self.draft, Surroundings(self.workspace.names, around.known, around.taken, iri, follows))

    def _text(self, written: Written) -> bytes:
        names, slug = self.workspace.names, self.draft.given.plan
        own = {
            "reading": f"{names.graph}{slug}/",
            "passage": f"{names.id}passage/{slug}/",
            "said": f"{names.graph}{slug}-import/",
            "said-in": f"{names.id}passage/{slug}-import/",
        }
        return headed(trig(written.quads, {**names.prefixes, **own}), self.draft.document, self.draft.sha256)


def begin_import(
    workspace: Workspace,
    source: Path,
    given: Given,
    read: Callable[[Path], DocumentRows],
    readers: Callable[[Around], Readers],
) -> Import:
    """Return the import of a document into a workspace, with its draft reading; nothing is written.

    ``read`` gives the rows of the document, ``readers`` what they are matched and understood with. Raises
    ImportRefused for a slug that no plan can have, and what those two raise.
    """
    if not is_slug(given.plan) or given.plan.endswith("-import"):
        raise ImportRefused(
            f"'{given.plan}' cannot name a plan. Use lowercase letters, digits and single hyphens, 60 at most, that do "
            "not end in -import: --plan coast-2031."
        )
    with using(workspace.names):
        around = Around.of(workspace, given.plan)
        draft = make_draft(read(source), given, readers(around), language=workspace.names.language)
        return Import(around, source, compared(draft, around.earlier))


@contextmanager
def _copy(workspace: Workspace, without: Path) -> Iterator[Workspace]:
    """Give a workspace like another one but for a file, in a folder that is removed afterwards; files are links."""
    with tempfile.TemporaryDirectory(prefix="ecp-graph-") as folder:
        root = Path(folder).resolve()
        (root / WORKSPACE_FILE).write_bytes((workspace.root / WORKSPACE_FILE).read_bytes())
        for path in workspace.data_files:
            if path != without:
                link = root / path.relative_to(workspace.root)
                link.parent.mkdir(parents=True, exist_ok=True)
                link.symlink_to(path)
        for name in ("ontology", "shapes", "queries"):
            if (workspace.root / name).is_dir():
                (root / name).symlink_to(workspace.root / name)
        yield Workspace(root)


def _documents(folder: Path, slug: str) -> list[Path]:
    return sorted(path for path in folder.glob(f"{slug}*") if slug in (path.name, path.stem)) if folder.is_dir() else []
