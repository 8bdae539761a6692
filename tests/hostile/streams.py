"""A query with as many rows as one likes, and a client that counts them as they come."""

from __future__ import annotations

import http.client
import time
import urllib.parse
from dataclasses import dataclass
from typing import Final

__all__ = ["GROWTH_LIMIT", "ROWS", "Stream", "query_of", "read_stream"]

ROWS: Final = 5_000_000
GROWTH_LIMIT: Final = 64_000_000
_SIDE: Final = 2_000
#: What each row of a format has once, and how often it occurs besides.
_ROW: Final = {"csv": (b"\n", 1), "json": (b'{"a":', 0)}


@dataclass(frozen=True)
class Stream:
    """What came: rows, bytes, seconds, and whether the answer ended as it should."""

    rows: int
    size: int
    seconds: float
    whole: bool


def query_of(rows: int) -> str:
    """Return a query that answers with so many rows of two numbers each; a multiple of 2,000."""
    if rows % _SIDE:
        raise ValueError(f"{rows} is no multiple of {_SIDE}")
    left, right = (" ".join(str(number) for number in range(count)) for count in (_SIDE, rows // _SIDE))
    return f"SELECT ?a ?b {{ VALUES ?a {{ {left} }} VALUES ?b {{ {right} }} }}"


def read_stream(
    port: int, query: str, fmt: str, *, pause_s: float = 0.0, most_chunks: int | None = None, patience_s: float = 300
) -> Stream:
    """Ask, and read to the end or to the most chunks of 64 kB, with a pause after each."""
    mark, besides = _ROW[fmt]
    started = time.monotonic()
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=patience_s)
    rows = size = chunks = 0
    whole, rest = False, b""
    try:
        body = urllib.parse.urlencode({"query": query, "format": fmt})
        line.request("POST", "/sparql", body, {"Content-Type": "application/x-www-form-urlencoded"})
        response = line.getresponse()
        while most_chunks is None or chunks < most_chunks:
            chunk = response.read(65_536)
            if not chunk:
                whole = response.status == 200
                break
            chunks += 1
            size += len(chunk)
            text = rest + chunk
            rows += text.count(mark)
            rest = text[len(text) - len(mark) + 1 :] if len(mark) > 1 else b""
            time.sleep(pause_s)
    except (OSError, http.client.HTTPException):
        whole = False
    finally:
        line.close()
    return Stream(max(0, rows - besides), size, time.monotonic() - started, whole)
