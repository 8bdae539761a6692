"""Matrices of two dimensions: the number of overlaps or links between their things, with the best grade or tie.

Two of one dimension on which findings exist (bodies with bodies) are counted from the findings, each with its grade;
all others from the links that two things have in common, each with its tie.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

from ecp_graph.overlap.counting import count_marks
from ecp_graph.overlap.joins import Finding, Joins, Thing
from ecp_graph.tables.lists.wanted import Wanted

__all__ = ["HEATS", "Cell", "Choice", "Matrix", "make_matrix"]

#: Steps of shading, from the lightest, which is 1.
HEATS: Final = 5


@dataclass(frozen=True)
class Choice:
    """What is counted: down to which mark, a grade or a tie; of which kind; on what; with what is everywhere or not.

    ``plan`` (an IRI) leaves what actions of that plan show or join. ``row_words`` and ``column_words`` are a part of
    the names of a side, ``most`` the most things of one.
    """

    weakest: str = ""
    kind: str = ""
    on: str = ""
    with_everywhere: bool = False
    plan: str = ""
    row_words: str = ""
    column_words: str = ""
    most: int = 60


@dataclass(frozen=True)
class Cell:
    """How much joins two things: the number of findings or links at each mark, from the strongest to the weakest.

    ``causes`` and ``certainties`` count the same findings by these, ``by_kind`` their causes by kind, and ``kind`` is
    the first kind at the strongest grade; links have none of them.
    """

    counts: Mapping[str, int]
    causes: Mapping[str, int] = field(default_factory=dict)
    by_kind: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    certainties: Mapping[str, int] = field(default_factory=dict)
    kind: str = ""

    @cached_property
    def kinds(self) -> dict[str, int]:
        """How many findings are of each kind."""
        return {kind: sum(causes.values()) for kind, causes in self.by_kind.items()}

    @property
    def main(self) -> tuple[str, int]:
        """The first cause and its number, for where there is no room for all."""
        return next(iter(self.causes.items()), ("", 0))

    @cached_property
    def number(self) -> int:
        """All of them."""
        return sum(self.counts.values())

    @cached_property
    def best(self) -> str:
        """The strongest mark, a grade or a tie."""
        return next(iter(self.counts))


@dataclass(frozen=True)
class Matrix:
    """Rows, columns and the cells that are not empty, by the IRIs of their row and column.

    ``ranks`` has the grades or ties by strength, 0 for the strongest, ``kind_ranks`` the kinds in their order.
    ``rows_left_out`` and ``columns_left_out`` count what had no room; ``lone_rows`` and ``lone_columns`` are the things
    that nothing joins to the other side. ``met`` counts the pairs that something joins, with or without room.
    """

    rows: tuple[Thing, ...]
    columns: tuple[Thing, ...]
    cells: Mapping[tuple[str, str], Cell]
    is_graded: bool
    is_symmetric: bool
    ranks: Mapping[str, int]
    kind_ranks: Mapping[str, int] = field(default_factory=dict)
    lone_rows: tuple[Thing, ...] = ()
    lone_columns: tuple[Thing, ...] = ()
    rows_left_out: int = 0
    columns_left_out: int = 0
    met: int = 0

    @property
    def pairs(self) -> int:
        """How many pairs could be joined, those without room among them."""
        rows = len(self.rows) + len(self.lone_rows) + self.rows_left_out
        columns = len(self.columns) + len(self.lone_columns) + self.columns_left_out
        return rows * (rows - 1) // 2 if self.is_symmetric else rows * columns

    @property
    def marks(self) -> tuple[str, ...]:
        """The marks that occur, from the strongest to the weakest."""
        return tuple(sorted({mark for cell in self.cells.values() for mark in cell.counts}, key=self.ranks.__getitem__))

    @cached_property
    def most(self) -> int:
        """The largest number of a cell."""
        return max((cell.number for cell in self.cells.values()), default=0)

    def cell(self, row: Thing, column: Thing) -> Cell | None:
        """Return the cell of a row and a column, or None for an empty one."""
        return self.cells.get((row.iri, column.iri))

    def shown_mark(self, cell: Cell) -> str:
        """Return the best mark of a cell; of links the strongest tie goes without saying, and is empty."""
        return cell.best if self.is_graded or self.ranks[cell.best] else ""

    def heat(self, cell: Cell) -> int:
        """Return the step of shading of a cell, 1 to `HEATS`, in even parts of the largest number."""
        return -(-cell.number * HEATS // self.most)

    def is_itself(self, row: Thing, column: Thing) -> bool:
        """Whether row and column are one thing, so that there is nothing to count."""
        return self.is_symmetric and row.iri == column.iri

    def joined(self) -> Iterator[tuple[Thing, Thing, Cell]]:
        """Yield the cells that are not empty, the fullest first; of a symmetric matrix each pair once.

        At equal numbers the order of the kinds counts, then the strongest mark.
        """
        found = [(row, column, cell) for row, column, cell in self._pairs() if cell]
        kinds = self.kind_ranks
        yield from sorted(
            found, key=lambda one: (-one[2].number, kinds.get(one[2].kind, len(kinds)), self.ranks[one[2].best])
        )

    def gaps(self) -> dict[Thing, list[Thing]]:
        """Return, for each row, the columns that nothing joins it to; of a symmetric matrix each pair once."""
        found: dict[Thing, list[Thing]] = defaultdict(list)
        for row, column, cell in self._pairs():
            if not cell:
                found[row].append(column)
        return dict(found)

    def _pairs(self) -> Iterator[tuple[Thing, Thing, Cell | None]]:
        for at, row in enumerate(self.rows):
            for column in self.columns[at + 1 :] if self.is_symmetric else self.columns:
                yield row, column, self.cell(row, column)


def make_matrix(joins: Joins, rows: str, columns: str, choice: Choice | None = None) -> Matrix:
    """Return the matrix of two dimensions.

    Sides are ordered by number where things are numbered, else by how much joins them, then by name. Of more than
    ``choice.most`` things of a side those stay to which most is joined.
    """
    choice = choice or Choice()
    is_symmetric, is_graded = rows == columns, rows == columns and rows in joins.graded
    left = _admitted(joins.of(rows), choice, choice.row_words)
    right = left if is_symmetric else _admitted(joins.of(columns), choice, choice.column_words)
    counted = _Findings(joins, rows, choice) if is_graded else _Links(joins, rows, columns, choice)
    sides = ({thing.iri for thing in left}, {thing.iri for thing in right})
    numbers = {pair: each for pair, each in counted.numbers.items() if pair[0] in sides[0] and pair[1] in sides[1]}
    loads = _loads(numbers, is_graded=is_graded)
    kept_rows, lone_rows, rows_out = _side(left, loads[0], choice.most)
    kept_columns, lone_columns, columns_out = _side(right, loads[1], choice.most)
    return Matrix(
        rows=kept_rows,
        columns=kept_columns,
        cells=counted.cells({thing.iri for thing in kept_rows}, {thing.iri for thing in kept_columns}),
        is_graded=is_graded,
        is_symmetric=is_symmetric,
        ranks=joins.grade_ranks if is_graded else joins.tie_ranks,
        kind_ranks=joins.kind_ranks if is_graded else {},
        lone_rows=lone_rows,
        lone_columns=() if is_symmetric else lone_columns,
        rows_left_out=rows_out,
        columns_left_out=columns_out,
        met=len(numbers) // 2 if is_symmetric and not is_graded else len(numbers),
    )


def _admitted(things: Iterable[Thing], choice: Choice, words: str) -> list[Thing]:
    wanted = words.strip().casefold()
    return [
        thing
        for thing in things
        if (choice.with_everywhere or not thing.is_everywhere) and wanted in f"{thing.code} {thing.name}".casefold()
    ]


_Pair = tuple[str, str]


class _Findings:
    """The findings that are counted; a pair of things comes once, in the order of its findings."""

    def __init__(self, joins: Joins, dimension: str, choice: Choice) -> None:
        ranks = joins.grade_ranks
        grades = frozenset(grade for grade in ranks if _is_wanted(grade, choice.weakest, ranks))
        self._wanted = Wanted(dimension, grades if choice.weakest else None, choice.kind, choice.on, choice.plan)
        self._joins = joins
        self.numbers: Final = joins.numbers_of(self._wanted)

    def cells(self, rows: AbstractSet[str], columns: AbstractSet[str]) -> dict[_Pair, Cell]:
        """Return the cells of things of both sides, each both ways."""
        found: dict[_Pair, list[Finding]] = defaultdict(list)
        for finding in self._joins.findings_of(replace(self._wanted, members=rows & columns)):
            found[finding.member_a, finding.member_b].append(finding)
        cells: dict[_Pair, Cell] = {}
        for (first, second), of_pair in found.items():
            cells[first, second] = cells[second, first] = self._cell(of_pair)
        return cells

    def _cell(self, of_pair: Sequence[Finding]) -> Cell:
        joins = self._joins
        return Cell(
            count_marks(((one.grade, one.number) for one in of_pair), joins.grade_ranks),
            count_marks(((one.cause, one.number) for one in of_pair), joins.causes),
            _by_kind(of_pair, joins),
            count_marks(((one.certainty, one.number) for one in of_pair if one.certainty), ()),
            min(of_pair, key=lambda one: (joins.grade_ranks[one.grade], joins.kind_ranks[one.kind])).kind,
        )


def _by_kind(findings: Sequence[Finding], joins: Joins) -> dict[str, dict[str, int]]:
    found: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for one in findings:
        found[one.kind].append((one.cause, one.number))
    return {kind: count_marks(found[kind], joins.causes) for kind in sorted(found, key=joins.kind_ranks.__getitem__)}


class _Links:
    """The links of each pair of things, which hangs on a link by the weaker of its two ties."""

    def __init__(self, joins: Joins, rows: str, columns: str, choice: Choice) -> None:
        self._ranks = joins.tie_ranks
        self._counts = _ties(joins, rows, columns, choice)
        self.numbers: Final = {pair: sum(ties.values()) for pair, ties in self._counts.items()}

    def cells(self, rows: AbstractSet[str], columns: AbstractSet[str]) -> dict[_Pair, Cell]:
        """Return the cells of things of both sides."""
        return {
            pair: Cell(dict(sorted(ties.items(), key=lambda one: self._ranks[one[0]])))
            for pair, ties in self._counts.items()
            if pair[0] in rows and pair[1] in columns
        }


def _ties(joins: Joins, rows: str, columns: str, choice: Choice) -> dict[_Pair, dict[str, int]]:
    """Return how many links of each tie a pair has."""
    counts: dict[_Pair, dict[str, int]] = defaultdict(dict)
    ranks = joins.tie_ranks
    others: Mapping[str, Mapping[str, str]] = joins.by_link.get(columns, {})
    wanted = next((plan.actions for plan in joins.plans if plan.iri == choice.plan), frozenset())
    for link, on_row in joins.by_link.get(rows, {}).items():
        on_column = others.get(link)
        if not on_column or (choice.plan and link not in wanted):
            continue
        for row, row_tie in on_row.items():
            for column, column_tie in on_column.items():
                tie = max(row_tie, column_tie, key=ranks.__getitem__)
                if _is_wanted(tie, choice.weakest, ranks) and not (rows == columns and row == column):
                    of_cell = counts[row, column]
                    of_cell[tie] = of_cell.get(tie, 0) + 1
    return counts


def _is_wanted(mark: str, weakest: str, ranks: Mapping[str, int]) -> bool:
    return ranks[mark] <= ranks.get(weakest, len(ranks))


def _loads(numbers: Mapping[_Pair, int], *, is_graded: bool) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """Return how much joins each thing of a side, of both sides; they are the same where a pair comes once."""
    left: dict[str, int] = defaultdict(int)
    right: dict[str, int] = left if is_graded else defaultdict(int)
    for (row, column), number in numbers.items():
        left[row] += number
        right[column] += number
    return left, right


def _side(
    things: Collection[Thing], loads: Mapping[str, int], most: int
) -> tuple[tuple[Thing, ...], tuple[Thing, ...], int]:
    """Return the things shown, the ones that nothing joins, and how many more there are."""
    joined = [thing for thing in things if thing.iri in loads]
    lone = [thing for thing in things if thing.iri not in loads]
    by_load = sorted(joined, key=lambda thing: (-loads[thing.iri], thing.short, thing.iri))
    shown = by_load[:most]
    if shown and all(thing.code.isdecimal() for thing in shown):
        shown.sort(key=lambda thing: (int(thing.code), thing.iri))
    return tuple(shown), tuple(sorted(lone, key=_in_order)), len(by_load) - len(shown)


def _in_order(thing: Thing) -> tuple[int, str, str]:
    return (int(thing.code) if thing.code.isdecimal() else 0, thing.short.casefold(), thing.iri)
