"""The bridge from the ASGI server to the Flask app: streams with back-pressure, notices clients that hang up.

Three things that a WSGI server alone does not give, and that a public endpoint needs:

- A stream that fails half-way breaks the connection. A client never takes a cut answer for a whole one.
- ``environ["ecp_graph.gone"]`` tells the app whether its client has hung up, so that a worker is freed at once.
- A response kept in the cache is sent without waking the app. Only the app decides what is kept, see `Exchange`.
"""

from __future__ import annotations

import asyncio
import io
import sys
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any, Final, Protocol

from ecp_graph.web.serving.cache import Kept, ResponseCache
from ecp_graph.web.serving.refusals import Refusal

__all__ = ["ENVIRON_KEY", "Bridge", "Exchange", "exchange_of"]

ENVIRON_KEY: Final = "ecp_graph.exchange"

_Message = MutableMapping[str, Any]
_Receive = Callable[[], Awaitable[_Message]]
_Send = Callable[[_Message], Awaitable[None]]
_Headers = list[tuple[str, str]]
_BODILESS: Final = frozenset({204, 304})
_BODY_LIMIT_S: Final = 10.0
#: Headers that a response without a body does not have.
_OF_A_BODY: Final = frozenset({"content-type", "content-length", "content-encoding"})
#: Headers of the connection, which is not the app's: it gets the body whole, whatever its coding on the way.
_OF_THE_CONNECTION: Final = frozenset({"connection", "expect", "transfer-encoding", "upgrade"})


@dataclass
class Exchange:
    """What the app and the bridge tell each other about one request.

    ``keep_for`` is set by the app: the version of the data for which the response may be kept. ``facts`` are what
    the app adds to the access log.
    """

    _gone: bool = False
    keep_for: str | None = None
    facts: dict[str, object] = field(default_factory=dict)

    def gone(self) -> bool:
        """Return whether the client has hung up."""
        return self._gone

    def hang_up(self) -> None:
        """Note that the client has hung up."""
        self._gone = True


def exchange_of(environ: MutableMapping[str, Any]) -> Exchange:
    """Return the exchange of a request; one that nobody reads when the app runs under another server."""
    found = environ.setdefault(ENVIRON_KEY, Exchange())
    assert isinstance(found, Exchange)  # noqa: S101 - narrows the type
    return found


class _WsgiApp(Protocol):
    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any], /) -> Iterable[bytes]: ...


@dataclass(frozen=True)
class _Response:
    status: int
    headers: _Headers
    body: Iterator[bytes]
    whole: bytes | None
    close: Callable[[], None]


