"""Responses compressed with gzip where the client takes that, whole ones and streams."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

from flask import Response, request
from werkzeug.http import parse_accept_header

__all__ = ["LEAST_BYTES", "LEVEL", "compress", "takes_gzip"]

#: A shorter response is sent as it is.
LEAST_BYTES: Final = 1_000
LEVEL: Final = 5
_TYPES: Final = ("text/", "application/sparql-results", "application/json", "application/ld+json", "application/xml")
_ALSO: Final = (
    "application/rdf+xml",
    "application/n-triples",
    "application/n-quads",
    "application/trig",
    "image/svg+xml",
)


@lru_cache(maxsize=128)
def takes_gzip(accept_encoding: str) -> bool:
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
    if "Content-Encoding" in response.headers or not takes_gzip(request.headers.get("Accept-Encoding", "")):
        return response
    if response.is_sequence:
        data = response.get_data()
        if len(data) < LEAST_BYTES:
            return response
        response.set_data(gzip.compress(data, LEVEL, mtime=0))
    else:
        response.response = _stream(response.response)
        response.headers.pop("Content-Length", None)
    response.headers["Content-Encoding"] = "gzip"
    return response


def _stream(chunks: Iterable[bytes | str]) -> Iterator[bytes]:
    """Yield the chunks compressed; what they raise comes through, and what closes this closes them."""
    compressor = zlib.compressobj(LEVEL, wbits=31)
    try:
        for chunk in chunks:
            if packed := compressor.compress(chunk.encode() if isinstance(chunk, str) else chunk):
                yield packed
        yield compressor.flush()
    finally:
        getattr(chunks, "close", lambda: None)()
