"""Statements as tables of numbers, in an in-memory DuckDB.

Literals have the numbers from `LITERALS` upwards, so that one comparison tells them from IRIs and blank nodes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final, TypeAlias

import duckdb
import pyoxigraph as ox

__all__ = ["LITERALS", "Numbered", "Triple", "numbered"]

#: Subject, predicate and object, as pyoxigraph has them.
Triple: TypeAlias = tuple[object, object, object]

LITERALS: Final = 1 << 40
_KNOWN: Final = """
CREATE TABLE known AS SELECT s, p, o, min(level) AS level, true AS stated FROM given GROUP BY s, p, o"""
#: A database of this kind reads no files, reaches no network and loads no extensions.
_CONFIG: Final[dict[str, str | bool | int | float | list[str]]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "enable_external_access": "false",
}


class Numbered:
    """A database and the numbers of terms in it. Literals are compared as they were written."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        self._numbers: dict[object, int] = {}
        self._names: list[object] = []
        self.literals: list[ox.Literal] = []

    def number(self, term: object) -> int:
        """Return the number of a term, a new one if it has none."""
        found = self._numbers.get(term)
        if found is None:
            if isinstance(term, ox.Literal):
                found = len(self.literals) + LITERALS
                self.literals.append(term)
            else:
                found = len(self._names)
                self._names.append(term)
            self._numbers[term] = found
        return found

    def term(self, number: int) -> object:
        """Return the term of a number; raises IndexError for a number that was not given out."""
        return self.literals[number - LITERALS] if number >= LITERALS else self._names[number]

    def fill(self, table: str, columns: Mapping[str, Sequence[int]]) -> None:
        """Make a table of whole numbers out of its columns, which are of one length."""
        types = ", ".join(f"{name} BIGINT" for name in columns)
        values = ", ".join(f"unnest(${number}::BIGINT[])" for number in range(1, len(columns) + 1))
        self.connection.execute(f"CREATE OR REPLACE TABLE {table} ({types})")
        self.connection.execute(f"INSERT INTO {table} SELECT {values}", list(columns.values()))

    def add(self, triples: Mapping[Triple, int]) -> None:
        """Add triples, each with its level, to the table ``known``, as not stated."""
        rows = [(*map(self.number, triple), level) for triple, level in triples.items()]
        self.fill("given", {name: [row[at] for row in rows] for at, name in enumerate(("s", "p", "o", "level"))})
        self.connection.execute("INSERT INTO known SELECT s, p, o, level, false FROM given")
        self.connection.execute("DROP TABLE given")


@contextmanager
def numbered(stated: Sequence[Iterable[Triple]]) -> Iterator[Numbered]:
    """Yield a database with the table ``known``: ``s``, ``p``, ``o``, ``level``, and ``stated``, which is true.

    ``stated`` are triples in an order of levels from 0; a triple that stands at several has the lowest.
    """
    with duckdb.connect(config=_CONFIG) as connection:
        tables = Numbered(connection)
        columns: dict[str, list[int]] = {name: [] for name in ("s", "p", "o", "level")}
        for level, triples in enumerate(stated):
            for subject, predicate, object_ in triples:
                columns["s"].append(tables.number(subject))
                columns["p"].append(tables.number(predicate))
                columns["o"].append(tables.number(object_))
                columns["level"].append(level)
        tables.fill("given", columns)
        connection.execute(_KNOWN)
        connection.execute("DROP TABLE given")
        yield tables
