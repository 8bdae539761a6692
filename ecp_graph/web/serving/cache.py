"""Finished responses kept in memory within a budget of bytes, each good for one version of the data only."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Generic, TypeVar

__all__ = ["Kept", "KnownHead", "LastUsed", "ResponseCache", "cache_key"]

_Key = TypeVar("_Key", bound=Hashable)
_Value = TypeVar("_Value")

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
class Kept:
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

    def reply_to(self, asked: str | None) -> Kept:
        """Return this response, or the 304 in its place for a client whose If-None-Match names its tag."""
        return self._not_modified if self.has_tag(asked) else self

    @cached_property
    def _not_modified(self) -> Kept:
        headers = tuple((name, value) for name, value in self.headers if name.lower() not in _OF_A_BODY)
        return Kept(304, headers, b"", self.etag)

    @cached_property
    def head(self) -> bytes:
        """The header lines as they go over the wire."""
        return "".join(f"{name.lower()}: {value}\r\n" for name, value in self.headers).encode("latin-1")

    @property
    def size(self) -> int:
        """The bytes that it takes, roughly."""
        return len(self.body) + 1_000


@dataclass(frozen=True)
class KnownHead:
    """What was read of the head of a request: whose response is looked up, its If-None-Match, and the path to log."""

    key: Hashable
    asked: str
    path: str


class LastUsed(Generic[_Key, _Value]):
    """The things last used, as many as a budget of bytes holds; not to be used by several threads at a time."""

    def __init__(self, budget_bytes: int) -> None:
        self._budget = budget_bytes
        self._kept: OrderedDict[_Key, tuple[_Value, int]] = OrderedDict()
        #: The bytes in use.
        self.size = 0

    def get(self, key: _Key) -> _Value | None:
        """Return what is kept under a key."""
        found = self._kept.get(key)
        if found is None:
            return None
        self._kept.move_to_end(key)
        return found[0]

    def put(self, key: _Key, value: _Value, size: int) -> None:
        """Keep something of that many bytes, and forget what was used longest ago."""
        if old := self._kept.pop(key, None):
            self.size -= old[1]
        self._kept[key] = value, size
        self.size += size
        while self.size > self._budget:
            self.size -= self._kept.popitem(last=False)[1][1]

    def clear(self) -> None:
        """Forget all."""
        self._kept.clear()
        self.size = 0


class ResponseCache:
    """The responses last used, as many as the budget holds.

    The version of the data is part of the look-up: a response of an older release can never be found.
    """

    def __init__(self, budget_bytes: int) -> None:
        #: What one response may take.
        self.most_bytes = budget_bytes // 8
        self._kept = LastUsed[Hashable, Kept](budget_bytes)
        self._version: str | None = None
        self._lock = threading.Lock()
        self.hits = 0
        self.misses = 0

    def get(self, version: str, key: Hashable) -> Kept | None:
        """Return the response kept for that request and version; a miss is not counted, see `note_miss`."""
        with self._lock:
            found = self._kept.get(key) if version == self._version else None
            self.hits += found is not None
            return found

    def note_miss(self) -> None:
        """Count a request for which nothing was kept."""
        with self._lock:
            self.misses += 1

    def put(self, version: str, key: Hashable, response: Kept) -> None:
        """Keep a response, unless it alone takes more than an eighth of the budget."""
        if response.size > self.most_bytes:
            return
        with self._lock:
            if version != self._version:
                self._kept.clear()
                self._version = version
            self._kept.put(key, response, response.size)

    @property
    def size(self) -> int:
        """The bytes in use."""
        return self._kept.size
