"""Writes an answer: formats that the engine serialises are passed through; tables and Excel sheets are made here."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from ecp_graph.cli.common import is_terminal, output_option, refuse_terminal, say
from ecp_graph.errors import EcpGraphError, ParameterError
from ecp_graph.sparql.formats import Kind, formats_of
from ecp_graph.sparql.guard import query_kind

if TYPE_CHECKING:
    from ecp_graph.engine import Engine
    from ecp_graph.queries.binding import Given
    from ecp_graph.queries.catalogue import Catalogue, Query
    from ecp_graph.sparql.results import Table
    from ecp_graph.tables.lists.answering import Held
    from ecp_graph.tables.lists.reading import Lists

__all__ = ["FORMAT_NAMES", "output_options", "width_of", "write_answer", "write_bytes", "write_query"]

Decorated = TypeVar("Decorated", bound=Callable[..., Any] | click.Command)

_GRAPHS: Final = [fmt.name for fmt in formats_of("graph")]
FORMAT_NAMES: Final = ("table", *(fmt.name for fmt in formats_of("table")), "xlsx", *_GRAPHS)
_MADE_HERE: Final = frozenset({"table", "xlsx"})
#: The topic of queries whose workbooks have columns for what people decide.
_OVERLAP: Final = "overlap"
_WIDEST: Final = 10_000
#: Formats whose first line has the columns and each further one a row, or part of one.
_BY_LINE: Final = frozenset({"csv", "tsv"})
#: The longest that one check may take when a query finds nothing.
_HINT_S: Final = 1.0


def width_of(output: Path | None) -> int:
    """Return the width that a table may have: that of the terminal, or any in a file."""
    return shutil.get_terminal_size().columns if output is None and is_terminal() else _WIDEST


def write_answer(
    engine: Engine,
    sparql: str,
    *,
    fmt: str | None,
    output: Path | None,
    timeout_s: float | None,
    query: Query | None = None,
    catalogue: Catalogue | None = None,
    held: Held | None = None,
) -> None:
    """Run a query and write the answer to a file or to stdout.

    Without ``fmt``: a table on a terminal, CSV when piped, and Turtle for a graph. ``query`` is the one of the
    ``catalogue`` that was asked: its header has the headings and legends of a table. ``held`` is its answer where that
    is known. Raises ParameterError for a format
    that is not available for the query, and everything that `Engine.query` raises.
    """
    kind: Kind = query_kind(sparql) or "table"
    to_terminal = output is None and is_terminal()
    chosen = fmt or ("ttl" if kind == "graph" else "table" if to_terminal else "csv")
    if chosen in _MADE_HERE and kind == "graph":
        raise ParameterError(
            f"The format '{chosen}' is not valid: this query returns a graph. Use one of {', '.join(_GRAPHS)}."
        )
    if chosen == "xlsx" and to_terminal:
        refuse_terminal("A spreadsheet")
    if chosen not in _MADE_HERE:
        answer = held.answer(chosen) if held else engine.query(sparql, fmt=chosen, timeout_s=timeout_s)
        lines = _write(answer.body, output)
        if query is None and chosen in _BY_LINE and lines <= 1:
            _say_hints(engine, sparql)
        return
    from ecp_graph.engine.asking import ask_table
    from ecp_graph.queries.hints import is_odd

    table = held.table() if held else ask_table(engine, sparql, timeout_s=timeout_s)
    _write_here(engine, table, chosen, output, query, catalogue)
    if chosen == "table" and query is None and is_odd(table):
        _say_hints(engine, sparql)


def write_query(
    engine: Engine,
    lists: Lists | None,
    query: Query,
    given: Given,
    *,
    fmt: str | None,
    output: Path | None,
    timeout_s: float | None,
    catalogue: Catalogue,
) -> None:
    """Write the answer to a query of the catalogue with values, as `write_answer` does.

    It is that of the ``lists`` of the release, where these hold it, as on pages. Else the engine is asked, and stderr
    says what an answer from the graph alone leaves out. Raises what `bind` and `write_answer` raise.
    """
    from ecp_graph.queries.binding import bind
    from ecp_graph.tables.lists.answering import held, left_out

    sparql, found = bind(query, given, engine), held(lists, query, given, engine)
    if found is None and (told := left_out(lists, query)):
        say(told)
    write_answer(
        engine, sparql, fmt=fmt, output=output, timeout_s=timeout_s, query=query, catalogue=catalogue, held=found
    )


def _write_here(
    engine: Engine, table: Table, chosen: str, output: Path | None, query: Query | None, catalogue: Catalogue | None
) -> None:
    """Write a workbook, or a table with its notes and legends."""
    to_terminal = output is None and is_terminal()
    if chosen == "xlsx":
        from ecp_graph.overlap.decided_workbook import FILLED, to_decide
        from ecp_graph.queries.sheets import about_query, headings_of
        from ecp_graph.sparql.moments import today
        from ecp_graph.sparql.spreadsheet import About, workbook

        if to_terminal:
            refuse_terminal("A spreadsheet")
        headings = headings_of(query) if query else {}
        if query is not None and query.topic == _OVERLAP:
            table = to_decide(table)
            headings |= {name: name.capitalize() for name in FILLED}
        made = [("Made on", today())]
        about = about_query(query, {}, made) if query else About("Answer of a query", made)
        _write([workbook(table, headings=headings, about=about)], output)
        return
    from ecp_graph.cli.tables import printed

    shown = printed(table, width_of(output), query=query, colour=to_terminal)
    _write([shown.text.encode()], output)
    for note in shown.notes:
        say(note)
    if query and catalogue:
        for line in _legends(engine, query, catalogue, table, shown.columns):
            say(line)


def _say_hints(engine: Engine, sparql: str) -> None:
    """Say why a query that is not of the catalogue finds nothing, as far as the graph shows."""
    from ecp_graph.engine.asking import ask_table
    from ecp_graph.queries.hints import hints

    for hint in hints(sparql, lambda text: ask_table(engine, text, timeout_s=_HINT_S)):
        say(str(hint))


def _legends(engine: Engine, query: Query, catalogue: Catalogue, table: Table, columns: Sequence[str]) -> Iterator[str]:
    """Yield a line for each shown column whose values another query explains: ``grade: A stated by the actions``."""
    from ecp_graph.engine.asking import ask_table
    from ecp_graph.queries.binding import bind

    for name in columns:
        column = query.column(name)
        if column is None or column.legend not in catalogue:
            continue
        at = table.columns.index(name)
        used = {term.value for row in table.rows if (term := row[at])}
        explained = ask_table(engine, bind(catalogue[column.legend], {}, engine))
        known = ((row[0].value, row[1].value) for row in explained.rows if row[0] and row[1])
        words = [f"{value} {told}" for value, told in known if value in used and told != value]
        if words:
            more = f"`ecp-graph query {column.legend}` says more."
            yield f"{column.heading.capitalize()}: {'; '.join(words)}. {more}"


def write_bytes(body: bytes, output: Path | None) -> None:
    """Write bytes to a file or to stdout; raises EcpGraphError if the file cannot be written."""
    _write([body], output)


def _write(chunks: Iterable[bytes], output: Path | None) -> int:
    """Write the chunks; return how many lines they have."""
    try:
        with nullcontext(sys.stdout.buffer) if output is None else output.open("wb") as stream:
            lines = 0
            for chunk in chunks:
                stream.write(chunk)
                lines += chunk.count(b"\n")
            stream.flush()
            return lines
    except OSError as reason:
        if output is None:
            raise
        raise EcpGraphError(f"{output} cannot be written ({reason.strerror or reason}).") from reason


def output_options(command: Decorated) -> Decorated:
    """Add ``--format`` and ``--output``."""
    about = "[default: table on a terminal, csv when piped, ttl for a graph]"
    return click.option("-f", "--format", "fmt", type=click.Choice(FORMAT_NAMES), help=about)(output_option(command))
