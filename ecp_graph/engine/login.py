"""A user and a password for another server, by the Basic or the Digest scheme, whichever the server asks for.

Nothing is sent before the server asks. After that the answer is sent along with each request, because a large body
would else go out twice.
"""

from __future__ import annotations

import contextlib
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Final

import httpx

__all__ = ["LOGIN_WANTED", "Answering", "Login"]

LOGIN_WANTED: Final = 401


@dataclass(frozen=True)
class Login:
    """A user and the password, which no message shows."""

    user: str
    password: str = field(repr=False)


class Answering(httpx.Auth):
    """Answers at most one challenge for a request, because some servers lock a user out after several failures."""

    def __init__(self, login: Login) -> None:
        self._digest = httpx.DigestAuth(login.user, login.password)
        self._basic = httpx.BasicAuth(login.user, login.password)
        self._wants_basic = False

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Yield the request, with the answer to an earlier challenge, and once more with the answer to a new one."""
        if self._wants_basic:
            yield from self._basic.auth_flow(request)
            return
        digest = self._digest.auth_flow(request)
        response = yield next(digest)
        # What httpx raises for a challenge that is malformed, or of a kind that it does not speak.
        with contextlib.suppress(StopIteration, KeyError, ValueError, NotImplementedError, httpx.ProtocolError):
            yield digest.send(response)
            return
        schemes = [challenge.lower() for challenge in response.headers.get_list("WWW-Authenticate")]
        if response.status_code == LOGIN_WANTED and any(scheme.startswith("basic") for scheme in schemes):
            self._wants_basic = True
            yield from self._basic.auth_flow(request)
