"""``ecp-graph decide``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ecp_graph.cli.common import own_workspace, release_or_build, say, settings_options, workspace_and_releases
from ecp_graph.cli.deciding import by_option, who_decides

if TYPE_CHECKING:
    from ecp_graph.pipeline.decisions import Asked
    from ecp_graph.settings import Settings

__all__ = ["decide"]

_FILE = click.Path(path_type=Path, dir_okay=False)
_WORDS = "confirmed|dismissed|coordinate|merge|unsure"


@click.command()
@click.argument("finding", required=False, metavar="[FINDING")
@click.argument("decision", required=False, metavar=f"{_WORDS}]")
@click.option("--lead", metavar="BODY", default="", help="The body that should lead: its code, name or IRI.")
@click.option("--reason", metavar="TEXT", default="", help="Why; needed.")
@by_option
@click.option("--role", metavar="TEXT", default="", help="Their role; published in place of the name.")
@click.option("--from", "workbook", type=_FILE, metavar="FILE.xlsx", help="Take the decisions of a workbook.")
@settings_options("workspace", "releases")
def decide(
    finding: str | None,
    decision: str | None,
    lead: str,
    reason: str,
    by: str | None,
    role: str,
    workbook: Path | None,
    settings: Settings,
) -> None:
    """Record decisions on findings of overlap.

    Decisions are kept in decisions/overlaps.tsv of the workspace. FINDING is the finding's IRI, its CURIE or the end of
    either, as in `body-ptc--body-tfawg--action-ecp3-3`. The workbook is what `ecp-graph overlap KIND --format xlsx`
    writes, with its columns status, lead and reason filled in. A decision holds as long as the finding rests on the
    same evidence; the next build says which are reopened, and why.

    Exit codes: 0 decided, 2 refused: nothing was written.
    """
    from ecp_graph.pipeline.decisions import Asked
    from ecp_graph.pipeline.decisions import decide as write
    from ecp_graph.pipeline.staging import one_at_a_time

    if (workbook is None) == (finding is None) or (finding is not None and decision is None):
        raise click.UsageError("Give a finding and a decision, or a workbook with --from.")
    where = own_workspace(settings)
    release = release_or_build(where, workspace_and_releases(settings)[1])
    with one_at_a_time(where.root, say):
        asked = _of_workbook(workbook) if workbook else [Asked(finding or "", decision or "", reason, lead)]
        made = write(where, release.tables, asked, by=who_decides(by, where.root), role=role)
    for one in made:
        say(f"{one.slug}: {one.decision}, by {one.by}")
    say(f"Decisions written: {len(made)}. `ecp-graph build` brings them into the graph.")


def _of_workbook(path: Path) -> list[Asked]:
    from ecp_graph.overlap.decided_workbook import read_decided
    from ecp_graph.pipeline.decisions import Asked

    found = read_decided(path)
    say(f"Lines of {path} with a status: {len(found)}")
    return [Asked(line.finding, line.status, line.reason, line.lead, line.place) for line in found]
