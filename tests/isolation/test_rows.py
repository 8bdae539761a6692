"""Rows are counted right while they pass by, however the answer is cut into chunks."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from ecp_graph.engine.isolation.rows import RowCounter
from ecp_graph.sparql.formats import DEFAULTS, TURTLE, Format, formats_of

VALUES = [
    '"plain"',
    '"}},{\\"a\\":"',
    '"[{},{"',
    '"a\\nb"',
    '"say \\"hi\\", {\\"x\\":1}"',
    '"],[{"',
    '"<result>"',
    "<http://x/y>",
    "3",
]
FORMATS = pytest.mark.parametrize("fmt", formats_of("table"), ids=lambda fmt: fmt.name)


@pytest.mark.parametrize("size", [1, 7, 64, 100_000])
@FORMATS
def test_rows_are_counted(fmt: Format, size: int) -> None:
    query = f"SELECT ?a ?b {{ VALUES ?a {{ {' '.join(VALUES)} }} VALUES ?b {{ {' '.join(VALUES)} }} }}"
    results = ox.Store().query(query)
    assert isinstance(results, ox.QuerySolutions)
    answer = results.serialize(format=fmt.writer)
    assert answer is not None
    counter = RowCounter(fmt)
    for start in range(0, len(answer), size):
        counter.feed(answer[start : start + size])
    assert counter.rows == len(VALUES) ** 2


@FORMATS
def test_no_rows(fmt: Format) -> None:
    results = ox.Store().query("SELECT ?a { ?a ?b ?c }")
    assert isinstance(results, ox.QuerySolutions)
    counter = RowCounter(fmt)
    counter.feed(results.serialize(format=fmt.writer) or b"")
    assert counter.rows == 0


@pytest.mark.parametrize("size", [1, 7, 64, 100_000])
def test_rows_behind_rows_without_values_are_counted(size: int) -> None:
    results = ox.Store().query("SELECT ?a { VALUES ?a { UNDEF UNDEF 1 UNDEF 2 3 UNDEF } }")
    assert isinstance(results, ox.QuerySolutions)
    answer = results.serialize(format=ox.QueryResultsFormat.JSON) or b""
    counter = RowCounter(DEFAULTS["table"])
    for start in range(0, len(answer), size):
        counter.feed(answer[start : start + size])
    assert counter.rows == 3


def test_a_graph_in_turtle_has_no_rows_to_tell() -> None:
    counter = RowCounter(TURTLE)
    counter.feed(b"<a> <b> <c> .\n")
    assert counter.rows is None