class Bridge:
    """An ASGI app around a WSGI app; ``version`` tells the version of the data, cheaply, for the cache.

    ``headers`` are those that every response has; the app adds them itself to its own.
    """

    def __init__(
        self,
        app: _WsgiApp,
        *,
        threads: int,
        max_body_bytes: int,
        cache: ResponseCache,
        version: Callable[[], str],
        log: Callable[[dict[str, object]], None],
        headers: Mapping[str, str],
    ) -> None:
        self.headers = headers
        self._app = app
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="request")
        self._max_body_bytes = max_body_bytes
        self._cache = cache
        self._version = version
        self._log = log

    async def __call__(self, scope: _Message, receive: _Receive, send: _Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        started = time.perf_counter()
        sent = _Sent(send)
        exchange = Exchange()
        try:
            body = await _read_body(receive, self._max_body_bytes)
            if body is None:
                return
            await self._answer(scope, body, receive, sent, exchange)
        except Refusal as refusal:
            await sent.whole(refusal.status, refusal.headers(self.headers), refusal.body)
        finally:
            self._log(_line(scope, sent, exchange, started))

    def note_refusal(self, client: str, refusal: Refusal) -> None:
        """Log a request that was refused before it could be read."""
        line = {"client": client, "method": "-", "path": "-", "status": refusal.status, "bytes": len(refusal.body)}
        self._log({**line, "refused": str(refusal)})

    async def _answer(self, scope: _Message, body: bytes, receive: _Receive, sent: _Sent, exchange: Exchange) -> None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        key = _cache_key(scope, headers, body)
        asked = headers.get("if-none-match")
        kept = self._cache.get(self._version(), key) if key is not None else None
        if kept is not None and (kept.status != 304 or _matches(kept.etag, asked)):
            exchange.facts["cache"] = "hit"
            await _send_kept(sent, kept, asked)
            return
        watch = asyncio.ensure_future(_watch(receive, exchange))
        try:
            loop = asyncio.get_running_loop()
            environ = _environ(scope, headers, body, exchange)
            response = await loop.run_in_executor(self._pool, _call, self._app, environ)
            if response.whole is not None:
                self._keep(key, response, exchange)
                await sent.whole(response.status, response.headers, response.whole)
                return
            try:
                await self._stream(response, sent, exchange, key)
            finally:
                await loop.run_in_executor(self._pool, response.close)
        finally:
            watch.cancel()

    async def _stream(self, response: _Response, sent: _Sent, exchange: Exchange, key: object) -> None:
        """Pass the chunks on; when the app fails, return without an end, at which the server breaks the connection.

        An answer that came to its end, and is not too long, is kept like one that was whole at once.
        """
        loop = asyncio.get_running_loop()
        gathered: list[bytes] = []
        await sent.start(response.status, response.headers)
        while True:
            try:
                chunk = await loop.run_in_executor(self._pool, next, response.body, None)
            except Exception as reason:
                exchange.facts["cut"] = str(reason)
                return
            if chunk is None:
                break
            if exchange.gone():
                exchange.facts["cut"] = "client hung up"
                return
            if sent.bytes + len(chunk) <= self._cache.most_bytes:
                gathered.append(chunk)
            else:
                gathered.clear()
            await sent.more(chunk)
        await sent.end()
        if sent.bytes <= self._cache.most_bytes:
            headers = [*response.headers, ("Content-Length", str(sent.bytes))]
            self._keep(key, replace(response, headers=headers, whole=b"".join(gathered)), exchange)

    def _keep(self, key: object, response: _Response, exchange: Exchange) -> None:
        etag = next((value for name, value in response.headers if name.lower() == "etag"), None)
        if (
            key is not None
            and exchange.keep_for
            and etag
            and response.status in {200, 304}
            and response.whole is not None
        ):
            kept = Kept(response.status, tuple(response.headers), response.whole, etag)
            self._cache.put(exchange.keep_for, key, kept)


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


async def _read_body(receive: _Receive, limit: int) -> bytes | None:
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


async def _watch(receive: _Receive, exchange: Exchange) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    exchange.hang_up()


async def _send_kept(sent: _Sent, kept: Kept, asked: str | None) -> None:
    if _matches(kept.etag, asked):
        headers = [(name, value) for name, value in kept.headers if name.lower() not in _OF_A_BODY]
        await sent.whole(304, headers, b"")
    else:
        await sent.whole(kept.status, kept.headers, kept.body)


def _matches(etag: str, asked: str | None) -> bool:
    """Return whether If-None-Match names the tag, by the weak comparison (RFC 9110, section 13.1.2)."""
    return bool(asked) and etag.removeprefix("W/") in {tag.strip().removeprefix("W/") for tag in str(asked).split(",")}


def _cache_key(scope: _Message, headers: dict[str, str], body: bytes) -> tuple[object, ...] | None:
    """Return what a response may depend on besides the data; None for a request whose response is never kept."""
    if scope["method"] not in {"GET", "POST"} or "range" in headers:
        return None
    named = ("accept", "accept-encoding", "content-type", "host")
    return scope["method"], scope["path"], scope["query_string"], body, *(headers.get(name) for name in named)


def _environ(scope: _Message, headers: dict[str, str], body: bytes, exchange: Exchange) -> dict[str, Any]:
    """Return the WSGI environ (PEP 3333) of an ASGI scope."""
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
        if name in _OF_THE_CONNECTION:
            continue
        key = name.upper().replace("-", "_")
        environ[key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"] = value
    environ["CONTENT_LENGTH"] = str(len(body))
    return environ


def _call(app: _WsgiApp, environ: dict[str, Any]) -> _Response:
    """Run the app; a response without body, or one that says its length, is read whole and closed in this thread."""
    started: list[tuple[int, _Headers]] = []

    def start_response(status: str, headers: _Headers, exc_info: object = None) -> None:
        started[:] = [(int(status[:3]), headers)]

    chunks = app(environ, start_response)
    close = getattr(chunks, "close", lambda: None)
    iterator = iter(chunks)
    status, headers = started[0]
    if status not in _BODILESS and not any(name.lower() == "content-length" for name, _ in headers):
        return _Response(status, headers, iterator, None, close)
    try:
        return _Response(status, headers, iterator, b"".join(iterator), close)
    finally:
        close()


def _line(scope: _Message, sent: _Sent, exchange: Exchange, started: float) -> dict[str, object]:
    return {
        "client": (scope.get("client") or ("", 0))[0],
        "method": scope["method"],
        "path": scope["path"],
        "status": sent.status,
        "bytes": sent.bytes,
        "ms": round((time.perf_counter() - started) * 1000, 1),
        **exchange.facts,
    }
