"""``/feed``: what is new among findings, and what is reopened, as an Atom feed (RFC 4287)."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, render_template, request

from ecp_graph.linked_data.catalogue import release_iri
from ecp_graph.namespaces import names
from ecp_graph.release.news import findings_news
from ecp_graph.release.versions import releases_beside
from ecp_graph.web.http.errors import HttpError
from ecp_graph.web.http.responses import content
from ecp_graph.web.pages.releases.page import author
from ecp_graph.web.state.site import site

__all__ = ["blueprint"]

blueprint = Blueprint("feed", __name__)

_ATOM: Final = "application/atom+xml; charset=utf-8"
#: Entries of the feed, the latest.
_MOST: Final = 200


@blueprint.get("/feed", endpoint="short")
@blueprint.get("/feed.atom")
def feed() -> Response:
    """The findings that are new or reopened, the latest first."""
    opened = site().current.opened
    if opened is None:
        raise HttpError(404, "no-release", "This server does not serve a release, so it cannot tell what is new.")
    kept = releases_beside(opened)
    text = render_template(
        "feed/feed.xml",
        news=findings_news(kept, _MOST),
        updated=kept[0].made if kept else None,
        here=request.url_root.rstrip("/"),
        release=release_iri,
        base=names().base,
        author=author(),
    )
    return content(text, _ATOM)
