"""Counting the rows of an answer while it passes by, for the access log; cheap, and given up past a few megabytes."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["RowCounter"]

_GIVE_UP_BYTES: Final = 8_000_000
_CSV_STRING: Final = re.compile(rb'"[^"]*+"')
#: For each format: what its strings look like, by what a row is told, and how often that occurs besides rows.
_RULES: Final[dict[str, tuple[re.Pattern[bytes] | None, tuple[bytes, ...], int]]] = {
    # Inside a JSON string a quotation mark follows a backslash, so these marks stand between rows only.
    "json": (None, (b'[{"', b',{"'), 0),
    "xml": (None, (b"<result>",), 0),
    "csv": (_CSV_STRING, (b"\n",), 1),
    "tsv": (None, (b"\n",), 1),
    "nt": (None, (b"\n",), 0),
    "nq": (None, (b"\n",), 0),
}


class RowCounter:
    """Counts the rows (or triples) of an answer in one format from its chunks."""

    def __init__(self, fmt: str) -> None:
        self._rule = _RULES.get(fmt)
        self._seen = 0
        self._count = 0
        self._open = b""
        self._last = b""

    def feed(self, chunk: bytes) -> None:
        """Take the next chunk of the answer."""
        self._seen += len(chunk)
        if self._rule is None or self._seen > _GIVE_UP_BYTES:
            return
        string, marks, _ = self._rule
        text = chunk
        if string is not None and (self._open or b'"' in chunk):
            data = self._open + chunk
            text = string.sub(b"", data)
            start = text.find(b'"')
            # A string that goes on in the next chunk is looked at again together with it.
            self._open = data[len(data) - (len(text) - start) :] if start >= 0 else b""
            text = text[:start] if start >= 0 else text
        text = self._last + text
        self._count += sum(text.count(mark) for mark in marks)
        longest = max(map(len, marks)) - 1
        self._last = text[len(text) - longest :] if longest else b""

    @property
    def rows(self) -> int | None:
        """The rows counted; None where the format does not tell, or the answer is too long to count."""
        if self._rule is None or self._seen > _GIVE_UP_BYTES:
            return None
        return max(0, self._count - self._rule[2])
