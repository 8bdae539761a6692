"""What is unclear about a thing: discrepancies that readers found, and results of the checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ecp_graph.linked_data.document import named_node
from ecp_graph.reasoning import Source
from ecp_graph.web.pages.documents.entity import Entity
from ecp_graph.web.show.findings import Piece, findings_about
from ecp_graph.web.show.panels import panel
from ecp_graph.web.show.terms import iri, link
from ecp_graph.web.state.site import site

__all__ = ["DISCREPANCIES", "Doubt", "check_results", "discrepancies", "doubt"]

#: The query of the discrepancies about a thing.
DISCREPANCIES: Final = "contradictions"
_PASSAGES: Final = """
SELECT DISTINCT ?discrepancy ?passage ?locator WHERE {{
  ?discrepancy ecp:discrepancyAbout {thing} ; ecp:discrepancyIn ?passage .
  ?passage ecp:locator ?locator .
}}
ORDER BY ?discrepancy ?locator ?passage"""


@dataclass(frozen=True)
class Doubt:
    """One thing that is unclear: a sentence, more about it, the places where it is, and its severity as a check."""

    sentence: Sequence[Piece]
    more: str = ""
    places: Sequence[Piece] = ()
    sources: tuple[Source, ...] = ()
    severity: str = ""


def doubt(sentence: str, sources: tuple[Source, ...] = ()) -> Doubt:
    """Return a doubt of one sentence, and where it is stated what the doubt is about."""
    return Doubt((Piece(sentence),), sources=sources)


def discrepancies(entity: Entity) -> list[Doubt]:
    """Return the discrepancies about a thing; raises what the engine raises."""
    if not entity.values_of("discrepancyAbout", "to"):
        return []
    places = _places(entity.iri)
    return [
        Doubt(
            (Piece(row["name"], link(iri(row["discrepancy"]))),),
            row["explanation"],
            places.get(row["discrepancy"], ()),
        )
        for row in panel(DISCREPANCIES, thing=entity.iri).rows
    ]


def _places(thing: str) -> dict[str, list[Piece]]:
    """Return where the passages of each discrepancy about a thing are, each linked to its page."""
    node = named_node(thing)
    found: dict[str, list[Piece]] = {}
    rows = site().ask(_PASSAGES.format(thing=node)).rows if node else ()
    for discrepancy, passage, locator in rows:
        if discrepancy and passage and locator:
            found.setdefault(discrepancy.value, []).append(Piece(locator.value, link(passage)))
    return found


def check_results(thing: str) -> list[Doubt]:
    """Return what the checks of the release say of a thing (an IRI), the gravest first."""
    return [Doubt(sentence, severity=severity) for severity, sentence in findings_about(thing)]
