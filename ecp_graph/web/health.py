"""``/health``: whether the server can answer, and from what."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from ecp_graph import __version__
from ecp_graph.errors import ReleaseError
from ecp_graph.web.site import site

__all__ = ["blueprint"]

blueprint = Blueprint("health", __name__)


@blueprint.get("/health")
def health() -> tuple[Response, int]:
    """Return ``status`` (ok, stale, down), ``version``, ``engine``, ``release``, ``triples`` and ``graphs`` as JSON.

    ``stale``: a newer release does not open, and the last good one answers; ``problem`` says why. ``down``: status
    503.
    """
    try:
        current = site().current
    except ReleaseError as problem:
        return jsonify({"status": "down", "version": __version__, "problem": str(problem)}), 503
    status = "stale" if "problem" in current.facts else "ok"
    engine = current.engine.describe()
    return jsonify({"status": status, "version": __version__, "engine": engine, **current.facts}), 200
