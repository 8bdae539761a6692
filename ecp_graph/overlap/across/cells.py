"""The cells of actions as their documents write them, out of the statements of a release."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, cast

import pyoxigraph as ox

from ecp_graph.namespaces import ECP, PREFIXES
from ecp_graph.overlap.across.checked import CheckedCell
from ecp_graph.tables.statements import Statements

__all__ = ["CELL_PROPERTIES", "cells_of"]

#: What cells tell, in their order, and the property that keeps the words of each.
_CELLS: Final = {
    "number": ECP + "numberText",
    "title": PREFIXES["skos"] + "prefLabel",
    "responsible": ECP + "responsibleText",
    "programme": ECP + "programmeText",
    "time": ECP + "timeframeText",
}
_OTHERS: Final = {"timeframe": ECP + "timeframe", "passage": ECP + "readingOf", "locator": ECP + "locator"}
CELL_PROPERTIES: Final = frozenset((*_CELLS.values(), *_OTHERS.values()))
_SELECT: Final = """
WITH wanted AS (SELECT unnest($actions::BIGINT[]) AS action),
told AS (
  SELECT action, action AS thing FROM wanted
  UNION ALL SELECT action, o FROM wanted JOIN data ON s = action AND p = {timeframe})
SELECT DISTINCT action, told.p, told.o, place.o
FROM (SELECT action, p, o, g FROM told JOIN data ON s = thing AND p IN ({properties})) AS told
JOIN data AS of ON of.s = told.g AND of.p = {passage} JOIN data AS place ON place.s = of.o AND place.p = {locator}"""


def cells_of(statements: Statements, actions: Iterable[str]) -> dict[str, tuple[CheckedCell, ...]]:
    """Return the cells of each of some actions (IRIs), in the order of what they tell; ``data`` has the statements."""
    terms = {name: str(ox.NamedNode(iri)) for name, iri in {**_CELLS, **_OTHERS}.items()}
    wanted = [str(ox.NamedNode(iri)) for iri in dict.fromkeys(actions)]
    numbers = statements.numbers([*terms.values(), *wanted])
    select = _SELECT.format(
        properties=", ".join(str(numbers[terms[name]]) for name in _CELLS),
        **{name: numbers[terms[name]] for name in _OTHERS},
    )
    rows = statements.connection.execute(select, {"actions": [numbers[iri] for iri in wanted]}).fetchall()
    known = statements.terms(number for row in rows for number in row)
    told = {numbers[terms[name]]: name for name in _CELLS}
    order = list(_CELLS)
    found: dict[str, set[tuple[int, CheckedCell]]] = {}
    for action, property_, text, locator in rows:
        words, place = (cast(ox.Literal, known[number]).value for number in (text, locator))
        cell = CheckedCell(told[property_], words, place)
        found.setdefault(cast(ox.NamedNode, known[action]).value, set()).add((order.index(cell.what), cell))
    by_place = {iri: sorted(some, key=lambda one: (one[0], one[1].locator, one[1].text)) for iri, some in found.items()}
    return {iri: tuple(cell for _, cell in some) for iri, some in by_place.items()}
