"""One request, as the app and the bridge speak of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from ecp_graph.errors import ServerStopping

__all__ = ["ENVIRON_KEY", "Exchange", "Headers", "Receive", "Scope", "exchange_of", "watching"]

#: Where a WSGI environ has the exchange.
ENVIRON_KEY: Final = "ecp_graph.exchange"

#: What an ASGI server tells of a request, and any other of its messages.
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Scope]]
Headers = list[tuple[str, str]]


class BodyChunks(Protocol):
    """The body of a response that still comes; see `ecp_graph.web.http.answers.BodyStream`."""

    def chunks(self) -> AsyncGenerator[bytes, None]:
        """Yield the body in an event loop."""
        ...


@dataclass
class Exchange:
    """What the app and the bridge tell each other about one request.

    The app sets ``cache_version``, the version of the data for which the response may be cached; adds ``facts`` to the
    access log; and, where the bridge ``takes_streams``, leaves a body that still comes in ``stream``, for the event
    loop to send. ``is_stopping`` says whether the server was told to stop.
    """

    is_stopping: Callable[[], bool] = bool
    takes_streams: bool = False
    cache_version: str | None = None
    stream: BodyChunks | None = None
    facts: dict[str, object] = field(default_factory=dict)
    has_left: bool = False

    def gone(self) -> bool:
        """Return whether the client has hung up; raises ServerStopping when the server is about to."""
        if self.is_stopping():
            raise ServerStopping
        return self.has_left


def exchange_of(environ: MutableMapping[str, Any]) -> Exchange:
    """Return the exchange of a request; one that nobody reads when the app runs under another server."""
    found = environ.setdefault(ENVIRON_KEY, Exchange())
    assert isinstance(found, Exchange)  # noqa: S101 - narrows the type
    return found


@asynccontextmanager
async def watching(receive: Receive, exchange: Exchange) -> AsyncIterator[None]:
    """Note in the exchange when the client hangs up during the block."""

    async def look() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        exchange.has_left = True

    task = asyncio.ensure_future(look())
    try:
        yield
    finally:
        task.cancel()
