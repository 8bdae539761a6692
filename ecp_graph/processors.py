"""The number of usable processors, and what keeps a library to one of them."""

from __future__ import annotations

import os
from typing import Final

__all__ = ["NUMPY_ON_ONE", "usable_processors"]

#: What the environment has to say before numpy is imported: it starts threads then, and a process that has some cannot
#: be forked, as a build is for its second processor.
NUMPY_ON_ONE: Final = ("OPENBLAS_NUM_THREADS", "1")


def usable_processors() -> int:
    """Return how many processors this process may run on, which may be fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
