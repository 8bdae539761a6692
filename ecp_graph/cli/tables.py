"""Tables for people: what fits into the width of a terminal, and notes on what does not."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

from ecp_graph.queries.catalogue import Query
from ecp_graph.sparql.columns import shown_columns
from ecp_graph.sparql.moments import moment
from ecp_graph.sparql.results import Table, Term, printable

__all__ = ["Printed", "matrix_text", "printed"]

#: What stands between two columns: the padding of both, and a space for the line.
_GAP: Final = 3
#: A column of text up to this width stays on one line; a wider one is wrapped, but to no less than this.
_SHORT: Final = 16
#: What the column with the most text gets before addresses and repetitions, and before other columns.
_COMFORTABLE: Final = 48
_LEAST: Final = 24
_DATE_TIME: Final = "http://www.w3.org/2001/XMLSchema#dateTime"


@dataclass(frozen=True)
class Printed:
    """A table as text, the columns that it shows by the names of their variables, and its notes."""

    text: str
    columns: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Column:
    """One column: the variable, its heading, and its cells."""

    name: str
    heading: str
    cells: tuple[str, ...]
    is_number: bool = False
    is_address: bool = False
    is_detail: bool = False

    @cached_property
    def natural(self) -> int:
        """The width at which no cell is wrapped."""
        return max(self.least_heading, *map(_width, self.cells), 0)

    @cached_property
    def least_heading(self) -> int:
        """The width at which no word of the heading is broken."""
        return max(map(len, self.heading.split()), default=1)

    @cached_property
    def weight(self) -> int:
        """How much text the column holds."""
        return sum(map(_width, self.cells))

    def least(self, most: int = _SHORT) -> int:
        """The width below which the column is hard to read; ``most`` is what it may ask for."""
        return self.natural if self.is_number else min(self.natural, max(most, self.least_heading))


def printed(table: Table, width: int, *, query: Query | None = None, colour: bool = False) -> Printed:
    """Return a table as aligned text of at most ``width`` columns; ``yes`` or ``no`` for an ASK.

    Headings are those of the query's header, moments are days or months, IRIs are CURIEs. When the columns do not fit,
    the first to go are the addresses of what another column names, then columns that are empty or the same in every
    row, then those that the header calls a detail, then the last ones; the notes say which. Text is wrapped, never cut.
    """
    if table.boolean is not None:
        return Printed("yes\n" if table.boolean else "no\n", (), ())
    columns = _columns(table, query)
    shown, left_out = _fitting(columns, width)
    return Printed(_text(shown, width, colour=colour), tuple(column.name for column in shown), tuple(_notes(left_out)))


def matrix_text(table: Table, width: int) -> str:
    """Return a matrix, whose first column has the headings of its rows, as text of at most ``width`` columns.

    A matrix that is too wide is turned, and one that is still too wide is split into parts, one below the other.
    """
    sides = [_plain(table), _plain(_turned(table))]
    parts = min((list(_parts(columns, width)) for columns in sides), key=len)
    return "\n".join(_text(part, width, colour=False) for part in parts)


def _text(columns: Sequence[_Column], width: int, *, colour: bool) -> str:
    """Return columns as aligned text, numbers to the right; text is wrapped at its words."""
    from rich import box
    from rich.console import Console
    from rich.table import Table as RichTable
    from rich.text import Text

    grid = RichTable(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold", padding=(0, 1))
    widths = _widths(columns, width)
    for column, wide in zip(columns, widths, strict=True):
        justify: Literal["left", "right"] = "right" if column.is_number else "left"
        grid.add_column(Text(column.heading), justify=justify, overflow="fold", width=wide)
    for row in zip(*(column.cells for column in columns), strict=True):
        grid.add_row(*map(Text, row))
    stream = io.StringIO()
    whole = sum(widths) + _GAP * len(widths)
    console = Console(file=stream, width=whole, force_terminal=colour, highlight=False, legacy_windows=False)
    console.print(grid)
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines()) + "\n"


def _columns(table: Table, query: Query | None) -> list[_Column]:
    named = {column.at: column for column in shown_columns(table)}
    linked = {column.link_at for column in named.values() if column.link_at is not None}
    found = []
    for at, name in enumerate(table.columns):
        told = query.column(name) if query else None
        terms = [row[at] for row in table.rows]
        cells = tuple(_cell(term) for term in terms)
        is_number = any(terms) and all(term is None or term.is_number for term in terms)
        title = query.heading_of(name, named[at].name if at in named else name) if query else name
        is_address = at in linked or _are_iris(terms)
        found.append(_Column(name, title, cells, is_number, is_address, is_detail=bool(told and told.is_detail)))
    if all(column.is_address for column in found):
        return [_Column(c.name, c.heading, c.cells) for c in found]
    return found


def _plain(table: Table) -> list[_Column]:
    """Return the columns of a matrix, with nothing of them left out."""
    cells = (tuple(_cell(row[at]) for row in table.rows) for at in range(len(table.columns)))
    return [_Column(name, name, of_column) for name, of_column in zip(table.columns, cells, strict=True)]


def _turned(table: Table) -> Table:
    """Return a matrix with rows for its columns."""
    corner, *names = table.columns
    heads = [row[0].text if row[0] else "" for row in table.rows]
    turned = zip(*(row[1:] for row in table.rows), strict=True)
    first, _, second = corner.partition(" \\ ")
    rows = tuple((Term("literal", name), *cells) for name, cells in zip(names, turned, strict=True))
    return Table((f"{second} \\ {first}" if second else corner, *heads), rows)


def _parts(columns: Sequence[_Column], width: int) -> Iterator[list[_Column]]:
    """Yield the first column with as many of the others as fit beside it, until each had its turn."""
    first, *others = columns
    part = [first]
    for column in others:
        if len(part) > 1 and _needed([*part, column], _SHORT) > width:
            yield part
            part = [first]
        part.append(column)
    yield part


def _fitting(columns: list[_Column], width: int) -> tuple[list[_Column], list[_Column]]:
    """Return the columns that are shown and those that are left out, by need."""
    shown = list(columns)
    main = max((c for c in columns if not c.is_address), key=lambda c: c.weight, default=None)
    first = columns[0] if columns else None
    steps: list[tuple[Callable[[_Column], bool], int]] = [
        (lambda column: column.is_address, _COMFORTABLE),
        (lambda column: not any(column.cells) or _is_constant(column), _COMFORTABLE),
        (lambda column: column.is_detail, _LEAST),
        (lambda column: column is not first, _LEAST),
    ]
    for may_go, comfort in steps:
        for column in reversed([column for column in columns if column in shown and may_go(column)]):
            if _needed(shown, comfort) > width and column is not main:
                shown.remove(column)
    return shown, [column for column in columns if column not in shown]


def _is_constant(column: _Column) -> bool:
    return len(column.cells) > 1 and len(set(column.cells)) == 1


def _needed(columns: Sequence[_Column], comfort: int) -> int:
    """Return the width that the columns need, of which the one with the most text asks for so much."""
    main = max(columns, key=lambda column: column.weight)
    wide = [column.least(comfort if column is main else _SHORT) for column in columns]
    return sum(wide) + _GAP * (len(wide) - 1)


def _widths(columns: Sequence[_Column], width: int) -> list[int]:
    """Return the width of each column: the least, and what is left goes where most lines are saved by it."""
    wide = [column.least() for column in columns]
    left = width - sum(wide) - _GAP * (len(wide) - 1)
    while left > 0:
        at = max(range(len(columns)), key=lambda n: columns[n].natural / max(wide[n], 1))
        if wide[at] >= columns[at].natural:
            break
        wide[at] += 1
        left -= 1
    while left < 0 and max(wide) > 1:  # too narrow for anything: what is widest is wrapped more
        at = wide.index(max(wide))
        wide[at] -= 1
        left += 1
    return wide


def _notes(left_out: Sequence[_Column]) -> Iterator[str]:
    constant = [c for c in left_out if not c.is_address and _is_constant(c) and c.cells[0]]
    if constant:
        told = "; ".join(f"{column.heading}: {column.cells[0]}" for column in constant)
        yield f"The same in every row: {told}."
    others = [column.heading for column in left_out if column not in constant]
    if others:
        yield f"Left out to fit the terminal: {', '.join(others)}. `--format csv` has every column."


def _cell(term: Term | None) -> str:
    if term is None:
        return ""
    return printable(moment(term.value) if term.datatype == _DATE_TIME else term.text)


def _are_iris(terms: Sequence[Term | None]) -> bool:
    return any(terms) and all(term is None or term.kind == "iri" for term in terms)


def _width(text: str) -> int:
    from rich.cells import cell_len

    return max(map(cell_len, text.split("\n")))
