"""Catalogue queries as examples, with their default values bound, so that each runs without changes."""

from __future__ import annotations

from ecp_graph.queries.binding import bind
from ecp_graph.queries.catalogue import Query
from ecp_graph.web.state.site import site

__all__ = ["example_text", "example_values"]


def example_values(query: Query) -> dict[str, str]:
    """Return the first possible value of each required parameter, from the graph or the header."""
    values: dict[str, str] = {}
    for parameter in query.parameters:
        if not parameter.required:
            continue
        if parameter.type == "iri" and (known := site().choices(parameter)):
            values[parameter.name] = known[0].value
        elif parameter.values:
            values[parameter.name] = parameter.values[0]
    return values


def example_text(query: Query) -> str:
    """Return the query's question as a comment, and its text bound to its defaults and to example values.

    A query that has a required parameter without any possible value is returned unbound.
    """
    values = example_values(query)
    lacks = any(parameter.required and parameter.name not in values for parameter in query.parameters)
    text = query.body if lacks else bind(query, values, site().engine)
    return f"# {query.summary}\n{text}"
