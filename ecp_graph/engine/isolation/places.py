"""Admission: so many queries at a time, so many that wait for a place, and no more."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

from ecp_graph.errors import ClientGone, EngineBusy

__all__ = ["Places"]

#: How often a query that waits looks up whether its client is still there.
_LOOK_UP_S: Final = 0.5


class Places:
    """A bounded number of places, and a bounded number of queries that wait for one."""

    def __init__(self, places: int, queue: int) -> None:
        self._condition = threading.Condition()
        self._places = places
        self._free = places
        self._queue = queue
        self._waiting = 0
        self._on_empty: Callable[[], object] | None = None

    def enter(self, deadline: float, limit_s: float, gone: Callable[[], bool]) -> None:
        """Take a place, waiting in the queue until the deadline; raises EngineBusy, and ClientGone."""
        with self._condition:
            if self._free == 0 and self._waiting >= self._queue:
                raise EngineBusy
            self._waiting += 1
            try:
                while self._free == 0:
                    left = deadline - time.monotonic()
                    if left <= 0:
                        raise EngineBusy(limit_s)
                    if gone():
                        raise ClientGone
                    self._condition.wait(min(left, _LOOK_UP_S))
            finally:
                self._waiting -= 1
            self._free -= 1

    def leave(self) -> None:
        """Give a place back."""
        with self._condition:
            self._free += 1
            self._condition.notify()
            on_empty = self._on_empty if self._free == self._places else None
        if on_empty:
            on_empty()

    def when_empty(self, call: Callable[[], object]) -> None:
        """Call that as soon as every place is free, which may be now."""
        with self._condition:
            self._on_empty = call
            empty = self._free == self._places
        if empty:
            call()
