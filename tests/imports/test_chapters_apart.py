"""A chapter whose rows are not together has no place in an order, and is listed with its actions all the same."""

from __future__ import annotations

from pathlib import Path

from ecp_graph.engine.asking import ask_table
from ecp_graph.pipeline import build
from ecp_graph.pipeline.imports import begin_import
from ecp_graph.pipeline.workspaces import create_workspace
from ecp_graph.plans.draft.model import Given
from ecp_graph.queries.binding import bind
from ecp_graph.queries.catalogue import load_catalogue
from ecp_graph.release.opening import release_engine

ROWS = """Chapter,Number,Action,Responsible,Timeframe
Water,1,Clean the wells,PTC,2031
Light,2,Repair the lamps,PTC,2031
Water,3,Dredge the canal,PTC,2031
"""


def test_chapters_without_an_order_are_listed(tmp_path: Path) -> None:
    workspace = create_workspace(tmp_path / "w", "Town", base="https://town.example/")
    source = tmp_path / "town.csv"
    source.write_text(ROWS, encoding="utf-8")
    begin_import(workspace, source, Given("town", "Town plan", "2031", "2032")).accept(by="test")
    release = build(workspace, tmp_path / "releases").release
    assert release is not None
    engine = release_engine(release)
    catalogue = load_catalogue(workspace)
    for name, column, expected in (
        ("chapters", "title", ["Light", "Water"]),
        ("contents", "title", ["Clean the wells", "Dredge the canal", "Repair the lamps"]),
        ("actions-of-chapter", "title", ["Clean the wells", "Dredge the canal", "Repair the lamps"]),
    ):
        table = ask_table(engine, bind(catalogue[name], {}, engine))
        at = table.columns.index(column)
        assert sorted(row[at].text for row in table.rows if row[at]) == expected, name
