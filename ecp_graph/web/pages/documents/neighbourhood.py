"""A diagram of the neighbourhood of a thing: incoming links on the left, outgoing links on the right.

This module computes only the layout; the template draws it as SVG. The lists on the page have the same content in full.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from ecp_graph.web.pages.documents.entity import Entity, Group

__all__ = ["Branch", "Drawing", "draw"]

WIDTH: Final = 930
_LINE, _GAP, _MARGIN = 20, 14, 16
_BOX_LEFT, _BOX_RIGHT = 365, 565
_TEXT_LEFT, _TEXT_RIGHT = 320, 610
_MOST_GROUPS, _MOST_VALUES = 7, 3
_LONGEST, _BOX_CHARS, _BOX_LINES = 36, 19, 4


@dataclass(frozen=True)
class Branch:
    """One property on one side: the position of its text, the values with their positions, and the line to it."""

    x: int
    anchor: str
    label: str
    label_y: int
    values: tuple[tuple[str, int], ...]
    path: str


@dataclass(frozen=True)
class Drawing:
    """Sizes in the units of the diagram, the lines of the title with their positions, and the branches.

    It begins at ``left``: a side without branches takes no space.
    """

    left: int
    width: int
    height: int
    box: tuple[int, int, int, int]
    title: tuple[tuple[str, int], ...]
    branches: tuple[Branch, ...]


def draw(entity: Entity) -> Drawing | None:
    """Return the diagram of a thing's neighbourhood, or None if it has no links."""
    right = _linking(entity.stated) or _linking(group for group in entity.following if group.direction == "from")
    left = _linking(entity.pointing)
    if not right and not left:
        return None
    height = max(_height(left), _height(right), 120) + 2 * _MARGIN
    middle = height // 2
    title = textwrap.wrap(entity.title, _BOX_CHARS, max_lines=_BOX_LINES, placeholder=" …") or [entity.title]
    tall = len(title) * _LINE + 2 * 12
    top = middle - tall // 2
    lines = tuple((line, top + 12 + 15 + number * _LINE) for number, line in enumerate(title))
    branches = (*_side(left, middle, left=True), *_side(right, middle, left=False))
    begin = 0 if left else _BOX_LEFT - _MARGIN
    end = WIDTH if right else _BOX_RIGHT + _MARGIN
    return Drawing(begin, end - begin, height, (_BOX_LEFT, top, _BOX_RIGHT - _BOX_LEFT, tall), lines, branches)


def _linking(groups: Iterable[Group]) -> list[tuple[str, list[str]]]:
    """Return the label and the texts of each group that links with things; more than fit are counted."""
    found = []
    for group in groups:
        texts = [_short(value.text) for value in group.values if value.other.kind == "iri"]
        if texts:
            more = len(texts) - _MOST_VALUES
            shown = texts if more <= 1 else [*texts[:_MOST_VALUES], f"and {more} more"]
            found.append((_short(group.label), shown))
    rest = len(found) - _MOST_GROUPS
    return (
        found if rest <= 0 else [*found[:_MOST_GROUPS], (f"{rest} more {'kinds' if rest > 1 else 'kind'} of link", [])]
    )


def _height(groups: Sequence[tuple[str, list[str]]]) -> int:
    return sum((len(texts) + 1) * _LINE + _GAP for _, texts in groups) - (_GAP if groups else 0)


def _side(groups: Sequence[tuple[str, list[str]]], middle: int, *, left: bool) -> Iterable[Branch]:
    y = middle - _height(groups) // 2
    x, edge = (_TEXT_LEFT, _BOX_LEFT) if left else (_TEXT_RIGHT, _BOX_RIGHT)
    for label, texts in groups:
        label_y = y + 15
        end = x + 8 if left else x - 8
        bend = (edge + end) // 2
        path = f"M{edge} {middle} C{bend} {middle} {bend} {label_y - 5} {end} {label_y - 5}"
        values = tuple((text, label_y + (number + 1) * _LINE) for number, text in enumerate(texts))
        yield Branch(x, "end" if left else "start", label, label_y, values, path)
        y += (len(texts) + 1) * _LINE + _GAP


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"
