"""Where an answer is kept while it is being made: in memory while small, in an unnamed temporary file when
large.

An answer is complete before its first byte leaves, so that an error or a time limit never ends in half a
body.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from typing import IO, Final

from ecp_graph.errors import ResultTooLarge

__all__ = ["Cancelled", "Spool"]

_IN_MEMORY_BYTES: Final = 8_000_000
_CHUNK_BYTES: Final = 65_536


class Cancelled(Exception):
    """Raised inside the engine's writing when nobody waits for the answer any more."""


class Spool:
    """A place to write bytes and then read them once; ``cancel`` makes the next write fail."""

    def __init__(self, max_bytes: int | None = None, *, cancelled: threading.Event | None = None) -> None:
        self._max_bytes = max_bytes
        self._stream: IO[bytes] = io.BytesIO()
        self._size = 0
        self._cancelled = cancelled or threading.Event()

    def __del__(self) -> None:
        self._stream.close()

    def __len__(self) -> int:
        return self._size

    def beside(self) -> Spool:
        """Return another spool with the same limit, cancelled together with this one."""
        return Spool(self._max_bytes, cancelled=self._cancelled)

    def cancel(self) -> None:
        """Let the next write raise Cancelled."""
        self._cancelled.set()

    def write(self, data: bytes) -> int:
        """Keep the bytes; raises ResultTooLarge past the limit and Cancelled after `cancel`."""
        if self._cancelled.is_set():
            raise Cancelled
        size = self._size + len(data)
        if self._max_bytes is not None and size > self._max_bytes:
            raise ResultTooLarge(self._max_bytes)
        if self._size <= _IN_MEMORY_BYTES < size:
            self._move_to_disk()
        self._stream.write(data)
        self._size = size
        return len(data)

    def flush(self) -> None:
        """Do nothing; engines flush what they write to."""

    def read_once(self) -> Iterator[bytes]:
        """Yield what was written in chunks, then let go of it."""
        self._stream.seek(0)
        with self._stream:
            while chunk := self._stream.read(_CHUNK_BYTES):
                yield chunk

    def _move_to_disk(self) -> None:
        import tempfile

        on_disk = tempfile.TemporaryFile()  # noqa: SIM115 - closed by read_once or by the collector
        on_disk.write(self._stream.getbuffer() if isinstance(self._stream, io.BytesIO) else b"")
        self._stream = on_disk
