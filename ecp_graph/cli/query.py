"""``ecp-graph query``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ecp_graph.cli.common import release_or_build, settings_options, split_parameters, workspace_and_releases
from ecp_graph.cli.output import output_options, write_answer, write_query
from ecp_graph.errors import InputSyntaxError, ParameterError

if TYPE_CHECKING:
    from ecp_graph.engine import Engine
    from ecp_graph.queries.catalogue import Catalogue, Query
    from ecp_graph.settings import Settings
    from ecp_graph.tables.lists.reading import Lists

__all__ = ["engine_and_lists", "engine_for", "query"]


@click.command()
@click.argument("source", metavar="NAME|FILE.rq|-")
@click.option(
    "-p",
    "--param",
    "pairs",
    multiple=True,
    metavar="k=v",
    help="Value of a parameter; repeatable, also for several values of the same parameter.",
)
@output_options
@settings_options("endpoint", "service", "service_private", "timeout", "workspace", "releases")
def query(source: str, pairs: tuple[str, ...], fmt: str | None, output: Path | None, settings: Settings) -> None:
    """Run a query from the catalogue, a file or standard input.

    The project's prefixes (ecp:, body:, action:, ...) are predeclared. `ecp-graph queries` lists the names.
    """
    from ecp_graph.queries.catalogue import load_catalogue

    given = split_parameters(pairs)
    catalogue = load_catalogue(workspace_and_releases(settings)[0])  # puts its names in use
    found = _find(source, catalogue)
    engine, lists = engine_and_lists(settings)
    limit = settings.timeout
    if not isinstance(found, str):
        write_query(engine, lists, found, given, fmt=fmt, output=output, timeout_s=limit, catalogue=catalogue)
    elif given:
        raise ParameterError("Only a query with a '#+' header has parameters; this one has none.")
    else:
        write_answer(engine, found, fmt=fmt, output=output, timeout_s=limit)


def engine_for(settings: Settings) -> Engine:
    """Return the remote engine if an endpoint is set, otherwise an engine over the current release, built if needed."""
    return engine_and_lists(settings)[0]


def engine_and_lists(settings: Settings) -> tuple[Engine, Lists | None]:
    """Return the same with the lists of the release; None over an endpoint, and of a release without lists."""
    from ecp_graph.engine.opening import federated, remote_engine
    from ecp_graph.release.opening import release_engine
    from ecp_graph.tables.lists.reading import Lists

    where = workspace_and_releases(settings)
    if settings.endpoint:
        return remote_engine(settings.endpoint), None
    release = release_or_build(*where)
    lists = Lists(release.lists) if release.lists.is_file() else None
    return federated(release_engine(release), settings), lists


def _find(source: str, catalogue: Catalogue) -> Query | str:
    """Return the query named by the argument, as plain text if it has no header."""
    from ecp_graph.queries.catalogue import parse_query

    if source == "-":
        path, text = Path("<stdin>"), _standard_input()
    elif source.endswith((".rq", ".sparql")) or "/" in source:
        path = Path(source)
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as reason:
            raise InputSyntaxError(path, f"it cannot be read ({reason}).") from reason
    else:
        return catalogue[source]
    has_header = any(line.startswith("#+") for line in text.splitlines())
    return parse_query(text, path, path.parent) if has_header else text


def _standard_input() -> str:
    try:
        return sys.stdin.buffer.read().decode("utf-8")
    except UnicodeDecodeError as reason:
        raise InputSyntaxError(Path("<stdin>"), f"it is not UTF-8 ({reason}).") from reason
