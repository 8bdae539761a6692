"""``/``: where the site begins."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from ecp_graph.web.site import site

__all__ = ["blueprint"]

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def index() -> Response:
    """Lead to the catalogue, or to the endpoint when there is none."""
    return redirect(url_for("queries.index" if site().workspace else "sparql.endpoint"))
