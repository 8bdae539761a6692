"""Admission: so many queries at a time, so many that wait for a place, first come first served, and no more."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Final

from ecp_graph.errors import ClientGone, EngineBusy

__all__ = ["LOOK_UP_S", "Places", "settle"]

#: How often a query that waits looks up whether its client is still there.
LOOK_UP_S: Final = 0.5


class Places:
    """A bounded number of places, and a bounded number of queries that wait for one."""

    def __init__(self, places: int, queue: int) -> None:
        self._lock = threading.Lock()
        self._places = places
        self._free = places
        self._queue = queue
        self._waiting: deque[Future[None]] = deque()
        self._on_empty: Callable[[], object] | None = None

    def enter(self, deadline: float, limit_s: float, gone: Callable[[], bool]) -> None:
        """Take a place, waiting in the queue until the deadline; raises EngineBusy, and ClientGone."""
        place = self._ask()
        try:
            while not place.done():
                left = _left(deadline, limit_s, gone)
                try:
                    place.result(min(left, LOOK_UP_S))
                except TimeoutError:
                    continue
        except BaseException:
            self._give_up(place)
            raise

    async def enter_soon(self, deadline: float, limit_s: float, gone: Callable[[], bool]) -> None:
        """Do the same without holding up the event loop."""
        place = self._ask()
        try:
            while not place.done():
                await _done(place, min(deadline - time.monotonic(), LOOK_UP_S))
                if not place.done():
                    _left(deadline, limit_s, gone)
        except BaseException:
            self._give_up(place)
            raise

    def leave(self) -> None:
        """Give a place back; it goes to the query that has waited longest."""
        with self._lock:
            heir = self._waiting.popleft() if self._waiting else None
            self._free += heir is None
            on_empty = self._on_empty if self._free == self._places else None
        if heir:
            heir.set_result(None)
        if on_empty:
            on_empty()

    def when_empty(self, call: Callable[[], object]) -> None:
        """Call that as soon as every place is free, which may be now."""
        with self._lock:
            self._on_empty = call
            empty = self._free == self._places
        if empty:
            call()

    def _ask(self) -> Future[None]:
        """Return what is done as soon as a place is taken; raises EngineBusy when the queue is full."""
        place: Future[None] = Future()
        with self._lock:
            if self._free:
                self._free -= 1
                place.set_result(None)
            elif len(self._waiting) >= self._queue:
                raise EngineBusy
            else:
                self._waiting.append(place)
        return place

    def _give_up(self, place: Future[None]) -> None:
        """Leave the queue, or the place if it has come meanwhile."""
        with self._lock:
            waits = place in self._waiting
            if waits:
                self._waiting.remove(place)
        if not waits:
            self.leave()


async def _done(place: Future[None], seconds: float) -> None:
    """Wait until a place is there, so many seconds at most; `asyncio.wait` takes as long as a short query for that."""
    loop = asyncio.get_running_loop()
    waiter = loop.create_future()

    def tell(_: object) -> None:
        if asyncio._get_running_loop() is loop:
            settle(waiter)
        else:
            loop.call_soon_threadsafe(settle, waiter)

    place.add_done_callback(tell)
    clock = loop.call_later(seconds, settle, waiter)
    try:
        await waiter
    finally:
        clock.cancel()


def settle(waiter: asyncio.Future[None]) -> None:
    """Let go on whoever awaits that, unless it has been told already."""
    if not waiter.done():
        waiter.set_result(None)


def _left(deadline: float, limit_s: float, gone: Callable[[], bool]) -> float:
    """Return the seconds that are left; raises EngineBusy when there are none, and ClientGone."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise EngineBusy(limit_s)
    if gone():
        raise ClientGone
    return left
