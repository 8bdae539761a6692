"""``ecp-graph serve``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ecp_graph.cli.common import public_release, release_or_build, say, settings_options, workspace_and_releases

if TYPE_CHECKING:
    from flask import Flask

    from ecp_graph.engine.opening import DefaultGraph
    from ecp_graph.settings import Settings

__all__ = ["serve"]

_MARKED = """
ASK {
  { ?plan ecp:confidential ?mark } UNION { GRAPH ?graph { ?plan ecp:confidential ?mark } }
  FILTER (STR(?mark) NOT IN ("false", "0"))
}"""


@click.command()
@click.argument("files", nargs=-1, metavar="[FILE]...", type=click.Path(path_type=Path))
@click.option("--host", metavar="H", help="Address to listen on.  [env: ECP_GRAPH_HOST; default: 127.0.0.1]")
@click.option(
    "--port", type=click.IntRange(0, 65535), help="Port; 0 chooses a free one.  [env: ECP_GRAPH_PORT; default: 8000]"
)
@click.option(
    "--default-graph",
    type=click.Choice(["union", "own"]),
    help="With FILEs: the default graph is the merge of all graphs, or only statements outside them.  [default: own]",
)
@settings_options("endpoint", "service", "service_private", "timeout", "workspace", "releases", own=("host", "port"))
def serve(files: tuple[Path, ...], default_graph: DefaultGraph | None, settings: Settings) -> None:
    """Serve the site and the SPARQL endpoint over the current release.

    A new release is picked up without a restart. With RDF FILEs, serve only a SPARQL endpoint over them, without
    reasoning or shapes. With --endpoint, serve the site over a remote store.

    Confidential plans are shown only by a server that listens on the loopback interface and has no proxy set.
    """

    if default_graph and not files:
        raise click.UsageError(
            "--default-graph is only for FILEs: the default graph of a release is the merge of all graphs."
        )
    if files and settings.endpoint:
        raise click.UsageError("Give FILEs or a remote endpoint (--endpoint or ECP_GRAPH_ENDPOINT), not both.")
    from ecp_graph.web.serving.server import serve_app

    app = _app(files, default_graph, settings)
    serve_app(app, settings, on_start=lambda address: say(f"Serving at {address}  (press Ctrl-C to stop)"))


def _app(files: tuple[Path, ...], default_graph: DefaultGraph | None, settings: Settings) -> Flask:
    from ecp_graph.engine.asking import ask_table
    from ecp_graph.engine.opening import files_engine
    from ecp_graph.web.app import create_app
    from ecp_graph.web.state.source import FixedEngine

    where = workspace_and_releases(settings)
    if files:
        engine = files_engine(files, default_graph or "own", settings)
        if not settings.is_local and ask_table(engine, _MARKED, timeout_s=settings.timeout).boolean:
            raise click.UsageError("A plan in these FILEs is marked as confidential; serve them on 127.0.0.1 only.")
        return create_app(settings, source=FixedEngine(engine, is_fixed=True), with_catalogue=False)
    if not settings.endpoint:
        (release_or_build if settings.is_local else public_release)(*where)
    return create_app(settings)
