"""Where the joins of a build run: SELECTs that make tables of others, the same text in DuckDB and on Spark."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol, TypeAlias

import duckdb

from ecp_graph.tables.statements import Statements

__all__ = ["Joins", "Place", "Stopped", "in_process"]


class Stopped(Exception):
    """A statement that stopped itself by ``error('…')``, because of the data; the words say why."""


class Joins(Protocol):
    """Tables, and statements that are asked of them."""

    def make(self, table: str, select: str) -> int:
        """Make a table, anew if it is there, of what a statement selects, and return the number of its rows.

        Raises Stopped.
        """

    def append(self, table: str, more: str) -> None:
        """Add the rows of another table, which has the same columns in the same order."""

    def rename(self, table: str, name: str) -> None:
        """Give a table another name; a table that had it is gone."""

    def fetch(self, table: str) -> None:
        """See to it that the statements' own database has the table as it is now."""


#: Gives the joins over the tables of statements that are named, for the length of a block. What was made and not
#: fetched is gone afterwards.
Place: TypeAlias = Callable[[Statements, Sequence[str]], AbstractContextManager[Joins]]


@contextmanager
def in_process(statements: Statements, tables: Sequence[str]) -> Iterator[Joins]:
    """Give joins in the database of the statements itself, which has the tables already."""
    joins = _InProcess(statements)
    try:
        yield joins
    finally:
        joins.clear()


class _InProcess:
    def __init__(self, statements: Statements) -> None:
        self._connection = statements.connection
        self._made: set[str] = set()

    def make(self, table: str, select: str) -> int:
        try:
            self._connection.execute(f"CREATE OR REPLACE TABLE {table} AS {select}")
        except duckdb.InvalidInputException as reason:
            raise Stopped(str(reason).removeprefix("Invalid Input Error: ").partition("\n")[0]) from reason
        self._made.add(table)
        rows: int = self._connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0]
        return rows

    def append(self, table: str, more: str) -> None:
        self._connection.execute(f"INSERT INTO {table} SELECT * FROM {more}")

    def rename(self, table: str, name: str) -> None:
        self._made = self._made - {table} | {name}
        self._connection.execute(f"DROP TABLE IF EXISTS {name}")
        self._connection.execute(f"ALTER TABLE {table} RENAME TO {name}")

    def fetch(self, table: str) -> None:
        self._made.discard(table)

    def clear(self) -> None:
        """Drop what was made and not fetched."""
        for table in self._made:
            self._connection.execute(f"DROP TABLE IF EXISTS {table}")
