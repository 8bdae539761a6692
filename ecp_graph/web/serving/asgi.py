"""The bridge from the ASGI server to the Flask app: streams with back-pressure, notices clients that hang up.

Three things that a WSGI server alone does not give, and that a public endpoint needs:

- A stream that fails half-way breaks the connection. A client never takes a cut answer for a whole one.
- ``environ["ecp_graph.gone"]`` tells the app whether its client has hung up, so that a worker is freed at once.
- A response kept in the cache is sent without waking the app. Who answers decides what is kept, see `Exchange`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Hashable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import replace
from functools import partial
from typing import Any, Final

from ecp_graph.web.serving.cache import Kept, KnownHead, LastUsed, ResponseCache, cache_key
from ecp_graph.web.serving.exchange import Exchange, Receive, Reply, Scope, Watch
from ecp_graph.web.serving.refusals import Refusal
from ecp_graph.web.serving.wsgi import WsgiApp, call, environ_of

__all__ = ["Bridge"]

_Send = Callable[[Scope], Awaitable[None]]
_BODY_LIMIT_S: Final = 10.0
#: What a known head takes besides its bytes, roughly.
_ENTRY_BYTES: Final = 1_000

#: What may answer a request before the app: scope, headers, body, exchange, and whether the client has gone.
_Express = Callable[
    [Scope, Mapping[str, str], bytes, Exchange, Callable[[], bool]],
    Awaitable[Reply | None],
]


class Bridge:
    """An ASGI app around a WSGI app; ``version`` tells the version of the data, cheaply, for the cache.

    ``headers`` are those that every response has; the app adds them itself to its own. ``express`` is asked before the
    app, and answers what it can.
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
        express: _Express | None = None,
    ) -> None:
        self.headers = headers
        self._express = express
        self._app = app
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="request")
        self._max_body_bytes = max_body_bytes
        self._cache = cache
        self._heads = LastUsed[bytes, KnownHead](cache.most_bytes // 2)
        self._version = version
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: _Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        started = time.perf_counter()
        sent = _Sent(send)
        exchange = Exchange()
        try:
            body = await _read_body(receive, self._max_body_bytes) if _has_body(scope) else b""
            if body is None:
                return
            await self._answer(scope, body, receive, sent, exchange)
        except Refusal as refusal:
            await sent.whole(refusal.status, refusal.headers(self.headers), refusal.body)
        finally:
            self._log(_line(scope, sent, exchange, started))

    def kept(self, key: Hashable, asked: str | None) -> Kept | None:
        """Return the response kept for a request, if there is one, for the data now in use.

        ``asked`` is its If-None-Match. A 304 is kept without the body that another client would need.
        """
        version = self._version()
        found = self._cache.get(version, key) if version else None
        return found if found is not None and (found.status != 304 or found.has_tag(asked)) else None

    def known(self, head: bytes) -> KnownHead | None:
        """Return what `know` was told of the same bytes."""
        return self._heads.get(head)

    def know(self, head: bytes, known: KnownHead) -> None:
        """Remember a head that is a whole request and was answered with a kept response."""
        self._heads.put(head, known, 2 * len(head) + _ENTRY_BYTES)

    def note_kept(self, client: str, method: str, path: str, status: int, sent: int, ms: float) -> None:
        """Log a request that was answered from the cache before it came to the app."""
        line: dict[str, object] = {"client": client, "method": method, "path": path, "status": status, "bytes": sent}
        self._log({**line, "ms": ms, "cache": "hit"})

    def note_refusal(self, client: str, refusal: Refusal) -> None:
        """Log a request that was refused before it could be read."""
        line = {"client": client, "method": "-", "path": "-", "status": refusal.status, "bytes": len(refusal.body)}
        self._log({**line, "refused": str(refusal)})

    async def _answer(self, scope: Scope, body: bytes, receive: Receive, sent: _Sent, exchange: Exchange) -> None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        key = cache_key(scope["method"], scope.get("scheme", "http"), _target(scope), body, dict(scope["headers"]))
        if key is not None:
            asked = headers.get("if-none-match")
            if kept := self.kept(key, asked):
                exchange.facts["cache"] = "hit"
                known = kept.reply_to(asked)
                await sent.whole(known.status, known.headers, known.body)
                return
            self._cache.note_miss()
        watch = Watch(receive, exchange)
        try:
            reply = None
            if self._express:
                reply = await self._express(scope, headers, body, exchange, watch.gone)
            if reply is None:
                watch.begin()
                reply = await self._of_app(environ_of(scope, headers, body, exchange))
            if reply.whole is not None:
                self._keep(key, reply, exchange)
                await sent.whole(reply.status, reply.headers, reply.whole)
                return
            watch.begin()
            try:
                await self._stream(reply, sent, exchange, key)
            finally:
                if reply.close:
                    await reply.close()
        finally:
            watch.end()

    async def _of_app(self, environ: dict[str, Any]) -> Reply:
        """Return what the app answers, in threads."""
        loop = asyncio.get_running_loop()
        response = await loop.run_in_executor(self._pool, call, self._app, environ)

        async def chunks() -> AsyncGenerator[bytes, None]:
            while (chunk := await loop.run_in_executor(self._pool, next, response.body, None)) is not None:
                yield chunk

        body = chunks() if response.whole is None else None
        close = partial(loop.run_in_executor, self._pool, response.close)
        return Reply(response.status, response.headers, body, response.whole, close)

    async def _stream(self, reply: Reply, sent: _Sent, exchange: Exchange, key: object) -> None:
        """Pass the chunks on; when the app fails, return without an end, at which the server breaks the connection.

        An answer that came to its end, and is not too long, is kept like one that was whole at once.
        """
        assert reply.body is not None  # noqa: S101 - narrows the type
        gathered: list[bytes] = []
        await sent.start(reply.status, reply.headers)
        async with aclosing(reply.body) as chunks:
            try:
                async for chunk in chunks:
                    if exchange.gone():
                        exchange.facts["cut"] = "client hung up"
                        return
                    if sent.bytes + len(chunk) <= self._cache.most_bytes:
                        gathered.append(chunk)
                    else:
                        gathered.clear()
                    await sent.more(chunk)
            except Exception as reason:
                exchange.facts["cut"] = str(reason)
                return
        await sent.end()
        if sent.bytes <= self._cache.most_bytes:
            headers = [*reply.headers, ("Content-Length", str(sent.bytes))]
            self._keep(key, replace(reply, headers=headers, whole=b"".join(gathered)), exchange)

    def _keep(self, key: object, reply: Reply, exchange: Exchange) -> None:
        headers = {name.lower(): value for name, value in reply.headers}
        etag = headers.get("etag")
        if "set-cookie" in headers or key is None or not exchange.cache_version:
            return
        if etag and reply.status in {200, 304} and reply.whole is not None:
            kept = Kept(reply.status, tuple(reply.headers), reply.whole, etag)
            self._cache.put(exchange.cache_version, key, kept)


class _Sent:
    """What has been sent of a response, counted."""

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


async def _read_body(receive: Receive, limit: int) -> bytes | None:
    """Return the body of a request, or None when the client hangs up; raises Refusal past a limit of size or time."""
    body = bytearray()
    deadline = time.monotonic() + _BODY_LIMIT_S
    while True:
        try:
            async with asyncio.timeout(deadline - time.monotonic()):  # wait_for would make a task of it
                message = await receive()
        except TimeoutError:
            sentence = f"The body did not come within {_BODY_LIMIT_S:g} s. Send it again, and faster."
            raise Refusal(408, "request-timeout", sentence) from None
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if len(body) > limit:
            sentence = f"The body is longer than the {limit // 1000} kB that this server takes."
            raise Refusal(413, "query-too-long", sentence)
        if not message.get("more_body"):
            return bytes(body)


def _target(scope: Scope) -> bytes:
    """Return the address as it was sent."""
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
