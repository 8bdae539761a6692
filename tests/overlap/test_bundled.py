"""Numbers of the bundled matrices, counted by hand in the document."""

from __future__ import annotations

import csv
from dataclasses import fields
from pathlib import Path

import pytest

from ecp_graph.engine import Engine
from ecp_graph.engine.asking import ask_table
from ecp_graph.overlap.joins import Joins
from ecp_graph.overlap.matrix import Choice, Matrix, make_matrix
from ecp_graph.overlap.reading import StoredJoins, read_joins
from ecp_graph.queries.binding import bind
from ecp_graph.queries.catalogue import load_catalogue
from ecp_graph.release.release import Release
from ecp_graph.tables.lists.reading import Lists
from ecp_graph.workspace import bundled_workspace
from tests.bundled import ID

TABLES = Path(__file__).resolve().parents[1] / "second_reading" / "tables.csv"


@pytest.fixture(scope="module")
def joins(engine: Engine) -> Joins:
    catalogue = load_catalogue(bundled_workspace())
    return read_joins(catalogue, lambda name: ask_table(engine, bind(catalogue[name], {}, engine)))


def cells(matrix: Matrix) -> dict[tuple[str, str], str]:
    names = {thing.iri: thing.code or thing.name for thing in (*matrix.rows, *matrix.columns)}
    return {(names[row], names[column]): f"{cell.number} {cell.best}" for (row, column), cell in matrix.cells.items()}


def test_codes_are_read_as_the_document_writes_them(joins: Joins) -> None:
    things = {thing.code: thing for thing in joins.of("body")}
    assert (things["TFAWG"].short, things["TFAWG"].full) == ("TFA WG", "TFA WG TFA Working Group")
    assert things["SAFEWG"].told == "SAFE WG"
    assert things["RKCMC"].short == "RKCMC"  # no document writes a code for it


def test_a_plan_leaves_what_its_actions_show_or_join(joins: Joins) -> None:
    (plan,) = joins.plans
    assert len(plan.actions) == 28
    all_of_it = make_matrix(joins, "body", "body")
    found = cells(make_matrix(joins, "body", "body", Choice(plan=plan.iri)))
    # the joint session of paragraph 12 and the founding of bodies are no rows of the plan
    assert found["PTC", "TFAWG"] == "4 B"
    assert ("PC", "WGEC") in cells(all_of_it)
    assert ("PC", "WGEC") not in found
    links = cells(make_matrix(joins, "body", "instrument", Choice(plan=plan.iri)))
    assert links["TFAWG", "Transit Guidelines"] == "1 programme"
    assert ("PTC", "Time Release Study") not in links
    assert cells(make_matrix(joins, "body", "body", Choice(plan="u:other"))) == {}
    assert cells(make_matrix(joins, "body", "instrument", Choice(plan="u:other"))) == {}


@pytest.mark.parametrize(
    "choice",
    [
        Choice(),
        Choice(weakest="C", most=5),
        Choice(kind="joint", on="instrument"),
        Choice(with_everywhere=True, row_words="com", most=3),
        Choice(plan=f"{ID}plan/ecp-action-plan-3"),
    ],
)
@pytest.mark.parametrize("dimension", ["action", "body", "programme"])
def test_the_lists_of_a_release_count_the_same(dimension: str, choice: Choice, joins: Joins, release: Release) -> None:
    counted = replace_findings(joins, Lists(release.lists))
    assert dimension in counted.graded
    found = make_matrix(counted, dimension, dimension, choice)
    assert found == make_matrix(joins, dimension, dimension, choice)
    assert found.cells or found.lone_rows or choice.row_words


def replace_findings(joins: Joins, lists: Lists) -> Joins:
    """Return the same joins with the findings of the lists."""
    given = {each.name: getattr(joins, each.name) for each in fields(Joins) if each.init}
    return StoredJoins(**given | {"findings": ()}, lists=lists)


