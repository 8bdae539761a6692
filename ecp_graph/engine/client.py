"""HTTP with one other server, bounded in time whatever that server does.

The standard library bounds a single read, not an exchange: a server that sends a byte a second is waited for without
end, and so is one whose name does not resolve. So an exchange runs in a thread of its own; at the limit its connection
is shut down and the caller goes on. Redirects are not followed: they would let the server choose where this machine
sends its next request. Only a failure to connect is tried again, so no request ever arrives twice.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import http.client
import re
import socket
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from functools import partial
from http.client import HTTPException, HTTPResponse
from typing import Any, Final, TypeVar
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

from ecp_graph.engine import never
from ecp_graph.engine.login import Login, login_handlers
from ecp_graph.engine.results import printable
from ecp_graph.errors import ClientGone, EndpointError, EndpointTimeout

__all__ = ["Client", "Dial", "Request", "read_whole", "shorten"]

Result = TypeVar("Result")
Request = urllib.request.Request
#: Connects to a host and a port, with a timeout in seconds, as `socket.create_connection` does.
Dial = Callable[..., socket.socket]

_PAUSES_S: Final = (0.1, 0.4)
_LOOK_UP_S: Final = 0.25
_SLACK_S: Final = 0.5
_CHUNK_BYTES: Final = 65_536
_LONGEST_SAYING: Final = 300
_LOGIN_WANTED: Final = 401
_TAG: Final = re.compile(rb"<[^<>]*>")
_REDIRECTS: Final = frozenset({301, 302, 303, 305, 307, 308})


class Client:
    """Speaks to the server at one address; with a login, one exchange at a time."""

    def __init__(self, address: str, login: Login | None = None, dial: Dial | None = None) -> None:
        """Check the address; raises EndpointError for one that is not of the web or that holds a password.

        With ``dial`` that alone connects, and a proxy of the environment is not used.
        """
        parts = _split(address)
        if parts is None:
            raise EndpointError(address, "the address of an endpoint begins with http:// or https://.")
        if "@" in parts.netloc:
            shown = address.replace(f"{parts.netloc.rpartition('@')[0]}@", "")
            raise EndpointError(shown, "its address holds a user or a password, which would show in messages and logs.")
        self.address = address
        self._handlers = login_handlers(login, address) if login else ()
        self._dial = dial

    def exchange(
        self,
        request: Request,
        take: Callable[[HTTPResponse], Result],
        *,
        limit_s: float,
        gone: Callable[[], bool] = never,
    ) -> Result:
        """Send the request and return what ``take`` makes of a response of status 2xx.

        Raises EndpointTimeout past the limit, ClientGone as soon as ``gone`` says so, and EndpointError with what the
        server said for any other status, and for a server that does not answer as HTTP has it.
        """
        deadline = time.monotonic() + limit_s
        for pause in (*_PAUSES_S, None):
            line = _Line()
            try:
                return self._wait(partial(self._work, request, take, line, deadline), line, deadline, limit_s, gone)
            except _NotConnected as reason:
                if pause is None or not reason.may_pass or time.monotonic() + pause > deadline:
                    raise EndpointError(self.address, f"it cannot be reached ({reason}).") from reason
                time.sleep(pause)
        raise AssertionError("the last attempt returns or raises")

    def _wait(
        self,
        work: Callable[[], Result],
        line: _Line,
        deadline: float,
        limit_s: float,
        gone: Callable[[], bool],
    ) -> Result:
        outcome: concurrent.futures.Future[Result] = concurrent.futures.Future()
        threading.Thread(target=_settle, args=(work, outcome), name="exchange", daemon=True).start()
        try:
            while (left := deadline - time.monotonic()) > 0:
                if concurrent.futures.wait([outcome], min(left, _LOOK_UP_S)).done:
                    return outcome.result()
                if gone():
                    raise ClientGone
        except TimeoutError as reason:
            raise EndpointTimeout(self.address, limit_s) from reason
        finally:
            if not outcome.done():
                line.cut()
        raise EndpointTimeout(self.address, limit_s)

    def _work(self, request: Request, take: Callable[[HTTPResponse], Result], line: _Line, deadline: float) -> Result:
        """Do the whole exchange and turn what the standard library raises into EndpointError or TimeoutError."""
        try:
            # Whoever waits cuts the line at the deadline; the socket's own limit is for a line that is not there yet.
            with self._open(request, line, max(0.0, deadline - time.monotonic()) + _SLACK_S) as response:
                return take(response)
        except HTTPError as answer:
            with answer:
                raise EndpointError(self.address, _saying(answer), answer.code) from answer
        except URLError as reason:
            cause = reason.reason
            if isinstance(cause, _NotConnected | TimeoutError):
                raise cause from reason
            raise EndpointError(self.address, f"the connection broke ({cause}).") from reason
        except TimeoutError:
            raise
        except (OSError, HTTPException) as reason:
            said = shorten(str(reason).encode()) or type(reason).__name__
            raise EndpointError(self.address, f"the connection broke ({said}).") from reason
        except ValueError as reason:
            raise EndpointError(
                self.address, f"its answer cannot be read ({shorten(str(reason).encode())})."
            ) from reason

    def _open(self, request: Request, line: _Line, timeout_s: float) -> HTTPResponse:
        opener = urllib.request.OpenerDirector()
        handlers: tuple[urllib.request.BaseHandler, ...] = (
            urllib.request.ProxyHandler({} if self._dial else None),
            _Http(line, self._dial),
            _Https(line, self._dial),
            urllib.request.HTTPErrorProcessor(),
            urllib.request.HTTPDefaultErrorHandler(),
            *self._handlers,
        )
        for handler in handlers:
            opener.add_handler(handler)
        response: HTTPResponse = opener.open(request, timeout=timeout_s)
        return response


def read_whole(response: HTTPResponse, endpoint: str) -> Iterator[bytes]:
    """Yield the body in chunks; raises EndpointError for one that ends before the length that was announced."""
    while chunk := response.read(_CHUNK_BYTES):
        yield chunk
    if response.length:  # http.client ends a body that was cut off as if it were whole
        raise EndpointError(endpoint, "the connection broke before the answer was whole.")


class _NotConnected(OSError):
    """No connection came about, so nothing was sent; ``may_pass`` when another attempt may do better."""

    def __init__(self, reason: OSError) -> None:
        super().__init__(reason.strerror or str(reason))
        again = isinstance(reason, socket.gaierror) and reason.errno == socket.EAI_AGAIN
        self.may_pass = again or isinstance(reason, ConnectionError)


class _Line:
    """The connection of an exchange, to be cut from another thread."""

    def __init__(self) -> None:
        self._socket: socket.socket | None = None
        self._is_cut = False

    def hold(self, connected: socket.socket) -> None:
        self._socket = connected
        if self._is_cut:
            self.cut()

    def cut(self) -> None:
        """End every read and write that waits; the thread that does them closes the connection."""
        self._is_cut = True
        if self._socket is not None:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


class _Connecting:
    """What both kinds of connection do: hand the socket over, and tell a failure to connect from later ones."""

    line: _Line
    sock: socket.socket

    def connect(self) -> None:
        try:
            super().connect()  # type: ignore[misc]
        except TimeoutError:
            raise
        except OSError as reason:
            raise _NotConnected(reason) from reason
        self.line.hold(self.sock)

    def send(self, data: Any) -> None:
        # A server may refuse a body before it has all of it, and close; its answer then says why.
        with contextlib.suppress(BrokenPipeError):
            super().send(data)  # type: ignore[misc]


class _HttpConnection(_Connecting, http.client.HTTPConnection):
    def __init__(self, *args: Any, line: _Line, dial: Dial | None, **options: Any) -> None:
        super().__init__(*args, **options)
        if dial:
            self._create_connection = dial
        self.line = line


class _HttpsConnection(_Connecting, http.client.HTTPSConnection):
    def __init__(self, *args: Any, line: _Line, dial: Dial | None, **options: Any) -> None:
        super().__init__(*args, **options)
        if dial:
            self._create_connection = dial
        self.line = line


class _Http(urllib.request.HTTPHandler):
    def __init__(self, line: _Line, dial: Dial | None) -> None:
        super().__init__()
        self._line = line
        self._dial = dial

    def http_open(self, req: Request) -> HTTPResponse:
        return self.do_open(_HttpConnection, req, line=self._line, dial=self._dial)  # type: ignore[arg-type]


class _Https(urllib.request.HTTPSHandler):
    def __init__(self, line: _Line, dial: Dial | None) -> None:
        super().__init__()
        self._line = line
        self._dial = dial

    def https_open(self, req: Request) -> HTTPResponse:
        return self.do_open(_HttpsConnection, req, line=self._line, dial=self._dial)  # type: ignore[arg-type]


def _settle(work: Callable[[], Result], outcome: concurrent.futures.Future[Result]) -> None:
    try:
        outcome.set_result(work())
    except BaseException as failure:
        outcome.set_exception(failure)


def _split(address: str) -> Any:
    """Return the parts of a web address, or None when it is not one."""
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return None
    fits = parts.scheme in {"http", "https"} and parts.hostname and address.isprintable() and " " not in address
    return parts if fits else None


def _saying(answer: HTTPError) -> str:
    """Return what a server said when it refused, shortened to a line."""
    if answer.code in _REDIRECTS:
        target = shorten((answer.headers.get("Location") or "nowhere").encode("utf-8", "replace"))
        return f"it redirects to {target}, and redirects are not followed. Give that address if you trust it."
    refused = "it lets nobody in with that login (user, password or rights); " if answer.code == _LOGIN_WANTED else ""
    with contextlib.suppress(OSError, HTTPException):
        body = answer.read(4 * _LONGEST_SAYING)
        if "html" in answer.headers.get_content_type():
            body = _TAG.sub(b" ", body)
        if said := shorten(body):
            return refused + said
    return refused + (printable(str(answer.reason)) or "it said nothing more.")


def shorten(body: bytes) -> str:
    """Return text of a server as one line of bounded length that cannot steer a terminal."""
    text = printable(" ".join(body.decode("utf-8", "replace").split()))
    return text if len(text) <= _LONGEST_SAYING else text[: _LONGEST_SAYING - 1] + "…"
