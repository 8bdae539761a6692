"""The remote engine: any SPARQL 1.1 endpoint, asked through SPARQLWrapper."""

from __future__ import annotations

import ast
import math
import time
from collections.abc import Sequence
from http.client import HTTPException, HTTPResponse
from typing import Final
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

from SPARQLWrapper import POST, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import (
    EndPointInternalError,
    EndPointNotFound,
    QueryBadFormed,
    SPARQLWrapperException,
    Unauthorized,
    URITooLong,
)

from ecp_graph import __version__
from ecp_graph.engine import Answer
from ecp_graph.engine.formats import DEFAULTS, Format, format_named
from ecp_graph.engine.guard import first_keyword, query_kind
from ecp_graph.engine.results import printable
from ecp_graph.engine.spool import Spool
from ecp_graph.errors import EndpointError, QueryTimeout
from ecp_graph.namespaces import sparql_prologue

__all__ = ["RemoteEngine"]

_STATUS: Final[dict[type[SPARQLWrapperException], int]] = {
    QueryBadFormed: 400,
    Unauthorized: 401,
    EndPointNotFound: 404,
    URITooLong: 414,
    EndPointInternalError: 500,
}
_CHUNK_BYTES: Final = 65_536
_LONGEST_SAYING: Final = 300


class RemoteEngine:
    """Answers queries by asking an endpoint over HTTP; satisfies `ecp_graph.engine.Engine`."""

    def __init__(self, endpoint: str, *, max_result_bytes: int | None = None) -> None:
        if urlsplit(endpoint).scheme not in {"http", "https"} or not urlsplit(endpoint).netloc:
            raise EndpointError(endpoint, "the address of an endpoint begins with http:// or https://.")
        self._endpoint = endpoint
        self._max_result_bytes = max_result_bytes

    def query(
        self,
        sparql: str,
        *,
        fmt: str | None = None,
        timeout_s: float | None = None,
        default_graphs: Sequence[str] | None = None,
        named_graphs: Sequence[str] | None = None,
    ) -> Answer:
        """Return the answer, complete; see `ecp_graph.engine.Engine.query`.

        Raises EndpointError with what the endpoint said. At the time limit the connection is closed; whether
        the endpoint stops as well is its own affair.
        """
        kind = query_kind(sparql) or "table"
        wanted = format_named(fmt, kind) if fmt else DEFAULTS[kind]
        request = self._request(sparql, wanted, timeout_s)
        for name, graphs in (("default-graph-uri", default_graphs), ("named-graph-uri", named_graphs)):
            for graph in graphs or ():
                request.addParameter(name, graph)
        spool = Spool(self._max_result_bytes)
        self._fetch(request, wanted, spool, timeout_s)
        return Answer(kind, wanted, spool.read_once())

    def describe(self) -> str:
        """Return the address of the endpoint."""
        return self._endpoint

    def close(self) -> None:
        """Do nothing: each query has a connection of its own."""

    def _request(self, sparql: str, wanted: Format, timeout_s: float | None) -> SPARQLWrapper:
        request = SPARQLWrapper(self._endpoint, agent=f"ecp-graph/{__version__}")
        request.setMethod(POST)
        request.setOnlyConneg(True)
        request.setQuery(f"{sparql_prologue(sparql)}\n{sparql}")
        request.queryType = first_keyword(sparql) or "SELECT"  # SPARQLWrapper's own guess reads comments too
        request.setReturnFormat("json" if wanted.kind == "table" else "turtle")
        request.addCustomHttpHeader("Accept", wanted.media_type)
        if timeout_s is not None:
            request.setTimeout(math.ceil(timeout_s))
        return request

    def _fetch(self, request: SPARQLWrapper, wanted: Format, spool: Spool, timeout_s: float | None) -> None:
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        try:
            response: HTTPResponse = request.query().response
            with response:
                self._check_type(response, wanted)
                while chunk := response.read(_CHUNK_BYTES):
                    spool.write(chunk)
                    if deadline is not None and time.monotonic() > deadline:
                        raise QueryTimeout(timeout_s or 0)
                if response.length:  # http.client ends a body that was cut off as if it were whole
                    raise EndpointError(self._endpoint, "the connection broke before the answer was whole.")
        except TimeoutError as reason:
            raise QueryTimeout(timeout_s or 0) from reason
        except SPARQLWrapperException as reason:
            raise EndpointError(self._endpoint, _saying(reason), _STATUS.get(type(reason))) from reason
        except HTTPError as reason:
            raise EndpointError(self._endpoint, _shorten(reason.read()) or reason.reason, reason.code) from reason
        except URLError as reason:
            if isinstance(reason.reason, TimeoutError):
                raise QueryTimeout(timeout_s or 0) from reason
            raise EndpointError(self._endpoint, f"it cannot be reached ({reason.reason}).") from reason
        except (OSError, HTTPException) as reason:
            raise EndpointError(
                self._endpoint, f"the connection broke ({reason or type(reason).__name__})."
            ) from reason

    def _check_type(self, response: HTTPResponse, wanted: Format) -> None:
        given = response.headers.get_content_type()
        if given not in {wanted.media_type, *wanted.also}:
            raise EndpointError(self._endpoint, f"asked for {wanted.media_type}, it answered with {given}.")


def _saying(reason: SPARQLWrapperException) -> str:
    """Return what the endpoint itself said, out of SPARQLWrapper's own wording."""
    message = str(reason)
    _, found, said = message.partition("Response:")
    if not found:
        return "it said nothing more."
    try:
        body = ast.literal_eval(said.strip())  # SPARQLWrapper writes the bytes as Python does
    except (SyntaxError, ValueError):
        body = said.encode()
    return _shorten(body) or "it said nothing more."


def _shorten(body: bytes) -> str:
    text = printable(" ".join(body.decode("utf-8", "replace").split()))
    return text if len(text) <= _LONGEST_SAYING else text[: _LONGEST_SAYING - 1] + "…"
