"""``/brief/…``: the briefing on a body or a plan as a paper of two pages, and as a Word document and Markdown.

``/brief/body/ptc`` is on what ``/id/body/ptc`` identifies; ``.docx`` and ``.md`` at its end name the other forms.
"""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, request, url_for

from ecp_graph.addresses import quoted
from ecp_graph.briefs.fitting import fitted
from ecp_graph.briefs.making import KINDS, Kind
from ecp_graph.briefs.model import Brief
from ecp_graph.briefs.writing.html import STYLE, paper_of, style
from ecp_graph.briefs.writing.markdown import markdown_of
from ecp_graph.briefs.writing.word import MEDIA_TYPE, word_of
from ecp_graph.linked_data.document import standing_of
from ecp_graph.linked_data.places import iris_at
from ecp_graph.namespaces import names
from ecp_graph.web.http.document_headers import local_document
from ecp_graph.web.http.errors import HttpError
from ecp_graph.web.http.responses import content
from ecp_graph.web.show.briefs import FORMS, brief_on, has_queries, target
from ecp_graph.web.show.names import name_of
from ecp_graph.web.state.site import site

__all__ = ["blueprint"]

blueprint = Blueprint("briefs", __name__)

_MARKDOWN: Final = "text/markdown; charset=utf-8"


@blueprint.get(f"/brief/{STYLE}")
def style_sheet() -> Response:
    """The style of papers, and of the sections of a briefing on other pages."""
    return content(style(), "text/css; charset=utf-8")


@blueprint.get("/brief/<path:path>")
def paper(path: str) -> Response:
    """The briefing on a thing, in the form that the end of the path names."""
    stem, dot, ending = path.rpartition(".")
    form = ending if dot and ending in FORMS else ""
    brief = fitted(_brief(stem if form else path))
    if form == "docx":
        return _file(word_of(brief), MEDIA_TYPE, f"{_slug(stem)}.docx")
    if form == "md":
        return content(markdown_of(brief), _MARKDOWN)
    forms = [("Page on this site", local_document(brief.iri))]
    forms += [(name, url_for("briefs.paper", path=f"{path}.{ending}")) for ending, name in FORMS.items()]
    text = paper_of(brief, target, style_at=url_for("briefs.style_sheet"), forms=forms)
    return content(text, "text/html; charset=utf-8")


def _brief(path: str) -> Brief:
    """Return the briefing on what a path identifies; raises HttpError where there is none."""
    for iri in iris_at(path, names().id):
        if kind := _kind_of(iri):
            return brief_on(kind, iri, name_of(iri))
    raise HttpError(
        404,
        "no-briefing",
        f"There is no briefing at {request.path}. Bodies and plans have briefings, as /brief/body/ptc.",
    )


def _kind_of(iri: str) -> Kind | None:
    here = site()
    if here.catalogue is None:
        return None
    standing = here.keep(("standing", iri), lambda: standing_of(here.engine, iri, timeout_s=here.settings.timeout))
    types = standing.types if standing else ()
    return next((kind for kind in KINDS if kind.of_class in types and has_queries(kind)), None)


def _file(body: bytes, media_type: str, name: str) -> Response:
    response = content(body, media_type)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quoted(name)}"
    return response


def _slug(path: str) -> str:
    return path.rpartition("/")[2]
