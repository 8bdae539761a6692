"""The sources of a result: the passages that its rows refer to."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

from ecp_graph.namespaces import compact, names
from ecp_graph.sparql.results import Table
from ecp_graph.web.show.elsewhere import others
from ecp_graph.web.show.panels import panel
from ecp_graph.web.show.terms import local_path
from ecp_graph.web.state.site import site

__all__ = ["Source", "sources"]

#: The query of the catalogue that says where a passage stands.
_PASSAGES: Final = "passages"


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
    known = site().keep("places of passages", _places)
    found = []
    for iri, rows in named.items():
        name, certainty = known.get(iri, (compact(iri), ""))
        found.append(Source(name, certainty, local_path(iri), rows))
    return sorted(found, key=lambda source: (source.name, source.certainty))


def _places() -> dict[str, tuple[str, str]]:
    catalogue = site().catalogue
    if catalogue is None or _PASSAGES not in catalogue:
        return {}
    return {row["reading"]: (row["locator"], row["certainty"]) for row in panel(_PASSAGES).rows if row["reading"]}
