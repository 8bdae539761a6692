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
from ecp_graph.inputs import read_input
from ecp_graph.namespaces import using
from ecp_graph.pipeline.files import validate_files
from ecp_graph.pipeline.known_names import all_names, decisions_with, known_prefixes, readers_of
from ecp_graph.pipeline.staging import Content, install_files
from ecp_graph.pipeline.surroundings import ORPHANED, PLAN_FILE, Around, headed, orphan_list
from ecp_graph.pipeline.workspaces import is_slug
from ecp_graph.plans.draft.accepting import Decided, accepted_draft
from ecp_graph.plans.draft.again import compared
from ecp_graph.plans.draft.edited import EditedDraft, read_edited
from ecp_graph.plans.draft.making import Readers, make_draft
from ecp_graph.plans.draft.model import Draft, Given
from ecp_graph.plans.draft.page import draft_page
from ecp_graph.plans.draft.workbook import draft_workbook
from ecp_graph.plans.mapping import read_mapping
from ecp_graph.plans.matching import FILE
from ecp_graph.plans.reading import SourceTable, read_document
from ecp_graph.plans.reading.comments import annotated
from ecp_graph.plans.writing.minting import slug_of
from ecp_graph.plans.writing.names import OwnThing
from ecp_graph.plans.writing.plan import Surroundings, Written, write_plan
from ecp_graph.plans.writing.timeframes import first_second, is_date, last_second
from ecp_graph.plans.writing.trig import trig
from ecp_graph.validation.report import Report
from ecp_graph.workspace import Workspace
from ecp_graph.workspace_file import WORKSPACE_FILE

__all__ = ["DRAFTS", "Import", "Imported", "begin_import"]

DRAFTS: Final = "drafts"
SOURCES: Final = "sources"
#: How the mapping of a plan is called, beside its draft.
MAPPING: Final = ".mapping.yaml"


#: The types of things in a plan's file, each a prefix of its own even where the workspace declares none.
_KINDS: Final = (
    *("action", "body", "chapter", "document", "goal", "group", "indicator", "instrument", "participation", "plan"),
    *("timeframe", "topic"),
)


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
    tables: tuple[SourceTable, ...] = ()
    mapping: Path | None = None
    decided: tuple[Decided, ...] = ()

    @property
    def workspace(self) -> Workspace:
        """The workspace that it is brought into."""
        return self.around.workspace

    def write_draft(self, *, overwrite: bool = False) -> tuple[Path, ...]:
        """Write the draft as a workbook and as a page, and return where; raises ImportRefused where there is one.

        The mapping that the document was read with is kept beside them, and of a workbook that has problems a copy with
        comments on its cells.
        """
        root = self.workspace.root
        slug = self.draft.given.plan
        workbook, html, mapping = (root / DRAFTS / f"{slug}{suffix}" for suffix in (".xlsx", ".html", MAPPING))
        found = [path for path in (workbook, html) if path.exists()]
        if found and not overwrite:
            raise ImportRefused(
                f"There is already a draft: {found[0]}. Import it with --accept, remove it, or overwrite it with "
                "--replace."
            )
        files: dict[Path, Content] = {
            workbook: draft_workbook(self.draft),
            html: draft_page(self.draft, self.tables).encode("utf-8", "replace"),
        }
        if self.draft.problems and self.source.suffix.lower() in (".xlsx", ".xlsm"):
            files[root / DRAFTS / f"{slug}.problems{self.source.suffix.lower()}"] = annotated(
                self.source, self.draft.problems
            )
        if self.mapping is not None and self.mapping.resolve() != mapping.resolve():
            files[mapping] = read_input(self.mapping)
        install_files(root, files)
        return tuple(path.relative_to(root) for path in files)

    def dry_run(self) -> Report:
        """Return the report on the plan as an import would write it; nothing in the workspace is touched."""
        with using(self.workspace.names):
            written = self._written()
        with _copy(self.workspace, self.around.plan_file) as copy:
            path = copy.root / "data" / self.draft.given.plan / PLAN_FILE
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(self._text(written))
            return validate_files([path], copy)

    def accept(self, *, overwrite: bool = False, by: str = "") -> Imported:
        """Write the accepted rows into the workspace and copy the document there, or do nothing of it.

        What was decided of names in the draft is kept with the workspace's decisions, as decided by ``by``.
        Raises ImportRefused for a folder that no import wrote, where nobody is named who decided, and, unless told to
        overwrite it, where it was edited since or where other files name what it would no longer describe.
        """
        if self.decided and not by:
            raise ImportRefused("Nobody is named who decided what the draft says of names. Give --by WHO.")
        self.around.refuse_foreign_plan(even_edited=overwrite)
        if not self.draft.accepted:
            raise ImportRefused(f"{self.draft.path} gives no action, so there is nothing to write.")
        with using(self.workspace.names):
            written = self._written()
            lost = [] if overwrite else self.around.named_by_others(written.quads)
        if lost:
            raise ImportRefused(
                f"Other files name what the document no longer has: {', '.join(lost)}. Describe it in another file, or "
                "import with --replace, and correct them afterwards."
            )
        root, slug = self.workspace.root, self.draft.given.plan
        main = Path(self.draft.path)
        linked = tuple(main.parent / name for name in self.draft.files)
        source = root / SOURCES / (slug if linked else f"{slug}{main.suffix.lower()}")
        files: dict[Path, Content] = {source: (main, *linked) if linked else main}
        gone = [path for path in _documents(root / SOURCES, slug) if path != source]
        orphaned = self.around.folder / ORPHANED
        if self.draft.orphans:
            files[orphaned] = orphan_list(self.draft.orphans)
        elif orphaned.exists():
            gone.append(orphaned)
        if self.decided:
            why = f"Decided in the draft of {slug}."
            files[root / FILE] = decisions_with(self.around, self.decided, by=by, why=why)
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
        return write_plan(
            self.draft, Surroundings(self.workspace.names, around.known, around.taken - around.own, iri, follows)
        )

    def _text(self, written: Written) -> bytes:
        names, slug = self.workspace.names, self.draft.given.plan
        own = {
            **{kind: f"{names.id}{kind}/" for kind in _KINDS},
            **names.prefixes,
            "reading": f"{names.graph}{slug}/",
            "passage": f"{names.id}passage/{slug}/",
            "said": f"{names.graph}{slug}-import/",
            "said-in": f"{names.id}passage/{slug}-import/",
            **{
                prefix: namespace
                for stem in (slug_of(Path(name).stem) for name in self.draft.files)
                for prefix, namespace in (
                    (f"{stem}-reading", f"{names.graph}{slug}-{stem}/"),
                    (f"{stem}-passage", f"{names.id}passage/{slug}-{stem}/"),
                )
            },
            **known_prefixes(self.around.known, names.id),
        }
        return headed(trig(written.quads, own), self.draft.document, self.draft.sha256)


