"""A matrix as tables: the numbers by row and column, and a list of its cells for further processing."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from ecp_graph.overlap.matrix import Cell, Matrix
from ecp_graph.sparql.results import FORMULA_STARTS, Table, Term, printable

__all__ = ["cells_table", "csv_text", "numbers_table"]

_INTEGER: Final = "http://www.w3.org/2001/XMLSchema#integer"


def numbers_table(matrix: Matrix, corner: str, *, marked: bool = False) -> Table:
    """Return the matrix as it stands: a row for each thing, a column for each thing, empty where nothing joins them.

    With ``marked`` a cell is a text of the number, the best mark and the kind, and columns have short names.
    """
    rows = []
    for row in matrix.rows:
        cells = [matrix.cell(row, column) for column in matrix.columns]
        shown = [
            (_text(f"{cell.number} {cell.best} {cell.kind}".rstrip()) if marked else _number(cell.number))
            if cell
            else None
            for cell in cells
        ]
        rows.append((_text(row.full), *shown))
    names = (column.told if marked else column.full for column in matrix.columns)
    return Table((corner, *(printable(name) for name in names)), tuple(rows))


def cells_table(matrix: Matrix) -> Table:
    """Return one row for each cell that is not empty: row, column, number, best mark, and the IRIs.

    Beside these the number at each mark and, of findings, of each cause, kind and certainty.
    """
    kind = "grade" if matrix.is_graded else "tie"
    joined = list(matrix.joined())
    groups: list[tuple[str, Callable[[Cell], Mapping[str, int]], Sequence[str]]] = [
        (f"{kind} ", lambda cell: cell.counts, matrix.marks),
        ("cause ", lambda cell: cell.causes, _used(cell.causes for *_, cell in joined)),
        ("kind ", lambda cell: cell.kinds, _used(cell.kinds for *_, cell in joined)),
        ("certainty ", lambda cell: cell.certainties, _used(cell.certainties for *_, cell in joined)),
    ]
    names = [f"{prefix}{mark}" for prefix, _, marks in groups for mark in marks]
    columns = ("row", "column", "number", kind, *names, "rowIri", "columnIri")
    rows = tuple(
        (
            _text(row.full),
            _text(column.full),
            _number(cell.number),
            _text(cell.best),
            *(_number(counts(cell).get(mark, 0)) for _, counts, marks in groups for mark in marks),
            Term("iri", row.iri),
            Term("iri", column.iri),
        )
        for row, column, cell in joined
    )
    return Table(columns, rows)


def _used(counts: Iterable[Mapping[str, int]]) -> list[str]:
    """Return what is counted in any of some cells, in the order in which it is met."""
    return list(dict.fromkeys(mark for of_cell in counts for mark in of_cell))


def csv_text(table: Table) -> str:
    """Return a table as CSV (RFC 4180); an apostrophe stands before what a spreadsheet would take for a formula."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(_guarded(column) for column in table.columns)
    for row in table.rows:
        writer.writerow(
            (cell.value if cell.is_number else _guarded(printable(cell.text))) if cell else "" for cell in row
        )
    return stream.getvalue()


def _guarded(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _text(text: str) -> Term:
    return Term("literal", text)


def _number(number: int) -> Term:
    return Term("literal", str(number), _INTEGER)
