"""The picture of a time line: plans and events in lanes above, one row below for each action, in groups.

Lengths are the units of the drawing. Words are measured by their number of letters, because the server has no fonts; a
row that states no date gets no mark that looks like one.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

from ecp_graph.web.pages.timeline.axis import Axis, axis_of

__all__ = ["NARROW", "WIDE", "Chart", "Entry", "Group", "Lane", "Layout", "Mark", "Span", "charts_of", "plan_stretch"]

Kind = Literal["deadline", "window", "recurrent", "continuous", "none"]

_ROW: Final = 26
_LINE: Final = 16
_HEAD: Final = 30
_LETTER: Final = 6.4
#: Titles stand close to the axis, so they are measured with a wide letter.
_WIDE_LETTER: Final = 7.0
_GAP: Final = 8
#: Lines of a title; one that needs more is no title.
_MOST_LINES: Final = 6


@dataclass(frozen=True)
class Layout:
    """How wide a picture is, where its axis begins, what is left beside it, and where titles begin.

    Titles are beside their marks, or above them where there is no room beside: then the axis begins at the left.
    """

    width: float
    axis: float
    edge: float
    titles: float

    @property
    def is_narrow(self) -> bool:
        """Whether titles are above their marks."""
        return self.axis < self.titles

    @property
    def letters(self) -> int:
        """How many letters a line of a title has."""
        room = self.width if self.is_narrow else self.axis - _GAP
        return int((room - self.titles) / _WIDE_LETTER)


WIDE: Final = Layout(width=1160, axis=468, edge=24, titles=32)
#: For the screen of a phone.
NARROW: Final = Layout(width=356, axis=4, edge=4, titles=28)


@dataclass(frozen=True)
class Entry:
    """One action: ``ends`` and, for a window, ``begins`` are its own dates; ``plan`` is the period of its plan."""

    number: str
    title: str
    words: str
    kind: Kind
    href: str | None
    begins: datetime | None = None
    ends: datetime | None = None
    plan: tuple[datetime, datetime] | None = None


@dataclass(frozen=True)
class Span:
    """One plan or event above the rows; ``status`` is that of an event.

    What ``is_within`` its dates lies somewhere between them, and does not last from the one to the other.
    """

    name: str
    begins: datetime
    ends: datetime
    words: str
    status: str
    href: str | None
    is_plan: bool
    is_within: bool = False


@dataclass(frozen=True)
class Group:
    """Rows under one heading."""

    name: str
    entries: Sequence[Entry]


@dataclass(frozen=True)
class Mark:
    """One shape: where it begins and how long it is, and its words with their place and anchor."""

    kind: str
    x: float
    width: float
    words: str
    words_x: float
    anchor: Literal["start", "end"]
    full: str = ""
    href: str | None = None


@dataclass(frozen=True)
class Lane:
    """One row of the picture at its height: a heading, an action with its mark, or marks that lie side by side.

    The marks are at ``marks_y``; ``lines`` are the title of an action.
    """

    y: float
    marks_y: float
    heading: str = ""
    number: str = ""
    label: str = ""
    lines: tuple[str, ...] = ()
    full: str = ""
    href: str | None = None
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True)
class Chart:
    """One picture, or one page of it: the axis, the lanes, and the periods of the plans as bands behind them."""

    axis: Axis
    height: float
    spans: tuple[Lane, ...]
    lanes: tuple[Lane, ...]
    bands: tuple[tuple[float, float], ...]
    axis_y: float
    layout: Layout
    row: float = _ROW
    line: float = _LINE

    @property
    def width(self) -> float:
        """How wide it is."""
        return self.layout.width


def charts_of(
    groups: Sequence[Group],
    spans: Sequence[Span],
    *,
    rows: int | None = None,
    between: tuple[datetime, datetime] | None = None,
    layout: Layout = WIDE,
) -> list[Chart]:
    """Return the picture, cut into pages of at most ``rows`` rows with the axis on each; empty without any date.

    The axis holds everything that has a date, or the stretch ``between`` where that is given. Plans and events stand on
    the first page.
    """
    stretch = between or _stretch(groups, spans)
    if stretch is None:
        return []
    axis = axis_of(*stretch, left=layout.axis, width=layout.width - layout.axis - layout.edge)
    shown = [span for span in spans if axis.holds(span.begins, span.ends)]
    above = _above(shown, axis, layout)
    bands = _bands(groups, axis)
    pages = _pages(groups, rows)
    return [_chart(page, above if number == 0 else [], bands, axis, layout) for number, page in enumerate(pages)]


def plan_stretch(groups: Sequence[Group]) -> tuple[datetime, datetime] | None:
    """Return the stretch of the plans that the rows belong to; None when no period of theirs is known."""
    periods = [entry.plan for group in groups for entry in group.entries if entry.plan]
    return (min(begins for begins, _ in periods), max(ends for _, ends in periods)) if periods else None


def _stretch(groups: Sequence[Group], spans: Sequence[Span]) -> tuple[datetime, datetime] | None:
    moments = [moment for span in spans for moment in (span.begins, span.ends)]
    for entry in (entry for group in groups for entry in group.entries):
        moments += [moment for moment in (entry.begins, entry.ends, *(entry.plan or ())) if moment]
    return (min(moments), max(moments)) if moments else None


def _pages(groups: Sequence[Group], rows: int | None) -> list[list[Group]]:
    """Cut the groups into pages; a group that goes on keeps its heading."""
    pages: list[list[Group]] = [[]]
    left = rows
    for group in groups:
        entries = list(group.entries)
        while entries:
            if left is not None and left <= 0:
                pages.append([])
                left = rows
            taken = entries if left is None else entries[:left]
            entries = entries[len(taken) :]
            pages[-1].append(Group(group.name, taken))
            left = None if left is None else left - len(taken)
    return pages


def _chart(
    groups: Sequence[Group], above: Sequence[Lane], bands: list[tuple[float, float]], axis: Axis, layout: Layout
) -> Chart:
    lanes: list[Lane] = []
    axis_y = (above[-1].marks_y + _ROW if above else 0) + _HEAD
    y = axis_y
    for group in groups:
        if group.name:
            lanes.append(Lane(y, y, heading=_cut(group.name, layout.width / _WIDE_LETTER)))
            y += _ROW
        for entry in group.entries:
            lane = _lane(entry, y, axis, layout)
            lanes.append(lane)
            y += _height(lane, layout)
    return Chart(axis, y + _GAP, tuple(above), tuple(lanes), tuple(bands), axis_y, layout)


def _lane(entry: Entry, y: float, axis: Axis, layout: Layout) -> Lane:
    lines = textwrap.wrap(entry.title, layout.letters, max_lines=_MOST_LINES, placeholder=" …") or [""]
    mark = _mark(entry, axis, layout)
    marks_y = y + len(lines) * _LINE + 4 if layout.is_narrow else y
    return Lane(y, marks_y, "", entry.number, "", tuple(lines), entry.title, entry.href, (mark,) if mark else ())


def _height(lane: Lane, layout: Layout) -> float:
    words = len(lane.lines) * _LINE + _ROW - _LINE
    return words + (_ROW - 4 if layout.is_narrow and lane.marks else 0)


def _mark(entry: Entry, axis: Axis, layout: Layout) -> Mark | None:
    """Return the mark of an action; nothing when its date lies off the axis."""
    if entry.ends is not None:
        if not axis.holds(entry.begins or entry.ends, entry.ends):
            return None
        x, end = axis.at(entry.begins or entry.ends), axis.at(entry.ends)
        return _beside(Mark(entry.kind, x, end - x, entry.words, 0, "start"), axis, layout, room=9 if x == end else 0)
    begins, ends = entry.plan or (axis.first, axis.last)
    if not axis.holds(begins, ends):
        return None
    x, end = axis.at(begins), axis.at(ends)
    words_x = x + _GAP if entry.kind != "recurrent" else x + 14
    mark = Mark(entry.kind, x, end - x, entry.words, words_x, "start")
    return (
        mark if entry.kind == "none" or len(entry.words) * _LETTER < end - x - 2 * _GAP else _beside(mark, axis, layout)
    )


def _beside(mark: Mark, axis: Axis, layout: Layout, room: float = 0) -> Mark:
    """Set the words to the right of a mark, or to its left where they would leave the picture.

    Words that have room on neither side stand on a mark that is as long, else are cut and put where more room is.
    """
    after, before = mark.x + mark.width + room + _GAP, mark.x - room - _GAP
    right, left = axis.right + layout.edge - after, before
    long = len(mark.words) * _LETTER
    if max(right, left) < long <= mark.width - 2 * _GAP:
        return replace(mark, words_x=mark.x + _GAP, anchor="start")
    if long > max(right, left):
        mark = replace(mark, words=_cut(mark.words, max(right, left, _GAP) / (_WIDE_LETTER + 0.4)))
    if long <= right or right >= left:
        return replace(mark, words_x=round(after, 1), anchor="start")
    return replace(mark, words_x=round(before, 1), anchor="end")


def _above(spans: Iterable[Span], axis: Axis, layout: Layout) -> list[Lane]:
    """Lay plans, then events, into as few lanes as hold them side by side."""
    lanes: list[Lane] = []
    for is_plan, label in ((True, "Plans"), (False, "Meetings and events")):
        rows: list[list[Mark]] = []
        ends: list[float] = []
        for span in sorted((s for s in spans if s.is_plan == is_plan), key=lambda s: (s.begins, s.ends, s.name)):
            mark = _span_mark(span, axis, layout)
            begin, end = _extent(mark)
            row = next((at for at, taken in enumerate(ends) if taken <= begin), None)
            if row is None:
                rows.append([])
                ends.append(0)
                row = len(rows) - 1
            rows[row].append(mark)
            ends[row] = end
        for number, marks in enumerate(rows):
            y = lanes[-1].marks_y + _ROW if lanes else 0.0
            is_above = layout.is_narrow and number == 0  # the word stands above its marks, not beside them
            marks_y = y + _LINE + 4 if is_above else y
            lanes.append(Lane(y, marks_y, label=label if number == 0 else "", marks=tuple(marks)))
    return lanes


def _span_mark(span: Span, axis: Axis, layout: Layout) -> Mark:
    x, end = axis.at(span.begins), axis.at(span.ends)
    when = f"at some time in {span.words}" if span.is_within and span.words else span.words
    full = f"{span.name}: {', '.join(part for part in (when, span.status) if part)}"
    words = _cut(span.name, 44)
    kind = "plan" if span.is_plan else f"{'within' if span.is_within else 'event'} {span.status}"
    mark = Mark(kind, x, max(end - x, 3), words, 0, "start", full, span.href)
    if len(words) * _LETTER < mark.width - 2 * _GAP and not span.is_within:
        return replace(mark, words_x=x + _GAP)
    return _beside(mark, axis, layout)


def _extent(mark: Mark) -> tuple[float, float]:
    long = len(mark.words) * _LETTER
    if mark.anchor == "end":
        return mark.words_x - long - _GAP, mark.x + mark.width
    end = mark.x + mark.width
    return mark.x, end if mark.words_x + long <= end else mark.words_x + long + _GAP


def _bands(groups: Sequence[Group], axis: Axis) -> list[tuple[float, float]]:
    """Return the periods of the plans that the rows belong to, as place and width, each once."""
    periods = {entry.plan for group in groups for entry in group.entries if entry.plan}
    held = sorted(period for period in periods if axis.holds(*period))
    return [(axis.at(begins), round(axis.at(ends) - axis.at(begins), 1)) for begins, ends in held]


def _cut(text: str, letters: float) -> str:
    most = int(letters)
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
