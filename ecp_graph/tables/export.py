"""Writes the tidy tables of a release into a folder, as Parquet, CSV or one Excel workbook."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from ecp_graph.errors import ExportError
from ecp_graph.sparql.results import Table, Term
from ecp_graph.tables.definitions import METADATA
from ecp_graph.tables.tidy import connected, literal, quoted

__all__ = ["FORMATS", "export_tables"]

FORMATS: Final = ("parquet", "csv", "xlsx")
_WORKBOOK: Final = "tables.xlsx"
_XSD: Final = "http://www.w3.org/2001/XMLSchema#"
_DATATYPES: Final = {"BIGINT": "integer", "DOUBLE": "double", "BOOLEAN": "boolean", "DATE": "date"}


def export_tables(tables: Path, folder: Path, form: str = "parquet") -> dict[str, int]:
    """Write the tables in a release's folder into a new or empty folder, and return the rows of each by its name.

    ``form`` is one of `FORMATS`: a Parquet file a table; a CSV file a table (RFC 4180, UTF-8, with a header) and their
    CSVW metadata; or one workbook with a sheet a table. The folder is there with everything in it or not at all.
    Raises ExportError for a folder that is not empty or cannot be written; for a workbook also what
    `ecp_graph.sparql.spreadsheet.workbook_of` raises.
    """
    folder = folder.resolve()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ExportError(f"{folder} is not empty. Name an empty or new folder with --tables.")
    staging = folder.with_name(f".{folder.name}.exporting-{os.getpid()}")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        staging.mkdir()
        rows = _write(tables, staging, form)
        if folder.exists():
            folder.rmdir()
        staging.rename(folder)
    except OSError as reason:
        raise ExportError(f"The tables cannot be written to {folder}: {reason}. Name another folder.") from reason
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return rows


def _write(tables: Path, staging: Path, form: str) -> dict[str, int]:
    found = {path.stem: path for path in sorted(tables.glob("*.parquet"))}
    held: dict[str, Table] = {}
    with connected(tables, staging) as connection:
        for name, path in found.items():
            connection.execute(f"CREATE VIEW {quoted(name)} AS SELECT * FROM read_parquet({literal(str(path))})")
            if form == "parquet":
                shutil.copyfile(path, staging / path.name)
            elif form == "csv":
                target = literal(str(staging / f"{name}.csv"))
                connection.execute(f"COPY {quoted(name)} TO {target} (FORMAT csv, HEADER, NEW_LINE '\\r\\n')")
            else:
                held[name] = _table(connection.execute(f"FROM {quoted(name)}"))
        rows = {name: connection.execute(f"SELECT count(*) FROM {quoted(name)}").fetchall()[0][0] for name in found}
    if form == "csv":
        shutil.copyfile(tables / METADATA, staging / METADATA)
    if form == "xlsx":
        _write_workbook(staging / _WORKBOOK, held)
    return rows


def _write_workbook(path: Path, tables: Mapping[str, Table]) -> None:
    from ecp_graph.sparql.spreadsheet import workbook_of

    path.write_bytes(workbook_of(tables))


def _table(found: Any) -> Table:
    datatypes = [_XSD + kind if (kind := _DATATYPES.get(str(column[1]))) else "" for column in found.description]
    rows = tuple(
        tuple(
            None if value is None else Term("literal", _text(value), datatype)
            for value, datatype in zip(row, datatypes, strict=True)
        )
        for row in found.fetchall()
    )
    return Table(tuple(column[0] for column in found.description), rows)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
