"""Matrices counted from a handful of links and findings."""

from __future__ import annotations

import pytest

from ecp_graph.overlap.joins import Finding, Joins, Link, Plan, Thing
from ecp_graph.overlap.matrix import Choice, Matrix, make_matrix
from tests.growth import LINEAR, exponent
from tests.overlap.small import BODY_A, BODY_B, BODY_C, BODY_S, GOAL_2, GOAL_10, TOOL_X, TOOL_Y, TOOL_Z, small


def told(matrix: Matrix) -> dict[str, str]:
    """The cells as ``A×X: 2 row``, for reading."""
    names = {thing.iri: thing.short for thing in (*matrix.rows, *matrix.columns)}
    return {
        f"{names[row]}×{names[column]}": f"{cell.number} {cell.best}" for (row, column), cell in matrix.cells.items()
    }


def test_two_dimensions_are_counted_by_their_links() -> None:
    matrix = make_matrix(small(), "body", "tool")
    assert told(matrix) == {"A×Tool X": "2 row", "A×Tool Y": "1 row", "B×Tool X": "1 programme"}
    assert (matrix.is_graded, matrix.is_symmetric) == (False, False)
    assert matrix.rows == (BODY_A, BODY_B)
    assert matrix.columns == (TOOL_X, TOOL_Y)
    assert (matrix.lone_rows, matrix.lone_columns) == ((BODY_C,), (TOOL_Z,))
    assert matrix.pairs == 3 * 3
    assert matrix.marks == ("row", "programme")


def test_the_turned_matrix_has_the_same_numbers() -> None:
    matrix, turned = make_matrix(small(), "body", "tool"), make_matrix(small(), "tool", "body")
    assert {(column, row): cell for (row, column), cell in matrix.cells.items()} == turned.cells
    assert len(turned.cells) == 3


def test_a_pair_hangs_by_its_weaker_tie_and_a_thing_by_its_stronger() -> None:
    matrix = make_matrix(small(), "body", "goal")
    assert told(matrix) == {"A×10": "1 chapter", "A×2": "1 may", "B×10": "1 chapter", "B×2": "1 may"}


@pytest.mark.parametrize(
    ("tie", "number"), [("row", 2), ("programme", 3), ("chapter", 3), ("text", 3), ("may", 3), ("", 3)]
)
def test_weaker_ties_can_be_left_out(tie: str, number: int) -> None:
    assert len(make_matrix(small(), "body", "tool", Choice(weakest=tie)).cells) == number


def test_what_is_left_out_is_told_with_how_many_actions_name_it() -> None:
    joins = small()
    joins.plans = [Plan("u:plan", "Plan", frozenset({"u:1", "u:2", "u:3"}))]
    apart = joins.set_apart
    assert (apart.things, apart.naming, apart.actions) == ([BODY_S], 1, 3)


def test_a_body_that_is_only_known_is_not_told_as_left_out() -> None:
    joins = small()
    joins.links = [link for link in joins.links if link.thing != BODY_S.iri]
    assert joins.links
    assert joins.set_apart.things == []


def test_findings_are_counted_at_their_grades() -> None:
    matrix = make_matrix(small(), "body", "body")
    assert told(matrix) == {"A×B": "3 B", "B×A": "3 B"}
    cell = matrix.cells["u:a", "u:b"]
    assert list(cell.counts.items()) == [("B", 2), ("D", 1)]
    # by cause, in the order of the causes; and by kind and certainty
    assert list(cell.causes.items()) == [("row", 1), ("tool", 1), ("theme", 1)]
    assert list(cell.kinds.items()) == [("programme", 1), ("parallel", 2)]
    assert (cell.kind, cell.certainties) == ("programme", {"sure": 2, "guess": 1})
    assert (matrix.is_graded, matrix.is_symmetric) == (True, True)
    assert matrix.lone_rows == (BODY_C,)
    assert matrix.lone_columns == ()
    assert matrix.pairs == 3
    assert [cell.number for *_, cell in matrix.joined()] == [3]


