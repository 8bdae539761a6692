"""Writes an answer: formats that the engine serialises are passed through; tables and Excel sheets are made here."""

from __future__ import annotations

import io
import shutil
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from ecp_graph.cli.common import say
from ecp_graph.errors import EcpGraphError, ParameterError
from ecp_graph.sparql.formats import Kind, formats_of
from ecp_graph.sparql.guard import query_kind

if TYPE_CHECKING:
    from ecp_graph.engine import Engine
    from ecp_graph.sparql.results import Table, Term

__all__ = ["FORMAT_NAMES", "output_options", "table_text", "without_wide_iris", "write_answer", "write_bytes"]

Decorated = TypeVar("Decorated", bound=Callable[..., Any] | click.Command)

_GRAPHS: Final = [fmt.name for fmt in formats_of("graph")]
FORMAT_NAMES: Final = ("table", *(fmt.name for fmt in formats_of("table")), "xlsx", *_GRAPHS)
_MADE_HERE: Final = frozenset({"table", "xlsx"})
_FILE: Final = click.Path(path_type=Path, dir_okay=False)
_WIDEST: Final = 10_000
#: A column this wide reads well; text may need more lines, IRIs are left out before they squeeze it.
_COMFORTABLE: Final = 30
_GAP: Final = 3


def write_answer(engine: Engine, sparql: str, *, fmt: str | None, output: Path | None, timeout_s: float | None) -> None:
    """Run a query and write the answer to a file or to stdout.

    Without ``fmt``: a table on a terminal, CSV when piped, and Turtle for a graph. Raises ParameterError for a format
    that is not available for the query, and everything that `Engine.query` raises.
    """
    kind: Kind = query_kind(sparql) or "table"
    to_terminal = output is None and sys.stdout.isatty()
    chosen = fmt or ("ttl" if kind == "graph" else "table" if to_terminal else "csv")
    if chosen in _MADE_HERE and kind == "graph":
        raise ParameterError(
            f"The format '{chosen}' is not valid: this query returns a graph. Use one of {', '.join(_GRAPHS)}."
        )
    if chosen == "xlsx" and to_terminal:
        raise ParameterError(
            "A spreadsheet cannot be shown on a terminal. Give a file with --output FILE, or redirect stdout."
        )
    if chosen not in _MADE_HERE:
        _write(engine.query(sparql, fmt=chosen, timeout_s=timeout_s).body, output)
        return
    from ecp_graph.engine.asking import ask_table

    table = ask_table(engine, sparql, timeout_s=timeout_s)
    if chosen == "xlsx":
        from ecp_graph.sparql.spreadsheet import workbook

        _write([workbook(table)], output)
        return
    width = shutil.get_terminal_size().columns if to_terminal else _WIDEST
    shown, left_out = without_wide_iris(table, width)
    _write([table_text(shown, width, colour=to_terminal).encode()], output)
    if left_out:
        say(f"Omitted because the terminal is too narrow: {', '.join(left_out)}. `--format csv` has all columns.")


def without_wide_iris(table: Table, width: int) -> tuple[Table, list[str]]:
    """Return the table without the columns of IRIs that do not fit on a terminal, and the names of these columns.

    The last columns are dropped first. A table that fits, or that has only IRIs, is returned unchanged.
    """

    def needed(column: int) -> int:
        cells = (min(len(row[column].text), _COMFORTABLE) for row in table.rows if row[column])  # type: ignore[union-attr]
        return max(len(table.columns[column]), *cells, 0) + _GAP

    kept = list(range(len(table.columns)))
    iris = [c for c in kept if any(row[c] for row in table.rows) and all(_is_iri(row[c]) for row in table.rows)]
    if len(iris) == len(kept):
        return table, []
    while iris and sum(map(needed, kept)) > width:
        kept.remove(iris.pop())
    columns = tuple(table.columns[c] for c in kept)
    left_out = [name for name in table.columns if name not in columns]
    return replace(table, columns=columns, rows=tuple(tuple(row[c] for c in kept) for row in table.rows)), left_out


def table_text(table: Table, width: int, *, colour: bool = False) -> str:
    """Return a table as aligned text, with IRIs as CURIEs and numbers right-aligned; ``yes`` or ``no`` for an ASK."""
    if table.boolean is not None:
        return "yes\n" if table.boolean else "no\n"
    from rich import box
    from rich.console import Console
    from rich.table import Table as RichTable
    from rich.text import Text

    from ecp_graph.sparql.results import printable

    grid = RichTable(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold", padding=(0, 1))
    for number, column in enumerate(table.columns):
        cells = [row[number] for row in table.rows if row[number]]
        numeric = bool(cells) and all(cell.is_number for cell in cells if cell)
        grid.add_column(
            Text(column),
            justify="right" if numeric else "left",
            overflow="fold",
            min_width=min(len(column), _COMFORTABLE),
        )
    for row in table.rows:
        grid.add_row(*(Text(printable(cell.text) if cell else "") for cell in row))
    stream = io.StringIO()
    console = Console(file=stream, width=width, force_terminal=colour, highlight=False, legacy_windows=False)
    console.print(grid)
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines()) + "\n"


def write_bytes(body: bytes, output: Path | None) -> None:
    """Write bytes to a file or to stdout; raises EcpGraphError if the file cannot be written."""
    _write([body], output)


def _is_iri(term: Term | None) -> bool:
    return term is None or term.kind == "iri"


def _write(chunks: Iterable[bytes], output: Path | None) -> None:
    if output is None:
        stdout = sys.stdout.buffer
        for chunk in chunks:
            stdout.write(chunk)
        stdout.flush()
        return
    try:
        with output.open("wb") as stream:
            for chunk in chunks:
                stream.write(chunk)
    except OSError as reason:
        raise EcpGraphError(f"{output} cannot be written ({reason.strerror or reason}).") from reason


def output_options(command: Decorated) -> Decorated:
    """Add ``--format`` and ``--output``."""
    about = "[default: table on a terminal, csv when piped, ttl for a graph]"
    command = click.option("-o", "--output", type=_FILE, metavar="FILE", help="Write to this file instead of stdout.")(
        command
    )
    return click.option("-f", "--format", "fmt", type=click.Choice(FORMAT_NAMES), help=about)(command)
