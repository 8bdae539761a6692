"""Every query of the catalogue gives the rows that the document gives, as typed in ``expected/`` or worked out here."""

from __future__ import annotations

import csv
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from ecp_graph.engine import Engine
from ecp_graph.engine.asking import ask_table
from ecp_graph.namespaces import using
from ecp_graph.queries.binding import bind
from tests.data.graphs import ROOT
from tests.worlds import world

from .asking import EXPECTED, Case, ask_rows, bundled_catalogue, cases, cases_of_worlds
from .computed import COMPUTED

READING = ROOT / "tests" / "second_reading"
#: What the bundled plan has none of; for two plans see tests/overlap/across/test_queries.py.
ONLY_IN_WORLDS = (
    *(
        "budgets",
        "indicators",
        "milestones",
        "results",
        "overlap-actions-between",
        "overlap-decisions",
        "overlap-plans",
    ),
)
COUNTS: dict[str, Any] = yaml.safe_load((READING / "counts.yaml").read_text(encoding="utf-8"))


def differences(expected: list[list[str]], got: list[list[str]]) -> list[str]:
    """One line for each row that is missing, too many or, if nothing else differs, out of order."""
    missing = [f"missing: {row}" for row in expected if row not in got]
    extra = [f"too many: {row}" for row in got if row not in expected]
    if not missing and not extra and expected != got:
        return ["the same rows in another order, or a row twice"]
    return missing + extra


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.path.stem)
def test_rows(case: Case, engine: Engine) -> None:
    got = ask_rows(engine, bundled_catalogue()[case.name], case.parameters)
    assert differences(case.read(), got) == []


@pytest.mark.parametrize("case", cases_of_worlds(), ids=lambda case: f"{case.world}-{case.path.stem}")
def test_rows_of_worlds(case: Case, world_engine: Callable[[str], Engine]) -> None:
    with using(world(case.world).names):
        got = ask_rows(world_engine(case.world), bundled_catalogue()[case.name], case.parameters)
    assert differences(case.read(), got) == []


@pytest.mark.parametrize("name", COMPUTED)
def test_computed_rows(name: str, engine: Engine) -> None:
    COMPUTED[name](engine)


@pytest.mark.parametrize("name", bundled_catalogue())
def test_query_has_expected_rows(name: str) -> None:
    assert name in {case.name for case in [*cases(), *cases_of_worlds()]} | set(COMPUTED), (
        f"Write the rows of {name} into tests/queries/expected/{name}.csv, from the document and not from its answer."
    )


def test_every_expected_file_belongs_to_a_query() -> None:
    assert {case.name for case in [*cases(), *cases_of_worlds()]} | set(COMPUTED) <= set(bundled_catalogue())
    assert len(cases()) > 80
    assert len(cases_of_worlds()) > 20


@pytest.mark.parametrize("name", bundled_catalogue())
def test_no_row_comes_twice(name: str, engine: Engine) -> None:
    query = bundled_catalogue()[name]
    given = next((case.parameters for case in cases() if case.name == name and case.parameters), {})
    if query.kind == "table" and (given or not any(parameter.required for parameter in query.parameters)):
        needed = {key: text for key, text in given.items() if (known := query.parameter(key)) and known.required}
        rows = ask_table(engine, bind(query, needed, engine)).rows  # a name can be alike in two languages
        assert len(set(rows)) == len(rows)
        assert rows or name in ONLY_IN_WORLDS


@pytest.mark.parametrize("name", bundled_catalogue())
def test_no_row_comes_twice_in_a_world_of_two_languages(name: str, world_engine: Callable[[str], Engine]) -> None:
    query = bundled_catalogue()[name]
    if query.kind == "table" and not any(parameter.required for parameter in query.parameters):
        with using(world("ecoles").names):
            engine = world_engine("ecoles")
            rows = ask_table(engine, bind(query, {}, engine)).rows
        assert len(set(rows)) == len(rows)


@pytest.mark.parametrize(
    ("got", "fault"),
    [
        ([["a"], ["1"], ["2"]], []),
        ([["a"], ["1"]], ["missing: ['2']"]),
        ([["a"], ["1"], ["2"], ["3"]], ["too many: ['3']"]),
        ([["a"], ["2"], ["1"]], ["the same rows in another order, or a row twice"]),
        ([["b"], ["1"], ["2"]], ["missing: ['a']", "too many: ['b']"]),
    ],
)
def test_a_wrong_row_is_found(got: list[list[str]], fault: list[str]) -> None:
    assert differences([["a"], ["1"], ["2"]], got) == fault


# ---------------------------------------------------------------- the expected files against the second reading


def rows_of(stem: str) -> list[dict[str, str]]:
    header, *rows = Case(EXPECTED / f"{stem}.csv").read()
    return [dict(zip(header, row, strict=True)) for row in rows]


def test_expected_cells_are_those_of_the_second_reading() -> None:
    with (READING / "tables.csv").open(encoding="utf-8", newline="") as file:
        read = [(row["action"], row["responsible"], row["programme"], row["timeframe"]) for row in csv.DictReader(file)]
    cells = ("number", "responsible", "programme", "timeframe")
    assert [tuple(row[cell] for cell in cells) for row in rows_of("cells-as-written")] == read


def test_expected_counts_are_those_of_the_second_reading() -> None:
    load = {row["party"]: int(row["actionCount"]) for row in rows_of("bodies-load") if row["kind"] == "body"}
    assert load == COUNTS["rows_per_responsible"]
    groups = [int(row["actionCount"]) for row in rows_of("bodies-load") if row["kind"] == "open group"]
    assert sorted(groups) == sorted(COUNTS["rows_with_open_group"].values())
    programmes = {row["code"]: int(row["actionCount"]) for row in rows_of("programmes")}
    assert programmes == COUNTS["rows_per_programme"]
    kinds = {row["timeframeKind"]: int(row["actionCount"]) for row in rows_of("actions-by-timeframe")}
    assert kinds == COUNTS["rows_per_timeframe_kind"]
    chapters = {int(row["number"]): int(row["actionCount"]) for row in rows_of("chapters")}
    assert chapters == COUNTS["rows_per_chapter"]
    missing = [row["missing"] for row in rows_of("actions-without-programme-or-timeframe")]
    assert missing.count("programme") == COUNTS["rows_without_programme"]
    assert len(rows_of("projects")) == COUNTS["main_new_projects_in_section_3"]
    assert len(rows_of("bodies-without-action")) == COUNTS["working_bodies_in_para_18_without_action"]


def test_two_committees_share_one_row_only() -> None:
    """The headline: without the Secretariat one action names two committees, and that action names no instrument."""
    found = [row for row in rows_of("overlap-bodies") if row["causeKind"] == "action"]
    joint = [int(row["actions"]) for row in found if (row["kind"], row["evidenceGrade"]) == ("joint", "A")]
    assert joint == COUNTS["rows_with_two_named_bodies_besides_secretariat"]
    through = [int(row["actions"]) for row in found if (row["kind"], row["evidenceGrade"]) == ("programme", "B")]
    assert through == COUNTS["rows_with_tfawg_programme_without_tfawg"]
    assert len(found) == len(joint) + len(through)
    assert rows_of("overlap-on-instruments@grade=A") == []
