"""The four linked files of a national plan, brought in by one mapping file; skipped where the samples are not there."""

from __future__ import annotations

import os
from itertools import combinations
from pathlib import Path

import pyoxigraph as ox
import pytest

from ecp_graph.pipeline.imports import begin_import
from ecp_graph.pipeline.validate import validate_workspace
from ecp_graph.pipeline.workspaces import create_workspace
from ecp_graph.plans.draft.model import Given
from ecp_graph.workspace import Workspace

PNETE = Path(os.environ.get("ECP_SAMPLES_DIR", "/nowhere")) / "pnete"
MAPPING = Path(__file__).parents[1] / "plans" / "reading" / "pnete.yaml"
#: Which organizations share which indicators: both stand in the row of the indicator.
SHARED = """
PREFIX ecp: <https://w3id.org/ecp-graph/ontology#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT DISTINCT ?indicator ?one ?other WHERE {
  GRAPH ?measuring { ?indicator ecp:measures ?action }
  GRAPH ?charging { ?action ecp:responsibleBody ?first , ?second }
  ?measuring ecp:readingOf ?linked . ?linked ecp:passageOf ?table ; ecp:rowNumber ?row .
  ?charging ecp:readingOf ?charged . ?charged ecp:passageOf ?table ; ecp:rowNumber ?row .
  ?first skos:notation ?one . ?second skos:notation ?other .
  FILTER (STR(?one) < STR(?other))
}
"""

pytestmark = pytest.mark.skipif(not PNETE.is_dir(), reason="the samples are not here: set ECP_SAMPLES_DIR")


@pytest.fixture(scope="module")
def brazil(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = create_workspace(
        tmp_path_factory.mktemp("brazil") / "own", "Brazil", base="https://b.example/", language="pt"
    )
    begin_import(workspace, PNETE, Given("pnete", "Plano nacional"), mapping=MAPPING).accept()
    return workspace


def test_four_linked_files_become_one_plan(brazil: Workspace) -> None:
    quads = [quad for path in brazil.data_files for quad in ox.parse(path=str(path))]
    classes = [quad.object.value.rpartition("#")[2] for quad in quads if quad.predicate.value.endswith("#type")]  # type: ignore[union-attr]
    assert (classes.count("Action"), classes.count("Chapter"), classes.count("Indicator")) == (66, 6, 33)
    assert sorted(path.name for path in (brazil.root / "sources" / "pnete").iterdir()) == [
        "actions.csv",
        "axes.csv",
        "indicators.csv",
        "organizations.csv",
    ]
    assert validate_workspace(brazil).conforms


def test_a_query_tells_which_organizations_share_which_indicators(brazil: Workspace) -> None:
    store = ox.Store()
    for path in brazil.data_files:
        store.load(path=str(path))
    rows = store.query(SHARED, use_default_graph_as_union=True)
    found = {(row["one"].value, row["other"].value, row["indicator"].value) for row in rows}  # type: ignore[union-attr,index]
    draft = begin_import(brazil, PNETE, Given("again"), mapping=MAPPING).draft
    wanted = 0
    numbers = {row.number for row in draft.rows}
    for linked in draft.linked:
        if linked.row.kind == "indicator" and numbers & set(linked.row.actions):
            wanted += len(list(combinations({name.text for name in linked.names}, 2)))
    assert len(found) == wanted > 100
