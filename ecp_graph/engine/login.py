"""A user and a password for another server, by the Basic or the Digest scheme, whichever the server asks for.

Nothing is sent before the server asks. After that the answer is sent along with each request, because a large body
would else go out twice.
"""

from __future__ import annotations

import contextlib
import urllib.request
from dataclasses import dataclass, field
from http.client import HTTPMessage
from typing import IO, Any
from urllib.request import HTTPPasswordMgrWithDefaultRealm, HTTPPasswordMgrWithPriorAuth, Request, parse_http_list

__all__ = ["Login", "login_handlers"]


@dataclass(frozen=True)
class Login:
    """A user and the password, which no message shows."""

    user: str
    password: str = field(repr=False)


def login_handlers(login: Login, address: str) -> tuple[urllib.request.BaseHandler, ...]:
    """Return urllib's handlers that log in at an address and at no other server."""
    basic = HTTPPasswordMgrWithPriorAuth()
    basic.add_password(None, address, login.user, login.password)
    digest = HTTPPasswordMgrWithDefaultRealm()
    digest.add_password(None, address, login.user, login.password)
    return _Digest(digest), _Basic(basic)


class _Tidy:
    """Closes a challenge that was answered; urllib leaves that to the garbage collector."""

    def http_error_401(self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage) -> Any:
        """Answer a challenge; None when there is nothing to answer it with."""
        try:
            answer = super().http_error_401(req, fp, code, msg, headers)  # type: ignore[misc]
        except BaseException:
            fp.close()
            raise
        if answer is not None:
            fp.close()
        return answer


class _Digest(_Tidy, urllib.request.HTTPDigestAuthHandler):
    """Digest that remembers the server's challenge (RFC 7616, section 3.6)."""

    def __init__(self, passwords: HTTPPasswordMgrWithDefaultRealm) -> None:
        super().__init__(passwords)
        self._challenge: dict[str, str] | None = None

    def retry_http_digest_auth(self, req: Request, auth: str) -> Any:
        """Answer a challenge once, and keep it for the requests to come; None when the answer was not accepted."""
        if getattr(req, "answered", False):  # urllib would try six times, and some servers then lock the user out
            return None
        req.answered = True  # type: ignore[attr-defined]
        _, _, challenge = auth.partition(" ")
        self._challenge = urllib.request.parse_keqv_list(parse_http_list(challenge))
        return super().retry_http_digest_auth(req, auth)

    def http_request(self, req: Request) -> Request:
        """Add the answer to the last challenge."""
        if self._challenge and not req.has_header(self.auth_header):
            authorization = self.get_authorization(req, self._challenge)
            req.add_unredirected_header(self.auth_header, f"Digest {authorization}")
        return req

    https_request = http_request


class _Basic(_Tidy, urllib.request.HTTPBasicAuthHandler):
    """Basic that leaves other schemes alone, where urllib's own takes them for an error."""

    def http_error_auth_reqed(self, authreq: str, host: str, req: Request, headers: HTTPMessage) -> None:
        """Answer a challenge; None when there is none of this scheme, or the answer was not accepted."""
        with contextlib.suppress(ValueError):
            return super().http_error_auth_reqed(authreq, host, req, headers)
