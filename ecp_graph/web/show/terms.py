"""Terms on a page: the displayed text, and the target of the link."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Final, Literal, cast

from flask import current_app, g, url_for

from ecp_graph.addresses import quoted
from ecp_graph.linked_data.places import place_of
from ecp_graph.namespaces import ECP, SHAPES, VOCABULARY, names
from ecp_graph.sparql.columns import ShownColumn
from ecp_graph.sparql.results import Table, Term
from ecp_graph.web.show.elsewhere import others
from ecp_graph.web.show.names import name_all, name_of
from ecp_graph.web.state.site import site

__all__ = [
    "Cell",
    "Iris",
    "draws_documents",
    "iri",
    "link",
    "local_path",
    "places",
    "shown_rows",
    "visible",
]

#: The query of the catalogue that such a page is drawn from; a workspace that lacks it has no such pages.
_DRAWN_FROM: Final = {"documents.document": "thing-statements"}
#: An IRI without a name that is longer than this would take the room of the columns that say something; and so would
#: a name that is longer than this, instead of it.
_LONGEST_IRI: Final = 24
_LONGEST_NAME: Final = 44
#: How IRIs are shown, see `shown_rows`.
Iris = Literal["whole", "names", "short"]
#: The characters that turn the direction of text; a label that holds one must not turn the page.
_BIDI: Final = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")


@dataclass(frozen=True)
class Cell:
    """One cell of a page's table: the term shown, the address that it links to, or None, and its text.

    ``whole`` is the whole text where the one shown is a short form of it.
    """

    term: Term | None
    target: str | None
    text: str = ""
    whole: str = ""


def visible(text: str) -> str:
    """Return the text without the characters that turn the direction of what follows."""
    return _BIDI.sub("\N{REPLACEMENT CHARACTER}", text)


def iri(value: str) -> Term:
    """Return the term of an IRI."""
    return Term("iri", value)


def link(term: Term) -> str | None:
    """Return the link target of a term, or None: the project's own IRIs stay on this host, others are external.

    Only http and https addresses become links, because an IRI may hold any scheme.
    """
    if term.kind != "iri":
        return None
    if path := local_path(term.value):
        return path
    if term.value.startswith((names().base, VOCABULARY)):
        return url_for("sparql.endpoint", query=f"DESCRIBE <{term.value}>")
    return term.value if term.value.startswith(("http://", "https://")) else None


def local_path(iri: str) -> str | None:
    """Return the path of this host's page about one of the project's own IRIs; None when there is no such page.

    Individuals (``id/``) have a document of their own, and readings (``graph/``) too, those from `elsewhere` as well;
    terms of the ontology and shapes are places on one page.
    """
    for namespace, path in places():
        if iri.startswith(namespace) and len(iri) > len(namespace):
            return path + quoted(iri[len(namespace) :])
    return None


def draws_documents(catalogue: Container[str]) -> bool:
    """Return whether a catalogue has the query that the pages of things are drawn from."""
    return _DRAWN_FROM["documents.document"] in catalogue


def places() -> list[tuple[str, str]]:
    """Return the namespaces and paths that this app has pages for, found once for each request."""
    if "places" not in g:
        catalogue = site().catalogue
        every = (
            (names().id, "/doc/", "documents.document"),
            (names().graph, "/graph/", "documents.graph"),
            *((other.id, f"/doc/{place_of(other.id, names().id)}", "documents.document") for other in others()),
            *((other.graph, f"/graph/{place_of(other.graph, names().graph)}", "documents.graph") for other in others()),
            (ECP, "/ontology#", "ontology.index"),
            (SHAPES, "/shapes#", "shapes.index"),
        )
        g.places = [
            (namespace, path)
            for namespace, path, endpoint in every
            if catalogue is not None
            and endpoint in current_app.view_functions
            and (endpoint not in _DRAWN_FROM or _DRAWN_FROM[endpoint] in catalogue)
        ]
    return cast("list[tuple[str, str]]", g.places)


def shown_rows(table: Table, columns: Sequence[ShownColumn], limit: int, *, iris: Iris = "whole") -> list[list[Cell]]:
    """Return the first rows of a table as cells of the columns to show.

    ``iris`` that lead somewhere are shown ``whole``, by their ``names``, or ``short``: a long one by its name, or cut.
    """
    rows = table.rows[:limit]
    if iris != "whole" and (iris == "names" or site().current.is_fixed):
        name_all(term.value for row in rows for term in row if term and term.kind == "iri")
    return [[_cell(row, column, iris) for column in columns] for row in rows]


def _cell(row: Sequence[Term | None], column: ShownColumn, iris: Iris) -> Cell:
    term = row[column.at]
    target = row[column.link_at] if column.link_at is not None else term
    if term is None:  # a thing without a name is shown by its IRI
        term = target
    text, address = term.text if term else "", link(target) if target else None
    if not address or term is None or term.kind != "iri" or iris == "whole":
        return Cell(term, address, text)
    if iris == "names":
        name = name_of(term.value)
        return Cell(term, address, name, "" if name == text else text)
    if len(text) > _LONGEST_IRI:
        name = name_of(term.value) if site().current.is_fixed else text
        short = name if name != text and len(name) <= _LONGEST_NAME else f"{text[: _LONGEST_IRI - 1]}…"
        return Cell(term, address, short, text)
    return Cell(term, address, text)
