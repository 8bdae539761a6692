"""The page of a plan, or of a work programme: the briefing on it, in full."""

from __future__ import annotations

from typing import Final

from ecp_graph.briefs.making import PLAN
from ecp_graph.web.pages.documents.entity import Entity
from ecp_graph.web.pages.documents.subjects import Subject, SubjectPage
from ecp_graph.web.show.briefs import shown

__all__ = ["SUBJECT"]


def _page(entity: Entity) -> SubjectPage:
    return SubjectPage("plan/plan.html", shown(PLAN, entity.iri, entity.title))


SUBJECT: Final = Subject(PLAN.of_class, _page, PLAN.queries)
