"""``ecp-graph import``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ecp_graph.cli.common import own_workspace, say, show_report, workspace_and_releases
from ecp_graph.cli.deciding import by_option, who_decides
from ecp_graph.errors import InputSyntaxError

if TYPE_CHECKING:
    from ecp_graph.pipeline.imports import Import, Imported
    from ecp_graph.plans.draft.model import Draft

__all__ = ["import_"]

_FOLDER = click.Path(path_type=Path, file_okay=False)
_FILE = click.Path(path_type=Path)


@click.command("import")
@click.argument("source", metavar="FILE|DIR", type=_FILE)
@click.option("--plan", "slug", metavar="SLUG", required=True, help="The name of the plan in IRIs and folders.")
@click.option(
    "--into", type=_FOLDER, metavar="DIR", help="The workspace.  [default: as for --workspace of other commands]"
)
@click.option(
    "--title",
    metavar="TEXT",
    default="",
    help="The title of the plan.  [default: the one in the document, or the name of the file]",
)
@click.option("--from", "start", metavar="DATE", default="", help="When the plan begins: YYYY, YYYY-MM or YYYY-MM-DD.")
@click.option("--until", "end", metavar="DATE", default="", help="When it ends.")
@click.option("--body", metavar="CODE", default="", help="The body whose plan it is: its code or its name.")
@click.option("--follows", metavar="PLAN", default="", help="The plan in the workspace that this is the next phase of.")
@click.option(
    "--mapping", type=_FILE, metavar="FILE", help="What the columns hold, as a mapping; --dry-run proposes one."
)
@click.option("--sheet", metavar="NAME", default="", help="The only sheet to read.")
@click.option(
    "--dry-run",
    is_flag=True,
    help="Write nothing; validate what --yes would write; propose a mapping.",
)
@click.option("--yes", is_flag=True, help="Accept sure matches, and keep all other names as the plan's own things.")
@click.option("--accept", type=_FILE, metavar="DRAFT", help="Accept the draft as it was edited.")
@click.option("--replace", is_flag=True, help="Overwrite a draft, or a plan that was edited by hand.")
@by_option
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="What is printed."
)
@click.pass_context
def import_(
    ctx: click.Context,
    source: Path,
    slug: str,
    into: Path | None,
    title: str,
    start: str,
    end: str,
    body: str,
    follows: str,
    mapping: Path | None,
    sheet: str,
    dry_run: bool,
    yes: bool,
    accept: Path | None,
    replace: bool,
    by: str | None,
    form: str,
) -> None:
    """Import a plan from a workbook, a Word file or a CSV.

    Without --dry-run, --yes or --accept this writes a draft reading into drafts/, as a workbook to edit and as a page
    to look at, and prints what was understood and what is in doubt. The draft is not in the graph until it is accepted.

    A newer version of an imported document keeps the IRIs of the actions that are the same.

    Exit codes: 0 done, 1 the dry run found violations, 2 refused: nothing was written.
    """
    from ecp_graph.pipeline.imports import begin_import
    from ecp_graph.pipeline.staging import one_at_a_time
    from ecp_graph.plans.draft.model import Given
    from ecp_graph.settings import settings_from

    if sum((dry_run, yes, accept is not None)) > 1:
        raise click.UsageError("Give one of --dry-run, --yes and --accept.")
    settings = settings_from(workspace=into)
    workspace = workspace_and_releases(settings)[0] if dry_run else own_workspace(settings)
    given = Given(slug, title.strip(), start, end, body, follows, sheet)
    conforms = True
    with (
        nullcontext() if dry_run else one_at_a_time(workspace.root, say),
        _mapping_proposed(source, sheet) if dry_run and mapping is None else nullcontext(),
    ):
        job = begin_import(workspace, source, given, mapping=mapping, accept=accept, progress=say)
        if dry_run:
            conforms = _tried(job)
        elif yes or accept is not None:
            _say_written(job.accept(overwrite=replace, by=who_decides(by, workspace.root)))
        else:
            _say_drafted(workspace.root, job.write_draft(overwrite=replace))
    click.echo(_printed(job.draft, form), nl=False)
    ctx.exit(0 if conforms else 1)


@contextmanager
def _mapping_proposed(source: Path, sheet: str) -> Iterator[None]:
    """Print at the end a mapping to edit, which says what the columns of a document were taken for.

    That is of most use where nothing in the document was understood, so an InputSyntaxError is raised only after it.
    """
    from ecp_graph.plans.reading.proposal import proposed_mapping

    failed = None
    try:
        yield
    except InputSyntaxError as reason:
        failed = reason
    with suppress(InputSyntaxError):  # a document that cannot be read at all
        say(proposed_mapping(source, sheet=sheet or None))
    if failed:
        raise failed


def _tried(job: Import) -> bool:
    """Run the shapes on what would be written, and say what they find; return whether it conforms."""
    report = job.dry_run()
    if report.conforms:
        counts = report.summary
        say("What --yes would write conforms to the shapes" + (f" (findings: {counts})." if counts else "."))
    else:
        show_report(report)
    return report.conforms


def _say_drafted(root: Path, paths: tuple[Path, ...]) -> None:
    for path in paths:
        say(f"Wrote {root / path}")
    say(f"Next: edit it, and run the command again with --accept {root / paths[0]}")


def _say_written(made: Imported) -> None:
    for path in made.paths:
        say(f"Wrote {path}")
    if made.own:
        say(f"Not known, so kept as the plan's own ({len(made.own)}):")
        for thing in made.own:
            also = (
                "" if thing.label == thing.name else f": called “{thing.label}”, because something known has that name"
            )
            say(f"  {thing.kind} “{thing.name}” ({thing.locator}){also}")
    say(f"Actions written: {made.actions}. `ecp-graph build` brings them into the graph, `ecp-graph serve` shows them.")


def _printed(draft: Draft, form: str) -> str:
    from ecp_graph.plans.draft.document import as_json, as_text

    return json.dumps(as_json(draft), indent=2, ensure_ascii=False) + "\n" if form == "json" else as_text(draft)
