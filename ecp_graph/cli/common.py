"""Shared by the commands: options, error reporting, and finding or building the release."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVar

import click

from ecp_graph.errors import EcpGraphError, ParameterError
from ecp_graph.namespaces import using

if TYPE_CHECKING:
    from ecp_graph.release.release import Release
    from ecp_graph.settings import Settings
    from ecp_graph.validation.report import Report
    from ecp_graph.workspace import Workspace

__all__ = [
    "Commands",
    "is_terminal",
    "leave",
    "output_option",
    "own_workspace",
    "public_release",
    "refuse_terminal",
    "release_or_build",
    "say",
    "settings_options",
    "show_report",
    "split_parameters",
    "workspace_and_releases",
]

Decorated = TypeVar("Decorated", bound=Callable[..., Any] | click.Command)

_FOLDER: Final = click.Path(path_type=Path, file_okay=False)
_FILE: Final = click.Path(path_type=Path, dir_okay=False)
#: The key of the workspace among what click remembers for a command.
_WORKSPACE = "ecp_graph.workspace"


class Commands(click.Group):
    """A command group that reports an `EcpGraphError` on stderr and exits with its exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; see `click.Group.invoke`."""
        try:
            return super().invoke(ctx)
        except EcpGraphError as error:
            say(f"Error: {error}")
            ctx.exit(error.exit_code)


def say(message: str) -> None:
    """Write a message to stderr; stdout is reserved for data."""
    click.echo(message, err=True)


def is_terminal() -> bool:
    """Return whether what is written to stdout is seen on a terminal."""
    return sys.stdout.isatty()


def refuse_terminal(what: str) -> None:
    """Raise ParameterError if stdout is a terminal, which cannot show what is named, such as "A Word document"."""
    if is_terminal():
        raise ParameterError(
            f"{what} cannot be shown on a terminal. Give a file with --output FILE, or redirect stdout."
        )


def leave(code: int) -> NoReturn:
    """Exit the process; immediately if a query is still running, because Oxigraph cannot cancel one."""
    if any(thread.name == "query" for thread in threading.enumerate()):
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except OSError:
                code = code or 1
        os._exit(code)
    sys.exit(code)


def settings_options(*names: str, own: tuple[str, ...] = ()) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return a decorator that adds options of settings, in this order, and passes the command one ``settings``.

    ``names`` are fields of `Settings`, such as ``timeout``; ``own`` are others, whose options the command
    declares itself. What is not given comes from the environment.
    """

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def run(*args: Any, **given: Any) -> None:
            from ecp_graph.settings import settings_from

            settings = settings_from(**{name: given.pop(name) for name in (*names, *own)})
            command(*args, settings=settings, **given)

        for name in reversed(names):
            _OPTIONS[name](run)
        return run

    return decorate


def output_option(command: Decorated) -> Decorated:
    """Add ``--output``, the file to write to instead of stdout."""
    about = "Write to this file instead of stdout."
    return click.option("-o", "--output", type=_FILE, metavar="FILE", help=about)(command)


def _addresses(_: click.Context, option: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...] | None:
    from ecp_graph.addresses import normalised

    try:
        return tuple(map(normalised, given)) or None
    except ValueError as reason:
        raise click.BadParameter(f"{reason}.", param=option) from reason


_OPTIONS: Final = {
    "endpoint": click.option(
        "--endpoint",
        metavar="URL",
        help="Query a remote SPARQL 1.1 endpoint instead of the release.  [env: ECP_GRAPH_ENDPOINT]",
    ),
    "service": click.option(
        "--service",
        multiple=True,
        metavar="URL",
        callback=_addresses,
        help="A public SPARQL endpoint that SERVICE may call; repeatable.  [env: ECP_GRAPH_SERVICE; default: none]",
    ),
    "service_private": click.option(
        "--service-private",
        multiple=True,
        metavar="URL",
        callback=_addresses,
        help="The same for an endpoint in a private network.  [env: ECP_GRAPH_SERVICE_PRIVATE; default: none]",
    ),
    "timeout": click.option(
        "--timeout",
        type=click.FloatRange(min=0, min_open=True),
        metavar="S",
        help="Time limit of a query in seconds.  [env: ECP_GRAPH_TIMEOUT; default: 10]",
    ),
    "workspace": click.option(
        "--workspace",
        type=_FOLDER,
        metavar="DIR",
        help="Folder with a workspace.toml.  [env: ECP_GRAPH_WORKSPACE; default: the nearest one upwards from the "
        "current folder, else the bundled one]",
    ),
    "releases": click.option(
        "--releases",
        type=_FOLDER,
        metavar="DIR",
        help="Folder of the releases.  [env: ECP_GRAPH_RELEASES; default: releases/ in the workspace]",
    ),
}


