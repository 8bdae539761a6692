"""Finished responses kept in memory within a budget of bytes, each good for one version of the data only."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass

__all__ = ["Kept", "ResponseCache"]


@dataclass(frozen=True)
class Kept:
    """One whole response: status, headers and body, and the entity tag by which a client can ask again."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    etag: str

    @property
    def size(self) -> int:
        """The bytes that it takes, roughly."""
        return len(self.body) + 1_000


class ResponseCache:
    """The responses last used, as many as the budget holds.

    The version of the data is part of the look-up: a response of an older release can never be found.
    """

    def __init__(self, budget_bytes: int) -> None:
        self._budget = budget_bytes
        #: What one response may take.
        self.most_bytes = budget_bytes // 8
        self._kept: OrderedDict[Hashable, Kept] = OrderedDict()
        self._size = 0
        self._version: str | None = None
        self._lock = threading.Lock()
        self.hits = 0
        self.misses = 0

    def get(self, version: str, key: Hashable) -> Kept | None:
        """Return the response kept for that request and version."""
        with self._lock:
            found = self._kept.get(key) if version == self._version else None
            if found is None:
                self.misses += 1
                return None
            self._kept.move_to_end(key)
            self.hits += 1
            return found

    def put(self, version: str, key: Hashable, response: Kept) -> None:
        """Keep a response, unless it alone takes more than an eighth of the budget."""
        if response.size > self.most_bytes:
            return
        with self._lock:
            if version != self._version:
                self._kept.clear()
                self._version, self._size = version, 0
            if old := self._kept.pop(key, None):
                self._size -= old.size
            self._kept[key] = response
            self._size += response.size
            while self._size > self._budget:
                self._size -= self._kept.popitem(last=False)[1].size

    @property
    def size(self) -> int:
        """The bytes in use."""
        return self._size
