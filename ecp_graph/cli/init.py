"""``ecp-graph init``."""

from __future__ import annotations

from pathlib import Path

import click

from ecp_graph.cli.common import say

__all__ = ["init"]


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("--title", metavar="TEXT", help="The title of the workspace.  [default: the name of its folder]")
@click.option(
    "--base", metavar="IRI", help="The beginning of its IRIs; ends in '/', '#' or ':'.  [default: urn:ecp-graph:SLUG:]"
)
@click.option("--language", metavar="TAG", default="en", show_default=True, help="The language of its plans.")
@click.option(
    "--with",
    "register",
    metavar="bundled|DIR",
    help="Copy the known bodies, programmes, instruments and topics with their evidence, not the plans.",
)
def init(folder: Path, title: str | None, base: str | None, language: str, register: str | None) -> None:
    """Make a workspace of your own.

    DIR must be new or empty. `ecp-graph import` brings plans into it. Without --with the workspace starts empty, and
    every name in a plan becomes the plan's own thing. Exit codes: 0 made, 2 the folder is not empty, or an
    option has an invalid value.
    """
    from ecp_graph.pipeline.workspaces import REGISTER, create_workspace
    from ecp_graph.workspace import bundled_workspace, find_workspace

    known = None
    if register is not None:
        known = bundled_workspace() if register == "bundled" else find_workspace(Path(register))
    made = create_workspace(folder, title or folder.resolve().name, base=base, language=language, register_of=known)
    say(f"Workspace: {made.root} ({made.about.title})")
    if known is not None:
        say(f"What was copied is in {REGISTER}.")
    say(f"Next: cd {folder} && ecp-graph import FILE --plan SLUG")
