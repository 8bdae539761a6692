"""``ecp-graph build``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import click

from ecp_graph.cli.common import say, settings_options, show_report, workspace_and_releases

if TYPE_CHECKING:
    from ecp_graph.settings import Settings

__all__ = ["build"]


@click.command()
@settings_options("workspace", "releases")
@click.option(
    "--engine",
    type=click.Choice(["local", "reference", "spark"]),
    default="local",
    show_default=True,
    help="What infers and validates: joins in DuckDB and compiled SHACL; owlrl and pySHACL, which are slower; or the"
    " first with its joins on Spark, for what is too large for one machine.",
)
@click.option("--full", is_flag=True, help="Validate everything, not only what changed data can affect.")
@click.pass_context
def build(ctx: click.Context, engine: Literal["local", "reference", "spark"], full: bool, settings: Settings) -> None:
    """Build a release: load, reason, derive overlaps, validate, write.

    The new release becomes the current one atomically; a running server picks it up. If the data do not conform or
    contradict the ontology, the last release stays current and the exit code is 1.

    If a plan is marked as confidential, what may be published is built from the other files alone. If these do not
    conform by themselves, nothing of the release can be published, and the exit code is 1.

    A file in the workspace that would be ignored, such as RDF in an unsupported syntax, is an error.
    """
    from ecp_graph.pipeline import SPARK_MASTER
    from ecp_graph.pipeline import build as build_release

    where, into = workspace_and_releases(settings)
    result = build_release(
        where,
        into,
        kept=settings.keep_releases,
        engine=engine,
        spark_master=settings.spark_master or where.about.build.get("spark", SPARK_MASTER),
        progress=say,
        full=full,
    )
    if result.release is None:
        show_report(result.report)
        say("The data do not conform; no release was made.")
        ctx.exit(1)
    counts = result.report.summary
    say(f"Release {result.release.id} is in {result.release.path}" + (f" (findings: {counts})." if counts else "."))
    if result.public and not result.public.conforms:
        show_report(result.public)
        named = ", ".join(result.release.confidential)
        say(
            f"Without {named}, which is confidential, the data do not conform; nothing of the release can be published."
        )
        ctx.exit(1)
