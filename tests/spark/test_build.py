"""A build on Spark makes the tables that a build in DuckDB makes, row by row."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from benchmarks.workspace import write_workspace
from ecp_graph.namespaces import using
from ecp_graph.pipeline.complete import complete
from ecp_graph.rdf.load import load
from ecp_graph.tables.joins import Place, in_process
from ecp_graph.tables.statements import LAYERS
from ecp_graph.workspace import Workspace


def tables(workspace: Workspace, place: Place) -> dict[str, list[bytes]]:
    """Return the statements of each layer of a build up to its overlaps, and print how long it took."""
    with using(workspace.names):
        started = time.perf_counter()
        completed = complete(load(workspace), workspace.rule_files, place=place)
        print(f"{workspace.root.name}: {time.perf_counter() - started:.1f} s wall")
        return {layer: sorted(completed.statements.text([layer]).splitlines()) for layer in LAYERS}


@pytest.mark.parametrize(
    "plans",
    [
        pytest.param(1, marks=pytest.mark.slow),
        pytest.param(4, marks=pytest.mark.slow),
        pytest.param(13, marks=pytest.mark.large),
        pytest.param(43, marks=pytest.mark.large),
    ],
)
def test_spark_makes_the_same_tables(plans: int, spark: Place, tmp_path: Path) -> None:
    write_workspace(tmp_path / f"plans-{plans}", plans)
    workspace = Workspace(tmp_path / f"plans-{plans}")
    ours, theirs = tables(workspace, in_process), tables(workspace, spark)
    assert theirs == ours
    assert len(ours["inferred"]) > 700 * plans
    assert len(ours["derived"]) > 500 * plans
