"""A matrix drawn as SVG: the same numbers, marks and shades as the page, on white, fit for paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

from markupsafe import Markup

from ecp_graph.overlap.counting import CauseWords, causes_in_words
from ecp_graph.overlap.joins import Thing
from ecp_graph.overlap.matrix import Cell, Matrix
from ecp_graph.web.drawings.frame import clean

__all__ = ["Drawing", "draw"]

_CELL: Final = 52
_LINE: Final = 15
_LETTER: Final = 7.2
_CAPITAL: Final = 9.0
_SMALL_LETTER: Final = 6.8
_LONGEST_NAME: Final = 60
#: Fills of the steps of shading, light enough for black figures.
_FILLS: Final = ("#e6eef4", "#cddeea", "#b2cde0", "#95bbd5", "#78a9ca")


@dataclass(frozen=True)
class Drawing:
    """The size of a drawing, and what is drawn."""

    width: float
    height: float
    svg: Markup


def draw(matrix: Matrix, words: CauseWords) -> Drawing:
    """Return the drawing of a matrix; ``words`` are those for causes."""
    row_names = [_shown(_row_name(thing)) for thing in matrix.rows]
    column_names = [_shown(thing.short) for thing in matrix.columns]
    wide = _width_of_cells(matrix, words)
    left = int(max(map(_length, row_names), default=0)) + 12
    head = int(max(map(_length, column_names), default=0))
    is_turned = head > wide
    top = (head if is_turned else _LINE) + 10
    svg = Element("g")
    for at, name in enumerate(column_names):
        x = left + wide * at + wide / 2
        if is_turned:
            _write(svg, x + 4, top - 8, name, turn=True)
        else:
            _write(svg, x, top - 8, name, anchor="middle")
    for at, name in enumerate(row_names):
        _write(svg, left - 8, top + _CELL * at + _CELL / 2 + 4, name, anchor="end")
    _draw_cells(svg, matrix, words, (left, top, wide))
    size = left + wide * len(column_names) + 1, top + _CELL * len(row_names) + 1
    return Drawing(*size, Markup(tostring(svg, encoding="unicode")))  # noqa: S704 - escaped by ElementTree


def _length(name: str) -> float:
    return sum(_CAPITAL if letter.isupper() else _LETTER for letter in name)


def _width_of_cells(matrix: Matrix, words: CauseWords) -> int:
    """Return a width in which the longest line of a cell has room."""
    lines = [line for cell in matrix.cells.values() for line in _lines(matrix, cell, words)]
    longest = max(map(len, lines), default=0)
    return max(_CELL, int(longest * _SMALL_LETTER) + 10)


def _lines(matrix: Matrix, cell: Cell, words: CauseWords) -> list[str]:
    """Return the words of a cell, line by line."""
    if not matrix.is_graded:
        return [str(cell.number), *filter(None, [matrix.shown_mark(cell)])]
    cause, number = cell.main
    more = cell.number - number
    first = causes_in_words({cause: number}, words)
    return [f"{first} + {more}" if more else first, f"{cell.best} {cell.kind}"]


def _draw_cells(svg: Element, matrix: Matrix, words: CauseWords, place: tuple[int, int, int]) -> None:
    left, top, wide = place
    for y, row in enumerate(matrix.rows):
        for x, column in enumerate(matrix.columns):
            cell = matrix.cell(row, column)
            fill = _FILLS[matrix.heat(cell) - 1] if cell else "#ffffff"
            at = {"x": str(left + wide * x), "y": str(top + _CELL * y), "width": str(wide), "height": str(_CELL)}
            SubElement(svg, "rect", {**at, "fill": fill, "stroke": "#dcd8cf"})
            middle = left + wide * x + wide / 2
            if cell:
                _write_cell(svg, _lines(matrix, cell, words), middle, top + _CELL * y + _CELL / 2)
            elif matrix.is_itself(row, column):
                _write(svg, middle, top + _CELL * y + _CELL / 2 + 4, "–", anchor="middle", colour="#5c5a55")


def _write_cell(svg: Element, lines: list[str], x: float, y: float) -> None:
    begin = y + 5 - (len(lines) - 1) * _LINE / 2
    for at, line in enumerate(lines):
        _write(svg, x, begin + at * _LINE, line, anchor="middle", size=13 if line.isdecimal() else 11)


def _write(
    svg: Element,
    x: float,
    y: float,
    text: str,
    *,
    anchor: str = "start",
    size: int = 12,
    colour: str = "",
    turn: bool = False,
) -> None:
    attributes = {"x": f"{x:g}", "y": f"{y:g}", "text-anchor": anchor, "font-size": str(size)}
    if colour:
        attributes["fill"] = colour
    if turn:
        attributes["transform"] = f"rotate(-90 {x:g} {y:g})"
    SubElement(svg, "text", attributes).text = clean(text)


def _row_name(thing: Thing) -> str:
    return thing.full if thing.code.isdecimal() else thing.short


def _shown(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1].rstrip() + "…"