@pytest.mark.parametrize(
    ("choice", "cells"),
    [
        (Choice(weakest="A"), {}),
        (Choice(weakest="B"), {"A×B": "2 B"}),
        (Choice(weakest="D", on="row"), {"A×B": "1 B"}),
        (Choice(on="tool"), {"A×B": "2 B"}),
        (Choice(kind="parallel"), {"A×B": "2 B"}),
        (Choice(kind="parallel", on="topic"), {"A×B": "1 D"}),
        (Choice(on="plan"), {}),
        (Choice(with_everywhere=True), {"A×B": "3 B", "A×S": "1 A"}),
        (Choice(with_everywhere=True, weakest="A"), {"A×S": "1 A"}),
        (Choice(row_words="body b"), {}),
    ],
)
def test_findings_can_be_chosen(choice: Choice, cells: dict[str, str]) -> None:
    found = told(make_matrix(small(), "body", "body", choice))
    assert found == {**cells, **{"×".join(reversed(pair.split("×"))): cell for pair, cell in cells.items()}}


def test_of_several_plans_one_can_be_chosen() -> None:
    findings = [
        Finding("body", "u:a", "u:b", "row", "joint", "A", plans="u:p u:q"),
        Finding("body", "u:a", "u:b", "theme", "parallel", "D", plans="u:q"),
        Finding("body", "u:a", "u:c", "session", "joint", "C"),  # no row of a plan shows it
    ]
    plans = (Plan("u:p", "One", frozenset({"u:1"})), Plan("u:q", "Other", frozenset({"u:2"})))
    joins = Joins(small().things, small().links, findings, grades="ABCD", ties=small().ties, plans=plans)
    of_first = make_matrix(joins, "body", "body", Choice(plan="u:p"))
    of_other = make_matrix(joins, "body", "body", Choice(plan="u:q"))
    assert told(of_first) == {"A×B": "1 A", "B×A": "1 A"}
    assert told(of_other) == {"A×B": "2 A", "B×A": "2 A"}
    assert told(make_matrix(joins, "body", "tool", Choice(plan="u:p"))) == {
        "A×Tool X": "1 row",
        "B×Tool X": "1 programme",
    }
    assert told(make_matrix(joins, "body", "tool", Choice(plan="u:q"))) == {"A×Tool X": "1 row", "A×Tool Y": "1 row"}


def test_any_list_of_grades_and_ties_has_an_order() -> None:
    findings = [Finding("body", "u:a", "u:b", "tool", "", grade) for grade in ("weak", "strong", "fair", "other")]
    joins = Joins(
        [BODY_A, BODY_B, TOOL_X], small().links, findings, grades=("strong", "fair", "weak"), ties=("text", "row")
    )
    matrix = make_matrix(joins, "body", "body")
    assert matrix.marks == ("strong", "fair", "weak", "other")  # what is not listed comes last
    assert told(make_matrix(joins, "body", "body", Choice(weakest="fair"))) == {"A×B": "2 strong", "B×A": "2 strong"}
    assert told(make_matrix(joins, "body", "tool"))["B×Tool X"] == "1 row"  # by text too, but X hangs on it by a row
    assert joins.sides("body-tool") == ("body", "tool")
    assert joins.sides("body-colour") is None


def test_the_strongest_tie_goes_without_saying() -> None:
    shown = {
        f"{cell.number} {matrix.shown_mark(cell)}".strip()
        for matrix in (make_matrix(small(), "body", "tool"), make_matrix(small(), "body", "body"))
        for cell in matrix.cells.values()
    }
    assert shown == {"2", "1", "1 programme", "3 B"}


def test_one_dimension_without_findings_is_counted_by_links_and_not_with_itself() -> None:
    matrix = make_matrix(small(), "tool", "tool")
    assert told(matrix) == {"Tool X×Tool Y": "1 row", "Tool Y×Tool X": "1 row"}
    assert not matrix.is_graded
    assert matrix.is_itself(TOOL_X, TOOL_X)
    assert not matrix.is_itself(TOOL_X, TOOL_Y)


