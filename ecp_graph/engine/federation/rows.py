"""Turns the answer of an endpoint into VALUES, row by row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pyoxigraph as ox

from ecp_graph.errors import EndpointError, ServiceUnusable

__all__ = ["no_binding", "values_of"]

_UNBOUND: Final = "UNDEF"


def values_of(body: bytes, columns: Sequence[str], *, endpoint: str, most_rows: int) -> tuple[str, int]:
    """Return a VALUES clause with the rows of SPARQL results JSON, and their number.

    ``columns`` are the variables in scope in the clause. Raises EndpointError for an answer with other columns or
    invalid terms, and ServiceUnusable for one with too many rows, or with a term that VALUES cannot contain: a blank
    node, whose label has no meaning outside that answer, or a triple.
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
    """Return the rows of the table in the list, and clear the list in any case.

    Oxigraph's results must be dropped in the thread that created them, but an exception takes its frames to others.
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
    """Return VALUES with one row without bindings, the result of a failed SERVICE SILENT (Federated Query, 2.3)."""
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
