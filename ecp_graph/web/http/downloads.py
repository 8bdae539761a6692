"""Tables that pages made, as files to save."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Final

from flask import Response

from ecp_graph.sparql.formats import format_named
from ecp_graph.sparql.results import FORMULA_STARTS, Table, Term, to_json
from ecp_graph.sparql.spreadsheet import MEDIA_TYPE, About, workbook
from ecp_graph.web.http.errors import HttpError
from ecp_graph.web.http.responses import content, tag_of

__all__ = ["TABLE_EXTENSIONS", "download", "table_as", "table_csv", "table_json"]

TABLE_EXTENSIONS: Final = ("csv", "xlsx", "json")


def table_as(
    table: Table,
    extension: str,
    name: str,
    *,
    also: Sequence[str] = (),
    headings: Mapping[str, str] | None = None,
    about: About | None = None,
) -> Response:
    """Return a table as the file ``name.extension``; raises HttpError for an extension that tables do not come in.

    A spreadsheet has the headings in words, and says on a sheet of its own what it is ``about``. ``also`` are
    extensions that the caller serves besides, for the sentence of the error. Raises MissingExtra when a spreadsheet
    is asked for and openpyxl is not installed.
    """
    if extension == "csv":
        return download(table_csv(table), format_named("csv", "table").content_type, f"{name}.csv")
    if extension == "json":
        return download(table_json(table), format_named("json", "table").content_type, f"{name}.json")
    if extension == "xlsx":
        book = workbook(table, headings=headings, about=about)
        return download(book, MEDIA_TYPE, f"{name}.xlsx", tag=table_csv(table))
    known = ", ".join(f".{each}" for each in (*TABLE_EXTENSIONS, *also))
    raise HttpError(404, "unknown-format", f"'{name}' does not come as .{extension}, but as {known}.")


def download(
    body: bytes, content_type: str, filename: str, *, tag: bytes | None = None, inline: bool = False
) -> Response:
    """Return bytes as a file to save, or to show if ``inline``, cacheable.

    ``tag`` identifies it where the bytes hold the time at which they were made.
    """
    response = content(body, content_type, tag=tag_of(filename.encode() + (tag or body)))
    response.headers["Content-Disposition"] = f'{"inline" if inline else "attachment"}; filename="{filename}"'
    return response


def table_csv(table: Table) -> bytes:
    """Return a table as CSV, with an apostrophe before text that a spreadsheet would run as a formula.

    Otherwise as SPARQL 1.1 Query Results CSV has it (section 3). The JSON form has every text as it is.
    """
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(table.columns)
    writer.writerows([_csv_cell(term) for term in row] for row in table.rows)
    return stream.getvalue().encode()


def table_json(table: Table) -> bytes:
    """Return a table as SPARQL 1.1 Query Results JSON (section 3)."""
    bindings = [
        {name: to_json(term) for name, term in zip(table.columns, row, strict=True) if term} for row in table.rows
    ]
    document = {"head": {"vars": list(table.columns)}, "results": {"bindings": bindings}}
    return json.dumps(document, ensure_ascii=False).encode()


def _csv_cell(term: Term | None) -> str:
    if term is None:
        return ""
    text = term.value if term.kind != "bnode" else f"_:{term.value}"
    return f"'{text}" if text.startswith(FORMULA_STARTS) and not term.is_number else text
