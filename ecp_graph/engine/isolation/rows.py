"""Counts the rows of an answer as it streams by, for the access log; cheap, and abandoned after a few megabytes."""

from __future__ import annotations

import re
from typing import Final

from ecp_graph.sparql.formats import Format

__all__ = ["RowCounter"]

_GIVE_UP_BYTES: Final = 8_000_000
#: The maximum length of a mark, so that one split between two chunks is still found.
_LONGEST_MARK: Final = 256
_CSV_STRING: Final = re.compile(rb'"[^"]*+"')


class RowCounter:
    """Counts the rows (or triples) of an answer in one format from its chunks."""

    def __init__(self, fmt: Format) -> None:
        self._marks = fmt.rows
        self._seen = 0
        self._count = 0
        self._rest = b""

    def feed(self, chunk: bytes) -> None:
        """Count the rows in the next chunk of the answer."""
        self._seen += len(chunk)
        if self._marks is None or self._seen > _GIVE_UP_BYTES:
            return
        if self._marks.has_strings:
            text, self._rest = _without_strings(self._rest + chunk)
            self._count += text.count(b"\n")
            return
        text, end = self._rest + chunk, 0
        for mark in self._marks.patterns:
            for found in mark.finditer(text):
                self._count += 1
                end = max(end, found.end())
        self._rest = text[max(end, len(text) - _LONGEST_MARK) :]

    @property
    def rows(self) -> int | None:
        """The rows counted; None where the format does not tell, or the answer is too long to count."""
        if self._marks is None or self._seen > _GIVE_UP_BYTES:
            return None
        return max(0, self._count - self._marks.besides)


def _without_strings(text: bytes) -> tuple[bytes, bytes]:
    """Return CSV without its quoted strings, which may contain line breaks, and an unfinished string at the end."""
    bare = _CSV_STRING.sub(b"", text)
    start = bare.find(b'"')
    return (bare, b"") if start < 0 else (bare[:start], bare[start:])
