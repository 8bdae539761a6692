"""What is found between the plans of the demo is what its pairs say."""

from __future__ import annotations

import csv
import io
from itertools import combinations

import pytest
from click.testing import CliRunner

from demo.documents import plans
from ecp_graph.cli import cli
from ecp_graph.release.release import open_release
from ecp_graph.tables.lists.reading import Lists
from ecp_graph.workspace import Workspace, default_releases

from .test_making import PAIRS

pytestmark = pytest.mark.slow

COLUMNS = "planA,numberA,planB,numberB,class,grade,score,certainty,shared,decision,finding"


def between(workspace: Workspace, one: str, other: str) -> list[dict[str, str]]:
    """The rows of ``overlap actions --between``."""
    arguments = ["overlap", "actions", "--between", one, other, "--format", "csv", "--workspace", str(workspace.root)]
    done = CliRunner().invoke(cli, arguments)
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines()[0] == COLUMNS
    return list(csv.DictReader(io.StringIO(done.stdout)))


def test_what_is_found_between_the_plans_is_what_the_pairs_say(demo: Workspace) -> None:
    found: dict[frozenset[tuple[str, str]], str] = {}
    for one, other in combinations([plan.slug for plan in plans()], 2):
        for row in between(demo, one, other):
            found[frozenset({(row["planA"], row["numberA"]), (row["planB"], row["numberB"])})] = row["class"]
    said = {frozenset({tuple(pair["one"]), tuple(pair["other"])}): pair["found"] for pair in PAIRS}
    assert {pair: found.pop(pair, "none") for pair in said} == said
    assert set(found.values()) <= {"related", "possible"}, "only pairs of little weight are not said"
    assert {"duplication", "overlap", "fragmentation", "related", "possible", "none"} == set(said.values())


def test_two_leads_are_a_question_and_a_lead_with_a_partner_is_none(demo: Workspace) -> None:
    lists = Lists(open_release(default_releases(demo)).lists)
    rows = {(row["numberA"], row["numberB"]): row["finding"] for row in between(demo, "customs", "ports")}
    asked = lists.questions(list(rows.values()))
    assert asked[rows["13", "B-5"]] == ["two leads: VCS and VPA"]
    assert rows["5", "A-3"] not in asked
