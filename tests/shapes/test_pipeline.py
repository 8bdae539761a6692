"""A planted fault is reported by the product itself, after reasoning, with message, remedy and place."""

from __future__ import annotations

import shutil

import pytest

from ecp_graph.pipeline.files import validate_files
from ecp_graph.workspace import Workspace, bundled_workspace
from tests.bundled import with_workspace_file
from tests.shapes.harness import FIXTURES, WORLD, Result, expected, name_of, shape_of

pytestmark = pytest.mark.slow

#: Fixtures of every severity and mechanism: counting, lists, patterns, queries, the statement view.
PLANTED = [
    "actions/action-position-unique-invalid-01.ttl",
    "actions/action-responsible-invalid-01.ttl",
    "actions/action-timeframe-stated-invalid-01.ttl",
    "bodies/body-kind-invalid-03.ttl",
    "evidence/discrepancy-certainty-invalid-01.trig",
    "labels/label-tagged-invalid-01.ttl",
    "plans/programme-owner-stated-invalid-01.ttl",
    "statements/statement-evidence-invalid-01.trig",
    "statements/statement-vocabulary-invalid-01.trig",
    "timeframes/timeframe-inside-plan-invalid-01.ttl",
]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace of the real ontology and shapes and the small world, without rules for overlaps."""
    root = tmp_path_factory.mktemp("world")
    for folder in ("ontology", "shapes"):
        shutil.copytree(bundled_workspace().root / folder, root / folder)
    (root / "data").mkdir()
    shutil.copy(WORLD, root / "data")
    return with_workspace_file(root)


@pytest.mark.parametrize("name", PLANTED)
def test_planted_fault_is_reported(name: str, workspace: Workspace) -> None:
    fixture = FIXTURES / name
    report = validate_files([fixture], workspace)
    found = {
        Result(name_of(one.shape), one.severity, one.focus or ""): one
        for one in report.findings
        if name_of(one.shape) == shape_of(fixture)
    }
    assert expected(fixture) <= set(found)
    for one in found.values():
        assert one.message.endswith(".")
        assert one.remedy is not None
        assert "{?" not in one.message
        assert "{$" not in one.message
        assert one.file is not None
    assert report.conforms == all(one.severity != "Violation" for one in report.findings)
    assert report.conforms == ("Violation" not in {one.severity for one in expected(fixture)})
