"""``ecp-graph remove``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ecp_graph.cli.common import own_workspace, say, settings_options

if TYPE_CHECKING:
    from ecp_graph.settings import Settings

__all__ = ["remove"]


@click.command()
@click.option("--plan", "slug", metavar="SLUG", required=True, help="The plan: its folder below data/.")
@settings_options("workspace")
def remove(slug: str, settings: Settings) -> None:
    """Remove an imported plan from the workspace.

    Its data and documents are removed; its drafts and the decisions stay. Nothing is removed while other plans name
    something that only this one describes. Exit codes: 0 removed, 2 refused.
    """
    from ecp_graph.pipeline.staging import one_at_a_time
    from ecp_graph.pipeline.workspaces import remove_plan

    own = own_workspace(settings)
    with one_at_a_time(own.root, say):
        for path in remove_plan(own, slug).paths:
            say(f"Removed {path}")
    say("Existing releases still have it; run `ecp-graph build`.")
