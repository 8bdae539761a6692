"""``ecp-graph overlap``: the findings, asked through the catalogue.

``overlap KIND`` asks the query ``overlap-KIND`` of the topic ``overlap`` (the file
``queries/overlap/overlap-bodies.rq`` for bodies). The options are parameters of these queries, so the queries decide
what they mean: ``on`` and ``grade`` (enum) and ``secretariat`` (enum: with, without). An option that the query has no
parameter for is refused.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from ecp_graph.cli.common import (
    endpoint_option,
    place,
    releases_option,
    timeout_option,
    workspace_option,
)
from ecp_graph.cli.output import output_options, write_answer
from ecp_graph.cli.query import engine_for
from ecp_graph.errors import ParameterError

__all__ = ["overlap"]

_PREFIX: Final = "overlap-"


@click.command()
@click.argument("kind", metavar="bodies|programmes|actions|...")
@click.option("--on", metavar="instrument|topic|action|programme", help="Only overlaps on things of this kind.")
@click.option("--grade", metavar="A|B|C|D", help="Only this grade of evidence and better ones; A is the best.")
@click.option("--with-secretariat", is_flag=True, help="With the Secretariat, which is in nearly every row.")
@output_options
@endpoint_option
@timeout_option
@workspace_option
@releases_option
def overlap(
    kind: str,
    on: str | None,
    grade: str | None,
    with_secretariat: bool,
    fmt: str | None,
    output: Path | None,
    endpoint: str | None,
    timeout: float | None,
    workspace: Path | None,
    releases: Path | None,
) -> None:
    """Show what overlaps, on what, and how good the evidence is.

    The grade says how directly the document proves it, from A, the best, to D. `ecp-graph queries` shows each query
    of the topic overlap with what it counts.
    """
    from ecp_graph.queries.catalogue import load_catalogue
    from ecp_graph.queries.parameters import bind
    from ecp_graph.settings import settings_from

    settings = settings_from(workspace=workspace, releases=releases, endpoint=endpoint, timeout=timeout)
    catalogue = load_catalogue(place(settings)[0])
    name = _PREFIX + kind
    if name not in catalogue:
        kinds = ", ".join(known.removeprefix(_PREFIX) for known in catalogue if known.startswith(_PREFIX))
        raise ParameterError(f"There are no overlaps of '{kind}'. Known are: {kinds or 'none'}.")
    given = {"on": on, "grade": grade, "secretariat": "with" if with_secretariat else None}
    values = {parameter: value for parameter, value in given.items() if value is not None}
    engine = engine_for(settings)
    write_answer(engine, bind(catalogue[name], values, engine), fmt=fmt, output=output, timeout_s=settings.timeout)
