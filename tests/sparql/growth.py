"""How the cost of reading a text grows with its length."""

from __future__ import annotations

import time
from collections.abc import Callable

__all__ = ["growth"]


def growth(read: Callable[[str], object], text_of: Callable[[int], str], length: int = 4_000) -> float:
    """Return how many times as much a text costs that is four times as long: about 4 where each place is read once.

    A cost that grows with the square of the length gives 16.
    """

    def cost(text: str) -> float:
        costs = []
        for _ in range(3):
            started = time.process_time()
            read(text)
            costs.append(time.process_time() - started)
        return min(costs)

    return cost(text_of(4 * length)) / max(cost(text_of(length)), 1e-4)
