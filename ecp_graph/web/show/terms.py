"""Terms on a page: the displayed text, and the target of the link."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, cast

from flask import current_app, g, url_for

from ecp_graph.addresses import quoted
from ecp_graph.namespaces import ECP, SHAPES, VOCABULARY, names
from ecp_graph.sparql.results import Table, Term
from ecp_graph.web.show.names import name_all, name_of
from ecp_graph.web.state.site import site

__all__ = [
    "Cell",
    "ShownColumn",
    "heading",
    "iri",
    "link",
    "local_path",
    "places",
    "shown_columns",
    "shown_rows",
    "visible",
]

_WORDS: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
#: Columns that hold the name of what another column gives by its IRI: ``thingName`` beside ``thing``.
_NAMING: Final = ("Name", "Title", "Label")
_NAMES: Final = ("name", "title", "label")
#: The query of the catalogue that such a page is drawn from; a workspace that lacks it has no such pages.
_DRAWN_FROM: Final = {"documents.document": "thing-statements"}
#: An IRI without a name that is longer than this would take the room of the columns that say something; and so would
#: a name that is longer than this, instead of it.
_LONGEST_IRI: Final = 24
_LONGEST_NAME: Final = 44
#: The characters that turn the direction of text; a label that holds one must not turn the page.
_BIDI: Final = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")


@dataclass(frozen=True)
class ShownColumn:
    """One column of a page's table: its name, where its cells stand, and where the IRI that they link to stands."""

    name: str
    at: int
    link_at: int | None = None


@dataclass(frozen=True)
class Cell:
    """One cell of a page's table: the term shown, the address that it links to, or None, and its text.

    ``whole`` is the whole text where the one shown is a short form of it.
    """

    term: Term | None
    target: str | None
    text: str = ""
    whole: str = ""


def heading(variable: str) -> str:
    """Return the words of a variable's name, as in ``evidence grade`` for ``evidenceGrade``."""
    words = _WORDS.findall(variable)
    return " ".join(word if word.isupper() else word.lower() for word in words) or variable


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

    Individuals (``id/``) have a document of their own; passages are graphs; terms of the ontology and shapes are
    places on one page.
    """
    for namespace, path in places():
        if iri.startswith(namespace) and len(iri) > len(namespace):
            return path + quoted(iri[len(namespace) :])
    return None


def places() -> list[tuple[str, str]]:
    """Return the namespaces and paths that this app has pages for, found once for each request."""
    if "places" not in g:
        catalogue = site().catalogue
        every = (
            (names().id, "/doc/", "documents.document"),
            (names().graph, "/graph/", "documents.graph"),
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


def shown_columns(table: Table) -> list[ShownColumn]:
    """Return the columns to show: a column of IRIs that a column of names goes with is the link of the names.

    ``thing`` goes with ``thingName``, and the column is headed ``thing``; ``memberA`` goes with the one column of texts
    whose name ends in the same capital, ``bodyA``. When it is the only column of IRIs left, it goes with ``name``,
    ``title`` or ``label``.
    """
    iris = [at for at, _ in enumerate(table.columns) if _is_iri_column(table, at)]
    linked: dict[int, int] = {}
    for at in iris:
        own = [table.columns[at] + suffix for suffix in _NAMING]
        names = [table.columns.index(name) for name in own if name in table.columns] or _of_same_letter(table, at)
        if names:
            linked[names[0]] = at
    left = [at for at in iris if at not in linked.values()]
    if len(left) == 1 and (names := [table.columns.index(name) for name in _NAMES if name in table.columns]):
        linked.setdefault(names[0], left[0])
    hidden = set(linked.values())
    return [
        ShownColumn(_bare(name, table.columns, linked.get(at)), at, linked.get(at))
        for at, name in enumerate(table.columns)
        if at not in hidden
    ]


def _bare(name: str, columns: Sequence[str], link_at: int | None) -> str:
    """Return the name of a column without ``Name``, where it is that of the column of IRIs that it links to."""
    of = columns[link_at] if link_at is not None else ""
    return of if name in {of + suffix for suffix in _NAMING} else name


def _of_same_letter(table: Table, at: int) -> list[int]:
    """Return the column of texts whose name ends in the same capital letter, if there is exactly one."""
    letter = table.columns[at][-1]
    found = [n for n, name in enumerate(table.columns) if n != at and name[-1] == letter and _is_text_column(table, n)]
    return found if letter.isupper() and len(found) == 1 else []


def _is_text_column(table: Table, at: int) -> bool:
    cells = [row[at] for row in table.rows]
    return any(cells) and all(c is None or (c.kind == "literal" and not c.is_number) for c in cells)


def shown_rows(table: Table, columns: Sequence[ShownColumn], limit: int, *, is_short: bool = False) -> list[list[Cell]]:
    """Return the first rows of a table as cells of the columns to show.

    ``is_short`` gives long IRIs that lead somewhere their name, or cuts them.
    """
    rows = table.rows[:limit]
    if is_short and site().current.is_fixed:
        name_all(term.value for row in rows for term in row if term and term.kind == "iri")
    return [[_cell(row, column, is_short) for column in columns] for row in rows]


def _cell(row: Sequence[Term | None], column: ShownColumn, is_short: bool) -> Cell:
    term = row[column.at]
    target = row[column.link_at] if column.link_at is not None else term
    if term is None:  # a thing without a name is shown by its IRI
        term = target
    text, address = term.text if term else "", link(target) if target else None
    if is_short and address and term and term.kind == "iri" and len(text) > _LONGEST_IRI:
        name = name_of(term.value) if site().current.is_fixed else text
        short = name if name != text and len(name) <= _LONGEST_NAME else f"{text[: _LONGEST_IRI - 1]}…"
        return Cell(term, address, short, text)
    return Cell(term, address, text)


def _is_iri_column(table: Table, at: int) -> bool:
    cells = [row[at] for row in table.rows if row[at] is not None]
    return bool(cells) and all(cell is not None and cell.kind == "iri" for cell in cells)
