"""Turns: one at a time, in order, with bounds on how many wait and how long."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor, wait

import pytest

from ecp_graph.errors import EngineBusy
from ecp_graph.turns import Turns


def test_turns_come_one_at_a_time_in_the_order_of_asking() -> None:
    turns = Turns(most_waiting=3, limit_s=60)
    done: list[int] = []
    inside = threading.Semaphore(1)

    def take(number: int) -> None:
        with turns.turn():
            assert inside.acquire(blocking=False)
            done.append(number)
            inside.release()

    with ThreadPoolExecutor(3) as pool, turns.turn():
        pending = []
        for number in range(3):
            pending.append(pool.submit(take, number))
            while len(turns._queue) < number + 2:
                assert not pending[-1].done()
    wait(pending)
    assert [future.result() for future in pending] == [None] * 3
    assert done == [0, 1, 2]


def test_too_many_are_refused_at_once_and_too_long_a_wait_ends() -> None:
    full, slow = Turns(most_waiting=0, limit_s=60), Turns(most_waiting=1, limit_s=0.1)
    with full.turn(), pytest.raises(EngineBusy), full.turn():
        pass
    with slow.turn(), pytest.raises(EngineBusy) as caught, slow.turn():
        pass
    assert caught.value.waited_s == 0.1
    for turns in (full, slow):
        with turns.turn():
            pass
