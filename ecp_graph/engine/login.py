"""A user and a password for another server, by the Basic or the Digest scheme, whichever the server asks for.

Nothing is sent before the server asks. After that the answer is sent along with each request, because a large body
would else go out twice.
"""

from __future__ import annotations

import urllib.request
from dataclasses import dataclass, field
from typing import Any
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
    return _Digest(digest), urllib.request.HTTPBasicAuthHandler(basic)


class _Digest(urllib.request.HTTPDigestAuthHandler):
    """Digest that remembers the server's challenge (RFC 7616, section 3.6)."""

    def __init__(self, passwords: HTTPPasswordMgrWithDefaultRealm) -> None:
        super().__init__(passwords)
        self._challenge: dict[str, str] | None = None

    def retry_http_digest_auth(self, req: Request, auth: str) -> Any:
        """Answer a challenge, and keep it for the requests to come."""
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
