"""Queries of the catalogue in SQL over the lists of a release."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from ecp_graph.queries.catalogue import Query

__all__ = ["Twin", "hash_of", "narrowed", "twins"]

_OF: Final = "-- twin of:"
_IRIS: Final = "-- iris:"
_SHOWN: Final = "-- shown\nSELECT "
_OPTIONAL: Final = re.compile(r"\(:(\w+) IS NULL OR ")


@dataclass(frozen=True)
class Twin:
    """A query of the catalogue in SQL over the lists: its rows, in order, and what is selected to show each.

    It is one file, ``twins/NAME.sql``, which names the text that it stands for: ``of`` is the beginning of its SHA-256,
    see `hash_of`. Tests hold the rows of both together. A condition on a value that may be missing has the form that
    `narrowed` knows.
    """

    of: str
    rows: str
    shown: str
    iris: frozenset[str]

    @property
    def is_of_findings(self) -> bool:
        """Whether its rows are made of findings."""
        return "finding" in self.rows


@cache
def twins() -> Mapping[str, Twin]:
    """Return the twins by the names of their queries."""
    folder = files("ecp_graph.tables.lists") / "twins"
    return {
        file.name.removesuffix(".sql"): _twin(file.read_text(encoding="utf-8"))
        for file in sorted(folder.iterdir(), key=lambda file: file.name)
        if file.name.endswith(".sql")
    }


def hash_of(query: Query) -> str:
    """Return what a twin says of the text of its query."""
    return hashlib.sha256(query.body.encode()).hexdigest()[:12]


def narrowed(sql: str, values: Mapping[str, object]) -> str:
    """Return a statement with the conditions ``(:kind IS NULL OR kind = :kind)`` decided by the values.

    A condition on a value that is None is left out, any other is kept alone. SQLite plans a statement before it knows
    the values, and with the alternative in its text it could take no index for the condition.
    """
    while found := _OPTIONAL.search(sql):
        end = _closing(sql, found.start())
        kept = "TRUE" if values.get(found[1]) is None else f"({sql[found.end() : end]})"
        sql = sql[: found.start()] + kept + sql[end + 1 :]
    return sql


def _closing(sql: str, start: int) -> int:
    """Return where the bracket that opens at a place is closed; the conditions have none inside quotes."""
    depth = 0
    for bracket in re.finditer(r"[()]", sql[start:]):
        depth += 1 if bracket[0] == "(" else -1
        if not depth:
            return start + bracket.start()
    raise ValueError(f"A bracket is not closed: {sql[start:]}")


def _twin(text: str) -> Twin:
    of, iris, rest = text.split("\n", 2)
    rows, _, shown = rest.partition(_SHOWN)
    return Twin(of.removeprefix(_OF).strip(), rows, shown, frozenset(iris.removeprefix(_IRIS).split()))
