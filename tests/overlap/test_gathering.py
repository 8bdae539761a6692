"""What rules found is gathered by SQL as by plain Python, and as these cases say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pyoxigraph as ox
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecp_graph.namespaces import ECP
from ecp_graph.overlap.gathering import gather
from ecp_graph.overlap.marks import Marks
from ecp_graph.overlap.rules import made_ready
from ecp_graph.tables.statements import Statements
from tests.bundled import ID

from .weighing import Evidence, Overlap, Scales
from .weighing import gather as by_python

_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_THINGS = ("member_a", "member_b", "cause", "on", "action", "reading")
_COLUMNS = ("member_a", "member_b", "kind", "cause", "on", "grade", "action", "way", "premise", "step", "reading")


def by_sql(rows: Sequence[Evidence], scales: Scales) -> list[Overlap]:
    """What gathering makes of the rows."""
    statements = Statements()
    certainties = {name: f"urn:certainty:{name}" for name in scales.certainties}
    quads = []
    for reading, certainty in scales.certainty_of.items():
        node = ox.NamedNode(reading)
        about = ((_TYPE, ECP + "Reading"), (ox.NamedNode(ECP + "certainty"), certainties[certainty]))
        quads += [ox.Quad(node, property_, ox.NamedNode(value), node) for property_, value in about]
    statements.put("data", quads)
    marks = Marks(
        {
            "overlapKind": dict.fromkeys(scales.kinds, "urn:kind"),
            "evidenceGrade": dict.fromkeys(scales.grades, "urn:grade"),
            "certainty": certainties,
        },
        scales.families,
        {iri: name for name, iri in certainties.items()},
    )
    numbers = statements.numbers(f"<{getattr(row, name)}>" for row in rows for name in _THINGS if getattr(row, name))
    iris = {number: text[1:-1] for text, number in numbers.items()}
    with made_ready(statements):
        for row in rows:
            values = [getattr(row, name) for name in _COLUMNS]
            held = [
                numbers.get(f"<{value}>") if name in _THINGS else value
                for name, value in zip(_COLUMNS, values, strict=True)
            ]
            statements.connection.execute(f"INSERT INTO evidence VALUES ({', '.join('?' * len(held))})", held)
        gather(statements, marks)
    ask = statements.connection.execute
    sets: dict[tuple[str, int], set[str]] = {}
    for part in ("on", "action", "reading"):
        for key, thing in ask(f"SELECT id, thing FROM finding_{part}").fetchall():
            sets.setdefault((part, key), set()).add(iris[thing])
    found = [
        Overlap(
            (iris[first], iris[second]),
            iris[cause],
            scales.kinds[kind],
            scales.grades[grade],
            scales.certainties[certainty] if certainty < len(scales.certainties) else "",
            *(sets.get((part, key), set()) for part in ("on", "action", "reading")),
        )
        for key, first, second, cause, kind, grade, certainty in ask("FROM finding").fetchall()
    ]
    return sorted(found, key=lambda overlap: (overlap.members, overlap.cause))


A, B, T, U = ID + "body/a", ID + "body/b", ID + "topic/t", ID + "topic/u"
SCALES = Scales(
    grades="ABCD",
    kinds=("joint", "parallel", "related"),
    certainties=("sure", "fair", "guess"),
    families={"related": "parallel"},
    certainty_of={"r:1": "sure", "r:2": "fair", "r:3": "guess", "r:4": "sure"},
)


def row(
    grade: str = "A", reading: str = "r:1", kind: str = "joint", cause: str = T, on: str = "", **more: str
) -> Evidence:
    return Evidence(A, B, kind, cause, on or cause, grade, reading=reading, **more)


def gathered(*rows: Evidence) -> list[tuple[str, str, str, str, set[str]]]:
    both = [by_sql(order, SCALES) for order in (rows, rows[::-1])]
    assert both[0] == both[1]
    return [(one.cause, one.kind, one.grade, one.certainty, one.readings) for one in both[0]]


def test_the_strongest_grade_wins_and_keeps_only_its_own_evidence() -> None:
    rows = [
        Evidence(B, A, "parallel", T, T, "B", "action:2", reading="r:2"),
        row(action="action:1", reading="r:1"),
        row(action="action:3", reading="r:4"),
        row("D", "r:3", "related"),
    ]
    for order in (rows, rows[::-1]):
        (overlap,) = by_sql(order, SCALES)
        assert (overlap.members, overlap.grade, overlap.kind) == ((A, B), "A", "joint")
        assert (overlap.actions, overlap.readings) == ({"action:1", "action:3"}, {"r:1", "r:4"})


def test_a_finding_is_as_certain_as_its_weakest_premise_by_its_best_reading() -> None:
    both = row(premise="one"), row(premise="other", reading="r:2")
    assert gathered(*both) == [(T, "joint", "A", "fair", {"r:1", "r:2"})]
    assert gathered(*both, row(premise="other", reading="r:4"))[0][3] == "sure"
    # a guess adds nothing to what is proved, but a guess that is needed takes the grade away
    assert gathered(*both, row(premise="other", reading="r:3"))[0][3:] == ("fair", {"r:1", "r:2"})
    assert gathered(row(premise="one"), row(premise="other", reading="r:3")) == [
        (T, "joint", "D", "guess", {"r:1", "r:3"})
    ]
    # a way is as certain as its weakest step, and the best way counts
    steps = row(premise="one", way="w", step="1"), row(premise="one", way="w", step="2", reading="r:3")
    assert gathered(*steps)[0][2:4] == ("D", "guess")
    assert gathered(*steps, row(premise="one", way="v", reading="r:2"))[0][2:] == ("A", "fair", {"r:2"})


def test_at_equal_grades_the_kind_counts_unless_it_rests_on_a_guess() -> None:
    assert gathered(row("B", kind="parallel"), row("B", "r:2"))[0][1:4] == ("joint", "B", "fair")
    assert gathered(row("D", kind="parallel"), row("A", "r:3"))[0][1:4] == ("parallel", "D", "sure")


def test_findings_of_one_family_that_the_same_actions_show_are_one() -> None:
    topics = [row("D", kind=kind, cause=cause, action="action:1") for kind, cause in (("related", T), ("parallel", U))]
    (overlap,) = by_sql(topics, SCALES)
    assert (overlap.cause, overlap.kind, overlap.on) == (U, "parallel", {T, U})
    assert len(by_sql([*topics, row(cause=ID + "action/1", action="action:1")], SCALES)) == 2  # joint is another family
    guess = row("D", "r:3", "parallel", cause=ID + "topic/a", action="action:1")
    assert [one.on for one in by_sql([*topics, guess], SCALES)] == [{T, U}]
    assert len(by_sql([row("C"), row("C", cause=U)], SCALES)) == 2  # no action shows them


def test_a_thing_does_not_overlap_with_itself() -> None:
    assert by_sql([Evidence(A, A, "joint", T, T, "A")], SCALES) == []


@st.composite
def evidence(draw: Callable[[Any], Any]) -> Evidence:
    """A row that has much in common with others."""
    one, other = draw(st.lists(st.sampled_from([A, B, ID + "body/a-b"]), min_size=2, max_size=2))
    cause = draw(st.sampled_from([T, U]))
    return Evidence(
        one,
        other,
        draw(st.sampled_from(SCALES.kinds)),
        cause,
        draw(st.sampled_from([cause, T, U])),
        draw(st.sampled_from(SCALES.grades)),
        action=draw(st.sampled_from(["", "action:1", "action:2"])),
        way=draw(st.sampled_from(["", "v"])),
        premise=draw(st.sampled_from(["", "p"])),
        step=draw(st.sampled_from(["", "s"])),
        reading=draw(st.sampled_from(["", "r:1", "r:2", "r:3", "r:5"])),
    )


@given(st.lists(evidence(), max_size=12))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
def test_any_rows_are_gathered_as_by_python(rows: list[Evidence]) -> None:
    assert by_sql(rows, SCALES) == by_python(rows, SCALES)
