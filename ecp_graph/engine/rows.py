"""Rows that are known without a query, as an engine would answer with them."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, cast

import pyoxigraph as ox

from ecp_graph.engine import Answer
from ecp_graph.engine.embedded import write_results
from ecp_graph.engine.spool import Spool
from ecp_graph.sparql.formats import Format
from ecp_graph.sparql.results import Term, to_json

__all__ = ["answer_of_rows"]


def answer_of_rows(
    columns: Sequence[str], rows: Iterable[Sequence[Term | None]], wanted: Format, *, max_bytes: int | None = None
) -> Answer:
    """Return rows as a complete answer in a format of tables, with the bytes that the embedded engine writes.

    An unbound cell is None. The rows are read one by one and never held as a whole. Raises FormatUnfit for a term that
    the format cannot carry, ResultTooLarge for more than ``max_bytes``, and what the iteration raises.
    """
    counted = _Counted(columns, rows)
    results = ox.parse_query_results(cast("IO[bytes]", counted), ox.QueryResultsFormat.JSON)
    spool = Spool(max_bytes)
    write_results(results, wanted, spool, prefixes={})
    return Answer("table", wanted, spool.read_once(), len(spool), {"rows": counted.rows})


class _Counted(io.RawIOBase):
    """Rows as a file of SPARQL 1.1 Query Results JSON, which counts them."""

    def __init__(self, columns: Sequence[str], rows: Iterable[Sequence[Term | None]]) -> None:
        self.rows = 0
        self._chunks = self._written(columns, rows)
        self._rest = b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        if not self._rest:
            self._rest = next(self._chunks, b"")
        some, self._rest = (self._rest, b"") if size < 0 else (self._rest[:size], self._rest[size:])
        return some

    def _written(self, columns: Sequence[str], rows: Iterable[Sequence[Term | None]]) -> Iterator[bytes]:
        yield b'{"head":{"vars":%b},"results":{"bindings":[' % json.dumps(list(columns)).encode()
        for row in rows:
            told = {name: to_json(term) for name, term in zip(columns, row, strict=True) if term}
            yield (b"," if self.rows else b"") + json.dumps(told, ensure_ascii=False).encode()
            self.rows += 1
        yield b"]}}"
