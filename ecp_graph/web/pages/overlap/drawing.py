"""A matrix as one self-contained SVG: the same numbers, marks and shades as the page, on white, fit for paper."""

from __future__ import annotations

import re
from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

from ecp_graph.overlap.joins import Thing
from ecp_graph.overlap.matrix import Cell, Matrix

__all__ = ["draw"]

_CELL: Final = 52
_LINE: Final = 15
_LETTER: Final = 7.2
_LONGEST_NAME: Final = 60
_EDGE: Final = 16
#: Fills of the steps of shading, light enough for black figures.
_FILLS: Final = ("#e6eef4", "#cddeea", "#b2cde0", "#95bbd5", "#78a9ca")
#: Characters that XML 1.0 does not allow, and those that change the direction of text.
_UNFIT: Final = re.compile(
    "[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u007f-\u009f\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]"
)


def draw(matrix: Matrix, title: str, note: str) -> str:
    """Return the SVG of a matrix under its title, with a note on how to read it below."""
    row_names = [_shown(_row_name(thing)) for thing in matrix.rows]
    column_names = [_shown(thing.short) for thing in matrix.columns]
    left = _EDGE + int(max(map(len, row_names), default=0) * _LETTER) + 12
    head = int(max(map(len, column_names), default=0) * _LETTER)
    top = _EDGE + 2 * _LINE + (head if head > _CELL else _LINE) + 10
    width = max(left + _CELL * len(column_names), int(len(max(title, note, key=len)) * _LETTER)) + _EDGE
    height = top + _CELL * len(row_names) + 3 * _LINE
    svg = Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {width} {height}",
            "width": str(width),
            "height": str(height),
            "role": "img",
            "aria-labelledby": "title",
            "font-family": "system-ui, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif",
            "font-size": "12",
            "fill": "#1d1d1b",
        },
    )
    SubElement(svg, "title", {"id": "title"}).text = _clean(title)
    SubElement(svg, "rect", {"width": str(width), "height": str(height), "fill": "#ffffff"})
    _write(svg, _EDGE, _EDGE + 8, title, size=15)
    for at, name in enumerate(column_names):
        x = left + _CELL * at + _CELL / 2
        if head > _CELL:
            _write(svg, x + 4, top - 8, name, turn=True)
        else:
            _write(svg, x, top - 8, name, anchor="middle")
    for at, name in enumerate(row_names):
        _write(svg, left - 8, top + _CELL * at + _CELL / 2 + 4, name, anchor="end")
    _draw_cells(svg, matrix, left, top)
    _write(svg, _EDGE, top + _CELL * len(row_names) + 2 * _LINE, note, colour="#5c5a55")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(svg, encoding="unicode") + "\n"


def _draw_cells(svg: Element, matrix: Matrix, left: int, top: int) -> None:
    for y, row in enumerate(matrix.rows):
        for x, column in enumerate(matrix.columns):
            cell = matrix.cell(row, column)
            fill = _FILLS[matrix.heat(cell) - 1] if cell else "#ffffff"
            at = {"x": str(left + _CELL * x), "y": str(top + _CELL * y), "width": str(_CELL), "height": str(_CELL)}
            SubElement(svg, "rect", {**at, "fill": fill, "stroke": "#dcd8cf"})
            middle = left + _CELL * x + _CELL / 2
            if cell:
                _write_cell(svg, cell, matrix.shown_mark(cell), middle, top + _CELL * y + _CELL / 2)
            elif matrix.is_itself(row, column):
                _write(svg, middle, top + _CELL * y + _CELL / 2 + 4, "–", anchor="middle", colour="#5c5a55")


def _write_cell(svg: Element, cell: Cell, mark: str, x: float, y: float) -> None:
    lift = 7 if cell.kind else 0
    _write(svg, x, y - lift, str(cell.number), anchor="middle", size=14)
    if mark:
        _write(svg, x, y + 14 - lift, mark, anchor="middle", size=9 if len(mark) > 7 else 10)
    if cell.kind:
        _write(svg, x, y + 17, cell.kind, anchor="middle", size=8 if len(cell.kind) < 10 else 6)


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
    SubElement(svg, "text", attributes).text = _clean(text)


def _row_name(thing: Thing) -> str:
    return f"{thing.code} {thing.name}" if thing.code.isdecimal() else thing.short


def _shown(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1].rstrip() + "…"


def _clean(text: str) -> str:
    return _UNFIT.sub("\N{REPLACEMENT CHARACTER}", text)
