"""RDF written as text, the same bytes for the same statements in the same order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from mmap import mmap
from typing import IO, Final, TypeAlias, cast

import pyoxigraph as ox

from ecp_graph.namespaces import names
from ecp_graph.rdf.xml_text import checked_xml
from ecp_graph.sparql.formats import Format

__all__ = ["Text", "prefixes_in_use", "sorted_head", "sorting_head", "write_rdf"]

#: Bytes, in memory or of a file.
Text: TypeAlias = bytes | mmap

_HEAD: Final = re.compile(rb"(?:@prefix [^\n]*\n)*")
#: Text that goes on after its prefixes.
_BEGUN: Final = re.compile(rb"(?:@prefix [^\n]*\n)*+(?:\n|(?!@prefix )[^\n]{8})")


def write_rdf(
    statements: Iterable[ox.Quad] | Iterable[ox.Triple],
    wanted: Format,
    *,
    prefixes: Mapping[str, str] | None = None,
    plain: bytes | None = None,
) -> bytes:
    """Return statements in a format, in the order given, with the prefixes in use in the order of their names.

    ``prefixes`` are by default those of the workspace. A format without named graphs takes triples alone. ``plain`` is
    the same as N-Quads, where the caller has that; otherwise the statements are written twice. Raises FormatUnfit for
    RDF/XML that could not be read.
    """
    if not wanted.has_prefixes:
        return ox.serialize(statements, format=wanted.writer) or b""
    if plain is None:
        statements = list(statements)  # type: ignore[assignment]
        plain = ox.serialize(statements, format=ox.RdfFormat.N_QUADS) or b""
    text: bytes = ox.serialize(statements, format=wanted.writer, prefixes=prefixes_in_use(plain, prefixes)) or b""
    if wanted.syntax == "xml":
        return checked_xml(text, wanted)
    head, body = sorted_head(text)
    return head + b"\n" + body if head else body


def prefixes_in_use(plain: Text, prefixes: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the prefixes that abbreviate an IRI of a text of N-Triples or N-Quads, which the longest one does."""
    prefixes = names().prefixes if prefixes is None else prefixes
    starts = zip(prefixes.items(), _starts(tuple(prefixes.values())), strict=True)
    return dict(
        prefix for prefix, (start, alone) in starts if (alone.search(plain) if alone else plain.find(start) >= 0)
    )


def sorted_head(text: bytes) -> tuple[bytes, bytes]:
    """Return the prefixes that Turtle, TriG or N3 declares, a line each in the order of their names, and the rest.

    Oxigraph does not promise an order.
    """
    end = len(_HEAD.match(text)[0])  # type: ignore[index]
    return b"".join(sorted(text[:end].splitlines(keepends=True))), text[end:]


@contextmanager
def sorting_head(sink: IO[bytes]) -> Iterator[IO[bytes]]:
    """Yield what passes Turtle or TriG on as `write_rdf` gives it, while Oxigraph still writes it."""
    head = _Head(sink)
    yield cast(IO[bytes], head)
    head.flush_all()


class _Head:
    """Holds back what is written until the prefixes are all there."""

    def __init__(self, sink: IO[bytes]) -> None:
        self._sink = sink
        self._held: bytearray | None = bytearray()

    def write(self, content: bytes) -> int:
        if self._held is None:
            self._sink.write(content)
        else:
            self._held += content
            if _BEGUN.match(self._held):
                self.flush_all()
        return len(content)

    def flush(self) -> None:
        """Do nothing: what is held back has to stay so."""

    def flush_all(self) -> None:
        """Write what is held back, the prefixes in their order, and hold back no more."""
        if self._held is not None:
            head, body = sorted_head(bytes(self._held))
            self._sink.write(head + b"\n" + body if head else body)
            self._held = None


@lru_cache(maxsize=8)
def _starts(namespaces: tuple[str, ...]) -> list[tuple[bytes, re.Pattern[bytes] | None]]:
    """Return how an IRI of each namespace begins, and a pattern for those that are of no longer one where there is."""
    starts: list[tuple[bytes, re.Pattern[bytes] | None]] = []
    for namespace in namespaces:
        start = f"<{namespace}".encode()
        longer = [other for other in namespaces if other.startswith(namespace) and other != namespace]
        rests = b"|".join(re.escape(other.removeprefix(namespace)).encode() for other in longer)
        starts.append((start, re.compile(b"%b(?!%b)" % (re.escape(start), rests)) if longer else None))
    return starts
