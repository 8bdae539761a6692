"""The command line ``ecp-graph``. stdout carries only data; messages go to stderr.

Exit codes: 0 success, 1 the data do not conform, 2 invalid usage or unreadable input. Commands import their
dependencies when they run, so that a query does not wait for the build tools to load.
"""

from __future__ import annotations

import click

from ecp_graph import __version__
from ecp_graph.cli.brief import brief
from ecp_graph.cli.build import build
from ecp_graph.cli.check import check
from ecp_graph.cli.common import Commands, leave, say
from ecp_graph.cli.decide import decide
from ecp_graph.cli.diff import diff
from ecp_graph.cli.explain import explain
from ecp_graph.cli.export import export
from ecp_graph.cli.import_ import import_
from ecp_graph.cli.init import init
from ecp_graph.cli.overlap import overlap
from ecp_graph.cli.publish import publish
from ecp_graph.cli.push import push
from ecp_graph.cli.queries import queries
from ecp_graph.cli.query import query
from ecp_graph.cli.remove import remove
from ecp_graph.cli.serve import serve
from ecp_graph.cli.validate import validate

__all__ = ["cli", "main"]

_CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
_INTERRUPTED = 130


@click.group(cls=Commands, context_settings=_CONTEXT)
@click.version_option(__version__, "--version", prog_name="ecp-graph")
def cli() -> None:
    """A knowledge graph of policy action plans: import, build, query, compare and publish them.

    Data go to stdout, messages to stderr. Exit codes: 0 success, 1 the data do not conform, 2 invalid usage or input.
    """


for _command in (
    init,
    import_,
    remove,
    build,
    validate,
    queries,
    query,
    overlap,
    check,
    decide,
    explain,
    brief,
    diff,
    export,
    serve,
    publish,
    push,
):
    cli.add_command(_command)


def main() -> None:
    """Run the command line and exit."""
    try:
        code = cli.main(standalone_mode=False)
    except click.exceptions.Abort:
        say("Stopped.")
        code = _INTERRUPTED
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    leave(code if isinstance(code, int) else 0)
