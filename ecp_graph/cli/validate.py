"""``ecp-graph validate``."""

from __future__ import annotations

from pathlib import Path

import click

from ecp_graph.cli.common import place, workspace_option

__all__ = ["validate"]

_FORMATS = ("text", "html", "turtle", "json")


@click.command()
@click.argument("files", nargs=-1, metavar="[FILE]...", type=click.Path(path_type=Path))
@workspace_option
@click.option(
    "-f", "--format", "fmt", type=click.Choice(_FORMATS), default="text", show_default=True, help="The report."
)
@click.pass_context
def validate(ctx: click.Context, files: tuple[Path, ...], workspace: Path | None, fmt: str) -> None:
    """Check the workspace, or FILEs, against the shapes and the ontology.

    FILEs are RDF in any syntax and are read in the context of the workspace: what they refer to may stand there. Each
    has to be a regular file. One that takes far more memory or time than its size needs is refused.

    Exit code 0: the data conform; 1: there are violations; 2: a file cannot be read.
    """
    from ecp_graph.pipeline.files import validate_files
    from ecp_graph.pipeline.validate import validate_workspace
    from ecp_graph.settings import settings_from
    from ecp_graph.validation.writers import render

    where, _ = place(settings_from(workspace=workspace))
    report = validate_files(files, where) if files else validate_workspace(where)
    click.echo(render(report, fmt), nl=False)
    ctx.exit(0 if report.conforms else 1)
