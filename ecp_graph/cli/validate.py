"""``ecp-graph validate``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ecp_graph.cli.common import say, settings_options, workspace_and_releases

if TYPE_CHECKING:
    from ecp_graph.settings import Settings

__all__ = ["validate"]

_FORMATS = ("text", "html", "turtle", "json")


@click.command()
@click.argument("files", nargs=-1, metavar="[FILE]...", type=click.Path(path_type=Path))
@settings_options("workspace")
@click.option(
    "-f", "--format", "fmt", type=click.Choice(_FORMATS), default="text", show_default=True, help="The report."
)
@click.pass_context
def validate(ctx: click.Context, files: tuple[Path, ...], fmt: str, settings: Settings) -> None:
    """Validate the workspace, or FILEs.

    They are checked against the shapes and the ontology. FILEs are RDF in any syntax and may refer to things in the
    workspace. Each must be a regular file. A file that needs far more memory or time than its size justifies is
    refused.

    Exit codes: 0 the data conform, 1 there are violations, 2 a file cannot be read.
    """
    from ecp_graph.pipeline.files import validate_files
    from ecp_graph.pipeline.validate import validate_workspace
    from ecp_graph.validation.writers import render

    where, _ = workspace_and_releases(settings)
    report = validate_files(files, where) if files else validate_workspace(where)
    if report.on_reference:
        say(f"Ran {report.engines}.")
    click.echo(render(report, fmt), nl=False)
    ctx.exit(0 if report.conforms else 1)
