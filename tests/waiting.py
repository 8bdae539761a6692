"""Waiting for an event that a test expects."""

from __future__ import annotations

import time
from collections.abc import Callable

__all__ = ["wait_for"]


def wait_for(event: Callable[[], object], limit_s: float = 60) -> None:
    """Return once the event has come; fails after a time that is far above what it takes on a busy machine."""
    deadline = time.monotonic() + limit_s
    while not event():
        assert time.monotonic() < deadline, "what was waited for did not come"
        time.sleep(0.02)
