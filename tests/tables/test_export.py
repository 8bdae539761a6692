"""``ecp-graph export --tables``: three formats, a folder that is whole or not there, and what is refused."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import duckdb
import openpyxl
import pytest
from click.testing import CliRunner, Result

from ecp_graph.cli import cli
from ecp_graph.errors import ExportError
from ecp_graph.release.release import Release
from ecp_graph.tables.export import FORMATS, export_tables
from tests.build.conftest import write_workspace


def export(releases: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["export", "--releases", str(releases), *arguments], catch_exceptions=False)


def test_parquet_is_that_of_the_release(releases: Path, release: Release, tmp_path: Path) -> None:
    done = export(releases, "--tables", str(tmp_path / "new" / "out"))
    assert (done.exit_code, done.stdout) == (0, "")
    assert "  actions: 28 rows\n" in done.stderr
    assert f"33 tables of release {release.id} are in " in done.stderr
    files = list((tmp_path / "new" / "out").iterdir())
    assert len(files) == 33
    assert all(path.read_bytes() == (release.tables / path.name).read_bytes() for path in files)


def test_csv_is_rfc_4180_with_what_its_columns_mean(releases: Path, release: Release, tmp_path: Path) -> None:
    assert export(releases, "--tables", str(tmp_path), "--format", "csv").exit_code == 0
    described = json.loads((tmp_path / "csv-metadata.json").read_text("utf-8"))["tables"]
    assert {path.name for path in tmp_path.glob("*.csv")} == {each["url"] for each in described}
    looked_at = 0
    for each in described:
        content = (tmp_path / each["url"]).read_bytes()
        assert content.endswith(b"\r\n")
        header, *found = csv.reader(content.decode("utf-8").splitlines(keepends=True))
        assert header == [column["name"] for column in each["tableSchema"]["columns"]]
        table = release.tables / each["url"].replace(".csv", ".parquet")
        wanted = duckdb.execute(f"SELECT * FROM '{table}'").fetchall()
        told = [[str(value).lower() if isinstance(value, bool) else str(value) for value in row] for row in wanted]
        assert found == [["" if value == "None" else value for value in row] for row in told]
        looked_at += len(found)
    assert looked_at > 3000


def test_one_workbook_has_a_sheet_a_table(releases: Path, tmp_path: Path) -> None:
    assert export(releases, "--tables", str(tmp_path), "--format", "xlsx").exit_code == 0
    (file,) = tmp_path.iterdir()
    book = openpyxl.load_workbook(file)
    assert len(book.sheetnames) == 33
    header, first, *_ = list(book["actions"].values)
    told = dict(zip(header, first, strict=True))
    assert told["iri"] == "https://w3id.org/ecp-graph/id/action/ecp3-1"
    assert told["position"] == 1
    (third,) = [row for row in book["actions"].values if str(row[0]).endswith("ecp3-3")]
    assert third[header.index("until_date")].date().isoformat() == "2017-07-31"


@pytest.mark.parametrize("form", FORMATS)
def test_a_folder_with_something_in_it_stays_as_it_is(releases: Path, tmp_path: Path, form: str) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    done = export(releases, "--tables", str(tmp_path), "--format", form)
    assert done.exit_code == 2
    assert "is not empty. Name an empty or new folder with --tables." in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_what_fails_in_the_middle_leaves_nothing(release: Release, tmp_path: Path) -> None:
    tables = tmp_path / "tables"
    tables.mkdir()
    (tables / "actions.parquet").write_bytes((release.tables / "actions.parquet").read_bytes())
    with pytest.raises(ExportError, match="cannot be written"):
        export_tables(tables, tmp_path / "out", "csv")  # its metadata are missing
    assert [path.name for path in tmp_path.iterdir()] == ["tables"]
    (tmp_path / "file").write_text("")
    with pytest.raises(ExportError, match="is not empty"):
        export_tables(release.tables, tmp_path / "file")


def test_a_release_without_tables_and_a_call_without_a_folder_are_told(tmp_path: Path) -> None:
    workspace = write_workspace(tmp_path / "workspace")
    done = export(tmp_path / "releases", "--workspace", str(workspace.root), "--tables", str(tmp_path / "out"))
    assert done.exit_code == 2
    assert "has no tables" in done.stderr
    assert not (tmp_path / "out").exists()
    assert "Say what to export" in export(tmp_path / "releases").stderr
