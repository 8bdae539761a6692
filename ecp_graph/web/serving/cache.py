"""An in-memory cache of complete responses, limited in size; each is valid for one version of the data."""

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
#: Request headers that a response may depend on.
_TELLING: Final = (b"accept", b"accept-encoding", b"content-type", b"host")
#: Range requests and authenticated requests, whose responses are not shared (RFC 9111, section 3.5).
_PERSONAL: Final = frozenset({b"authorization", b"cookie", b"range"})


def cache_key(
    method: str, scheme: str, target: bytes, body: bytes, headers: Mapping[bytes, bytes]
) -> tuple[object, ...] | None:
    """Return the cache key of a request, or None if its response must never be cached.

    A POST also has a key, because it may be a query; the view decides whether it is cached. ``target`` is the request
    target with its query string; the headers have lowercase names.
    """
    if method not in {"GET", "POST"} or not _PERSONAL.isdisjoint(headers):
        return None
    return method, scheme, target, body, *map(headers.get, _TELLING)


@dataclass(frozen=True)
class Cached:
    """One complete response: status, headers, body, and entity tag."""

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
        """Return this response, or a 304 if the client's If-None-Match matches its tag."""
        return self._not_modified if self.has_tag(asked) else self

    @cached_property
    def _not_modified(self) -> Cached:
        headers = tuple((name, value) for name, value in self.headers if name.lower() not in _OF_A_BODY)
        return Cached(304, headers, b"", self.etag)

    @property
    def size(self) -> int:
        """Its approximate size in bytes."""
        return len(self.body) + 1_000


class ResponseCache:
    """A least-recently-used cache of responses with a limit on its size in bytes.

    The version of the data is part of the key, so a response of an older release is never returned.
    """

    def __init__(self, budget_bytes: int) -> None:
        #: The maximum size of one response.
        self.most_bytes = budget_bytes // 8
        self._budget = budget_bytes
        self._cached: OrderedDict[Hashable, Cached] = OrderedDict()
        self._version: str | None = None
        self._lock = threading.Lock()
        #: The bytes in use, and the numbers of hits and misses.
        self.size = 0
        self.hits = 0
        self.misses = 0

    def get(self, version: str | None, key: Hashable, asked: str | None) -> Cached | None:
        """Return the cached response for a request with the If-None-Match ``asked``, for one version of the data.

        A cached 304 has no body, so it is not used for other clients.
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
        """Cache a response unless it is larger than an eighth of the cache."""
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
