"""The queries about two plans, over the graph and over the lists, and the command that asks them."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from ecp_graph.cli import cli
from ecp_graph.engine import Engine
from ecp_graph.engine.asking import ask_table
from ecp_graph.namespaces import using
from ecp_graph.overlap.rows import engine_of
from ecp_graph.queries.binding import bind
from ecp_graph.queries.catalogue import load_catalogue
from ecp_graph.release.opening import release_engine
from ecp_graph.release.release import Release
from ecp_graph.sparql.results import Table
from ecp_graph.tables.lists.reading import Lists
from ecp_graph.tables.lists.sql import twins
from ecp_graph.workspace import Workspace

PLAN = "https://pairs.example/id/plan/"
COLUMNS = "planA,numberA,planB,numberB,class,grade,score,certainty,shared,decision,finding"


@pytest.fixture(scope="module")
def engine(workspace: Workspace, release: Release) -> Iterator[Engine]:
    with using(workspace.names):
        opened = release_engine(release)
        yield opened
        opened.close()


def texts(table: Table) -> list[tuple[str, ...]]:
    return [tuple(cell.value if cell else "" for cell in row) for row in table.rows]


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("overlap-actions-between", {"first": f"{PLAN}south", "second": f"{PLAN}north"}),
        ("overlap-actions-between", {"first": f"{PLAN}north", "second": f"{PLAN}west"}),
        ("overlap-plans", {}),
    ],
)
def test_lists_have_the_rows_of_the_graph_and_what_is_possible(
    name: str, given: dict[str, str], engine: Engine, release: Release, workspace: Workspace
) -> None:
    query = load_catalogue(workspace)[name]
    asked, held = ask_table(engine, bind(query, given, engine)), Lists(release.lists).answer(query, given)
    assert held is not None
    assert held.columns == asked.columns
    assert texts(asked) == [row for row in texts(held) if "possible" not in row]
    assert texts(asked)


#: Values of parameters that a query needs.
NEEDED = {
    "overlap-actions-between": {"first": f"{PLAN}south", "second": f"{PLAN}north"},
    "overlap-in-plan": {"plan": f"{PLAN}south"},
    "overlap-partners": {"thing": f"{PLAN.replace('plan/', 'action/')}north-1"},
    "overlaps-of-thing": {"thing": f"{PLAN.replace('plan/', 'action/')}north-1"},
}


@pytest.mark.parametrize("name", sorted(twins()))
def test_a_twin_gives_the_rows_of_its_query_of_several_plans(
    name: str, engine: Engine, release: Release, workspace: Workspace, tmp_path: Path
) -> None:
    """Of findings that are nodes; the twin has rows besides."""
    query, copy = load_catalogue(workspace)[name], tmp_path / "lists.sqlite"
    copy.write_bytes(release.lists.read_bytes())
    with closing(sqlite3.connect(copy)) as lists:
        rows = "SELECT id FROM finding WHERE NOT is_node"
        for table in ("thing", "action", "reading"):
            lists.execute(f"DELETE FROM finding_{table} WHERE finding IN ({rows})")
        assert lists.execute("DELETE FROM finding WHERE NOT is_node").rowcount > 0
        lists.commit()
    needed = NEEDED.get(name, {})
    choices = [{}, *({"plan": f"{PLAN}{slug}"} for slug in ("north", "west") if query.parameter("plan"))]
    for given in ({**needed, **choice} for choice in choices):
        asked = ask_table(engine, bind(query, given, engine), timeout_s=60)
        assert Lists(copy).answer(query, given) == asked, given


def run(workspace: Workspace, release: Release, *arguments: str) -> tuple[str, str]:
    where = ("--workspace", str(workspace.root), "--releases", str(release.path.parent))
    done = CliRunner().invoke(cli, ["overlap", *arguments, *where], catch_exceptions=False)
    assert done.exit_code == 0, done.stderr
    return done.stdout, done.stderr


def test_the_command_has_fixed_columns_and_says_what_was_not_understood(workspace: Workspace, release: Release) -> None:
    out, told = run(workspace, release, "actions", "--between", "south", "north", "--format", "csv")
    header, *lines = out.splitlines()
    assert header == COLUMNS
    rows = [dict(zip(COLUMNS.split(","), line, strict=True)) for line in csv.reader(lines)]
    assert {(row["planA"], row["planB"]) for row in rows} == {("south", "north")}
    train, *_ = [row for row in rows if row["numberA"] == "1"]
    assert (train["class"], train["numberB"], train["shared"]) == ("duplication", "1", "rules of origin")
    assert (train["decision"], train["certainty"]) == ("", "interpreted")
    order = ["duplication", "overlap", "fragmentation", "related", "possible"]
    classes = [row["class"] for row in rows]
    assert classes == sorted(classes, key=order.index)
    assert "Southern Lakes Agenda: 9 actions; 6 on nothing known" in told
    # from the other side the same findings
    back, _ = run(workspace, release, "actions", "--between", "north", "south", "--format", "csv")
    assert {line.rpartition(",")[2] for line in back.splitlines()} == {
        line.rpartition(",")[2] for line in out.splitlines()
    }


def test_the_command_counts_what_each_two_plans_have_in_common(workspace: Workspace, release: Release) -> None:
    out, told = run(workspace, release, "plans", "--format", "csv")
    assert "Northern Rivers Programme,Southern Lakes Agenda,duplication,instrument,2," in out
    assert "Southern Lakes Agenda,Western Lights,fragmentation,instrument,1," in out
    assert "Western Lights: 2 actions; 1 on nothing known" in told


def test_a_finding_that_is_no_node_has_its_score_too(workspace: Workspace, release: Release, engine: Engine) -> None:
    lists = Lists(release.lists)
    held = lists.answer(
        load_catalogue(workspace)["overlap-actions-between"], {"first": f"{PLAN}north", "second": f"{PLAN}south"}
    )
    assert held is not None
    (possible, *_) = [row for row in texts(held) if "possible" in row]
    row = lists.row(possible[-1])
    assert row is not None
    assert str(row.score) == possible[6]
    asked = f"SELECT ?score {{ <{row.iri}> <https://w3id.org/ecp-graph/ontology#score> ?score }}"
    assert texts(ask_table(engine_of(row, engine), asked)) == [(possible[6],)]
