"""Which findings are nodes, and that the tables have all of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pyoxigraph as ox
import pytest

from ecp_graph.overlap.choosing import THEMES, count_findings, rows_beside
from ecp_graph.overlap.derive import derive_layer, merged_store
from ecp_graph.pipeline.complete import tables_of
from ecp_graph.rdf.load import Sources, load
from ecp_graph.reasoning.reason import infer_layer
from ecp_graph.tables.definitions import read_definitions
from ecp_graph.tables.statements import Statements
from ecp_graph.tables.tidy import write_tables
from ecp_graph.workspace import bundled_workspace

LAYERS = ("ontology", "data", "inferred", "derived")
TABLES = ("findings", "finding_actions", "finding_readings", "finding_things", "names")


@pytest.fixture(scope="module")
def sources() -> Sources:
    return load(bundled_workspace())


def found(sources: Sources, **choice: Any) -> Statements:
    statements = tables_of(sources)
    infer_layer(statements, sources.ontology)
    derive_layer(statements, bundled_workspace().rule_files, **choice)
    return statements


def rows(statements: Statements, folder: Path) -> Mapping[str, list[tuple[Any, ...]]]:
    """The tables of findings, without the column that tells whether they are nodes."""
    definitions = read_definitions(bundled_workspace())
    beside = {table: statements.write_rows(select, table) for table, select in rows_beside(statements).items()}
    write_tables(merged_store(statements.quads(*LAYERS)), definitions, folder, beside=beside)
    left_out = {"findings": "EXCLUDE (is_node)"}
    return {
        table: duckdb.sql(f"SELECT * {left_out.get(table, '')} FROM '{folder / table}.parquet'").fetchall()
        for table in TABLES
    }


def themes_of(statements: Statements) -> list[str]:
    """The nodes of grade D, by their IRIs."""
    grade = "https://w3id.org/ecp-graph/id/concept/grade-d"
    return sorted(
        quad.subject.value
        for quad in statements.quads("derived")
        if quad.object == ox.NamedNode(grade) and isinstance(quad.subject, ox.NamedNode)
    )


def test_all_findings_of_the_bundled_plan_are_nodes(sources: Sources) -> None:
    statements = found(sources)
    assert count_findings(statements) == {"nodes": 65, "rows": 65}
    assert set(rows_beside(statements)) == {"finding_evidence"}, "which the graph has only the hash of"
    assert 20 < len(themes_of(statements)) <= THEMES


def test_the_strongest_of_those_that_share_a_theme_are_nodes(sources: Sources) -> None:
    statements = found(sources, themes=3)
    chosen = themes_of(statements)
    assert len(chosen) == 3
    assert count_findings(statements) == {"nodes": 65 - len(themes_of(found(sources))) + 3, "rows": 65}
    kinds = statements.connection.execute(
        "SELECT is_node, kind FROM finding_node WHERE grade = 'D' ORDER BY is_node DESC"
    ).fetchall()
    assert {kind for is_node, kind in kinds if is_node} == {"parallel"}
    assert "related" in {kind for is_node, kind in kinds if not is_node}
    # one that somebody decided on is a node beside them
    other = next(iri for iri in themes_of(found(sources)) if iri not in chosen)
    assert themes_of(found(sources, themes=3, decided=[other])) == sorted([*chosen, other])


def test_the_tables_have_all_findings_be_they_nodes_or_not(sources: Sources, tmp_path: Path) -> None:
    without = found(sources, themes=0)
    assert themes_of(without) == []
    every, few = rows(found(sources), tmp_path / "every"), rows(without, tmp_path / "few")
    assert every == few
    assert all(every.values())
    nodes = duckdb.sql(f"SELECT is_node, count(*) FROM '{tmp_path / 'few/findings.parquet'}' GROUP BY ALL").fetchall()
    assert dict(nodes)[True] == count_findings(without)["nodes"]
