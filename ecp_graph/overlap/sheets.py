"""A matrix as tables: the numbers by row and column, and a list of its cells for further processing."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from ecp_graph.overlap.counting import CauseWords
from ecp_graph.overlap.matrix import Cell, Matrix
from ecp_graph.sparql.results import FORMULA_STARTS, Table, Term, printable

__all__ = ["cells_headings", "cells_table", "csv_text", "numbers_table"]

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

    Beside these the number at each mark and, of findings, of each cause, kind and certainty. `cells_headings` has the
    names of the columns in words.
    """
    kind = "grade" if matrix.is_graded else "tie"
    joined = list(matrix.joined())
    groups = _groups(matrix)
    names = [f"{prefix} {mark}" for prefix, _, marks in groups for mark in marks]
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


def cells_headings(matrix: Matrix, words: CauseWords, row: str, column: str) -> dict[str, str]:
    """Return the columns of `cells_table` in words; ``row`` and ``column`` say what stands on the sides."""
    sides = (f"{row} (one)", f"{column} (other)") if row == column else (row, column)
    found = {
        "row": sides[0].capitalize(),
        "column": sides[1].capitalize(),
        "number": "All",
        "grade": "Best grade",
        "tie": "Strongest tie",
        "rowIri": f"IRI of the {sides[0]}",
        "columnIri": f"IRI of the {sides[1]}",
    }
    for prefix, _, marks in _groups(matrix):
        for mark in marks:
            told = words.get(mark, (mark, mark))[1] if prefix == "cause" else f"{prefix} {mark}"
            found[f"{prefix} {mark}"] = told.capitalize() if prefix == "cause" else told[:1].upper() + told[1:]
    return found


def _groups(matrix: Matrix) -> list[tuple[str, Callable[[Cell], Mapping[str, int]], Sequence[str]]]:
    """Return what cells are counted by: the word for it, the counts of a cell, and the marks that occur."""
    joined = [cell for *_, cell in matrix.joined()]
    return [
        ("grade" if matrix.is_graded else "tie", lambda cell: cell.counts, matrix.marks),
        ("cause", lambda cell: cell.causes, _used(cell.causes for cell in joined)),
        ("kind", lambda cell: cell.kinds, _used(cell.kinds for cell in joined)),
        ("certainty", lambda cell: cell.certainties, _used(cell.certainties for cell in joined)),
    ]


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
