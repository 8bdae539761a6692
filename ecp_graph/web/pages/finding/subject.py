"""The page of a finding of overlap: what it is, its two sides, what they share, what proves it, what was decided."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ecp_graph.linked_data.document import named_node
from ecp_graph.namespaces import ECP
from ecp_graph.overlap.reading import GRADES, KINDS
from ecp_graph.reasoning import Source
from ecp_graph.sparql.results import Term
from ecp_graph.web.pages.documents.entity import Entity, Value
from ecp_graph.web.pages.documents.subjects import Subject, SubjectPage
from ecp_graph.web.pages.finding.sides import QUERY, sides_of
from ecp_graph.web.pages.finding.waterfall import bars
from ecp_graph.web.show.panels import Panel, Row, panel
from ecp_graph.web.state.site import site

__all__ = ["SUBJECT"]

#: The actions that show a finding on two others than actions, with their cells.
_ROWS: Final = "overlap-rows"
_DECISIONS: Final = "overlap-decisions"
#: Passages that a page lists.
_MOST_EVIDENCE: Final = 100
#: Where readings stand. A finding that is only a row of the tables has none in the graph, so they are asked by name.
_PLACES: Final = """
SELECT DISTINCT ?reading ?locator ?certainty WHERE {{
  VALUES ?reading {{ {readings} }}
  ?reading ecp:readingOf/ecp:locator ?locator ; ecp:certainty/skos:notation ?certainty .
}}
ORDER BY ?locator ?certainty ?reading
"""


def _page(entity: Entity) -> SubjectPage:
    """Return the page of a finding."""
    members = entity.values_of("overlapMember")
    pair = sorted(value.other.value for value in members)
    shown = {value.other.value for value in entity.values_of("overlapAction")}
    # a finding on two actions is shown by these two
    sides = sides_of(*pair) if len(pair) == 2 and shown.issuperset(pair) else None
    lists = site().lists
    compared = lists.compared(entity.iri) if lists else None
    cause = next(iter(entity.values_of("overlapCause")), None)
    context = {
        "kind": _concept(panel(KINDS), "concept", entity.values_of("overlapKind")),
        "grade": _concept(panel(GRADES), "grade", entity.values_of("evidenceGrade")),
        "certainty_of": _text(entity, "certainty"),
        "members": members,
        "cause": cause,
        "things": [value for value in entity.values_of("overlapOn") if cause is None or value.other != cause.other],
        "words": _text(entity, "sharedWords"),
        "compared": compared,
        "bars": bars(compared.parts) if compared else [],
        "sides": sides,
        "decision": _decision(entity),
        "slug": entity.iri.rpartition("/")[2],
        "rows": () if sides else _rows(pair, shown),
        "evidence": _places(entity),
        "most_evidence": _MOST_EVIDENCE,
        "action_of": lambda row: Term("iri", row["action"]),
    }
    return SubjectPage("finding/finding.html", context)


def _decision(entity: Entity) -> Row | None:
    """Return what was decided on the finding; None where nothing was, or where the workspace has no such query."""
    catalogue = site().catalogue
    if catalogue is None or _DECISIONS not in catalogue or not entity.values_of("decision"):
        return None
    return next(iter(panel(_DECISIONS, finding=entity.iri).rows), None)


def _concept(known: Panel, column: str, values: Sequence[Value]) -> Row | None:
    """Return the row of a list of kinds or grades that a finding has."""
    concepts = {value.other.value for value in values}
    return next((row for row in known.rows if row[column] in concepts), None)


def _text(entity: Entity, name: str) -> str:
    return next((value.text for value in entity.values_of(name)), "")


def _rows(pair: Sequence[str], shown: set[str]) -> Sequence[Row]:
    """Return the actions that show a finding on two bodies or programmes, with their cells as written."""
    if len(pair) != 2:
        return ()
    found = panel(_ROWS, member=pair[0], other=pair[1], secretariat="with")
    return [row for row in found.rows if row["action"] in shown]


def _places(entity: Entity) -> list[Source]:
    """Return where the readings are that a finding rests on."""
    readings = [str(iri) for value in entity.values_of("statedIn") if (iri := named_node(value.other.value))]
    rows = site().ask(_PLACES.format(readings=" ".join(readings))).rows if readings else ()
    return [Source(*(cell.value if cell else "" for cell in row)) for row in rows]


SUBJECT: Final = Subject(ECP + "Overlap", _page, (KINDS, GRADES, _ROWS, QUERY))
