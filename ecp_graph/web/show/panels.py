"""Panels, the parts of a page: each is a query of the catalogue with values, its result, and links to both."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from flask import url_for

from ecp_graph.queries.binding import Given, bind
from ecp_graph.queries.catalogue import Query
from ecp_graph.sparql.formats import formats_of
from ecp_graph.sparql.results import Table, Term
from ecp_graph.tables.lists.answering import beside_graph, held
from ecp_graph.web.state.site import site

__all__ = ["Panel", "Row", "panel", "panel_of_first", "panel_of_page", "texts_of"]

_ENDS_LIMITED: Final = re.compile(r"\b(?:LIMIT|OFFSET)\s+\d+\s*\Z", re.IGNORECASE)

#: One row of a table by the names of its columns; an unbound cell is an empty text.
Row = Mapping[str, str]


@dataclass(frozen=True)
class Panel:
    """One query of a page and its result; ``given`` maps parameters to values.

    ``is_cut``: the result has more rows than the page requested. The downloads have all of them.
    """

    query: Query
    given: Mapping[str, Any]
    bound: str
    table: Table
    is_cut: bool = False
    rows: tuple[Row, ...] = field(init=False)

    def __post_init__(self) -> None:
        columns = self.table.columns
        values = (
            {name: cell.value if cell else "" for name, cell in zip(columns, row, strict=True)}
            for row in self.table.rows
        )
        object.__setattr__(self, "rows", tuple(values))

    @property
    def page(self) -> str:
        """The address of the query's own page, with these values."""
        return url_for("queries.page", name=self.query.name, **self.given)

    @property
    def editor(self) -> str:
        """The address of the editor with the text of this query in it."""
        return url_for("sparql.endpoint", query=self.bound, format="html")

    @property
    def beside_graph(self) -> int:
        """How many findings the release has that the text of this query does not find, because no graph has them."""
        return beside_graph(site().lists, self.query)

    @property
    def downloads(self) -> list[tuple[str, str]]:
        """Each format that the result comes in, as its extension and its address."""
        extensions = [*(fmt.extension for fmt in formats_of(self.query.kind)), "xlsx"]
        name = self.query.name
        return [(e, url_for("queries.api_as", name=name, extension=e, **self.given)) for e in extensions]

    def cells(self, column: str) -> list[Term | None]:
        """Return the terms of one column, row by row; raises ValueError when there is no such column."""
        at = self.table.columns.index(column)
        return [row[at] for row in self.table.rows]


def panel(name: str, /, **given: str | Sequence[str]) -> Panel:
    """Return a panel of the catalogue's query of that name, a SELECT; values that are empty count as not given.

    The result is kept while the release is in use. Raises UnknownQuery, ParameterError, and what the engine raises.
    """
    query, values, bound = _bound(name, given)
    here = site()
    return here.keep(("panel", bound), lambda: Panel(query, values, bound, _held(query, values) or here.ask(bound)))


def panel_of_page(name: str, most_rows: int, /, **given: str | Sequence[str]) -> Panel:
    """Return the same with at most a number of rows, and how many there are in all as the ``total`` of its table.

    Where the lists of a release do not hold them, all rows are asked for.
    """
    query, values, bound = _bound(name, given)

    def ask() -> Panel:
        found = _held(query, values, most_rows) or site().ask(bound)
        first = Table(found.columns, found.rows[:most_rows], total=found.total)
        return Panel(query, values, bound, first, is_cut=found.total > most_rows)

    return site().keep(("panel", bound, most_rows, "counted"), ask)


def panel_of_first(name: str, most_rows: int, /, **given: str | Sequence[str]) -> Panel:
    """Return the same with at most a number of rows, the first in the query's order.

    A query with a LIMIT of its own, as another workspace may have it, is asked as it is and cut here.
    """
    query, values, bound = _bound(name, given)

    def ask() -> Panel:
        if (held := _held(query, values, most_rows)) is not None:
            return Panel(query, values, bound, held, is_cut=held.total > most_rows)
        found = site().ask(bound if _ENDS_LIMITED.search(bound) else f"{bound}\nLIMIT {most_rows + 1}")
        first = Table(found.columns, found.rows[:most_rows])
        return Panel(query, values, bound, first, is_cut=len(found.rows) > most_rows)

    return site().keep(("panel", bound, most_rows), ask)


def texts_of(name: str) -> Iterator[Row]:
    """Yield the rows of a query of the catalogue, asked without values, as texts; for answers of very many rows."""
    here = site()
    assert here.catalogue is not None  # noqa: S101 - pages are registered with a catalogue only
    query = here.catalogue[name]
    columns = [column.name for column in query.columns]
    held = here.lists.texts(query, columns) if here.lists else None
    if held is not None:
        return (dict(zip(columns, row, strict=True)) for row in held)
    return here.ask_rows(bind(query, {}, here.engine))


def _held(query: Query, values: Given, most_rows: int = -1) -> Table | None:
    """Return the first rows of an answer that the lists of the release hold; None where they do not."""
    here = site()
    found = held(here.lists, query, values, here.engine)
    return found.table(most_rows) if found else None


def _bound(name: str, given: Given) -> tuple[Query, Given, str]:
    """Return the query of a name, the values that are not empty, and its text with them."""
    here = site()
    catalogue = here.catalogue
    assert catalogue is not None  # noqa: S101 - pages are registered with a catalogue only
    query = catalogue[name]
    values = {
        parameter: value if isinstance(value, str) else tuple(value) for parameter, value in given.items() if value
    }
    bound = here.keep(("bound", name, frozenset(values.items())), lambda: bind(query, values, here.engine))
    return query, values, bound
