"""Finished responses cached in memory within a budget of bytes, each good for one version of the data only."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

__all__ = ["Cached", "ResponseCache", "cache_key"]

#: Headers that a response without a body does not have.
_OF_A_BODY: Final = frozenset({"content-type", "content-length", "content-encoding"})
#: What a response may depend on besides address, body and data.
_TELLING: Final = (b"accept", b"accept-encoding", b"content-type", b"host")
#: A request for a part, or one that tells who asks: its response is for nobody else (RFC 9111, section 3.5).
_PERSONAL: Final = frozenset({b"authorization", b"cookie", b"range"})


def cache_key(
    method: str, scheme: str, target: bytes, body: bytes, headers: Mapping[bytes, bytes]
) -> tuple[object, ...] | None:
    """Return what a response depends on besides the data; None for a request whose response is never cached.

    A POST has a key, because a query may come as one; what is cached for it the view decides. ``target`` is the address
    as it was sent, with its query string; the headers have lowercase names.
    """
    if method not in {"GET", "POST"} or not _PERSONAL.isdisjoint(headers):
        return None
    return method, scheme, target, body, *map(headers.get, _TELLING)


@dataclass(frozen=True)
class Cached:
    """One whole response: status, headers and body, and the entity tag by which a client can ask again."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    etag: str

    def has_tag(self, asked: str | None) -> bool:
        """Return whether If-None-Match names the tag, by the weak comparison (RFC 9110, section 13.1.2)."""
        return bool(asked) and self.etag.removeprefix("W/") in {
            tag.strip().removeprefix("W/") for tag in str(asked).split(",")
        }

    def reply_to(self, asked: str | None) -> Cached:
        """Return this response, or the 304 in its place for a client whose If-None-Match names its tag."""
        return self._not_modified if self.has_tag(asked) else self

    @cached_property
    def _not_modified(self) -> Cached:
        headers = tuple((name, value) for name, value in self.headers if name.lower() not in _OF_A_BODY)
        return Cached(304, headers, b"", self.etag)

    @property
    def size(self) -> int:
        """The bytes that it takes, roughly."""
        return len(self.body) + 1_000


class ResponseCache:
    """The responses used most recently, as many as a budget of bytes holds.

    The version of the data is part of the look-up: a response of an older release can never be found.
    """

    def __init__(self, budget_bytes: int) -> None:
        #: What one response may take.
        self.most_bytes = budget_bytes // 8
        self._budget = budget_bytes
        self._cached: OrderedDict[Hashable, Cached] = OrderedDict()
        self._version: str | None = None
        self._lock = threading.Lock()
        #: The bytes in use, and how often a response was found and was not.
        self.size = 0
        self.hits = 0
        self.misses = 0

    def get(self, version: str | None, key: Hashable, asked: str | None) -> Cached | None:
        """Return the response cached for a request, whose If-None-Match is ``asked``, over one version of the data.

        A 304 is cached without the body that another client would need.
        """
        with self._lock:
            found = self._cached.get(key) if version == self._version else None
            if found is None or (found.status == 304 and not found.has_tag(asked)):
                self.misses += 1
                return None
            self.hits += 1
            self._cached.move_to_end(key)
            return found.reply_to(asked)

    def put(self, version: str, key: Hashable, response: Cached) -> None:
        """Cache a response, unless it alone takes more than an eighth of the budget."""
        if response.size > self.most_bytes:
            return
        with self._lock:
            if version != self._version:
                self._cached.clear()
                self._version, self.size = version, 0
            if old := self._cached.pop(key, None):
                self.size -= old.size
            self._cached[key] = response
            self.size += response.size
            while self.size > self._budget:
                self.size -= self._cached.popitem(last=False)[1].size
