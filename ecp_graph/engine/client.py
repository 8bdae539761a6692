"""HTTP with one other server, bounded in time whatever that server does.

httpx bounds a single read, not an exchange: a server that sends a byte a second is waited for without end, and so is
one whose name does not resolve. So an exchange runs in a thread of its own; at the limit its connection is shut down
and the caller goes on. Redirects are not followed: they would let the server choose where this machine sends its next
request. Only a failure to connect is tried again, so no request ever arrives twice.
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
#: Returns the IP addresses of a host; raises OSError when it may not be connected to.
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
    """Speaks to the server at one address; with a login, one exchange at a time."""

    def __init__(self, address: str, login: Login | None = None, resolve: Resolve | None = None) -> None:
        """Check the address; raises EndpointError for one that is not of the web or that holds a password.

        With ``resolve`` the connection goes to an IP address that it returned, and no proxy of the environment is used.
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
        """Send the request and return what ``take`` makes of a response of status 2xx, whose body it has yet to read.

        Raises EndpointTimeout past the limit, ClientGone as soon as ``gone`` says so, and EndpointError with what the
        server said for any other status, and for a server that does not answer as HTTP has it.
        """
        deadline = time.monotonic() + limit_s
        line = _Line()
        # Whoever waits cuts the line at the deadline; httpx's own limit is for a line that is not there yet.
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
        """Do the whole exchange and turn what httpx raises into EndpointError."""
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
                # What the system trusts, and not a list of httpx's own; slow to load, and nothing to plain HTTP.
                verify=url.scheme == "https" and ssl.create_default_context(),
                # With trust_env httpx fails at a proxy that it cannot use, though this address needs none.
                trust_env=False,
                proxy=None if self._resolve else _proxy(url),
                event_hooks={"response": [self._refuse_redirect]},
            )
        except (ImportError, ValueError, httpx.InvalidURL) as reason:
            raise self._error("the proxy set in the environment cannot be used", reason) from reason

    def _urls(self, request: httpx.Request) -> Sequence[httpx.URL]:
        """Return the addresses to connect to; what is asked for, and whose certificate is verified, stays the host."""
        if self._resolve is None:
            return [request.url]
        host = request.url.raw_host.decode("ascii")
        request.extensions["sni_hostname"] = host
        try:
            return [request.url.copy_with(host=place) for place in self._resolve(host)]
        except OSError as reason:
            raise self._error("it cannot be reached", reason) from reason

    def _send(self, client: httpx.Client, request: httpx.Request, take: Take[Result]) -> Result:
        # The client would log in by itself, but reads what comes with a challenge to the end, however long it is.
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
        """Refuse it before httpx looks at where it leads, which need not be an address."""
        if response.has_redirect_location:
            raise EndpointError(self.address, _saying(response), response.status_code)

    def _error(self, what: str, reason: Exception) -> EndpointError:
        said = shorten(_ERRNO.sub("", str(reason)).encode()) or type(reason).__name__
        return EndpointError(self.address, f"{what} ({said}).")


class _Line:
    """The connection of an exchange, to be cut from another thread."""

    def __init__(self) -> None:
        self._socket: socket.socket | None = None
        self.is_cut = threading.Event()

    def trace(self, event: str, info: dict[str, Any]) -> None:
        """Take the socket of a connection that has come about (the extension "trace" of httpx)."""
        if event.endswith((".connect_tcp.complete", ".start_tls.complete")):
            self._socket = info["return_value"].get_extra_info("socket")
            if self.is_cut.is_set():
                self.cut()

    def cut(self) -> None:
        """End every read and write that waits; the thread that does them closes the connection."""
        self.is_cut.set()
        if self._socket is not None:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


def _proxy(url: httpx.URL) -> str | None:
    """Return the proxy that the environment names for an address."""
    named = urllib.request.getproxies().get(url.scheme)
    if not named or urllib.request.proxy_bypass(url.netloc.decode("ascii")):
        return None
    return named if "://" in named else f"http://{named}"


def _parsed(address: str) -> httpx.URL | None:
    """Return a web address, or None when it is not one."""
    try:
        _ = urlsplit(address).port  # httpx lets a port past 65535 and half an IPv6 address pass
        url = httpx.URL(address)
    except (ValueError, httpx.InvalidURL):
        return None
    fits = url.scheme in {"http", "https"} and url.host and address.isprintable() and " " not in address
    return url if fits else None


def _saying(response: httpx.Response) -> str:
    """Return what a server said when it refused, shortened to a line."""
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
    """Return text of a server as one line of bounded length that cannot steer a terminal."""
    text = printable(" ".join(body.decode("utf-8", "replace").split()))
    return text if len(text) <= _LONGEST_SAYING else text[: _LONGEST_SAYING - 1] + "…"
