"""``ecp-graph push``."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from ecp_graph.cli.common import public_release, say, settings_options, workspace_and_releases
from ecp_graph.errors import SettingError

if TYPE_CHECKING:
    from ecp_graph.engine.login import Login
    from ecp_graph.linked_data.push.push import DefaultGraph, PushReport
    from ecp_graph.settings import Settings

__all__ = ["PASSWORD", "push"]

#: The environment variable that holds the password: an option would show it in the list of processes.
PASSWORD = "ECP_GRAPH_PASSWORD"  # noqa: S105 - the name, not the password


@click.command()
@click.option("--endpoint", metavar="URL", help="Query address of the store.  [env: ECP_GRAPH_ENDPOINT; required]")
@click.option("--graph-store", metavar="URL", help="Address for writing graphs.  [default: derived from the endpoint]")
@click.option("--user", metavar="U", help=f"User name for the store; the password is taken from {PASSWORD}.")
@click.option(
    "--no-default-graph",
    "default_graph",
    flag_value="none",
    help="Do not write the merge of all graphs.  [default if the store's default graph is that merge]",
)
@click.option(
    "--merged-graph",
    "default_graph",
    flag_value="merged",
    help="Write the merge to graph/merged.  [default if the store's default graph repeats statements]",
)
@click.option("--again", is_flag=True, help="Write every graph, including those that the store already has.")
@click.option(
    "--timeout",
    "limit_s",
    type=click.FloatRange(min=1),
    metavar="S",
    default=120.0,
    help="Time limit of a request in seconds.",
)
@settings_options("workspace", "releases", own=("endpoint",))
def push(
    graph_store: str | None,
    user: str | None,
    default_graph: DefaultGraph | None,
    again: bool,
    limit_s: float,
    settings: Settings,
) -> None:
    """Push the current release to a SPARQL 1.1 store.

    It is pushed graph by graph, without confidential plans. Graphs that the store already has are left unchanged,
    graphs of an earlier release are removed, and finally the statements of each graph are counted. An interrupted push
    resumes when it is run again. See docs/engines.md for Virtuoso, GraphDB and Oxigraph.
    """
    from ecp_graph.linked_data.push.push import push as push_release

    if settings.endpoint is None:
        raise click.UsageError("Give the store to push to with --endpoint URL.")
    login = _login(user)
    release = public_release(*workspace_and_releases(settings))
    try:
        report = push_release(
            release,
            settings.endpoint,
            graph_store=graph_store,
            login=login,
            default_graph=default_graph or "auto",
            again=again,
            limit_s=limit_s,
            progress=say,
        )
    except KeyboardInterrupt:
        say("\nInterrupted. Run the same command again to resume.")
        raise
    say(_summary(report, settings.endpoint))


def _login(user: str | None) -> Login | None:
    """Return the login for a user, or None without one; raises SettingError if there is no password."""
    from ecp_graph.engine.login import Login

    if user is None:
        return None
    if PASSWORD not in os.environ:
        raise SettingError(PASSWORD, f"it is not set, but --user {user} needs a password.")
    return Login(user, os.environ[PASSWORD])


def _summary(report: PushReport, endpoint: str) -> str:
    """Return what was done, and the address at which the store answers like the release."""
    from ecp_graph.linked_data.push.push import merged_graph

    counts = f"{len(report.pushed)} graphs pushed, {len(report.unchanged)} unchanged, {len(report.removed)} removed"
    lines = [f"Release {report.release} is in the store: {counts}; {report.statements} statements verified."]
    ask = endpoint
    if report.has(merged_graph()):
        ask += f"{'&' if '?' in endpoint else '?'}default-graph-uri={merged_graph()}"
    lines.append(f"Ask it with --endpoint '{ask}'.")
    return "\n".join(lines)
