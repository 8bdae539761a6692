"""Calls the WSGI app for a request received by an ASGI server."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final, Protocol

from ecp_graph.web.http.exchange import ENVIRON_KEY, Exchange, Headers, Scope, exchange_of

__all__ = ["Reply", "WsgiApp", "call", "environ_of"]

_BODILESS: Final = frozenset({204, 304})
#: Headers of the connection, which do not concern the app: it gets the decoded body.
_OF_THE_CONNECTION: Final = frozenset({"connection", "expect", "transfer-encoding", "upgrade"})


class WsgiApp(Protocol):
    """A WSGI application (PEP 3333)."""

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any], /) -> Iterable[bytes]:
        """Return the body of the answer to a request, in pieces."""
        ...


def environ_of(scope: Scope, headers: dict[str, str], body: bytes, exchange: Exchange) -> dict[str, Any]:
    """Return the WSGI environ (PEP 3333) of an ASGI scope.

    Header names with an underscore are dropped, because WSGI cannot distinguish them from those with a hyphen.
    """
    host, port = scope.get("server") or ("localhost", 80)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode("utf-8", "surrogateescape").decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": host,
        "SERVER_PORT": str(port or 80),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": (scope.get("client") or ("", 0))[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        ENVIRON_KEY: exchange,
    }
    for name, value in headers.items():
        if name in _OF_THE_CONNECTION or "_" in name:
            continue
        key = name.upper().replace("-", "_")
        environ[key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"] = value
    environ["CONTENT_LENGTH"] = str(len(body))
    return environ


@dataclass(frozen=True)
class Reply:
    """The response of an app: the complete body, or none if the exchange has a stream, which ``close`` ends."""

    status: int
    headers: Headers
    body: bytes
    close: Callable[[], None]


def call(app: WsgiApp, environ: dict[str, Any]) -> Reply:
    """Run the app and read its response, unless the event loop is to send the body."""
    started: list[tuple[int, Headers]] = []

    def start_response(status: str, headers: Headers, exc_info: object = None) -> None:
        # the server adds the date at which it sends, also to a cached response
        started[:] = [(int(status[:3]), [header for header in headers if header[0].lower() != "date"])]

    chunks = app(environ, start_response)
    close = getattr(chunks, "close", lambda: None)
    if exchange_of(environ).stream is not None:
        return Reply(*started[0], b"", close)
    try:
        body = b"".join(chunks)
    finally:
        close()
    status, headers = started[0]
    if status not in _BODILESS and environ["REQUEST_METHOD"] != "HEAD":
        headers = [*(header for header in headers if header[0].lower() != "content-length"), _length(body)]
    return Reply(status, headers, body, close)


def _length(body: bytes) -> tuple[str, str]:
    return "Content-Length", str(len(body))
