"""``/health``: whether the server can answer queries, and which data it serves; ``/metrics``: Prometheus metrics."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from ecp_graph import __version__
from ecp_graph.errors import ReleaseError
from ecp_graph.web.state.site import site

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
    if fault := current.engine.problem():
        return jsonify({"status": "down", "version": __version__, "problem": fault}), 503
    status = "stale" if "problem" in current.facts else "ok"
    engine = current.engine.describe()
    return jsonify({"status": status, "version": __version__, "engine": engine, **current.facts}), 200


@blueprint.get("/metrics")
def metrics() -> Response:
    """The counts of the server in the Prometheus text format."""
    try:
        triples = site().current.facts.get("triples")
    except ReleaseError:
        triples = None
    return Response(site().metrics.render(triples), content_type="text/plain; version=0.0.4; charset=utf-8")
