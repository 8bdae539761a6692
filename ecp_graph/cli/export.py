"""``ecp-graph export``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ecp_graph.cli.common import release_or_build, say, settings_options, workspace_and_releases
from ecp_graph.errors import ReleaseError

if TYPE_CHECKING:
    from ecp_graph.settings import Settings

__all__ = ["export"]


@click.command()
@click.option(
    "--tables",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write the tidy tables of the release into this folder, which must be new or empty.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["parquet", "csv", "xlsx"]),
    default="parquet",
    show_default=True,
    help="parquet or csv: one file per table; xlsx: one workbook with one sheet per table.",
)
@settings_options("workspace", "releases")
def export(tables: Path | None, form: str, settings: Settings) -> None:
    """Write the tidy tables of the current release.

    These are actions, bodies, findings, evidence and others. One row is one thing and one column one fact.
    docs/tables.md says what each column means, and how to open them in DuckDB, pandas, R and Power BI. Confidential
    plans are included.
    """
    from ecp_graph.tables.export import export_tables

    if tables is None:
        raise click.UsageError("Say what to export, as in: ecp-graph export --tables DIR")
    release = release_or_build(*workspace_and_releases(settings))
    if not release.tables.is_dir():
        raise ReleaseError(
            f"The release {release.id} has no tables. They are defined by the files in queries/tables/; "
            "add some and run `ecp-graph build`."
        )
    rows = export_tables(release.tables, tables, form)
    for name, count in rows.items():
        say(f"  {name}: {count} rows")
    say(f"{len(rows)} tables of release {release.id} are in {tables} ({form}).")
