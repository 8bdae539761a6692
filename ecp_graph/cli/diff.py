"""``ecp-graph diff``."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ecp_graph.cli.common import releases_option, timeout_option, workspace_and_releases, workspace_option

if TYPE_CHECKING:
    from ecp_graph.queries.compare import Difference

__all__ = ["diff"]

_MARKS = {"added": "+", "removed": "-", "changed": "~"}


@click.command()
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@click.option(
    "-f", "--format", "fmt", type=click.Choice(["table", "csv", "json"]), default="table", help="[default: table]"
)
@timeout_option
@workspace_option
@releases_option
@click.pass_context
def diff(
    ctx: click.Context,
    before: str,
    after: str,
    fmt: str,
    timeout: float | None,
    workspace: Path | None,
    releases: Path | None,
) -> None:
    """Show what changed from release A to release B: actions, bodies, dates, overlaps.

    A release is given by its id, a prefix of its id, `current`, `previous`, or its folder. The comparison runs the
    queries of the catalogue that have `compare` in their header. Exit codes: 0 no changes, 1 changes, 2 there is no
    such release, or it cannot be read.
    """
    from ecp_graph.queries.catalogue import load_catalogue
    from ecp_graph.queries.compare import compare
    from ecp_graph.release.opening import release_engine
    from ecp_graph.release.versions import named_release
    from ecp_graph.settings import settings_from

    settings = settings_from(workspace=workspace, releases=releases, timeout=timeout)
    where, folder = workspace_and_releases(settings)
    first, second = named_release(before, folder), named_release(after, folder)
    sides = release_engine(first), release_engine(second)
    difference = compare(*sides, load_catalogue(where), timeout_s=settings.timeout)
    if fmt == "json":
        whole = {"before": first.id, "after": second.id, **difference.as_json()}
        click.echo(json.dumps(whole, indent=2, ensure_ascii=False))
    else:
        click.echo(_csv(difference) if fmt == "csv" else _text(difference), nl=False)
    ctx.exit(0 if difference.is_empty else 1)


def _text(difference: Difference) -> str:
    """Return the sections with changes as text, one line for each thing and each changed value."""
    from ecp_graph.sparql.results import printable

    lines: list[str] = []
    for section in difference.sections:
        if not section.changes:
            continue
        lines.append(f"{section.title} ({section.before} before, {section.after} after)")
        for change in section.changes:
            lines.append(f"  {_MARKS[change.kind]} {change.name}")
            lines += [
                f"      {field.column}: {_quoted(field.before)} → {_quoted(field.after)}" for field in change.fields
            ]
        lines.append("")
    if not lines:
        things = sum(section.after for section in difference.sections)
        lines.append(f"Nothing changed; {things} things were compared by {len(difference.sections)} queries.")
    return printable("\n".join(lines).rstrip() + "\n")


def _quoted(text: str) -> str:
    return f'"{text}"' if text else "nothing"


def _csv(difference: Difference) -> str:
    """Return CSV with a row for each thing added or removed, and for each changed value."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(["section", "change", "name", "thing", "column", "before", "after"])
    for section in difference.sections:
        for change in section.changes:
            head = [section.title, change.kind, change.name, change.thing]
            rows = [[field.column, field.before, field.after] for field in change.fields] or [["", "", ""]]
            writer.writerows([*head, *row] for row in rows)
    return stream.getvalue()
