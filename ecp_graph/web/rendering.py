"""A page, or data for one, as a response: told apart by its content, and kept for the release that it shows."""

from __future__ import annotations

import hashlib
from typing import Any, Final

from flask import Response, jsonify, make_response, render_template, request

from ecp_graph.web.serving.exchange import exchange_of
from ecp_graph.web.site import site

__all__ = ["data", "page"]

_TAG_DIGITS: Final = 24


def page(template: str, *, status: int = 200, is_passing: bool = False, **context: Any) -> Response:
    """Return the page of a template; a good one may be kept, and is 304 for a client that has it already.

    ``is_passing``: it may be another one soon, though the release is the same.
    """
    response = make_response(render_template(template, **context), status)
    if not is_passing:
        response = _kept(response)
    response.vary.add("Accept")
    return response


def data(content: Any) -> Response:
    """Return content as JSON that may be kept, and is 304 for a client that has it already."""
    return _kept(jsonify(content))


def _kept(response: Response) -> Response:
    if response.status_code == 200 and site().may_be_kept:
        response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:_TAG_DIGITS], weak=True)
        response.headers["Cache-Control"] = "public, no-cache"
        response.make_conditional(request)
        exchange_of(request.environ).keep_for = site().current.version
    return response
