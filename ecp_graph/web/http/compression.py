"""Responses compressed with gzip where the client takes that, whole ones and streams."""

from __future__ import annotations

import gzip
from functools import lru_cache
from typing import Final

from flask import Response, request
from werkzeug.http import parse_accept_header

from ecp_graph.web.http.answers import BodyStream

__all__ = ["compress"]

#: A shorter response is sent as it is.
_LEAST_BYTES: Final = 1_000
_LEVEL: Final = 5
_TYPES: Final = ("text/", "application/sparql-results", "application/json", "application/ld+json", "application/xml")
_ALSO: Final = (
    "application/rdf+xml",
    "application/n-triples",
    "application/n-quads",
    "application/trig",
    "image/svg+xml",
)


@lru_cache(maxsize=128)
def _takes_gzip(accept_encoding: str) -> bool:
    """Return whether an Accept-Encoding header allows gzip (RFC 9110, section 12.5.3)."""
    return bool(parse_accept_header(accept_encoding)["gzip"])


def compress(response: Response) -> Response:
    """Return the response, compressed when that is worth while; for ``Flask.after_request``.

    What says ``no-transform`` stays as it is: a file whose hash is known, and of which a client may want a part.
    """
    if "no-transform" in response.headers.get("Cache-Control", ""):
        return response
    mimetype = response.mimetype or ""
    if not (mimetype.startswith(_TYPES) or mimetype in _ALSO) or response.status_code != 200:
        return response
    response.vary.add("Accept-Encoding")
    if "Content-Encoding" in response.headers or not _takes_gzip(request.headers.get("Accept-Encoding", "")):
        return response
    if isinstance(response.response, BodyStream):
        response.response.compress(_LEVEL)
    else:
        response.direct_passthrough = False  # a file of the static folder is read here
        data = response.get_data()
        if len(data) < _LEAST_BYTES:
            return response
        response.set_data(gzip.compress(data, _LEVEL, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    return response
