"""Which results get a chart, and what its bars are."""

from __future__ import annotations

import pytest

from ecp_graph.queries.catalogue import Column
from ecp_graph.sparql.results import Table, Term
from ecp_graph.web.pages.queries.charts import Chart, bar_chart

_INTEGER = "http://www.w3.org/2001/XMLSchema#integer"
_NAME = Column("name", "its name")
_COUNT = Column("count", "how many", "actions")


def _text(value: str) -> Term:
    return Term("literal", value)


def _number(value: object) -> Term:
    return Term("literal", str(value), _INTEGER)


def _table(*rows: tuple[str, object], columns: tuple[str, ...] = ("name", "count")) -> Table:
    return Table(columns, tuple((_text(name), _number(count)) for name, count in rows))


def _drawn(columns: list[Column], table: Table) -> Chart:
    chart = bar_chart(columns, table)
    assert chart is not None
    return chart


def test_bars_are_as_long_as_their_numbers() -> None:
    chart = _drawn([_NAME, _COUNT], _table(("SEC", 26), ("PTC", 13), ("ICAC", 0)))
    assert [name for name, _ in chart.names] == ["SEC", "PTC", "ICAC"]
    (field,) = chart.fields
    assert (field.column, field.unit) == ("count", "actions")
    assert [bar.text for bar in field.bars] == ["26", "13", "0"]
    long, half, none = (bar.length for bar in field.bars)
    assert (half, none) == (long / 2, 0)
    assert long > 100
    assert all(bar.x == field.x for bar in field.bars)
    assert max(bar.x + bar.length for bar in field.bars) < chart.width
    assert max(bar.y for bar in field.bars) + chart.bar_height < chart.height


def test_fields_of_one_unit_share_a_scale_and_percentages_end_at_a_hundred() -> None:
    columns = [_NAME, _COUNT, Column("alone", "of them alone", "actions"), Column("share", "of all", "%")]
    rows = tuple(
        (_text(name), _number(a), _number(b), _number(c)) for name, a, b, c in [("a", 10, 5, 50), ("b", 4, 0, 20)]
    )
    count, alone, share = _drawn(columns, Table(("name", "count", "alone", "share"), rows)).fields
    assert alone.bars[0].length == count.bars[0].length / 2
    assert share.bars[0].length == count.bars[0].length / 2
    assert count.x < alone.x < share.x


def test_as_many_texts_name_a_row_as_tell_the_rows_apart() -> None:
    rows = tuple((_text(a), _text(b), _number(1)) for a, b in [("PTC", "SEC"), ("PTC", "TFAWG")])
    chart = _drawn([_NAME, Column("other", "the other"), _COUNT], Table(("name", "other", "count"), rows))
    assert [name for name, _ in chart.names] == ["PTC · SEC", "PTC · TFAWG"]
    long = "a long name that goes on and on and on and on"
    chart = _drawn([_NAME, _COUNT], _table((long, 1), ("short", 2)))
    assert chart.names[0][0].endswith("…")
    assert len(chart.names[0][0]) <= 38


def test_of_many_columns_the_first_five_are_drawn() -> None:
    columns = [_NAME, *(Column(f"n{at}", "a number", "actions") for at in range(7))]
    rows = tuple((_text(name), *(_number(at) for at in range(7))) for name in "ab")
    chart = _drawn(columns, Table(tuple(column.name for column in columns), rows))
    assert [field.column for field in chart.fields] == ["n0", "n1", "n2", "n3", "n4"]


def test_a_long_heading_does_not_run_into_the_next() -> None:
    columns = [_NAME, *(Column(name, "a number", "sessions held by both") for name in ("first", "second", "third"))]
    rows = tuple((_text(name), _number(1), _number(2), _number(3)) for name in "ab")
    first, second, _ = _drawn(columns, Table(tuple(column.name for column in columns), rows)).fields
    assert first.heading == "first (sessions held by both)"
    assert second.x - first.x > 7 * len(first.heading)


def test_long_names_stand_above_their_bars() -> None:
    beside = _drawn([_NAME, _COUNT], _table(("a", 1), ("b", 2)))
    above = _drawn([_NAME, _COUNT], _table(("a body with a long name", 1), ("b", 2)))
    assert beside.fields[0].x > beside.names_end > 0
    assert (above.fields[0].x, above.names_end) == (0, 0)
    for (_, middle), bar in zip(beside.names, beside.fields[0].bars, strict=True):
        assert bar.y < middle < bar.y + beside.bar_height
    for (_, middle), bar in zip(above.names, above.fields[0].bars, strict=True):
        assert middle + 6 < bar.y < middle + 20


@pytest.mark.parametrize(
    "table",
    [
        _table(("a", 1)),
        _table(*((f"row {at}", at) for at in range(41))),
        _table(("a", 1), ("b", -1)),
        _table(("a", 1), ("a", 2)),
        _table(("a", 1), ("b", "many")),
        _table(("a", 1), ("b", "INF")),
        Table(("name", "count"), ((_text("a"), _number(1)), (_text("b"), None))),
        Table(("name", "count"), ((_text("a"), _number(1)), (_text("b"), _text("2")))),
        Table(("name", "count"), ((Term("iri", "u:a"), _number(1)), (Term("iri", "u:b"), _number(2)))),
        Table(("name",), ((_text("a"),), (_text("b"),))),
        Table((), (), True),
    ],
    ids=[
        "one row",
        "too many rows",
        "negative",
        "names twice",
        "no number",
        "endless",
        "empty",
        "text",
        "IRIs",
        "no column",
        "ASK",
    ],
)
def test_what_does_not_suit_has_no_chart(table: Table) -> None:
    assert bar_chart([_NAME, _COUNT], table) is None


def test_numbers_without_a_unit_are_no_quantities() -> None:
    table = _table(("a", 1), ("b", 2))
    assert bar_chart([_NAME, Column("count", "number of the chapter")], table) is None
    assert bar_chart([_NAME, _COUNT], table) is not None
