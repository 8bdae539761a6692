"""How the cost of some work grows with the size of what it is done on."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

__all__ = ["growth"]

_Thing = TypeVar("_Thing")
_DOUBTFUL = 8.0
_ROUNDS = 5


def growth(work: Callable[[_Thing], object], of_size: Callable[[int], _Thing], size: int = 4_000) -> float:
    """Return how many times as much the work costs on four times as much: about 4 where the cost is in proportion.

    A cost that grows with the square of the size gives 16. A busy machine can only make it look worse, so a result that
    is too high is measured again.
    """

    def cost(thing: _Thing) -> float:
        costs = []
        for _ in range(3):
            started = time.process_time()
            work(thing)
            costs.append(time.process_time() - started)
        return min(costs)

    large, small = of_size(4 * size), of_size(size)
    ratios = list[float]()
    while len(ratios) < _ROUNDS and min(ratios, default=_DOUBTFUL) >= _DOUBTFUL:
        ratios.append(cost(large) / max(cost(small), 1e-4))
    return min(ratios)
