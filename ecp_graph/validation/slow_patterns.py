"""Stops a pattern of a shape at which Python's `re` would go on for ever, as at ``(a+)+$``.

Python tries one way after the other in which a text may match, and there can be more ways than anybody can wait for.
A timer of the process' own time ticks while shapes are run; a match that has lasted from one tick to the next is
stopped. That takes a main thread and a system with such timers; elsewhere nothing is stopped.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

from ecp_graph.errors import SlowPattern

__all__ = ["TICK_S", "matched", "stopping_slow_patterns"]

Found = TypeVar("Found")

#: Seconds of processor time that a match may take at least; it is stopped before it has taken twice as many.
TICK_S: Final = 5


class _Match:
    """A match under way: the pattern, the text, and whether it has seen a tick."""

    def __init__(self, pattern: str, text: str) -> None:
        self.pattern = pattern
        self.text = text
        self.has_seen_tick = False


_under_way: _Match | None = None


def matched(pattern: str, text: str, match: Callable[[], Found]) -> Found:
    """Return what a call returns that matches a pattern with a text. Raises SlowPattern if it takes too long."""
    global _under_way
    _under_way = _Match(pattern, text)
    try:
        return match()
    finally:
        _under_way = None


@contextmanager
def stopping_slow_patterns() -> Iterator[None]:
    """Stop, as long as the block lasts, each match of `matched` that takes too long."""
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return
    before = signal.signal(signal.SIGVTALRM, _tick)
    timer = signal.setitimer(signal.ITIMER_VIRTUAL, TICK_S, TICK_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, *timer)
        signal.signal(signal.SIGVTALRM, before)


def _tick(*_: object) -> None:
    match = _under_way
    if match is None:
        return
    if match.has_seen_tick:
        raise SlowPattern(match.pattern, match.text)
    match.has_seen_tick = True
