"""The page of an instrument: what it is, its editions, what plans mean to do with it, and who works on it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Final

from ecp_graph.namespaces import ECP
from ecp_graph.web.pages.documents.entity import Entity
from ecp_graph.web.pages.documents.facts import Told, facts_of, home_of
from ecp_graph.web.pages.documents.subjects import Subject, SubjectPage
from ecp_graph.web.pages.documents.unclear import DISCREPANCIES, check_results, discrepancies
from ecp_graph.web.show.names import name_all
from ecp_graph.web.show.panels import Row, panel_of_page

__all__ = ["SUBJECT"]

_EDITIONS: Final = "editions"
_COMMITMENTS: Final = "commitments"
_BODIES: Final = "bodies-instruments"
_MEETINGS: Final = "overlap-on-thing"
#: Rows of one list that a page shows.
_MOST_ROWS: Final = 100


def _page(entity: Entity) -> SubjectPage:
    commitments = panel_of_page(_COMMITMENTS, _MOST_ROWS, instrument=entity.iri)
    bodies = panel_of_page(_BODIES, _MOST_ROWS, instrument=entity.iri)
    meetings = panel_of_page(_MEETINGS, _MOST_ROWS, thing=entity.iri)
    name_all([*(row["action"] for row in commitments.rows), *(row["body"] for row in bodies.rows)])
    context = {
        "home": home_of(entity),
        "facts": facts_of(entity, __package__),
        "editions": panel_of_page(_EDITIONS, _MOST_ROWS, instrument=entity.iri),
        "commitments": commitments,
        "plans": _by(commitments.rows, "planName"),
        "others": _others(entity, {row["action"] for row in commitments.rows}),
        "bodies": bodies,
        "by_body": _by(bodies.rows, "body"),
        "meetings": meetings,
        "by_dimension": _by(meetings.rows, "dimension"),
        "several": meetings.query.values_of("dimension"),
        "doubts": [*discrepancies(entity), *check_results(entity.iri)],
    }
    return SubjectPage("instrument/instrument.html", context)


def _others(entity: Entity, actions: set[str]) -> list[Told]:
    """Return what else mentions the instrument: events, projects, plans."""
    found = facts_of(entity, __package__, "elsewhere")
    return [each for fact in found for each in fact.told if each.value.other.value not in actions]


def _by(rows: Sequence[Row], column: str) -> list[tuple[str, list[Row]]]:
    """Return rows by the texts of a column, in the order in which these first occur."""
    order = list(dict.fromkeys(row[column] for row in rows))
    ranked = sorted(rows, key=lambda row: order.index(row[column]))
    return [(text, list(found)) for text, found in groupby(ranked, key=lambda row: row[column])]


SUBJECT: Final = Subject(
    ECP + "Instrument", _page, queries=(_EDITIONS, _COMMITMENTS, _BODIES, _MEETINGS, DISCREPANCIES)
)
