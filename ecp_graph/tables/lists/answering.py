"""Answers a query of the catalogue from the lists of a release.

Pages, downloads, briefings and commands all ask here first, so that they give the same rows: those of all findings. A
query of the graph finds those alone that are nodes of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ecp_graph.engine import Answer, Engine
from ecp_graph.engine.rows import answer_of_rows
from ecp_graph.queries.binding import Given
from ecp_graph.queries.catalogue import Query
from ecp_graph.queries.resolve import resolve
from ecp_graph.sparql.formats import format_named
from ecp_graph.sparql.results import Table
from ecp_graph.tables.lists.reading import Lists
from ecp_graph.tables.lists.sql import twins

__all__ = ["Held", "beside_graph", "held", "left_out"]


@dataclass(frozen=True)
class Held:
    """The answer to a query that the lists of a release hold; ``given`` has IRIs in full."""

    lists: Lists
    query: Query
    given: Mapping[str, Any]

    def table(self, most: int = -1) -> Table:
        """Return the first so many rows, or all of them, and how many there are in all."""
        found = self.lists.answer(self.query, self.given, most)
        assert found is not None  # noqa: S101 - `held` has asked
        return found

    def answer(self, fmt: str, *, max_bytes: int | None = None) -> Answer:
        """Return the whole answer in a format of tables, by its name.

        Raises ParameterError for a name that is of none, and what `answer_of_rows` raises.
        """
        wanted, found = format_named(fmt, "table"), self.lists.stream(self.query, self.given)
        assert found is not None  # noqa: S101 - `held` has asked
        return answer_of_rows(*found, wanted, max_bytes=max_bytes)


def held(lists: Lists | None, query: Query, given: Given, engine: Engine) -> Held | None:
    """Return what the lists hold of a query with values that `bind` accepts; None where they do not have the answer.

    ``engine`` is asked to resolve a value that names a thing otherwise than by its IRI.
    """
    if lists is None:
        return None
    values = {name: told for name, value in given.items() if (told := _in_full(query, name, value, engine))}
    return Held(lists, query, values) if lists.holds(query, values) else None


def beside_graph(lists: Lists | None, query: Query) -> int:
    """Return how many findings the lists have that a query finds in no graph; 0 for a query that tells of none."""
    twin = twins().get(query.name)
    return lists.findings()[1] if lists and twin and twin.is_of_findings else 0


def left_out(lists: Lists | None, query: Query) -> str:
    """Return a sentence on what an answer from the graph alone may lack; empty where it lacks nothing.

    ``lists`` are those of the release that was asked; None for an endpoint, and a release without lists.
    """
    twin = twins().get(query.name)
    if twin is None or not twin.is_of_findings:
        return ""
    if lists is None:
        return (
            "These are findings that are nodes of the graph. Others, which only share a theme or are only possible, "
            "are rows of a release's tables alone, and left out here."
        )
    rows = beside_graph(lists, query)
    return f"{rows} findings are no nodes of the graph and left out: '{query.name}' is another query here." * bool(rows)


def _in_full(query: Query, name: str, value: str | Sequence[str], engine: Engine) -> str | Sequence[str]:
    """Return a value as the lists know it: one that names a thing by its IRI; empty where nothing is given."""
    some = [text for each in ([value] if isinstance(value, str) else value) if (text := each.strip())]
    parameter = query.parameter(name)
    if parameter is not None and parameter.type == "iri":
        some = [
            each if "://" in each or each in parameter.values else resolve(parameter, each, engine) for each in some
        ]
    return some[0] if len(some) == 1 else some
