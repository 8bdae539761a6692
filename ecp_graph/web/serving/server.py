"""Runs the app on uvicorn: one process for requests, and separate processes for queries.

uvicorn handles slow and half-open connections in one event loop, reports when a client disconnects, and breaks the
connection when a stream fails; no other server that was tried does all three (docs/decisions.md).
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from types import FrameType
from typing import Any, Final, cast

import uvicorn
from flask import Flask

from ecp_graph.addresses import is_loopback
from ecp_graph.errors import ReleaseError, SettingError
from ecp_graph.settings import Settings
from ecp_graph.web.http.headers import SECURITY_HEADERS
from ecp_graph.web.http.uploads import BODY_BYTES, UPLOADS
from ecp_graph.web.serving.asgi import Bridge
from ecp_graph.web.serving.cache import ResponseCache
from ecp_graph.web.serving.limits import GuardedProtocol
from ecp_graph.web.serving.patience import USUAL, Patience
from ecp_graph.web.serving.warming import Warming
from ecp_graph.web.state.site import EXTENSION, Site

__all__ = ["asgi_app", "serve_app"]

#: Additional threads, so that pages and refusals never queue behind threads that wait for queries.
_SPARE_THREADS: Final = 16
_BACKLOG: Final = 1024
#: Seconds that requests under way get when the server is told to stop.
_GRACE_S: Final = 2


def asgi_app(app: Flask, settings: Settings, *, patience: Patience = USUAL) -> Bridge:
    """Return the ASGI app around the Flask app, with its cache, its metrics and its access log."""
    site: Site = app.extensions[EXTENSION]
    cache = ResponseCache(settings.cache_mb * 1_000_000)
    for what in ("hits", "misses", "size"):
        site.metrics.observe_cache("bytes" if what == "size" else what, partial(getattr, cache, what))

    def log(line: dict[str, object]) -> None:
        site.metrics.observe_request(cast("int", line["status"]))
        if settings.access_log:
            with contextlib.suppress(OSError):  # a full disk is no reason to answer nobody
                print(_text(line), file=sys.stderr, flush=True)

    def version() -> str | None:
        current = site.source.ready()
        return current.version if current else None

    return Bridge(
        app.wsgi_app,
        threads=settings.workers + settings.page_workers + 2 * settings.queue + _SPARE_THREADS,
        max_body_bytes=int(app.config["MAX_CONTENT_LENGTH"]),
        larger_bodies=dict.fromkeys(UPLOADS, BODY_BYTES),
        cache=cache,
        version=version,
        log=log,
        headers=SECURITY_HEADERS,
        patience=patience,
    )


def serve_app(app: Flask, settings: Settings, *, on_start: Callable[[str], None], patience: Patience = USUAL) -> None:
    """Serve until the process is told to stop; ``on_start`` gets the address. Raises SettingError for a port in use."""
    _allow_connections()
    site: Site = app.extensions[EXTENSION]
    with contextlib.suppress(ReleaseError):  # the health page says it
        site.source.current()
    listener = _listen(settings)
    host, port = listener.getsockname()[:2]
    site.copies.is_local = is_loopback(host)
    on_start(f"http://{f'[{host}]' if ':' in host else host}:{port}/")
    Warming(app).watch()
    bridge = asgi_app(app, settings, patience=patience)
    config = uvicorn.Config(
        bridge,
        http=GuardedProtocol,
        ws="none",
        lifespan="off",
        log_level="critical",
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
        backlog=_BACKLOG,
        timeout_keep_alive=patience.idle_s,
        timeout_graceful_shutdown=_GRACE_S,
    )
    _Server(config, bridge.stop).run(sockets=[listener])
    # A thread that waits for a query would delay the exit; the worker dies with this process.
    os._exit(0)


class _Server(uvicorn.Server):
    """Shuts down with a grace period, and does not re-raise the signal."""

    def __init__(self, config: uvicorn.Config, on_exit: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_exit = on_exit

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Start the shutdown."""
        self._on_exit()
        super().handle_exit(sig, frame)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self.handle_exit)
        yield


def _allow_connections() -> None:
    """Raise the limit of open connections to the maximum that the system allows."""
    if sys.platform != "win32":
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as reason:
        where = f"{settings.host}:{settings.port}"
        raise SettingError(where, f"the server cannot listen there ({reason.strerror or reason}).") from reason
    listener.listen(_BACKLOG)
    return listener


def _text(line: dict[str, Any]) -> str:
    """Return an access-log line: time, client, request, status and bytes, then further facts as name=value."""
    fixed = {"client", "method", "path", "status", "bytes"}
    stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    rest = " ".join(f"{name}={_quoted(str(value))}" for name, value in line.items() if name not in fixed)
    client, path = (_escaped(str(line[name])) for name in ("client", "path"))
    return f"{stamp} {client} {line['method']} {path} {line['status']} {line['bytes']} {rest}"


def _escaped(value: str) -> str:
    """Return a value chosen by a client, escaped so that it cannot forge another field or line."""
    return value.encode("unicode_escape").decode("ascii").replace(" ", "%20") or "-"


def _quoted(value: str) -> str:
    return value if value.replace(".", "").replace("-", "").isalnum() else '"' + value.replace('"', "'") + '"'
