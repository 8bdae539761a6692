"""Responses that the release in use settles: told apart by an entity tag, and cached until another release comes."""

from __future__ import annotations

import hashlib
from typing import Any, Final

from flask import Response, jsonify, make_response, render_template, request

from ecp_graph.web.http.exchange import exchange_of
from ecp_graph.web.state.site import site

__all__ = ["cacheable", "content", "data", "open_to_all", "page", "private", "tag_of"]

_TAG_DIGITS: Final = 24


def tag_of(told: bytes) -> str:
    """Return an entity tag for what settles a response: its body, or what the body is made from."""
    return hashlib.sha256(told).hexdigest()[:_TAG_DIGITS]


def cacheable(response: Response, tag: str | None = None, *, is_query: bool = False) -> Response:
    """Return a response with its entity tag, or the 304 for a client that has it already, and let it be cached.

    ``tag`` is by default made of the body. A response over data that may change without a new release gets none. Left
    as it is: a response that is no success, and one to anything but GET or HEAD. ``is_query`` says that a POST only
    asks (SPARQL 1.1 Protocol, section 2.1.2), so that the answer to it may be cached too.
    """
    is_safe = request.method in {"GET", "HEAD"}
    if response.status_code != 200 or not (is_safe or is_query):
        return response
    response.headers["Cache-Control"] = "public, no-cache"
    if not site().may_be_kept:
        return response
    response.set_etag(tag or tag_of(response.get_data()), weak=True)
    if is_safe and not response.is_streamed:  # a view has looked before it began to stream
        response.make_conditional(request)
    if not site().confidential:  # the cache answers before anything looks at who asks
        exchange_of(request.environ).cache_version = site().current.version
    return response


def page(template: str, *, status: int = 200, is_passing: bool = False, **context: Any) -> Response:
    """Return the page of a template; it is cacheable unless ``is_passing``: it may change within one release."""
    response = make_response(render_template(template, **context), status)
    if not is_passing:
        response = cacheable(response)
    response.vary.add("Accept")
    return response


def private(response: Response) -> Response:
    """Return a response that no cache keeps, and that `open_to_all` leaves closed to the scripts of other pages."""
    response.headers["Cache-Control"] = "private, no-store"
    return response


def data(value: Any, *, is_passing: bool = False) -> Response:
    """Return a value as JSON, cacheable unless ``is_passing``, as for `page`."""
    response = jsonify(value)
    return response if is_passing else cacheable(response)


def content(body: bytes | str, content_type: str, *, tag: str | None = None) -> Response:
    """Return a body of a media type, cacheable."""
    return cacheable(Response(body, content_type=content_type), tag)


def open_to_all(response: Response) -> Response:
    """Let the scripts of any page read a response unless it is private; it depends on the Accept header."""
    if not response.cache_control.private:
        response.headers["Access-Control-Allow-Origin"] = "*"
    response.vary.add("Accept")
    return response
