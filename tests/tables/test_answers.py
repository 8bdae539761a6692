"""Tidy tables are the same by joins and by the store, and what joins do not cover is asked of the store."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pytest

from benchmarks.workspace import write_workspace
from ecp_graph.namespaces import using
from ecp_graph.overlap.choosing import rows_beside
from ecp_graph.overlap.derive import merged_store
from ecp_graph.pipeline import build
from ecp_graph.pipeline.complete import complete
from ecp_graph.rdf.load import load
from ecp_graph.tables import answers
from ecp_graph.tables.answers import answers_by_joins
from ecp_graph.tables.definitions import Definition, definition, read_definitions
from ecp_graph.tables.stored import make_merged
from ecp_graph.tables.tidy import write_tables
from ecp_graph.workspace import Workspace, bundled_workspace
from tests.build.conftest import write_workspace as small_workspace
from tests.worlds import WORLDS, world

LAYERS = ("ontology", "data", "inferred", "derived", "shapes")


def both_ways(
    workspace: Workspace, folder: Path, definitions: Sequence[Definition] | None = None
) -> tuple[list[str], dict[str, str], int]:
    """The tables that differ, those that joins do not cover, and how many rows all have together."""
    with using(workspace.names):
        completed = complete(load(workspace), workspace.rule_files)
        statements, wanted = completed.statements, definitions or read_definitions(workspace)
        make_merged(statements, LAYERS)
        beside = {table: statements.write_rows(select, table) for table, select in rows_beside(statements).items()}
        answered, left = answers_by_joins(statements, LAYERS, wanted)
        store = merged_store(completed.quads)
        write_tables(store, wanted, folder / "joins", answered=answered, beside=beside)
        write_tables(store, wanted, folder / "store", beside=beside)
    asked = sorted((folder / "store").glob("*.parquet"))
    differing = [path.stem for path in asked if path.read_bytes() != (folder / "joins" / path.name).read_bytes()]
    (rows,) = duckdb.execute(f"SELECT sum(num_rows) FROM parquet_file_metadata('{folder}/store/*.parquet')").fetchall()
    return differing, left, rows[0]


@pytest.mark.parametrize("name", ["", *WORLDS])
def test_tables_are_the_same_on_real_plans(name: str, tmp_path: Path) -> None:
    differing, left, rows = both_ways(world(name) if name else bundled_workspace(), tmp_path)
    assert not differing
    assert not left
    assert rows > 1000


@pytest.mark.parametrize("plans", [4, *(pytest.param(plans, marks=pytest.mark.large) for plans in (13, 43))])
def test_tables_are_the_same_on_many_plans(plans: int, tmp_path: Path) -> None:
    write_workspace(tmp_path / "plans", plans)
    differing, left, rows = both_ways(Workspace(tmp_path / "plans"), tmp_path)
    assert not differing
    assert not left
    assert rows > 3000 * plans


def header(*columns: str) -> str:
    told = "".join(f"#+   - {{name: {name}, type: text, meaning: a value}}\n" for name in columns)
    return f"#+ summary: Things\n#+ key: [{columns[0]}]\n#+ columns:\n{told}"


PLAIN = header("iri", "code") + "SELECT ?iri ?code { ?iri a ecp:Body OPTIONAL { ?iri skos:notation ?code } }"
UNCOVERED = {
    "COUNT": (
        header("iri", "all") + "SELECT ?iri (COUNT(?n) AS ?all) { ?iri a ecp:Plan ; skos:prefLabel ?n } GROUP BY ?iri"
    ),
    "what its query compares": (
        header("iri", "code")
        + "SELECT ?iri ?code { ?iri a ecp:Body ; skos:notation ?code ; skos:prefLabel ?n FILTER(?code != ?n) }"
    ),
    "LIMIT": header("iri", "code") + "SELECT ?iri ?code { ?iri ecp:numberText ?code } ORDER BY ?iri LIMIT 5",
}


@pytest.mark.parametrize("why_not", UNCOVERED)
def test_what_joins_do_not_cover_is_asked_of_the_store(why_not: str, tmp_path: Path) -> None:
    texts = {"plain": PLAIN, "odd": UNCOVERED[why_not]}
    wanted = [definition(Path(f"{name}.rq"), text.encode()) for name, text in texts.items()]
    differing, left, rows = both_ways(bundled_workspace(), tmp_path, wanted)
    assert not differing
    assert list(left) == ["odd"]
    assert why_not in left["odd"]
    assert rows > len(bundled_workspace().data_files)


def test_a_build_says_which_tables_joins_do_not_cover(tmp_path: Path) -> None:
    told: list[str] = []
    queries = {"queries/tables/odd.rq": UNCOVERED["LIMIT"], "queries/tables/plain.rq": PLAIN}
    workspace = small_workspace(tmp_path / "workspace", queries)
    release = build(workspace, tmp_path / "releases", progress=told.append).release
    assert release
    assert release.manifest["tables_without_joins"] == {"odd": "LIMIT or OFFSET"}
    assert "The table odd is asked of the store, because joins do not cover LIMIT or OFFSET" in told


def test_a_wrong_answer_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        answers, "_TEXTS", answers._TEXTS.replace("THEN term ELSE", "THEN term WHEN id > 500 THEN '' ELSE")
    )
    differing, _, _ = both_ways(bundled_workspace(), tmp_path)
    assert {"actions", "evidence", "names"} <= set(differing)