def begin_import(
    workspace: Workspace,
    source: Path,
    given: Given,
    *,
    mapping: Path | None = None,
    accept: Path | None = None,
    readers: Callable[[Around], Readers] | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Import:
    """Return the import of a document into a workspace, with its draft reading; nothing is written.

    ``accept`` is a draft's workbook that a person edited; what ``given`` leaves empty is taken from there. By default,
    ``readers`` gives what the workspace knows, and the reading of times by its settings.

    Raises ImportRefused for a slug or a date that no plan can have and for edits that are not understood, and
    InputSyntaxError for a document that cannot be read.
    """
    _check_slug(given.plan)
    with using(workspace.names):
        edited = read_edited(accept) if accept else None
        given = _filled(given, edited) if edited else given
        _check_dates(given)
        around = Around.of(workspace, given.plan)
        progress(f"The workspace knows {len(around.known)} bodies, programmes, instruments, topics and goals.")
        kept = workspace.root / DRAFTS / f"{given.plan}{MAPPING}"
        mapping = mapping or (kept if edited and kept.exists() else None)
        read = read_document(
            source,
            mapping=read_mapping(mapping) if mapping else None,
            sheet=given.sheet or None,
            known=all_names(around.known),
        )
        progress(f"Actions read: {len(read.rows.rows)}")
        language = read.rows.language or workspace.names.language
        draft = make_draft(read.rows, given, (readers or readers_of)(around), language=language, tables=read.tables)
        draft = compared(draft, around.earlier)
        made = Import(around, source, draft, read.tables, mapping)
        if edited:
            draft, decided = accepted_draft(draft, edited, around.resolve)
            made = replace(made, draft=draft, decided=decided)
        return made


def _check_slug(slug: str) -> None:
    if not is_slug(slug) or slug.endswith("-import"):
        raise ImportRefused(
            f"'{slug}' cannot name a plan. Use lowercase letters, digits and single hyphens, 60 at most, that do not "
            "end in -import: --plan coast-2031."
        )


def _check_dates(given: Given) -> None:
    for option, date in (("--from", given.start), ("--until", given.end)):
        if date and not is_date(date):
            raise ImportRefused(f"{option} {date} is not a date. Write YYYY, YYYY-MM or YYYY-MM-DD.")
    if given.start and given.end and first_second(given.start).value > last_second(given.end).value:
        raise ImportRefused(
            f"The plan would end ({given.end}) before it begins ({given.start}). Correct --from or --until."
        )


def _filled(given: Given, edited: EditedDraft) -> Given:
    """Return what was said of a plan, with what its draft says where nothing was said now."""
    about = edited.about
    return Given(
        given.plan,
        given.title or about.get("title", ""),
        given.start or about.get("from", ""),
        given.end or about.get("until", ""),
        given.body or about.get("body", ""),
        given.follows or about.get("follows", ""),
        given.sheet or about.get("sheet", ""),
    )


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
