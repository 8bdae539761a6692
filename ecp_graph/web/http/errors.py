"""Every error as one shape: JSON for programs, a page for people, the same sentence in both."""

from __future__ import annotations

import math
from http import HTTPStatus
from typing import Any, Final

from flask import Flask, Response, current_app, jsonify, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from ecp_graph.errors import (
    ClientGone,
    EcpGraphError,
    EndpointError,
    EndpointTimeout,
    EngineBusy,
    FormatUnfit,
    FunctionUnknown,
    InputSyntaxError,
    MissingExtra,
    OverBudget,
    ParameterError,
    QueryError,
    QueryTimeout,
    QueryTooComplex,
    ReleaseError,
    ResultTooLarge,
    ServerStopping,
    ServiceRefused,
    ServiceUnusable,
    UnknownQuery,
    UpdateRefused,
    WorkerLost,
    WorkspaceError,
)

__all__ = [
    "ERROR_HEADER",
    "OUT_OF_RESOURCES",
    "TIMEOUT",
    "TOO_LARGE",
    "UNFIT",
    "HttpError",
    "error_body",
    "register_errors",
    "status_of",
    "wants_html",
]

#: Tells the code of an error on a page, too, which is for people.
ERROR_HEADER: Final = "Ecp-Graph-Error"
#: The code for an answer that is larger than a page or the limits of the server hold.
TOO_LARGE: Final = "result-too-large"
#: The code for an answer that did not come within the time limit.
TIMEOUT: Final = "timeout"
#: The code for an answer that needed more memory than a query may have.
OUT_OF_RESOURCES: Final = "out-of-resources"
#: The code for an answer that the format cannot carry, and for one that none of the accepted formats can.
UNFIT: Final = "not-acceptable"
#: The first class that an error is an instance of gives its code and status.
_STATUS: Final[tuple[tuple[type[EcpGraphError], str, int], ...]] = (
    (ServiceRefused, "service-refused", 403),
    (UpdateRefused, "update-refused", 403),
    (QueryTooComplex, "too-complex", 400),
    (FunctionUnknown, "unknown-function", 400),
    (QueryError, "malformed-query", 400),
    (UnknownQuery, "unknown-query", 404),
    (ParameterError, "bad-parameter", 400),
    (FormatUnfit, UNFIT, 406),
    (ResultTooLarge, TOO_LARGE, 400),
    (ServiceUnusable, "service-unusable", 400),
    (OverBudget, "over-budget", 429),
    (EndpointTimeout, "endpoint-timeout", 504),  # before QueryTimeout, which it is as well
    (QueryTimeout, TIMEOUT, 503),
    (ClientGone, "client-gone", 499),
    (WorkerLost, OUT_OF_RESOURCES, 503),
    (EngineBusy, "busy", 503),
    (ServerStopping, "stopping", 503),
    (ReleaseError, "no-release", 503),
    (EndpointError, "endpoint-failed", 502),
    (MissingExtra, "not-installed", 501),
    (InputSyntaxError, "catalogue-damaged", 500),
    (WorkspaceError, "no-workspace", 500),
)
_RETRY_AFTER_S: Final = 5
_INTERNAL: Final = "The server failed on this request. The fault is its own, and is in its log."


class HttpError(EcpGraphError):
    """A request that HTTP itself refuses, such as one that accepts nothing we have; carries code and status."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


def register_errors(app: Flask) -> None:
    """Let the app answer every error in the one shape."""
    app.register_error_handler(EcpGraphError, _on_known)
    app.register_error_handler(HTTPException, _on_http)
    app.register_error_handler(Exception, _on_unexpected)


def status_of(error: EcpGraphError) -> tuple[int, str]:
    """Return the HTTP status and the code of an error; a remote endpoint that says 400 means the query, not itself."""
    if isinstance(error, HttpError):
        return error.status, error.code
    if isinstance(error, EndpointError) and error.status == HTTPStatus.BAD_REQUEST:
        return 400, "malformed-query"
    if isinstance(error, WorkerLost) and not error.out_of_memory:
        return 503, "engine-failed"
    for kind, code, status in _STATUS:
        if isinstance(error, kind):
            return status, code
    return 500, "internal"


def error_body(code: str, message: str, line: int | None = None, column: int | None = None) -> dict[str, Any]:
    """Return the JSON object of an error: code, message, and line and column where they are known."""
    facts: dict[str, Any] = {"code": code, "message": message}
    if line is not None:
        facts["line"] = line
    if column is not None:
        facts["column"] = column
    return {"error": facts}


def wants_html() -> bool:
    """Whether the client would rather read a page than JSON; the API never sends pages."""
    if request.path.startswith("/api/"):
        return False
    best = request.accept_mimetypes.best_match(["application/json", "text/html"], default="application/json")
    return best == "text/html"


def _respond(status: int, code: str, message: str, line: int | None = None, column: int | None = None) -> Response:
    if wants_html():
        page = render_template("shared/error.html", status=status, message=message, is_too_large=code == TOO_LARGE)
        response = make_response(page, status)
    else:
        response = make_response(jsonify(error_body(code, message, line, column)), status)
    response.headers[ERROR_HEADER] = code
    response.vary.add("Accept")
    return response


def _on_known(error: EcpGraphError) -> Response:
    status, code = status_of(error)
    line, column = (error.line, error.column) if isinstance(error, QueryError) else (None, None)
    response = _respond(status, code, str(error), line, column)
    if status in {429, 503}:
        wait_s = math.ceil(error.retry_after_s) if isinstance(error, OverBudget) else _RETRY_AFTER_S
        response.headers["Retry-After"] = str(wait_s)
    return response


def _on_http(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:
        return make_response(error.get_response())
    code = error.name.lower().replace(" ", "-")
    response = _respond(status, code, _sentence(error))
    if allowed := getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(sorted(allowed))
    return response


def _sentence(error: HTTPException) -> str:
    if error.code == 404:
        return f"There is nothing at {request.path}."
    if error.code == 405:
        return f"{request.path} does not answer {request.method} requests."
    return error.description or error.name


def _on_unexpected(error: Exception) -> Response:
    current_app.logger.exception("failed on %s %s", request.method, request.path, exc_info=error)
    return _respond(500, "internal", _INTERNAL)
