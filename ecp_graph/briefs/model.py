"""What a briefing consists of, in whatever form: sections of sentences, points and tables, each with its place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

__all__ = ["Brief", "Column", "Line", "Run", "Section", "Sentence", "Table", "TableRow", "line", "text_of"]


@dataclass(frozen=True)
class Run:
    """A part of a line: its text, and the IRI of the thing that it names, empty where it names none."""

    text: str
    iri: str = ""


#: A text in which things are named.
Line = tuple[Run, ...]


@dataclass(frozen=True)
class Sentence:
    """What is said, the places in documents where it stands, and the IRI of a thing that has more on it."""

    line: Line
    places: Line = ()
    more: str = ""


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading, and its share of the width."""

    heading: str
    share: int


@dataclass(frozen=True)
class TableRow:
    """The cells of a row; ``group`` is a heading that it shares with its neighbours, empty where they have none."""

    cells: tuple[Line, ...]
    group: Line = ()


@dataclass(frozen=True)
class Table:
    """Columns, their rows, and how many further rows were left out; ``grouped_by`` is the heading of the groups."""

    columns: tuple[Column, ...]
    rows: tuple[TableRow, ...]
    grouped_by: str = ""
    left_out: int = 0

    def groups(self) -> list[tuple[Line, list[TableRow]]]:
        """Return neighbouring rows under the headings that they share; an empty one where they have none."""
        return [(group, list(rows)) for group, rows in groupby(self.rows, key=lambda row: row.group)]


@dataclass(frozen=True)
class Section:
    """A part under a heading: paragraphs of sentences, then a table, then points.

    ``key`` names it in addresses; ``points_left_out`` counts the points for which there was no room.
    """

    key: str
    title: str
    paragraphs: tuple[tuple[Sentence, ...], ...] = ()
    table: Table | None = None
    points: tuple[Sentence, ...] = ()
    points_left_out: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing."""
        return not (any(self.paragraphs) or self.points or (self.table and self.table.rows))


@dataclass(frozen=True)
class Brief:
    """A briefing on one thing.

    ``sort`` says in words what sort of paper it is. ``version`` is the state of the data, ``dated`` the day of it.
    ``address`` is where people find the thing, if not under its IRI. ``confidential`` names
    the plans in it that must not leave the machine.
    """

    sort: str
    iri: str
    title: str
    sections: tuple[Section, ...]
    version: str = ""
    dated: str = ""
    address: str = ""
    confidential: tuple[str, ...] = ()

    def at(self, address: str) -> Brief:
        """Return the same briefing on a thing that people find under an address; an empty one stands for its IRI."""
        return replace(self, address=address)

    def with_sections(self, sections: Iterable[Section]) -> Brief:
        """Return the same briefing with other sections."""
        return replace(self, sections=tuple(sections))


def line(*parts: str | Run | Sequence[Run]) -> Line:
    """Return a line of texts, runs and other lines."""
    runs: list[Run] = []
    for part in parts:
        if isinstance(part, str):
            runs.append(Run(part))
        elif isinstance(part, Run):
            runs.append(part)
        else:
            runs.extend(part)
    return tuple(run for run in runs if run.text)


def text_of(runs: Iterable[Run]) -> str:
    """Return a line as plain text."""
    return "".join(run.text for run in runs)
