"""Every paragraph, chapter and row of the document states something in the graph, or says why it states nothing."""

from __future__ import annotations

import pytest

from .graphs import ECP, PASSAGE, READING, passage_of, quads, statements_by_graph

PARTS = [
    *(f"para-{number}" for number in range(1, 21)),
    *(f"ch-{number}-{part}" for number in range(1, 8) for part in ("title", "intro")),
    *(f"action-{number}" for number in range(1, 29)),
]


def uncovered(parts: list[str], graphs: dict[str, int], excused: set[str]) -> list[str]:
    """The parts that have neither a statement in one of their graphs nor a reason why not."""
    counts: dict[str, int] = {}
    for graph, count in graphs.items():
        counts[passage_of(graph)] = counts.get(passage_of(graph), 0) + count
    return [part for part in parts if not counts.get(part) and part not in excused]


def bundled() -> tuple[dict[str, int], set[str]]:
    graphs = {name: len(found) for name, found in statements_by_graph().items()}
    excused = {
        quad.subject.value.removeprefix(PASSAGE)  # type: ignore[union-attr]
        for quad in quads()
        if quad.predicate.value == ECP + "nothingToModel"
    }
    return graphs, excused


def test_there_are_62_parts() -> None:
    assert len(PARTS) == 20 + 7 * 2 + 28


@pytest.mark.parametrize("part", PARTS)
def test_part_is_covered(part: str) -> None:
    assert uncovered([part], *bundled()) == []


def test_a_part_without_statement_is_found() -> None:
    graphs, excused = bundled()
    emptied = {name: count for name, count in graphs.items() if passage_of(name) != "para-13"}
    assert uncovered(PARTS, emptied, excused) == ["para-13"]
    assert uncovered(PARTS, emptied, {"para-13"}) == []


def test_no_graph_of_the_document_is_outside_its_parts() -> None:
    others = {"annex-title", "annex-running-head"} | {f"para-{number}-heading" for number in range(9, 14)}
    found = {passage_of(name) for name in statements_by_graph() if name.startswith(READING)}
    assert found == set(PARTS) | others
