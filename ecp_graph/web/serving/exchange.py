"""One request and its answer, as the app, the bridge and the express speak of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any, Final

from ecp_graph.errors import EcpGraphError

__all__ = ["ENVIRON_KEY", "Exchange", "Headers", "Receive", "Reply", "Scope", "Watch", "exchange_of"]

#: Where a WSGI environ has the exchange.
ENVIRON_KEY: Final = "ecp_graph.exchange"

#: What an ASGI server tells of a request, and any other of its messages.
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Scope]]
Headers = list[tuple[str, str]]


@dataclass
class Exchange:
    """What the app and the bridge tell each other about one request.

    ``cache_version`` is set by the app: the version of the data for which the response may be kept. ``facts`` are what
    the app adds to the access log. ``problem`` is what the engine refused already, for the app to tell.
    """

    _gone: bool = False
    cache_version: str | None = None
    problem: EcpGraphError | None = None
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


@dataclass(frozen=True)
class Reply:
    """A response: its body in chunks as they come, or whole; ``close`` is called when no more of the body is wanted."""

    status: int
    headers: Headers
    body: AsyncGenerator[bytes, None] | None = None
    whole: bytes | None = None
    close: Callable[[], Awaitable[object]] | None = None


class Watch:
    """Looks whether the client of an exchange hangs up, from when that matters."""

    def __init__(self, receive: Receive, exchange: Exchange) -> None:
        self._receive = receive
        self._exchange = exchange
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Look from now on."""
        if self._task is None:
            self._task = asyncio.ensure_future(self._look())

    def gone(self) -> bool:
        """Return whether the client has hung up; who asks that for the first time is told the next time."""
        self.begin()
        return self._exchange.gone()

    def end(self) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.cancel()

    async def _look(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._exchange.hang_up()