def rows() -> list[dict[str, str]]:
    with TABLES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_bodies_with_bodies(joins: Joins) -> None:
    found = cells(make_matrix(joins, "body", "body"))
    # Actions 3, 7, 8 name the PTC and run under the programme of the TFA WG as well; paragraph 12 adds a joint session,
    # chapter 3 the topic above actions 14 and 16.
    assert found["PTC", "TFAWG"] == "5 B"
    # Action 16 alone names two committees.
    assert found["IMSC", "PTC"] == "1 A"
    assert found["WGEC", "PC"] == "1 C"
    assert found["RKCMC", "RKC-VWG"] == "1 C"
    assert found["SAFEWG", "PTC"] == "1 D"
    assert not [pair for pair in found if "SEC" in pair]


def findings(engine: Engine) -> dict[str, str]:
    """Every finding by its name without prefix: kind, grade and certainty."""
    catalogue = load_catalogue(bundled_workspace())
    table = ask_table(engine, bind(catalogue["overlap-cells"], {}, engine))
    rows = (dict(zip(table.columns, row, strict=True)) for row in table.rows)
    names = ("kind", "evidenceGrade", "certainty")
    return {row["overlap"].text.rpartition(":")[2]: " ".join(row[name].value for name in names) for row in rows}


def test_findings_are_those_of_the_document(engine: Engine) -> None:
    found = findings(engine)
    committees, founded = "body-ptc--body-tfawg--", "body-rkc-virtual-working-group--body-rkcmc--"
    expected = {
        "body-imsc--body-ptc--action-ecp3-16": "joint A verbatim",
        **dict.fromkeys((f"{committees}action-ecp3-{number}" for number in (3, 7, 8)), "programme B normalised"),
        f"{committees}event-joint-session-on-trs": "joint C verbatim",
        f"{committees}topic-coordinated-border-management": "related D normalised",
        f"{founded}event-establishment-rkc-virtual-working-group": "descent C verbatim",
        "body-pc--body-wgec--event-establishment-wgec": "descent C verbatim",
        "body-ptc--body-safewg--topic-private-sector": "parallel D normalised",
        "action-ecp3-12--action-ecp3-25--topic-capacity-building": "parallel D verbatim",
        "action-ecp3-13--action-ecp3-17--topic-international-cooperation": "parallel D normalised",
        "action-ecp3-26--action-ecp3-27--topic-awareness-raising": "parallel D interpreted",
    }
    assert {name: found.get(name) for name in expected} == expected
    # examples are no evidence: action 7 names e-commerce and mutual recognition as such, action 8 the guidelines
    assert {name for name in found if name.startswith(committees)} == {n for n in expected if n.startswith(committees)}


def test_findings_on_actions_are_those_of_the_tables(engine: Engine) -> None:
    """Worked out from the cells of the second reading: who is named together, and under whose programme."""
    owners = {"PTC-WP": "PTC", "TFAWG-WP": "TFAWG", "TFAWG-AWP": "TFAWG"}
    expected: set[tuple[str, ...]] = set()
    for row in rows():
        bodies, programmes = set(row["responsible_codes"].split()), sorted(row["programme_codes"].split())
        through = {owners[code] for code in programmes if code in owners} - bodies
        expected |= {
            (*sorted((one, other)), row["action"], "joint") for one in bodies for other in bodies if one < other
        }
        expected |= {(*sorted((one, other)), row["action"], "programme") for one in bodies for other in through}
        pairs = ((one, other) for one in programmes for other in programmes if one < other)
        expected |= {(one, other, row["action"], "programme") for one, other in pairs}
    catalogue = load_catalogue(bundled_workspace())
    found: set[tuple[str, ...]] = set()
    for name, given in (("overlap-bodies", {"secretariat": "with"}), ("overlap-programmes", {})):
        table = ask_table(engine, bind(catalogue[name], given, engine))
        for cells in table.rows:
            row = {column: cell.value if cell else "" for column, cell in zip(table.columns, cells, strict=True)}
            if row["causeKind"] == "action":
                members = sorted(
                    value for column, value in row.items() if column[-1] in "AB" and not column.startswith("member")
                )
                found.add((*members, row["actions"], row["kind"]))
    assert found == expected
    assert len(found) > 30


def test_only_row_16_names_two_committees(joins: Joins) -> None:
    found = make_matrix(joins, "body", "body", Choice(weakest="A", on="action"))
    assert cells(found) == {("IMSC", "PTC"): "1 A", ("PTC", "IMSC"): "1 A"}


