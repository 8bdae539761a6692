"""The documents of the demo are the same each time, and all that they say but one row is understood."""

from __future__ import annotations

import shutil
from pathlib import Path

import pyoxigraph as ox
import pytest
import yaml

from demo.documents import plans, write_document
from ecp_graph.pipeline.imports import begin_import
from ecp_graph.plans.draft.model import Given
from ecp_graph.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
PAIRS = yaml.safe_load((ROOT / "demo" / "pairs.yaml").read_text(encoding="utf-8"))["pairs"]
ACTIONS = """
PREFIX ecp: <https://w3id.org/ecp-graph/ontology#>
SELECT ?plan ?number WHERE { ?action ecp:numberText ?number ; ecp:belongsToPlan|ecp:inChapter/ecp:inPlan ?plan }
"""


def test_the_documents_are_the_same_each_time(tmp_path: Path) -> None:
    found = []
    for name in ("one", "other"):
        folder = tmp_path / name
        folder.mkdir()
        found.append([write_document(plan, folder).read_bytes() for plan in plans()])
    assert found[0] == found[1]
    assert [plan.file for plan in plans()] == ["customs.docx", "ports.xlsx", "trade.csv"]


def test_every_pair_is_of_rows_that_there_are() -> None:
    rows = {(plan.slug, row[0]) for plan in plans() for _, found in plan.chapters for row in found}
    sides = {tuple(pair[side]) for pair in PAIRS for side in ("one", "other")}
    assert len(PAIRS) >= 20
    assert sides <= rows
    assert all(pair["one"][0] != pair["other"][0] for pair in PAIRS)
    assert all(pair["is"] == pair["found"] or "why" in pair or pair["is"] == "none" for pair in PAIRS)


@pytest.mark.slow
def test_a_plan_can_be_imported_again_though_others_name_its_goals(demo: Workspace, tmp_path: Path) -> None:
    root = tmp_path / "velmora"
    shutil.copytree(demo.root, root, ignore=shutil.ignore_patterns("releases"))
    customs, ports = (root / "data" / slug / "plan.trig" for slug in ("customs", "ports"))
    goals = {iri for iri in iris_in(ports) if "/goal/customs-" in iri}
    assert len(goals) == 3, "the other plan names goals of this one"
    document = demo.root.parent / "documents" / "customs.docx"
    begin_import(Workspace(root), document, Given("customs", title="Customs")).accept()
    assert goals <= iris_in(customs), "they keep their IRIs"
    assert not any(iri.endswith("-2") for iri in iris_in(customs) if "/goal/" in iri)


def iris_in(path: Path) -> set[str]:
    quads = ox.parse(path=str(path))
    return {term.value for quad in quads for term in (quad.subject, quad.object) if isinstance(term, ox.NamedNode)}


@pytest.mark.slow
def test_all_rows_become_actions_of_bodies_that_the_register_knows(demo: Workspace) -> None:
    store = ox.Store()
    for path in demo.data_files:
        store.bulk_load(path=str(path), format=ox.RdfFormat.TRIG)
    found = store.query(ACTIONS, use_default_graph_as_union=True)
    numbers = {(row["plan"].value.rpartition("/")[2], row["number"].value) for row in found}  # type: ignore[index, union-attr]
    assert numbers == {(plan.slug, row[0]) for plan in plans() for _, rows in plan.chapters for row in rows}
    bodies = store.query(
        "SELECT DISTINCT ?body { ?action <https://w3id.org/ecp-graph/ontology#responsibleBody> ?body }",
        use_default_graph_as_union=True,
    )
    named = list(
        store.query(
            "SELECT ?plan { ?action <https://w3id.org/ecp-graph/ontology#underProgramme> ?plan }",
            use_default_graph_as_union=True,
        )
    )
    assert [row["plan"].value.rpartition("/")[2] for row in named] == ["customs"], "one plan names another"  # type: ignore[index, union-attr]
    codes = {row["body"].value.rpartition("/")[2] for row in bodies}  # type: ignore[index, union-attr]
    assert codes == {"vcs", "vpa", "vta", "fso", "vsa"}
