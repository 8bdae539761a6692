"""An HTTP client for one server, with an overall time limit.

httpx limits single reads, not a whole exchange: a server that sends one byte per second, or a host name that does not
resolve, would block indefinitely. So an exchange runs in a separate thread; at the time limit its connection is shut
down and the caller continues. Redirects are not followed, because they would let the server choose where the next
request goes. Only a failed connection is retried, so no request ever arrives twice.
"""

from __future__ import annotations

import contextlib
import itertools
import re
import socket
import ssl
import threading
import time
import urllib.request
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

import httpx

from ecp_graph.engine import never
from ecp_graph.engine.login import LOGIN_WANTED, Answering, Login
from ecp_graph.errors import ClientGone, EndpointError, EndpointTimeout
from ecp_graph.sparql.results import printable

__all__ = ["Client", "Resolve", "shorten"]

Result = TypeVar("Result")
Take = Callable[[httpx.Response], Result]
#: Returns the IP addresses of a host; raises OSError if connecting to it is not allowed.
Resolve = Callable[[str], Sequence[str]]

_PAUSES_S: Final = (0.0, 0.1, 0.4)
_LOOK_UP_S: Final = 0.25
_SLACK_S: Final = 0.5
_LONGEST_SAYING: Final = 300
_NOT_MODIFIED: Final = 304
_TAG: Final = re.compile(rb"<[^<>]*>")
_ERRNO: Final = re.compile(r"^\[Errno -?\d+\] ")
_NOT_CONNECTED: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError)


class Client:
    """A client for the server at one address; with a login, it runs one exchange at a time."""

    def __init__(self, address: str, login: Login | None = None, resolve: Resolve | None = None) -> None:
        """Check the address; raises EndpointError if it is not an http(s) address or contains a password.

        With ``resolve``, the connection goes to an IP address that it returned, and proxies of the environment are not
        used.
        """
        url = _parsed(address)
        if url is None:
            raise EndpointError(address, "the address of an endpoint must begin with http:// or https://.")
        if url.userinfo:
            shown = str(url.copy_with(userinfo=b""))
            raise EndpointError(
                shown, "its address contains a user name or a password, which would appear in messages and logs."
            )
        self.address = address
        self._auth = Answering(login) if login else httpx.Auth()
        self._resolve = resolve

    def exchange(
        self, request: httpx.Request, take: Take[Result], *, limit_s: float, gone: Callable[[], bool] = never
    ) -> Result:
        """Send the request, and return the result of calling ``take`` on a 2xx response whose body is still unread.

        Raises EndpointTimeout at the time limit, ClientGone as soon as ``gone`` returns true, and EndpointError with
        the server's message for any other status or a violation of HTTP.
        """
        deadline = time.monotonic() + limit_s
        line = _Line()
        # The waiting thread closes the connection at the deadline; httpx's own limit covers the time before it exists.
        request.extensions = {"timeout": httpx.Timeout(limit_s + _SLACK_S).as_dict(), "trace": line.trace}
        request.headers.update({"Accept-Encoding": "identity", "Connection": "close"})
        outcome: Future[Result] = Future()

        def work() -> None:
            try:
                outcome.set_result(self._work(request, take, line))
            except BaseException as failure:
                outcome.set_exception(failure)

        threading.Thread(target=work, name="exchange", daemon=True).start()
        try:
            while (left := deadline - time.monotonic()) > 0:
                if wait([outcome], min(left, _LOOK_UP_S)).done:
                    return outcome.result()
                if gone():
                    raise ClientGone
        finally:
            line.cut()
        raise EndpointTimeout(self.address, limit_s)

    def _work(self, request: httpx.Request, take: Take[Result], line: _Line) -> Result:
        """Run the exchange, and convert errors of httpx to EndpointError."""
        failure: Exception = TimeoutError()
        try:
            with self._opened(request.url) as client:
                for pause, url in itertools.product(_PAUSES_S, self._urls(request)):
                    if line.is_cut.wait(pause):
                        break
                    request.url = url
                    try:
                        return self._send(client, request, take)
                    except _NOT_CONNECTED as reason:
                        failure = reason
        except (httpx.HTTPError, OSError) as reason:
            raise self._error("the connection broke", reason) from reason
        raise self._error("it cannot be reached", failure) from failure

    def _opened(self, url: httpx.URL) -> httpx.Client:
        try:
            return httpx.Client(
                # The system's certificates, not those of httpx; slow to load, and not needed for plain HTTP.
                verify=url.scheme == "https" and ssl.create_default_context(),
                # With trust_env, httpx fails on an unusable proxy even if this address needs none.
                trust_env=False,
                proxy=None if self._resolve else _proxy(url),
                event_hooks={"response": [self._refuse_redirect]},
            )
        except (ImportError, ValueError, httpx.InvalidURL) as reason:
            raise self._error("the proxy set in the environment cannot be used", reason) from reason

    def _urls(self, request: httpx.Request) -> Sequence[httpx.URL]:
        """Return the URLs to connect to; the host name in the request and for the certificate does not change."""
        if self._resolve is None:
            return [request.url]
        host = request.url.raw_host.decode("ascii")
        request.extensions["sni_hostname"] = host
        try:
            return [request.url.copy_with(host=place) for place in self._resolve(host)]
        except OSError as reason:
            raise self._error("it cannot be reached", reason) from reason

    def _send(self, client: httpx.Client, request: httpx.Request, take: Take[Result]) -> Result:
        # httpx could log in by itself, but it reads the body of a challenge to the end, however long it is.
        answers = self._auth.auth_flow(request)
        request = next(answers)
        while True:
            with contextlib.closing(client.send(request, stream=True)) as response:
                with contextlib.suppress(StopIteration):
                    request = answers.send(response)
                    continue
                if response.is_success:
                    return take(response)
                raise EndpointError(self.address, _saying(response), response.status_code)

    def _refuse_redirect(self, response: httpx.Response) -> None:
        """Refuse a redirect before httpx parses its target, which need not be a valid address."""
        if response.has_redirect_location:
            raise EndpointError(self.address, _saying(response), response.status_code)

    def _error(self, what: str, reason: Exception) -> EndpointError:
        said = shorten(_ERRNO.sub("", str(reason)).encode()) or type(reason).__name__
        return EndpointError(self.address, f"{what} ({said}).")


