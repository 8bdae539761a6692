"""Limits the query time of each client with a token bucket of seconds that refills over a minute."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from typing import Final

from ecp_graph.errors import OverBudget

__all__ = ["QueryBudget"]

_CLIENTS: Final = 10_000
_WINDOW_S: Final = 60.0


class QueryBudget:
    """Seconds of query time per client (by address) and minute; 0 means no limit."""

    def __init__(self, seconds_per_minute: float) -> None:
        self._limit_s = seconds_per_minute
        self._spent: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def check(self, client: str) -> None:
        """Raise OverBudget, with the seconds to wait, if the client has used up its query time."""
        if not self._limit_s:
            return
        with self._lock:
            spent = self._now(client)
        if spent >= self._limit_s:
            raise OverBudget(self._limit_s, retry_after_s=(spent - self._limit_s) / self._limit_s * _WINDOW_S + 1)

    def charge(self, client: str, seconds: float) -> None:
        """Subtract the seconds of a query from the client's budget."""
        if not self._limit_s:
            return
        with self._lock:
            self._spent[client] = (self._now(client) + seconds, time.monotonic())
            self._spent.move_to_end(client)
            while len(self._spent) > _CLIENTS:
                self._spent.popitem(last=False)

    def _now(self, client: str) -> float:
        spent, when = self._spent.get(client, (0.0, 0.0))
        return max(0.0, spent - (time.monotonic() - when) * self._limit_s / _WINDOW_S)
