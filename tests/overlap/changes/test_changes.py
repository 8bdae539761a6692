"""What changed between two plans: edits of real actions that were planted are found, and nothing else is."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from ecp_graph.overlap.changes import KINDS, Party, PlanRow, PlanTime, changes_between
from ecp_graph.overlap.changes.reading import named_plan, plan_rows
from ecp_graph.overlap.likeness import Meaning, open_meaning
from ecp_graph.pipeline.release_names import names_in_release
from ecp_graph.release.release import Release

Planted = set[tuple[str, tuple[str, ...], tuple[str, ...]]]

EDITS: Final[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("edits.yaml").read_text(encoding="utf-8"))
ELSEWHERE: Final = Party("data group", "Data Group")
LATER: Final = PlanTime("March 2031", "deadline", ("", "2031-03-31"))


@pytest.fixture(scope="module")
def rows(release: Release) -> tuple[PlanRow, ...]:
    plan = named_plan("ecp-action-plan-3", release.tables)
    assert plan is not None
    found = plan_rows(plan.iri, release.tables)
    assert len(found) == plan.actions == 28
    return found


@pytest.fixture(scope="module")
def meaning() -> Meaning:
    return open_meaning()


def _told(before: tuple[PlanRow, ...], after: list[PlanRow], **others: Any) -> Planted:
    changes = changes_between(before, after, **others)
    return {(change.kind, change.old, change.new) for change in changes if change.kind != "unchanged"}


class Edition:
    """A plan that is being edited: what has been done to which action."""

    def __init__(self, rows: tuple[PlanRow, ...], chance: random.Random) -> None:
        self.rows = {row.number: [row] for row in rows}
        self.chance = chance
        self.planted: Planted = set()
        self._free = chance.sample(sorted(self.rows), len(self.rows))

    def edit(self, kind: str) -> None:
        """Plant one edit on an action that has none."""
        number = self._free.pop()
        (row,) = self.rows[number]
        same = (kind, (number,), (number,))
        if kind == "reworded":
            self._plant(number, [replace(row, title=self.chance.choice(EDITS["rows"][number]["reworded"]))], same)
        elif kind == "subject":
            new = replace(row, title=EDITS["rows"][number]["subject"])
            self._plant(number, [new], ("dropped", (number,), ()), ("added", (), (number,)))
        elif kind == "dropped":
            self._plant(number, [], ("dropped", (number,), ()))
        elif kind == "moved":
            others = sorted({each.chapter for of in self.rows.values() for each in of} - {row.chapter})
            self._plant(number, [replace(row, chapter=self.chance.choice(others))], same)
        elif kind == "reassigned":
            self._plant(number, [replace(row, parties=(*row.parties[:-1], ELSEWHERE))], same)
        elif kind == "rescheduled":
            self._plant(number, [replace(row, time=LATER)], same)

    def split(self) -> None:
        each = self.chance.choice(EDITS["split"])
        if each["old"] in self._free:
            self._free.remove(each["old"])
            (row,) = self.rows[each["old"]]
            parts = [replace(row, title=title, number=f"s{at}") for at, title in enumerate(each["new"])]
            self._plant(row.number, parts, ("split", (row.number,), tuple(part.number for part in parts)))

    def merge(self) -> None:
        each = self.chance.choice(EDITS["merged"])
        if set(each["old"]) <= set(self._free):
            first, *others = each["old"]
            for number in each["old"]:
                self._free.remove(number)
            (row,) = self.rows[first]
            self._plant(first, [replace(row, title=each["new"], number="m")], ("merged", tuple(each["old"]), ("m",)))
            for number in others:
                self.rows[number] = []

    def add(self, title: str) -> None:
        (like, *_) = next(of for of in self.rows.values() if of)
        self._plant(title, [replace(like, title=title, number=title)], ("added", (), (title,)))

    def _plant(self, number: str, rows: list[PlanRow], *changes: tuple[str, tuple[str, ...], tuple[str, ...]]) -> None:
        self.rows[number] = rows
        self.planted |= set(changes)

    @property
    def after(self) -> list[PlanRow]:
        """Its actions, a few of them in other places."""
        found = [row for of in self.rows.values() for row in of]
        for _ in range(3):
            found.insert(self.chance.randrange(len(found)), found.pop(self.chance.randrange(len(found))))
        return found


def _editions(rows: tuple[PlanRow, ...]) -> Iterator[Edition]:
    for seed in range(12):
        edition = Edition(rows, random.Random(seed))
        edition.split()
        edition.merge()
        for kind in ("reworded", "reworded", "reworded", "subject", "subject", "dropped", "moved", "reassigned"):
            edition.edit(kind)
        edition.edit("rescheduled")
        for title in edition.chance.sample(EDITS["added"], 2):
            edition.add(title)
        yield edition


def test_planted_edits_are_found_and_others_are_not(
    rows: tuple[PlanRow, ...], release: Release, meaning: Meaning
) -> None:
    names_in = names_in_release(release.tables)
    counted: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    for edition in _editions(rows):
        told = _told(rows, edition.after, meaning=meaning, names_in=names_in)
        counted["planted"] += len(edition.planted)
        counted["told"] += len(told)
        counted["right"] += len(told & edition.planted)
        kinds.update(kind for kind, *_ in edition.planted)
    assert counted["planted"] >= 150, "too few edits to say anything"
    assert set(kinds) == set(KINDS) - {"unchanged"}, "every kind is planted"
    assert counted["right"] / counted["told"] >= 0.95, counted
    assert counted["right"] / counted["planted"] >= 0.95, counted


def test_a_new_action_on_the_subject_of_a_dropped_one_is_no_rewording(rows: tuple[PlanRow, ...]) -> None:
    for row in rows:
        new = replace(row, title=EDITS["rows"][row.number]["subject"])
        after = [new if each is row else each for each in rows]
        told = _told(rows, after)
        assert told == {("dropped", (row.number,), ()), ("added", (), (row.number,))}, row.title


@settings(max_examples=20, deadline=None)
@given(order=st.permutations(range(1, 29)))
def test_other_numbers_and_another_order_change_nothing(rows: tuple[PlanRow, ...], order: list[int]) -> None:
    after = [replace(rows[number - 1], number=str(at)) for at, number in enumerate(order)]
    changes = changes_between(rows, after)
    assert {change.kind for change in changes} == {"unchanged"}
    assert {change.old + change.new for change in changes} == {
        (str(number), str(at)) for at, number in enumerate(order)
    }


def test_an_action_with_several_changes_has_one_of_each_kind(rows: tuple[PlanRow, ...]) -> None:
    moved = replace(rows[8], chapter=rows[-1].chapter, time=LATER, title="Update/review the TRS Guide")
    after = [moved if each is rows[8] else each for each in rows]
    assert _told(rows, after) == {(kind, ("9",), ("9",)) for kind in ("moved", "rescheduled", "reworded")}


def test_the_new_name_of_a_body_is_one_change(rows: tuple[PlanRow, ...]) -> None:
    def named(row: PlanRow, name: str) -> PlanRow:
        parties = (replace(party, key=name, name=name) if party.name == "SEC" else party for party in row.parties)
        return replace(row, parties=tuple(parties))

    every = [named(row, "Bureau") for row in rows]
    (change,) = (each for each in changes_between(rows, every) if each.kind != "unchanged")
    assert (change.kind, len(change.old), change.old) == ("reassigned", 26, change.new)
    assert change.what.startswith("SEC → Bureau, in all of its 26 actions")
    some = [named(row, "Bureau") if row.number in ("1", "17") else row for row in rows]
    assert _told(rows, some) == {("reassigned", (number,), (number,)) for number in ("1", "17")}


def test_another_role_is_a_change_where_both_plans_tell_roles() -> None:
    def told(before: str, after: str) -> list[str]:
        rows = [PlanRow("1", "Publish the guide", parties=(Party("ptc", "PTC", role),)) for role in (before, after)]
        return [change.kind for change in changes_between(rows[:1], rows[1:])]

    assert told("lead", "partner") == ["reassigned"]
    assert told("lead", "lead") == told("", "lead") == told("partner", "") == ["unchanged"]


def test_the_new_title_of_a_chapter_is_one_change_and_its_number_is_none(rows: tuple[PlanRow, ...]) -> None:
    titled = [replace(row, chapter=f"7. {row.chapter.replace('Other Issues', 'Communication')}") for row in rows]
    assert _told(rows, titled) == {("moved", ("25", "26", "27", "28"), ("25", "26", "27", "28"))}


def test_actions_of_one_title_are_parts_where_they_share_out_the_bodies(rows: tuple[PlanRow, ...]) -> None:
    row = rows[8]
    parts = [replace(row, number=f"9{at}", parties=(party,)) for at, party in enumerate(row.parties)]
    assert _told(rows, [*rows[:8], *parts, *rows[9:]]) == {("split", ("9",), ("90", "91"))}
    assert _told(tuple(parts), [row]) == {("merged", ("90", "91"), ("9",))}
    again = [*rows[:8], row, replace(row, number="9bis"), *rows[9:]]
    assert _told(rows, again) == {("added", (), ("9bis",))}


JULY: Final = PlanTime("July 2017", "deadline", ("", "2017-07-31"))


@pytest.mark.parametrize(
    ("before", "after", "is_same"),
    [
        (JULY, PlanTime("07/2017", "deadline", ("", "2017-07-31")), True),
        (JULY, LATER, False),
        (PlanTime("ongoing", "continuous", ("", "")), PlanTime("Continuous activity", "continuous", ("", "")), True),
        (PlanTime("every year", "recurrent"), PlanTime("Every  year", "recurrent"), True),
        (PlanTime("every year", "recurrent"), PlanTime("every month", "recurrent"), False),
        (PlanTime("", "not-stated"), PlanTime("ongoing", "continuous"), False),
    ],
)
def test_a_time_is_another_where_it_means_another(before: PlanTime, after: PlanTime, is_same: bool) -> None:
    rows = [PlanRow("1", "Publish the guide", time=time) for time in (before, after)]
    kinds = [change.kind for change in changes_between(rows[:1], rows[1:])]
    assert kinds == ["unchanged" if is_same else "rescheduled"]


def test_plans_without_actions_have_no_changes() -> None:
    assert changes_between((), ()) == ()
    (change,) = changes_between((), (PlanRow("", "Publish the guide"),))
    assert (change.kind, change.old, change.new) == ("added", (), ("Publish the guide",))
