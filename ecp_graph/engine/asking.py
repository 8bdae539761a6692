"""Queries an engine for rows: as a table, as texts, or as an iterator."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import IO, Any, Literal, cast

import pyoxigraph as ox

from ecp_graph.engine import Answer, Engine
from ecp_graph.errors import EndpointError, ResultTooLarge
from ecp_graph.sparql.results import Table, parse_table, term_of

__all__ = ["Stream", "ask_rows", "ask_stream", "ask_table", "is_known", "read_table"]

_STREAMED = {"json": ox.QueryResultsFormat.JSON, "tsv": ox.QueryResultsFormat.TSV}


@dataclass(frozen=True)
class Stream:
    """The columns of a SELECT and an iterator over its rows, which can be read once; an unbound cell is None.

    The iterator raises what the engine raises, EndpointError for an invalid result, and ResultTooLarge.
    """

    columns: tuple[str, ...]
    rows: Iterator[tuple[ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | None, ...]]


def read_table(answer: Answer, *, most_rows: int, max_bytes: int) -> Table:
    """Return the first rows of an answer in JSON, and how many there are in all; the answer is never held as a whole.

    Raises EndpointError for what is no result, and ResultTooLarge for one of more than ``max_bytes``.
    """
    found = _parsed(answer, "json", "the engine", max_bytes)
    if isinstance(found, ox.QueryBoolean):
        return Table((), (), bool(found))
    columns = tuple(variable.value for variable in found.variables)
    with _said("the engine"):
        rows = tuple(tuple(term_of(term) for term in row) for row in islice(found, most_rows))
        return Table(columns, rows, total=len(rows) + sum(1 for _ in found))


def ask_table(engine: Engine, sparql: str, *, timeout_s: float | None = None, max_bytes: int | None = None) -> Table:
    """Return the result table of a SELECT or ASK query; raises ResultTooLarge if its JSON exceeds ``max_bytes``."""
    answer: Answer = engine.query(sparql, fmt="json", timeout_s=timeout_s)
    return parse_table(answer.read(max_bytes), engine.describe())


def is_known(engine: Engine, thing: ox.NamedNode, *, timeout_s: float | None = None) -> bool:
    """Return whether a statement has the thing as its subject or object; raises what the engine raises."""
    sparql = f"ASK {{ {{ {thing} ?property ?value }} UNION {{ ?subject ?property {thing} }} }}"
    return bool(ask_table(engine, sparql, timeout_s=timeout_s).boolean)


def ask_rows(
    engine: Engine, sparql: str, *, timeout_s: float | None = None, max_bytes: int | None = None
) -> Iterator[dict[str, str]]:
    """Return the rows of a SELECT as texts by the names of the columns; an unbound cell is an empty text.

    Asked as CSV (SPARQL 1.1 Query Results CSV, section 3), which tells no kinds of terms apart, and takes a tenth of
    the time of a table where rows come by the ten thousand. Raises ResultTooLarge for more than ``max_bytes``.
    """
    body = engine.query(sparql, fmt="csv", timeout_s=timeout_s).read(max_bytes)
    rows = csv.reader(io.StringIO(body.decode("utf-8"), newline=""))
    columns = next(rows, [])
    return (dict(zip(columns, row or [""], strict=True)) for row in rows)  # a blank line is one unbound cell


def ask_stream(
    engine: Engine,
    sparql: str,
    *,
    fmt: Literal["json", "tsv"] = "json",
    timeout_s: float | None = None,
    max_bytes: int | None = None,
) -> Stream:
    """Return the rows of a SELECT as they come; for answers of very many rows, of which the kinds of terms matter.

    Oxigraph reads them one by one, so that the answer is never in memory as a whole. TSV (SPARQL 1.1 Query Results CSV
    and TSV, section 4) is written in half the time of JSON, by the engines of this project; Virtuoso's is none. Raises
    EndpointError for what is no result.
    """
    found = _parsed(engine.query(sparql, fmt=fmt, timeout_s=timeout_s), fmt, engine.describe(), max_bytes)
    if isinstance(found, ox.QueryBoolean):
        raise EndpointError(engine.describe(), "it returned a boolean instead of rows.")
    return Stream(tuple(variable.value for variable in found.variables), _rows(found, engine))


def _parsed(answer: Answer, fmt: str, source: str, max_bytes: int | None) -> ox.QuerySolutions | ox.QueryBoolean:
    with _said(source):
        return ox.parse_query_results(cast("IO[bytes]", _Body(answer, max_bytes)), _STREAMED[fmt])


def _rows(found: ox.QuerySolutions, engine: Engine) -> Iterator[tuple[Any, ...]]:
    with _said(engine.describe()):
        for row in found:
            yield tuple(row)


@contextmanager
def _said(source: str) -> Iterator[None]:
    """Raise parse errors as failures of the endpoint."""
    try:
        yield
    except SyntaxError as reason:
        raise EndpointError(source, f"it did not return SPARQL results ({reason.msg}).") from reason


class _Body(io.RawIOBase):
    """The body of an answer as a file object with a limit on the bytes read."""

    def __init__(self, answer: Answer, max_bytes: int | None) -> None:
        self._answer = answer
        self._chunks = answer.body
        self._max_bytes = max_bytes
        self._rest = b""
        self._size = 0

    def read(self, size: int = -1, /) -> bytes:
        if not self._rest:
            self._rest = next(self._chunks, b"")
            self._size += len(self._rest)
            if self._max_bytes is not None and self._size > self._max_bytes:
                self._answer.close()
                raise ResultTooLarge(self._max_bytes, scope="the limit for pages; other formats can hold it")
        some, self._rest = (self._rest, b"") if size < 0 else (self._rest[:size], self._rest[size:])
        return some
