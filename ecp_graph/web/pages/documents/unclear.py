"""What is unclear about a thing: discrepancies that readers found, and results of the checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ecp_graph.reasoning import Source
from ecp_graph.web.pages.documents.entity import Entity
from ecp_graph.web.show.findings import Piece, findings_about
from ecp_graph.web.show.panels import panel
from ecp_graph.web.show.terms import iri, link

__all__ = ["DISCREPANCIES", "Doubt", "check_results", "discrepancies", "doubt"]

#: The query of the discrepancies about a thing.
DISCREPANCIES = "contradictions"


@dataclass(frozen=True)
class Doubt:
    """One thing that is unclear: a sentence, more about it, the places where it stands, and its severity as a check."""

    sentence: Sequence[Piece]
    more: str = ""
    places: str = ""
    sources: tuple[Source, ...] = ()
    severity: str = ""


def doubt(sentence: str, sources: tuple[Source, ...] = ()) -> Doubt:
    """Return a doubt of one sentence, and where it is stated what the doubt is about."""
    return Doubt((Piece(sentence),), sources=sources)


def discrepancies(entity: Entity) -> list[Doubt]:
    """Return the discrepancies about a thing; raises what the engine raises."""
    if not entity.values_of("discrepancyAbout", "to"):
        return []
    rows = panel(DISCREPANCIES, thing=entity.iri).rows
    return [
        Doubt((Piece(row["name"], link(iri(row["discrepancy"]))),), row["explanation"], row["stated"]) for row in rows
    ]


def check_results(thing: str) -> list[Doubt]:
    """Return what the checks of the release say of a thing (an IRI), the gravest first."""
    return [Doubt(sentence, severity=severity) for severity, sentence in findings_about(thing)]
