"""Faceted choice on things made up here: values of a facet are alternatives, facets hold together, counts follow."""

from __future__ import annotations

import pytest

from ecp_graph.web.pages.actions.facets import NOT_STATED, Facets, Narrowed, facets_of, positions
from tests.growth import LINEAR, exponent

THINGS = ["a", "b", "c", "d"]


def row(facet: str, code: str, name: str, value: str, thing: str) -> dict[str, str]:
    return {"facet": facet, "code": code, "name": name, "value": value, "thing": thing}


ROWS = [
    row("chapter", "10", "Ten", "id/c10", "a"),
    row("chapter", "9", "Nine", "id/c9", "b"),
    row("chapter", "9", "Nine", "id/c9", "c"),
    row("body", "PTC", "Committee", "id/ptc", "a"),
    row("body", "PTC", "Committee", "id/ptc", "b"),
    row("body", "SEC", "Secretariat", "id/sec", "b"),
    row("body", "open", "not named", "", "c"),
    row("body", "open", "not named", "", "a"),
    row("body", "open", "not named", "", "b"),
    row("body", "PTC", "of another list", "id/ptc", "elsewhere"),
]


@pytest.fixture
def facets() -> Facets:
    return facets_of(ROWS, THINGS, column="thing")


def left(facets: Facets, **chosen: list[str]) -> str:
    return "".join(THINGS[at] for at in positions(Narrowed(facets, chosen).things))


def test_values_are_in_order_with_what_is_missing_last(facets: Facets) -> None:
    assert list(facets.facets) == ["chapter", "body"]
    assert [(v.key, v.total) for v in facets.facets["chapter"].values] == [("9", 2), ("10", 1), (NOT_STATED, 1)]
    assert [(v.key, v.total) for v in facets.facets["body"].values] == [
        ("PTC", 2),
        ("SEC", 1),
        ("open", 3),  # no thing of its own, so it comes after those that are
        (NOT_STATED, 1),
    ]


@pytest.mark.parametrize(
    ("chosen", "found"),
    [
        ({}, "abcd"),
        ({"body": ["PTC"]}, "ab"),
        ({"body": ["PTC", "open"]}, "abc"),
        ({"body": ["PTC", NOT_STATED]}, "abd"),
        ({"body": ["PTC"], "chapter": ["9"]}, "b"),
        ({"body": ["SEC"], "chapter": ["10"]}, ""),
        ({"body": ["no such"]}, ""),
        ({"body": ["no such", "SEC"]}, "b"),
        ({"no such facet": ["x"]}, "abcd"),
        ({"body": []}, "abcd"),
    ],
)
def test_choosing(facets: Facets, chosen: dict[str, list[str]], found: str) -> None:
    assert left(facets, **chosen) == found


def test_counts_follow_the_other_facets_and_not_their_own(facets: Facets) -> None:
    narrowed = Narrowed(facets, {"body": ["SEC"]})
    assert narrowed.counts("body") == {"PTC": 2, "SEC": 1, "open": 3, NOT_STATED: 1}
    assert narrowed.counts("chapter") == {"9": 1, "10": 0, NOT_STATED: 0}


def test_each_count_is_what_choosing_it_alone_would_give(facets: Facets) -> None:
    for chapter in ("9", "10", NOT_STATED):
        for key, count in Narrowed(facets, {"chapter": [chapter]}).counts("body").items():
            assert len(left(facets, chapter=[chapter], body=[key])) == count


def test_limits_hold_beside_the_facets(facets: Facets) -> None:
    narrowed = Narrowed(facets, {"body": ["PTC"]}, {"words": 0b1010})
    assert positions(narrowed.things) == [1]
    assert narrowed.counts("body")["PTC"] == 1
    assert positions(narrowed.without("words")) == [0, 1]


def test_ways_out_name_what_alone_is_in_the_way(facets: Facets) -> None:
    narrowed = Narrowed(facets, {"body": ["SEC"], "chapter": ["10"]})
    assert narrowed.ways_out() == [("body", 1), ("chapter", 1)]
    assert Narrowed(facets, {"body": ["x"], "chapter": ["y"]}).ways_out() == []


def test_a_code_that_two_things_share_names_neither() -> None:
    rows = [row("chapter", "1", "One", f"https://example.org/{plan}/1{plan}", thing) for plan, thing in ("pa", "qb")]
    assert [v.key for v in facets_of(rows, THINGS[:2], column="thing").facets["chapter"].values] == ["1p", "1q"]


def test_what_a_thing_states(facets: Facets) -> None:
    assert [value.key for value in facets.of_thing[1]["body"]] == ["PTC", "SEC", "open"]
    assert facets.of_thing[3] == {}


def many(size: int) -> Facets:
    """So many things, with a value of each of three facets."""
    rows = [
        row(facet, f"V{n * step % values}", "x", f"id/{facet}{n * step % values}", f"t{n}")
        for facet, values, step in (("one", 7, 1), ("two", 40, 3), ("three", 2_000, 7))
        for n in range(size)
    ]
    return facets_of(rows, [f"t{n}" for n in range(size)], column="thing")


def counted(facets: Facets) -> tuple[Narrowed, dict[str, dict[str, int]]]:
    narrowed = Narrowed(facets, {"one": ["V1", "V2"], "two": ["V3", "V6"]})
    return narrowed, {name: dict(narrowed.counts(name)) for name in facets.facets}


def test_counts_of_many_things_add_up_and_cost_in_proportion() -> None:
    narrowed, counts = counted(many(10_000))
    assert len(positions(narrowed.things)) == sum(counts["three"].values()) > 0
    assert sum(map(len, counts.values())) == 2_047
    assert exponent(counted, many, 3_000) < LINEAR


def test_values_with_numbers_come_in_their_order_at_any_depth() -> None:
    codes = ("10", "2.10", "2.9", "2")
    rows = [row("chapter", code, f"Chapter {code}", f"urn:{code}", "a") for code in codes]
    assert [value.code for value in facets_of(rows, ["a"], column="thing").facets["chapter"].values] == [
        "2",
        "2.9",
        "2.10",
        "10",
    ]
