"""Admission control: how many queries run at once, how many wait for a slot, and who is next.

A free slot goes to the client that holds the fewest slots, and among equals to the one that has waited longest. A
client can hold only part of the slots, so a newcomer seldom has to wait for someone else's query to finish. When the
queue is full, the last query of the client with the most entries is dropped in favour of a client with fewer.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from typing import Final

from ecp_graph.engine import Asker
from ecp_graph.errors import ClientGone, EngineBusy

__all__ = ["LOOK_UP_S", "Slots"]

#: How often a query that is waiting, for a slot or for its answer, checks that its client is still connected.
LOOK_UP_S: Final = 0.25


class Slots:
    """A bounded number of slots, and a bounded queue of queries that wait for one.

    ``part`` is the maximum number of slots for one client, by default all. Queries without a client are not limited.
    """

    def __init__(self, slots: int, queue: int, *, part: int | None = None) -> None:
        self._lock = threading.Lock()
        self._slots = slots
        self._free = slots
        self._queue = queue
        self._part = part or slots
        self._held: Counter[str] = Counter()
        self._waiting: list[tuple[str, Future[None]]] = []
        self._on_empty: Callable[[], object] | None = None

    def enter(self, asker: Asker, deadline: float, limit_s: float) -> None:
        """Take a slot, waiting in the queue until the deadline; raises EngineBusy and ClientGone."""
        slot = self._ask(asker.client)
        try:
            while not slot.done():
                left = _left(deadline, limit_s, asker.gone)
                try:
                    slot.result(min(left, LOOK_UP_S))
                except TimeoutError:
                    continue
            slot.result()  # raises EngineBusy for one that was dropped from the queue
        except BaseException:
            self._give_up(asker.client, slot)
            raise

    def leave(self, client: str) -> None:
        """Release a slot."""
        with self._lock:
            self._release(client)
            on_empty = self._on_empty if self._free == self._slots else None
        if on_empty:
            on_empty()

    def when_empty(self, call: Callable[[], object]) -> None:
        """Call the function as soon as all slots are free, which may be immediately."""
        with self._lock:
            self._on_empty = call
            is_empty = self._free == self._slots
        if is_empty:
            call()

    def _ask(self, client: str) -> Future[None]:
        """Return a future that completes when a slot is assigned; raises EngineBusy if the queue is full."""
        slot: Future[None] = Future()
        with self._lock:
            if not (self._free and self._may_hold_more(client)) and len(self._waiting) >= self._queue:
                self._make_room(client)
            self._waiting.append((client, slot))
            self._assign()
        return slot

    def _may_hold_more(self, client: str) -> bool:
        return not client or self._held[client] < self._part

    def _assign(self) -> None:
        """Assign free slots to waiting queries, starting with the client that holds the fewest."""
        while self._free:
            entitled = [entry for entry in self._waiting if self._may_hold_more(entry[0])]
            if not entitled:
                return
            entry = min(entitled, key=lambda waiting: self._held[waiting[0]])  # of equals the first
            self._waiting.remove(entry)
            self._free -= 1
            self._held[entry[0]] += 1
            entry[1].set_result(None)

    def _make_room(self, client: str) -> None:
        """Drop a query of the client with the most queued queries; raises EngineBusy if that is this client."""
        queued = Counter(waiting for waiting, _ in self._waiting)
        greediest, most = queued.most_common(1)[0] if queued else (client, 0)
        if most <= queued[client] + 1:
            raise EngineBusy
        entry = next(entry for entry in reversed(self._waiting) if entry[0] == greediest)
        self._waiting.remove(entry)
        entry[1].set_exception(EngineBusy())

    def _give_up(self, client: str, slot: Future[None]) -> None:
        """Leave the queue, or release the slot if it has been assigned in the meantime."""
        with self._lock:
            if (client, slot) in self._waiting:
                self._waiting.remove((client, slot))
                return
        if slot.exception() is None:
            self.leave(client)

    def _release(self, client: str) -> None:
        self._free += 1
        self._held[client] -= 1
        if not self._held[client]:
            del self._held[client]
        self._assign()


def _left(deadline: float, limit_s: float, gone: Callable[[], bool]) -> float:
    """Return the seconds left until the deadline; raises EngineBusy if it has passed, and ClientGone."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise EngineBusy(limit_s)
    if gone():
        raise ClientGone
    return left