def workspace_and_releases(settings: Settings) -> tuple[Workspace, Path]:
    """Return the workspace to work in and the folder of its releases.

    The first time a command asks, stderr says which workspace it is, and its names come into use.
    """
    from ecp_graph.workspace import default_releases, find_workspace

    context = click.get_current_context()
    if _WORKSPACE not in context.meta:
        context.meta[_WORKSPACE] = found = find_workspace(settings.workspace)
        say(f"Workspace: {found.root} ({found.about.title})")
        context.with_resource(using(found.names))
    workspace = context.meta[_WORKSPACE]
    return workspace, settings.releases.resolve() if settings.releases else default_releases(workspace)


def own_workspace(settings: Settings) -> Workspace:
    """Return the workspace to write into, as `workspace_and_releases` does.

    Raises WorkspaceError where that would be the bundled one only because there is no other.
    """
    from ecp_graph.errors import WorkspaceError
    from ecp_graph.workspace import bundled_workspace

    workspace, _ = workspace_and_releases(settings)
    is_named = settings.workspace is not None or os.environ.get("ECP_GRAPH_WORKSPACE", "").strip()
    if not is_named and workspace == bundled_workspace() and workspace.root not in (Path.cwd(), *Path.cwd().parents):
        raise WorkspaceError(
            "There is no workspace in this folder or above it. Make one with `ecp-graph init DIR`, or name one.",
            Path.cwd(),
        )
    return workspace


def release_or_build(workspace: Workspace, releases: Path) -> Release:
    """Return the current release; if there is none yet, build one and report this on stderr.

    Raises ReleaseError if the current release is damaged, and exits with 1 if the data do not conform.
    """
    from ecp_graph.release.release import current_id, open_release

    if current_id(releases) is not None:
        release = open_release(releases)
        click.get_current_context().with_resource(using(release.names))
        return release
    say(f"There is no release in {releases} yet; building one.")
    from ecp_graph.pipeline import build

    result = build(workspace, releases, progress=say)
    if result.release is None:
        show_report(result.report)
        click.get_current_context().exit(1)
    return result.release


def public_release(workspace: Workspace, releases: Path) -> Release:
    """Return the part of the current release that may leave the machine; stderr says what is left out.

    The release is that of `release_or_build`. Raises NothingPublic where nothing may leave, and ReleaseError where a
    plan has been marked as confidential since.
    """
    from ecp_graph.errors import ReleaseError
    from ecp_graph.pipeline.confidential import marked_since
    from ecp_graph.release.release import public_part

    release = release_or_build(workspace, releases)
    if since := marked_since(workspace, release.confidential):
        raise ReleaseError(
            f"{', '.join(since)} has been marked as confidential since release {release.id} was built, so it cannot be "
            "published. Run `ecp-graph build`."
        )
    public = public_part(release)
    if release.confidential:
        say(f"Left out, because it is confidential: {', '.join(release.confidential)}.")
    return public


def show_report(report: Report) -> None:
    """Write a report as text to stderr."""
    from ecp_graph.validation.writers import render

    click.echo(render(report, "text"), err=True, nl=False)


def split_parameters(pairs: tuple[str, ...]) -> dict[str, list[str]]:
    """Parse ``k=v`` pairs into a mapping of names to values; raises ParameterError for a pair without ``=``."""
    given: dict[str, list[str]] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise ParameterError(
                f"'{pair}' is not a parameter; write name=value, as in --param instrument=safe-framework."
            )
        given.setdefault(name, []).append(value)
    return given
