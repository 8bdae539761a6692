"""What the rules say about the bundled data: no violation, and exactly the gaps and contradictions of the document."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from ecp_graph.namespaces import compact
from ecp_graph.pipeline.validate import validate_workspace
from ecp_graph.validation.report import Report
from ecp_graph.workspace import bundled_workspace
from tests.bundled import ID
from tests.shapes.harness import name_of, profile_rules, rules

#: The tables of the document, typed from its text without the data.
TABLES = Path(__file__).parents[1] / "second_reading" / "tables.csv"


@pytest.fixture(scope="module")
def report() -> Report:
    return validate_workspace(bundled_workspace())


def _focus_nodes(report: Report, rule: str, severity: str) -> set[str]:
    found = {one for one in report.findings if name_of(one.shape) == rule}
    assert {one.severity for one in found} <= {severity}
    return {compact(one.focus or "") for one in found}


def _rows_without(column: str) -> set[str]:
    with TABLES.open(encoding="utf-8", newline="") as stream:
        return {f"action:ecp3-{row['action']}" for row in csv.DictReader(stream) if not row[column]}


def test_bundled_data_conform(report: Report) -> None:
    assert [one for one in report.findings if one.severity == "Violation"] == []
    assert report.conforms


def test_every_rule_looks_at_something_unless_the_paper_has_nothing_of_the_sort(report: Report) -> None:
    assert {name_of(shape) for shape in report.looked_at} == set(rules())
    absent = ("budget", "indicator", "measurement", "milestone", "participation", "result")
    idle = {name_of(shape) for shape in report.idle_shapes}
    assert {name for name in idle if not name.lower().startswith(absent)} <= {
        "action-part-plan",
        "chapter-whole-plan",
        "goal-part-plan",
        "language-tag",
        "order-time",
        "passage-end",
        "passage-start",
        "plan-confidential",
    }
    assert not idle & {str(name_of(rule)) for rule in profile_rules()["pc0457e1"]}


def test_blank_cells_of_programmes_are_noted(report: Report) -> None:
    blank = _rows_without("programme")
    assert len(blank) == 12
    assert _focus_nodes(report, "action-programme-stated", "Info") == blank


def test_blank_cell_of_time_is_warned_of(report: Report) -> None:
    blank = _rows_without("timeframe")
    assert len(blank) == 1
    assert _focus_nodes(report, "action-timeframe-stated", "Warning") == blank


@pytest.mark.parametrize(
    ("rule", "severity", "focus_nodes"),
    [
        ("body-listed-has-action", "Warning", {"body:icac"}),
        ("event-one-month", "Warning", {"event:pc-2016-06"}),
        (
            "instrument-one-kind",
            "Warning",
            {
                "instrument:customs-brokers-guidance",
                "instrument:regional-integration-guidance",
                "instrument:special-customs-zones-guidance",
            },
        ),
        ("project-carried-out", "Warning", set()),
        ("plan-period-stated", "Info", {"plan:ecp-action-plan-1"}),
        ("chapter-aim-stated", "Info", {"chapter:ecp3-6", "chapter:ecp3-7"}),
        ("programme-owner-stated", "Info", {"plan:digital-customs-work-programme"}),
        ("plan-draft-endorsement", "Info", {"plan:ecp-action-plan-3"}),
    ],
)
def test_gaps_and_contradictions_of_the_document(
    report: Report, rule: str, severity: str, focus_nodes: set[str]
) -> None:
    assert _focus_nodes(report, rule, severity) == focus_nodes


def test_each_discrepancy_is_told_in_its_own_words(report: Report) -> None:
    told = {one.focus: one.message for one in report.findings if name_of(one.shape) == "discrepancy-recorded"}
    assert len(told) >= 10
    assert all((focus or "").startswith(ID + "discrepancy/") for focus in told)
    assert len(set(told.values())) == len(told)
    assert all(len(message) > 40 for message in told.values())


def test_nothing_else_is_found(report: Report) -> None:
    known = {
        "action-programme-stated",
        "action-timeframe-stated",
        "body-listed-has-action",
        "chapter-aim-stated",
        "discrepancy-recorded",
        "event-one-month",
        "instrument-one-kind",
        "plan-draft-endorsement",
        "plan-period-stated",
        "programme-owner-stated",
    }
    assert {name_of(one.shape) for one in report.findings} == known


def test_findings_are_ranked_by_what_to_do_about_them(report: Report) -> None:
    ranked = {response: len(findings) for response, findings in report.by_response().items()}
    assert ranked == {
        "Settle who does it": 11,
        "Settle what is promised, and when": 12,
        "Ask for what is missing": 14,
        "Choose one wording in the next draft": 17,
        "Bear in mind": 4,
    }
    for finding in report.findings:
        assert finding.rule
        assert finding.remedy
        assert not finding.remedy.startswith("Nothing")
