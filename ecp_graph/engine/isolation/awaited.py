"""The same as `ecp_graph.engine.isolation.pool` does for a thread, for an event loop: no thread waits for a query.

A query that takes a millisecond is not worth handing over to a thread, which takes as long again.
"""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final

from ecp_graph.engine.isolation.crew import Worker
from ecp_graph.engine.isolation.frames import Decoder, frame
from ecp_graph.engine.isolation.places import settle
from ecp_graph.engine.isolation.pool import FIRST_BYTES, IsolatedEngine, failure, loss
from ecp_graph.errors import ClientGone, QueryTimeout

__all__ = ["AwaitedAnswer", "ask_soon"]

_CHUNK_BYTES: Final = 65_536
#: How often it is looked up whether the client is still there; the first look may only begin to find out.
_LOOK_UP_S: Final = 0.25


class AwaitedAnswer:
    """One query in one worker: what it has answered so far, and the rest as it comes.

    The worker goes back at the last byte, at the first failure, at the deadline even while nobody reads, or when this
    is closed. All of it happens in the event loop that it was made in.
    """

    def __init__(self, engine: IsolatedEngine, worker: Worker, deadline: float, limit_s: float) -> None:
        self._engine = engine
        self._worker: Worker | None = worker
        self._deadline = deadline
        self._limit_s = limit_s
        self._frames = Decoder()
        self._clock: asyncio.TimerHandle | None = None
        self._overran = False
        #: The first bytes, and whether they are all.
        self.first = b""
        self.is_whole = False
        self.facts: dict[str, object] = {}

    async def begin(self, request: dict[str, object], gone: Callable[[], bool]) -> None:
        """Send the query and gather the first bytes of its answer; raises what `IsolatedEngine.query` raises."""
        assert self._worker is not None  # noqa: S101 - narrows the type
        loop = asyncio.get_running_loop()
        try:
            try:
                await _send(self._worker.connection, frame(b"Q", json.dumps(request).encode()))
            except OSError:
                await self._lose()
            chunks: list[bytes] = []
            size = 0
            while size < FIRST_BYTES:
                chunk = await self._next(gone)
                if chunk is None:
                    self.is_whole = True
                    break
                chunks.append(chunk)
                size += len(chunk)
            self.first = b"".join(chunks)
        except BaseException:
            self.close()
            raise
        if not self.is_whole:
            self._clock = loop.call_later(max(0.0, self._deadline - time.monotonic()), self._overrun)

    async def more(self, gone: Callable[[], bool]) -> bytes | None:
        """Return bytes behind the first, or None after the last; raises as `begin` does, for a cut answer."""
        chunk = await self._next(gone) if self._worker else None
        if chunk is None and self._overran:
            raise QueryTimeout(self._limit_s)
        return chunk

    def close(self) -> None:
        """Free the worker, whatever it is doing; the rest of the answer is lost."""
        self._free(usable=False)

    async def _next(self, gone: Callable[[], bool]) -> bytes | None:
        while (found := self._frames.next()) is None:
            await self._read(gone)
        tag, payload = found
        if tag == b"D":
            return payload
        said: dict[str, Any] = json.loads(payload)
        self._free(usable=not said.pop("retires", False))
        if tag == b"F":
            raise failure(said)
        self.facts.update(said)
        return None

    async def _read(self, gone: Callable[[], bool]) -> None:
        """Take what the worker has sent; raises QueryTimeout at the deadline, ClientGone soon after the client went."""
        worker, self._worker = self._worker, None  # so that the clock leaves it alone meanwhile
        if worker is None:
            raise QueryTimeout(self._limit_s)
        try:
            left = self._deadline - time.monotonic()
            data = await _received(worker.connection, max(0.0, min(left, _LOOK_UP_S)))
        finally:
            self._worker = worker
        if data:
            self._frames.feed(data)
        elif data is not None:
            await self._lose()
        elif time.monotonic() >= self._deadline:
            self.close()
            raise QueryTimeout(self._limit_s)
        elif gone():
            self.close()
            raise ClientGone

    def _overrun(self) -> None:
        """Free the worker at the deadline, when whoever reads the answer does not come to see that it has passed."""
        if self._worker:
            self._overran = True
            self.close()

    async def _lose(self) -> None:
        """Raise what the worker's end means."""
        ended = self._free(usable=False)
        raise loss(await ended if ended else 1, self._limit_s)

    def _free(self, *, usable: bool) -> Awaitable[int] | None:
        """Give the worker back, in a thread where another one has to be forked; return how it ended, when known."""
        worker, self._worker = self._worker, None
        if self._clock:
            self._clock.cancel()
        if worker is None:
            return None
        if usable:
            self._engine.give_back(worker, usable=True)
            return None
        return asyncio.get_running_loop().run_in_executor(None, partial(self._engine.give_back, worker, usable=False))


async def _send(connection: socket.socket, data: bytes) -> None:
    """Send bytes, nearly always at once; raises OSError when the other side is gone."""
    try:
        sent = connection.send(data)
    except BlockingIOError:
        sent = 0
    if sent < len(data):
        await asyncio.get_running_loop().sock_sendall(connection, memoryview(data)[sent:])


async def _received(connection: socket.socket, seconds: float) -> bytes | None:
    """Return what a connection has to be read, nothing when the other side is gone, None when nothing comes in time.

    It is waited for and then read: to give up a read could lose what it has just read.
    """
    loop = asyncio.get_running_loop()
    readable = loop.create_future()
    loop.add_reader(connection, settle, readable)
    clock = loop.call_later(seconds, settle, readable)
    try:
        await readable
    finally:
        clock.cancel()
        loop.remove_reader(connection)
    try:
        return connection.recv(_CHUNK_BYTES)
    except BlockingIOError:
        return None
    except OSError:
        return b""


async def ask_soon(
    engine: IsolatedEngine, request: dict[str, object], limit_s: float, gone: Callable[[], bool]
) -> AwaitedAnswer:
    """Return the begun answer to a query, put into words by `order`; raises what `IsolatedEngine.query` raises."""
    deadline = time.monotonic() + limit_s
    worker = await engine.take_soon(deadline, limit_s, gone)
    answer = AwaitedAnswer(engine, worker, deadline, limit_s)
    await answer.begin(request, gone)
    return answer
