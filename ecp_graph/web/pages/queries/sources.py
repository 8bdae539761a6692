"""The sources of a result: the passages that its rows refer to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ecp_graph.linked_data.document import named_node
from ecp_graph.namespaces import compact, names
from ecp_graph.sparql.results import Table
from ecp_graph.web.show.elsewhere import others
from ecp_graph.web.show.terms import local_path
from ecp_graph.web.state.site import site

__all__ = ["Source", "sources"]

#: Where readings stand.
_PLACES: Final = """
SELECT ?reading ?locator ?certainty WHERE {{
  VALUES ?reading {{ {readings} }}
  ?reading ecp:readingOf/ecp:locator ?locator .
  OPTIONAL {{ ?reading ecp:certainty/skos:notation ?certainty }}
}}
ORDER BY ?reading ?locator ?certainty
"""
#: Readings in one query.
_AT_ONCE: Final = 1_000


@dataclass(frozen=True)
class Source:
    """One passage: its name, its certainty, its page if any, and the number of rows that refer to it."""

    name: str
    certainty: str
    page: str | None
    rows: int


def sources(table: Table) -> list[Source]:
    """Return the passages that the rows of the table refer to by IRI, in document order."""
    graphs = (names().graph, *(other.graph for other in others()))
    iris = ({term.value for term in row if term is not None and term.kind == "iri"} for row in table.rows)
    named = Counter(iri for row in iris for iri in row if iri.startswith(graphs) and not names().is_own(iri))
    if not named:
        return []
    known = _places(list(named))
    found = []
    for iri, rows in named.items():
        name, certainty = known.get(iri, (compact(iri), ""))
        found.append(Source(name, certainty, local_path(iri), rows))
    return sorted(found, key=lambda source: (source.name, source.certainty))


def _places(readings: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Return the place and the certainty of each of these readings (IRIs) that has a place."""
    found = {}
    for start in range(0, len(readings), _AT_ONCE):
        some = filter(None, map(named_node, readings[start : start + _AT_ONCE]))
        for row in site().ask(_PLACES.format(readings=" ".join(map(str, some)))).rows:
            reading, locator, certainty = (cell.value if cell else "" for cell in row)
            found[reading] = locator, certainty
    return found
