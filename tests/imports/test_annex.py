"""The bundled plan's annex as a Word file, a workbook and separated values: its graph is the hand-made one.

Compared is what the cells say, whatever the certainty: numbers, titles, chapters, responsible bodies and open groups,
programmes, texts of all three, kinds and bounds of time.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest

from ecp_graph.pipeline.imports import begin_import
from ecp_graph.pipeline.workspaces import create_workspace
from ecp_graph.plans.draft.model import Given
from ecp_graph.workspace import bundled_workspace
from tests.plans.annex import annex, as_csv, as_word, as_workbook

PREFIXES = """
PREFIX ecp: <https://w3id.org/ecp-graph/ontology#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""
ACTION = "?action ecp:actionNumber ?number ; ecp:inChapter/ecp:inPlan ?plan . FILTER (STRENDS(STR(?plan), '%s'))"
#: What is compared, each a pattern for ?what of ?action.
COMPARED = {
    "number as written": "?action ecp:numberText ?what",
    "position": "?action ecp:position ?what",
    "title": "?action skos:prefLabel ?what",
    "chapter": "?action ecp:inChapter/ecp:chapterNumber ?what",
    "chapter's name": "?action ecp:inChapter/skos:prefLabel ?what",
    "responsible body": "?action ecp:responsibleBody ?what",
    "responsible text": "?action ecp:responsibleText ?what",
    "open group": "?action ecp:responsibleParty/a ecp:OpenBodyGroup . BIND (true AS ?what)",
    "programme": "?action ecp:underProgramme ?what",
    "programme text": "?action ecp:programmeText ?what",
    "kind of time": "?action ecp:timeframe/ecp:timeframeKind ?what",
    "time text": "?action ecp:timeframe/ecp:timeframeText ?what",
    "from": "?action ecp:timeframe/ecp:from ?what",
    "until": "?action ecp:timeframe/ecp:until ?what",
    "month": "?action ecp:timeframe/ecp:month ?what",
    "sessions of": "?action ecp:timeframe/ecp:tiedToSessionsOf ?what",
}


def said(files: list[Path], plan: str) -> dict[str, set[tuple[str, str]]]:
    """Return what files say of the actions of a plan: pairs of a number and a value."""
    store = ox.Store()
    for path in files:
        store.bulk_load(path=str(path), format=ox.RdfFormat.TRIG)
    found = {}
    for name, pattern in COMPARED.items():
        query = f"{PREFIXES} SELECT DISTINCT ?number ?what WHERE {{ {ACTION % plan} {pattern} }}"
        rows = store.query(query, use_default_graph_as_union=True)
        found[name] = {(row["number"].value, row["what"].value) for row in rows}  # type: ignore[union-attr,index]
    return found


@pytest.mark.parametrize("form", ["docx", "xlsx", "csv"])
def test_the_graph_of_the_annex_is_the_hand_made_one(form: str, tmp_path: Path) -> None:
    write = {"docx": as_word, "xlsx": as_workbook, "csv": as_csv}[form]
    path = write(annex(), tmp_path / f"annex.{form}")
    workspace = create_workspace(tmp_path / "own", "Own", base="https://own.example/", register_of=bundled_workspace())
    job = begin_import(workspace, path, Given("annex"))
    job.accept()
    made = said(workspace.data_files, "/plan/annex")
    hand_made = said(bundled_workspace().data_files, "/plan/ecp-action-plan-3")
    assert {name: differing for name in COMPARED if (differing := made[name] ^ hand_made[name])} == {}
    headings = {
        quad.graph_name.value.rpartition("/")[2]
        for path in workspace.data_files
        for quad in ox.parse(path=str(path))
        if quad.predicate.value.endswith("chapterNumber") and "annex" in quad.subject.value  # type: ignore[union-attr]
    }
    assert len(headings) == 7
    assert not any(name.endswith("-normalised") for name in headings)
    counts = Counter({name: len(values) for name, values in made.items()})
    assert counts["title"] == 28
    assert counts.total() == 338
