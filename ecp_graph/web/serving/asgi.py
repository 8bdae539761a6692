"""The bridge from the ASGI server to the Flask app: streams with back-pressure, and notices disconnected clients.

It provides three things that a public endpoint needs and a plain WSGI server lacks:

- A stream that fails half-way breaks the connection, so a client never mistakes a truncated answer for a complete one.
- The app can check whether its client has disconnected, so that a worker is released at once; see `Exchange`.
- A cached response is sent without running the app, which decides what is cacheable.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from typing import Final

from ecp_graph.web.http.exchange import BodyChunks, Exchange, Receive, Scope, watching
from ecp_graph.web.serving.cache import Cached, ResponseCache, cache_key
from ecp_graph.web.serving.patience import Patience
from ecp_graph.web.serving.refusals import Refusal, too_long
from ecp_graph.web.serving.wsgi import Reply, WsgiApp, call, environ_of

__all__ = ["Bridge"]

_Send = Callable[[Scope], Awaitable[None]]
_NONE: Final[Mapping[str, int]] = {}


class Bridge:
    """An ASGI app around a WSGI app; ``version`` is a cheap function that returns the version of the data.

    ``headers`` are those that every response has; the app adds them itself to its own. ``log`` gets the facts of each
    request. A body may have ``max_body_bytes``; ``larger_bodies`` are other limits, by path.
    """

    def __init__(
        self,
        app: WsgiApp,
        *,
        threads: int,
        max_body_bytes: int,
        cache: ResponseCache,
        version: Callable[[], str | None],
        log: Callable[[dict[str, object]], None],
        headers: Mapping[str, str],
        patience: Patience,
        larger_bodies: Mapping[str, int] = _NONE,
    ) -> None:
        self.headers = headers
        self.patience = patience
        self._max_body_bytes = max_body_bytes
        self._larger_bodies = larger_bodies
        self._app = app
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="request")
        self._cache = cache
        self._version = version
        self._log = log
        self._is_stopping = False

    async def __call__(self, scope: Scope, receive: Receive, send: _Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            return
        started = time.perf_counter()
        sent = _Sent(send)
        exchange = Exchange(lambda: self._is_stopping, takes_streams=True)
        try:
            body = await self._read_body(receive, scope["path"]) if _has_body(scope) else b""
            if body is not None:
                await self._answer(scope, body, receive, sent, exchange)
        except Refusal as refusal:
            await sent.whole(refusal.status, refusal.headers(self.headers), refusal.body)
        finally:
            self._log(_line(scope, sent, exchange, started))

    def most_bytes(self, path: str) -> int:
        """Return how long the body of a request to a path may be."""
        return self._larger_bodies.get(path, self._max_body_bytes)

    def stop(self) -> None:
        """Make running queries fail with 503, because the server is shutting down."""
        self._is_stopping = True

    def note_refusal(self, client: str, refusal: Refusal) -> None:
        """Log a request that was refused before it could be read."""
        line = {"client": client, "method": "-", "path": "-", "status": refusal.status, "bytes": len(refusal.body)}
        self._log({**line, "refused": str(refusal)})

    async def _read_body(self, receive: Receive, path: str) -> bytes | None:
        """Return the body of a request, or None when the client hangs up; raises Refusal past a limit."""
        body = bytearray()
        most = self.most_bytes(path)
        limit_s = self.patience.upload_s if path in self._larger_bodies else self.patience.body_s
        deadline = time.monotonic() + limit_s
        while True:
            try:
                async with asyncio.timeout(deadline - time.monotonic()):  # wait_for would make a task of it
                    message = await receive()
            except TimeoutError:
                sentence = f"The body did not come within {limit_s:g} s. Send it again, and faster."
                raise Refusal(408, "request-timeout", sentence) from None
            if message["type"] == "http.disconnect":
                return None
            body += message.get("body", b"")
            if len(body) > most:
                raise too_long(most)
            if not message.get("more_body"):
                return bytes(body)

    async def _answer(self, scope: Scope, body: bytes, receive: Receive, sent: _Sent, exchange: Exchange) -> None:
        given = dict(scope["headers"])
        key = cache_key(scope["method"], scope.get("scheme", "http"), _target(scope), body, given)
        asked = given.get(b"if-none-match", b"").decode("latin-1")
        if key is not None and (cached := self._cache.get(self._version(), key, asked)):
            exchange.facts["cache"] = "hit"
            await sent.whole(cached.status, cached.headers, cached.body)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        environ = environ_of(scope, headers, body, exchange)
        async with watching(receive, exchange):
            reply = await asyncio.get_running_loop().run_in_executor(self._pool, call, self._app, environ)
            if exchange.stream is None:
                self._keep(key, reply, reply.body, exchange)
                await sent.whole(reply.status, reply.headers, reply.body)
                return
            try:
                body_sent = await self._stream(exchange.stream, reply, sent, exchange)
            finally:
                reply.close()
        if body_sent is not None:
            self._keep(key, reply, body_sent, exchange)

    async def _stream(self, body: BodyChunks, reply: Reply, sent: _Sent, exchange: Exchange) -> bytes | None:
        """Send chunks as they arrive; if the app fails, return without finishing, which breaks the connection.

        Returns the complete body if it finished and is small enough to be cached.
        """
        gathered: list[bytes] = []
        await sent.start(reply.status, reply.headers)
        async with aclosing(body.chunks()) as chunks:
            try:
                async for chunk in chunks:
                    if exchange.gone():
                        exchange.facts["cut"] = "client hung up"
                        return None
                    if sent.bytes + len(chunk) <= self._cache.most_bytes:
                        gathered.append(chunk)
                    else:
                        gathered.clear()
                    await sent.more(chunk)
            except Exception as reason:
                exchange.facts["cut"] = str(reason)
                return None
        await sent.end()
        return b"".join(gathered) if sent.bytes <= self._cache.most_bytes else None

    def _keep(self, key: object, reply: Reply, body: bytes, exchange: Exchange) -> None:
        headers = {name.lower(): value for name, value in reply.headers}
        etag, version = headers.get("etag"), exchange.cache_version
        if key is None or version is None or etag is None or "set-cookie" in headers:
            return
        if reply.status in {200, 304}:
            given = list(reply.headers)
            if reply.status == 200 and "content-length" not in headers:
                given.append(("Content-Length", str(len(body))))
            self._cache.put(version, key, Cached(reply.status, tuple(given), body, etag))


class _Sent:
    """Counts what has been sent of a response."""

    def __init__(self, send: _Send) -> None:
        self._send = send
        self.status = 0
        self.bytes = 0

    async def start(self, status: int, headers: Iterable[tuple[str, str]]) -> None:
        self.status = status
        encoded = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        await self._send({"type": "http.response.start", "status": status, "headers": encoded})

    async def more(self, chunk: bytes) -> None:
        self.bytes += len(chunk)
        await self._send({"type": "http.response.body", "body": chunk, "more_body": True})

    async def end(self) -> None:
        await self._send({"type": "http.response.body", "body": b""})

    async def whole(self, status: int, headers: Iterable[tuple[str, str]], body: bytes) -> None:
        await self.start(status, headers)
        self.bytes += len(body)
        await self._send({"type": "http.response.body", "body": body})


def _has_body(scope: Scope) -> bool:
    """Return whether a request has a body (RFC 9112, section 6.3)."""
    return any(name in {b"content-length", b"transfer-encoding"} for name, _ in scope["headers"])


def _target(scope: Scope) -> bytes:
    """Return the request target as sent by the client."""
    path: bytes = scope.get("raw_path") or scope["path"].encode()
    return path + b"?" + scope["query_string"] if scope["query_string"] else path


def _line(scope: Scope, sent: _Sent, exchange: Exchange, started: float) -> dict[str, object]:
    return {
        "client": (scope.get("client") or ("", 0))[0],
        "method": scope["method"],
        "path": scope["path"],
        "status": sent.status,
        "bytes": sent.bytes,
        "ms": round((time.perf_counter() - started) * 1000, 1),
        **exchange.facts,
    }
