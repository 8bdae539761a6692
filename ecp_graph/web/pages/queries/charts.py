"""Bar charts of a result, if it has columns of names and of numbers with a unit; computes the layout for a template.

A chart has one band for each row and one field for each column of numbers. Bars begin at zero, and fields with the same
unit share a scale, so lengths are comparable everywhere. Nothing is summed up or sorted, and no row is left out. The
table next to the chart has all the numbers and is its text alternative.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ecp_graph.queries.catalogue import Column
from ecp_graph.sparql.columns import heading
from ecp_graph.sparql.results import Table, Term

__all__ = ["Bar", "Chart", "ChartField", "bar_chart"]

#: A chart of fewer rows says less than the table, one of more is not taken in at a glance.
_FEWEST_ROWS: Final = 2
_MOST_ROWS: Final = 40
_MOST_FIELDS: Final = 5
_LONGEST_NAME: Final = 38

_BAND: Final = 24
_BAR: Final = 14
_HEAD: Final = 26
#: Widths of letters, on the safe side; who reads with another font has room, and no name is cut.
_SMALL: Final = 7.6
_CAPITAL: Final = 9.8
_GAP: Final = 28
#: Names longer than this stand above their bars, so that bars are in sight on a narrow screen.
_WIDEST_BESIDE: Final = 150
_NAME_ABOVE: Final = 20
_WIDTH_OF_ONE: Final = 280
_WIDTH_OF_ALL: Final = 640
#: Room beside the longest bar for its number.
_NUMBER: Final = 52
_WHOLE_PERCENT: Final = 100.0


@dataclass(frozen=True)
class Bar:
    """One bar: its position and length, in the units of the drawing, and its number as in the result."""

    x: float
    y: float
    length: float
    text: str


@dataclass(frozen=True)
class ChartField:
    """The bars of one column, with its name and unit; they begin at ``x``."""

    column: str
    unit: str
    x: float
    bars: tuple[Bar, ...]

    @property
    def heading(self) -> str:
        """What is above the bars."""
        return _heading(self.column, self.unit)


@dataclass(frozen=True)
class Chart:
    """A drawing of ``width`` by ``height``: the names with the middles of their lines, and the fields.

    Names end at ``names_end`` beside the bars; when that is 0 they begin at the left, above the bars.
    """

    width: float
    height: float
    names_end: float
    bar_height: float
    names: tuple[tuple[str, float], ...]
    fields: tuple[ChartField, ...]


def bar_chart(columns: Sequence[Column], table: Table) -> Chart | None:
    """Return the chart of a result, or None when its columns do not suit one.

    Suitable are 2 to 40 rows, told apart by their text columns, and columns that the header gives a unit and whose
    cells are numbers from zero on; the first five of them are drawn.
    """
    numbers = [column for column in columns if column.unit and _values(table, column.name)][:_MOST_FIELDS]
    if not (_FEWEST_ROWS <= len(table.rows) <= _MOST_ROWS and numbers):
        return None
    names = _names(columns, table)
    if names is None:
        return None
    beside = round(max(map(_length, names))) + 4.0
    above = _NAME_ABOVE if beside > _WIDEST_BESIDE else 0
    band = _BAND + above
    share = (_WIDTH_OF_ALL - _GAP) / len(numbers) - _GAP
    widest = max(_length(_heading(column.name, column.unit)) for column in numbers)
    width = max(float(_WIDTH_OF_ONE) if len(numbers) == 1 else share, 110.0, widest)
    fields, x = [], 0.0 if above else beside + 10
    for column in numbers:
        fields.append(_field(column, table, x, width, band, _scale(column.unit, numbers, table)))
        x += width + _GAP
    middles = tuple((name, _HEAD + band * at + (above or _BAND) / 2) for at, name in enumerate(names))
    names_end = 0.0 if above else beside
    return Chart(x - _GAP, _HEAD + band * len(names) + 4.0, names_end, _BAR, middles, tuple(fields))


def _heading(column: str, unit: str) -> str:
    """Return what is above a field: the column, and its unit where the name does not say it."""
    name = heading(column)
    return name if unit in name else f"{name} ({unit})"


def _length(name: str) -> float:
    return sum(_CAPITAL if letter.isupper() else _SMALL for letter in name)


def _values(table: Table, name: str) -> list[float]:
    """Return the numbers of a column; none when a cell is empty, no number, or below zero."""
    if name not in table.columns:
        return []
    at = table.columns.index(name)
    found = [_number(row[at]) for row in table.rows]
    numbers = [value for value in found if value is not None]
    return numbers if len(numbers) == len(found) else []


def _number(term: Term | None) -> float | None:
    if term is None or not term.is_number:
        return None
    try:
        value = float(term.value)
    except ValueError:
        return None
    return value if 0 <= value < math.inf else None


def _names(columns: Sequence[Column], table: Table) -> list[str] | None:
    """Return a name for each row: of its first texts as many as tell the rows apart; None when they do not."""
    told = {column.name for column in columns if column.unit}
    texts = [at for at, name in enumerate(table.columns) if name not in told and _is_text(table, at)]
    names: list[str] = [""] * len(table.rows)
    for at in texts:
        cells = (row[at] for row in table.rows)
        names = [
            " · ".join(filter(None, (name, cell.value if cell else "")))
            for name, cell in zip(names, cells, strict=True)
        ]
        if len(set(names)) == len(names) and all(names):
            short = [name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1].rstrip() + "…" for name in names]
            return short if len(set(short)) == len(short) else None
    return None


def _is_text(table: Table, at: int) -> bool:
    cells = [row[at] for row in table.rows if row[at] is not None]
    return bool(cells) and all(cell is not None and cell.kind == "literal" for cell in cells)


def _scale(unit: str, numbers: Sequence[Column], table: Table) -> float:
    """Return the number that fills a field: the largest of the unit, or 100 where percentages stay below."""
    largest = max(max(_values(table, column.name)) for column in numbers if column.unit == unit)
    return max(largest, _WHOLE_PERCENT) if unit == "%" else largest or 1.0


def _field(column: Column, table: Table, x: float, width: float, band: float, full: float) -> ChartField:
    at = table.columns.index(column.name)
    bars = []
    for row, value in enumerate(_values(table, column.name)):
        cell = table.rows[row][at]
        y = _HEAD + band * (row + 1) - (_BAND + _BAR) / 2
        length = round(value / full * (width - _NUMBER), 1)
        bars.append(Bar(x, y, length, cell.value if cell else ""))
    return ChartField(column.name, column.unit, x, tuple(bars))
