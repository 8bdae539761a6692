"""``ecp-graph overlap`` over the bundled graph: findings with parameters, and matrices."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from ecp_graph.cli import cli


@pytest.fixture
def overlap(releases: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("ECP_GRAPH_RELEASES", str(releases))
    return CliRunner()


def _ask(runner: CliRunner, *arguments: str) -> Result:
    return runner.invoke(cli, ["overlap", *arguments])


def test_a_matrix_as_csv(overlap: CliRunner) -> None:
    result = _ask(overlap, "programme-goal", "--format", "csv")
    assert result.exit_code == 0, result.output
    header, *rows = list(csv.reader(io.StringIO(result.stdout)))
    assert header[0] == "programme \\ goal"
    assert [head[:1] for head in header[1:]] == ["1", "5"]
    assert {row[0].split()[0]: row[1:] for row in rows} == {
        "PTC-WP": ["8", ""],
        "TFAWG-WP": ["8", ""],
        "TFAWG-AWP": ["5", ""],
        "DC-WP": ["1", "3"],
    }


def test_a_matrix_as_a_table_shows_the_grades(overlap: CliRunner) -> None:
    text = _ask(overlap, "body-body", "--format", "table").stdout
    line = next(line for line in text.splitlines() if line.startswith("IMSC"))
    assert "1 A joint" in line
    assert "SEC " not in text
    assert "SEC " in _ask(overlap, "body-body", "--format", "table", "--with-secretariat").stdout


def test_a_matrix_as_a_workbook(overlap: CliRunner, tmp_path: Path) -> None:
    file = tmp_path / "matrix.xlsx"
    assert _ask(overlap, "body-body", "--grade", "A", "--output", str(file), "--format", "xlsx").exit_code == 0
    assert [cell.value for cell in openpyxl.load_workbook(file)["cells"][2]][2:4] == [1, "A"]


def test_parameters_of_a_query(overlap: CliRunner) -> None:
    result = _ask(overlap, "between", "-p", "member=PTC", "-p", "other=IMSC", "--format", "csv")
    assert len(result.stdout.splitlines()) == 1 + 1
    refused = _ask(overlap, "between", "-p", "member=PTC", "-p", "member=IMSC")
    assert "takes one value, but 2 are given" in refused.stderr


def test_a_kind_alone(overlap: CliRunner) -> None:
    listed = _ask(overlap, "bodies", "--kind", "descent", "--format", "csv").stdout
    assert {row["kind"] for row in csv.DictReader(io.StringIO(listed))} == {"descent"}
    matrix = _ask(overlap, "body-body", "--kind", "joint", "--format", "csv").stdout
    rows = [line[0] for line in csv.reader(io.StringIO(matrix))][1:]
    assert rows == [
        "PTC Permanent Technical Committee",
        "IMSC Information Management Sub-Committee",
        "TFA WG TFA Working Group",
    ]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["body-colour"], "Join two of these with '-': action, activity, body"),
        (["body-body", "--tie", "action"], "has grades, not 'action'"),
        (["body-topic", "--grade", "A"], "has ties, not 'A'"),
        (["body-topic", "--on", "topic"], "'--on' is only for overlaps"),
        (["body-body", "--grade", "A", "--tie", "action"], "use --grade or --tie"),
        (["body-topic", "--kind", "joint"], "'--kind' is only for overlaps"),
        (["body-body", "--kind", "shared"], "use one of joint, programme"),
        (["body-body", "--grade", "Z"], "use one of A, B, C, D"),
        (["body-body", "--format", "ttl"], "as table, csv or xlsx"),
        (["body-body", "-p", "member=PTC"], "has no --param"),
    ],
)
def test_what_does_not_fit_is_said(overlap: CliRunner, arguments: list[str], sentence: str) -> None:
    result = _ask(overlap, *arguments)
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert result.stdout == ""
