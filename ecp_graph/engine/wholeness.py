"""Checks while streaming that the body of an answer matches its media type and is complete.

An endpoint may send an HTML page instead of results, or stop half-way and report success. JSON is parsed up to a
maximum size, XML completely (without entities or a DTD); in text formats, only HTML, binary data or an empty body can
be recognised.
"""

from __future__ import annotations

import codecs
import json
from typing import Final, Protocol
from xml.parsers import expat

from ecp_graph.sparql.formats import Format

__all__ = ["Check", "Unwhole", "check_for"]

#: For longer JSON, only the first and last characters are checked, because parsing it would delay other queries.
_PARSED_BYTES: Final = 16_000_000


class Unwhole(ValueError):
    """The body is not what it should be; the message says why, to follow 'it returned'."""


class Check(Protocol):
    """Checks a body chunk by chunk; both methods raise Unwhole."""

    def feed(self, chunk: bytes) -> None:
        """Check the next chunk."""
        ...

    def end(self) -> None:
        """Check the completed body."""
        ...


def check_for(wanted: Format) -> Check:
    """Return a fresh check of a body in that format."""
    if wanted.syntax == "json":
        return _Json(is_table=wanted.kind == "table")
    if wanted.syntax == "xml":
        return _Xml("sparql" if wanted.kind == "table" else "RDF")
    return _Text(may_be_empty=wanted.kind == "graph")


class _Json:
    def __init__(self, *, is_table: bool) -> None:
        self._is_table = is_table
        self._kept = bytearray()
        self._size = 0
        self._last = b""

    def feed(self, chunk: bytes) -> None:
        self._size += len(chunk)
        if self._size <= _PARSED_BYTES:
            self._kept += chunk
        elif self._kept:
            self._look_at_start()
            self._kept.clear()
        self._last = chunk.rstrip() or self._last

    def end(self) -> None:
        if self._size > _PARSED_BYTES:
            if not self._last.endswith((b"}", b"]")):
                raise Unwhole("truncated JSON")
            return
        try:
            top = json.loads(self._kept, object_hook=_outermost)
        except (ValueError, RecursionError) as reason:
            raise Unwhole(f"broken JSON ({reason})") from reason
        if self._is_table and not (isinstance(top, dict) and ("results" in top or "boolean" in top)):
            raise Unwhole("JSON that is not a SPARQL result")

    def _look_at_start(self) -> None:
        if not self._kept.lstrip().startswith((b"{", b"[")):
            raise Unwhole("something that is not JSON")


def _outermost(thing: dict[str, object]) -> dict[str, object] | None:
    """Let go of every object but the outermost, so that a check does not hold a whole answer in memory."""
    return thing if "head" in thing else None


class _Xml:
    def __init__(self, root: str) -> None:
        self._root = root
        self._seen = False
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartElementHandler = self._start
        self._parser.StartDoctypeDeclHandler = self._refuse_dtd

    def feed(self, chunk: bytes) -> None:
        self._parse(chunk, last=False)

    def end(self) -> None:
        self._parse(b"", last=True)

    def _parse(self, chunk: bytes, *, last: bool) -> None:
        try:
            self._parser.Parse(chunk, last)
        except expat.ExpatError as reason:
            raise Unwhole(f"broken XML ({reason})") from reason

    def _start(self, name: str, attributes: object) -> None:
        if not self._seen and name.rpartition(" ")[2] != self._root:
            raise Unwhole(f"XML that begins with <{name.rpartition(' ')[2]}> and not <{self._root}>")
        self._seen = True
        self._parser.StartElementHandler = None

    def _refuse_dtd(self, *declaration: object) -> None:
        raise Unwhole("XML with a DTD, or a page")


class _Text:
    def __init__(self, *, may_be_empty: bool) -> None:
        self._may_be_empty = may_be_empty
        self._head = b""
        self._decoder = codecs.getincrementaldecoder("utf-8")()

    def feed(self, chunk: bytes) -> None:
        if len(self._head) < 100:
            self._head += chunk[:100]
        self._decode(chunk, last=False)

    def end(self) -> None:
        self._decode(b"", last=True)
        start = self._head.removeprefix(codecs.BOM_UTF8).lstrip().lower()
        if start.startswith((b"<!", b"<html", b"<?xml", b"<head", b"<body")):
            raise Unwhole("a page")
        if not self._head and not self._may_be_empty:
            raise Unwhole("nothing at all")

    def _decode(self, chunk: bytes, *, last: bool) -> None:
        try:
            self._decoder.decode(chunk, last)
        except UnicodeDecodeError as reason:
            raise Unwhole("bytes that are not text") from reason