def test_on_instruments_no_row_names_two_committees(joins: Joins) -> None:
    assert cells(make_matrix(joins, "body", "body", Choice(weakest="A", on="instrument"))) == {}
    found = cells(make_matrix(joins, "body", "body", Choice(weakest="B", on="instrument")))
    assert found["PTC", "TFAWG"] == "1 B"  # Transit Guidelines in action 3; action 8 names others as examples only


def test_bodies_with_programmes_are_the_rows_that_name_both(joins: Joins) -> None:
    expected: dict[tuple[str, str], int] = {}
    for row in rows():
        for body in row["responsible_codes"].split():
            for programme in row["programme_codes"].split():
                expected[body, programme] = expected.get((body, programme), 0) + 1
    assert expected["PTC", "PTC-WP"] == 8
    matrix = make_matrix(joins, "body", "programme", Choice(weakest="action", with_everywhere=True))
    assert cells(matrix) == {pair: f"{number} action" for pair, number in expected.items()}
    assert ("TFAWG", "PTC-WP") not in expected


def test_bodies_with_chapters_and_kinds_of_timeframe(joins: Joins) -> None:
    for column, dimension in (("chapter", "chapter"), ("timeframe_kind", "timeframe")):
        expected: dict[tuple[str, str], int] = {}
        for row in rows():
            for body in row["responsible_codes"].split():
                expected[body, row[column]] = expected.get((body, row[column]), 0) + 1
        found = cells(make_matrix(joins, "body", dimension, Choice(weakest="action", with_everywhere=True)))
        assert found == {pair: f"{number} action" for pair, number in expected.items()}
        assert len(expected) > 10


def test_programmes_with_goals(joins: Joins) -> None:
    assert cells(make_matrix(joins, "programme", "goal")) == {
        ("PTC-WP", "1"): "8 chapter",  # rows 3 to 9 and 16
        ("TFAWG-WP", "1"): "8 chapter",  # rows 3, 7, 8, 10 to 14
        ("TFAWG-AWP", "1"): "5 chapter",  # rows 10 to 14
        ("DC-WP", "1"): "1 chapter",  # row 16
        ("DC-WP", "5"): "3 may",  # rows 21 to 23; paragraph 16 says "may"
    }


def test_instruments_with_phases(joins: Joins) -> None:
    matrix = make_matrix(joins, "instrument", "phase")
    found = cells(matrix)
    first = {instrument for instrument, phase in found if phase == "1"}
    assert len(first) == 4 + 3  # the bullets of paragraph 4, the toolkits of paragraph 5
    assert "Transit Handbook" in first
    second = {instrument: cell for (instrument, phase), cell in found.items() if phase == "2"}
    assert len(second) == 13  # the bullets of paragraph 6
    assert second["AEO Compendium"] == "2 text"  # one bullet, two editions
    assert found["SAFE Framework of Standards", "2"] == "1 text"
    assert found["Transit Guidelines", "3"] == "1 action"
    assert found["Study Report on Customs Brokers", "2"] == "1 text"
    assert ("Study Report on Customs Brokers", "3") not in found  # action 5 builds on it, and is not about it
    assert [column.code for column in matrix.columns] == ["1", "2", "3"]


def test_bodies_with_instruments(joins: Joins) -> None:
    found = cells(make_matrix(joins, "body", "instrument"))
    assert found["TFAWG", "Transit Guidelines"] == "1 programme"
    assert found["TFAWG", "WTO Trade Facilitation Agreement"].endswith(" action")
    assert found["PTC", "Time Release Study"] == "1 text"  # the joint session of paragraph 12
    assert found["ICAC", "ATA Convention"] == "1 text"
    named = cells(make_matrix(joins, "body", "instrument", Choice(weakest="action")))
    assert len([pair for pair in named if pair[0] == "PTC"]) == 5  # actions 3, 4, 5, 6, 9
    assert ("TFAWG", "Transit Guidelines") not in named


def test_a_committee_without_action_is_joined_to_no_programme(joins: Joins) -> None:
    lone = {thing.code for thing in make_matrix(joins, "body", "programme").lone_rows}
    assert "ICAC" in lone
    assert "PTC" not in lone
