"""Turns what an endpoint answered into VALUES: each row as it came, no row left out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pyoxigraph as ox

from ecp_graph.errors import EndpointError, ServiceUnusable

__all__ = ["no_binding", "values_of"]

_UNBOUND: Final = "UNDEF"


def values_of(body: bytes, columns: Sequence[str], *, endpoint: str, most_rows: int) -> tuple[str, int]:
    """Return a VALUES clause with the rows of SPARQL results JSON, and their number.

    ``columns`` are the variables that the clause has in scope. Raises EndpointError for an answer with other columns or
    with terms that are none, and ServiceUnusable for one with more rows than that, or with a term that VALUES cannot
    hold: a blank node, whose label means nothing outside that answer, or a triple.
    """
    try:
        rows = _rows(_table(body, endpoint), columns, endpoint, most_rows)
    except (SyntaxError, ValueError) as reason:
        raise EndpointError(endpoint, f"its answer cannot be read ({reason.args[0]}).") from reason
    return f"{_head(columns)} {{ {' '.join(rows)} }}", len(rows)


def _table(body: bytes, endpoint: str) -> list[ox.QuerySolutions]:
    table = ox.parse_query_results(body, ox.QueryResultsFormat.JSON)
    if not isinstance(table, ox.QuerySolutions):
        raise EndpointError(endpoint, "it returned a boolean instead of a table.")
    return [table]


def _rows(held: list[ox.QuerySolutions], columns: Sequence[str], endpoint: str, most_rows: int) -> list[str]:
    """Return the rows of the one table that is held, and let go of it in any case.

    Oxigraph's results may be dropped by the thread that made them only, and an error carries its frames to others.
    """
    rows: list[str] = []
    try:
        given = [variable.value for variable in held[0].variables]
        if sorted(given) != sorted(columns):
            raise EndpointError(endpoint, f"it was asked for the columns {_list(columns)} but returned {_list(given)}.")
        for solution in held[0]:
            if len(rows) == most_rows:
                raise ServiceUnusable(endpoint, f"has more than {most_rows} rows; make the clause more specific.")
            rows.append(f"({' '.join(_cell(solution[name], name, endpoint) for name in columns)})")
    finally:
        held.clear()
    return rows


def no_binding(columns: Sequence[str]) -> str:
    """Return the VALUES of one row without bindings: what SERVICE SILENT comes to on failure (Federated Query, 2.3)."""
    return f"{_head(columns)} {{ ({' '.join(_UNBOUND for _ in columns)}) }}"


def _head(columns: Sequence[str]) -> str:
    return f"VALUES ({' '.join(f'?{name}' for name in columns)})"


def _cell(term: object, column: str, endpoint: str) -> str:
    if term is None:
        return _UNBOUND
    if isinstance(term, ox.NamedNode | ox.Literal):
        return str(term)
    kind = "a blank node" if isinstance(term, ox.BlankNode) else "a triple"
    advice = f"; leave ?{column} out with a SELECT inside the clause."
    raise ServiceUnusable(endpoint, f"has {kind} in ?{column}, which cannot be joined here{advice}")


def _list(names: Sequence[str]) -> str:
    return ", ".join(f"?{name}" for name in sorted(names)) or "none"
