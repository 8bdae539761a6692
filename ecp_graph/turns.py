"""A fair lock: one caller at a time, in order of arrival, with a limited queue and waiting time."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from ecp_graph.errors import EngineBusy

__all__ = ["Turns"]


class Turns:
    """Admits threads one at a time, in order of arrival."""

    def __init__(self, *, most_waiting: int, limit_s: float) -> None:
        self._lock = threading.Lock()
        self._most = most_waiting + 1
        self._limit_s = limit_s
        #: The first one has its turn.
        self._queue: deque[threading.Event] = deque()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn and have it; raises EngineBusy when too many wait already, and after the limit of time."""
        mine = threading.Event()
        with self._lock:
            if len(self._queue) >= self._most:
                raise EngineBusy
            self._queue.append(mine)
            self._call_first()
        try:
            if not mine.wait(self._limit_s):
                raise EngineBusy(self._limit_s)
            yield
        finally:
            with self._lock:
                self._queue.remove(mine)
                self._call_first()

    def _call_first(self) -> None:
        if self._queue:
            self._queue[0].set()
