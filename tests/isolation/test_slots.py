"""Whose turn it is: slots are shared fairly between clients, and none comes to nobody."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from ecp_graph.engine import Asker
from ecp_graph.engine.isolation.slots import Slots
from ecp_graph.errors import ClientGone, EngineBusy
from tests.waiting import wait_for


class Queue:
    """Slots, with each query that waits for one in a thread of its own."""

    def __init__(self, slots: int, queue: int) -> None:
        self.slots = Slots(slots, queue, part=slots // 2)
        self.order: list[str] = []
        self._threads = ThreadPoolExecutor(50)

    def ask(self, client: str, *, waits_s: float = 60) -> Future[None]:
        """Let a query of a client ask for a slot, and return when it waits or has one, or has been refused."""
        waits = threading.Event()

        def gone() -> bool:  # whoever waits is asked for it
            waits.set()
            return False

        asking = self._threads.submit(self._enter, Asker(client, gone=gone), waits_s)
        wait_for(lambda: waits.is_set() or asking.done())
        return asking

    def _enter(self, asker: Asker, waits_s: float) -> None:
        self.slots.enter(asker, time.monotonic() + waits_s, waits_s)
        self.order.append(asker.client)

    def leave(self, client: str) -> None:
        """Leave a slot to whoever is the next."""
        entered = len(self.order)
        self.slots.leave(client)
        wait_for(lambda: len(self.order) > entered)


def test_one_client_holds_its_part_and_another_needs_not_wait() -> None:
    queue = Queue(4, 10)
    for _ in range(4):
        queue.ask("a")
    assert queue.order == ["a", "a"]
    assert queue.ask("b").done()
    assert queue.order == ["a", "a", "b"]
    queue.leave("a")
    assert queue.order == ["a", "a", "b", "a"]


def test_a_free_slot_goes_to_the_client_that_holds_the_fewest() -> None:
    queue = Queue(4, 10)
    for client in ("a", "a", "b", "c"):
        queue.ask(client)
    for client in ("b", "c", "d"):
        queue.ask(client)
    queue.leave("a")
    assert queue.order[4:] == ["d"], "which came last, and holds none"
    queue.leave("a")
    assert queue.order[4:] == ["d", "b"]


def test_whoever_has_no_client_may_have_all_slots_and_keeps_the_order() -> None:
    queue = Queue(2, 10)
    for _ in range(3):
        queue.ask("")
    assert queue.order == ["", ""]
    with pytest.raises(EngineBusy, match="came free within"):
        queue.ask("", waits_s=0.1).result()


def test_a_full_queue_drops_the_last_query_of_the_client_that_has_most_in_it() -> None:
    queue = Queue(2, 3)
    queue.ask("a")
    waiting = [queue.ask("a") for _ in range(3)]
    with pytest.raises(EngineBusy, match="all query slots are in use"):
        queue.ask("a").result()
    queue.ask("b")  # has a slot at once
    queue.ask("c")
    with pytest.raises(EngineBusy):
        waiting[2].result()
    assert not waiting[0].done()
    queue.leave("b")
    assert queue.order == ["a", "b", "c"]


def test_a_slot_that_comes_to_nobody_is_free_again() -> None:
    slots = Slots(1, 1)
    slots.enter(Asker(), time.monotonic() + 60, 60)
    with pytest.raises(ClientGone):
        slots.enter(Asker(gone=lambda: True), time.monotonic() + 60, 60)
    with pytest.raises(EngineBusy):
        slots.enter(Asker(), time.monotonic() + 0.05, 0.05)
    slots.leave("")
    slots.enter(Asker(), time.monotonic() + 60, 60)


def test_it_is_told_when_all_are_free() -> None:
    slots, told = Slots(2, 0), list[bool]()
    slots.enter(Asker("a"), time.monotonic() + 60, 60)
    slots.when_empty(lambda: told.append(True))
    assert not told
    slots.leave("a")
    assert told
