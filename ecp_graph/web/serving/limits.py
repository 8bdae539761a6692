"""Adds the limits that uvicorn lacks: header size, header timeout, and clients that stop reading.

uvicorn accepts headers of any size, waits for them indefinitely, answers malformed requests in plain text without the
server's own headers, and keeps a connection open while its client reads nothing.
"""

from __future__ import annotations

import re
from asyncio import Transport
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from ecp_graph.web.serving.refusals import Refusal, too_long

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop, TimerHandle
    from collections.abc import Callable

    from ecp_graph.web.serving.asgi import Bridge

__all__ = ["GuardedProtocol"]

#: The longest URL that httptools accepts.
_MAX_URL_BYTES: Final = 65_000
_MAX_HEADER_BYTES: Final = 32_768
_MOST_DIGITS: Final = 18
#: A registered name or an address, and a port (RFC 3986, section 3.2.2).
_HOST: Final = re.compile(
    rb"(?:\[[0-9A-Fa-f:.]{2,45}\]|(?P<name>[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,252}))\.?)(?::[0-9]{0,5})?"
)


class _Joining(Transport):
    """Sends the headers of a response together with the beginning of its body, in one system call and packet.

    ``close`` ends the connection. A response without a body must not wait, because the next one may be ready before
    the next iteration of the event loop.
    """

    def __init__(
        self, transport: Transport, loop: AbstractEventLoop, *, has_body: bool, close: Callable[[], None]
    ) -> None:
        self._transport = transport
        self._loop = loop
        self._close = close
        self._head: bytes | None = None
        self._is_begun = not has_body

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send data; the first piece waits for the second, at most until the next iteration of the event loop."""
        if not self._is_begun:
            self._is_begun = True
            self._head = bytes(data)
            self._loop.call_soon(self._send_head)
        else:
            head, self._head = self._head, None
            self._transport.write(head + data if head else data)

    def close(self) -> None:
        """Close the connection after the data sent so far."""
        self._send_head()
        self._close()

    def is_closing(self) -> bool:
        """Return whether the connection is closing."""
        return self._transport.is_closing()

    def _send_head(self) -> None:
        head, self._head = self._head, None
        if head:
            self._transport.write(head)


class GuardedProtocol(HttpToolsProtocol):
    """One connection; refuses or disconnects clients that would tie up memory or connections."""

    _clock: TimerHandle | None = None
    _stalled: TimerHandle | None = None
    _closing: TimerHandle | None = None
    _refusal: Refusal | None = None
    _is_refused = False
    _header_bytes = 0
    #: Whether no request is being received.
    _is_between = True

    @property
    def _bridge(self) -> Bridge:
        return cast("Bridge", self.config.app)

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Start the timeout for the headers of the first request."""
        super().connection_made(transport)
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Handle the end of the connection, and notify the app."""
        for timer in (self._clock, self._stalled, self._closing):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Process received bytes; request headers must be complete within the timeout."""
        if self._is_refused:
            return
        super().data_received(data)
        if self._clock is None and self._is_idle() and not self._is_refused:
            self._wait_for_head()

    def on_message_begin(self) -> None:
        """Begin a request."""
        self._is_between = False
        self._header_bytes = 0
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        """Process a part of the URL; raises Refusal if it is too long."""
        super().on_url(url)
        if len(self.url) > _MAX_URL_BYTES:
            sentence = f"The address is longer than {_MAX_URL_BYTES // 1000} kB. Send the query with POST."
            raise self._refuse(Refusal(414, "uri-too-long", sentence))

    def on_header(self, name: bytes, value: bytes) -> None:
        """Process a header; raises Refusal if the headers are too long in total."""
        super().on_header(name, value)
        self._header_bytes += len(name) + len(value) + 4
        if self._header_bytes > _MAX_HEADER_BYTES:
            sentence = f"The headers are longer than {_MAX_HEADER_BYTES // 1024} kB in total. Send fewer."
            raise self._refuse(Refusal(431, "headers-too-long", sentence))

    def on_headers_complete(self) -> None:
        """Pass the request to the app.

        Raises Refusal for HTTP/1.1 without a valid Host header (RFC 9112, section 3.2), and if Content-Length exceeds
        the limit.
        """
        self._stop_clock()
        hosts = [value for name, value in self.headers if name == b"host"]
        if len(hosts) > 1 or (not hosts and self.parser.get_http_version() == "1.1"):
            raise self._refuse(Refusal(400, "bad-request", "A request must have exactly one Host header."))
        if hosts and not _is_host(hosts[0]):
            raise self._refuse(Refusal(400, "bad-request", "The Host header names no host."))
        most = self._bridge.most_bytes(bytes(self.url).partition(b"?")[0].decode("latin-1"))
        if any(name == b"content-length" and _is_more(value, most) for name, value in self.headers):
            raise self._refuse(too_long(most))
        super().on_headers_complete()
        has_body = self.parser.get_method() != b"HEAD"
        self.cycle.transport = _Joining(self.transport, self.loop, has_body=has_body, close=self._close)

    def on_message_complete(self) -> None:
        """End a request."""
        self._is_between = True
        super().on_message_complete()

    def _is_idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def pause_writing(self) -> None:
        """Pause sending until the client has read; start the timeout for that."""
        super().pause_writing()
        self._stalled = self.loop.call_later(self._bridge.patience.stall_s, self.transport.abort)

    def resume_writing(self) -> None:
        """Resume sending."""
        super().resume_writing()
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    def timeout_keep_alive_handler(self) -> None:
        """Close a connection on which no further request has arrived."""
        self._close()

    def _close(self) -> None:
        """Close the connection after the data sent so far, as long as its client keeps reading."""
        if self.transport.is_closing():
            return
        if not self._is_between and not self._is_refused:
            self._linger()
            return
        self.transport.close()
        self._abort_unless_read(self.transport.get_write_buffer_size())

    def _linger(self) -> None:
        """Read and discard the rest of an answered request, then close."""
        self._is_refused = True
        self.transport.write_eof()
        self.flow.resume_reading()
        self.loop.call_later(self._bridge.patience.linger_s, self._close)

    def _abort_unless_read(self, unsent: int) -> None:
        def look() -> None:
            left = self.transport.get_write_buffer_size()
            if left < unsent:
                self._abort_unless_read(left)
            else:
                self.transport.abort()

        self._closing = self.loop.call_later(self._bridge.patience.stall_s, look)

    def send_400_response(self, msg: str) -> None:
        """Respond to a request that is malformed or was refused during parsing, and close the connection."""
        refusal = self._refusal or Refusal(400, "bad-request", "This is not a valid HTTP/1.1 request.")
        if self._is_refused or self.transport.is_closing():
            return
        if self._owes_another_answer():
            self._close()
            return
        head = [f"HTTP/1.1 {refusal.status} {HTTPStatus(refusal.status).phrase}"]
        head += [f"{name}: {value}" for name, value in refusal.headers(self._bridge.headers)]
        self.transport.write("\r\n".join([*head, "", ""]).encode("latin-1") + refusal.body)
        self._linger()
        self._bridge.note_refusal(self.client[0] if self.client else "", refusal)

    def _owes_another_answer(self) -> bool:
        """Return whether a refusal could be mistaken for, or be mixed with, the response to another request."""
        cycle = self.cycle
        if cycle is None or cycle.response_complete:
            return False
        return cycle.response_started or cycle.scope is not self.scope or bool(self.pipeline)

    def _refuse(self, refusal: Refusal) -> Refusal:
        self._refusal = refusal
        return refusal

    def _stop_clock(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None

    def _wait_for_head(self) -> None:
        self._clock = self.loop.call_later(self._bridge.patience.head_s, self._on_late_head)

    def _on_late_head(self) -> None:
        self._clock = None
        if self.transport.is_closing():
            return
        sentence = f"The head of the request did not come in {self._bridge.patience.head_s:g} s."
        self._refuse(Refusal(408, "request-timeout", sentence))
        self.send_400_response("")


def _is_host(value: bytes) -> bool:
    found = _HOST.fullmatch(value.strip())
    if found is None or b".." in value:
        return False
    try:
        (found["name"] or b"").decode("idna")
    except UnicodeError:
        return False
    return True


def _is_more(length: bytes, most: int) -> bool:
    return not length.isdigit() or len(length) > _MOST_DIGITS or int(length) > most
