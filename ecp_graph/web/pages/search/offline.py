"""What a search without a server needs beside the names: questions with their wordings, and the sides of matrices.

``frontend/src/asking.js`` reads it, and fills in what a text names as `questions_for` does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from flask import url_for

from ecp_graph.overlap.joins import Thing
from ecp_graph.overlap.matrix import Choice
from ecp_graph.queries.asking import small_words
from ecp_graph.queries.catalogue import Query
from ecp_graph.queries.parameters import Parameter
from ecp_graph.queries.resolve import ANYTHING
from ecp_graph.web.pages.overlap.asked import joins, matrix_of, offered, thing_path
from ecp_graph.web.pages.search.questions import has_cells
from ecp_graph.web.show.terms import places
from ecp_graph.web.state.site import site

__all__ = ["asking_data"]

#: Returns the address of a page on this site, made absolute; None for a thing without a page.
Address = Callable[[str], str | None]


def asking_data(base: str, address: Address) -> dict[str, Any]:
    """Return the data as JSON objects, with addresses made absolute by ``base``, the address of the root of the site.

    ``smallWords``; ``questions``: label, address, wordings, and the class of each parameter that a wording names;
    ``values``: for each class the values of its things by the addresses of their pages; ``places``: namespaces with the
    paths of their pages; ``matrices``: the address of each, with its rows and columns, by the addresses of their pages,
    as they are called in addresses of cells (no columns: they are the rows). ``address`` is where a thing is shown.
    """

    def absolute(iri: str) -> str | None:
        found = address(iri)
        return base + found[1:] if found and found.startswith("/") else found

    catalogue = site().catalogue
    queries = [query for query in catalogue.values() if query.asked_as] if catalogue is not None else []
    classes = {p.of_class: p for query in queries for p in _named(query) if p.of_class and p.of_class != ANYTHING}
    return {
        "smallWords": sorted(small_words()),
        "questions": [_question(query, base) for query in queries],
        "values": {of_class: _values(parameter, absolute) for of_class, parameter in classes.items()},
        "places": [[namespace, path] for namespace, path in places()],
        "matrices": list(_matrices(base, absolute)),
    }


def _question(query: Query, base: str) -> dict[str, Any]:
    return {
        "label": query.summary,
        "url": base + url_for("queries.page", name=query.name)[1:],
        "wordings": list(query.asked_as),
        "parameters": {
            parameter.name: None if parameter.of_class == ANYTHING else parameter.of_class
            for parameter in _named(query)
        },
    }


def _named(query: Query) -> list[Parameter]:
    """Return the parameters that a wording of the query names."""
    return [p for p in query.parameters if any(f"{{{p.name}}}" in wording for wording in query.asked_as)]


def _values(parameter: Parameter, absolute: Address) -> dict[str, str]:
    shown = ((absolute(choice.iri), choice.value) for choice in site().choices(parameter))
    return {address: value for address, value in shown if address}


def _matrices(base: str, absolute: Address) -> Iterator[dict[str, Any]]:
    """Yield the matrices as their pages show them: each of their rows and columns makes a cell that has a page."""
    if not has_cells() or not joins().dimensions:
        return
    for sides in offered():
        matrix = matrix_of(sides, Choice())
        yield {
            "url": base + url_for("overlap.matrix", pair=sides.path)[1:],
            "rows": dict(_slugs(sides.rows, matrix.rows, absolute)),
            "columns": None if matrix.is_symmetric else dict(_slugs(sides.columns, matrix.columns, absolute)),
        }


def _slugs(dimension: str, things: Iterable[Thing], absolute: Address) -> Iterator[tuple[str, str]]:
    """Yield the addresses of things, with their names in the addresses of cells."""
    for thing in things:
        address, path = absolute(thing.iri), thing_path(dimension, thing.iri)
        if address and path:
            yield address, path.rpartition("/")[2]
