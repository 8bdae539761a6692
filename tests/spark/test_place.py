"""The same statements make the same tables in DuckDB and on Spark; what is missing or fails is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from ecp_graph.cli import cli
from ecp_graph.errors import MissingExtra, SparkError
from ecp_graph.tables.dialect import in_spark
from ecp_graph.tables.joins import Place, in_process
from ecp_graph.tables.spark import check_spark, on_spark
from ecp_graph.tables.statements import Statements

EDGES = """
<urn:a> <urn:next> <urn:b> <urn:g> .
<urn:b> <urn:next> <urn:c> <urn:g> .
<urn:c> <urn:next> <urn:a> <urn:g> .
<urn:c> <urn:next> <urn:d> <urn:g> .
<urn:a> <urn:name> "back\\\\slash \\"quoted\\" é"@en <urn:g> .
""".lstrip()
FRESH = """
SELECT following.s, following.o
FROM (SELECT DISTINCT delta.s, edges.o FROM delta JOIN edges ON delta.o = edges.s) AS following
ANTI JOIN known ON known.s = following.s AND known.o = following.o"""
#: Everything in which the two dialects differ, in one statement.
ODD = """
SELECT l.s AS "on", CAST(NULL AS VARCHAR) AS "way", starts_with(l.term, '"') AS "a b", contains(l.term, '\\') AS slash,
  ends_with(l.term, '>') AS ends, strpos(l.term, 's') AS place,
  CASE WHEN l.s < 0 THEN error('never') ELSE reverse(l.term) END AS turned
FROM (SELECT quads.s, terms.term FROM quads JOIN terms ON terms.id = quads.o) AS l
SEMI JOIN (
  WITH RECURSIVE c(s, o) AS (SELECT s, o FROM quads UNION SELECT c.s, q.o FROM c JOIN quads AS q ON c.o = q.s)
  SELECT s, o FROM c) AS r ON l.s = r.s AND r.s = r.o
ANTI JOIN (SELECT max(s) AS s FROM quads) AS last ON last.s = l.s"""


def rounds(place: Place) -> tuple[list[int], dict[str, list[tuple[object, ...]]]]:
    """Follow edges round by round, and return the rows of each round, and of the tables that were made."""
    statements, counts = Statements(), []
    statements.load("data", [EDGES.encode()])
    statements.connection.execute("CREATE TABLE known AS SELECT s, o FROM quads")
    statements.connection.execute("CREATE TABLE edges AS SELECT s, o FROM quads")
    with place(statements, ["known", "edges", "terms", "quads"]) as joins:
        joins.make("delta", "SELECT * FROM known")
        fresh = FRESH
        while rows := joins.make("fresh", fresh):
            counts.append(rows)
            joins.append("known", "fresh")
            joins.rename("fresh", "delta")
        joins.make("odd", ODD)
        joins.fetch("known")
        joins.fetch("odd")
    asked = {name: f"SELECT * FROM {name} ORDER BY ALL" for name in ("known", "odd")}
    return counts, {name: statements.connection.execute(select).fetchall() for name, select in asked.items()}


@pytest.mark.slow
def test_rounds_and_dialect_give_the_same_rows(spark: Place) -> None:
    counts, tables = rounds(in_process)
    assert counts == [5, 5]
    assert len(tables["odd"]) > 0
    assert rounds(spark) == (counts, tables)


@pytest.mark.slow
def test_a_statement_that_spark_refuses_is_told(spark: Place) -> None:
    with spark(Statements(), []) as joins, pytest.raises(SparkError, match=r"Spark at local\[2\] refused.*nowhere"):
        joins.make("made", "SELECT * FROM nowhere")


@pytest.mark.slow
@pytest.mark.usefixtures("spark")
def test_a_master_that_is_none_is_told() -> None:
    told = pytest.raises(SparkError, match=r"could not go on\. Its log ends with")
    with on_spark("nonsense") as place, told, place(Statements(), ["terms"]):
        raise AssertionError("the session has begun")


@pytest.mark.parametrize(("version", "told"), [("", "no Java was found"), ("11.0.2", "Java 11 was found")])
def test_a_java_that_is_missing_or_too_old_is_told(
    version: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bin").mkdir()
    if version:
        java = tmp_path / "bin" / "java"
        java.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\"' >&2\n", encoding="utf-8")
        java.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(SparkError, match=f"needs Java 17 or newer, and {told} in JAVA_HOME. Install a JRE"):
        check_spark()


def test_a_missing_extra_is_met_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match=r"pip install 'ecp-graph\[spark\]'"):
        check_spark()


def test_recursive_parts_are_made_elsewhere() -> None:
    made: list[str] = []

    def table(select: str) -> str:
        made.append(select)
        return f"closure_{len(made)}"

    part = "(WITH RECURSIVE c AS (SELECT 1) SELECT * FROM c)"
    told = in_spark(f"SELECT * FROM {part} AS l JOIN {part} AS r ON true", table)
    assert told == "SELECT * FROM (SELECT * FROM closure_1) AS l JOIN (SELECT * FROM closure_2) AS r ON true"
    assert made == [part[1:-1]] * 2


def test_the_command_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    result = CliRunner().invoke(cli, ["build", "--engine", "spark", "--releases", str(tmp_path)])
    assert result.exit_code == 2
    assert "pip install 'ecp-graph[spark]'" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_master_is_that_of_the_environment_or_of_the_workspace(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[str] = []
    monkeypatch.setattr("ecp_graph.pipeline.build", lambda *_, spark_master, **__: asked.append(spark_master))
    (tmp_path / "workspace.toml").write_text('[build]\nspark = "local[3]"\n', encoding="utf-8")
    (tmp_path / "data").mkdir()
    for environment in ({}, {"ECP_GRAPH_SPARK_MASTER": "spark://head:7077"}):
        arguments = ["build", "--engine", "spark", "--workspace", str(tmp_path), "--releases", str(tmp_path / "r")]
        CliRunner().invoke(cli, arguments, env=environment)
    assert asked == ["local[3]", "spark://head:7077"]
