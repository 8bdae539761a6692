"""How the cost of some work grows with the size of what it is done on."""

from __future__ import annotations

import gc
import math
import time
from collections.abc import Callable
from typing import TypeVar

__all__ = ["LINEAR", "exponent"]

_Thing = TypeVar("_Thing")
_TIMES = 16
_ROUNDS = 5
LINEAR = 1.5
"""An exponent below it is that of a cost in proportion to the size; a quadratic cost has 2."""


def exponent(work: Callable[[_Thing], object], of_size: Callable[[int], _Thing], size: int) -> float:
    """Return the power of the size with which the work's cost grows, from that size to sixteen times as much.

    No time is judged, only the ratio of two measured side by side: 16 where the cost is in proportion, 256 where it is
    quadratic, so that a cache or an allocator that makes the larger one four times as dear is not taken for it. A busy
    machine can only make the result too high, so one that is too high is measured again.
    """

    def cost(thing: _Thing) -> float:
        costs = []
        for _ in range(3):
            started = time.process_time()
            work(thing)
            costs.append(time.process_time() - started)
        return min(costs)

    large, small = of_size(_TIMES * size), of_size(size)
    exponents = list[float]()
    was_collecting = gc.isenabled()
    gc.disable()
    try:
        while len(exponents) < _ROUNDS and min(exponents, default=LINEAR) >= LINEAR:
            exponents.append(math.log(cost(large) / max(cost(small), 1e-4), _TIMES))
    finally:
        if was_collecting:
            gc.enable()
    return min(exponents)