class _Line:
    """The connection of an exchange, which another thread can shut down."""

    def __init__(self) -> None:
        self._socket: socket.socket | None = None
        self.is_cut = threading.Event()

    def trace(self, event: str, info: dict[str, Any]) -> None:
        """Store the socket of an established connection (the "trace" extension of httpx)."""
        if event.endswith((".connect_tcp.complete", ".start_tls.complete")):
            self._socket = info["return_value"].get_extra_info("socket")
            if self.is_cut.is_set():
                self.cut()

    def cut(self) -> None:
        """Abort all pending reads and writes; the thread that runs them closes the connection."""
        self.is_cut.set()
        if self._socket is not None:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


def _proxy(url: httpx.URL) -> str | None:
    """Return the proxy that the environment sets for an address."""
    named = urllib.request.getproxies().get(url.scheme)
    if not named or urllib.request.proxy_bypass(url.netloc.decode("ascii")):
        return None
    return named if "://" in named else f"http://{named}"


def _parsed(address: str) -> httpx.URL | None:
    """Return an http(s) URL, or None if it is not one."""
    try:
        _ = urlsplit(address).port  # httpx lets a port past 65535 and half an IPv6 address pass
        url = httpx.URL(address)
    except (ValueError, httpx.InvalidURL):
        return None
    fits = url.scheme in {"http", "https"} and url.host and address.isprintable() and " " not in address
    return url if fits else None


def _saying(response: httpx.Response) -> str:
    """Return the error message of a server, shortened to one line."""
    if response.is_redirect and response.status_code != _NOT_MODIFIED:
        target = shorten(response.headers.get("Location", "nowhere").encode())
        return f"it redirects to {target}, and redirects are not followed. Give that address if you trust it."
    refused = ""
    if response.status_code == LOGIN_WANTED:
        refused = "it rejected the login (user, password or permissions); "
    with contextlib.suppress(httpx.HTTPError):
        body = next(response.iter_raw(4 * _LONGEST_SAYING), b"")
        if "html" in response.headers.get("Content-Type", ""):
            body = _TAG.sub(b" ", body)
        if said := shorten(body):
            return refused + said
    return refused + (printable(response.reason_phrase) or "it gave no further reason.")


def shorten(body: bytes) -> str:
    """Return text from a server as one line of limited length, without terminal control characters."""
    text = printable(" ".join(body.decode("utf-8", "replace").split()))
    return text if len(text) <= _LONGEST_SAYING else text[: _LONGEST_SAYING - 1] + "…"
