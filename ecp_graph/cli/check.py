"""``ecp-graph check``: a draft compared with plans before anybody adopts it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from ecp_graph.cli.common import (
    output_option,
    refuse_terminal,
    release_or_build,
    say,
    settings_options,
    workspace_and_releases,
)
from ecp_graph.cli.output import write_bytes

if TYPE_CHECKING:
    from ecp_graph.overlap.across.checked import Checked
    from ecp_graph.settings import Settings

__all__ = ["check"]

#: Those of `ecp_graph.overlap.across.kinds`, which takes long to import.
_KINDS: Final = ("duplication", "overlap", "fragmentation", "related", "possible")
_FORMATS: Final = ("text", "json", "xlsx", "docx", "html")
_BINARY: Final = frozenset({"xlsx", "docx"})
_FILE: Final = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("source", metavar="FILE", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--against", multiple=True, metavar="PLAN", help="Only this plan, by slug or code; repeatable. [default: all]"
)
@click.option("--fail-on", type=click.Choice(_KINDS), help="Exit with 1 on findings of this kind or a stronger one.")
@click.option("--sheet", default="", metavar="NAME", help="The sheet of a workbook that has the actions.")
@click.option("-f", "--format", "fmt", type=click.Choice(_FORMATS), default="text", help="[default: text]")
@output_option
@settings_options("workspace", "releases")
@click.pass_context
def check(
    ctx: click.Context,
    source: Path,
    against: tuple[str, ...],
    fail_on: str | None,
    sheet: str,
    fmt: str,
    output: Path | None,
    settings: Settings,
) -> None:
    """Compare a draft with the plans of the release.

    FILE is a workbook, a Word file or a CSV, read as `ecp-graph import` reads it. The findings come with their reasons
    and the cells of both sides, the strongest kind first: duplication, overlap, fragmentation, related, possible.
    Nothing is stored.

    Exit codes: 0 done, 1 there are findings that --fail-on names, 2 a file or a plan that cannot be read.
    """
    from ecp_graph.pipeline.checking import check_draft

    if fmt in _BINARY and output is None:
        refuse_terminal(f"A {fmt} file")
    where, folder = workspace_and_releases(settings)
    release = release_or_build(where, folder)
    found = check_draft(source, where, release, against=against, sheet=sheet, progress=say)
    write_bytes(_written(found, fmt), output)
    say(found.summary)
    for name, gaps in ((found.document, found.gaps), *((plan.name, plan.gaps) for plan in found.plans)):
        say(f"{name}: {', '.join(gaps) or 'everything is stated and understood'}")
    ctx.exit(1 if fail_on and found.reaches(fail_on) else 0)


def _written(found: Checked, fmt: str) -> bytes:
    from ecp_graph.papers import as_docx, as_html, as_text

    if fmt == "json":
        return (json.dumps(found.as_json(), indent=2, ensure_ascii=False) + "\n").encode()
    if fmt == "xlsx":
        return found.workbook()
    paper = found.paper()
    return as_docx(paper) if fmt == "docx" else (as_html(paper) if fmt == "html" else as_text(paper)).encode()
