"""``ecp-graph push``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ecp_graph.cli.common import place, release_or_build, releases_option, say, workspace_option
from ecp_graph.errors import SettingError

if TYPE_CHECKING:
    from ecp_graph.engine.login import Login
    from ecp_graph.linked_data.push.push import DefaultGraph, PushReport

__all__ = ["PASSWORD", "push"]

#: The environment variable that holds the password: an option would show it in the list of processes.
PASSWORD = "ECP_GRAPH_PASSWORD"  # noqa: S105 - the name, not the password


@click.command()
@click.option("--endpoint", metavar="URL", help="Where the store is asked.  [env: ECP_GRAPH_ENDPOINT; required]")
@click.option("--graph-store", metavar="URL", help="Where it takes graphs.  [default: as is usual for the endpoint]")
@click.option("--user", metavar="U", help=f"User of the store; the password is taken from {PASSWORD}.")
@click.option(
    "--no-default-graph",
    "default_graph",
    flag_value="none",
    help="Leave out the merge of all graphs.  [default where the store's default graph is their merge by itself]",
)
@click.option(
    "--merged-graph",
    "default_graph",
    flag_value="merged",
    help="Put the merge into graph/merged.  [default where the store's default graph repeats statements]",
)
@click.option("--again", is_flag=True, help="Write every graph, also those that the store has already.")
@click.option(
    "--timeout", "limit_s", type=click.FloatRange(min=1), metavar="S", default=120.0, help="Seconds for one request."
)
@workspace_option
@releases_option
def push(
    endpoint: str | None,
    graph_store: str | None,
    user: str | None,
    default_graph: DefaultGraph | None,
    again: bool,
    limit_s: float,
    workspace: Path | None,
    releases: Path | None,
) -> None:
    """Bring the current release into a SPARQL 1.1 store, graph by graph.

    Graphs that the store has already are left as they are, graphs of an earlier release are removed, and in the end the
    statements of each graph are counted. Stopped at any moment, it goes on when it is run again. docs/engines.md tells
    about Virtuoso, GraphDB and Oxigraph.
    """
    from ecp_graph.linked_data.push.push import push as push_release
    from ecp_graph.settings import settings_from

    settings = settings_from(workspace=workspace, releases=releases, endpoint=endpoint)
    if settings.endpoint is None:
        raise click.UsageError("Say with --endpoint URL which store to push to.")
    login = _login(user)
    release = release_or_build(*place(settings))
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
        say("\nStopped. The same command goes on where this one was.")
        raise
    say(_summary(report, settings.endpoint))


def _login(user: str | None) -> Login | None:
    """Return the login for a user, None without one; raises SettingError when there is no password."""
    from ecp_graph.engine.login import Login

    if user is None:
        return None
    if PASSWORD not in os.environ:
        raise SettingError(PASSWORD, f"it is not set, and --user {user} needs a password.")
    return Login(user, os.environ[PASSWORD])


def _summary(report: PushReport, endpoint: str) -> str:
    """Return what was done, and at which address the store answers as the release does."""
    from ecp_graph.linked_data.push.push import merged_graph

    counts = f"{len(report.pushed)} graphs pushed, {len(report.unchanged)} unchanged, {len(report.removed)} removed"
    lines = [f"Release {report.release} is in the store: {counts}; {report.statements} statements counted."]
    ask = endpoint
    if report.has(merged_graph()):
        ask += f"{'&' if '?' in endpoint else '?'}default-graph-uri={merged_graph()}"
    lines.append(f"Ask it with --endpoint '{ask}'.")
    return "\n".join(lines)
