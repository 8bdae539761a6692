"""Cells out of an answer: reads SPARQL 1.1 results JSON, for tables on a terminal, page or sheet."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import IO, Any, Literal, cast

import pyoxigraph as ox

from ecp_graph.engine import Answer, Engine
from ecp_graph.errors import EndpointError, ResultTooLarge
from ecp_graph.namespaces import compact

__all__ = ["Stream", "Table", "Term", "ask_rows", "ask_stream", "ask_table", "parse_table", "printable", "read_table"]

_XSD = "http://www.w3.org/2001/XMLSchema#"
_STRING = f"{_XSD}string"
_NUMERIC = frozenset(
    _XSD + name
    for name in (
        "integer",
        "decimal",
        "double",
        "float",
        "int",
        "long",
        "nonNegativeInteger",
        "positiveInteger",
    )
)


_STREAMED = {"json": ox.QueryResultsFormat.JSON, "tsv": ox.QueryResultsFormat.TSV}


@dataclass(frozen=True)
class Term:
    """One RDF term of a result: an IRI, a literal with its datatype or language, or a blank node."""

    kind: Literal["iri", "literal", "bnode"]
    value: str
    datatype: str = ""
    language: str = ""

    @property
    def text(self) -> str:
        """The term as people read it: a curie for an IRI of a known namespace, the text of a literal."""
        if self.kind == "iri":
            return compact(self.value)
        return self.value if self.kind == "literal" else f"_:{self.value}"

    @property
    def is_number(self) -> bool:
        """Whether the term is a number."""
        return self.datatype in _NUMERIC


@dataclass(frozen=True)
class Table:
    """The columns and rows of a SELECT, an unbound cell being None; an ASK has a ``boolean`` instead.

    ``total`` is the number of rows of the answer, of which the table may have the first alone.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Term | None, ...], ...]
    boolean: bool | None = None
    total: int = -1

    def __post_init__(self) -> None:
        if self.total < 0:
            object.__setattr__(self, "total", len(self.rows))


@dataclass(frozen=True)
class Stream:
    """The columns of a SELECT, and its rows as they come, which can be read once; an unbound cell is None.

    The rows raise what the engine raises, EndpointError for what is no result, and ResultTooLarge.
    """

    columns: tuple[str, ...]
    rows: Iterator[tuple[ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | None, ...]]


def parse_table(body: bytes, source: str = "the engine") -> Table:
    """Return the table of a SPARQL results JSON document; raises EndpointError when it is not one."""
    try:
        document: dict[str, Any] = json.loads(body)
        if "boolean" in document:
            return Table((), (), bool(document["boolean"]))
        columns = tuple(document["head"]["vars"])
        rows = tuple(
            tuple(_term(row[column]) if column in row else None for column in columns)
            for row in document["results"]["bindings"]
        )
    except (ValueError, KeyError, TypeError, AttributeError) as reason:
        raise EndpointError(source, f"it did not answer with SPARQL results in JSON ({reason}).") from reason
    return Table(columns, rows)


def read_table(answer: Answer, *, most_rows: int, max_bytes: int) -> Table:
    """Return the first rows of an answer in JSON, and how many there are in all; the answer is never held as a whole.

    Raises EndpointError for what is no result, and ResultTooLarge for one of more than ``max_bytes``.
    """
    found = _parsed(answer, "json", "the engine", max_bytes)
    if isinstance(found, ox.QueryBoolean):
        return Table((), (), bool(found))
    columns = tuple(variable.value for variable in found.variables)
    with _said("the engine"):
        rows = tuple(tuple(_term_of(term) for term in row) for row in islice(found, most_rows))
        return Table(columns, rows, total=len(rows) + sum(1 for _ in found))


def ask_table(engine: Engine, sparql: str, *, timeout_s: float | None = None, max_bytes: int | None = None) -> Table:
    """Return the table that a SELECT or ASK query comes to; raises ResultTooLarge for more JSON than ``max_bytes``."""
    answer: Answer = engine.query(sparql, fmt="json", timeout_s=timeout_s)
    return parse_table(answer.read(max_bytes), engine.describe())


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
        raise EndpointError(engine.describe(), "it answered yes or no where rows were asked for.")
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
    """Let what the parser refuses be the fault of the endpoint."""
    try:
        yield
    except SyntaxError as reason:
        raise EndpointError(source, f"it did not answer with SPARQL results ({reason.msg}).") from reason


class _Body(io.RawIOBase):
    """The body of an answer as a file, of which at most so many bytes are read."""

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
                raise ResultTooLarge(self._max_bytes, on="a page holds; other formats hold it")
        some, self._rest = (self._rest, b"") if size < 0 else (self._rest[:size], self._rest[size:])
        return some


def printable(text: str) -> str:
    """Return the text with control characters replaced, so that data cannot steer a terminal."""
    return "".join(char if char.isprintable() or char in "\n\t" else "\N{REPLACEMENT CHARACTER}" for char in text)


def _term_of(term: object) -> Term | None:
    if isinstance(term, ox.NamedNode):
        return Term("iri", term.value)
    if isinstance(term, ox.BlankNode):
        return Term("bnode", term.value)
    if isinstance(term, ox.Literal):
        datatype = "" if term.language or term.datatype.value == _STRING else term.datatype.value
        return Term("literal", term.value, datatype, term.language or "")
    return None if term is None else Term("literal", str(term))


def _term(cell: dict[str, str]) -> Term:
    if cell["type"] == "uri":
        return Term("iri", cell["value"])
    if cell["type"] == "bnode":
        return Term("bnode", cell["value"])
    if cell["type"] == "triple":
        return Term("literal", json.dumps(cell["value"]))
    return Term("literal", cell["value"], cell.get("datatype", ""), cell.get("xml:lang", ""))