def test_sides_are_in_order_of_number_else_of_load() -> None:
    matrix = make_matrix(small(), "goal", "body")
    assert matrix.rows == (GOAL_2, GOAL_10)
    assert make_matrix(small(), "body", "tool", Choice(with_everywhere=True)).rows == (BODY_A, BODY_S, BODY_B)


def test_gaps_are_the_pairs_that_nothing_joins() -> None:
    matrix = make_matrix(small(), "body", "tool")
    assert matrix.gaps() == {BODY_B: [TOOL_Y]}
    findings = [Finding("body", "u:a", "u:b", "tool", "", "A"), Finding("body", "u:b", "u:c", "tool", "", "A")]
    symmetric = make_matrix(Joins([BODY_A, BODY_B, BODY_C], [], findings), "body", "body")
    assert symmetric.gaps() == {BODY_A: [BODY_C]}  # the pair once


def test_shades_go_from_one_to_five() -> None:
    things = [Thing(f"u:{n}", "body", str(n), str(n)) for n in range(1, 12)]
    links = [Link("goal", "u:g2", f"u:l{link}", "row") for link in range(10)]
    links += [Link("body", thing.iri, f"u:l{link}", "row") for thing in things for link in range(int(thing.code) - 1)]
    matrix = make_matrix(Joins([*things, GOAL_2], links, []), "body", "goal")
    heats = [matrix.heat(cell) for row in matrix.rows if (cell := matrix.cell(row, GOAL_2))]
    assert heats == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]


TOOLS = [Thing(f"u:t{n}", "tool", "", f"Tool {n:03}") for n in range(300)]


def large(rows: int) -> Joins:
    """200 bodies and all tools but the last, on so many rows."""
    links = []
    for row in range(rows):
        links.append(Link("body", f"u:b{row % 200}", f"u:r{row}", "row"))
        links.append(Link("body", f"u:b{row * row % 200}", f"u:r{row}", "programme"))
        links.append(Link("tool", f"u:t{row % 299}", f"u:r{row}", "row"))
    return Joins([*(Thing(f"u:b{n}", "body", "", f"Body {n:03}") for n in range(200)), *TOOLS], links, [])


@pytest.mark.slow
def test_counting_takes_time_in_proportion_to_the_links() -> None:
    assert exponent(lambda joins: make_matrix(joins, "body", "tool"), large, 2_500) < LINEAR


def test_a_large_matrix_keeps_the_most_loaded_and_says_what_it_leaves_out() -> None:
    joins = large(20_000)
    matrix = make_matrix(joins, "body", "tool")
    assert (len(matrix.rows), len(matrix.columns)) == (60, 60)
    assert (matrix.rows_left_out, matrix.columns_left_out) == (140, 239)
    assert matrix.lone_columns == (TOOLS[299],)
    assert matrix.pairs == 200 * 300
    assert len(matrix.cells) < matrix.met <= matrix.pairs
    loads = [sum(cell.number for (row, _), cell in matrix.cells.items() if row == thing.iri) for thing in matrix.rows]
    assert min(loads) > 0
    narrowed = make_matrix(joins, "body", "tool", Choice(row_words="body 19", column_words="TOOL 00"))
    assert len(narrowed.rows) == 10
    assert len(narrowed.columns) <= 10
    assert narrowed.rows_left_out == 0
    assert {thing.name[:7] for thing in narrowed.rows} == {"Body 19"}


def test_nothing_at_all() -> None:
    matrix = make_matrix(Joins([], [], []), "body", "body")
    assert (matrix.rows, matrix.cells, matrix.gaps(), matrix.most, matrix.pairs) == ((), {}, {}, 0, 0)


def test_a_thing_with_two_names_stands_once() -> None:
    twice = Joins([BODY_A, Thing("u:a", "body", "A", "Organe A"), BODY_B], [], small().findings)
    assert twice.of("body") == [BODY_A, BODY_B]


def test_how_a_thing_is_told() -> None:
    assert (GOAL_2.short, GOAL_2.told) == ("2", "goal 2")
    assert (BODY_A.short, BODY_A.told) == ("A", "A")
    assert (TOOL_X.short, TOOL_X.told) == ("Tool X", "Tool X")
