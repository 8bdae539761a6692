"""The page of a body: the briefing on it, in full."""

from __future__ import annotations

from typing import Final

from ecp_graph.briefs.making import BODY
from ecp_graph.web.pages.documents.entity import Entity
from ecp_graph.web.pages.documents.subjects import Subject, SubjectPage
from ecp_graph.web.show.briefs import shown

__all__ = ["SUBJECT"]


def _page(entity: Entity) -> SubjectPage:
    return SubjectPage("body/body.html", shown(BODY, entity.iri, entity.title))


SUBJECT: Final = Subject(BODY.of_class, _page, BODY.queries)
