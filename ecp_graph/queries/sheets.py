"""What the workbook of an answer says of its query: the question, the values, the columns, and what it was asked of."""

from __future__ import annotations

from collections.abc import Sequence

from ecp_graph.queries.binding import Given
from ecp_graph.queries.catalogue import Query
from ecp_graph.sparql.spreadsheet import About

__all__ = ["about_query", "chosen_in_words", "headings_of"]


def headings_of(query: Query) -> dict[str, str]:
    """Return what stands above the columns of a query for people, by their names."""
    return {column.name: column.heading[:1].upper() + column.heading[1:] for column in query.columns}


def chosen_in_words(query: Query, given: Given) -> list[tuple[str, str]]:
    """Return the labels and values of the parameters that are given."""
    labels = {parameter.name: parameter.label for parameter in query.parameters}
    told = {name: value if isinstance(value, str) else ", ".join(value) for name, value in given.items()}
    return [(labels.get(name, name), value) for name, value in told.items()]


def about_query(query: Query, given: Given, facts: Sequence[tuple[str, str]]) -> About:
    """Return what the first sheet says of an answer; ``facts`` tell what was asked, and when."""
    words = headings_of(query)
    description = " ".join(query.description.split())
    return About(
        query.summary,
        [fact for fact in (("What it says", description), *chosen_in_words(query, given), *facts) if fact[1]],
        [(words[column.name], column.meaning, column.unit, column.name) for column in query.columns],
    )
